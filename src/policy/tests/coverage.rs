//! Whether the probes of a policy would notice a change, and what else is worth knowing of it.

use jiff::civil::date;

use super::*;

const TODAY: Date = date(2026, 11, 20);

/// The notes of the default policy with its probes, after a change.
fn notes(change: &[(&str, &str)]) -> Vec<Note> {
    let mut text = Policy::DEFAULT.to_owned();
    for (from, to) in change {
        assert!(text.contains(from), "the default policy has no {from}");
        text = text.replacen(from, to, 1);
    }
    Policy::parse(&text, "policy.toml").unwrap().notes(TODAY)
}

/// Checks that a change gives one note about that, with that key and those words.
#[track_caller]
fn noted(change: &[(&str, &str)], about: About, key: &str, words: &str) {
    let notes = notes(change);
    assert_eq!(notes.len(), 1, "{notes:#?}");
    assert_eq!((notes[0].about, notes[0].key.as_str()), (about, key), "{}", notes[0]);
    assert!(notes[0].text.contains(words), "{}", notes[0]);
}

#[test]
fn the_default_policy_leaves_nothing_to_note() {
    assert_eq!(notes(&[]), []);
}

#[test]
fn a_rule_that_no_probe_expects_is_named() {
    let legal = "reasons = [\"bypass.legal\"]";
    let human = ("band = \"human\", role = \"legal_compliance\", ", "tier = 1");
    let change = [(legal, ""), human];
    noted(&change, About::Coverage, "probe", "no probe expects bypass.legal;");
}

#[test]
fn a_rule_that_no_probe_keeps_silent_is_named() {
    noted(&[("\"bypass.vip\", ", "")], About::Coverage, "probe", "bypass.vip not to hold");
}

#[test]
fn an_intent_that_no_probe_is_given_is_named() {
    let more = "[intent.telephony]\ntier = 1\nrole = \"frontline_agent\"\n[intent.sales]\n";
    let more = format!("{more}tier = 1\nrole = \"sales\"\n\n[intent.small_talk]");
    noted(&[("[intent.small_talk]", &more)], About::Coverage, "probe", "sales, telephony");
}

#[test]
fn a_rule_that_is_switched_off_needs_no_probe() {
    let channel = ("channels = [\"social_public\"]", "");
    let off = [("[trigger.channel] ", "# "), channel, ("\"trigger.channel\", ", "")];
    let probe = Policy::DEFAULT.split("[[probe]]").find(|probe| probe.contains("a public post"));
    let off = [
        &off[..],
        &[(
            probe.unwrap(),
            "\nname = \"p\"\ngiven = { intent = \"how_to\" }\nexpect = { tier = 0 }\n",
        )],
    ]
    .concat();
    assert_eq!(notes(&off), []);
}

#[test]
fn a_role_that_closes_needs_probes_of_its_hours() {
    let hours =
        "time_zone = \"UTC\"\nhours = [{ days = [\"sun\"], from = \"08:00\", to = \"09:00\" }]";
    let open = format!("queue = \"Sales\"\n{hours}\nfallback = \"frontline_agent\"");
    let found = notes(&[("queue = \"Sales\"", &open)]);
    let texts: Vec<_> = found.iter().map(|note| note.text.as_str()).collect();
    assert_eq!(texts.len(), 2, "somebody always takes over, so nobody need probe that: {texts:?}");
    assert!(texts.iter().all(|text| text.contains("role.closed")), "{texts:?}");
}

#[test]
fn dates_that_have_passed_are_noted() {
    let review = |day: &str| {
        let date = format!("review_by = \"{day}\"");
        notes(&[("# review_by = \"2027-01-31\"", &date)])
    };
    assert_eq!(review("2026-11-20"), [], "it is due today, not overdue");
    let overdue = review("2026-11-19");
    assert_eq!(overdue[0].about, About::Calendar);
    assert!(overdue[0].to_string().starts_with("review_by: the review was due on 2026-11-19"));
}

#[test]
fn an_exception_that_has_passed_is_noted() {
    // Nothing is routed to the team lead's stand-in, so no probe of its hours is wanted.
    let past = "queue = \"Duty managers\"\ntime_zone = \"UTC\"\nexceptions = [\
                { on = \"2026-11-19\", hours = [] }, { on = \"2026-11-20\", hours = [] }]";
    let change = [("queue = \"Duty managers\"", past)];
    noted(&change, About::Calendar, "role.duty_manager.exceptions", "2026-11-19 is past");
}

#[test]
fn an_intent_that_two_content_rules_move_is_noted_with_their_order() {
    let frontline = "intents = [\"software_bug\", \"permissions\"]";
    let change = [("intents = [\"software_bug\"]", frontline)];
    noted(&change, About::Overlap, "route.confirmed_bug", "moves permissions as route.next_tier");
    let docs = "intents = [\"software_bug\", \"how_to\"]";
    let change = [("intents = [\"software_bug\"]", docs)];
    noted(&change, About::Overlap, "route.confirmed_bug", "moves how_to as route.frontline");
    let tier = ("[intent.permissions]\ntier = 1", "[intent.permissions]\ntier = 0");
    let probe = (
        "band = \"auto\", tier = 1, role = \"frontline_agent\" }\n\n[[probe]]\nname = \"account details",
        "band = \"auto\" }\n\n[[probe]]\nname = \"account details",
    );
    let change = [tier, probe];
    noted(&change, About::Overlap, "route.next_tier", "moves permissions as route.frontline");
}

#[test]
fn a_queue_that_is_half_live_is_noted() {
    let live = "queue = \"Frontline\"\nmode = \"live\"";
    noted(&[("queue = \"Sales\"", live)], About::Overlap, "role.sales.mode", "sales is live");
}
