//! What holds for every text with personal data in it, whatever stands around.

use proptest::{prelude::*, sample::select};

use super::{
    super::{normalize::normalize, properties::read},
    Redactor, address, iban, number, web,
};

/// Personal data, and what of it must not be readable.
const FINDINGS: &[(&str, &str)] = &[
    ("jo.public@example.com", "public"),
    ("Jo <jo.private@example.com>", "private"),
    ("+1 (555) 123-4567", "123-4567"),
    ("415-555-2671", "2671"),
    ("+33 6 12 34 56 08", "56 08"),
    ("020 7946 0958", "0958"),
    ("4111 1111 1111 1111", "1111"),
    ("DE89 3704 0044 0532 0130 00", "0044"),
    ("192.0.2.144", "2.144"),
    ("2001:db8:85a3::8a2e:370:7334", "8a2e"),
    ("078-05-1120", "1120"),
    ("password: hunter2x9", "hunter"),
    ("my password is Winter2024!", "Winter"),
    ("\"password\": \"my old dog 1987\"", "old dog"),
    ("https://x.io/reset?token=a1b2c3d4e5f6", "a1b2c3"),
    ("https://jo:pa55word@x.io/a", "pa55"),
    ("sk_live_4eC39HqLyjWDarjtT1zdp7dc", "4eC39"),
    ("Bearer abcdef.123456.zyx", "123456"),
];

/// How people write numbers that are personal.
const NUMBERS: &[&str] = &[
    "+1 (ddd) ddd-dddd",
    "+49 30 ddddddd",
    "+33 6 dd dd dd dd",
    "0dd dddd dddd",
    "0d dd dd dd dd",
    "ddd-ddd-dddd",
    "ddd ddd dddd",
    "4ddd dddd dddd dddc",
    "5ddd-dddd-dddd-dddc",
    "4ddddddddddddddc",
    "37dd dddddd ddddc",
    "2dd-dd-dddd",
];

/// What people write around it.
const AROUND: &[&str] = &[
    " ",
    "\n",
    ", ",
    ". ",
    " (",
    ") ",
    "; ",
    " é ",
    "\u{a0}",
    "  \t",
    "\r\n> ",
    ": ",
    " - ",
    " and ",
    "<br>",
    " 👩\u{200d}💻 ",
    "\"",
    " 7 ",
    " order A-77123 ",
    " = ",
    "\u{200b} ",
    "!",
    "\u{2014}",
    " 2pm ",
];

thread_local!(static REDACTOR: Redactor = Redactor::new().unwrap());

fn masked(text: &str) -> String {
    REDACTOR.with(|redactor| redactor.mask(normalize(text)).text)
}

fn joined(pieces: &[((&str, &str), &str)], glue: &str) -> String {
    let piece = |((finding, _), around): &((&str, &str), &str)| format!("{finding}{around}");
    let pieces: Vec<String> = pieces.iter().map(piece).collect();
    pieces.join(glue)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Of two findings that touch or overlap neither leaves half of the other.
    #[test]
    fn every_byte_that_a_finder_names_goes(
        pieces in proptest::collection::vec((select(FINDINGS), select(AROUND)), 1..8),
        glue in select(vec!["", " ", "/", "=", ":", "@", "."]),
    ) {
        let clean = normalize(&joined(&pieces, glue));
        let merged = REDACTOR.with(|redactor| redactor.find(&clean.text));
        let mut end = 0;
        for found in &merged {
            prop_assert!(found.bytes.start >= end && found.bytes.end > found.bytes.start);
            prop_assert!(clean.text.get(found.bytes.clone()).is_some(), "inside a character");
            end = found.bytes.end;
        }
        let each = [
            REDACTOR.with(|redactor| redactor.secrets.find(&clean.text)),
            web::in_web(&clean.text),
            address::emails(&clean.text),
            iban::ibans(&clean.text),
            number::numbers(&clean.text),
            address::ips_v6(&clean.text),
        ];
        for found in each.into_iter().flatten() {
            let covers = |whole: &super::Replacement| {
                whole.bytes.start <= found.bytes.start && found.bytes.end <= whole.bytes.end
            };
            prop_assert!(merged.iter().any(covers), "half of {found:?} is left in {merged:?}");
        }
    }

    /// What is personal by itself is so in every surrounding that people write.
    #[test]
    fn no_surrounding_makes_personal_data_readable(
        (finding, part) in select(FINDINGS),
        before in select(vec!["", "Hello ", "It is\n", "(", "é ", "\u{feff}", "> ", "Call me: "]),
        after in select(vec!["", " ok", "\nBye", ".", ", thanks", "!", " é", "\u{200b}"]),
    ) {
        let text = format!("{before}{finding}{after}");
        let masked = masked(&text);
        prop_assert!(!masked.contains(part), "{masked:?} of {text:?}");
    }

    /// Masking what is masked changes nothing, so that a copy of a copy is the same.
    #[test]
    fn masked_text_has_nothing_left_to_mask(
        pieces in proptest::collection::vec((select(FINDINGS), select(AROUND)), 1..8),
    ) {
        let text = joined(&pieces, "");
        let once = masked(&text);
        prop_assert_eq!(masked(&once), once);
    }

    /// Each placeholder leads back to all that it hides, each other character to itself.
    #[test]
    fn offsets_lead_back_to_what_was_written(
        pieces in proptest::collection::vec((select(FINDINGS), select(AROUND)), 1..8),
    ) {
        let text = joined(&pieces, "");
        let original: Vec<char> = text.chars().collect();
        let features = read(&text);
        let mut end = 0;
        for segment in &features.segments {
            prop_assert!(segment.original.start >= end, "segments overlap");
            end = segment.original.end;
            let (from, to) = (segment.masked.0 as usize, segment.masked.1 as usize);
            let span = segment.original.start as usize..segment.original.end as usize;
            let written: String = original[span].iter().collect();
            if segment.verbatim {
                prop_assert_eq!(&features.masked[from..to], written);
            }
        }
        for (finding, part) in pieces.iter().map(|(finding, _)| finding) {
            prop_assert!(!features.masked.contains(part), "{finding:?} in {:?}", features.masked);
        }
    }
}

/// Digits in the places of `d`; the last `c` makes the check digit right.
fn filled(form: &str, digits: &[u8]) -> String {
    let mut next = digits.iter();
    let mut filled = String::new();
    for c in form.chars() {
        match c {
            'd' => filled.push(char::from(b'2' + next.next().copied().unwrap_or(0) % 8)),
            'c' => filled.push(check_digit(&filled)),
            c => filled.push(c),
        }
    }
    filled
}

fn check_digit(before: &str) -> char {
    let digits: Vec<u32> = before.chars().filter_map(|c| c.to_digit(10)).collect();
    let doubled = |(place, digit): (usize, &u32)| match (place % 2, digit * 2) {
        (0, twice) => twice / 10 + twice % 10,
        _ => *digit,
    };
    let sum: u32 = digits.iter().rev().enumerate().map(doubled).sum();
    char::from_digit((10 - sum % 10) % 10, 10).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Numbers that only white space separates: none takes the beginning of the next.
    #[test]
    fn of_numbers_in_a_row_none_leaves_the_rest_of_another(
        forms in proptest::collection::vec(select(NUMBERS), 2..5),
        digits in proptest::collection::vec(any::<u8>(), 80),
        gap in select(vec![" ", "\n", " / ", ". ", " ("]),
    ) {
        let fill = |(at, form): (usize, &&str)| filled(form, &digits[at * 16..]);
        let numbers: Vec<String> = forms.iter().enumerate().map(fill).collect();
        let text = numbers.join(gap);
        let masked = masked(&text);
        let left = masked.bytes().filter(u8::is_ascii_digit).count();
        // A country or area may be left of a phone whose rest looks like a card.
        prop_assert!(left <= 3, "{masked:?} of {text:?}");
    }
}

/// Texts that are all findings, or all of what may be one, cost no more than linear time.
#[test]
fn dense_texts_take_bounded_time() {
    let pieces = [
        "1-",
        "0 ",
        "01.",
        "4 ",
        "(1",
        "order 4111 ",
        "4111 1111 1111 1111 ",
        "4111-1111-1111-1111-",
        "+1 (555) 123-4567 ",
        "020 7946 0958 ",
        "078-05-1120 ",
        "192.0.2.144 ",
        "https://jo:pw@b/c",
        "a://",
        "://@",
        "a:b@",
        "www.a?b",
        "DE89 3704 0044 0532 0130 00 ",
        "password: hunter2x9 ",
        "Bearer abcdef.123456.zyx ",
        "2001:db8:85a3::8a2e:370:7334 ",
    ];
    let (size, limit_ms) =
        if cfg!(debug_assertions) { (200_000, 4_000) } else { (1_000_000, 1_000) };
    for piece in pieces {
        for text in
            [piece.repeat(size / piece.len()), format!("a{}", piece.repeat(size / piece.len()))]
        {
            let start = std::time::Instant::now();
            REDACTOR.with(|redactor| redactor.find(&text));
            let took = start.elapsed();
            println!("{piece:?}: {took:?}");
            assert!(took.as_millis() < limit_ms, "{piece:?} took {took:?}");
        }
    }
}
