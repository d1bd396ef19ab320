//! What keeps a policy from loading: each refusal names file, key and a way out.

use super::*;

/// The faults of the default policy after a change.
fn faults(change: &[(&str, &str)]) -> Vec<Error> {
    Policy::parse(&text(change), "policy.toml").unwrap_err()
}

/// Checks that one change gives one fault with that key and those words.
#[track_caller]
fn refused(change: (&str, &str), key: &str, words: &str) {
    let faults = faults(&[change]);
    assert_eq!(faults.len(), 1, "{faults:#?}");
    assert_eq!((faults[0].file.as_str(), faults[0].key.as_str()), ("policy.toml", key));
    assert!(faults[0].reason.contains(words), "{}", faults[0]);
}

#[test]
fn what_is_no_toml_is_refused_with_its_line() {
    refused(("name = \"default\"", "name = "), "the document", "line 6");
}

#[test]
fn unknown_keys_are_refused_everywhere() {
    for (place, key) in [
        ("[bands]\n", "bands.colour"),
        ("[strikes]\n", "strikes.colour"),
        ("[role.sales]\n", "role.sales.colour"),
        ("[intent.how_to]\n", "intent.how_to.colour"),
        ("tier_1_minutes = 30\n", "trigger.time.colour"),
        ("[vip]\n", "vip.colour"),
    ] {
        let change = format!("{place}colour = 1\n");
        refused((place, &change), key, "unknown field `colour`");
    }
    refused(("[fallback]", "[colour]\na = 1\n[fallback]"), "colour", "unknown field");
}

#[test]
fn thresholds_must_rise_strictly() {
    refused(("auto = 0.90", "auto = 0.70"), "bands.auto", "not above bands.suggest");
    refused(("suggest = 0.70", "suggest = 0.0"), "bands.suggest", "more than 0");
    refused(("auto = 0.90", "auto = 1.01"), "bands.auto", "0 to 1");
    let zero = ("bypass_probability = 0.20", "bypass_probability = 0");
    refused(zero, "bands.bypass_probability", "more than 0");
}

#[test]
fn what_is_named_must_be_there() {
    let gone = |key: &str, to: &str| format!("{key}role = \"{to}\"");
    let intent = "[intent.refund_request]\ntier = 1\n";
    let (from, to) = (gone(intent, "billing_specialist"), gone(intent, "nobody"));
    refused((&from, &to), "intent.refund_request.role", "no [role.nobody]");
    let lacking = gone(intent, "billing_specialist");
    refused((&lacking, intent), "intent.refund_request", "missing field `role`");
    let bug = ("intents = [\"software_bug\"]", "intents = [\"hardware_bug\"]");
    refused(bug, "route.confirmed_bug.intents", "no [intent.hardware_bug]");
    let queue = ("queue = \"Sales\"", "queue = \"Sales\"\nfallback = \"nobody\"");
    refused(queue, "role.sales.fallback", "no [role.nobody]");
    let from = ("from_role = \"frontline_agent\"", "from_role = \"nobody\"");
    refused(from, "route.next_tier.from_role", "no [role.nobody]");
}

#[test]
fn fallbacks_must_end_somewhere() {
    let itself = ("queue = \"Sales\"", "queue = \"Sales\"\nfallback = \"sales\"");
    refused(itself, "role.sales.fallback", "comes back to itself");
    let round = faults(&[
        ("queue = \"Sales\"", "queue = \"Sales\"\nfallback = \"team_lead\""),
        ("queue = \"Team leads\"", "queue = \"Team leads\"\nfallback = \"duty_manager\""),
        ("queue = \"Duty managers\"", "queue = \"Duty managers\"\nfallback = \"sales\""),
        ("queue = \"Billing\"", "queue = \"Billing\"\nfallback = \"sales\""),
    ]);
    assert_eq!(round.len(), 1, "one fault for one cycle, none for who leads into it: {round:?}");
}

#[test]
fn tiers_are_0_to_4_and_each_is_said_in_one_sentence() {
    refused(
        ("[intent.how_to]\ntier = 0", "[intent.how_to]\ntier = 7"),
        "intent.how_to.tier",
        "7 is not",
    );
    let boundary = "boundary = \"It needs a code-level fix or repair of data.\"";
    for (to, words) in [("A fix. Or a repair.", "2 sentences"), ("", "is empty")] {
        refused((boundary, &format!("boundary = \"{to}\"")), "tier[3].boundary", words);
    }
    let twice = &faults(&[("number = 3", "number = 2")])[0];
    assert!(twice.key == "tier[3].number" && twice.reason.contains("twice"), "{twice}");
}

/// A role with one more key, and what it is refused for.
#[track_caller]
fn role_refused(more: &str, key: &str, words: &str) {
    let sales = "queue = \"Sales\"";
    refused((sales, &format!("{sales}\n{more}")), &format!("role.sales.{key}"), words);
}

#[test]
fn exceptions_are_dates_of_the_calendar_once_each() {
    let exceptions = |text: &str| format!("time_zone = \"UTC\"\nexceptions = [{text}]");
    let on = |date: &str| exceptions(&format!("{{ on = \"{date}\", hours = [] }}"));
    for wrong in ["2026-02-30", "25.12.2026", "2026-12-25T00:00"] {
        role_refused(&on(wrong), "exceptions[0].on", "is no date of the calendar; write one");
    }
    let twice = "{ on = \"2026-12-25\", hours = [] }, { on = \"2026-12-25\", hours = [] }";
    role_refused(&exceptions(twice), "exceptions[1].on", "put all its hours into one");
    let closed = exceptions("{ on = \"2026-12-25\" }");
    role_refused(&closed, "exceptions[0]", "missing field `hours`");
    let zone = "exceptions = [{ on = \"2026-12-25\", hours = [] }]";
    role_refused(zone, "time_zone", "is missing beside exceptions; write an IANA name");
}

#[test]
fn what_is_listed_twice_is_refused() {
    let bug = ("intents = [\"software_bug\"]", "intents = [\"software_bug\", \"software_bug\"]");
    refused(bug, "route.confirmed_bug.intents", "lists software_bug twice; keep one");
    let manager = "critical\"\nnotify = [\"duty_manager\"]";
    let twice = "critical\"\nnotify = [\"duty_manager\", \"duty_manager\"]";
    refused((manager, twice), "intent.service_outage.notify", "lists duty_manager twice");
    refused(("plans = []", "plans = [\"gold\", \"Gold\"]"), "vip.plans", "lists gold twice");
    let channels = "channels = [\"social_public\", \"social_public\"]";
    let channel = ("channels = [\"social_public\"]", channels);
    refused(channel, "trigger.channel.channels", "lists social_public twice");
    role_refused("languages = [\"en\", \"EN\"]", "languages", "lists en twice");
    let table =
        ("[intent.how_to]", "[intent.how_to]\ntier = 0\nrole = \"sales\"\n\n[intent.how_to]");
    refused(table, "the document", "duplicate key");
}

#[test]
fn triggers_that_could_never_help_are_refused() {
    let running = ("negative_running = 3", "negative_running = 0");
    refused(running, "trigger.sentiment.negative_running", "1 or more, or leave the key out");
    let minutes = ("minutes = 30\nnotify = [\"duty_manager\"]", "minutes = 30\nnotify = []");
    refused(minutes, "trigger.acknowledgement.notify", "write the roles to inform");
    let negative = ("tier_2_minutes = 90", "tier_2_minutes = -1");
    refused(negative, "trigger.time.tier_2_minutes", "write a number of at least 0");
    let nobody = ("missed_notify = [\"team_lead\"]", "missed_notify = [\"nobody\"]");
    refused(nobody, "trigger.contract.sla.missed_notify", "write one, or another role");
}

#[test]
fn a_hand_over_never_lacks_words_where_the_policy_has_any() {
    let lines: Vec<_> = Policy::DEFAULT.lines().collect();
    let line = |start: &str| *lines.iter().find(|line| line.starts_with(start)).unwrap();
    let key = "messages.\"band.human\"";
    refused((line("\"band.human\""), ""), key, "write what the bot says at a hand-over");
    let nobody = line("\"role.unavailable\"");
    assert!(Policy::parse(&text(&[(nobody, "")]), "policy.toml").is_ok(), "somebody is there");
    let french = ("queue = \"Sales\"", "queue = \"Sales\"\nlanguages = [\"fr\"]");
    let faults = faults(&[(nobody, ""), french]);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0].key, "messages.\"role.unavailable\"");
    assert!(faults[0].reason.contains("role.sales; write what"), "{}", faults[0]);
    let caught =
        ("queue = \"Sales\"", "queue = \"Sales\"\nlanguages = [\"fr\"]\nfallback = \"team_lead\"");
    assert!(Policy::parse(&text(&[(nobody, ""), caught]), "policy.toml").is_ok());
    // A bot that says nothing by itself needs no words.
    let start = text(&[]).find("[messages]").unwrap();
    assert!(Policy::parse(&text(&[])[..start], "policy.toml").is_ok());
}

#[test]
fn a_review_date_is_one_of_the_calendar() {
    let wrong = ("# review_by = \"2027-01-31\"", "review_by = \"2027-02-29\"");
    refused(wrong, "review_by", "is no date of the calendar; write one such as");
}

#[test]
fn hours_need_a_time_zone_that_exists() {
    let sales = "queue = \"Sales\"";
    let role = |more: &str| format!("{sales}\n{more}");
    let zone = role("time_zone = \"Europe/Atlantis\"");
    refused((sales, &zone), "role.sales.time_zone", "\"Europe/Atlantis\" is no time zone");
    let hours = "hours = [{ days = [\"mon\"], from = \"08:00\", to = \"18:00\" }]";
    refused((sales, &role(hours)), "role.sales.time_zone", "IANA");
    let hours =
        "time_zone = \"UTC\"\nhours = [{ days = [\"mon\"], from = \"08:00\", to = \"25:00\" }]";
    refused((sales, &role(hours)), "role.sales.hours[0].to", "no time of day");
    refused((sales, &role("time_zone = \"UTC\"")), "role.sales.hours", "missing");
}

#[test]
fn hours_of_one_role_last_and_do_not_overlap() {
    let hours = |shifts: &str| format!("time_zone = \"UTC\"\nhours = [{shifts}]");
    let shift = |days: &str, from: &str, to: &str| {
        format!("{{ days = [{days}], from = \"{from}\", to = \"{to}\" }}")
    };
    let day = shift("\"mon\", \"tue\"", "08:00", "18:00");
    let night = shift("\"mon\"", "17:00", "02:00");
    let overlap = "overlaps hours[0]; end one where the other begins";
    role_refused(&hours(&format!("{day}, {night}")), "hours[1]", overlap);
    let twice = hours(&shift("\"mon\", \"mon\"", "08:00", "18:00"));
    role_refused(&twice, "hours[0]", "list each day once");
    let none = hours(&shift("\"mon\"", "08:00", "08:00"));
    role_refused(&none, "hours[0].to", "write 00:00 to 24:00 for a whole day");
    let never = hours(&shift("", "08:00", "18:00"));
    role_refused(&never, "hours[0].days", "write the days");
    let late = hours(&shift("\"mon\"", "24:00", "02:00"));
    role_refused(&late, "hours[0].from", "write 00:00 there");
    let on = "on = \"2026-12-24\", hours = [{ from = \"08:00\", to = \"12:00\" }, \
              { from = \"11:00\", to = \"13:00\" }]";
    let exceptions = format!("time_zone = \"UTC\"\nexceptions = [{{ {on} }}]");
    role_refused(&exceptions, "exceptions[0].hours[1]", overlap);
}

#[test]
fn what_nobody_would_read_is_refused() {
    let message = "\"input.instructions\" =";
    refused((message, "\"mode.shadow\" ="), "messages.\"mode.shadow\"", "never hands over");
    refused(("limit = 3", "limit = 0"), "strikes.limit", "1 or more");
    let amount = ("usd_over = 1000", "usd_over = nan");
    refused(amount, "trigger.contract.dispute.usd_over", "no amount");
}

#[test]
fn every_fault_is_named_at_once() {
    let faults = faults(&[("auto = 0.90", "auto = 0.60"), ("limit = 3", "limit = 0")]);
    let keys: Vec<_> = faults.iter().map(|fault| fault.key.as_str()).collect();
    assert_eq!(keys, ["strikes.limit", "bands.auto"]);
}

fn with_probe(probe: &str) -> Vec<Error> {
    let text = format!("{}\n[[probe]]\n{probe}", text(&[]));
    Policy::parse(&text, "policy.toml").unwrap_err()
}

#[test]
fn a_failing_probe_names_itself_what_was_expected_and_what_came() {
    let given = "given = { intent = \"cancellation\" }";
    let expect = "expect = { band = \"auto\", reasons = [\"band.auto\"] }";
    let faults = with_probe(&format!("name = \"leaving is easy\"\n{given}\n{expect}"));
    let told: Vec<_> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    let band = "policy.toml: probe.\"leaving is easy\".expect.band: expected auto, came human";
    assert!(told[0].starts_with(band), "{}", told[0]);
    assert!(told[1].contains("expected band.auto, came bypass.cancellation"), "{}", told[1]);
}

#[test]
fn a_probe_must_say_something_that_can_be() {
    let probe = |given: &str, expect: &str| {
        let faults = with_probe(&format!("name = \"p\"\ngiven = {given}\nexpect = {expect}"));
        assert_eq!(faults.len(), 1, "{faults:?}");
        faults[0].key.clone()
    };
    let band = "{ band = \"auto\" }";
    assert_eq!(probe("{ intent = \"how_to\" }", "{}"), "probe.\"p\".expect");
    assert_eq!(probe("{}", band), "probe.\"p\".given.intent");
    assert_eq!(probe("{ intent = \"juggling\" }", band), "probe.\"p\".given.intent");
    assert_eq!(probe("{ intents = { how_to = 0.5 } }", band), "probe.\"p\".given.intents");
    let tier = "{ intent = \"how_to\", ticket = { current_tier = 9 } }";
    assert_eq!(probe(tier, band), "probe.\"p\".given.ticket");
    assert_eq!(probe("{ intent = \"how_to\", colour = 1 }", band), "probe[0].given.colour");
}
