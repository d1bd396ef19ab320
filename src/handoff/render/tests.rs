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
