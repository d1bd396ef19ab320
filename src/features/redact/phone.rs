//! Phones: international, national, and what is said to be one.

use super::run::{Edge, Run};

/// Most digits of a phone, with its country.
///
/// Source: ITU-T E.164, section 6.2.1.
pub(super) const MOST_DIGITS: usize = 15;

/// International and national phone numbers: how many groups.
pub(super) fn phone(run: &Run<'_>, at: usize) -> Option<usize> {
    let (groups, digits) = extent(run, at);
    if run.is_international(at) && (7..=MOST_DIGITS).contains(&digits) {
        return Some(groups);
    }
    // Looking at the words before is dear, and too few digits are no phone whatever they are.
    let bare = match run.edge {
        Edge::Free => true,
        Edge::Value => digits >= 7 && run.is_said_to_be_a_phone(at),
        Edge::Path => false,
    };
    if digits < 7 || !bare || run.case_groups(at).is_some() {
        return None;
    }
    if let Some(american) = american(run, at).or_else(|| local(run, at)) {
        return Some(american);
    }
    // A card that seems to begin in a phone may have taken the end of it.
    let least = if run.is_cut() { 7 } else { 9 };
    let national = is_national(run, at) && groups > 1 && (least..=MOST_DIGITS).contains(&digits);
    let said = || {
        // "reach 1 000 000 users" is an amount.
        let round = digits <= 9 && run.digits(at + groups - 1).ends_with("000");
        (7..=MOST_DIGITS).contains(&digits) && !round && run.is_said_to_be_a_phone(at)
    };
    (national || said()).then_some(groups)
}

/// A trunk zero, but no decimal fraction, no version and no thousands.
fn is_national(run: &Run<'_>, at: usize) -> bool {
    let first = run.digits(at);
    let zeros = first.len() - first.trim_start_matches('0').len();
    let trunk = matches!(zeros, 1 | 2) && first.len() <= 6;
    trunk && (first.len() > 1 || run.gap(at) != ".")
}

/// Three, three and four digits, with or without the country before.
pub(super) fn american(run: &Run<'_>, at: usize) -> Option<usize> {
    match run.shape(at) {
        [3, 3, 4, _] => Some(3),
        [1, 3, 3, 4] if run.digits(at) == "1" => Some(4),
        [3, 7, _, _] if run.is_bracketed(at) => Some(2),
        _ => None,
    }
}

/// Three and four digits without an area, but no range such as "500-1000".
fn local(run: &Run<'_>, at: usize) -> Option<usize> {
    let (exchange, line) = (run.digits(at), run.digits(at + 1));
    let form = matches!(run.shape(at), [3, 4, 0, _]) && run.gap(at) == "-";
    let range =
        exchange.starts_with(['0', '1']) || (line.ends_with("00") && !line.starts_with('0'));
    (form && !range).then_some(2)
}

/// How many groups, and digits in them, can belong to one phone number.
fn extent(run: &Run<'_>, at: usize) -> (usize, usize) {
    let (mut groups, mut digits) = (1, run.len(at));
    for group in at + 1..run.end.min(at + 8) {
        if digits + run.len(group) > MOST_DIGITS
            || (digits >= 7 && begins_another(run, group, digits))
        {
            break;
        }
        (groups, digits) = (groups + 1, digits + run.len(group));
    }
    (groups, digits)
}

/// True if what comes after so many digits is the next sentence or another phone.
fn begins_another(run: &Run<'_>, group: usize, digits: usize) -> bool {
    let gap = run.gap(group - 1);
    let trunk = run.len(group) > 1 && is_national(run, group);
    let national = digits >= 9 && trunk && run.digits_in(group..group + 8) >= 9;
    gap == ". " || (gap.contains(' ') && (national || american(run, group).is_some()))
}

#[cfg(test)]
mod tests {
    use super::super::masked;

    #[test]
    fn phone_numbers_are_masked() {
        let phones = [
            "+1 (555) 123-4567",
            "+49 30 1234567",
            "+442079460958",
            "(555) 123-4567",
            "555-123-4567",
            "555.123.4567",
            "1-800-555-0199",
            "020 7946 0958",
            "06 12 34 56 78",
            "0171/1234567",
            "(555)1234567",
            "555-0199",
            "0049 30 1234567",
        ];
        for phone in phones {
            assert_eq!(masked(&format!("I am at {phone}, ok")), "I am at <phone>, ok", "{phone}");
        }
        assert_eq!(masked("call me at 5551234567"), "call me at <phone>");
        assert_eq!(masked("phone:5551234567"), "phone:<phone>");
        assert_eq!(masked("phone=+14155552675&x"), "phone=<phone>&x");
        assert_eq!(masked("id=555-123-4567 mobile=5551234567"), "id=555-123-4567 mobile=<phone>");
    }

    #[test]
    fn what_follows_a_phone_is_read_on_its_own() {
        let phones = ["+1 (555) 123-4567", "+33 6 12 34 56 08", "020 7946 0958", "415 555 2671"];
        let next = [
            "4111 1111 1111 1111",
            "3782 822463 10005",
            "078-05-1120",
            "192.168.100.200",
            "+49 30 1234567",
            "020 7946 0959",
            "415-555-2672",
        ];
        for phone in phones {
            for next in next {
                for gap in [" ", ". ", " / ", " (", ") "] {
                    let text = masked(&format!("{phone}{gap}{next}"));
                    assert!(!text.bytes().any(|c| c.is_ascii_digit()), "{text} of {phone} {next}");
                }
            }
        }
        assert_eq!(masked("call 5 4111 1111 1111 1111"), "call 5 <card>");
        assert_eq!(masked("I am at 020 7946 0958. 2024 was"), "I am at <phone>. 2024 was");
    }

    #[test]
    fn a_word_after_a_number_does_not_make_it_readable() {
        for after in ["2pm", "24h", "9x", "2nd", "5%"] {
            assert_eq!(masked(&format!("415-555-2671 {after}")), format!("<phone> {after}"));
            let card = format!("4111 1111 1111 1111 {after}");
            assert_eq!(masked(&card), format!("<card> {after}"));
        }
        assert_eq!(masked("415-555-2671-home"), "<phone>-home");
        assert_eq!(masked("415-555-2671x22, 415-555-2671ext 4"), "<phone>x22, <phone>ext 4");
        for before in ["“", "—", "•", "📞", "电话", "- ", "Tel.", "-"] {
            assert_eq!(masked(&format!("{before}415-555-2671")).matches("<phone>").count(), 1);
        }
    }

    #[test]
    fn the_nearest_word_says_whether_a_number_is_a_phone() {
        assert_eq!(masked("account phone: 415-555-2671"), "account phone: <phone>");
        assert_eq!(masked("invoice 2024-001 0171 5550124"), "invoice 2024-001 <phone>");
        assert_eq!(masked("call about order 5551234567"), "call about order 5551234567");
        assert_eq!(masked("06.12.34.56.78 or 06-12-34-56-79"), "<phone> or <phone>");
    }
}
