//! Bank accounts: IBAN.

use super::{
    super::offsets::Replacement,
    number::{goes_on, sticks, sticks_after},
};

/// Length of an account number per country.
///
/// Source: SWIFT IBAN registry, release 99.
const IBAN_LENGTHS: &str = "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22\
    DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26\
    IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23\
    PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22\
    VG24XK20YE30";

/// Account numbers with a right length and checksum, in one block or in groups.
pub(super) fn ibans(text: &str) -> Vec<Replacement> {
    let mut found: Vec<Replacement> = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at + 4 <= bytes.len() {
        if !bytes[at + 1].is_ascii_alphabetic() {
            at += 2;
            continue;
        }
        if bytes[at + 2].is_ascii_alphabetic() {
            at += 1;
            continue;
        }
        let check = at + 2 + usize::from(matches!(bytes[at + 2], b' ' | b'-'));
        let head = bytes[at].is_ascii_alphabetic()
            && bytes[check].is_ascii_digit()
            && bytes.get(check + 1).is_some_and(u8::is_ascii_digit)
            && (at == 0 || bytes[at - 1] == b'=' || !sticks(bytes[at - 1]));
        match head.then(|| iban_end(text, at)).flatten() {
            Some(end) => {
                found.push(Replacement { bytes: at..end, with: "<iban>" });
                at = end;
            }
            // The byte after the two letters is none, so that no country begins before it.
            None => at += 3,
        }
    }
    found
}

/// Where the account number that begins here ends.
fn iban_end(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let country = text[from..from + 2].to_ascii_uppercase();
    let mut entries = IBAN_LENGTHS.as_bytes().chunks(4);
    let entry = entries.find(|entry| entry.starts_with(country.as_bytes()))?;
    let length = usize::from(entry[2] - b'0') * 10 + usize::from(entry[3] - b'0');
    let mut compact: Vec<u8> = Vec::with_capacity(length);
    let (mut at, mut regular) = (from, true);
    while compact.len() < length {
        let byte = *bytes.get(at)?;
        at += 1;
        if byte.is_ascii_alphanumeric() {
            compact.push(byte.to_ascii_uppercase());
        } else if !matches!(byte, b' ' | b'-') || matches!(bytes[at - 2], b' ' | b'-') {
            return None;
        } else {
            regular &= compact.len().is_multiple_of(4);
        }
    }
    // Words may stand between other groups than of four, and have the right checksum by chance.
    let digits = compact.iter().filter(|c| c.is_ascii_digit()).count();
    let small = text[from..at].bytes().any(|c| c.is_ascii_lowercase());
    if !regular && (small || digits * 2 < length) {
        return None;
    }
    let bounded = !bytes.get(at).is_some_and(|c| sticks_after(*c)) && !goes_on(&bytes[at..]);
    (bounded && mod_97(&compact) == 1).then_some(at)
}

/// Source: ISO 13616-1, check digits: the first four characters go last, letters count from 10.
fn mod_97(compact: &[u8]) -> u32 {
    let mut rest = 0_u32;
    for &byte in compact[4..].iter().chain(&compact[..4]) {
        rest = match byte {
            b'0'..=b'9' => rest * 10 + u32::from(byte - b'0'),
            _ => rest * 100 + u32::from(byte - b'A') + 10,
        } % 97;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::super::masked;

    #[test]
    fn account_numbers_need_a_right_checksum() {
        let cases = [
            ("DE89 3704 0044 0532 0130 00 please", "<iban> please"),
            ("iban gb29nwbk60161331926819.", "iban <iban>."),
            ("AT 61 1904 3002 3457 3201", "<iban>"),
            ("GB29 NWBK 601613 31926819", "<iban>"),
            ("DE89 370400440532013000", "<iban>"),
            ("FR14-2004-1010-0505-0001-3M02-606", "<iban>"),
            ("DE89370400440532013001", "DE89370400440532013001"),
            ("xDE89370400440532013000", "xDE89370400440532013000"),
            ("ZZ89370400440532013000", "ZZ89370400440532013000"),
        ];
        for (text, want) in cases {
            assert_eq!(masked(text), want);
        }
    }
}
