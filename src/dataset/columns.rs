//! Which column holds the text, which the label.

/// Names that hold the customer's words, as lower-case words.
const TEXTS: [&str; 14] = [
    "text",
    "message",
    "body",
    "description",
    "utterance",
    "query",
    "question",
    "content",
    "sentence",
    "comment",
    "request",
    "customer_message",
    "ticket",
    "input",
];

/// Names that hold the label, as lower-case words.
const LABELS: [&str; 10] =
    ["label", "intent", "category", "class", "topic", "target", "tag", "queue", "reason", "type"];

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// The customer's words.
    Text,
    /// The label.
    Label,
}

impl Column {
    const fn flag(self) -> &'static str {
        match self {
            Self::Text => "--text-column",
            Self::Label => "--label-column",
        }
    }

    const fn what(self) -> &'static str {
        match self {
            Self::Text => "texts",
            Self::Label => "labels",
        }
    }

    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Text => &TEXTS,
            Self::Label => &LABELS,
        }
    }

    /// The place of the column among these; `Err` lists them and says how to choose.
    ///
    /// The column that was asked for, else the only one with a usual name.
    pub(super) fn find(self, columns: &[String], asked: Option<&str>) -> Result<usize, String> {
        let (flag, what) = (self.flag(), self.what());
        let listed = columns.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
        if let Some(asked) = asked {
            let named = |name: &String| name.trim().eq_ignore_ascii_case(asked.trim());
            let place = columns.iter().position(named);
            return place.ok_or_else(|| {
                format!("there is no column {asked:?} ({flag}); the columns are {listed}")
            });
        }
        let found = self.usual(columns);
        match found[..] {
            [only] => Ok(only),
            [] => Err(format!(
                "no column has a usual name for {what}; name one with {flag}; the columns are \
                 {listed}; a file without a line of column names needs one"
            )),
            _ => Err(format!(
                "several columns could hold the {what}; name one with {flag}; the columns are \
                 {listed}"
            )),
        }
    }

    /// The columns with a usual name for it.
    pub(super) fn usual(self, columns: &[String]) -> Vec<usize> {
        let known = |name: &String| {
            let name = name.trim().to_lowercase().replace([' ', '-'], "_");
            self.names().contains(&name.as_str())
        };
        (0..columns.len()).filter(|&place| known(&columns[place])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn usual_names_are_found_when_they_are_unique() {
        let names = columns(&["id", "Customer Message", "Category"]);
        assert_eq!(Column::Text.find(&names, None), Ok(1));
        assert_eq!(Column::Label.find(&names, None), Ok(2));
        assert_eq!(Column::Text.find(&names, Some("ID")), Ok(0));
    }

    #[test]
    fn what_is_not_clear_lists_the_columns() {
        let names = columns(&["text", "body", "x"]);
        let two = Column::Text.find(&names, None).unwrap_err();
        assert!(two.contains("several") && two.contains("\"body\""), "{two}");
        let none = Column::Label.find(&names, None).unwrap_err();
        assert!(none.contains("--label-column") && none.contains("\"x\""), "{none}");
        let wrong = Column::Label.find(&names, Some("y")).unwrap_err();
        assert!(wrong.contains("no column \"y\""), "{wrong}");
    }
}
