//! Numbers: phones, cards, social security numbers, IP version 4.

use super::{
    super::offsets::Replacement,
    card::cards,
    phone::{MOST_DIGITS, american, phone},
    run::{Edge, Run},
};

/// Most digits that may be left of a phone which another one before it took the beginning of.
const CUT_DIGITS: usize = 8;

/// Most characters of the word after a hyphen that are looked at.
const WORD_BYTES: usize = 40;

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
        let Some(edge) = edge(&bytes[..at]) else {
            // What a number belongs to ends with its digits: the next number stands for itself.
            at += bytes[at..].iter().take_while(|c| c.is_ascii_digit()).count().max(1);
            continue;
        };
        if let Some(end) = Run::end_of_few(text, at) {
            at = end.max(at + 1);
            continue;
        }
        let mut run = Run::read(text, at, edge);
        let end = run.last();
        let stuck = bytes.get(end).is_some_and(|c| sticks_after(*c)) || goes_on(&bytes[end..]);
        if stuck && !is_extension(&bytes[end..]) {
            run = run.without_last_word();
        }
        find_in(&mut run, &mut found);
        at = end.max(at + 1);
    }
    found
}

/// How a number stands to what is before it; none if it is part of a longer word.
fn edge(before: &[u8]) -> Option<Edge> {
    let (last, rest) = before.split_last().map_or((b' ', before), |(last, rest)| (*last, rest));
    match last {
        b'=' => Some(Edge::Value),
        b'/' => Some(Edge::Path),
        // "Tel.030 1234567": the word before says what the number is.
        b'.' if rest.last().is_some_and(u8::is_ascii_alphabetic) => Some(Edge::Value),
        b'-' if rest.last().is_none_or(u8::is_ascii_whitespace) => Some(Edge::Free),
        _ if sticks(last) => None,
        _ => Some(Edge::Free),
    }
}

/// A number right after such a character belongs to something longer: an id, a path, an amount.
pub(super) fn sticks(before: u8) -> bool {
    before.is_ascii_alphanumeric()
        || matches!(before, b'/' | b'_' | b'-' | b'.' | b'=' | b'#' | b'&' | b'$' | b'%' | b'+')
}

/// The same for what comes right after.
pub(super) fn sticks_after(after: u8) -> bool {
    after.is_ascii_alphanumeric() || matches!(after, b'_' | b'%' | b'@')
}

/// A hyphen and a word with digits: the number is a part of an id such as a UUID.
pub(super) fn goes_on(rest: &[u8]) -> bool {
    let Some(word) = rest.strip_prefix(b"-") else { return false };
    let word =
        word.iter().take(WORD_BYTES).take_while(|c| c.is_ascii_alphanumeric() || **c == b'-');
    word.into_iter().any(u8::is_ascii_digit)
}

/// "415-555-2671x22": what follows is no part of the number, but belongs to a phone.
fn is_extension(rest: &[u8]) -> bool {
    matches!(rest, [b'x' | b'X', digit, ..] if digit.is_ascii_digit())
        || rest.get(..3).is_some_and(|word| word.eq_ignore_ascii_case(b"ext"))
}

/// What tells itself comes first; phones are looked for in what is left, so that none takes the
/// beginning of anything else and leaves the rest.
fn find_in(run: &mut Run<'_>, found: &mut Vec<Replacement>) {
    let groups = run.end;
    let (mut at, mut done) = (0, 0);
    while at < groups {
        let Some((taken, with)) = telling(run, at).or_else(|| formed_phone(run, (done, at))) else {
            at += date(run, at).unwrap_or(1);
            continue;
        };
        run.end = at;
        find_phones(run, done, found);
        run.end = groups;
        push(run, (at, taken), with, found);
        at += taken;
        done = at;
    }
    find_phones(run, done, found);
}

fn find_phones(run: &Run<'_>, from: usize, found: &mut Vec<Replacement>) {
    let mut at = from;
    while at < run.end {
        let dated = date(run, at);
        match phone(run, at).filter(|_| dated.is_none()) {
            Some(taken) => {
                let taken = taken + cut_off(run, (at, taken));
                push(run, (at, taken), "<phone>", found);
                at += taken;
            }
            None => at += dated.unwrap_or(1),
        }
    }
}

/// How many groups after a phone are no number by themselves, but may be the end of one: where
/// several stand in a row, what has the most digits that a phone can have may be two.
fn cut_off(run: &Run<'_>, (at, taken): (usize, usize)) -> usize {
    let next = at + taken;
    let mut groups = 0;
    if run.digits_in(at..next + 1) <= MOST_DIGITS || american(run, at).is_some() {
        return groups;
    }
    while next + groups < run.end
        && run.digits_in(next..next + groups + 1) <= CUT_DIGITS
        && phone(run, next + groups).is_none()
        && date(run, next + groups).is_none()
    {
        groups += 1;
    }
    groups
}

/// Notes that some groups, counted from the first, are a finding.
fn push(run: &Run<'_>, groups: (usize, usize), with: &'static str, found: &mut Vec<Replacement>) {
    let (at, taken) = groups;
    let (Some(first), Some(last)) = (run.group(at), run.group(at + taken - 1)) else { return };
    let whole = run.is_international(at) || (taken > 1 && run.is_bracketed(at));
    let from = if whole { run.from } else { first.from };
    found.push(Replacement { bytes: from..last.to, with });
}

/// A number that its own digits tell.
fn telling(run: &Run<'_>, at: usize) -> Option<(usize, &'static str)> {
    if let Some(groups) = ip_v4(run, at) {
        return Some((groups, "<ip>"));
    }
    if run.edge == Edge::Path || date(run, at).is_some() {
        return None;
    }
    if let Some(groups) = cards(run, at) {
        return Some((groups, "<card>"));
    }
    social_security(run, at).map(|groups| (groups, "<ssn>"))
}

/// A phone by its form, so that no card by chance begins in it. A few digits before it, after
/// what was found last, may be its country.
fn formed_phone(run: &Run<'_>, (done, at): (usize, usize)) -> Option<(usize, &'static str)> {
    let country = at > done && run.digits_in(done..at.min(done + 4)) < 7;
    let abroad = run.is_international(at) && run.digits(at) != "1";
    let groups = american(run, at).filter(|_| !country && !abroad && date(run, at).is_none())?;
    phone(run, at).map(|_| (groups, "<phone>"))
}

/// Four numbers up to 255 with dots, but not a version.
fn ip_v4(run: &Run<'_>, at: usize) -> Option<usize> {
    let dotted = (at..at + 3).all(|group| run.gap(group) == ".");
    let longer = run.gap(at + 3) == "." || (at > 0 && run.gap(at - 1) == ".");
    if !dotted || longer {
        return None;
    }
    let small = |group| matches!(run.digits(group).parse::<u16>(), Ok(0..=255));
    let fits = (at..at + 4).all(|group| run.digits(group).len() <= 3 && small(group));
    let version = ["version", "ver", "build", "release", "firmware", "v", "driver", "update"];
    (fits && !run.follows(at, &version)).then_some(4)
}

/// Three, two and four digits with hyphens; numbers that were never given out stay.
fn social_security(run: &Run<'_>, at: usize) -> Option<usize> {
    let separators = (run.gap(at), run.gap(at + 1));
    // Looking at the words before is dear, and most numbers have another form anyway.
    let said = || run.follows(at, &["ssn", "social", "security"]);
    if run.len(at) == 9 && said() {
        return Some(1);
    }
    let area = run.digits(at);
    let given =
        area != "000" && area != "666" && !area.starts_with('9') && run.digits(at + 1) != "00";
    let form = matches!(run.shape(at), [3, 2, 4, _])
        && (separators == ("-", "-") || (separators == (" ", " ") && said()));
    // A few digits after a plus sign are a country, and the number is a phone.
    let country = run.is_international(0) && at > 0 && run.digits_in(0..at.min(4)) < 7;
    (form && given && !country).then_some(3)
}

/// How many groups a date takes, so that what follows it is read on its own.
fn date(run: &Run<'_>, at: usize) -> Option<usize> {
    let (first, second) = (run.gap(at), run.gap(at + 1));
    let separated = first == second && matches!(first, "-" | "." | "/");
    // Pairs that go on are a phone, as they are written in France.
    let ended = run.gap(at + 2) != first;
    let dated = match run.shape(at) {
        [4, 1 | 2, 1 | 2, _] | [1 | 2, 1 | 2, 4, _] => true,
        [1 | 2, 1 | 2, 2, _] => ended,
        _ => false,
    };
    (separated && dated).then_some(3)
}

#[cfg(test)]
mod tests {
    use super::super::masked;

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
