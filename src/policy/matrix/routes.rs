//! The escalation matrix as values: where each intent leads, and where content moves it.

use crate::{
    domain::{Intent, ReasonCode, RoleId, Severity, Tier},
    policy::document::Document,
};

/// Where one intent leads.
#[derive(Debug, Clone, PartialEq)]
pub struct IntentRoute {
    /// The intent.
    pub intent: Intent,
    /// Who acts, by skill.
    pub tier: Tier,
    /// Who acts, by role.
    pub role: RoleId,
    /// The helpdesk's queue of that role.
    pub queue: String,
    /// Severity of such a case.
    pub severity: Severity,
    /// True if automation may not decide about it.
    pub always_human: bool,
    /// Roles to inform besides.
    pub notify: Vec<RoleId>,
    /// Where content rules move it.
    pub moves: Vec<ContentMove>,
}

/// Where a content rule moves an intent.
#[derive(Debug, Clone, PartialEq)]
pub struct ContentMove {
    /// The rule.
    pub rule: ReasonCode,
    /// The new tier.
    pub tier: Tier,
    /// The new role.
    pub role: RoleId,
}

/// Every intent in the order of the document.
pub(in crate::policy) fn routes(document: &Document) -> Vec<IntentRoute> {
    let mut rules: Vec<_> = document.intent.iter().collect();
    rules.sort_by_key(|(_, rule)| rule.span().start);
    let mut routes = Vec::with_capacity(rules.len());
    for (intent, rule) in rules {
        let rule = rule.get_ref();
        let queue = document.role.get(&rule.role).map(|role| role.queue.clone());
        routes.push(IntentRoute {
            intent: intent.clone(),
            tier: rule.tier,
            role: rule.role.clone(),
            queue: queue.unwrap_or_default(),
            severity: rule.severity.unwrap_or(Severity::Normal),
            always_human: rule.bypass.is_some(),
            notify: rule.notify.clone(),
            moves: moves(document, intent, (rule.tier, &rule.role)),
        });
    }
    routes
}

fn moves(document: &Document, intent: &Intent, (tier, role): (Tier, &RoleId)) -> Vec<ContentMove> {
    let rules = &document.route;
    let bug = rules.confirmed_bug.as_ref().filter(|rule| rule.intents.contains(intent));
    let bug = bug.map(|rule| (ReasonCode::RouteConfirmedBug, rule.tier, &rule.role));
    let next = rules.next_tier.as_ref().filter(|rule| rule.from_role == *role);
    let next = next.map(|rule| (ReasonCode::RouteNextTier, rule.tier, &rule.role));
    let front = rules.frontline.as_ref().filter(|_| tier.get() == 0);
    let front = front.map(|to| (ReasonCode::RouteFrontline, to.tier, &to.role));
    let moves = [bug, next, front].into_iter().flatten();
    moves.map(|(rule, tier, role)| ContentMove { rule, tier, role: role.clone() }).collect()
}
