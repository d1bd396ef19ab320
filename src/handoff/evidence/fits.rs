//! What the look of a find alone does not settle: the words around it decide.

use std::net::{IpAddr, Ipv6Addr};

use super::table::Found;

/// True for a code among names in capitals; the others are keys.
pub(super) fn is_code_name(found: &Found<'_>) -> bool {
    const WORDS: [&str; 15] = [
        "ERR",
        "FAIL",
        "INVALID",
        "DENIED",
        "TIMEOUT",
        "TIMED",
        "EXCEPTION",
        "REFUSED",
        "RESET",
        "NOT_",
        "UNABLE",
        "UNAUTHORIZED",
        "FORBIDDEN",
        "EXCEEDED",
        "UNKNOWN",
    ];
    let says_error = has_word(found.before, &["error", "code", "fails with", "failed with"]);
    says_error || WORDS.iter().any(|word| found.value.contains(word))
}

pub(super) fn always(_: &Found<'_>) -> bool {
    true
}

pub(super) fn is_date(found: &Found<'_>) -> bool {
    let mut parts = found.value.split(['/', '.']).map(|part| part.parse().unwrap_or(99_u32));
    let (first, second) = (parts.next().unwrap_or(99), parts.next().unwrap_or(99));
    // "4.12.22" may be a release as well: a word in front of it decides.
    !(has_word(found.before, &["version", "build", "release"]))
        && first.min(second) > 0
        && (first > 31 || (first.max(second) <= 31 && first.min(second) <= 12))
}

pub(super) fn is_ip(found: &Found<'_>) -> bool {
    let bare = found.value.split('/').next().unwrap_or_default();
    let v4 = bare.split(':').next().unwrap_or_default();
    if has_word(found.before, &["version", "build"]) {
        return false;
    }
    if v4.contains('.') {
        return v4.parse::<IpAddr>().is_ok();
    }
    let groups = bare.split(':').filter(|group| !group.is_empty()).count();
    groups >= 2 && bare.parse::<Ipv6Addr>().is_ok()
}

/// `TypeError`, not the word "Error" at the start of a sentence.
pub(super) fn is_exception(found: &Found<'_>) -> bool {
    found.value.len() > "Exception".len() || found.value.len() > "Error".len() + 1
}

/// A code after "error", "status" and the like: two digits at least, unless it is called a code.
pub(super) fn is_code(found: &Found<'_>) -> bool {
    let code = found.value.rsplit([' ', ':', '=', '#', '(']).next().unwrap_or_default();
    let digits = code.bytes().filter(u8::is_ascii_digit).count();
    digits >= 2 || code.len() >= 3 || has_word(found.value, &["code"])
}

/// Two digits at least: a reference and no abbreviation.
pub(super) fn is_number(found: &Found<'_>) -> bool {
    found.value.bytes().filter(u8::is_ascii_digit).count() >= 2
}

/// A bare status such as "500" and not a count of something.
pub(super) fn stands_alone(found: &Found<'_>) -> bool {
    const FOLLOW: [&str; 18] = [
        "", "on", "when", "from", "for", "after", "every", "in", "whenever", "if", "but", "and",
        "since", "each", "at", "back", "again", "error",
    ];
    let after = found.after.trim_start();
    let next: &str = after.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let counts = after.starts_with(['$', '€', '£', '%', '.'])
        && after[1..].starts_with(|c: char| c.is_ascii_digit());
    !counts && FOLLOW.contains(&next)
}

/// Seven to fifteen digits, as E.164 has it.
pub(super) fn is_phone(found: &Found<'_>) -> bool {
    (7..=15).contains(&found.value.bytes().filter(u8::is_ascii_digit).count())
        && !has_word(found.before, &["order", "invoice", "ticket", "tracking", "account"])
}

/// Seven digits as North America writes them, not the middle of a longer number.
pub(super) fn is_short_phone(found: &Found<'_>) -> bool {
    !found.before.ends_with(['-', '/', '.', '#'])
        && !found.after.starts_with(['-', '/'])
        && !has_word(
            found.before,
            &["no.", "number", "account", "order", "invoice", "ticket", "id "],
        )
}

/// "Windows 11" and not the head of "Windows 11.2", which another row takes.
pub(super) fn has_no_fraction(found: &Found<'_>) -> bool {
    let mut rest = found.after.chars();
    !(rest.next() == Some('.') && rest.next().is_some_and(|next| next.is_ascii_digit()))
}

/// A number with a point that is no measure: "14.2" but not "2.5 hours".
pub(super) fn is_release(found: &Found<'_>) -> bool {
    const UNITS: [&str; 26] = [
        "hour", "hours", "hrs", "h", "minute", "minutes", "min", "mins", "second", "seconds",
        "sec", "s", "ms", "days", "weeks", "months", "years", "gb", "mb", "kb", "tb", "stars",
        "points", "percent", "million", "ghz",
    ];
    let after = found.after.trim_start().to_lowercase();
    let next = after.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    !after.starts_with(['%', '$', '€', '£']) && !UNITS.contains(&next)
}

/// A key in small letters: `max_connections`, not a name with a number such as `jo_lee_6490`.
pub(super) fn is_key(found: &Found<'_>) -> bool {
    found.value.bytes().filter(u8::is_ascii_digit).count() < 3
}

/// True if one of the words, in small letters, stands in the text.
pub(super) fn has_word(text: &str, words: &[&str]) -> bool {
    let text = text.to_lowercase();
    words.iter().any(|word| text.contains(word))
}

/// Money without a currency, in a text that talks of money: "24.99 each", not "2.50 GB".
pub(super) fn is_money(found: &Found<'_>) -> bool {
    let before = found.before.chars().next_back().unwrap_or(' ');
    let inside = before.is_alphanumeric() || matches!(before, '.' | ',' | '-' | '/' | '_' | ':');
    let mut after = found.after.chars();
    let next = after.next().unwrap_or(' ');
    let goes_on = next.is_alphanumeric()
        || matches!(next, '-' | '/' | '_' | ':')
        || (matches!(next, '.' | ',') && after.next().is_some_and(|c| c.is_ascii_digit()));
    !inside
        && !goes_on
        && is_release(found)
        && !has_word(found.before, &["version", "clause", "section", "release", "build", "article"])
}

/// The word names what a version is of: no verb, preposition or article does.
pub(super) fn is_product(word: &str) -> bool {
    const OTHER: [&str; 70] = [
        "on", "to", "from", "since", "in", "using", "is", "was", "are", "at", "and", "or", "with",
        "the", "an", "says", "say", "show", "shows", "after", "before", "until", "of", "for",
        "than", "latest", "new", "old", "our", "your", "my", "we", "it", "its", "got", "get",
        "gets", "have", "has", "you", "now", "still", "like", "be", "been", "by", "as", "if",
        "when", "only", "just", "both", "not", "but", "that", "this", "between", "then", "also",
        "up", "down", "about", "only", "even", "runs", "run", "works", "fails", "against", "via",
    ];
    let small = word.to_ascii_lowercase();
    let is_verb = small.len() > 4 && (small.ends_with("ed") || small.ends_with("ing"));
    word.len() >= 2
        && word.starts_with(|c: char| c.is_ascii_alphabetic())
        && !is_verb
        && !OTHER.contains(&small.as_str())
}

/// "(504)" and not the area code of "(504) 555-0142".
pub(super) fn is_in_brackets(found: &Found<'_>) -> bool {
    let rest = found.after.trim_start_matches(')').trim_start();
    !(found.after.starts_with(')') && rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Capitals that are a code and no shouting: the word before has small letters or is none.
pub(super) fn is_quiet(found: &Found<'_>) -> bool {
    const WORDS: [&str; 8] =
        ["WI-FI", "CD-ROM", "DVD-ROM", "SET-UP", "SIGN-IN", "LOG-IN", "SIGN-UP", "FOLLOW-UP"];
    if found.after.starts_with(['-', '_', '/']) || found.before.ends_with(['-', '_', '/']) {
        // Only a part of a longer code.
        return false;
    }
    let is_loud = |word: &str| word.len() > 1 && !word.contains(|c: char| c.is_lowercase());
    let before = found.before.split(|c: char| !c.is_alphabetic()).rfind(|word| !word.is_empty());
    let after = found.after.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty());
    let shouts = before.is_some_and(is_loud) && after.is_some_and(is_loud);
    !shouts && !WORDS.contains(&found.value)
}

/// "2024/118-B" and no fraction, no pair of words: three digits at least.
pub(super) fn is_code_with_slashes(found: &Found<'_>) -> bool {
    found.value.bytes().filter(u8::is_ascii_digit).count() >= 3 && !found.before.ends_with('/')
}

/// `hdr_line2.rpt` and no web address with a path after it, nor the end of a sentence.
pub(super) fn is_file_name(found: &Found<'_>) -> bool {
    let name = found.value.rsplit_once('.').map_or("", |parts| parts.0);
    !found.after.starts_with(['/', '.', '@']) && name.contains(|c: char| c.is_ascii_alphabetic())
}

/// "regio-prod" and no word of the language such as "set-up" or "user-friendly".
pub(super) fn is_name_with_hyphens(found: &Found<'_>) -> bool {
    const ENDS: [&str; 26] = [
        "in", "up", "on", "off", "out", "down", "over", "side", "only", "based", "wide", "level",
        "less", "free", "friendly", "related", "end", "to", "by", "specific", "first", "time",
        "ready", "party", "line", "shooting",
    ];
    let last = found.value.rsplit('-').next().unwrap_or_default();
    !ENDS.contains(&last) && !last.ends_with("ed") && !last.ends_with("ing")
}
