//! The report as Markdown.

use std::fmt::Write as _;

use super::document::{Block, Document, Table};

/// Renders a document; of a chart, its table.
pub(super) fn render(document: &Document) -> String {
    let mut text = format!("# {}\n", document.title);
    for block in &document.blocks {
        // Writing to a string cannot fail.
        let _ = match block {
            Block::Heading(heading) => writeln!(text, "\n## {heading}"),
            Block::Text(words) => writeln!(text, "\n{words}"),
            Block::Table(one) | Block::Chart(_, one) => write!(text, "\n{}", table(one)),
        };
    }
    text
}

fn table(table: &Table) -> String {
    let mut text = format!("{}:\n\n", table.caption);
    let head: Vec<String> = table.head.iter().map(|cell| (*cell).to_owned()).collect();
    let rule = vec!["---".to_owned(); head.len()];
    for cells in [&head, &rule].into_iter().chain(&table.rows) {
        let cells: Vec<_> = cells.iter().map(|cell| escaped(cell)).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

/// What stands in a cell of a table, where a bar or a line end would end it.
pub fn escaped(cell: &str) -> String {
    cell.replace('|', "\\|").replace(['\n', '\r'], " ")
}
