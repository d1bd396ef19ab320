//! The escalation matrix as a picture: intents against tiers, with where content moves them.

use serde_urlencoded::to_string;

use super::super::view::words;
use crate::{
    domain::ReasonCode,
    policy::{IntentRoute, Policy},
};

/// A page of the matrix.
pub(super) struct Picture {
    pub(super) tiers: Vec<Column>,
    pub(super) rows: Vec<Row>,
    /// What was searched for.
    pub(super) search: String,
    /// Intents that the search found.
    pub(super) found: usize,
    /// Intents of the policy.
    pub(super) all: usize,
    /// The address of the next page; none at the end.
    pub(super) next: Option<String>,
    /// The address of the page before; none at the beginning.
    pub(super) previous: Option<String>,
}

/// A tier.
pub(super) struct Column {
    pub(super) number: u8,
    pub(super) name: String,
    pub(super) boundary: String,
    /// Intents that lead there.
    pub(super) intents: usize,
}

/// An intent.
pub(super) struct Row {
    pub(super) intent: String,
    pub(super) severity: &'static str,
    pub(super) always_human: bool,
    pub(super) notify: Vec<String>,
    /// One for each tier.
    pub(super) cells: Vec<Cell>,
}

/// An intent at a tier.
pub(super) struct Cell {
    pub(super) tier: String,
    /// The role that takes it there.
    pub(super) home: Option<String>,
    /// Who takes it there, and when.
    pub(super) moves: Vec<(String, &'static str)>,
}

/// Intents on one page.
const ROWS: usize = 60;

impl Picture {
    /// The intents whose name or role has the words, from a place on.
    pub(super) fn of(policy: &Policy, search: Option<&str>, from: Option<&str>) -> Self {
        let routes = policy.routes();
        let search = search.unwrap_or_default().trim().to_owned();
        let wanted = search.to_lowercase();
        let fits = |route: &&IntentRoute| {
            let named = [route.intent.as_str(), route.role.as_str()];
            named.iter().any(|name| name.contains(&wanted) || words(name).contains(&wanted))
        };
        let found: Vec<_> = routes.iter().filter(fits).collect();
        let from = from.and_then(|from| from.parse::<usize>().ok()).unwrap_or(0).min(found.len());
        let tiers = columns(policy, &routes);
        let rows = found.iter().skip(from).take(ROWS);
        Self {
            rows: rows.map(|route| Row::of(route, &tiers)).collect(),
            next: (from + ROWS < found.len()).then(|| address(&search, from + ROWS)),
            previous: (from > 0).then(|| address(&search, from.saturating_sub(ROWS))),
            found: found.len(),
            all: routes.len(),
            search,
            tiers,
        }
    }
}

fn columns(policy: &Policy, routes: &[IntentRoute]) -> Vec<Column> {
    let column = |tier: &crate::policy::TierRule| Column {
        number: tier.number.get(),
        name: tier.name.clone(),
        boundary: tier.boundary.clone(),
        intents: routes.iter().filter(|route| route.tier == tier.number).count(),
    };
    let mut columns: Vec<_> = policy.tiers().iter().map(column).collect();
    columns.sort_by_key(|column| column.number);
    columns
}

fn address(search: &str, from: usize) -> String {
    let query = to_string([("q", search), ("from", &from.to_string())]).unwrap_or_default();
    format!("/policy?{query}#matrix")
}

impl Row {
    fn of(route: &IntentRoute, tiers: &[Column]) -> Self {
        let cell = |tier: &Column| {
            let moves = route.moves.iter().filter(|to| to.tier.get() == tier.number);
            Cell {
                tier: format!("Tier {}", tier.number),
                home: (route.tier.get() == tier.number).then(|| words(route.role.as_str())),
                moves: moves.map(|to| (words(to.role.as_str()), when(to.rule))).collect(),
            }
        };
        Self {
            intent: words(route.intent.as_str()),
            severity: route.severity.as_str(),
            always_human: route.always_human,
            notify: route.notify.iter().map(|role| words(role.as_str())).collect(),
            cells: tiers.iter().map(cell).collect(),
        }
    }
}

/// When a content rule fires.
fn when(rule: ReasonCode) -> &'static str {
    match rule {
        ReasonCode::RouteConfirmedBug => "once an agent confirms the fault",
        ReasonCode::RouteNextTier => "if an agent lacks access or tools",
        ReasonCode::RouteFrontline => "if self-service fails, or a person is asked for",
        _ => "by a content rule",
    }
}
