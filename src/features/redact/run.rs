//! A run of digits with separators, as people write numbers, and the words before it.

use std::cell::OnceCell;

use super::{is_one_of, words_before};

/// Words before a number that the case needs: such a number is never masked as a phone.
const CASE_WORDS: &[&str] = &[
    "order",
    "orders",
    "invoice",
    "invoices",
    "ticket",
    "tickets",
    "case",
    "ref",
    "reference",
    "tracking",
    "version",
    "ver",
    "build",
    "release",
    "error",
    "serial",
    "sku",
    "item",
    "po",
    "transaction",
    "request",
    "zip",
    "postcode",
    "amount",
    "booking",
    "reservation",
    "confirmation",
    "shipment",
    "parcel",
    "claim",
    "policy",
    "incident",
    "bug",
    "part",
    "firmware",
    "account",
    "consignment",
    "contract",
    "quote",
    "receipt",
    "rma",
];

/// Words before a number by which it is a phone, whatever its form.
const PHONE_WORDS: &[&str] = &[
    "phone",
    "telephone",
    "tel",
    "call",
    "mobile",
    "cell",
    "cellphone",
    "whatsapp",
    "sms",
    "fax",
    "dial",
    "ring",
    "reach",
    "callback",
    "handy",
];

/// How far a word may stand before the number that it tells about: "order number is 123".
const WORDS_BACK: usize = 3;

/// Most digits of a number in spaced groups that a word before it explains whole.
const SPACED_DIGITS: usize = 12;

/// Fewest digits that are worth masking, unless they come in [`FEWEST_GROUPS`]: those of a local
/// phone. Cards and social security numbers have more.
const FEWEST_DIGITS: usize = 7;

/// Fewest groups that are worth masking whatever their digits: those of an IP address.
const FEWEST_GROUPS: usize = 4;

/// Some digits of a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    pub(super) from: usize,
    pub(super) to: usize,
}

impl Group {
    pub(super) const fn len(self) -> usize {
        self.to - self.from
    }
}

/// What stands before a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// Nothing that it belongs to.
    Free,
    /// An equals sign: the value of a field, whose digits alone say what they are.
    Value,
    /// A slash: part of an address or path, or the host itself.
    Path,
}

/// Digits with separators, as people write phones and cards.
pub(super) struct Run<'a> {
    pub(super) text: &'a str,
    /// Where the run begins, with its `+` or bracket.
    pub(super) from: usize,
    /// What stands right before it.
    pub(super) edge: Edge,
    /// Groups from here on are looked past: they belong to a finding.
    pub(super) end: usize,
    groups: Vec<Group>,
    /// Whether a word before says that the case needs the number; looked up once.
    named: OnceCell<bool>,
    /// How many groups that word would tell about.
    own: usize,
}

impl<'a> Run<'a> {
    /// Reads on from a digit, `+` or bracket, to the last digit that belongs to the run.
    pub(super) fn read(text: &'a str, from: usize, edge: Edge) -> Self {
        let mut groups = Vec::new();
        let mut at = from;
        while let Some(group) = next_group(text, from, at) {
            at = group.to;
            groups.push(group);
        }
        let end = groups.len();
        Self { text, from, edge, end, groups, named: OnceCell::new(), own: 0 }.with_own()
    }

    /// Where the run ends if it has too few digits to be anything, as most numbers of a log have:
    /// a cheap look that spares reading it.
    pub(super) fn end_of_few(text: &str, from: usize) -> Option<usize> {
        let (mut end, mut digits, mut groups) = (from, 0, 0);
        while let Some(group) = next_group(text, from, end) {
            (end, digits, groups) = (group.to, digits + group.len(), groups + 1);
            if digits >= FEWEST_DIGITS || groups >= FEWEST_GROUPS {
                return None;
            }
        }
        Some(end)
    }

    /// Without the groups after the last space: they are the beginning of another word.
    pub(super) fn without_last_word(mut self) -> Self {
        let spaced = (0..self.end.saturating_sub(1)).rfind(|group| self.gap(*group).contains(' '));
        self.groups.truncate(spaced.map_or(0, |group| group + 1));
        self.end = self.groups.len();
        self.with_own()
    }

    /// Groups without a space between them are one number. So are groups of the same length, the
    /// last of which may be shorter, and a few that only spaces separate.
    fn with_own(mut self) -> Self {
        let gaps = 0..self.end.saturating_sub(1);
        let first = self.digits(0).len();
        let (last, digits) = (self.len(self.end.wrapping_sub(1)), self.digits_in(0..self.end));
        let alike = gaps.clone().all(|group| self.gap(group) == self.gap(0));
        let regular = self.end > 2 && last <= first && gaps.clone().all(|at| self.len(at) == first);
        let spaced = digits <= SPACED_DIGITS && self.gap(0) == " ";
        let tight = gaps.clone().take_while(|group| !self.gap(*group).contains(' ')).count() + 1;
        self.own = if alike && (regular || spaced) { self.end } else { tight };
        self
    }

    /// Where the digits end.
    pub(super) fn last(&self) -> usize {
        self.groups.last().map_or(self.from, |group| group.to)
    }

    /// True if a finding comes next.
    pub(super) fn is_cut(&self) -> bool {
        self.end < self.groups.len()
    }

    pub(super) fn group(&self, at: usize) -> Option<Group> {
        self.groups.get(at).copied().filter(|_| at < self.end)
    }

    /// What stands between a group and the next one.
    pub(super) fn gap(&self, group: usize) -> &'a str {
        match (self.groups.get(group), self.group(group + 1)) {
            (Some(group), Some(next)) => &self.text[group.to..next.from],
            _ => "",
        }
    }

    pub(super) fn digits(&self, at: usize) -> &'a str {
        self.group(at).map_or("", |group| &self.text[group.from..group.to])
    }

    pub(super) fn len(&self, at: usize) -> usize {
        self.group(at).map_or(0, Group::len)
    }

    pub(super) fn digits_in(&self, groups: std::ops::Range<usize>) -> usize {
        groups.map(|at| self.len(at)).sum()
    }

    /// Lengths of the next four groups, 0 where there is none.
    pub(super) fn shape(&self, at: usize) -> [usize; 4] {
        [at, at + 1, at + 2, at + 3].map(|group| self.len(group))
    }

    /// True for the first group after a `+`.
    pub(super) fn is_international(&self, at: usize) -> bool {
        at == 0 && self.text.as_bytes().get(self.from) == Some(&b'+')
    }

    /// True for the first group if it stands in brackets.
    pub(super) fn is_bracketed(&self, at: usize) -> bool {
        at == 0
            && self.text.as_bytes().get(self.from) == Some(&b'(')
            && self.gap(0).starts_with(')')
    }

    /// How many groups a word before says that the case needs, if this group is one of them.
    pub(super) fn case_groups(&self, at: usize) -> Option<usize> {
        (at < self.own && *self.named.get_or_init(|| self.names_a_case())).then_some(self.own)
    }

    /// The word that stands nearest tells, and one with a number of its own tells nothing.
    fn names_a_case(&self) -> bool {
        for word in words_before(self.text, self.from).take(WORDS_BACK) {
            if word.bytes().any(|c| c.is_ascii_digit()) || is_one_of(word, PHONE_WORDS) {
                return false;
            }
            if is_one_of(word, CASE_WORDS) {
                return true;
            }
        }
        false
    }

    /// True if a word before says that the number is a phone.
    pub(super) fn is_said_to_be_a_phone(&self, at: usize) -> bool {
        self.follows(at, PHONE_WORDS)
    }

    /// True if one of the words stands shortly before the group.
    pub(super) fn follows(&self, at: usize, words: &[&str]) -> bool {
        // Further into a run all words before are numbers, so there is nothing to find.
        let Some(group) = self.group(at).filter(|_| at <= WORDS_BACK) else { return false };
        let from = if at == 0 { self.from } else { group.from };
        words_before(self.text, from).take(WORDS_BACK).any(|word| is_one_of(word, words))
    }
}

/// The next digits of a run that begins at `from`, with at most two separators before them.
fn next_group(text: &str, from: usize, mut at: usize) -> Option<Group> {
    let bytes = text.as_bytes();
    let start = at;
    loop {
        let byte = *bytes.get(at)?;
        if byte.is_ascii_digit() {
            let len = bytes[at..].iter().take_while(|c| c.is_ascii_digit()).count();
            return Some(Group { from: at, to: at + len });
        }
        let separates = matches!(byte, b' ' | b'-' | b'.' | b'(' | b')' | b'/');
        let opens = byte == b'+' && at == from;
        if !(separates || opens) || at - start == 2 {
            return None;
        }
        at += 1;
    }
}
