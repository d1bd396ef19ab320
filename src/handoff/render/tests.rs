use proptest::prelude::*;

use super::super::fixtures::{Story, decision};
use super::*;
use crate::domain::{Reason, ReasonCode};

fn story() -> Story {
    let mut story = Story::new(&[
        ("customer", "I was charged twice for INV-2231. I think it's because of the update."),
        ("bot", "Please restart the app."),
        ("customer", "Restarted the app, no change."),
    ]);
    story.decision.reasons = vec![Reason::new(ReasonCode::BandSuggest, "0.8")];
    story
}

#[test]
fn markdown_has_every_section_with_the_words_of_the_conversation() {
    let story = story();
    let text = markdown(&story.draft(), &story.decision);
    for part in [
        "**Problem:** I was charged twice for INV-2231.",
        "- customer, failed: Restarted the app, no change.",
        "- invoice: `INV-2231`",
        "**Hypothesis:** I think it's because of the update.",
        "- `band.suggest`",
        "**Impact:** one person, effect on work unknown",
        "**Customer informed by:** billing\\_specialist",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[test]
fn sbar_has_four_parts_with_the_words_of_the_conversation() {
    let story = story();
    let sbar = sbar(&story.draft(), &story.decision);
    assert!(sbar.situation.contains("I was charged twice for INV-2231."), "{sbar:?}");
    assert!(sbar.background.contains("customer, failed: Restarted the app"), "{sbar:?}");
    assert!(sbar.background.contains("invoice INV-2231"), "{sbar:?}");
    assert!(sbar.assessment.contains("because of the update"), "{sbar:?}");
    assert!(sbar.recommendation.starts_with("To tier 1, billing_specialist."), "{sbar:?}");
}

#[test]
fn an_empty_packet_says_so() {
    let text = markdown(&Packet::default(), &decision(1));
    assert!(text.contains("**Problem:** not stated"), "{text}");
    assert!(text.contains("**Evidence:** none"), "{text}");
}

#[test]
fn hostile_words_are_shown_and_not_obeyed() {
    let cases = [
        ("[click](https://evil.example)", r"\[click\]\(https\://evil\.example\)"),
        ("<img src=x onerror=y>", r"\<img src\=x onerror\=y\>"),
        ("a\n# Heading\n- item", r"a \# Heading \- item"),
        ("![x](y) `code` **b** _i_", r"\!\[x\]\(y\) \`code\` \*\*b\*\* \_i\_"),
        ("www.evil.com &lt; @all", r"www\.evil\.com \&lt; \@all"),
        ("safe \u{202E}txt.exe", r"safe txt\.exe"),
    ];
    for (words, want) in cases {
        assert_eq!(escape(words), want);
    }
    assert_eq!(code("a`b``c"), "``` a`b``c ```");
}

proptest! {
    #[test]
    fn no_mark_that_markdown_obeys_stays_bare(words in "[\\PC\\n`*_\\[\\]<>#&!@|]{0,60}") {
        let escaped = escape(&words);
        let mut chars = escaped.chars();
        while let Some(c) = chars.next() {
            if c == '\\' {
                prop_assert!(chars.next().is_some());
                continue;
            }
            prop_assert!(!"`*_[]<>#&!@|\n\r".contains(c), "{c:?} in {escaped:?}");
        }
    }

    #[test]
    fn a_code_span_closes_only_at_its_end(words in "[a`\\n ]{1,30}") {
        let span = code(&words);
        let fence = span.len() - span.trim_start_matches('`').len();
        let inner = &span[fence..span.len() - fence];
        let runs = inner.split(|c| c != '`').map(str::len);
        prop_assert!(runs.max().unwrap_or(0) < fence);
        prop_assert!(!span.contains('\n'));
    }
}

/// Every word of the fixed labels, in small letters.
const LABELS: &str = "handoff packet draft problem route tier severity priority what has been \
    done is needed to be written by the person handing over customer context hints mood attempt \
    impact evidence attachments hypothesis missing reason reasons knowledge base draft resolution \
    informed none not stated failed worked outcome unknown one person a team many users number of \
    people work stopped slowed effect on reported plan so far possible cause confidence in the \
    band situation background assessment recommendation";

fn words_of(text: &str) -> impl Iterator<Item = String> + use<'_> {
    let shown = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    shown.map(str::to_lowercase)
}

/// The words that a rendered packet may have: labels, enums, the policy's names, the conversation.
fn known(story: &Story, packet: &Packet) -> std::collections::HashSet<String> {
    let decision = &story.decision;
    let kinds = EvidenceKind::ALL.iter().map(|kind| kind.as_str());
    let missing = crate::domain::MissingContext::ALL.iter().map(|item| item.as_str());
    let actors = crate::domain::Actor::ALL.iter().map(|actor| actor.as_str());
    let fixed = kinds.chain(missing).chain(actors).chain([LABELS]).collect::<Vec<_>>().join(" ");
    let decided = format!(
        "{} {} {} {} {} {} {:.2}",
        decision.tier,
        decision.role,
        decision.queue,
        decision.severity,
        decision.priority,
        decision.band,
        decision.confidence.get(),
    );
    let owner = packet.communication_owner.as_ref().map_or("", |owner| owner.as_str());
    let hints = format!("{} {} {owner}", packet.hints.mood, packet.hints.attempt);
    let said = story.parts.messages.iter().map(|message| one_line(&message.text));
    let all: Vec<String> = said.chain([fixed, decided, hints]).collect();
    all.iter().flat_map(|text| words_of(text)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_rendered_packet_has_only_labels_enum_words_names_and_spans(
        turns in prop::collection::vec((0usize..3, prop::collection::vec(0usize..10, 1..5)), 1..6)
    ) {
        const PIECES: [&str; 10] = [
            "I was charged twice for INV-2231.", "I think it's because of the update.",
            "Please restart the app.", "Restarted the app, no change.", "It says \"Zugriff `x`\".",
            "I've moved your tenant to node n-77.", "My mail is jo@ex.example & <b>.",
            "Still fails with E403 at C:\\temp\\a_b.log!", "Nobody of us can work.", "Thanks!",
        ];
        const ROLES: [&str; 3] = ["customer", "bot", "agent"];
        let mut all = vec![("customer".to_owned(), "The export fails.".to_owned())];
        all.extend(turns.iter().map(|(role, pieces)| {
            let text: Vec<_> = pieces.iter().map(|piece| PIECES[*piece]).collect();
            (ROLES[*role].to_owned(), text.join(" "))
        }));
        let all: Vec<_> = all.iter().map(|(role, text)| (role.as_str(), text.as_str())).collect();
        let story = Story::new(&all);
        let packet = story.draft();
        let known = known(&story, &packet);
        let parts = sbar(&packet, &story.decision);
        let sbar = [parts.situation, parts.background, parts.assessment, parts.recommendation];
        let text = format!("{} {}", markdown(&packet, &story.decision), sbar.join(" "));
        for word in words_of(&text) {
            prop_assert!(known.contains(&word), "{word} is in no text: {text}");
        }
    }
}
