//! Web addresses: host and path stay, user names, queries, fragments and tokens go.

use std::ops::Range;

use super::{super::offsets::Replacement, secret::SECRET};

/// What stands for what an address carries besides host and path.
const QUERY: &str = "<query>";

/// Parts of a path that are followed by a token which opens something.
const OPENING: &[&str] = &[
    "activate",
    "activation",
    "auth",
    "confirm",
    "confirmation",
    "invitation",
    "invite",
    "invites",
    "join",
    "login",
    "magic",
    "password",
    "reset",
    "session",
    "share",
    "signin",
    "sso",
    "token",
    "unsubscribe",
    "verification",
    "verify",
];

/// Shortest token in a path, in characters.
const TOKEN_CHARS: usize = 8;

/// What web addresses carry besides host and path: user names, tokens, queries, fragments.
pub(super) fn in_web(text: &str) -> Vec<Replacement> {
    let mut found = Vec::new();
    let mut done = 0;
    for (at, _) in text.match_indices('/') {
        if at < done {
            continue;
        }
        let start = at
            - text[done..at]
                .chars()
                .rev()
                .take_while(in_address)
                .map(char::len_utf8)
                .sum::<usize>();
        let end = at + address_len(&text[at..]);
        done = end.max(at + 1);
        if start < end {
            find_in(text, start..end, &mut found);
        }
    }
    if text.contains("www.") { super::merge(found, bare_hosts(text)) } else { found }
}

/// True if an `@` there ends the user name of a web address: host and path are to stay.
pub(super) fn ends_user(text: &str, at: usize) -> bool {
    let before = text[..at].bytes().rev().take(255).position(|c| {
        // What ends an address ends its user name too.
        matches!(c, b'/' | b'<' | b'>' | b'"' | b'`' | b'|') || c.is_ascii_whitespace()
    });
    before.is_some_and(|back| text[..at - back].ends_with("://"))
}

/// Looks at one address after the other where several stand without white space between them.
fn find_in(text: &str, range: Range<usize>, found: &mut Vec<Replacement>) {
    let mut part = Part { from: range.start, to: range.end, scheme: false };
    // A colon alone is found faster than the three marks, and most addresses have none.
    for (at, _) in text[range.clone()].match_indices(':') {
        let at = range.start + at;
        if !text[at..range.end].starts_with("://") {
            continue;
        }
        let letters = text[part.from..at].bytes().rev().take_while(u8::is_ascii_alphabetic);
        part.to = at - letters.count();
        let query = find_in_part(text, &part, found).filter(|mark| *mark < range.end);
        if let Some(mark) = query {
            // A query goes with everything that it carries, other addresses too.
            found.push(Replacement { bytes: mark..range.end, with: QUERY });
            return;
        }
        part = Part { from: at + "://".len(), to: range.end, scheme: true };
    }
    if let Some(mark) = find_in_part(text, &part, found).filter(|mark| *mark < range.end) {
        found.push(Replacement { bytes: mark..range.end, with: QUERY });
    }
}

/// A web address, or what stands before the first one.
struct Part {
    /// Where the host begins.
    from: usize,
    to: usize,
    /// Whether a scheme stands before.
    scheme: bool,
}

/// Finds user names and tokens; returns where a query or fragment begins.
fn find_in_part(text: &str, part: &Part, found: &mut Vec<Replacement>) -> Option<usize> {
    let mut from = part.from;
    if let Some(user) = user_len(&text[from..part.to]).filter(|user| part.scheme && *user > 0) {
        found.push(Replacement { bytes: from..from + user, with: QUERY });
        from += user;
    }
    let address = text[from..part.to].trim_end_matches([',', ';', '!', ')', ']', '.']);
    let authority = address.find(['/', '?', '#']).unwrap_or(address.len());
    let rest = &address[authority..];
    let mark = rest.find(['?', '#']).filter(|mark| {
        // Without a scheme, a question mark may be one.
        part.scheme || is_query(&rest[mark + 1..])
    });
    find_tokens(&rest[..mark.unwrap_or(rest.len())], from + authority, found);
    mark.map(|mark| from + authority + mark + 1)
}

/// Length of the user name and password that an address begins with.
fn user_len(address: &str) -> Option<usize> {
    let authority = &address[..address.find(['/', '?', '#']).unwrap_or(address.len())];
    authority.rfind('@').or_else(|| {
        // A password may have such a sign itself, and then it looks like a port that is none.
        let (_, port) = authority.split_once(':').filter(|_| !authority.starts_with('['))?;
        let odd = port.bytes().any(|c| !c.is_ascii_digit());
        address.find('@').filter(|_| odd)
    })
}

/// Parts of a path that open something: they follow a part that says so.
fn find_tokens(path: &str, at: usize, found: &mut Vec<Replacement>) {
    let (mut from, mut opens) = (at, false);
    for part in path.split('/') {
        let digit = part.bytes().any(|c| c.is_ascii_digit());
        if opens && digit && part.len() >= TOKEN_CHARS && part.bytes().all(in_token) {
            found.push(Replacement { bytes: from..from + part.len(), with: SECRET });
        }
        let says = |word: &str| OPENING.iter().any(|known| known.eq_ignore_ascii_case(word));
        opens = !part.is_empty() && part.split(['-', '_']).any(says);
        from += part.len() + 1;
    }
}

const fn in_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'=' | b'%')
}

/// True for `name=value`.
fn is_query(text: &str) -> bool {
    let name = text.bytes().take_while(|c| c.is_ascii_alphanumeric() || b"_.-[]%".contains(c));
    let len = name.count();
    len > 0 && text.as_bytes().get(len) == Some(&b'=')
}

/// The same for addresses without a path that begin with `www.`.
fn bare_hosts(text: &str) -> Vec<Replacement> {
    let mut found = Vec::new();
    let mut done = 0;
    for (start, _) in text.match_indices("www.") {
        if start < done {
            continue;
        }
        let end = start + address_len(&text[start..]);
        done = end;
        if let Some(mark) = text[start..end].find(['?', '#'])
            && start + mark + 1 < end
        {
            found.push(Replacement { bytes: start + mark + 1..end, with: QUERY });
        }
    }
    found
}

fn ends_address(c: char) -> bool {
    c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`' | '|')
}

/// True for what may stand before the first slash of an address.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "a filter of an iterator takes it so")]
fn in_address(c: &char) -> bool {
    !ends_address(*c) && !matches!(c, '(' | '[' | '{' | ',' | ';' | '=' | '\'')
}

/// Length of a web address, without the punctuation of the sentence around it.
fn address_len(rest: &str) -> usize {
    let address = &rest[..rest.find(ends_address).unwrap_or(rest.len())];
    address.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '}', '\'', '*']).len()
}

#[cfg(test)]
mod tests {
    use super::super::masked;

    #[test]
    fn web_addresses_keep_host_and_path_only() {
        let cases = [
            ("see https://x.io/a/b.html?t=1&u=2#top.", "see https://x.io/a/b.html?<query>."),
            ("https://jo:pw@x.io/a", "https://<query>@x.io/a"),
            ("(http://x.io/#frag)", "(http://x.io/#<query>)"),
            ("www.x.io/a?b=c ok", "www.x.io/a?<query> ok"),
            ("https://x.io/what?", "https://x.io/what?"),
            ("https://www.x.io/a?b=c", "https://www.x.io/a?<query>"),
            ("https://x.io/u/jo@x.io", "https://x.io/u/<email>"),
            ("x.io/login?user=Jo&code=7 ok", "x.io/login?<query> ok"),
            ("GET /v1/users?id=7 HTTP/1.1", "GET /v1/users?<query> HTTP/1.1"),
            ("https://x.io/reset/c1b2c3d4e5f6/now", "https://x.io/reset/<secret>/now"),
            ("x.io/verify-email/c1b2c3d4e5f6", "x.io/verify-email/<secret>"),
            ("https://x.io/invite/12345678?a=b", "https://x.io/invite/<secret>?<query>"),
            ("https://x.io/reset/password", "https://x.io/reset/password"),
            ("https://x.io/orders/A-77123456", "https://x.io/orders/A-77123456"),
            ("and/or? yes=no", "and/or? yes=no"),
            ("https://a!https://jo:pw@b", "https://a!https://<query>@b"),
            ("http://a,http://jo:pw@b/c,d://me:pw@e", "http://a,http://<query>@b/c,d://<query>@e"),
            ("x.io/reset/c1b2c3d4,https://y", "x.io/reset/<secret>,https://y"),
            ("x.io/to/https://jo:pw@b/c?d", "x.io/to/https://<query>@b/c?<query>"),
            ("https://x.io/?to=https://jo:pw@b/c", "https://x.io/?<query>"),
            ("db://jo:p/w#1@b/c", "db://<query>@b/c"),
            ("https://x.io:80/u/jo@x.io", "https://x.io:80/u/<email>"),
        ];
        for (text, want) in cases {
            assert_eq!(masked(text), want);
        }
    }
}
