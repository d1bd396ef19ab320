//! Secrets: keys, tokens, passwords.

use std::ops::Range;

use regex::{Captures, Regex};

use super::super::offsets::Replacement;

/// Keys that tell themselves by their first letters, and what headers carry. The group `value`
/// is what must go, the whole match where there is none.
const TOKENS: &str = r#"(?x)
    \b(?:sk|pk|rk)[_-](?:live|test|proj|ant)[_-][A-Za-z0-9_-]{8,}
  | \bsk-[A-Za-z0-9]{20,}
  | \b(?:AKIA|ASIA)[A-Z0-9]{12,}
  | \b(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{16,} | \bgithub_pat_[A-Za-z0-9_]{16,}
  | \bglpat-[A-Za-z0-9_-]{16,}
  | \bxox[a-z]-[A-Za-z0-9-]{8,}
  | \bAIza[A-Za-z0-9_-]{20,}
  | \bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}
  | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?
  | \b(?:Bearer|bearer|BEARER|Basic)\ (?P<value>[A-Za-z0-9._~+/=-]{12,})
  | \b[Aa]uthorization["']?\ ?[:=]\ ?["']?(?:[A-Za-z-]{3,20}\ )?(?P<header>[^\s"'<>,;]{8,})
  | \b[Cc]ookie["']?:\ ?["']?(?P<cookie>[A-Za-z0-9_.-]+=[^\n"'<>]+)
"#;

/// A name for a secret, and what stands after a sign or a verb. Names inside longer ones count,
/// such as `DB_PASSWORD` and `x-api-key`.
const LABELLED: &str = r#"(?ix)
    (?: (?:pass(?:word|code|phrase|wd)|pwd|secret|token|(?:api|access|private|account)[\ _-]?key
          |credentials?) (?:[_-]?(?:access[_-]?key|key|hash|string))?
      | (?:\b|_)pw
      | (?:\b|_) (?P<digits>pin|otp|cvv2?|cvc
            |(?:security|verification|one-time|login|2fa|sms)\ (?:code|pin)) )
    (?:\ (?:code|number|value))?
    ["']?
    (?: \ ?(?P<sign>[:=])\ ?(?:is\ )? | \ (?:is|was|are)\ (?:now\ |still\ )?(?:[:=]\ ?)? )
    (?: "(?P<double>[^"\n<>]{3,128})" | '(?P<single>[^'\n<>]{3,128})' | `(?P<code>[^`\n<>]{3,128})`
      | ["'`]? (?P<value>[^\s"'`<>]{3,}) )
"#;

/// A name for a secret with what may be one in the same breath: only what looks like one counts.
const TOLD: &str = r#"(?ix)
    (?:pass(?:word|code|phrase|wd)|secret|token|(?:api|access|private|account)[\ _-]?key|\bpw)
    \ (?: to\ | as\ | (?:[a-z']{1,12}\ ){1,4}(?:is|was|to)\ )?
    ["'`(]? (?P<value>[^\s"'`<>()]{6,})
"#;

/// Words that may follow "my password is" and are none, besides those that end like a verb.
const NO_VALUES: &[&str] = &[
    "about",
    "accepted",
    "again",
    "all",
    "already",
    "also",
    "always",
    "and",
    "another",
    "back",
    "bad",
    "blank",
    "both",
    "broken",
    "but",
    "can",
    "case-sensitive",
    "completely",
    "correct",
    "different",
    "empty",
    "failing",
    "fine",
    "for",
    "forgotten",
    "from",
    "good",
    "gone",
    "hidden",
    "incorrect",
    "invalid",
    "just",
    "known",
    "lost",
    "missing",
    "never",
    "new",
    "not",
    "now",
    "null",
    "old",
    "only",
    "out",
    "outdated",
    "probably",
    "really",
    "required",
    "reset",
    "right",
    "same",
    "secure",
    "sent",
    "set",
    "shown",
    "simply",
    "stolen",
    "strong",
    "that",
    "the",
    "there",
    "this",
    "too",
    "true",
    "false",
    "unknown",
    "valid",
    "very",
    "visible",
    "weak",
    "what",
    "where",
    "which",
    "wrong",
    "your",
    "still",
    "in-app",
    "none",
    "please",
    "how",
    "why",
    "when",
    "short",
    "long",
    "safe",
    "it",
];

/// Longest name of a secret, in bytes, that may stand at the end of the value before.
const NAME_BYTES: usize = 48;

/// What stands for a secret.
pub(super) const SECRET: &str = "<secret>";

/// Marks the beginning and the end of a private key.
const KEY_BEGIN: &str = "-----BEGIN ";
const KEY_END: &str = "-----END ";

/// The compiled patterns.
#[derive(Debug)]
pub(super) struct Patterns {
    tokens: Regex,
    labelled: Regex,
    told: Regex,
}

impl Patterns {
    pub(super) fn new() -> Result<Self, regex::Error> {
        // A word edge of ASCII is enough here and keeps the search fast beside other letters.
        let compile = |pattern: &str| Regex::new(&pattern.replace(r"\b", r"(?-u:\b)"));
        Ok(Self { tokens: compile(TOKENS)?, labelled: compile(LABELLED)?, told: compile(TOLD)? })
    }

    pub(super) fn find(&self, text: &str) -> Vec<Replacement> {
        let found = super::merge(private_keys(text), self.tokens(text));
        super::merge(super::merge(found, self.labelled(text)), self.told(text))
    }

    fn tokens(&self, text: &str) -> Vec<Replacement> {
        let mut tokens = Vec::new();
        for found in self.tokens.captures_iter(text) {
            let value = ["value", "header", "cookie"].iter().find_map(|name| found.name(name));
            if let Some(value) = value.or_else(|| found.get(0)) {
                tokens.push(Replacement { bytes: value.range(), with: SECRET });
            }
        }
        tokens
    }

    fn labelled(&self, text: &str) -> Vec<Replacement> {
        every(&self.labelled, text, |found| {
            let quoted = ["double", "single", "code"].iter().find_map(|name| found.name(name));
            let value = quoted.or_else(|| found.name("value"))?;
            let kept =
                if quoted.is_some() { value.as_str() } else { without_marks(value.as_str()) };
            let digits = kept.bytes().any(|c| c.is_ascii_digit());
            let needs_digits = found.name("digits").is_some();
            let none = kept.is_empty() || (needs_digits && !digits) || is_word(kept);
            (!none).then(|| value.start()..value.start() + kept.len())
        })
    }

    fn told(&self, text: &str) -> Vec<Replacement> {
        every(&self.told, text, |found| {
            let value = found.name("value")?;
            let kept = without_marks(value.as_str());
            looks_secret(kept).then(|| value.start()..value.start() + kept.len())
        })
    }
}

/// All secrets that a pattern finds, where a value may end with the name of the next secret.
fn every(
    pattern: &Regex,
    text: &str,
    secret: impl Fn(&Captures<'_>) -> Option<Range<usize>>,
) -> Vec<Replacement> {
    let mut all: Vec<Replacement> = Vec::new();
    let mut from = 0;
    while let Some(found) = pattern.captures_at(text, from) {
        match (secret(&found), all.last_mut()) {
            (Some(bytes), Some(last)) if bytes.start < last.bytes.end => {
                last.bytes.end = last.bytes.end.max(bytes.end);
            }
            (Some(bytes), _) => all.push(Replacement { bytes, with: SECRET }),
            (None, _) => {}
        }
        // The value is the last group; a name is far shorter than what is looked at again.
        let groups = || found.iter().flatten();
        let value = groups().map(|group| group.start()).max().unwrap_or(from);
        let end = groups().map(|group| group.end()).max().unwrap_or(text.len());
        from = value.max(end.saturating_sub(NAME_BYTES)).max(from + 1);
        while !text.is_char_boundary(from) {
            from += 1;
        }
        if from >= text.len() {
            break;
        }
    }
    all
}

/// Without the punctuation of the sentence around it.
fn without_marks(value: &str) -> &str {
    let own = match value.find("://") {
        // A web address is none, and is looked at by itself.
        Some(at) => value[..at].trim_end_matches(|c: char| c.is_ascii_alphanumeric()),
        None => value,
    };
    own.trim_end_matches(['.', ',', ';', '!', '?', ')', ']', '}'])
}

/// True for letters and at least two digits, or letters with a mark inside that no word has, and
/// no address: nobody writes that but as a password or key.
fn looks_secret(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().any(|c| c.is_ascii_alphabetic());
    let marked = value.contains(['!', '#', '$', '%', '^', '&', '*']);
    let long = value.chars().count() >= 6;
    long && letters && (digits >= 2 || (digits == 1 && marked)) && !value.contains("://")
}

/// True for what is said of a password, false for what may be one.
fn is_word(value: &str) -> bool {
    // Of several words in quotes the first one tells.
    let (first, several) = value.split_once(' ').map_or((value, false), |(first, _)| (first, true));
    if several && value.bytes().any(|c| c.is_ascii_digit()) {
        return false;
    }
    let small = first.to_ascii_lowercase();
    let letters = small.bytes().all(|c| c.is_ascii_alphabetic());
    NO_VALUES.contains(&small.as_str())
        || (letters && (small.ends_with("ed") || small.ends_with("ing")))
}

fn private_keys(text: &str) -> Vec<Replacement> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find(KEY_BEGIN).map(|at| from + at) {
        let head = text[at..].lines().next().unwrap_or_default();
        if !head.contains("PRIVATE KEY") {
            from = at + KEY_BEGIN.len();
            continue;
        }
        // A key whose end is missing was cut off: everything after it may belong to it.
        let end = text[at..].find(KEY_END).map_or(text.len(), |end| {
            let line = &text[at + end..];
            at + end + line.find('\n').unwrap_or(line.len())
        });
        found.push(Replacement { bytes: at..end, with: SECRET });
        from = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::masked;

    #[test]
    fn keys_and_tokens_are_masked() {
        // Put together here, so that no scanner takes the test for a leak.
        let cases = [
            format!("sk_{}_4eC39HqLyjWDarjtT1zdp7dc", "live"),
            format!("{}IOSFODNN7EXAMPLE", "AKIA"),
            format!("{}_16C7e42F292c6912E7710c838347Ae178B4a", "ghp"),
            format!("{}-2345-abcdefgh", "xoxb"),
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmN".to_owned(),
        ];
        for key in cases {
            assert_eq!(masked(&format!("key {key}, ok")), "key <secret>, ok");
        }
        assert_eq!(masked("Authorization: Bearer abcdef.123456"), "Authorization: Bearer <secret>");
        let key = "a -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb";
        assert_eq!(masked(key), "a <secret>\nb");
    }

    #[test]
    fn the_value_after_a_label_is_masked_and_the_label_stays() {
        let cases = [
            ("password: hunter2", "password: <secret>"),
            ("my password is Tr0ub4dor&3.", "my password is <secret>."),
            ("Password = sunshine", "Password = <secret>"),
            ("my password is sunshine", "my password is <secret>"),
            ("api_key=\"abc123def\"", "api_key=\"<secret>\""),
            ("the PIN is 4421, thanks", "the PIN is <secret>, thanks"),
            ("verification code: 884213", "verification code: <secret>"),
            ("\"token\": \"abc-999\"", "\"token\": \"<secret>\""),
            ("\"password\": \"my old dog 7\",", "\"password\": \"<secret>\","),
            ("DB_PASSWORD=pg-Secret-551", "DB_PASSWORD=<secret>"),
            ("x-api-key: 9f8e7d6c5b4a", "x-api-key: <secret>"),
            ("aws_secret_access_key = wJal/K7MD", "aws_secret_access_key = <secret>"),
            ("SharedAccessKey=AbC0123=;x", "SharedAccessKey=<secret>"),
            ("Authorization: Token 0a1b2c3d4e", "Authorization: Token <secret>"),
            ("Cookie: sid=8d7f; theme=dark", "Cookie: <secret>"),
            ("password: a1b2c3!password: d4e5f6", "password: <secret> <secret>"),
            ("with password Xy12zz34 please", "with password <secret> please"),
            ("I set my password to Tr0ub4dor&3.", "I set my password to <secret>."),
            ("the password I use is Blue-Horse-91", "the password I use is <secret>"),
        ];
        for (text, want) in cases {
            assert_eq!(masked(text), want);
        }
    }

    #[test]
    fn what_is_said_of_a_password_stays() {
        let texts = [
            "I reset my password to get in and it still fails",
            "password reset link expired, the token I got is wrong",
            "The password policy of v2.3.1 says: password \"not accepted\"",
            "max_tokens: 8192 and token_count=512",
            "password_min_length: 12",
            "My password manager is 1Password and the secret is out",
            "unexpected token } in JSON at position 12",
            "cookie: the banner never closes",
            "the access key to order A-77123 does not work",
        ];
        for text in texts {
            assert_eq!(masked(text), text);
        }
    }
}
