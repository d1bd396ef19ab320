//! Addresses: e-mail, IP version 6.

use std::{net::Ipv6Addr, ops::Range};

use super::super::offsets::Replacement;

/// Longest part of an e-mail address before or after the `@` that is looked at, in bytes.
const ADDRESS_BYTES: usize = 255;

/// What stands between the two parts of an address: as it is, and as web addresses spell it.
const MARKS: &[&str] = &["@", "%40"];

/// E-mail addresses, with the angle brackets around them.
pub(super) fn emails(text: &str) -> Vec<Replacement> {
    let mut found = Vec::new();
    for mark in MARKS {
        // A text without any is the usual case, and looking for one is cheap.
        if text.contains(mark) {
            found = super::merge(found, emails_around(text, mark));
        }
    }
    found
}

fn emails_around(text: &str, mark: &str) -> Vec<Replacement> {
    let mut found: Vec<Replacement> = Vec::new();
    for (at, _) in text.match_indices(mark) {
        let done = found.last().map_or(0, |last| last.bytes.end);
        let bytes = text.as_bytes();
        let after = at + mark.len();
        let word =
            |byte: Option<&u8>| byte.is_some_and(|c| c.is_ascii_alphanumeric() || *c >= 0x80);
        // A cheap look first: a text of nothing but `@` is no reason to search at each of them.
        let worth = bytes[..at].last().is_some_and(|c| *c != b'@') && word(bytes.get(after));
        if at < done || !worth || super::web::ends_user(text, at) {
            continue;
        }
        let Some((mut from, mut to)) = email_around(text, at..after, done) else { continue };
        let bracketed = from > done && bytes[from - 1] == b'<' && bytes.get(to) == Some(&b'>');
        if bracketed {
            (from, to) = (from - 1, to + 1);
        }
        found.push(Replacement { bytes: from..to, with: "<email>" });
    }
    found
}

fn email_around(text: &str, mark: Range<usize>, done: usize) -> Option<(usize, usize)> {
    let at = mark.start;
    let mut from = at;
    for (place, found) in text[done..at].char_indices().rev() {
        if !(found.is_alphanumeric() || "._%+-'".contains(found)) || at - from > ADDRESS_BYTES {
            break;
        }
        from = done + place;
    }
    from += text[from..at].len() - text[from..at].trim_start_matches(['.', '\'', '-']).len();
    let mut to = mark.end;
    for (place, found) in text[mark.end..].char_indices() {
        if !(found.is_alphanumeric() || found == '.' || found == '-') || place > ADDRESS_BYTES {
            break;
        }
        to = mark.end + place + found.len_utf8();
    }
    let domain = text[mark.end..to].trim_end_matches(['.', '-']);
    let (host, top) = domain.rsplit_once('.')?;
    let real_top = top.chars().count() >= 2 && top.chars().all(char::is_alphabetic);
    let plain_host = !host.is_empty() && !host.starts_with(['.', '-']) && !host.contains("..");
    (from < at && real_top && plain_host).then_some((from, mark.end + domain.len()))
}

/// IP addresses of version 6. The short ones that name no machine (`::1`) stay.
pub(super) fn ips_v6(text: &str) -> Vec<Replacement> {
    let mut found = Vec::new();
    let mut done = 0;
    for (at, _) in text.match_indices(':') {
        if at < done {
            continue;
        }
        let part = |c: &u8| c.is_ascii_hexdigit() || *c == b':';
        let bytes = text.as_bytes();
        // A group has at most four digits, so there is no need to look further back.
        let back = bytes[done.max(at.saturating_sub(5))..at].iter().rev().take_while(|c| part(c));
        let start = at - back.count();
        let end = at + bytes[at..].iter().take_while(|c| part(c)).count();
        done = end;
        let inside =
            |byte: Option<&u8>| byte.is_some_and(|c| c.is_ascii_alphanumeric() || *c == b'_');
        let bounded = !inside(bytes[..start].last()) && !inside(bytes.get(end));
        let token = text[start..end].trim_end_matches(':');
        // A time of day is no address: those have all eight groups or leave some out.
        let whole = token.contains("::") || token.bytes().filter(|c| *c == b':').count() == 7;
        let long = whole && token.len() <= 39 && names_a_machine(token);
        if bounded && long && token.parse::<Ipv6Addr>().is_ok() {
            found.push(Replacement { bytes: start..start + token.len(), with: "<ip>" });
        }
    }
    found
}

/// `dead::beef` may be a name in a program; three groups or a first one of four digits is not.
fn names_a_machine(token: &str) -> bool {
    let groups: Vec<_> = token.split(':').filter(|group| !group.is_empty()).collect();
    let digit = token.bytes().any(|c| c.is_ascii_digit());
    digit && (groups.len() >= 3 || (groups.len() == 2 && groups[0].len() == 4))
}

#[cfg(test)]
mod tests {
    use super::super::masked;

    #[test]
    fn email_addresses_are_masked() {
        assert_eq!(masked("Mail jo.o'neil+x@mail.example.co.uk."), "Mail <email>.");
        assert_eq!(masked("Jo <jo@x.io>, ana@ex.com;b@c.de"), "Jo <email>, <email>;<email>");
        assert_eq!(masked("from:jo@x.io"), "from:<email>");
        assert_eq!(masked("jörg@müller.de"), "<email>");
        assert_eq!(masked("/u/jo%40x.io/orders"), "/u/<email>/orders");
        assert_eq!(masked("ｊｏ＠ｘ．ｉｏ"), "<email>");
    }

    #[test]
    fn ip_v6_addresses_are_masked_and_program_names_are_not() {
        assert_eq!(masked("from 2001:db8:85a3::8a2e:370:7334 ok"), "from <ip> ok");
        assert_eq!(masked("fe80::1: no route"), "<ip>: no route");
        for kept in ["::1", "std::fmt", "dead::beef", "00:1a:2b:3c:4d:5e", "10:22:33"] {
            assert_eq!(masked(kept), kept);
        }
    }
}
