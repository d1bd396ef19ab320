//! The one table of what counts as evidence and how each kind looks.

use std::net::{IpAddr, Ipv6Addr};

use regex::Regex;

use crate::domain::EvidenceKind;

/// One way in which a kind of evidence is written.
#[derive(Debug)]
pub(super) struct Pattern {
    /// What it is.
    pub(super) kind: EvidenceKind,
    /// How it looks; where there is a group, the first is the value.
    pub(super) regex: Regex,
    /// At least one of these bytes stands in every text that has it, so that most patterns need
    /// not be run over most texts.
    pub(super) needs: &'static [u8],
    /// What the look alone does not settle.
    pub(super) fits: fn(&Found<'_>) -> bool,
}

/// A find with what stands around it.
#[derive(Debug)]
pub(super) struct Found<'t> {
    /// The words just before it.
    pub(super) before: &'t str,
    /// The characters found.
    pub(super) value: &'t str,
    /// The words just after it.
    pub(super) after: &'t str,
}

const DIGITS: &[u8] = b"0123456789";

/// Compiles the table, in the order in which finds at the same place win.
pub(super) fn compile() -> Result<Vec<Pattern>, regex::Error> {
    let mut patterns = Vec::with_capacity(TABLE.len());
    for (kind, pattern, needs, fits) in TABLE {
        let regex = Regex::new(&pattern.replace(r"\b", r"(?-u:\b)"))?;
        patterns.push(Pattern { kind: *kind, regex, needs, fits: *fits });
    }
    Ok(patterns)
}

type Row = (EvidenceKind, &'static str, &'static [u8], fn(&Found<'_>) -> bool);

use EvidenceKind as K;

/// Longer and surer forms come first: a later find at the same place is dropped.
const TABLE: &[Row] = &[
    (K::Url, r#"(?i)\b(?:https?|ftps?|wss?|s3)://[^\s<>"“”`|^{}\\]+"#, b":", always),
    (
        K::Email,
        r"[\p{L}\p{N}][\p{L}\p{N}._%+-]*@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,24}",
        b"@",
        always,
    ),
    (
        K::Url,
        concat!(
            r#"(?i)\b(?:www\.[a-z0-9-]+|(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|app|co\.uk|edu|"#,
            r#"gov|cloud|ai|de|fr|eu|info|biz|example|"#,
            r#"test))\b(?:\.[a-z]+)*(?::[0-9]{2,5})?(?:/[^\s<>"“”`|^{}\\]*)?"#,
        ),
        b".",
        always,
    ),
    (K::Path, r#"(?:\b[A-Za-z]:\\|\\\\)[^\s"'<>|*?:,;“”]+"#, b"\\", always),
    (K::Path, r#"(?:^|[\s("'`=:\[>“])((?:~|\.{1,2}|/[\w.@+-]+)(?:/[\w.@+-]+)+/?)"#, b"/", always),
    (
        K::Time,
        concat!(
            r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ",
            r",]{1,2}[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?: ",
            r"?(?:Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}))?)?\b",
        ),
        DIGITS,
        always,
    ),
    (
        K::Time,
        concat!(
            r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|",
            r"Dec)[a-z]{0,6}\.? [0-9]{1,2}(?:st|nd|rd|th)?(?:,? [0-9]{4})?\b",
        ),
        DIGITS,
        always,
    ),
    (
        K::Time,
        concat!(
            r"\b[0-9]{1,2}(?:st|nd|rd|th)?\.? (?:of )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|",
            r"Oct|Nov|Dec)[a-z]{0,6}\b(?:,? [0-9]{4}\b)?",
        ),
        DIGITS,
        always,
    ),
    (K::IpAddress, r"\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?:/[0-9]{1,2}|:[0-9]{2,5})?\b", b".", is_ip),
    (K::IpAddress, r"(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}", b":", is_ip),
    (
        K::Time,
        r"\b(?:[0-9]{1,2}[/.][0-9]{1,2}[/.](?:20)?[0-9]{2}|[0-9]{4}/[0-9]{2}/[0-9]{2})\b",
        DIGITS,
        is_date,
    ),
    (
        K::Time,
        concat!(
            r"\b[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,6})?)?(?: ?[AaPp]\.?[Mm]\b\.?)",
            r"?(?: ?(?:UTC|GMT|CES?T|[ECMP][SD]T|BST|IST|Z)\b)?",
        ),
        b":",
        always,
    ),
    (K::Time, r"\b(?:1[0-2]|0?[1-9]) ?(?:[ap]m|[AP]M)\b", DIGITS, always),
    (
        K::HttpStatus,
        concat!(
            r"(?i)\bHTTP(?:S|/[0-9](?:\.[0-9])?)?[ :]*(?:status[ :]*)?(?:code[ :]*)?(?:error[ ",
            r":]*)?[1-5][0-9]{2}\b(?: (?:bad gateway|not found|forbidden|unauthorized|internal ",
            r"server error|service unavailable|gateway time-?out|too many requests|bad request|",
            r"conflict|method not allowed|payload too large|unprocessable (?:entity|content)|",
            r"request time-?out|gone|ok|created|found|moved permanently))?",
        ),
        DIGITS,
        always,
    ),
    (
        K::HttpStatus,
        concat!(
            r"(?i)\b[1-5][0-9]{2}:? (?:bad gateway|not found|forbidden|unauthorized|",
            r"internal server error|service unavailable|gateway time-?out|too many requests|",
            r"bad request|conflict|method not allowed|payload too large|unprocessable (?:entity|",
            r"content)|request time-?out)\b",
        ),
        DIGITS,
        always,
    ),
    (
        K::Exception,
        r"\b(?:[A-Za-z_][A-Za-z0-9_]*(?:\.|::))*[A-Z][A-Za-z0-9]*(?:Exception|Error)\b",
        b"r",
        is_exception,
    ),
    (K::ErrorCode, r"\bSQLSTATE(?:\[[0-9A-Z]{5}\]|[ :=]{0,3}[0-9A-Z]{5}\b)", b"Q", always),
    (K::ErrorCode, r"\b0x[0-9A-Fa-f]{4,16}\b", b"x", always),
    (
        K::ErrorCode,
        concat!(
            r"\b(?:(?:ORA|TNS|PLS|SP2|RMAN|IMP|EXP)-[0-9]{4,5}|AADSTS[0-9]{4,8}|(?:MSB|NETSDK|",
            r"LNK|CS|TS)[0-9]{4}|KB[0-9]{6,8}|CVE-[0-9]{4}-[0-9]{4,7})\b",
        ),
        DIGITS,
        always,
    ),
    (K::ErrorCode, r"\b(?:E|ERR|ERROR|Err|Error)[-_]?[0-9]{2,6}[A-Z]?\b", DIGITS, always),
    (
        K::ErrorCode,
        concat!(
            r"\bE(?:CONN(?:REFUSED|RESET|ABORTED)|TIMEDOUT|ACCES|NOENT|PERM|PIPE|HOSTUNREACH|",
            r"NETUNREACH|ADDRINUSE|NOTFOUND|EXIST|AI_AGAIN|NOSPC|MFILE)\b",
        ),
        b"E",
        always,
    ),
    (K::ErrorCode, r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b", b"_", is_code_name),
    (
        K::ErrorCode,
        concat!(
            r"(?i)\b(?:errors?|err|fault|exit|status|response|stop|failure)(?: (?:code|number|",
            r"no\.?|nr\.?|id|status))?s?[ :=#]{0,3}(?:is |was |",
            r"of )?[(\[]?([a-z]{0,8}[-_]?[0-9][a-z0-9]*(?:[-_.][a-z0-9]+)*)\b",
        ),
        DIGITS,
        is_code,
    ),
    (K::ErrorCode, r"(?i)\b([1-5][0-9]{2})s? (?:errors?|responses?|status)\b", DIGITS, always),
    (
        K::ErrorCode,
        concat!(
            r"(?i)\b(?:returns?|returned|returning|gets?|getting|got|gives?|throws?|an?|",
            r"with) (?:an? )?((?:40[0134589]|41[035]|42[29]|50[0-4])s?)\b",
        ),
        DIGITS,
        stands_alone,
    ),
    (
        K::Amount,
        concat!(
            r"(?:\b(?:US|CA|AU|NZ|HK|C|A|",
            r"R))?[$€£¥₹₩₽₺] ?[0-9](?:[0-9.,'’]*[0-9])?(?:(?: (?:million|thousand|billion)|",
            r"[kKmM])\b)?",
        ),
        b"$\xe2\xc2",
        always,
    ),
    (
        K::Amount,
        concat!(
            r"(?i)\b[0-9](?:[0-9.,'’]*[0-9])?[ \u{a0}]?(?:[€£¥₹₩₽₺$]|(?:usd|eur|gbp|chf|cad|aud|",
            r"nzd|jpy|inr|cny|sek|nok|dkk|pln|czk|brl|mxn|zar|us dollars?|dollars?|euros?|",
            r"pounds?|cents|bucks)\b)",
        ),
        DIGITS,
        always,
    ),
    (
        K::Amount,
        concat!(
            r"(?i)\b(?:usd|eur|gbp|chf|cad|aud|nzd|jpy|inr|cny|sek|nok|dkk|pln|czk|brl|mxn|zar|",
            r"rs\.?) ?[0-9](?:[0-9.,'’]*[0-9])?\b",
        ),
        DIGITS,
        always,
    ),
    (
        K::Amount,
        concat!(
            r"(?i)\b(?:charged|billed|paid|debited|refund(?:ed)?|total|price|cost|amount|fee|",
            r"sum)(?: (?:of|is|was|me|us|for|only|at))?[ :]{1,2}([0-9][0-9,]*\.[0-9]{2})\b",
        ),
        DIGITS,
        always,
    ),
    (K::Phone, r"\+[0-9][0-9 ().\-]{6,18}[0-9]\b", b"+", is_phone),
    (K::Phone, r"(?:\([0-9]{3}\) ?|\b[0-9]{3}[-. ])[0-9]{3}[-. ][0-9]{4}\b", DIGITS, is_phone),
    (
        K::Phone,
        concat!(
            r"(?i)\b(?:phone|tel|telephone|mobile|cell|fax|whatsapp|call|reach)[ :.](?:(?:me|us|",
            r"number|no|is|at|on|back)[ :.]{1,2}){0,4}([0-9(][0-9 ().\-/]{5,18}[0-9])\b",
        ),
        DIGITS,
        is_phone,
    ),
    (K::Version, r"\b[vV][0-9]+(?:\.[0-9]+)*(?:[-+][A-Za-z0-9.]*[A-Za-z0-9])?\b", DIGITS, always),
    (
        K::Version,
        concat!(
            r"(?i)\b(?:version|ver\.?|release|firmware|build)[ :=]{1,2}(?:is |",
            r"number )?(v?[0-9]+(?:\.[0-9a-z]+)+(?:[-+][a-z0-9.]*[a-z0-9])?)\b",
        ),
        DIGITS,
        always,
    ),
    (
        K::Version,
        r"\b[0-9]+\.[0-9]+\.[0-9]+(?:\.[0-9]+)*(?:-[A-Za-z0-9.]*[A-Za-z0-9])?\b",
        b".",
        always,
    ),
    (
        K::Version,
        concat!(
            r"(?i)\b(?:version|release|firmware|build|windows|android|ios|ipados|macos|office|",
            r"outlook|chrome|firefox|safari|edge|php|java|python|debian|fedora) [0-9]+\b",
        ),
        DIGITS,
        has_no_fraction,
    ),
    (
        K::Version,
        concat!(
            r"\b(?:[A-Z][A-Za-z]*[a-z]|i[A-Z][A-Za-z]*|[a-z]+[A-Z]{1,2}|on|to|from|since|in|",
            r"using|running|app|after|or|and|version)s? ([0-9]{1,4}\.[0-9]{1,4})\b",
        ),
        b".",
        is_release,
    ),
    (
        K::Path,
        concat!(
            r"(?i)[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*\.(?:png|jpe?g|gif|bmp|svg|webp|heic|pdf|",
            r"docx?|xlsx?|pptx?|csv|tsv|txt|log|json|xml|ya?ml|toml|ini|conf|cfg|zip|gz|tar|exe|",
            r"dll|msi|dmg|apk|sql|db|py|js|jsx|ts|tsx|java|rs|go|rb|php|html?|css|mp[34]|wav|",
            r"mov|env|pem|key|crt|cer|bak|ps1|sh|bat|har|eml|pst|ics|md|plist|jar|iso)\b",
        ),
        b".",
        always,
    ),
    (K::Setting, r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b", b"_", is_key),
    (K::Setting, r#"\b[A-Za-z_][A-Za-z0-9_.-]*=[^\s,;&"'“”]+"#, b"=", always),
];

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

fn always(_: &Found<'_>) -> bool {
    true
}

fn is_date(found: &Found<'_>) -> bool {
    let mut parts = found.value.split(['/', '.']).map(|part| part.parse().unwrap_or(99_u32));
    let (first, second) = (parts.next().unwrap_or(99), parts.next().unwrap_or(99));
    // "4.12.22" may be a release as well: a word in front of it decides.
    !(has_word(found.before, &["version", "build", "release"]))
        && first.min(second) > 0
        && (first > 31 || (first.max(second) <= 31 && first.min(second) <= 12))
}

fn is_ip(found: &Found<'_>) -> bool {
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
fn is_exception(found: &Found<'_>) -> bool {
    found.value.len() > "Exception".len() || found.value.len() > "Error".len() + 1
}

fn is_code(found: &Found<'_>) -> bool {
    let digits = found.value.bytes().filter(u8::is_ascii_digit).count();
    digits >= 2 || found.value.len() >= 3 || has_word(found.before, &["code"])
}

/// A bare status such as "500" and not a count of something.
fn stands_alone(found: &Found<'_>) -> bool {
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
fn is_phone(found: &Found<'_>) -> bool {
    (7..=15).contains(&found.value.bytes().filter(u8::is_ascii_digit).count())
        && !has_word(found.before, &["order", "invoice", "ticket", "tracking", "account"])
}

/// "Windows 11" and not the head of "Windows 11.2", which another row takes.
fn has_no_fraction(found: &Found<'_>) -> bool {
    let mut rest = found.after.chars();
    !(rest.next() == Some('.') && rest.next().is_some_and(|next| next.is_ascii_digit()))
}

/// A number with a point that is no measure: "14.2" but not "2.5 hours".
fn is_release(found: &Found<'_>) -> bool {
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
fn is_key(found: &Found<'_>) -> bool {
    found.value.bytes().filter(u8::is_ascii_digit).count() < 3
}

/// True if one of the words, in small letters, stands in the text.
pub(super) fn has_word(text: &str, words: &[&str]) -> bool {
    let text = text.to_lowercase();
    words.iter().any(|word| text.contains(word))
}
