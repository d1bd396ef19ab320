//! Secrets: keys, tokens, passwords.

use regex::Regex;

use super::super::offsets::Replacement;

/// Keys that tell themselves by their first letters, and what follows `Bearer`. The group
/// `value` is what must go, the whole match where there is none.
const TOKENS: &str = r"(?x)
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
";

/// A name for a secret, and what stands after it.
const LABELLED: &str = r#"(?ix)
    \b(?: (?:pass(?:word|code|phrase|wd)|pwd|secret|token|api[\ _-]?key|access[\ _-]?key
          |client[\ _-]?secret|private[\ _-]?key|credentials?)
        | (?P<digits>pin|otp|cvv2?|cvc
            |(?:security|verification|one-time|login|2fa|sms)\ (?:code|pin)) )
    (?:\ (?:code|number|value))?
    ["']?
    (?: \ ?(?P<sign>[:=])\ ?(?:is\ )? | \ (?:is|was|are)\ (?:now\ |still\ )?(?:[:=]\ ?)? )
    ["'`]? (?P<value>[^\s"'`<>]{3,})
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

/// Marks the beginning and the end of a private key.
const KEY_BEGIN: &str = "-----BEGIN ";
const KEY_END: &str = "-----END ";

/// The compiled patterns.
#[derive(Debug)]
pub(super) struct Patterns {
    tokens: Regex,
    labelled: Regex,
}

impl Patterns {
    pub(super) fn new() -> Result<Self, regex::Error> {
        // A word edge of ASCII is enough here and keeps the search fast beside other letters.
        let compile = |pattern: &str| Regex::new(&pattern.replace(r"\b", r"(?-u:\b)"));
        Ok(Self { tokens: compile(TOKENS)?, labelled: compile(LABELLED)? })
    }

    pub(super) fn find(&self, text: &str) -> Vec<Replacement> {
        let mut tokens = Vec::new();
        for found in self.tokens.captures_iter(text) {
            if let Some(value) = found.name("value").or_else(|| found.get(0)) {
                tokens.push(Replacement { bytes: value.range(), with: "<secret>" });
            }
        }
        let mut labelled = Vec::new();
        for found in self.labelled.captures_iter(text) {
            let Some(value) = found.name("value") else { continue };
            let kept = value.as_str().trim_end_matches(['.', ',', ';', '!', '?', ')', ']', '}']);
            let digits = kept.bytes().any(|c| c.is_ascii_digit());
            let needs_digits = found.name("digits").is_some();
            if kept.is_empty() || (needs_digits && !digits) || is_word(kept) {
                continue;
            }
            let bytes = value.start()..value.start() + kept.len();
            labelled.push(Replacement { bytes, with: "<secret>" });
        }
        super::merge(super::merge(private_keys(text), tokens), labelled)
    }
}

/// True for what is said of a password, false for what may be one.
fn is_word(value: &str) -> bool {
    let small = value.to_ascii_lowercase();
    let letters = small.bytes().all(|c| c.is_ascii_alphabetic());
    NO_VALUES.contains(&small.as_str())
        || (letters && (small.ends_with("ed") || small.ends_with("ing")))
        || value.contains("://")
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
        found.push(Replacement { bytes: at..end, with: "<secret>" });
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
        ];
        for (text, want) in cases {
            assert_eq!(masked(text), want);
        }
    }
}
