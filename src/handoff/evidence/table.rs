//! The one table of what counts as evidence and how each kind looks.

use regex::Regex;

use crate::domain::EvidenceKind;

use super::{
    fits::{
        always, has_no_fraction, is_code, is_code_name, is_date, is_exception, is_in_brackets,
        is_ip, is_phone, is_release, is_short_phone, stands_alone,
    },
    names::NAMES,
};

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

pub(super) const DIGITS: &[u8] = b"0123456789";

/// Neighbours of the table that are of one kind.
#[derive(Debug)]
pub(super) struct Family {
    /// The patterns, in the order in which finds at the same place win.
    pub(super) patterns: Vec<Pattern>,
    /// Matches wherever any of them does, where they are so many that one look for all pays.
    pub(super) any: Option<Regex>,
}

/// From so many patterns on one look for all of them pays.
pub(super) const MANY: usize = 4;

/// Compiles the table, in the order in which finds at the same place win.
pub(super) fn compile() -> Result<Vec<Family>, regex::Error> {
    let compile = |pattern: &str| Regex::new(&pattern.replace(r"\b", r"(?-u:\b)"));
    let mut families = Vec::new();
    for rows in TABLE.chunk_by(|a, b| a.0 == b.0).chain(NAMES.chunk_by(|a, b| a.0 == b.0)) {
        let mut patterns = Vec::with_capacity(rows.len());
        for (kind, pattern, needs, fits) in rows {
            patterns.push(Pattern { kind: *kind, regex: compile(pattern)?, needs, fits: *fits });
        }
        let all: Vec<_> = rows.iter().map(|row| format!("(?:{})", row.1)).collect();
        let any = (rows.len() >= MANY).then(|| compile(&all.join("|"))).transpose()?;
        families.push(Family { patterns, any });
    }
    Ok(families)
}

/// Kind, pattern, bytes of which a text must have one, and what the look does not settle.
pub(super) type Row = (EvidenceKind, &'static str, &'static [u8], fn(&Found<'_>) -> bool);

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
            r#"test|local|lan|internal|corp|ch|at|"#,
            r#"nl|es|it|pl|se|uk|co|gg|shop|online|health))\b(?:\.[a-z]+)*(?::[0-9]{2,5})?"#,
            r#"(?:/[^\s<>"“”`|^{}\\]*)?"#,
        ),
        b".",
        always,
    ),
    (K::Url, r#"\burn:[a-z0-9][a-z0-9-]{1,31}:[^\s<>"“”`|^{}\\]+"#, b":", always),
    (
        K::Path,
        concat!(
            r"\b[A-Za-z0-9_][A-Za-z0-9_./-]*\.(?:cpp|cxx|cc|c|hpp|h|rs|go|py|jsx?|tsx?|java|kt|",
            r"cs|rb|php|swift|scala|lua|sql):[0-9]+\b",
        ),
        b":",
        always,
    ),
    (K::Path, r#"(?:\b[A-Za-z]:[\\/]|\\\\)[^\s"'<>|*?:,;“”]+"#, b"\\", always),
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
            r"content)|request time-?out|ok\b|[a-z]+(?:_[a-z]+)+|",
            r"(?:backend|upstream|origin|proxy|server)(?: [a-z]+){1,3})\b",
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
    (K::ErrorCode, r"\b0x[0-9A-Fa-f]{2,16}\b", b"x", always),
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
    (
        K::ErrorCode,
        r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+ \([^()\n]{0,40}[0-9][^()\n]{0,20}\)",
        b"_",
        is_code_name,
    ),
    (K::ErrorCode, r"\b(?:[A-Z]{2,8}::)?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b", b"_", is_code_name),
    (
        K::ErrorCode,
        concat!(
            r"\b(?i:codes?|shows?|showing|displays?|says|blinks?|flashes|",
            r"reads) ([A-Z]{1,3}-?[0-9]{1,4}(?:-[A-Z0-9]+)*)\b",
        ),
        DIGITS,
        always,
    ),
    (
        K::ErrorCode,
        concat!(
            r"(?i)\b(?:errors?|err|fault|exit|status|response|stop|failure)(?: (?:code|number|",
            r"no\.?|nr\.?|id|status))?s?[ :=#]{0,3}(?:is |was |",
            r"of )?\(?[a-z]{0,8}[-_]?[0-9][a-z0-9]*(?:[-_.][a-z0-9]+)*\b",
        ),
        DIGITS,
        is_code,
    ),
    (K::ErrorCode, r"\(([45][0-9]{2})(?:\)| after\b| on\b| in\b| for\b)", b"(", is_in_brackets),
    (K::ErrorCode, r"(?i)\b([1-5][0-9]{2})s? (?:errors?|responses?|status)\b", DIGITS, always),
    (
        K::ErrorCode,
        concat!(
            r"(?i)\b(?:returns?|returned|returning|gets?|getting|got|gives?|throws?|throwing|an?|",
            r"comes? back|answers?|responds?|fails?|failing|seeing|shows?|showing|ends? in|",
            r"with) (?:with )?(?:an? )?((?:40[0134589]|41[035]|42[29]|50[0-4])s?)\b",
        ),
        DIGITS,
        stands_alone,
    ),
    (
        K::Amount,
        concat!(
            r"(?:\b(?:US|CA|AU|NZ|HK|NT|S|C|A|",
            r"R))?[$€£¥₹₩₽₺] ?[0-9](?:[0-9.,'’]*[0-9])?(?:(?: (?:million|thousand|billion)|",
            r"[kKmM])\b)?",
        ),
        b"$\xe2\xc2",
        always,
    ),
    (
        K::Amount,
        concat!(
            r"(?i)\b[0-9]{1,3}(?:[ \u{a0}][0-9]{3})+(?:[.,][0-9]{2})?[ \u{a0}]?(?:[€£¥₹₩₽₺$]|",
            r"(?:usd|eur|gbp|chf|cad|aud|sek|nok|dkk|pln|czk|zar|euros?)\b)",
        ),
        DIGITS,
        always,
    ),
    (
        K::Amount,
        concat!(
            r"(?i)\b[0-9](?:[0-9.,'’]*[0-9])?[ \u{a0}]?(?:[€£¥₹₩₽₺$]|(?:usd|eur|gbp|chf|cad|aud|",
            r"nzd|jpy|inr|cny|sek|nok|dkk|pln|czk|brl|mxn|zar|kr|zł|quid|us dollars?|dollars?|",
            r"euros?|",
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
    (K::Amount, r"\b[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]{2}\b", b",", always),
    (K::Phone, r"\+[0-9][0-9 ().\-]{6,18}[0-9]\b", b"+", is_phone),
    (K::Phone, r"(?:\([0-9]{3}\) ?|\b[0-9]{3}[-. ])[0-9]{3}[-. ][0-9]{4}\b", DIGITS, is_phone),
    (K::Phone, r"\b[0-9]{3}-[0-9]{4}\b", b"-", is_short_phone),
    (
        K::Phone,
        concat!(
            r"(?i)\b(?:phone|tel|telephone|mobile|cell|fax|whatsapp|call|reach)[ :.](?:(?:me|us|",
            r"number|no|is|at|on|back)[ :.]{1,2}){0,4}([0-9(][0-9 ().\-/]{5,18}[0-9])\b",
        ),
        DIGITS,
        is_phone,
    ),
    (
        K::Reference,
        concat!(
            r"(?i)\b(?:(?:number|licen[cs]e|registration) )?plates?[ :]{1,2}(?:is |no\.? |number )?",
            r"([A-Z]{1,3}[- ]?[A-Z]{0,2}[- ]?[0-9]{1,4}[A-Z]{0,3})\b",
        ),
        DIGITS,
        always,
    ),
    (K::Version, r"\b[vV][0-9]+(?:\.[0-9]+)*(?:[-+][A-Za-z0-9.]*[A-Za-z0-9])*\b", DIGITS, always),
    (
        K::Version,
        concat!(
            r"(?i)\b(?:version|ver\.?|release|firmware|build)[ :=]{1,2}(?:is |",
            r"number )?(v?[0-9]+(?:\.[0-9a-z]+)+(?:[-+][a-z0-9.]*[a-z0-9])*)\b",
        ),
        DIGITS,
        always,
    ),
    (
        K::Version,
        r"\b[0-9]+\.[0-9]+\.[0-9]+(?:\.[0-9]+)*(?:-[A-Za-z0-9.]*[A-Za-z0-9])*\b",
        b".",
        always,
    ),
    (
        K::Version,
        concat!(
            r"(?i)\b(?:version|revision|rev\.?|release|firmware|build|windows|android|ios|ipados|macos|office|",
            r"outlook|chrome|firefox|safari|edge|php|java|python|debian|fedora) [0-9]+\b",
        ),
        DIGITS,
        has_no_fraction,
    ),
    (
        K::Version,
        concat!(
            r"(?i)\b(?:windows|android|ios|ipados|macos|office|outlook|chrome|firefox|safari|edge|",
            r"php|java|node|python|debian|ubuntu|fedora|driver|dotnet|jdk|jre) [0-9]+\.[0-9]+\b",
        ),
        b".",
        always,
    ),
    (
        K::Version,
        concat!(
            r"\b(?:[A-Z][A-Za-z]*[a-z]|i[A-Z][A-Za-z]*|[a-z]+[A-Z]{1,2}|on|to|from|since|in|",
            r"using|running|app|after|or|and|version|driver|firmware|client|connector|agent|",
            r"plugin|",
            r"patch|update|release|build|UPDATE|VERSION|RELEASE|BUILD)s? ([0-9]{1,4}\.[0-9]{1,4})\b",
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
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_look_finds_whatever_one_of_many_does() {
        let texts = [
            "paid $5.50",
            "12 EUR",
            "+49 30 1234567",
            "555-0199",
            "v1.2",
            "Windows 11",
            "E403",
            "ERR_FAILED",
            "0x80070005",
            "error code 7",
            "port 8080",
            "AB 12345",
            "no find at all",
        ];
        for family in compile().unwrap() {
            let Some(any) = &family.any else { continue };
            for text in texts {
                let one = family.patterns.iter().any(|pattern| pattern.regex.is_match(text));
                assert_eq!(any.is_match(text), one, "{text}");
            }
        }
    }
}
