//! The packet for people: as Markdown for a private note and as SBAR.
//!
//! Both are fixed labels and words of the conversation, nothing else. The customer's words are
//! foreign text in somebody's helpdesk, so Markdown shows them and never obeys them.

use std::fmt::Write;

use serde::Serialize;

use crate::domain::{
    Decision, Evidence, EvidenceKind, Packet, Quote, Step, StepOutcome, Tier, Who, Work,
};

/// The packet as Situation, Background, Assessment, Recommendation; plain text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Sbar {
    /// What is wrong, for whom, how badly.
    pub situation: String,
    /// What was tried and what is known.
    pub background: String,
    /// What it may be and how sure the route is.
    pub assessment: String,
    /// Who should act, and what is still missing.
    pub recommendation: String,
}

/// Pieces of evidence that SBAR names; the packet has all of them.
const SBAR_EVIDENCE: usize = 12;

/// What is shown where nobody has said anything.
const NOT_STATED: &str = "not stated";

/// Renders a packet as Markdown for a private note.
pub fn markdown(packet: &Packet, decision: &Decision) -> String {
    let mut out = String::from("**Handoff packet (draft)**\n\n");
    let route = format!(
        "tier {}, {} ({}), severity {}, priority {}",
        tier(decision.tier),
        escape(decision.role.as_str()),
        escape(&decision.queue),
        decision.severity,
        decision.priority,
    );
    section(&mut out, "Problem", &quoted(packet.problem.as_ref()));
    section(&mut out, "Route", &route);
    list(&mut out, "What has been done", packet.whats_been_done.iter().map(step_line));
    section(&mut out, "What is needed", "_to be written by the person handing over_");
    let hints = format!("mood {}, attempt {}", escape(&packet.hints.mood), packet.hints.attempt);
    let context = format!("_to be written by the person handing over_ (hints: {hints})");
    section(&mut out, "Customer context", &context);
    section(&mut out, "Impact", &escape(&impact(packet)));
    list(&mut out, "Evidence", packet.evidence.iter().map(evidence_line));
    let files = packet.attachments.iter();
    list(&mut out, "Attachments", files.map(|file| code(&file.name)));
    if packet.hypothesis.is_some() {
        section(&mut out, "Hypothesis", &quoted(packet.hypothesis.as_ref()));
    }
    let missing = packet.missing_context.iter().map(|item| label(item.as_str()));
    list(&mut out, "Missing context", missing);
    let reasons = decision.reasons.iter();
    list(&mut out, "Reason", reasons.map(|reason| code(reason.code.as_str())));
    if let Some(draft) = &packet.knowledge_draft {
        section(&mut out, "Knowledge-base draft, problem", &escape(&draft.problem.text));
        section(&mut out, "Knowledge-base draft, resolution", &escape(&draft.resolution.text));
    }
    let owner = packet.communication_owner.as_ref().map_or(NOT_STATED, |owner| owner.as_str());
    section(&mut out, "Customer informed by", &escape(owner));
    out.truncate(out.trim_end().len());
    out
}

/// Renders a packet as SBAR.
pub fn sbar(packet: &Packet, decision: &Decision) -> Sbar {
    let words = |quote: Option<&Quote>| {
        quote.map_or_else(|| NOT_STATED.to_owned(), |quote| one_line(&quote.text))
    };
    let mut background = String::from("Done so far: ");
    let steps = packet.whats_been_done.iter();
    let steps =
        steps.map(|step| format!("{}, {}: {}", step.by, step.outcome, one_line(&step.text)));
    background.push_str(&joined(steps, "; "));
    let evidence = packet.evidence.iter().filter(|item| item.kind != EvidenceKind::LogLine);
    let evidence = evidence.take(SBAR_EVIDENCE);
    let evidence = evidence.map(|item| format!("{} {}", label(item.kind.as_str()), item.value));
    let _ = write!(background, ". Evidence: {}.", joined(evidence, "; "));
    let mut assessment = format!("Possible cause: {}.", words(packet.hypothesis.as_ref()));
    let codes = decision.reasons.iter().map(|reason| reason.code.as_str().to_owned());
    let _ = write!(
        assessment,
        " Confidence in the route: {:.2}, band {}. Reasons: {}.",
        decision.confidence.get(),
        decision.band,
        joined(codes, ", "),
    );
    let missing = packet.missing_context.iter().map(|item| label(item.as_str()));
    let owner = packet.communication_owner.as_ref().map_or(NOT_STATED, |owner| owner.as_str());
    Sbar {
        situation: format!(
            "Problem: {} Impact: {}. Severity: {}.",
            words(packet.problem.as_ref()),
            impact(packet),
            decision.severity,
        ),
        background,
        assessment,
        recommendation: format!(
            "To tier {}, {}. Missing: {}. Customer informed by: {owner}.",
            tier(decision.tier),
            decision.role,
            joined(missing, ", "),
        ),
    }
}

fn tier(tier: Tier) -> &'static str {
    tier.as_str()
}

fn section(out: &mut String, name: &str, words: &str) {
    let _ = write!(out, "**{name}:** {words}\n\n");
}

/// A list under its name; nothing where it would be empty, save for what must be seen as empty.
fn list(out: &mut String, name: &str, items: impl Iterator<Item = String>) {
    let mut items = items.peekable();
    if items.peek().is_none() {
        section(out, name, "none");
        return;
    }
    let _ = write!(out, "**{name}:**\n\n");
    for item in items {
        let _ = writeln!(out, "- {item}");
    }
    out.push('\n');
}

fn quoted(quote: Option<&Quote>) -> String {
    quote.map_or_else(|| NOT_STATED.to_owned(), |quote| escape(&quote.text))
}

fn step_line(step: &Step) -> String {
    let outcome = match step.outcome {
        StepOutcome::Failed => "failed",
        StepOutcome::Worked => "worked",
        StepOutcome::Unknown => "outcome unknown",
    };
    format!("{}, {outcome}: {}", step.by, escape(&step.text))
}

fn evidence_line(item: &Evidence) -> String {
    format!("{}: {}", label(item.kind.as_str()), code(&item.value))
}

fn impact(packet: &Packet) -> String {
    let who = match packet.impact.who {
        Who::One => "one person",
        Who::Team => "a team",
        Who::Many => "many users",
        Who::Unknown => "number of people unknown",
    };
    let work = match packet.impact.work {
        Work::Stopped => "work has stopped",
        Work::Slowed => "work is slowed",
        Work::Unknown => "effect on work unknown",
    };
    let mut words = format!("{who}, {work}");
    if let Some(users) = packet.impact.impacted_users {
        let _ = write!(words, ", {users} users reported");
    }
    if let Some(plan) = &packet.impact.customer_plan {
        let _ = write!(words, ", plan {}", one_line(plan));
    }
    words
}

/// `error_code` as people read it.
fn label(name: &str) -> String {
    name.replace('_', " ")
}

fn joined(items: impl Iterator<Item = String>, by: &str) -> String {
    let all = items.collect::<Vec<_>>().join(by);
    if all.is_empty() { "none".to_owned() } else { all }
}

/// The words on one line, without characters that steer a screen instead of showing.
fn one_line(words: &str) -> String {
    words.chars().filter(|c| !is_hidden(*c)).map(shown).collect()
}

/// A line break or another control becomes a space.
fn shown(c: char) -> char {
    if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }
}

/// Marks that turn the direction of what follows: with them, text can look like other text.
const fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}'
            | '\u{FEFF}'
    )
}

/// Foreign words as Markdown that shows them: no link, image, heading, mention or HTML comes alive.
pub(super) fn escape(words: &str) -> String {
    let words = one_line(words);
    let mut out = String::with_capacity(words.len() + 8);
    let mut chars = words.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        let always = matches!(
            c,
            '\\' | '`'
                | '*'
                | '_'
                | '{'
                | '}'
                | '['
                | ']'
                | '<'
                | '>'
                | '('
                | ')'
                | '#'
                | '+'
                | '|'
                | '~'
                | '&'
                | '!'
                | '@'
                | '^'
                | '='
        );
        // Bare addresses turn into links and dashes into rules: only these are cut. Nothing here
        // stands at the start of a line, so no number makes a list.
        let sometimes = match c {
            '.' => before.is_alphanumeric() && next.is_alphanumeric(),
            ':' => next == '/' || next.is_alphanumeric(),
            '-' => before == ' ' || before == '-' || next == '-',
            _ => false,
        };
        if always || sometimes {
            out.push('\\');
        }
        out.push(c);
        before = c;
    }
    out
}

/// Foreign characters as a code span, fenced by more marks than they have in a row.
fn code(words: &str) -> String {
    let words = one_line(words);
    let mut longest = 0;
    let mut run = 0;
    for c in words.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    // A mark at the end of the words would lengthen the fence.
    let pad = if longest > 0 || words.trim().is_empty() { " " } else { "" };
    format!("{fence}{pad}{words}{pad}{fence}")
}

#[cfg(test)]
#[path = "render/tests.rs"]
mod tests;
