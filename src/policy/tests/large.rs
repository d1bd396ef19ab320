//! A policy of ten thousand rules loads in sensible time and decides as fast as a small one.

use std::{fmt::Write as _, hint::black_box, time::Instant};

use super::*;

const MANY: usize = 10_000;

/// The default policy, changed, with many rules more; `rule` gives the one of that number.
fn large(change: &[(&str, &str)], rule: impl Fn(usize) -> String) -> Policy {
    let mut text = text(change);
    for number in 0..MANY {
        writeln!(text, "\n{}", rule(number)).unwrap();
    }
    let started = Instant::now();
    let policy = Policy::parse(&text, "policy.toml").unwrap();
    let spent_s = started.elapsed().as_secs_f32();
    println!("loaded in {spent_s:.2} s");
    assert!(spent_s < 20.0, "{spent_s} s");
    policy
}

/// Seconds that one decision takes, in the best of a few series.
fn decision_s(policy: &Policy) -> f32 {
    let given = Given::intents(&[("refund_request", 0.6), ("integration", 0.4)]);
    let series = |_| {
        given.ask(|case| {
            let started = Instant::now();
            for _ in 0..50 {
                black_box(policy.decide(black_box(case)));
            }
            started.elapsed().as_secs_f32() / 50.0
        })
    };
    (0..10).map(series).fold(f32::INFINITY, f32::min)
}

#[test]
fn ten_thousand_roles_may_stand_in_one_line_of_fallbacks() {
    large(&[], |number| {
        let role = format!("[role.r{number}]\nqueue = \"q\"\nlanguages = [\"fr\"]");
        if number + 1 < MANY { format!("{role}\nfallback = \"r{}\"", number + 1) } else { role }
    });
}

#[test]
fn ten_thousand_probes_are_run() {
    large(&[], |number| {
        let given = "given = { intent = \"how_to\", probability = 0.95 }";
        let expect = "expect = { band = \"auto\", tier = 0 }";
        format!("[[probe]]\nname = \"p{number}\"\n{given}\n{expect}")
    });
}

#[test]
fn a_decision_costs_what_the_model_knows_and_not_what_the_policy_does() {
    // Each leads somewhere else, and a rule names them all.
    let names: Vec<_> = (0..MANY).map(|number| format!("\"i{number}\"")).collect();
    let list = format!("intents = [\"complaint\", {}]", names.join(", "));
    let policy = large(&[("intents = [\"complaint\"]", &list)], |number| {
        let role = format!("[role.r{number}]\nqueue = \"q\"");
        format!("{role}\n[intent.i{number}]\ntier = 2\nrole = \"r{number}\"")
    });
    let (small, large) = (decision_s(&changed(&[])), decision_s(&policy));
    println!("{:.1} us and {:.1} us", small * 1e6, large * 1e6);
    assert!(large < 4.0 * small + 1e-4, "{small} s and {large} s");
}
