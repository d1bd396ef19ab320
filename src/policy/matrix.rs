//! The escalation matrix: what the document says, as tables for the people who must know it.

mod routes;
mod triggers;

pub use routes::{ContentMove, IntentRoute};

pub(super) use routes::routes;

use std::fmt::{Display, Write as _};

use toml::Spanned;

use super::{
    document::Document,
    hours::{Exception, Hours, Shift},
    mode::written,
    roles::Role,
    routes::{Destination, IntentRule},
};

/// Draws the matrix of a document as Markdown; the same document gives the same text.
pub(super) fn draw(document: &Document) -> String {
    let mut page = Page(String::new());
    page.line(format!("# Escalation matrix: {}\n", cell(&document.name)));
    let switch = if document.kill_switch { ", but the kill switch is on" } else { "" };
    page.line(format!("Mode: {}{switch}.", document.mode));
    if let Some(date) = document.review_by {
        page.line(format!("To be reviewed by {}.", date.0));
    }
    intents(document, &mut page);
    content_rules(document, &mut page);
    let rows = triggers::rows(&document.trigger);
    page.table("Triggers", ["Trigger", "When", "Effect"], rows);
    always_human(document, &mut page);
    roles(document, &mut page);
    bands(document, &mut page);
    tiers(document, &mut page);
    page.0
}

/// Markdown on its way.
struct Page(String);

impl Page {
    fn line(&mut self, text: impl Display) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{text}");
    }

    fn table<const N: usize>(&mut self, title: &str, columns: [&str; N], rows: Vec<[String; N]>) {
        if rows.is_empty() {
            return;
        }
        self.line(format!("\n## {title}\n"));
        self.line(format!("| {} |", columns.join(" | ")));
        self.line(format!("|{}", "---|".repeat(N)));
        for row in rows {
            self.line(format!("| {} |", row.join(" | ")));
        }
    }
}

/// Free text that cannot break a table.
fn cell(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").replace('|', "\\|")
}

/// A name of the document.
fn code(name: impl Display) -> String {
    format!("`{name}`")
}

fn codes<T: Display>(names: &[T]) -> String {
    let names: Vec<_> = names.iter().map(code).collect();
    names.join(", ")
}

fn texts(texts: &[String]) -> String {
    let texts: Vec<_> = texts.iter().map(|text| cell(text)).collect();
    texts.join(", ")
}

fn destination(to: &Destination) -> String {
    format!("tier {} {}", to.tier, code(&to.role))
}

fn intents(document: &Document, page: &mut Page) {
    let mut rules: Vec<_> = document.intent.iter().collect();
    rules.sort_by_key(|(_, rule)| rule.span().start);
    let row = |(name, rule): (_, &Spanned<IntentRule>)| {
        let rule = rule.get_ref();
        let queue = document.role.get(&rule.role).map(|role| cell(&role.queue));
        let severity = rule.severity.map_or("normal", |severity| severity.as_str());
        let bypass = rule.bypass.map_or("", |_| "always");
        [
            code(name),
            rule.tier.to_string(),
            code(&rule.role),
            queue.unwrap_or_default(),
            severity.to_owned(),
            bypass.to_owned(),
            codes(&rule.notify),
        ]
    };
    let columns = ["Intent", "Tier", "Role", "Queue", "Severity", "To a human", "Notify"];
    page.table("Intents", columns, rules.into_iter().map(row).collect());
    let fallback = destination(&document.fallback);
    page.line(format!("\nAny other intent, or no judgement of the model: {fallback}."));
}

fn content_rules(document: &Document, page: &mut Page) {
    let rules = &document.route;
    let mut rows = Vec::new();
    if let Some(rule) = &rules.confirmed_bug {
        rows.push([
            code("route.confirmed_bug"),
            "an agent reproduced the fault or calls it a defect".to_owned(),
            codes(&rule.intents),
            format!("tier {} {}", rule.tier, code(&rule.role)),
        ]);
    }
    if let Some(rule) = &rules.next_tier {
        rows.push([
            code("route.next_tier"),
            "an agent lacks access, logs, tools or a documented fix".to_owned(),
            format!("what leads to {}", code(&rule.from_role)),
            format!("tier {} {}", rule.tier, code(&rule.role)),
        ]);
    }
    if let Some(to) = &rules.frontline {
        let limit = document.strikes.limit;
        rows.push([
            code("route.frontline"),
            format!("{limit} failed attempts, or the customer asks for a person"),
            "what leads to tier 0".to_owned(),
            destination(to),
        ]);
    }
    page.table("Content rules, the first that fires", ["Rule", "When", "Moves", "To"], rows);
}

/// What goes to a human besides the intents with a bypass.
fn always_human(document: &Document, page: &mut Page) {
    page.line("\n## Always to a human\n");
    let share = document.bands.bypass_probability.get();
    page.line(format!("- an intent marked so, from probability {share} on or as the first"));
    page.line("- the customer asks for a person");
    page.line(format!("- {} failed attempts, until a release", document.strikes.limit));
    if let Some(vip) = &document.vip {
        if vip.marked {
            page.line("- the caller marks the customer as high-value");
        }
        if !vip.plans.is_empty() {
            page.line(format!("- the customer is on plan {}", texts(&vip.plans)));
        }
    }
    if let Some(novelty) = document.novelty {
        let certain = novelty.certain.get();
        page.line(format!("- text unlike anything in training, below confidence {certain}"));
    }
    page.line("- a language that the model was not trained for");
    page.line("- orders to the triage, hidden characters, too few words");
    page.line("- no answer of the model");
}

fn roles(document: &Document, page: &mut Page) {
    let row = |(name, role): (_, &Role)| {
        let languages =
            if role.languages.is_empty() { "all".to_owned() } else { texts(&role.languages) };
        [
            code(name),
            cell(&role.queue),
            hours(role),
            languages,
            role.fallback.as_ref().map(code).unwrap_or_default(),
            written(document, name).to_string(),
        ]
    };
    let columns = ["Role", "Queue", "Hours", "Languages", "Fallback", "Mode"];
    page.table("Roles", columns, document.role.iter().map(row).collect());
}

fn hours(role: &Role) -> String {
    let mut parts: Vec<_> = role.hours.iter().map(shift).collect();
    if parts.is_empty() {
        parts.push("always".to_owned());
    }
    parts.extend(role.exceptions.iter().map(exception));
    let zone = role.time_zone.as_ref().map(|zone| format!(" ({})", zone.name()));
    format!("{}{}", parts.join("; "), zone.unwrap_or_default())
}

fn shift(shift: &Shift) -> String {
    let days: Vec<_> = shift.days.iter().map(ToString::to_string).collect();
    format!("{} {}-{}", days.join(" "), shift.from, shift.to)
}

fn exception(exception: &Exception) -> String {
    let hours: Vec<_> =
        exception.hours.iter().map(|Hours { from, to }| format!("{from}-{to}")).collect();
    let hours = if hours.is_empty() { "closed".to_owned() } else { hours.join(" ") };
    format!("{} {hours}", exception.on.0)
}

fn bands(document: &Document, page: &mut Page) {
    let (auto, suggest) = (document.bands.auto.get(), document.bands.suggest.get());
    let row = |band: &str, from: String, action: &str| [band, &from, action].map(str::to_owned);
    let rows = vec![
        row("auto", format!("from {auto}"), "route, at tier 0 resolve; in shadow suggest"),
        row("suggest", format!("from {suggest}"), "suggest, an agent confirms"),
        row("human", format!("below {suggest}"), "hand off, a human decides"),
    ];
    page.table("Bands", ["Band", "Confidence", "Action"], rows);
}

fn tiers(document: &Document, page: &mut Page) {
    let mut tiers: Vec<_> = document.tier.iter().collect();
    tiers.sort_by_key(|tier| tier.number);
    let row = |tier: &super::TierRule| {
        [tier.number.to_string(), cell(&tier.name), cell(&tier.boundary), code(&tier.role)]
    };
    let columns = ["Tier", "Name", "Boundary", "Default role"];
    page.table("Tiers", columns, tiers.into_iter().map(row).collect());
}
