//! Where the labels of a new model lead.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

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
        let document: toml::Table = text.parse().map_err(|_| Error::Policy(name.clone()))?;
        let fallback = |key: &str| {
            let value = document.get("fallback").and_then(|table| table.get(key));
            value.map_or_else(String::new, ToString::to_string)
        };
        let (tier, role) = (fallback("tier"), fallback("role"));
        starter += CHOOSE;
        for label in &lacking {
            let key = toml::Value::String(label.clone());
            // Writing to a string cannot fail.
            let _ = write!(starter, "\n[intent.{key}]\ntier = {tier}\nrole = {role}\n");
        }
        Policy::parse(&starter, "the starter policy")
            .map_err(|faults| Error::Policy(app::all(&faults)))?;
    }
    Ok(Routes { lacking, starter, policy: name })
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
