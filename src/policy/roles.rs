//! Roles: their queue, hours, languages and mode, and who takes over when they cannot.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use crate::domain::{Mode, ReasonCode, RoleId, Timestamp};

use super::{
    document::Document,
    facts::Facts,
    hours::{self, Exception, Shift, Zone},
    trace::Trace,
};

/// `[role.NAME]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Role {
    /// The helpdesk's queue.
    pub(super) queue: String,
    /// ISO 639-1 codes of the languages that are spoken; empty: all.
    #[serde(default)]
    pub(super) languages: Vec<String>,
    /// Who takes over outside the hours, or for another language.
    pub(super) fallback: Option<RoleId>,
    /// IANA name of the time zone of `hours` and `exceptions`, e.g. `"Europe/Berlin"`.
    pub(super) time_zone: Option<Zone>,
    /// When somebody is there; empty: always.
    #[serde(default)]
    pub(super) hours: Vec<Shift>,
    /// Single dates on which other hours count, such as holidays.
    #[serde(default)]
    pub(super) exceptions: Vec<Exception>,
    /// What may be automatic in this queue; absent: what the document says.
    pub(super) mode: Option<Mode>,
}

impl Role {
    /// True if somebody is there at that moment.
    fn is_open(&self, now: Timestamp) -> bool {
        let zone = self.time_zone.as_ref();
        zone.is_none_or(|zone| hours::is_open(&self.hours, &self.exceptions, zone.local(now)))
    }

    /// True if there are moments at which nobody is there.
    pub(super) fn closes(&self) -> bool {
        !self.hours.is_empty() || !self.exceptions.is_empty()
    }

    /// True if that language is spoken; an unknown one is not held against anybody.
    fn speaks(&self, language: Option<&str>) -> bool {
        let Some(language) = language.filter(|_| !self.languages.is_empty()) else { return true };
        self.languages.iter().any(|spoken| spoken.eq_ignore_ascii_case(language))
    }
}

/// Who can take over now.
#[derive(Debug)]
pub(super) struct Staffed {
    /// The queue of whoever takes over.
    pub(super) queue: String,
    /// The role that stands in for the routed one.
    pub(super) stand_in: Option<RoleId>,
}

/// Looks whether the routed role can take over, and who else can; tier and role stay.
pub(super) fn staff(facts: &Facts<'_>, trace: &mut Trace) -> Staffed {
    let id = &facts.routed.best.role;
    let Some(role) = facts.document.role.get(id) else {
        return Staffed { queue: String::new(), stand_in: None };
    };
    let (now, language) = (facts.case.now, language(facts));
    let (open, speaks) = (role.is_open(now), role.speaks(language));
    let stand_in = if open && speaks { None } else { stand_in(facts, role, language) };
    let instead = || match stand_in {
        Some((name, _)) => format!("{name} takes over"),
        None => "no fallback can take over".to_owned(),
    };
    trace.rule(ReasonCode::RoleClosed, !open, || {
        if open { format!("{id} is there") } else { format!("{id} is closed; {}", instead()) }
    });
    trace.rule(ReasonCode::RoleLanguage, !speaks, || {
        let language = language.unwrap_or("unknown");
        if speaks {
            format!("{id} can deal with language {language}")
        } else {
            format!("{id} does not speak {language}; {}", instead())
        }
    });
    let nobody = !(open && speaks) && stand_in.is_none();
    trace.rule(ReasonCode::RoleUnavailable, nobody, || {
        if nobody {
            format!("nobody can take over from {id} now")
        } else {
            "somebody can take over".to_owned()
        }
    });
    let queue = stand_in.map_or(&role.queue, |(_, role)| &role.queue).clone();
    Staffed { queue, stand_in: stand_in.map(|(name, _)| name.clone()) }
}

/// The language the customer writes, else prefers, as far as it is known.
fn language<'a>(facts: &Facts<'a>) -> Option<&'a str> {
    let written = facts.case.features.language.code.as_str();
    if !written.is_empty() && written != "unknown" {
        return Some(written);
    }
    let preferred = facts.case.conversation.customer.language.as_deref()?;
    preferred.split(['-', '_']).next().filter(|code| !code.is_empty())
}

/// The first role down the line of fallbacks that is there and speaks the language.
fn stand_in<'a>(
    facts: &Facts<'a>,
    role: &Role,
    language: Option<&str>,
) -> Option<(&'a RoleId, &'a Role)> {
    let document = facts.document;
    let mut asked = HashSet::new();
    let mut next = document.role.get_key_value(role.fallback.as_ref()?);
    while let Some((name, role)) = next {
        if role.is_open(facts.case.now) && role.speaks(language) {
            return Some((name, role));
        }
        // A checked document has no cycle; this one ends in any.
        if !asked.insert(name) {
            return None;
        }
        next = document.role.get_key_value(role.fallback.as_ref()?);
    }
    None
}

/// The roles of which somebody can take over whatever the hour and the language: themselves, or
/// a role down their line of fallbacks; linear in the document.
pub(super) fn never_alone(document: &Document) -> HashSet<&RoleId> {
    let mut calls: HashMap<&RoleId, Vec<&RoleId>> = HashMap::new();
    let mut next = Vec::new();
    for (name, role) in &document.role {
        if !role.closes() && role.languages.is_empty() {
            next.push(name);
        }
        if let Some(fallback) = &role.fallback {
            calls.entry(fallback).or_default().push(name);
        }
    }
    let mut found = HashSet::new();
    while let Some(name) = next.pop() {
        if found.insert(name) {
            next.extend(calls.get(name).into_iter().flatten());
        }
    }
    found
}
