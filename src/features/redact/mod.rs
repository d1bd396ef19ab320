//! Masking: personal data and secrets become typed placeholders.
//!
//! Numbers that the case needs (orders, invoices, tickets, versions, error codes) stay.

mod address;
mod card;
mod iban;
mod number;
mod phone;
mod run;
mod secret;
mod web;

#[cfg(test)]
mod properties;

use super::offsets::{Replacement, Traced};

/// What the placeholders are called.
pub(super) const PLACEHOLDERS: &[&str] =
    &["<email>", "<phone>", "<card>", "<iban>", "<ip>", "<ssn>", "<secret>", "<query>"];

/// Finds what must not be kept.
#[derive(Debug)]
pub(super) struct Redactor {
    secrets: secret::Patterns,
}

impl Redactor {
    /// Compiles the patterns.
    pub(super) fn new() -> Result<Self, regex::Error> {
        Ok(Self { secrets: secret::Patterns::new()? })
    }

    /// The text with every finding replaced.
    pub(super) fn mask(&self, clean: Traced) -> Traced {
        let found = self.find(&clean.text);
        clean.with(&found)
    }

    /// Every finding in order, without overlaps; earlier finders outrank later ones.
    pub(super) fn find(&self, text: &str) -> Vec<Replacement> {
        let mut found = merge(self.secrets.find(text), web::in_web(text));
        found = merge(found, address::emails(text));
        found = merge(found, iban::ibans(text));
        found = merge(found, number::numbers(text));
        merge(found, address::ips_v6(text))
    }
}

/// Both lists in one, in order. Two that overlap become one finding, which the one of `first`
/// names: to leave out the rest of the other would leave half of it readable.
fn merge(first: Vec<Replacement>, second: Vec<Replacement>) -> Vec<Replacement> {
    if second.is_empty() {
        return first;
    }
    let mut out: Vec<Replacement> = Vec::with_capacity(first.len() + second.len());
    let (mut first, mut second) = (first.into_iter().peekable(), second.into_iter().peekable());
    // Whether a finding of the first list names the last one written.
    let mut named = false;
    loop {
        let of_first = match (first.peek(), second.peek()) {
            (Some(earlier), Some(later)) => earlier.bytes.start <= later.bytes.start,
            (earlier, later) => match earlier.or(later) {
                Some(_) => earlier.is_some(),
                None => return out,
            },
        };
        let next = if of_first { first.next() } else { second.next() };
        let Some(next) = next else { return out };
        match out.last_mut() {
            Some(last) if next.bytes.start < last.bytes.end => {
                last.bytes.end = last.bytes.end.max(next.bytes.end);
                if of_first && !named {
                    (last.with, named) = (next.with, true);
                }
            }
            _ => {
                named = of_first;
                out.push(next);
            }
        }
    }
}

/// The last words before a byte on the same line, newest first: at most four of the last 48
/// bytes, so that looking back costs the same wherever it is done.
fn words_before(text: &str, at: usize) -> impl Iterator<Item = &str> {
    let mut from = at.saturating_sub(48);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let line = text[from..at].rsplit('\n').next().unwrap_or_default();
    let words = line.rsplit(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.take(4)
}

/// True if the word, whatever its capitals, is one of these in small letters.
fn is_one_of(word: &str, known: &[&str]) -> bool {
    if word.is_ascii() {
        return known.iter().any(|known| known.eq_ignore_ascii_case(word));
    }
    known.contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
pub(super) fn masked(original: &str) -> String {
    Redactor::new().unwrap().mask(super::normalize::normalize(original)).text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_case_needs_stays() {
        let texts = [
            "Order 5551234567 and invoice INV-2024-001234, ticket #4823991",
            "order no. 123-4567, case 555-0199-2222, ref: 4539148803436467",
            "version 1.2.3.4, v2.3.1, build 10.0.19045.3803, error 0x80070005",
            "It was $1,234,567.89 on 2024-05-01 10:22:33 and 01.05.2024 at 10",
            "tracking 1Z999AA10123456784, SKU 123 456 7890 1234, HTTP 503",
            "My password is not working, the password: reset fails, password is expired",
            "std::vec::Vec and a::b at 10:22:33",
            "Forgot my password. Please help; the token expired and the PIN is wrong",
            "user@host and @scope/pkg@1.2.3 and me @ home",
            "https://app.example.com/orders/5551234567/items",
            "request 03528231-6062-4788-a743-9882da1ed95a, be1433a4-3677-4792-941b-700dbabfe0ab",
            "ef750c94-dc3a-43d5-b00a-1977e1ad078c on flight ab123 and my luggage",
            "account number 5540 1187 22 or account 5540 1187 2213, account 832 9 034 567 89",
            "order 408-1234567-1234567, order number 123 456 789 012, ref 0012 3456 78",
            "tracking number 9400 1000 0000 0000 0000 00 and RMA 0123 4567 89",
            "reference number is 7001 0455 1187 22, invoice no. 0455 118 722",
            "version 115.0.2.1, Chrome 119.0.6045.105, libfoo 0.12.345.6789, 0.0.20230815.1234",
            "EUR 1 234 567.89, 12 345 678 USD, 1.234.567,89, 0.123456789 BTC, $ 1 000 000 000",
            "reach 1 000 000 users, 500-1000 rows, 100-2000 rows, 52.5200066, 13.4049540",
            "ticket 1234 03528231-6062-4788-a743-9882da1ed95a from 2024-05-01 to 2024-06-01",
            "1920x1080 at 60, 4096 x 2160, port 8080, 2024-05-01T10:22:33.123456Z",
        ];
        for text in texts {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn two_that_overlap_become_one_under_the_earlier_name() {
        let at = |from, to, with| Replacement { bytes: from..to, with };
        let merged =
            merge(vec![at(5, 9, "a"), at(20, 22, "a")], vec![at(0, 2, "b"), at(8, 12, "b")]);
        assert_eq!(merged, [at(0, 2, "b"), at(5, 12, "a"), at(20, 22, "a")]);
        let merged = merge(vec![at(4, 6, "a"), at(7, 9, "a")], vec![at(2, 8, "b")]);
        assert_eq!(merged, [at(2, 9, "a")]);
    }
}
