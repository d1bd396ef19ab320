//! Order, invoice, ticket, tracking and other numbers: tokens with a digit, named by what stands
//! around them.

use std::ops::Range;

use regex::Regex;

use crate::domain::EvidenceKind;

/// Longest identifier in bytes; a longer run of digits is a paste.
const MAX_BYTES: usize = 64;

/// Tokens of one text that are looked at; it bounds what a paste of nothing but numbers costs.
const MAX_TOKENS: usize = 6_000;

/// Knows identifiers by prefix, by the word before them, or by their look.
#[derive(Debug)]
pub(super) struct Identifiers {
    /// A word that says what the next token is, with nothing but a label between.
    named: Regex,
    /// A word that may name what the next token is, if that is long enough.
    maybe_named: Regex,
    /// Every name of [`NAMES`], whatever its capitals.
    any: Regex,
}

/// Words that name an identifier, with its kind.
const NAMES: &[(&str, EvidenceKind)] = &[
    ("order", EvidenceKind::Order),
    ("purchase", EvidenceKind::Order),
    ("invoice", EvidenceKind::Invoice),
    ("bill", EvidenceKind::Invoice),
    ("receipt", EvidenceKind::Invoice),
    ("ticket", EvidenceKind::Ticket),
    ("case", EvidenceKind::Ticket),
    ("incident", EvidenceKind::Ticket),
    ("request", EvidenceKind::Ticket),
    ("tracking", EvidenceKind::Tracking),
    ("shipment", EvidenceKind::Tracking),
    ("parcel", EvidenceKind::Tracking),
    ("waybill", EvidenceKind::Tracking),
    ("consignment", EvidenceKind::Tracking),
    ("fattura", EvidenceKind::Invoice),
    ("facture", EvidenceKind::Invoice),
    ("fatura", EvidenceKind::Invoice),
    ("factura", EvidenceKind::Invoice),
    ("rechnungsnummer", EvidenceKind::Invoice),
    ("rechnung", EvidenceKind::Invoice),
    ("auftrag", EvidenceKind::Order),
    ("bestelling", EvidenceKind::Order),
    ("ordine", EvidenceKind::Order),
    ("commande", EvidenceKind::Order),
    ("bestellnummer", EvidenceKind::Order),
    ("bestellung", EvidenceKind::Order),
    ("pedido", EvidenceKind::Order),
];

/// Prefixes of identifiers, with their kind.
const PREFIXES: &[(&str, EvidenceKind)] = &[
    ("ORD", EvidenceKind::Order),
    ("PO", EvidenceKind::Order),
    ("SO", EvidenceKind::Order),
    ("INV", EvidenceKind::Invoice),
    ("TKT", EvidenceKind::Ticket),
    ("TCK", EvidenceKind::Ticket),
    ("TICKET", EvidenceKind::Ticket),
    ("CASE", EvidenceKind::Ticket),
    ("INC", EvidenceKind::Ticket),
    ("REQ", EvidenceKind::Ticket),
    ("SR", EvidenceKind::Ticket),
    ("TRK", EvidenceKind::Tracking),
];

/// Names with digits that identify nothing.
const COMMON: &[&str] = &[
    "utf",
    "sha",
    "covid",
    "iso",
    "rfc",
    "wpa",
    "usb",
    "mp3",
    "mp4",
    "ipv",
    "http",
    "tls",
    "ssl",
    "oauth",
    "saml",
    "md5",
    "base64",
    "x86",
    "win32",
    "win64",
    "h264",
    "office365",
    "microsoft365",
    "m365",
    "web3",
    "log4j",
    "a4",
    "top10",
];

impl Identifiers {
    pub(super) fn new() -> Result<Self, regex::Error> {
        let named = Regex::new(concat!(
            r"(?i)(?-u:\b)(order|purchase|invoice|bill|receipt|ticket|case|incident|request|",
            r"tracking|shipment|parcel|waybill|consignment|account|acct|customer|client|",
            r"user|device|serial|reference|ref|booking|reservation|confirmation|policy|",
            r"member(?:ship)?|contract|transaction|payment|card|subscription|license|",
            r"licence|product|item|model|part|sku|imei|iban|vin|flight|extension|ext\.?|",
            r"pedido|reserva|factura|fatura|facture|fattura|rechnung(?:snummer)?|contrato|contrat|",
            r"cuenta|cliente|commande|dossier|bestellung|bestellnummer|kundennummer|auftrag|",
            r"vertrag(?:snummer)?|ordine|bestelling|klantnummer|zamówienie|ordre|beställning|",
            r"ending)s?(?: ?(number|no\.?|nr\.?|n\.?[º°]|num|id|ref(?:erence)?|code|key|in|",
            r"with))*(?: ?(?:is|was|are))? ?[:=(#“*\x22'-]{0,2} ?$",
        ))?;
        let maybe_named = Regex::new(concat!(
            r"(?i)(?-u:\b)(?:claim|patient|student|employee|merchant|site|office|player|sanction|",
            r"job|run|import|batch|meter|station|terminal|printer|asset|tag|store|branch|",
            r"prescription|appointment|loan|deal|campaign|deployment|pipeline|run|code|pin|",
            r"id)(?: ?(?:number|no\.?|nr\.?|id))? ?[:=#]? ?$",
        ))?;
        let all: Vec<_> = NAMES.iter().map(|row| row.0).collect();
        let any = Regex::new(&format!("(?i-u:{})", all.join("|")))?;
        Ok(Self { named, maybe_named, any })
    }

    /// Finds identifiers in a text, in order; linear, since no byte is looked at more than twice.
    pub(super) fn find(&self, text: &str, mut found: impl FnMut(EvidenceKind, Range<usize>)) {
        let bytes = text.as_bytes();
        let mut at = 0;
        for _ in 0..MAX_TOKENS {
            let next = bytes.get(at..).and_then(|rest| rest.iter().position(u8::is_ascii_digit));
            let Some(next) = next else { return };
            let digit = at + next;
            let back = bytes[at..digit].iter().rev().take(MAX_BYTES);
            let start = digit - back.take_while(|byte| is_part(**byte)).count();
            let more = bytes[digit..].iter().take_while(|byte| is_part(**byte)).count();
            at = digit + more;
            let token = trimmed(text, start..at);
            if token.len() > MAX_BYTES || is_inside_word(text, &token) {
                continue;
            }
            if let Some(kind) = self.kind(text, &token) {
                found(kind, token);
            }
        }
    }

    fn kind(&self, text: &str, token: &Range<usize>) -> Option<EvidenceKind> {
        let value = &text[token.clone()];
        let bare = value.trim_start_matches('#');
        let digits = bare.bytes().filter(u8::is_ascii_digit).count();
        let prefix = &bare[..bare.bytes().take_while(u8::is_ascii_alphabetic).count()];
        let lower = bare.to_ascii_lowercase();
        if COMMON.iter().any(|common| lower.starts_with(common)) {
            return None;
        }
        if bare.len() == 18 && bare.starts_with("1Z") {
            return Some(EvidenceKind::Tracking);
        }
        let before = &text[text.floor_char_boundary(token.start.saturating_sub(48))..token.start];
        if let Some(kind) = PREFIXES.iter().find(|row| row.0.eq_ignore_ascii_case(prefix))
            && (digits >= 3 || bare.contains('-'))
        {
            return Some(kind.1);
        }
        if let Some(words) = self.named.captures(before) {
            let labelled = words.get(2).is_some() || value.starts_with('#');
            if digits >= 3 || (labelled && digits >= 1) {
                return Some(by_name(words.get(1).map_or("", |name| name.as_str())));
            }
        }
        let is_year = bare.len() == 4 && (bare.starts_with("19") || bare.starts_with("20"));
        if digits >= 4 && !is_year && self.maybe_named.is_match(before) {
            return Some(EvidenceKind::Reference);
        }
        if value.starts_with('#') {
            return Some(self.nearest_name(before).unwrap_or(EvidenceKind::Reference));
        }
        let listed = before.trim_end().ends_with(',')
            || before.ends_with(" and ")
            || before.ends_with(" or ");
        let by_look = looks_like_reference(bare, digits)
            || is_named(text, token, before)
            || is_short_code(bare, before);
        if !(by_look || (listed && digits >= 4)) {
            return None;
        }
        self.nearest_name(before).or_else(|| by_look.then_some(EvidenceKind::Reference))
    }

    /// The kind of the last word before the token that names one.
    fn nearest_name(&self, before: &str) -> Option<EvidenceKind> {
        let (mut at, mut nearest) = (0, None);
        while let Some(name) = self.any.find_at(before, at) {
            // Names may overlap, so the search goes on inside the last one.
            (at, nearest) = (name.start() + 1, Some(by_name(name.as_str())));
        }
        nearest
    }
}

/// Four digits at least after a word that may name them, and nothing counted after them.
fn is_named(text: &str, token: &Range<usize>, before: &str) -> bool {
    let value = text[token.clone()].trim_start_matches('#');
    let is_year = value.len() == 4 && (value.starts_with("19") || value.starts_with("20"));
    if value.len() < 4 || is_year || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let mut words = before.split(|c: char| c.is_whitespace()).rev();
    let last = words.find(|word| !word.is_empty()).unwrap_or_default();
    let opens = last.is_empty() || last.ends_with(['.', '!', '?', ':', ',']);
    let is_name = last.len() > 2
        && last.chars().all(char::is_alphabetic)
        && !NO_NAMES.contains(&last.to_ascii_lowercase().as_str())
        && !last.ends_with("ed");
    // "58120." stands by itself; "58120 users" counts.
    let after = text[token.end..].trim_start_matches(' ');
    let counts = after.starts_with(|c: char| c.is_alphabetic());
    is_name && !(counts && plural(after)) || (opens && value.len() >= 5 && !counts)
}

/// "gate B12", "sensor T-9": a capital and a digit after a word that may name them.
fn is_short_code(value: &str, before: &str) -> bool {
    const UNITS: [&str; 16] =
        ["A", "AM", "C", "D", "F", "G", "GB", "H", "K", "KB", "M", "MB", "PM", "TB", "V", "X"];
    let letters = value.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_code = value.bytes().any(|byte| byte.is_ascii_uppercase())
        && !value.bytes().any(|byte| byte.is_ascii_lowercase())
        && !UNITS.contains(&letters);
    let name = before.split(char::is_whitespace).rfind(|word| !word.is_empty());
    let name = name.unwrap_or_default();
    is_code && name.len() > 2 && name.chars().all(char::is_lowercase) && !NO_NAMES.contains(&name)
}

/// True if the first word is a plural: what a number counts.
fn plural(words: &str) -> bool {
    let word = words.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    word.len() > 3 && word.ends_with('s') || ["people", "items", "of"].contains(&word)
}

/// Words in front of a number that count or measure with it.
const NO_NAMES: &[&str] = &[
    "about",
    "above",
    "after",
    "all",
    "almost",
    "and",
    "another",
    "any",
    "approximately",
    "are",
    "around",
    "at",
    "before",
    "below",
    "between",
    "but",
    "cost",
    "costs",
    "down",
    "every",
    "exactly",
    "first",
    "for",
    "from",
    "get",
    "got",
    "had",
    "has",
    "have",
    "hit",
    "into",
    "just",
    "last",
    "least",
    "like",
    "lost",
    "made",
    "minus",
    "more",
    "most",
    "nearly",
    "next",
    "only",
    "or",
    "other",
    "our",
    "over",
    "owe",
    "paid",
    "past",
    "pay",
    "per",
    "plus",
    "process",
    "roughly",
    "say",
    "sell",
    "send",
    "serve",
    "since",
    "some",
    "spend",
    "spent",
    "than",
    "that",
    "the",
    "their",
    "these",
    "they",
    "this",
    "those",
    "till",
    "times",
    "top",
    "under",
    "until",
    "was",
    "were",
    "with",
    "within",
    "your",
];

/// Digits enough, or capitals mixed with digits: nothing that a sentence has by chance.
fn looks_like_reference(bare: &str, digits: usize) -> bool {
    let capitals = bare.bytes().filter(u8::is_ascii_uppercase).count();
    let smalls = bare.bytes().filter(u8::is_ascii_lowercase).count();
    let separated = bare.contains(['-', '_']);
    let letter_first = bare.starts_with(|c: char| c.is_ascii_alphabetic());
    // A commit or another hash: letters and digits of base sixteen in no order.
    let is_hash = bare.len() >= 7
        && digits >= 2
        && smalls >= 2
        && bare.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'));
    if is_hash {
        return true;
    }
    match (capitals, smalls) {
        (0, 0) => digits >= 6,
        (_, 0) => {
            digits >= 2 && (bare.len() >= 6 || separated || (letter_first && capitals >= 2))
                || (separated && letter_first && capitals >= 2)
        }
        _ => {
            (separated && digits >= 3)
                || (separated && letter_first && ends_in_number(bare))
                || (digits >= 4 && bare.len() >= 8)
                || (capitals >= 1 && digits >= 2 && bare.len() >= 6)
        }
    }
}

/// "quarry-ops-14": parts with hyphens, the last a number of two digits that is no year.
fn ends_in_number(bare: &str) -> bool {
    let last = bare.rsplit(['-', '_']).next().unwrap_or_default();
    let is_year = last.len() == 4 && (last.starts_with("19") || last.starts_with("20"));
    last.len() >= 2 && !is_year && last.bytes().all(|byte| byte.is_ascii_digit())
}

fn by_name(name: &str) -> EvidenceKind {
    let row = NAMES.iter().find(|row| row.0.eq_ignore_ascii_case(name));
    row.map_or(EvidenceKind::Reference, |row| row.1)
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'#')
}

fn trimmed(text: &str, token: Range<usize>) -> Range<usize> {
    let value = &text[token.clone()];
    let start = token.start + (value.len() - value.trim_start_matches(['-', '_']).len());
    let value = &text[start..token.end];
    start..start + value.trim_end_matches(['-', '_', '#']).len()
}

/// The rest of a number with a point, a price or a word with a foreign letter is no token.
fn is_inside_word(text: &str, token: &Range<usize>) -> bool {
    let before = text[..token.start].chars().next_back();
    let mut after = text[token.end..].chars();
    let next = after.next();
    before.is_some_and(|c| {
        c.is_alphanumeric() || matches!(c, '.' | ',' | '$' | '€' | '£' | '/' | '%')
    }) && !before.is_some_and(|c| matches!(c, '.' | ',' | '/') && !digit_before(text, token.start))
        || next.is_some_and(|c| c.is_alphanumeric() || c == '%')
        || (next.is_some_and(|c| matches!(c, '.' | ','))
            && after.next().is_some_and(|c| c.is_ascii_digit()))
}

fn digit_before(text: &str, start: usize) -> bool {
    text[..start].chars().rev().nth(1).is_some_and(|c| c.is_ascii_digit())
}
