//! Numbers as people write them: digits, words, hundreds and dozens.

/// The first number in a few words: "1,900 students", "about thirty of our staff", "six hundred".
pub(super) fn number(words: &str) -> Option<u64> {
    let words = words.to_lowercase();
    let mut found: Option<u64> = None;
    for word in words.split(|c: char| !c.is_alphanumeric() && c != ',' && c != '.') {
        let digits: String = word.chars().filter(char::is_ascii_digit).collect();
        let value = digits.parse().ok().or_else(|| {
            NUMBERS.iter().find(|(name, _)| *name == word.trim_end_matches('s')).map(|(_, n)| *n)
        });
        found = match (found, value) {
            (Some(before), Some(times @ (12 | 100 | 1_000))) => {
                Some(times.max(before.saturating_mul(times)))
            }
            (None, Some(value)) => Some(value),
            (found, _) => found,
        };
    }
    found
}

/// Number words.
const NUMBERS: &[(&str, u64)] = &[
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("dozen", 12),
    ("fifteen", 15),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
    ("hundred", 100),
    ("thousand", 1_000),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_words_are_numbers() {
        for (words, want) in [
            ("1,900 students", Some(1_900)),
            ("about thirty of our staff", Some(30)),
            ("six hundred students", Some(600)),
            ("two dozen", Some(24)),
            ("the four of us", Some(4)),
            ("hundreds of users", Some(100)),
            ("our users", None),
            ("", None),
        ] {
            assert_eq!(number(words), want, "{words}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_number_in_digits_is_read(count in 0_u64..10_000_000) {
            proptest::prop_assert_eq!(number(&format!("{count} users")), Some(count));
        }

        #[test]
        fn no_text_overflows(words in "(thousands? |dozen |hundred |[0-9]{1,22} ){0,9}") {
            number(&words);
        }
    }
}
