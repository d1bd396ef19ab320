//! Payment cards.

use super::run::Run;

/// How people group the digits of a card; 0 ends the card.
const FORMS: &[[usize; 4]] = &[
    [4, 4, 4, 4],
    [4, 6, 5, 0],
    [4, 6, 4, 0],
    [4, 4, 8, 0],
    [8, 4, 4, 0],
    [4, 12, 0, 0],
    [6, 10, 0, 0],
    [6, 13, 0, 0],
];

/// What the numbers of cards begin with.
const FIRST_DIGITS: [char; 5] = ['2', '3', '4', '5', '6'];

/// 13 to 19 digits whose check digit is right, in one block or in groups: how many groups.
fn card(run: &Run<'_>, at: usize) -> Option<usize> {
    let none = run.is_international(at) || !run.digits(at).starts_with(FIRST_DIGITS);
    if none || run.digits_in(at..at + 8) < 13 {
        return None;
    }
    let (form, length) = (form(run, at), run.shape(at));
    // Three, three, four are a phone, and those digits with the next ones no card but by chance.
    if matches!(length, [3, 3, 4, _] | [3, 4, ..]) {
        return None;
    }
    let groups = longest(run, at, form)?;
    if form != Some(groups) && is_chance(run, at, groups) {
        return None;
    }
    match run.case_groups(at) {
        // After "order" only what is grouped as cards are, and is all of the number, is none.
        Some(own) => (at == 0 && groups > 1 && form.is_some() && groups >= own).then_some(groups),
        None => Some(groups),
    }
}

/// How many groups belong to a card by their lengths.
fn form(run: &Run<'_>, at: usize) -> Option<usize> {
    let shape = run.shape(at);
    if shape[0] >= 13 {
        return Some(1);
    }
    let fits = |form: &&[usize; 4]| form.iter().zip(shape).all(|(len, is)| *len == 0 || *len == is);
    let form = FORMS.iter().find(fits)?;
    Some(form.iter().filter(|len| **len > 0).count())
}

/// Where one card by its form overlaps the next, nobody can tell which is one: both go.
pub(super) fn cards(run: &Run<'_>, at: usize) -> Option<usize> {
    let mut end = at + card(run, at)?;
    let mut group = at + 1;
    while group < end {
        if let Some(groups) = formed(run, group) {
            end = end.max(group + groups);
        }
        group += 1;
    }
    Some(end - at)
}

fn formed(run: &Run<'_>, at: usize) -> Option<usize> {
    let form = form(run, at)?;
    let starts = run.digits(at).starts_with(FIRST_DIGITS);
    longest(run, at, Some(form)).filter(|_| starts)
}

/// True for groups that nobody writes a card in, unless nothing else is in the run.
fn is_chance(run: &Run<'_>, at: usize, groups: usize) -> bool {
    let (first, last) = (run.len(at), at + groups - 1);
    let alike = (at..last).all(|group| run.len(group) == first) && run.len(last) <= first;
    let goes_on = run.gap(last) == "-" && run.gap(at) != "-";
    let formed = |group| formed(run, group).is_some();
    let whole = at == 0 && last + 1 == run.end;
    !whole && (!alike || first < 3 || goes_on || (at + 1..=last).any(formed))
}

/// The most groups whose check digit is right. What is a card by its form takes no more, unless
/// all of the run is one: the rest may be the beginning of another number.
fn longest(run: &Run<'_>, at: usize, form: Option<usize>) -> Option<usize> {
    let mut digits = String::with_capacity(19);
    let mut best = None;
    // Dots are for versions and addresses, save in the one form that only cards have.
    let dotted = run.shape(at) == [4; 4] && (at..at + 3).all(|group| run.gap(group) == ".");
    for count in 1..=8 {
        let group = at + count - 1;
        let gap = if count > 1 { run.gap(group - 1) } else { " " };
        let joined = matches!(gap, " " | "-") || (dotted && count <= 4);
        if !joined || group >= run.end || digits.len() + run.len(group) > 19 {
            break;
        }
        digits.push_str(run.digits(group));
        let whole = best.is_none() || best != form || group + 1 == run.end;
        if digits.len() >= 13 && whole && luhn(&digits) {
            best = Some(count);
        }
    }
    best
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

#[cfg(test)]
mod tests {
    use super::super::masked;

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
    fn what_follows_a_card_is_read_on_its_own() {
        for last in ["078-05-1120", "415-555-2671", "020 7946 0958", "192.0.2.144"] {
            for card in ["4111 1111 1111 1111", "4242-4242-4242-4242", "3782 822463 10005"] {
                let text = masked(&format!("{card} {last}"));
                assert!(!text.bytes().any(|c| c.is_ascii_digit()), "{text} of {card} {last}");
            }
        }
        assert_eq!(masked("2024-05-01 4111 1111 1111 1111"), "2024-05-01 <card>");
        assert_eq!(masked("4111 11111 111 1111"), "<card>");
        assert_eq!(masked("41 11 11 11 11 11 11 11"), "<card>");
        assert_eq!(masked("order 4539 1488 0343 6467"), "order <card>");
        assert_eq!(masked("(4111 1111 1111 1111)"), "(<card>)");
    }
}
