//! What roles must satisfy: somebody to fall back on, and hours that can be kept.

use std::collections::HashMap;

use crate::domain::RoleId;

use super::{
    super::{
        document::Document,
        hours::{Hours, Minute, overlapping_hours, overlapping_shifts},
        roles::Role,
    },
    Checker,
};

impl Checker<'_> {
    pub(super) fn roles(&mut self) {
        let document = self.document;
        for (name, role) in &document.role {
            let key = format!("role.{name}");
            if role.queue.trim().is_empty() {
                self.add(format!("{key}.queue"), "is empty; write the helpdesk's queue");
            }
            if let Some(fallback) = &role.fallback {
                self.role(format!("{key}.fallback"), fallback);
            }
            let languages = role.languages.iter().map(|code| code.to_ascii_lowercase());
            self.once(&format!("{key}.languages"), languages);
            self.time_zone(&key, role);
            self.shifts(&key, role);
            self.exceptions(&key, role);
        }
        for name in cycles(document) {
            let reason = "its line of fallbacks comes back to itself; end the line somewhere";
            self.add(format!("role.{name}.fallback"), reason);
        }
    }

    fn time_zone(&mut self, key: &str, role: &Role) {
        if role.time_zone.is_none() && role.closes() {
            let beside = if role.hours.is_empty() { "exceptions" } else { "hours" };
            let reason = format!("is missing beside {beside}; write an IANA name");
            self.add(format!("{key}.time_zone"), reason);
        }
        if role.time_zone.is_some() && !role.closes() {
            self.add(format!("{key}.hours"), "is missing beside time_zone; write hours or neither");
        }
    }

    fn shifts(&mut self, key: &str, role: &Role) {
        for (place, shift) in role.hours.iter().enumerate() {
            let key = format!("{key}.hours[{place}]");
            if shift.days.is_empty() {
                self.add(format!("{key}.days"), "is empty; write the days, e.g. [\"mon\"]");
            }
            self.stretch(&key, Hours { from: shift.from, to: shift.to });
        }
        if let Some((one, other)) = overlapping_shifts(&role.hours) {
            let reason = if one == other {
                "overlaps itself; list each day once".to_owned()
            } else {
                format!("overlaps hours[{one}]; end one where the other begins")
            };
            self.add(format!("{key}.hours[{other}]"), reason);
        }
    }

    fn exceptions(&mut self, key: &str, role: &Role) {
        let mut seen = HashMap::new();
        for (place, exception) in role.exceptions.iter().enumerate() {
            let key = format!("{key}.exceptions[{place}]");
            let date = exception.on.0;
            if let Some(first) = seen.insert(date, place) {
                let reason = format!(
                    "{date} is the date of exceptions[{first}], too; put all its hours into one"
                );
                self.add(format!("{key}.on"), reason);
            }
            for (place, &hours) in exception.hours.iter().enumerate() {
                self.stretch(&format!("{key}.hours[{place}]"), hours);
            }
            if let Some((one, other)) = overlapping_hours(&exception.hours) {
                let reason = format!("overlaps hours[{one}]; end one where the other begins");
                self.add(format!("{key}.hours[{other}]"), reason);
            }
        }
    }

    fn stretch(&mut self, key: &str, hours: Hours) {
        if hours.from == hours.to {
            let reason = "equals from; write 00:00 to 24:00 for a whole day";
            self.add(format!("{key}.to"), reason);
        } else if hours.from == Minute::MIDNIGHT {
            let reason = "24:00 begins on the next day; write 00:00 there";
            self.add(format!("{key}.from"), reason);
        }
    }
}

/// One role of every cycle of fallbacks; each role is visited once.
fn cycles(document: &Document) -> Vec<&RoleId> {
    let mut walked_from: HashMap<&RoleId, usize> = HashMap::new();
    let mut found = Vec::new();
    for (walk, start) in document.role.keys().enumerate() {
        let mut at = Some(start);
        while let Some(name) = at {
            if let Some(&earlier) = walked_from.get(name) {
                if earlier == walk {
                    found.push(name);
                }
                break;
            }
            walked_from.insert(name, walk);
            at = document.role.get(name).and_then(|role| role.fallback.as_ref());
        }
    }
    found
}
