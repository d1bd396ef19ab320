//! Where a key stands in the text of a document, so that a fault can be shown beside it.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// A document of which only the places matter.
pub(super) struct Places<'a> {
    /// Where each line ends, in bytes.
    ends: Vec<usize>,
    table: Option<Spanned<DeTable<'a>>>,
}

impl<'a> Places<'a> {
    /// Of a text that is TOML or not; without TOML, nothing has a place.
    pub(super) fn of(text: &'a str) -> Self {
        let ends = text.match_indices('\n').map(|(end, _)| end).collect();
        Self { ends, table: DeTable::parse(text).ok() }
    }

    /// The line of a dotted key, from 1; of what is there of it, if its end is missing. `None` if
    /// nothing of it is there.
    pub(super) fn line(&self, key: &str) -> Option<usize> {
        let span = find(self.table.as_ref()?.get_ref(), key)?;
        Some(self.line_at(span.start))
    }

    /// The lines of the probes, in order.
    pub(super) fn probes(&self) -> Vec<usize> {
        let table = self.table.as_ref().map(Spanned::get_ref);
        let probes = table.and_then(|table| table.get("probe")?.get_ref().as_array());
        let places = probes.into_iter().flat_map(|probes| probes.iter());
        places.map(|probe| self.line_at(probe.span().start)).collect()
    }

    /// The line in which a byte stands, from 1.
    pub(super) fn line_at(&self, byte: usize) -> usize {
        self.ends.partition_point(|end| *end < byte) + 1
    }
}

/// The place of the longest part of a key that is there.
fn find(table: &DeTable<'_>, key: &str) -> Option<Range<usize>> {
    let named = table.iter();
    let fits = named.filter_map(|(name, value)| Some((name, value, behind(key, name.get_ref())?)));
    // Of the names `a` and `a.b`, the longer one is meant.
    let (name, value, rest) = fits.min_by_key(|(_, _, rest)| rest.len())?;
    Some(inside(value, rest).unwrap_or_else(|| name.span()))
}

/// The place of the rest of a key within a value; `None` if the value itself is meant.
fn inside(value: &Spanned<DeValue<'_>>, rest: &str) -> Option<Range<usize>> {
    if let Some(array) = value.get_ref().as_array() {
        let (item, rest) = element(array, rest)?;
        return Some(inside(item, rest).unwrap_or(item.span()));
    }
    find(value.get_ref().as_table()?, rest.strip_prefix('.')?)
}

/// The element that a key names, by its place (`[2]`) or by its name (`."name"`), and what of the
/// key is behind it.
fn element<'a, 'i, 'k>(
    array: &'a [Spanned<DeValue<'i>>],
    key: &'k str,
) -> Option<(&'a Spanned<DeValue<'i>>, &'k str)> {
    if let Some(key) = key.strip_prefix('[') {
        let (place, rest) = key.split_once(']')?;
        return Some((array.get(place.parse::<usize>().ok()?)?, rest));
    }
    let key = key.strip_prefix('.')?;
    array.iter().find_map(|item| {
        let name = item.get_ref().as_table()?.get("name")?.get_ref().as_str()?;
        Some((item, behind(key, name)?))
    })
}

/// What follows a name at the front of a key, where the name, quoted or not, ends there.
fn behind<'k>(key: &'k str, name: &str) -> Option<&'k str> {
    let quoted = key.strip_prefix('"').and_then(|key| key.strip_prefix(name)?.strip_prefix('"'));
    let rest = quoted.or_else(|| key.strip_prefix(name))?;
    (rest.is_empty() || rest.starts_with(['.', '['])).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
name = \"ä\"
[intent.how_to]
tier = 0
notify = [
  \"a\",
  \"b\",
]
[intent.\"a.b\"]
tier = 1
[[tier]]
number = 0
[[tier]]
number = 1
[[probe]]
name = \"it holds. [always]\"
given = { intent = \"how_to\" }
expect = { band = \"auto\" }
";

    #[test]
    fn a_key_is_found_where_it_stands() {
        for (key, line) in [
            ("name", Some(1)),
            ("intent.how_to", Some(2)),
            ("intent.how_to.tier", Some(3)),
            ("intent.how_to.notify", Some(4)),
            ("intent.how_to.notify[1]", Some(6)),
            ("intent.a.b.tier", Some(9)),
            ("intent.\"a.b\".tier", Some(9)),
            ("tier[1].number", Some(13)),
            ("probe.\"it holds. [always]\".expect.band", Some(17)),
            ("probe.\"it holds. [always]\".given", Some(16)),
            ("bands.auto", None),
            ("the document", None),
        ] {
            assert_eq!(Places::of(TEXT).line(key), line, "{key}");
        }
        assert_eq!(Places::of(TEXT).probes(), [14]);
    }

    #[test]
    fn of_a_key_that_is_missing_the_table_is_shown() {
        assert_eq!(Places::of(TEXT).line("intent.how_to.role"), Some(2));
        assert_eq!(Places::of(TEXT).line("tier[1].role"), Some(12));
        assert_eq!(Places::of(TEXT).line("tier[7].role"), Some(10));
        assert_eq!(Places::of("name = ").line("name"), None);
    }
}
