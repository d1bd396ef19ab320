//! Where sentences end, and which kind they are.

use crate::domain::SentenceKind::{self, Log, Prose, Quoted, Signature};

use super::super::properties::read;

fn cut(original: &str) -> Vec<String> {
    let text = read(original);
    text.sentences.iter().map(|sentence| text.words(sentence).to_owned()).collect()
}

/// Kinds of the sentences, runs of one kind given once.
fn kinds(original: &str) -> Vec<SentenceKind> {
    let mut kinds: Vec<_> = read(original).sentences.iter().map(|sentence| sentence.kind).collect();
    kinds.dedup();
    kinds
}

#[test]
fn sentences_end_where_people_end_them() {
    let cases: &[(&str, &[&str])] = &[
        ("It fails. I tried again! Why?", &["It fails.", "I tried again!", "Why?"]),
        ("it fails. i tried again. nothing", &["it fails.", "i tried again.", "nothing"]),
        ("hi\ni cant login\nthanks", &["hi", "i cant login", "thanks"]),
        ("Great! 😀\nBye", &["Great! 😀", "Bye"]),
        ("Really?!?! Yes...", &["Really?!?!", "Yes..."]),
        ("昨日から動きません。助けてください！", &["昨日から動きません。", "助けてください！"]),
        ("I said no. Please stop", &["I said no.", "Please stop"]),
    ];
    for (text, want) in cases {
        assert_eq!(cut(text), *want);
    }
}

#[test]
fn nothing_is_cut_inside_names_numbers_and_abbreviations() {
    let whole = [
        "See https://a.io/b.html?<query> and v2.3.1 of app.exe now",
        "Use e.g. Chrome or i.e. the other one vs. Safari",
        "Mr. Smith has invoice No. 55 since Jan. 5",
        "It costs 3.50 or approx. 4.00 per file report.final.pdf",
        "wait... what happened",
        "The error is ERR.42.A, etc. and so on",
    ];
    for text in whole {
        assert_eq!(cut(text), [text]);
    }
}

#[test]
fn wrapped_paragraphs_go_on_and_list_items_stand_alone() {
    let wrapped = "I have been trying to sign in to my account since the update\nbut the page \
        only shows a blank screen. It is urgent.";
    let want = [
        "I have been trying to sign in to my account since the update\nbut the page only shows \
            a blank screen.",
        "It is urgent.",
    ];
    assert_eq!(cut(wrapped), want);
    let list = "Steps:\n1. Open settings. Click save.\n2. wait\n- it fails";
    assert_eq!(cut(list), ["Steps:", "1. Open settings. Click save.", "2. wait", "- it fails"]);
    assert_eq!(kinds("Name: Jo\nProduct: Cloud\nProblem: no sync"), [Prose]);
}

#[test]
fn long_sentences_are_cut() {
    let run_on =
        "the sync stops after a while and shows an error that i do not know, and then ".repeat(12);
    assert!(cut(&run_on).len() > 3);
    let endless = "a".repeat(2_500);
    assert_eq!(cut(&endless).iter().map(String::len).collect::<Vec<_>>(), [1_000, 1_000, 500]);
    let words = format!("{} jo@x.io end", "word ".repeat(198));
    assert!(cut(&words).iter().all(|sentence| sentence.len() <= 1_000));
}

#[test]
fn quoted_mail_is_told_to_its_end() {
    let reply = "It still fails.\n\nOn Mon, 3 May 2024 at 10:22, Jo <jo@x.io> wrote:\n> Try \
        again.\n> Thanks";
    assert_eq!(kinds(reply), [Prose, Quoted]);
    assert_eq!(kinds("> Did it work?\nNo.\n> And now?\nYes."), [Quoted, Prose, Quoted, Prose]);
    let outlook = "Please help.\n\n-----Original Message-----\nFrom: Jo\nSent: Monday\nTo: \
        Ana\nSubject: X\n\nHello there.";
    assert_eq!(kinds(outlook), [Prose, Quoted]);
    let headers = "Please help.\n\nFrom: Jo\nSent: Monday\nTo: Ana\nSubject: X\n\nHello there.";
    assert_eq!(kinds(headers), [Prose, Quoted]);
    let wrapped =
        "No luck.\nOn Mon, 3 May 2024 at 10:22, Jo Miller\n<jo@x.io> wrote:\n\nTry again.";
    assert_eq!(kinds(wrapped), [Prose, Quoted]);
    let gmail = "No luck.\nAm 03.05.2024 um 10:22 schrieb Jo:\nTry again.";
    assert_eq!(kinds(gmail), [Prose, Quoted]);
    assert!(kinds("From: Jo\nSent: Monday\nTo: Ana\n\nMy order is late.").contains(&Prose));
    assert_eq!(kinds("From: Berlin I need a flight. To: Rome"), [Prose]);
    assert_eq!(kinds(">:( not happy"), [Prose]);
}

#[test]
fn signatures_are_told_from_thanks() {
    for closing in [
        "Kind regards,\nJo Miller\nAcme Ltd",
        "Best,\nJo",
        "-- \nJo\n+1 555 123 4567",
        "Thanks,\nJo",
        "Cheers, Jo",
        "Sent from my iPhone",
    ] {
        assert_eq!(
            kinds(&format!("It fails again.\n\n{closing}")),
            [Prose, Signature],
            "{closing}"
        );
    }
    let legal = "It fails.\nThis e-mail and any attachments are confidential and intended \
        solely for you.\nDelete it.";
    assert_eq!(kinds(legal), [Prose, Signature]);
    let both = "It fails.\nRegards,\nJo\nOn Mon, 3 May 2024, Ana wrote:\n> Hi";
    assert_eq!(kinds(both), [Prose, Signature, Quoted]);
    for talk in [
        "Thanks!",
        "Thanks,\nbut it still fails",
        "Best\nproduct i ever had, but it does not sync any more since monday",
        "It works now.\nThanks!",
    ] {
        assert_eq!(kinds(talk), [Prose], "{talk}");
    }
}

#[test]
fn logs_stand_line_by_line() {
    let text = "It crashed:\nTraceback (most recent call last):\n  File \"a.py\", line 3, in \
        <module>\nValueError: bad\nWhat now?";
    assert_eq!(kinds(text), [Prose, Log, Prose]);
    assert_eq!(read(text).sentences.len(), 5);
    assert_eq!(kinds("See\n```\nfoo bar\nbaz\n```\nok then"), [Prose, Log, Prose]);
    assert_eq!(kinds("```\nthe fence never closes"), [Log, Prose]);
}
