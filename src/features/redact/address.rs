//! Addresses: e-mail, web, IP version 6.

use std::net::Ipv6Addr;

use super::super::offsets::Replacement;

/// Longest part of an e-mail address before or after the `@` that is looked at, in bytes.
const ADDRESS_BYTES: usize = 255;

/// E-mail addresses, with the angle brackets around them.
pub(super) fn emails(text: &str) -> Vec<Replacement> {
    let mut found: Vec<Replacement> = Vec::new();
    for (at, _) in text.match_indices('@') {
        let done = found.last().map_or(0, |last| last.bytes.end);
        let bytes = text.as_bytes();
        let word =
            |byte: Option<&u8>| byte.is_some_and(|c| c.is_ascii_alphanumeric() || *c >= 0x80);
        // A cheap look first: a text of nothing but `@` is no reason to search at each of them.
        let worth = bytes[..at].last().is_some_and(|c| *c != b'@') && word(bytes.get(at + 1));
        if at < done || !worth {
            continue;
        }
        let Some((mut from, mut to)) = email_around(text, at, done) else { continue };
        let bracketed = from > done && bytes[from - 1] == b'<' && bytes.get(to) == Some(&b'>');
        if bracketed {
            (from, to) = (from - 1, to + 1);
        }
        found.push(Replacement { bytes: from..to, with: "<email>" });
    }
    found
}

fn email_around(text: &str, at: usize, done: usize) -> Option<(usize, usize)> {
    let mut from = at;
    for (place, found) in text[done..at].char_indices().rev() {
        if !(found.is_alphanumeric() || "._%+-'".contains(found)) || at - from > ADDRESS_BYTES {
            break;
        }
        from = done + place;
    }
    from += text[from..at].len() - text[from..at].trim_start_matches(['.', '\'', '-']).len();
    let mut to = at + 1;
    for (place, found) in text[at + 1..].char_indices() {
        if !(found.is_alphanumeric() || found == '.' || found == '-') || place > ADDRESS_BYTES {
            break;
        }
        to = at + 1 + place + found.len_utf8();
    }
    let domain = text[at + 1..to].trim_end_matches(['.', '-']);
    let (host, top) = domain.rsplit_once('.')?;
    let real_top = top.chars().count() >= 2 && top.chars().all(char::is_alphabetic);
    let plain_host = !host.is_empty() && !host.starts_with(['.', '-']) && !host.contains("..");
    (from < at && real_top && plain_host).then_some((from, at + 1 + domain.len()))
}

/// What web addresses carry besides host and path: user names, queries, fragments.
pub(super) fn queries(text: &str) -> Vec<Replacement> {
    let mut found: Vec<Replacement> = Vec::new();
    let mut done = 0;
    for (at, mark) in text.match_indices("://") {
        if at < done {
            continue;
        }
        let start = at + mark.len();
        let end = start + address_len(&text[start..]);
        done = end;
        let address = &text[start..end];
        let authority = address.find(['/', '?', '#']).unwrap_or(address.len());
        if let Some(user) = address[..authority].rfind('@').filter(|user| *user > 0) {
            found.push(Replacement { bytes: start..start + user, with: "<query>" });
        }
        if let Some(mark) = address[authority..].find(['?', '#'])
            && authority + mark + 1 < address.len()
        {
            found.push(Replacement { bytes: start + authority + mark + 1..end, with: "<query>" });
        }
    }
    if text.contains("www.") { super::merge(found, bare_queries(text)) } else { found }
}

/// The same for addresses that begin with `www.`.
fn bare_queries(text: &str) -> Vec<Replacement> {
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
            found.push(Replacement { bytes: start + mark + 1..end, with: "<query>" });
        }
    }
    found
}

/// Length of a web address, without the punctuation of the sentence around it.
fn address_len(rest: &str) -> usize {
    let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`' | '|');
    let address = &rest[..rest.find(ends).unwrap_or(rest.len())];
    address.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '}', '\'', '*']).len()
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
        let long = token.len() <= 39 && names_a_machine(token);
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
        assert_eq!(masked("ｊｏ＠ｘ．ｉｏ"), "<email>");
    }

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
        ];
        for (text, want) in cases {
            assert_eq!(masked(text), want);
        }
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
