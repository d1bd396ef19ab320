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
];

thread_local!(static REDACTOR: Redactor = Redactor::new().unwrap());

fn masked(text: &str) -> String {
    REDACTOR.with(|redactor| redactor.mask(normalize(text)).text)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Of two findings that touch or overlap neither leaves half of the other.
    #[test]
    fn every_byte_that_a_finder_names_goes(
        pieces in proptest::collection::vec((select(FINDINGS), select(AROUND)), 1..8),
        glue in select(vec!["", " ", "/", "=", ":", "@", "."]),
    ) {
        let text: Vec<String> =
            pieces.iter().map(|((finding, _), around)| format!("{finding}{around}")).collect();
        let clean = normalize(&text.join(glue));
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
        let text: String =
            pieces.iter().map(|((finding, _), around)| format!("{finding}{around}")).collect();
        let once = masked(&text);
        prop_assert_eq!(masked(&once), once);
    }

    /// Each placeholder leads back to all that it hides, each other character to itself.
    #[test]
    fn offsets_lead_back_to_what_was_written(
        pieces in proptest::collection::vec((select(FINDINGS), select(AROUND)), 1..8),
    ) {
        let text: String =
            pieces.iter().map(|((finding, _), around)| format!("{finding}{around}")).collect();
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
