//! Tests of the rules together, on the policy that ships with the service.

use super::*;

#[test]
fn the_default_policy_loads() {
    let policy = Policy::parse(Policy::DEFAULT, "default.toml").unwrap();
    assert_eq!(policy.mode(), Mode::Shadow);
    assert_eq!(policy.version().len(), 12);
}
