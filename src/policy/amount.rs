//! Amounts of US dollars that a text states.

/// Bytes of a text that are searched.
const BYTES_MAX: usize = 65_536;

/// The largest amount in US dollars that the text states: `$1,250.00`, `USD 1250`, `1.5k dollars`.
///
/// A number without a sign or word of the currency is none, since most numbers are not money.
pub(super) fn largest_usd(text: &str) -> Option<f64> {
    let text = text.get(..text.floor_char_boundary(BYTES_MAX)).unwrap_or(text);
    let bytes = text.as_bytes();
    let mut largest: Option<f64> = None;
    let mut at = 0;
    while at < bytes.len() {
        let inside = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'.');
        if !bytes[at].is_ascii_digit() || inside {
            at += 1;
            continue;
        }
        let (value, end) = number(bytes, at);
        if is_dollars(&bytes[..at], &bytes[end..]) {
            largest = Some(largest.map_or(value, |largest| largest.max(value)));
        }
        at = end.max(at + 1);
    }
    largest
}

/// Reads the number that begins at `at`; returns it with the place after it.
fn number(bytes: &[u8], at: usize) -> (f64, usize) {
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let (mut value, mut end) = (0.0, at);
    // A comma belongs to the number where three digits and no fourth follow.
    let groups = |end: usize| (1..=3).all(|next| digit(end + next)) && !digit(end + 4);
    while digit(end) || (bytes.get(end) == Some(&b',') && groups(end)) {
        if digit(end) {
            value = value * 10.0 + f64::from(bytes[end] - b'0');
        }
        end += 1;
    }
    if bytes.get(end) == Some(&b'.') && digit(end + 1) {
        let mut unit = 0.1;
        end += 1;
        while digit(end) {
            value += f64::from(bytes[end] - b'0') * unit;
            unit /= 10.0;
            end += 1;
        }
    }
    let thousands = matches!(bytes.get(end), Some(b'k' | b'K'));
    if thousands && !bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric) {
        return (value * 1_000.0, end + 1);
    }
    (value, end)
}

/// True if a sign or word of the currency stands directly before or after.
fn is_dollars(before: &[u8], after: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    let after = after.trim_ascii_start();
    let starts = |word: &str| {
        after.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
            && !after.get(word.len()).is_some_and(u8::is_ascii_alphabetic)
    };
    let ends = before.len().checked_sub(3).and_then(|from| before.get(from..));
    before.ends_with(b"$")
        || ends.is_some_and(|end| end.eq_ignore_ascii_case(b"usd"))
        || ["usd", "dollar", "dollars", "bucks"].iter().any(|word| starts(word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dollars_are_read_however_they_are_written() {
        for (text, amount) in [
            ("you charged $1,250.50 twice", Some(1250.5)),
            ("USD 1250 and $ 99", Some(1250.0)),
            ("1.5k dollars!", Some(1500.0)),
            ("$2k", Some(2000.0)),
            ("1,000 usd", Some(1000.0)),
            ("invoice 2231 of 2026", None),
            ("INV$ v1.2.3", None),
            ("€ 1200", None),
            ("", None),
        ] {
            assert_eq!(largest_usd(text), amount, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_searched(text in "[$0-9.,k USDé]{0,40}") {
            let amount = largest_usd(&text);
            prop_assert!(amount.is_none_or(|amount| amount >= 0.0));
        }

        #[test]
        fn what_was_written_is_found(amount in 0u32..10_000_000) {
            let text = format!("I paid ${amount} for it");
            prop_assert_eq!(largest_usd(&text), Some(f64::from(amount)));
        }
    }
}
