//! The escalation matrix, drawn from the document alone.

use super::*;

#[test]
fn the_matrix_of_the_default_policy() {
    insta::assert_snapshot!(Policy::parse(Policy::DEFAULT, "default.toml").unwrap().matrix());
}

#[test]
fn hours_exceptions_languages_and_modes_are_in_the_matrix() {
    let role = "queue = \"Sales | EMEA\"\nlanguages = [\"en\", \"de\"]\nfallback = \"team_lead\"\n\
                mode = \"live\"\ntime_zone = \"Europe/Berlin\"\n\
                hours = [{ days = [\"mon\", \"fri\"], from = \"08:00\", to = \"18:00\" }]\n\
                exceptions = [{ on = \"2026-12-25\", hours = [] }, \
                { on = \"2026-12-24\", hours = [{ from = \"08:00\", to = \"12:00\" }] }]";
    let matrix = changed(&[("queue = \"Sales\"", role)]).matrix();
    let row = "| `sales` | Sales \\| EMEA | mon fri 08:00-18:00; 2026-12-25 closed; \
               2026-12-24 08:00-12:00 (Europe/Berlin) | en, de | `team_lead` | live |";
    assert!(matrix.contains(row), "{matrix}");
}

#[test]
fn a_rule_that_is_switched_off_is_not_in_the_matrix() {
    let off = [("[trigger.channel] ", "# "), ("channels = [\"social_public\"]", "")];
    assert!(!changed(&off).matrix().contains("trigger.channel"));
    let nobody = changed(&[("marked = true", "marked = false")]);
    assert!(!nobody.matrix().contains("high-value"));
}

#[test]
fn every_intent_has_its_route_and_what_moves_it() {
    let policy = Policy::parse(Policy::DEFAULT, "default.toml").unwrap();
    let routes = policy.routes();
    let of = |name: &str| routes.iter().find(|route| route.intent.as_str() == name).unwrap();
    for route in &routes {
        assert_eq!(policy.route(&route.intent), Some((route.tier, &route.role)));
    }
    assert_eq!(routes[0].intent.as_str(), "how_to", "in the order of the document");
    let moves = |name: &str| of(name).moves.iter().map(|to| (to.rule, to.tier.get()));
    assert!(moves("software_bug").eq([(ReasonCode::RouteConfirmedBug, 3)]));
    assert!(moves("account_access").eq([(ReasonCode::RouteNextTier, 2)]));
    assert!(moves("how_to").eq([(ReasonCode::RouteFrontline, 1)]));
    assert!(moves("billing_dispute").next().is_none());
    assert!(of("cancellation").always_human && !of("software_bug").always_human);
}
