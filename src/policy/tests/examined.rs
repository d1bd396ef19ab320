//! What a text of a policy is told: the line of each fault, the fate of each probe.

use super::*;

#[test]
fn a_fault_names_its_line_and_a_probe_says_what_became_of_it() {
    let line_of =
        |text: &str, words: &str| 1 + text.lines().position(|line| line.contains(words)).unwrap();
    let wrong = text(&[("auto = 0.90", "auto = 0.70")]);
    let examined = Policy::examine(&wrong, "policy.toml");
    assert!(examined.policy.is_none() && examined.probes.is_empty());
    assert_eq!(examined.faults[0].key, "bands.auto");
    assert_eq!(examined.faults[0].line, Some(line_of(&wrong, "auto = 0.70")));

    let syntax = text(&[("name = \"default\"", "name = ")]);
    assert_eq!(Policy::examine(&syntax, "p").faults[0].line, Some(line_of(&syntax, "name = ")));
    let kind = text(&[("auto = 0.90", "auto = \"x\"")]);
    assert_eq!(Policy::examine(&kind, "p").faults[0].line, Some(line_of(&kind, "auto = \"x\"")));

    let fine = Policy::examine(Policy::DEFAULT, "policy.toml");
    assert_eq!(fine.policy.as_ref().map(Policy::text), Some(Policy::DEFAULT));
    assert!(!fine.probes.is_empty() && fine.probes.iter().all(|probe| probe.passed));
    let name = &fine.probes[1].name;
    let lines: Vec<_> = Policy::DEFAULT.lines().collect();
    assert!(lines[fine.probes[1].line..].iter().take(3).any(|line| line.contains(name)));

    let bypass = "bypass = \"cancellation\"\n";
    let failing = Policy::examine(&Policy::DEFAULT.replacen(bypass, "", 1), "policy.toml");
    let failed: Vec<_> = failing.probes.iter().filter(|probe| !probe.passed).collect();
    assert!(!failed.is_empty() && failed.len() < failing.probes.len());
    assert!(failing.faults.iter().all(|fault| fault.line.is_some()), "{:#?}", failing.faults);
}
