//! What was found, as Markdown for people and JSON for programs.

use std::{fmt::Write as _, fs, path::Path, process::Command};

use serde_json::{Value, json};

use super::{Error, machine};

/// Other load in cores up to which a figure counts as undisturbed.
pub(crate) const QUIET_CORES: f64 = 0.15;

/// A part of the report: some tables with words between them, and the same as JSON.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) key: &'static str,
    pub(crate) markdown: String,
    pub(crate) json: Value,
}

/// A number with so many digits after the point; a dash for one that nothing was measured for.
pub(crate) fn number(value: f64, digits: usize) -> String {
    if value.is_finite() { format!("{value:.digits$}") } else { "-".to_owned() }
}

/// A Markdown table.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    for row in rows {
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
    text
}

/// Everything that a run has found so far.
#[derive(Debug)]
pub(crate) struct Report {
    setting: Value,
    lines: Vec<String>,
    sections: Vec<Section>,
}

impl Report {
    /// Starts with the machine and the versions, then `notes`.
    pub(crate) fn new(baton: &Path, cores: &str, notes: Vec<String>) -> Self {
        let version = output(Command::new(baton).arg("--version"));
        let commit = output(Command::new("git").args(["describe", "--always", "--dirty"]));
        let date = output(Command::new("date").args(["-u", "+%Y-%m-%d %H:%M UTC"]));
        let (processor, kernel) = (machine::processor(), machine::kernel());
        let setting = json!({
            "date": date, "processor": processor, "cores": cores, "kernel": kernel,
            "memory_gb": machine::memory_gb(), "baton": version, "commit": commit, "notes": notes,
        });
        let mut lines = vec![
            format!(
                "{date}; {processor}; cores {cores}; {:.0} GB; Linux {kernel}",
                machine::memory_gb()
            ),
            format!("{version}, commit {commit}; peers as in benches/serving/requirements.txt"),
        ];
        lines.extend(notes);
        Self { setting, lines, sections: Vec::new() }
    }

    /// Adds a section and writes both files anew, so that an interrupted run keeps what it has.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub(crate) fn add(&mut self, section: Section, out: &Path) -> Result<(), Error> {
        self.sections.push(section);
        fs::create_dir_all(out)?;
        fs::write(out.join("results.md"), self.markdown())?;
        fs::write(out.join("results.json"), serde_json::to_string_pretty(&self.json())? + "\n")?;
        Ok(())
    }

    pub(crate) fn markdown(&self) -> String {
        let mut text = String::from("# Serving benchmark\n\n");
        for line in &self.lines {
            let _ = writeln!(text, "- {line}");
        }
        for section in &self.sections {
            let _ = write!(text, "\n{}", section.markdown);
        }
        text
    }

    fn json(&self) -> Value {
        let mut all = json!({ "setting": self.setting });
        for section in &self.sections {
            all[section.key] = section.json.clone();
        }
        all
    }
}

fn output(command: &mut Command) -> String {
    let output = command.output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).trim().to_owned()
}
