//! The report as one HTML page: light and dark, readable without its pictures, no script, and no
//! request to anybody.

use std::fmt::Write as _;

use super::document::{Block, Document, Table};

/// The look of the page and of the charts.
const STYLE: &str = include_str!("page.css");

/// Renders a document as a page.
pub(super) fn render(document: &Document) -> String {
    let title = escaped(&document.title);
    let mut text = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title} - Baton</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>{title}</h1>\n"
    );
    for block in &document.blocks {
        // Writing to a string cannot fail.
        let _ = match block {
            Block::Heading(heading) => writeln!(text, "<h2>{}</h2>", escaped(heading)),
            Block::Text(words) => writeln!(text, "<p>{}</p>", escaped(words)),
            Block::Table(one) => writeln!(text, "{}", table(one)),
            Block::Chart(chart, behind) => writeln!(
                text,
                "<figure>\n{}\n<figcaption>{}</figcaption>\n<details>\n\
                 <summary>The numbers as a table</summary>\n{}\n</details>\n</figure>",
                chart.svg,
                escaped(&chart.caption),
                table(behind)
            ),
        };
    }
    text.push_str("</main>\n</body>\n</html>\n");
    text
}

fn table(table: &Table) -> String {
    let mut text = format!(
        "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{0}\">\n\
         <table>\n<caption>{0}</caption>\n",
        escaped(&table.caption)
    );
    if table.head.iter().any(|cell| !cell.is_empty()) {
        text.push_str("<thead><tr>");
        for cell in &table.head {
            let _ = write!(text, "<th scope=\"col\">{}</th>", escaped(cell));
        }
        text.push_str("</tr></thead>\n");
    }
    text.push_str("<tbody>\n");
    for cells in &table.rows {
        text.push_str("<tr>");
        for (place, cell) in cells.iter().enumerate() {
            let cell = escaped(cell);
            let _ = match place {
                0 => write!(text, "<th scope=\"row\">{cell}</th>"),
                _ => write!(text, "<td>{cell}</td>"),
            };
        }
        text.push_str("</tr>\n");
    }
    text.push_str("</tbody>\n</table>\n</div>");
    text
}

/// Text that is safe in elements and in quoted attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}
