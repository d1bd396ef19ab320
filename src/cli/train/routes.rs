//! Where the labels of a new model lead.

use std::{
    fs,
    path::{Path, PathBuf},
};

use toml::{Table, Value};

use crate::{app, cli::Error, config::Config, domain::Intent, policy::Policy};

/// The labels that the policy in force does not route, and a policy that does.
pub(super) struct Routes {
    lacking: Vec<String>,
    /// The policy in force with a route for each of them.
    starter: String,
    policy: String,
}

/// What stands above the routes that are made up.
const CHOOSE: &str = "
# --- Labels of the new model: choose tier and role of each -------------------------------------
# Written by `baton train`. Until you choose, they lead where the fallback leads. Every label of a
# model needs a route here: without one the service does not start.
";

/// Looks which labels the policy in force does not route.
pub(super) fn starter(config: &Config, labels: &[String]) -> Result<Routes, Error> {
    let (text, name) = app::policy_text(config)?;
    let policy = Policy::parse(&text, &name).map_err(|faults| Error::Policy(app::all(&faults)))?;
    let routed = |label: &&String| policy.check_covers(&[Intent::from(label.as_str())]).is_err();
    let lacking: Vec<String> = labels.iter().filter(routed).cloned().collect();
    let mut starter = text.clone();
    if !lacking.is_empty() {
        let document: Table = text.parse().map_err(|_| Error::Policy(name.clone()))?;
        let fallback = document.get("fallback").and_then(Value::as_table);
        let mut to = fallback.cloned().unwrap_or_default();
        to.retain(|key, _| ["tier", "role"].contains(&key));
        starter += CHOOSE;
        for label in &lacking {
            starter += &route(label, &to);
        }
        Policy::parse(&starter, "the starter policy")
            .map_err(|faults| Error::Policy(app::all(&faults)))?;
    }
    Ok(Routes { lacking, starter, policy: name })
}

/// The route of a label, as a policy spells it: a label may hold any character.
fn route(label: &str, to: &Table) -> String {
    let route = Table::from_iter([(label.to_owned(), Value::Table(to.clone()))]);
    let intent = Table::from_iter([("intent".to_owned(), Value::Table(route))]);
    format!("\n{intent}")
}

impl Routes {
    /// What is said of them on the card.
    pub(super) fn note(&self) -> String {
        if self.lacking.is_empty() {
            return format!("{} routes every label.", self.policy);
        }
        format!(
            "{} of the labels have no route in {}; the service does not start with a policy that \
             lacks one.",
            self.lacking.len(),
            self.policy
        )
    }

    /// Writes the starter policy beside the pack where one is needed; says what to do.
    pub(super) fn finish(&self, pack: &Path) -> Result<String, Error> {
        let serve = format!("baton serve --model {}", pack.display());
        if self.lacking.is_empty() {
            return Ok(format!("{}\n  {serve}", self.note()));
        }
        let file = beside(pack);
        if file.exists() {
            let file = file.display();
            return Ok(format!("{} {file} is left as it is: look there.\n  {serve}", self.note()));
        }
        let what = format!("the policy {} cannot be written", file.display());
        fs::write(&file, &self.starter).map_err(Error::io(what))?;
        let file = file.display();
        Ok(format!(
            "{} A policy to start from is {file}: choose tier and role of each label at its end \
             (until then all lead to the fallback), then\n  {serve} --policy {file}",
            self.note()
        ))
    }
}

fn beside(pack: &Path) -> PathBuf {
    let name = pack.file_name().unwrap_or_default().to_string_lossy();
    pack.with_file_name(format!("{name}.policy.toml"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::Settings;

    proptest! {
        #[test]
        fn a_route_is_read_as_it_was_meant(label in "(?s).*", role in "(?s).*") {
            let tier = Value::Integer(1);
            let to = [("tier", tier), ("role", Value::String(role))];
            let to = Table::from_iter(to.map(|(key, value)| (key.to_owned(), value)));
            let read: Table = route(&label, &to).parse().unwrap();
            prop_assert_eq!(read["intent"].get(&label).and_then(Value::as_table), Some(&to));
        }
    }

    #[test]
    fn a_label_with_both_quotes_gets_a_route() {
        let config = Config::from_settings(&Settings::defaults().unwrap()).unwrap();
        let labels = ["plain", "a.b", "it's \"new\"", "two\nlines", "\\", "é", "\u{1}", ""];
        let labels = labels.map(str::to_owned);
        let routes = starter(&config, &labels).map_err(|error| error.to_string()).unwrap();
        let policy = Policy::parse(&routes.starter, "starter").unwrap();
        assert_eq!(routes.lacking, labels);
        for label in &labels {
            assert!(policy.check_covers(&[Intent::from(label.as_str())]).is_ok(), "{label:?}");
        }
    }
}
