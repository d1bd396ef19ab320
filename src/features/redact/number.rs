//! Numbers: phones, cards, social security numbers, IP version 4.

use super::{super::offsets::Replacement, words_before};

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

/// A run of digits inside a candidate.
#[derive(Debug, Clone, Copy)]
struct Group {
    from: usize,
    to: usize,
}

impl Group {
    const fn len(self) -> usize {
        self.to - self.from
    }
}

/// Digits with separators, as people write phones and cards.
struct Run<'a> {
    text: &'a str,
    /// Where the run begins, with its `+` or bracket.
    from: usize,
    /// What stands right before it.
    edge: Edge,
    groups: Vec<Group>,
}

/// What stands before a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edge {
    /// Nothing that it belongs to.
    Free,
    /// An equals sign: the value of a field, whose digits alone say what they are.
    Value,
    /// A slash: part of an address or path, or the host itself.
    Path,
}

/// Phones, cards, social security numbers and IP addresses of version 4.
pub(super) fn numbers(text: &str) -> Vec<Replacement> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let opens = matches!(bytes[at], b'+' | b'(') || bytes[at].is_ascii_digit();
        if !opens {
            at += 1;
            continue;
        }
        let edge = match at.checked_sub(1).map(|before| bytes[before]) {
            Some(b'=') => Some(Edge::Value),
            Some(b'/') => Some(Edge::Path),
            Some(before) if sticks(before) => None,
            _ => Some(Edge::Free),
        };
        let (run, end) = read_run(text, at, edge.unwrap_or(Edge::Free));
        let ends = !bytes.get(end).is_some_and(|c| sticks_after(*c)) && !goes_on(&bytes[end..]);
        if edge.is_some() && ends && !run.groups.is_empty() {
            find_in(&run, &mut found);
        }
        // What a number belongs to ends with its digits: the next number stands for itself.
        let own = bytes[at..].iter().take_while(|c| c.is_ascii_digit()).count();
        at = if edge.is_some() { end.max(at + 1) } else { at + own.max(1) };
    }
    found
}

/// A number right after such a character belongs to something longer: an id, a path, an amount.
pub(super) fn sticks(before: u8) -> bool {
    before.is_ascii_alphanumeric()
        || before >= 0x80
        || matches!(before, b'/' | b'_' | b'-' | b'.' | b'=' | b'#' | b'&' | b'$' | b'%' | b'+')
}

/// The same for what comes right after.
pub(super) fn sticks_after(after: u8) -> bool {
    after.is_ascii_alphanumeric() || matches!(after, b'_' | b'%' | b'@')
}

/// A hyphen and a letter: the number is a part of an id such as a UUID.
pub(super) fn goes_on(rest: &[u8]) -> bool {
    matches!(rest, [b'-', next, ..] if next.is_ascii_alphanumeric())
}

fn read_run(text: &str, from: usize, edge: Edge) -> (Run<'_>, usize) {
    let bytes = text.as_bytes();
    let mut groups = Vec::new();
    let (mut at, mut end, mut gap) = (from, from, 0);
    while let Some(&byte) = bytes.get(at) {
        if byte.is_ascii_digit() {
            let len = bytes[at..].iter().take_while(|c| c.is_ascii_digit()).count();
            groups.push(Group { from: at, to: at + len });
            (at, end, gap) = (at + len, at + len, 0);
            continue;
        }
        let separates = matches!(byte, b' ' | b'-' | b'.' | b'(' | b')' | b'/');
        let opens = byte == b'+' && at == from;
        if !(separates || opens) || gap == 2 {
            break;
        }
        (at, gap) = (at + 1, gap + 1);
    }
    (Run { text, from, edge, groups }, end)
}

fn find_in(run: &Run<'_>, found: &mut Vec<Replacement>) {
    let mut at = 0;
    while at < run.groups.len() {
        let hit = match run.edge {
            Edge::Path => ip_v4(run, at),
            Edge::Free | Edge::Value => ip_v4(run, at)
                .or_else(|| card(run, at))
                .or_else(|| social_security(run, at))
                .or_else(|| phone(run, at)),
        };
        let Some((groups, with)) = hit else {
            at += date(run, at).unwrap_or(1);
            continue;
        };
        let from = if at == 0 { run.from } else { run.groups[at].from };
        let to = run.groups[at + groups - 1].to;
        found.push(Replacement { bytes: from..to, with });
        at += groups;
    }
}

impl Run<'_> {
    /// What stands between a group and the next one.
    fn gap(&self, group: usize) -> &str {
        let next = self.groups.get(group + 1);
        next.map_or("", |next| &self.text[self.groups[group].to..next.from])
    }

    fn digits(&self, group: usize) -> &str {
        self.groups.get(group).map_or("", |group| &self.text[group.from..group.to])
    }

    /// Lengths of the next four groups, 0 where there is none.
    fn shape(&self, at: usize) -> [usize; 4] {
        [at, at + 1, at + 2, at + 3]
            .map(|group| self.groups.get(group).map_or(0, |group| group.len()))
    }

    /// True if a word before says that the case needs it, and has no number of its own yet.
    fn names_a_case(&self, at: usize) -> bool {
        let before = if at < WORDS_BACK { words_before(self.text, self.from) } else { Vec::new() };
        let free = |word: &&String| !word.bytes().any(|c| c.is_ascii_digit());
        let mut words = before.iter().take(WORDS_BACK.saturating_sub(at)).take_while(free);
        words.any(|word| CASE_WORDS.contains(&word.as_str()))
    }

    /// True if one of the words stands shortly before the group.
    fn follows(&self, at: usize, words: &[&str]) -> bool {
        // Further into a run all words before are numbers, so there is nothing to find.
        if at > WORDS_BACK {
            return false;
        }
        let from = if at == 0 { self.from } else { self.groups[at].from };
        let before = words_before(self.text, from);
        before.iter().take(WORDS_BACK).any(|word| words.contains(&word.as_str()))
    }
}

/// Four numbers up to 255 with dots, but not a version.
fn ip_v4(run: &Run<'_>, at: usize) -> Option<(usize, &'static str)> {
    let dotted = (at..at + 3).all(|group| run.gap(group) == ".");
    let longer = run.gap(at + 3) == "." || (at > 0 && run.gap(at - 1) == ".");
    if !dotted || longer {
        return None;
    }
    let small = |group| matches!(run.digits(group).parse::<u16>(), Ok(0..=255));
    let fits = (at..at + 4).all(|group| run.digits(group).len() <= 3 && small(group));
    let version = ["version", "ver", "build", "release", "firmware", "v", "driver", "update"];
    (fits && !run.follows(at, &version)).then_some((4, "<ip>"))
}

/// 13 to 19 digits whose check digit is right, in one block or in groups.
fn card(run: &Run<'_>, at: usize) -> Option<(usize, &'static str)> {
    if !run.digits(at).starts_with(['2', '3', '4', '5', '6']) {
        return None;
    }
    let ahead: usize = run.groups[at..].iter().take(8).map(|group| group.len()).sum();
    if ahead < 13 {
        return None;
    }
    let mut digits = String::with_capacity(19);
    let mut best = None;
    // Dots are for versions and addresses, save in the one form that only cards have.
    let dotted = run.shape(at) == [4; 4] && (at..at + 3).all(|group| run.gap(group) == ".");
    for (count, group) in run.groups[at..].iter().take(8).enumerate() {
        let gap = if count > 0 { run.gap(at + count - 1) } else { " " };
        if !(matches!(gap, " " | "-") || (dotted && count < 4)) {
            break;
        }
        if digits.len() + group.len() > 19 {
            break;
        }
        digits.push_str(&run.text[group.from..group.to]);
        if digits.len() >= 13 && luhn(&digits) {
            best = Some((count + 1, "<card>"));
        }
    }
    // One block after "order" is an order, grouped digits are not.
    best.filter(|(groups, _)| *groups > 1 || !run.names_a_case(at))
}

/// Source: ISO/IEC 7812-1, annex B.
fn luhn(digits: &str) -> bool {
    let mut sum = 0_u32;
    for (place, digit) in digits.bytes().rev().enumerate() {
        let digit = u32::from(digit - b'0');
        sum += match place % 2 {
            0 => digit,
            _ if digit > 4 => digit * 2 - 9,
            _ => digit * 2,
        };
    }
    sum.is_multiple_of(10)
}

/// Three, two and four digits with hyphens; numbers that were never given out stay.
fn social_security(run: &Run<'_>, at: usize) -> Option<(usize, &'static str)> {
    let separators = (run.gap(at), run.gap(at + 1));
    let said = run.follows(at, &["ssn", "social", "security"]);
    if said && run.digits(at).len() == 9 {
        return Some((1, "<ssn>"));
    }
    let spaced = separators == (" ", " ") && said;
    let area = run.digits(at);
    let given =
        area != "000" && area != "666" && !area.starts_with('9') && run.digits(at + 1) != "00";
    let form = matches!(run.shape(at), [3, 2, 4, _]) && (separators == ("-", "-") || spaced);
    (form && given).then_some((3, "<ssn>"))
}

/// How many groups a date takes, so that what follows it is read on its own.
fn date(run: &Run<'_>, at: usize) -> Option<usize> {
    let (first, second) = (run.gap(at), run.gap(at + 1));
    let separated = first == second && matches!(first, "-" | "." | "/");
    let dated = matches!(run.shape(at), [4, 1 | 2, 1 | 2, _] | [1 | 2, 1 | 2, 2 | 4, _]);
    (separated && dated).then_some(3)
}

/// International and national phone numbers.
fn phone(run: &Run<'_>, at: usize) -> Option<(usize, &'static str)> {
    if date(run, at).is_some() {
        return None;
    }
    let international = at == 0 && run.text.as_bytes()[run.from] == b'+';
    let bracketed = at == 0 && run.text.as_bytes()[run.from] == b'(';
    let (groups, digits) = phone_extent(run, at);
    if international && (7..=15).contains(&digits) {
        return Some((groups, "<phone>"));
    }
    // Looking at the words before is dear, and too few digits are no phone whatever they are.
    let unnamed = run.edge == Edge::Value && !run.follows(at, PHONE_WORDS);
    if digits < 7 || unnamed || run.names_a_case(at) {
        return None;
    }
    let american = match run.shape(at) {
        [3, 3, 4, _] => Some(3),
        [1, 3, 3, 4] if run.digits(at) == "1" => Some(4),
        [3, 7, _, _] if bracketed => Some(2),
        [3, 4, 0, _] if run.gap(at) == "-" => Some(2),
        _ => None,
    };
    if let Some(american) = american {
        return Some((american, "<phone>"));
    }
    let prefixed = run.digits(at).starts_with('0') && run.digits(at).len() <= 6 && groups > 1;
    let national = prefixed && (9..=15).contains(&digits);
    let said = (7..=15).contains(&digits) && run.follows(at, PHONE_WORDS);
    (national || said).then_some((groups, "<phone>"))
}

/// How many groups, and digits in them, can belong to one phone number.
fn phone_extent(run: &Run<'_>, at: usize) -> (usize, usize) {
    let (mut groups, mut digits) = (0, 0);
    for group in run.groups[at..].iter().take(8) {
        if digits + group.len() > 15 {
            break;
        }
        (groups, digits) = (groups + 1, digits + group.len());
    }
    (groups.max(1), if groups == 0 { run.groups[at].len() } else { digits })
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
    fn cards_need_a_right_check_digit() {
        for card in ["4111 1111 1111 1111", "4111-1111-1111-1111", "378282246310005"] {
            assert_eq!(masked(&format!("card {card}.")), "card <card>.");
        }
        assert_eq!(masked("card 4111 1111 1111 1111 12/27"), "card <card> 12/27");
        assert_eq!(masked("id 4111111111111112"), "id 4111111111111112");
        assert_eq!(masked("pan=4111111111111111;"), "pan=<card>;");
        assert_eq!(masked("card 4242.4242.4242.4242."), "card <card>.");
    }

    #[test]
    fn social_security_and_ip_numbers_are_masked() {
        assert_eq!(masked("SSN 123-45-6789"), "SSN <ssn>");
        assert_eq!(masked("ssn: 123 45 6789"), "ssn: <ssn>");
        assert_eq!(masked("my ssn is 123456789"), "my ssn is <ssn>");
        assert_eq!(masked("from 192.168.10.254:8080"), "from <ip>:8080");
        assert_eq!(masked("ip=192.0.2.1 http://192.0.2.2/a"), "ip=<ip> http://<ip>/a");
        assert_eq!(masked("192.168.10.254.5 and 300.1.1.1"), "192.168.10.254.5 and 300.1.1.1");
    }
}
