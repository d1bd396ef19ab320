//! Where rules of a document meet in one case though each is right by itself, and what then
//! comes first. What can never be meant, such as two shifts at one time, is a fault instead.

use std::collections::BTreeMap;

use toml::Spanned;

use crate::domain::{Intent, Mode, RoleId, Tier};

use super::{
    document::Document,
    mode::written,
    notes::{About, Note, listed},
};

/// Everything that meets.
pub(super) fn notes(document: &Document) -> Vec<Note> {
    let mut notes = content_rules(document);
    notes.extend(queues(document));
    notes
}

/// Intents that two content rules move: the first rule of `[route.*]` that fires takes them.
fn content_rules(document: &Document) -> Vec<Note> {
    let rules = &document.route;
    let leads = |intent: &Intent| document.intent.get(intent).map(Spanned::get_ref);
    let mut notes = Vec::new();
    let mut note = |first: &str, second: &str, intents: Vec<&Intent>| {
        if !intents.is_empty() {
            let names: Vec<_> = intents.into_iter().map(Intent::as_str).collect();
            let text = format!(
                "moves {} as route.{second} does; where both fire, route.{first} comes first",
                listed(&names)
            );
            notes.push(Note::new(About::Overlap, format!("route.{first}"), text));
        }
    };
    let from_role =
        |intent: &Intent, role: &RoleId| leads(intent).is_some_and(|rule| rule.role == *role);
    let self_service =
        |intent: &Intent| leads(intent).is_some_and(|rule| rule.tier == Tier::SELF_SERVICE);
    let confirmed = rules.confirmed_bug.as_ref().map_or(&[][..], |rule| &rule.intents);
    if let Some(next) = &rules.next_tier {
        let both = confirmed.iter().filter(|intent| from_role(intent, &next.from_role));
        note("confirmed_bug", "next_tier", both.collect());
    }
    if rules.frontline.is_some() {
        let both = confirmed.iter().filter(|intent| self_service(intent));
        note("confirmed_bug", "frontline", both.collect());
        if let Some(next) = &rules.next_tier {
            let all = document.intent.keys();
            let both = all.filter(|intent| from_role(intent, &next.from_role));
            note("next_tier", "frontline", both.filter(|intent| self_service(intent)).collect());
        }
    }
    notes
}

/// Queues of which one role is live and another in shadow: a part of them is automatic.
fn queues(document: &Document) -> Vec<Note> {
    let mut roles_of: BTreeMap<&str, [Option<&RoleId>; 2]> = BTreeMap::new();
    for (name, role) in &document.role {
        let place = usize::from(written(document, name) == Mode::Live);
        roles_of.entry(&role.queue).or_default()[place].get_or_insert(name);
    }
    let mut notes = Vec::new();
    for (queue, roles) in roles_of {
        if let [Some(shadow), Some(live)] = roles {
            let text = format!(
                "{live} is live and {shadow} in shadow, though both have the queue {queue}: it \
                 gets some cases automatically; give both one mode, or each a queue"
            );
            notes.push(Note::new(About::Overlap, format!("role.{live}.mode"), text));
        }
    }
    notes
}
