//! Log lines, stack traces, code and data, told from somebody's own words line by line.

use regex::{Regex, RegexSet};

use super::redact::PLACEHOLDERS;

/// What a line of log, trace, code or data looks like from its beginning.
const LOG_LINES: &[&str] = &[
    // Stack frames of Java, JavaScript, C#, Python, Rust, Go.
    r"^at [\w.$<>/\[\]]+ ?\(.*\)",
    r"^at [\w.$<>/:-]+:\d+(?::\d+)?$",
    r#"^File "[^"]+", line \d+"#,
    r"^\.\.\. \d+ (?:more|common frames)",
    r"^Caused by: \S+",
    r"^Traceback(?: \(most recent call last\))?:?$",
    r"^(?:[\w.$]+\.)?[A-Z][a-z]\w*[A-Z]?\w*(?:Error|Exception)(?:: .*|$)",
    r"^Exception in thread ",
    r"^thread '.*' panicked at ",
    r"^goroutine \d+ \[",
    r"^#\d+ +(?:0x[0-9a-f]+|[\w:]+\()",
    // Time stamps with a level, levels with a time stamp, system logs, access logs.
    r"^[\[(]?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d.{0,40}\b(?i:error|warn(?:ing)?|info|debug|fatal|
        trace|notice|critical|severe)\b",
    r"^[\[(]?\d\d:\d\d:\d\d.{0,24}\b(?:ERROR|WARN(?:ING)?|INFO|DEBUG|FATAL|TRACE|CRITICAL|
        SEVERE)\b",
    r"^\[?(?:ERROR|WARN(?:ING)?|INFO|DEBUG|FATAL|TRACE|CRITICAL|SEVERE)\]?:? *[\[(]?\d",
    r"^\[(?:ERROR|WARN(?:ING)?|INFO|DEBUG|FATAL|TRACE|CRITICAL|SEVERE|error|warn|info|debug)\]",
    r"^(?:npm|yarn|pip|cargo) (?:ERR!|WARN|error|warning)",
    r"^[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d \S+ \S+(?:\[\d+\])?:",
    r#"^\S+ \S+ \S+ \[[^\]]+\] "[A-Z]+ "#,
    r"^(?:time|ts|level|lvl|timestamp)=\S+ \w+=",
    // HTTP, JSON, XML, hex.
    r"^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) \S+ HTTP/\d",
    r"^HTTP/\d(?:\.\d)? \d{3}\b",
    r#"^"[^"]+" ?: ?(?:[\[{"\d-]|true|false|null)"#,
    r#"^[{\[].*"[^"]*" ?:.*[}\],]$"#,
    r"^[{}\[\]()]+[,;]?$",
    r"^</?[a-z][\w:-]*(?: [\w:-]+=[^>]*)?/?>.*</?[a-z][\w:-]*>$",
    r"^</[a-z][\w:-]*>$",
    r"^<(?:\?xml|!DOCTYPE)",
    r"^(?:0x)?[0-9a-fA-F]{4,16}:? +(?:[0-9a-fA-F]{2,4} +){3,}",
    // Code and commands.
    r"^(?:[$#] |>>> ?|#!|C:\\.*>)[a-z./]\S*",
    r"^(?:import|from|def|class|return|const|let|var|function|public|private|static|async|if|for|
        while|try|catch|else|fn|pub|use) ?.*(?:[;{]|\):|\) ?=>.*)$",
    r"^(?i:select) .+ (?i:from) .+ (?i:where|limit|join|group by|;)",
    r"^(?:curl|wget|ssh|docker|kubectl|git|sudo) (?:-|\S+ (?:-|\S*/))",
    r"^[\w.\]\[]+ ?[-+]?= ?.+;$",
    r"^[\w.]+\(.*\);?$",
];

/// Tells log lines.
#[derive(Debug)]
pub(super) struct LogLines {
    set: RegexSet,
    placeholder: Regex,
}

/// Longest beginning of a line that is looked at, in bytes: what a line is shows early.
const HEAD_BYTES: usize = 400;

impl LogLines {
    /// Compiles the patterns.
    pub(super) fn new() -> Result<Self, regex::Error> {
        // Words of ASCII are enough for logs, and the automaton stays small.
        let plain = |pattern: &&str| {
            let pattern = pattern.lines().map(str::trim_start).collect::<String>();
            let pattern = pattern.replace(r"\b", r"(?-u:\b)").replace(r"\d", "[0-9]");
            pattern.replace(r"\w", "[0-9A-Za-z_]")
        };
        let names = PLACEHOLDERS.join("|");
        Ok(Self {
            set: RegexSet::new(LOG_LINES.iter().map(plain))?,
            placeholder: Regex::new(&names)?,
        })
    }

    /// True if the line is no prose.
    pub(super) fn holds(&self, line: &str) -> bool {
        if line.len() < 4 {
            return matches!(line, "{" | "}" | "[" | "]" | "}," | "]," | "});" | "};" | "})");
        }
        let head = head(line);
        let starts_like_code = head.starts_with(|c: char| c.is_ascii_punctuation());
        let has_marks = head.bytes().any(|c| c.is_ascii_digit() || b"(){}[]=;:<>\\|_".contains(&c));
        if !starts_like_code && !has_marks && !names_a_fault(head) {
            return false;
        }
        // A message is no JSON only because it begins with a placeholder such as `<email>`.
        if head.starts_with('<') && PLACEHOLDERS.iter().any(|name| head.starts_with(name)) {
            return self.is_mostly_marks(head) || (head.contains('"') && self.set.is_match(head));
        }
        self.set.is_match(head) || self.is_mostly_marks(head) || is_blob(head)
    }

    /// Few plain words among many symbols, digits and identifiers.
    fn is_mostly_marks(&self, line: &str) -> bool {
        let line = self.placeholder.replace_all(line, "");
        let (mut plain, mut marks, mut all, mut strong) = (0, 0, 0, false);
        for token in line.split_whitespace() {
            if token.contains("://") {
                return false;
            }
            all += token.chars().count();
            let word = token.trim_matches(|c: char| ",.!?;:'\"()-*".contains(c));
            if word.chars().all(|c| c.is_alphabetic() || c == '\'' || c == '’' || c == '-') {
                plain += word.chars().count();
            }
            marks +=
                token.bytes().filter(|c| c.is_ascii_punctuation() || c.is_ascii_digit()).count();
            strong |= token.bytes().any(|c| b"{}[]=;|\\_<>".contains(&c)) || token.contains("::");
        }
        strong && all >= 12 && plain * 10 < all * 3 && marks * 4 >= all
    }
}

/// The words that make a line of nothing but letters part of a trace.
fn names_a_fault(line: &str) -> bool {
    ["Traceback", "Exception", "Error"].iter().any(|word| line.contains(word))
}

/// One long word of letters and digits: encoded data.
fn is_blob(line: &str) -> bool {
    let encoded = |c: u8| c.is_ascii_alphanumeric() || b"+/=_-".contains(&c);
    line.len() >= 48
        && line.bytes().all(encoded)
        && line.bytes().any(|c| c.is_ascii_digit())
        && line.bytes().any(|c| c.is_ascii_alphabetic())
}

fn head(line: &str) -> &str {
    let mut end = line.len().min(HEAD_BYTES);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    &line[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_traces_code_and_data_are_told() {
        let lines = LogLines::new().unwrap();
        let logs = [
            "at com.acme.Billing.charge(Billing.java:42)",
            "at Object.<anonymous> (/srv/app/index.js:10:5)",
            "File \"/srv/app.py\", line 3, in main",
            "Caused by: java.net.SocketTimeoutException: Read timed out",
            "Traceback (most recent call last):",
            "ValueError: invalid literal for int() with base 10: 'a'",
            "java.lang.NullPointerException",
            "2024-05-01T10:22:33Z ERROR billing: charge failed",
            "[2024-05-01 10:22:33] production.ERROR: boom",
            "10:22:33.123 [main] INFO  c.a.App - started",
            "ERROR 2024-05-01 boom",
            "<ip> - - [10/Oct/2024:13:55:36 +0000] \"GET /a HTTP/1.1\" 500 12",
            "\"status\": 500,",
            "{\"error\": \"not_found\", \"id\": 7}",
            "}",
            "00000010: 48 65 6c 6c 6f 20 77 6f 72 6c 64",
            "const x = await client.get('/a');",
            "$ npm install",
            "user_id=42|acc=77|st=ERR_9;x",
            "SELECT * FROM orders WHERE id = 7",
            "aGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8gd29ybGQ0",
        ];
        for line in logs {
            assert!(lines.holds(line), "{line}");
        }
    }

    #[test]
    fn own_words_are_no_log() {
        let lines = LogLines::new().unwrap();
        let prose = [
            "Order number: 12345",
            "My order #A-1234 (two items) has not arrived since 2024-05-01!",
            "I see error 503 at checkout (see https://x.io/a?<query>)",
            "<email>",
            "<email> is my address, <phone> my number",
            "Error: payment declined",
            "from the beginning it never worked",
            "at first it worked (yesterday)",
            "[screenshot attached]",
            "🎉🎉🎉 !!!",
            "$49.99 was charged twice",
            "Name: Jo",
            "if it fails again, I will cancel.",
            "https://app.example.com/a/b_c/d=1;e=2",
        ];
        for line in prose {
            assert!(!lines.holds(line), "{line}");
        }
    }
}
