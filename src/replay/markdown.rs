//! The report as Markdown.

use std::fmt::Write as _;

use super::{
    case::Aspect,
    costs::Costs,
    report::{About, Listed, Report, Short, Source},
    side::{Load, Side, staffing},
};
use crate::{
    domain::{Band, RoleId, Tier},
    statistics::{Point, Proportion},
};

/// Renders every section; tables that would be empty are left out.
pub(super) fn render(report: &Report) -> String {
    let mut text = String::from("# Replay\n");
    section(&mut text, &opening(report));
    section(&mut text, &table(&["", ""], &about(&report.about)));
    section(&mut text, "## Changed decisions");
    section(&mut text, &changes(report));
    section(&mut text, "## Bands\n\nDecisions of record, before and after.");
    section(&mut text, &bands(report));
    section(&mut text, "## Precision by coverage");
    section(&mut text, &coverage(report));
    section(&mut text, "## Load");
    section(&mut text, &load(report));
    section(&mut text, "## Cost\n\nMinutes of people's work.");
    section(&mut text, &cost(report));
    text
}

fn section(text: &mut String, part: &str) {
    // Writing to a string cannot fail.
    let _ = write!(text, "\n{}\n", part.trim_end());
}

fn opening(report: &Report) -> String {
    let changes = &report.changes;
    format!(
        "{} decisions were taken again under policy {}, version {}: {} come out otherwise, {} of \
         them with another tier or role. {} are of record (one for each episode of a \
         conversation), {} of these have a label. Brackets are exact 95 % bounds (Clopper and \
         Pearson).",
        report.decisions,
        report.about.policy.0,
        report.about.policy.1,
        changes.decisions,
        changes.rerouted,
        report.of_record,
        report.labelled,
    )
}

fn about(about: &About) -> Vec<Vec<String>> {
    let source = match &about.source {
        Source::Store => "the store, all of it".to_owned(),
        Source::Window { from, to } => {
            let from = from.map_or("the first".to_owned(), |from| from.to_string());
            let to = to.map_or("the last".to_owned(), |to| to.to_string());
            format!("the store, from {from} to {to}")
        }
        Source::Files(files) => files.join(", "),
    };
    let model = about.model.as_ref();
    let model = model
        .map_or("not asked: predictions are those of the record".to_owned(), |model| {
            format!("{}, version {}", model.0, model.1)
        });
    let under = about.taken_under.iter().map(|(version, count)| format!("{version} ({count})"));
    let under = under.collect::<Vec<_>>().join(", ");
    let mut rows = vec![
        vec!["decisions of".to_owned(), source],
        vec!["taken under policy".to_owned(), if under.is_empty() { none() } else { under }],
        vec!["model".to_owned(), model],
    ];
    let left = &about.left_out;
    for (what, count) in [
        ("left out: erased", left.erased),
        ("left out: cannot be read", left.unreadable),
        ("left out: text not kept", left.without_text),
        ("left out: no answer of the model", left.unanswered),
        ("left out: older than the limit of one request reaches", left.older),
        ("labels of an unknown role or intent", left.unknown_labels),
    ] {
        if count > 0 {
            rows.push(vec![what.to_owned(), count.to_string()]);
        }
    }
    rows
}

fn changes(report: &Report) -> String {
    let changes = &report.changes;
    if changes.decisions == 0 {
        return "None: every decision comes out as it was taken.".to_owned();
    }
    let by: Vec<_> = changes.by_aspect.iter().map(|(what, n)| format!("{what} {n}")).collect();
    let rows: Vec<_> = changes.listed.iter().map(listed).collect();
    let head = ["decision", "taken at", "before", "after", "rules gone", "rules new"];
    let mut text = format!("By what differs: {}.\n", by.join(", "));
    if !rows.is_empty() {
        let _ = write!(text, "\n{}", table(&head, &rows));
    }
    if changes.unlisted > 0 {
        let _ = write!(text, "\n{} more are not listed.\n", changes.unlisted);
    }
    text
}

fn listed(one: &Listed) -> Vec<String> {
    let codes = |codes: &[crate::domain::ReasonCode]| {
        codes.iter().map(|code| code.as_str()).collect::<Vec<_>>().join(", ")
    };
    vec![
        one.name.clone(),
        one.at.to_string(),
        short(&one.before, &one.differing),
        short(&one.after, &one.differing),
        codes(&one.reasons_gone),
        codes(&one.reasons_new),
    ]
}

/// Where it goes, and besides what differs.
fn short(one: &Short, differing: &[Aspect]) -> String {
    let mut text = format!("tier {} {}, {}, {}", one.tier, one.role, one.band, one.action);
    let differs = |aspect| differing.contains(&aspect);
    if differs(Aspect::Confidence) {
        let _ = write!(text, ", confidence {:.3}", one.confidence.get());
    }
    if differs(Aspect::Queue) {
        let _ = write!(text, ", queue {}", one.queue);
    }
    if differs(Aspect::Severity) {
        let _ = write!(text, ", severity {}", one.severity);
    }
    if differs(Aspect::Priority) {
        let _ = write!(text, ", priority {}", one.priority);
    }
    match one.right {
        Some(true) => text.push_str(" (right)"),
        Some(false) => text.push_str(" (wrong)"),
        None => {}
    }
    text
}

fn bands(report: &Report) -> String {
    let of = |side: &Side, band: Band| match side.band(band) {
        Some(figures) => {
            let cells = [format!("{} ({})", figures.decisions, percent(figures.share))];
            [cells[0].clone(), proportion(&figures.right)]
        }
        None => [none(), none()],
    };
    let rows = report.after.bands.iter().map(|figures| {
        let ([was, right_was], [is, right_is]) =
            (of(&report.before, figures.band), of(&report.after, figures.band));
        vec![figures.band.to_string(), was, is, right_was, right_is]
    });
    let head = ["band", "before", "after", "right before", "right after"];
    let mut text = table(&head, &rows.collect::<Vec<_>>());
    let moves = report.moves.iter().filter(|one| one.from != one.to);
    let moves: Vec<_> =
        moves.map(|one| format!("{} to {}: {}", one.from, one.to, one.decisions)).collect();
    if !moves.is_empty() {
        let _ = write!(text, "\nFrom band to band: {}.\n", moves.join(", "));
    }
    text
}

fn coverage(report: &Report) -> String {
    if report.labelled == 0 {
        return "No decision of record has a label, so nothing can be said of precision. Reviews \
                and outcomes are labels."
            .to_owned();
    }
    let (before, after) = (&report.before, &report.after);
    format!(
        "All labelled decisions right before: {}; after: {}.\n\nBefore:\n\n{}\nAfter:\n\n{}",
        proportion(&before.right),
        proportion(&after.right),
        curve(&before.coverage),
        curve(&after.coverage),
    )
}

fn curve(points: &[Point]) -> String {
    let row = |point: &Point| {
        vec![
            format!("{:.3}", point.threshold),
            percent(Some(point.coverage)),
            proportion(&point.right),
        ]
    };
    let rows: Vec<_> = points.iter().map(row).collect();
    table(&["from confidence", "of the labelled", "right"], &rows)
}

fn load(report: &Report) -> String {
    let tiers = report.before.tiers.iter().zip(&report.after.tiers);
    let tiers = tiers.map(|(before, after)| {
        vec![before.to.to_string(), cell(before), cell(after), healthy(after)]
    });
    let tiers = table(&["tier", "before", "after", "healthy share"], &tiers.collect::<Vec<_>>());
    let names = report.before.roles.iter().chain(&report.after.roles).map(|load| &load.to);
    let names: std::collections::BTreeSet<&RoleId> = names.collect();
    let find = |loads: &[Load<RoleId>], name: &RoleId| {
        loads.iter().find(|load| load.to == *name).map_or_else(|| "0".to_owned(), cell)
    };
    let roles = names.into_iter().map(|name| {
        let (before, after) = (find(&report.before.roles, name), find(&report.after.roles, name));
        vec![name.to_string(), before, after]
    });
    let roles = table(&["role", "before", "after"], &roles.collect::<Vec<_>>());
    format!("{tiers}\n{roles}")
}

fn cell<T>(load: &Load<T>) -> String {
    format!("{} ({})", load.decisions, percent(load.share))
}

fn healthy(load: &Load<Tier>) -> String {
    let Some(found) = staffing(load) else { return String::new() };
    let word = if found.healthy { "within" } else { "outside" };
    format!("{:.0} to {:.0} %: {word}", found.low * 100.0, found.high * 100.0)
}

fn cost(report: &Report) -> String {
    let (before, after) = (&report.before.bill, &report.after.bill);
    let minutes = |value: f64| format!("{value:.1}");
    let row = |what: &str, before: String, after: String| vec![what.to_owned(), before, after];
    let rows = [
        row(
            "labelled decisions to a wrong place",
            before.misroutes.to_string(),
            after.misroutes.to_string(),
        ),
        row(
            "minutes for these, in the mode of each",
            minutes(before.misroute_minutes),
            minutes(after.misroute_minutes),
        ),
        row(
            "minutes for these, were all of band auto automatic",
            minutes(before.live_misroute_minutes),
            minutes(after.live_misroute_minutes),
        ),
        row(
            "minutes for suggestions and triage, all of record",
            minutes(before.handling_minutes),
            minutes(after.handling_minutes),
        ),
    ];
    let costs = Costs::all(&report.costs).map(|(name, minutes)| format!("{name} {minutes}"));
    format!("{}\nComputed with: {}.\n", table(&["", "before", "after"], &rows), costs.join(", "))
}

fn none() -> String {
    "none".to_owned()
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(none, |share| format!("{:.1} %", share * 100.0))
}

/// `95.3 % [93.0, 97.0] (381 of 400)`, or `none`.
fn proportion(one: &Proportion) -> String {
    if one.share.is_none() {
        return none();
    }
    let (low, high) = (one.low * 100.0, one.high * 100.0);
    format!("{} [{low:.1}, {high:.1}] ({} of {})", percent(one.share), one.right, one.of)
}

fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut text =
        format!("| {} |\n| {} |\n", head.join(" | "), vec!["---"; head.len()].join(" | "));
    for cells in rows {
        // A bar or a line end inside a cell would end it.
        let cells = cells.iter().map(|cell| cell.replace('|', "\\|").replace(['\n', '\r'], " "));
        let _ = writeln!(text, "| {} |", cells.collect::<Vec<_>>().join(" | "));
    }
    text
}
