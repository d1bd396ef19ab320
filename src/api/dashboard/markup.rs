//! Markdown as a page shows it: its words and its shape, nothing that loads or runs.

use std::fmt;

use askama::filters::HtmlSafe;
use pulldown_cmark::{Alignment, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// Markdown that has become HTML, to be written into a page as it is.
#[derive(Debug, Clone)]
pub(super) struct Markup(String);

impl HtmlSafe for Markup {}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Markup {
    /// Renders a text that anybody may have written: HTML in it is shown as it is written, links
    /// and pictures are their words alone, headings stand below those of the page.
    pub(super) fn of(markdown: &str) -> Self {
        let parser = Parser::new_ext(markdown, Options::ENABLE_TABLES);
        let mut out = String::new();
        html::push_html(&mut out, parser.filter_map(harmless));
        // A wide table scrolls by itself, never the page; a text cannot write either tag.
        let opened = out.replace("<table>", "<div class=\"scroll\" tabindex=\"0\"><table>");
        Self(opened.replace("</table>", "</table></div>"))
    }
}

/// What may be in a page.
fn harmless(event: Event<'_>) -> Option<Event<'_>> {
    match event {
        // Escaped as every text is.
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::HtmlBlock)
        | Event::End(TagEnd::Link | TagEnd::Image | TagEnd::HtmlBlock) => None,
        // Alignment would be a style, which the browser refuses.
        Event::Start(Tag::Table(columns)) => {
            Some(Event::Start(Tag::Table(vec![Alignment::None; columns.len()])))
        }
        Event::Start(Tag::Heading { level, .. }) => {
            let (id, classes, attrs) = (None, Vec::new(), Vec::new());
            Some(Event::Start(Tag::Heading { level: below(level), id, classes, attrs }))
        }
        Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(below(level)))),
        other => Some(other),
    }
}

/// The heading two below, since a page has its title and its parts.
const fn below(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        HeadingLevel::H3 => HeadingLevel::H5,
        HeadingLevel::H4 | HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shape_is_kept_and_nothing_runs_or_loads() {
        let shown = Markup::of(
            "# T\n\n<script>alert(1)</script>\n\nA <b onclick=x>b</b> [word](javascript:alert(1)) \
             ![picture](http://evil.example/x.png) `<i>`\n\n| a | b |\n|---|---|\n| <img src=x> | 2 |\n",
        )
        .to_string();
        assert!(shown.contains("<h3>T</h3>"), "{shown}");
        assert!(
            shown.contains("<th>a</th>") && shown.contains("word") && shown.contains("picture")
        );
        for banned in ["<script", "<b ", "<img", "<i>", "href", "src=\"", "javascript:"] {
            assert!(!shown.contains(banned), "{banned} in {shown}");
        }
    }

    #[test]
    fn attributes_of_code_and_cells_are_escaped() {
        let shown = Markup::of("```\"><script>\nx\n```\n\n| a |\n|:-:|\n| b |\n").to_string();
        assert!(!shown.contains("<script"), "{shown}");
        assert!(!shown.contains("style="), "the browser would refuse it: {shown}");
    }
}
