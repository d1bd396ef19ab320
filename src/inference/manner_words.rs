//! Words and phrases that tell a mood.

use std::{collections::HashMap, sync::LazyLock};

/// What a word tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    Anger,
    Joy,
    Thanks,
}

/// Anger, reproach, being tired of it. A star stands for any ending.
const ANGER: &str = "
    absurd abysmal amateur* angry annoyed annoying appalled appalling atrocious awful bullshit
    clowns clueless crap cretins damn dire disappointed disappointing disappointment disaster
    disgrace* disgust* dishonest dismal dreadful embarrassing enraged exasperat* exhausted
    farce fobbed frustrat* fuming furious fuck* garbage ghosted hate hell hopeless horrible
    horrendous horrific idiot* ignored ignoring incompeten* inexcusable infuriat* insane insult*
    irritat* joke laughable liars lied lousy ludicrous mad madness mess miserable mockery
    moron* negligen* nightmare nonsense outrage* pathetic piss* pointless poor rage ridiculous
    robbery rubbish rude scam* seriously shambles shameful shit* shocking sloppy stupid terrible
    theft thieves ugh unacceptable unbelievable unhelpful unprofessional upset upsetting useless
    worst worthless wtf wth ffs omfg argh smh grr*
    😡 🤬 😠 😤 👎 🙄 😒 💩
";

const ANGRY_PHRASES: &[&str] = &[
    "a joke",
    "fed up",
    "sick of",
    "sick and tired",
    "tired of",
    "had enough",
    "enough is enough",
    "last straw",
    "waste of",
    "wasted my",
    "wasting my",
    "wasting our",
    "wasted our",
    "are you kidding",
    "you kidding",
    "you people",
    "you guys keep",
    "do you even",
    "does anyone",
    "does anybody",
    "is anyone",
    "is anybody",
    "how hard",
    "how difficult",
    "nobody cares",
    "no one cares",
    "don't care",
    "couldn't care",
    "what is wrong with",
    "what's wrong with you",
    "what the",
    "for god's sake",
    "for heaven's sake",
    "for the love of",
    "good grief",
    "give me a break",
    "come on",
    "yet again",
    "once again",
    "over and over",
    "again and again",
    "going in circles",
    "round in circles",
    "in circles",
    "going around",
    "passed around",
    "run around",
    "the runaround",
    "pillar to post",
    "ripped off",
    "rip off",
    "let down",
    "beyond a joke",
    "at my wits",
    "wits end",
    "losing my mind",
    "losing patience",
    "out of patience",
    "my patience",
    "not good enough",
    "not acceptable",
    "not a fan",
    "still nothing",
    "never again",
    "every single time",
    "every single day",
    "stop sending",
    "stop asking",
    "stop telling",
    "already told you",
    "already said",
    "already explained",
    "as i said",
    "like i said",
    "i keep",
    "we keep",
    "you keep",
    "read my",
    "third time",
    "fourth time",
    "fifth time",
    "3rd time",
    "4th time",
    "5th time",
    "nth time",
    "so much for",
    "thanks for nothing",
    "leaving you",
    "switching to",
    "going elsewhere",
    "taking my business",
    "taking our business",
    "bad service",
    "customer service is",
    "copy paste",
    "copy and paste",
    "canned response",
    "canned reply",
    "hung up",
];

/// Joy, praise, relief.
const JOY: &str = "
    amazing awesome beautiful brilliant delighted ecstatic enjoy enjoyed enjoying excellent excited
    exciting fab fabulous fantastic flawless* glad gorgeous great happy helpful impressed
    impressive incredible kudos legend lifesaver love loved lovely loving magic marvellous
    marvelous outstanding perfect perfectly phenomenal pleasant pleased pleasure relieved seamless*
    smooth* spotless stellar superb terrific thrilled wonderful wow yay yess* hooray
    😊 😀 😁 😄 😃 🙂 😍 🥰 ❤ 💜 💙 🎉 🥳 🙌 👍 👏 💯 🤩
";

const GLAD_PHRASES: &[&str] = &[
    "well done",
    "good job",
    "great job",
    "nice job",
    "nice work",
    "great work",
    "keep it up",
    "keep up",
    "works now",
    "working now",
    "works again",
    "working again",
    "works great",
    "works perfectly",
    "works like",
    "did the trick",
    "made my day",
    "you rock",
    "you're the best",
    "best support",
    "so quick",
    "so fast",
    "super fast",
    "super helpful",
    "really helped",
    "big fan",
    "five stars",
    "5 stars",
    "no complaints",
    "much better",
    "can't wait",
    "look forward",
    "looking forward",
    "good news",
    "spot on",
    "top notch",
    "hats off",
];

const THANKS: &str = "
    appreciate appreciated appreciates cheers grateful thank thanks thankful thx ty tysm 🙏
";

/// Phrases that only sound like a mood.
const CALM_PHRASES: &[&str] = &[
    "would love",
    "i'd love",
    "we'd love",
    "happy to",
    "glad to",
    "great if",
    "helpful if",
    "great to have",
    "perfect if",
    "amazing if",
    "awesome if",
    "lovely if",
    "hate to",
    "come on our",
    "pleased to",
    "thanks in advance",
    "how hard is it to",
    "don't hate",
];

/// What turns joy into its opposite shortly before it.
const NEGATIONS: &[&str] = &[
    "not", "no", "never", "isn't", "wasn't", "aren't", "don't", "didn't", "doesn't", "hardly",
    "nothing", "less", "won't", "can't", "cannot", "without", "nobody",
];
/// Words before a glad one that are searched for a negation.
const REACH: usize = 3;

/// The words of a phrase and the mood they tell, if any.
type Phrase = (Vec<&'static str>, Option<Mood>);

/// Phrases by their first word, the longest first.
static PHRASES: LazyLock<HashMap<&str, Vec<Phrase>>> = LazyLock::new(|| {
    let mut phrases: HashMap<&str, Vec<Phrase>> = HashMap::new();
    let mut add = |phrase: &'static str, mood| {
        let words: Vec<_> = phrase.split_whitespace().collect();
        if let Some(first) = words.first() {
            phrases.entry(first).or_default().push((words, mood));
        }
    };
    let tables = [(ANGER, Mood::Anger), (JOY, Mood::Joy), (THANKS, Mood::Thanks)];
    for (words, mood) in tables {
        words
            .split_whitespace()
            .filter(|word| !word.ends_with('*'))
            .for_each(|word| add(word, Some(mood)));
    }
    let phrases_of =
        [(ANGRY_PHRASES, Some(Mood::Anger)), (GLAD_PHRASES, Some(Mood::Joy)), (CALM_PHRASES, None)];
    for (table, mood) in phrases_of {
        for phrase in table {
            add(phrase, mood);
        }
    }
    for found in phrases.values_mut() {
        found.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
    }
    phrases
});

/// Beginnings of words, sorted.
static STEMS: LazyLock<Vec<(&str, Mood)>> = LazyLock::new(|| {
    let tables = [(ANGER, Mood::Anger), (JOY, Mood::Joy)];
    let stems = tables.into_iter().flat_map(|(words, mood)| {
        words.split_whitespace().filter_map(move |word| Some((word.strip_suffix('*')?, mood)))
    });
    stems.collect()
});

/// Calls `tell` for every mood that the words of a sentence tell; a denied joy is anger.
pub(super) fn moods(sentence: &str, mut tell: impl FnMut(Mood)) {
    let spaced = spaced(sentence);
    let words: Vec<&str> =
        spaced.split(' ').map(|word| word.trim_matches('\'')).filter(|w| !w.is_empty()).collect();
    let mut place = 0;
    while let Some(rest) = words.get(place..).filter(|rest| !rest.is_empty()) {
        let (length, mood) = phrase_at(rest).or_else(|| stem_at(rest)).unwrap_or((1, None));
        let before = &words[place.saturating_sub(REACH)..place];
        let denied = || before.iter().any(|word| NEGATIONS.contains(word));
        match mood {
            Some(Mood::Joy) if denied() => tell(Mood::Anger),
            Some(mood) => tell(mood),
            None => {}
        }
        place += length;
    }
}

/// The words in lower case with spaces for all that is none; every picture is a word.
fn spaced(sentence: &str) -> String {
    let mut spaced = String::with_capacity(sentence.len() + 8);
    for c in sentence.chars() {
        match c {
            '\'' | '’' | '`' => spaced.push('\''),
            '\u{2600}'..='\u{27BF}' | '\u{1F300}'.. => spaced.extend([' ', c, ' ']),
            c if c.is_alphanumeric() => spaced.extend(c.to_lowercase()),
            _ => spaced.push(' '),
        }
    }
    spaced
}

fn phrase_at(words: &[&str]) -> Option<(usize, Option<Mood>)> {
    let found = PHRASES.get(words.first()?)?;
    let fits = found.iter().find(|(phrase, _)| words.starts_with(phrase))?;
    Some((fits.0.len(), fits.1))
}

fn stem_at(words: &[&str]) -> Option<(usize, Option<Mood>)> {
    let word = words.first()?;
    let stem = STEMS.iter().find(|(stem, _)| word.starts_with(stem))?;
    Some((1, Some(stem.1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(sentence: &str) -> Vec<Mood> {
        let mut found = Vec::new();
        moods(sentence, |mood| found.push(mood));
        found
    }

    #[test]
    fn words_stems_and_pictures_tell_a_mood() {
        assert_eq!(told("This is frustrating and useless"), [Mood::Anger, Mood::Anger]);
        assert_eq!(told("LOVE it, it’s great"), [Mood::Joy, Mood::Joy]);
        assert_eq!(told("fixed😡😡thanks"), [Mood::Anger, Mood::Anger, Mood::Thanks]);
        assert_eq!(told("the export has 3 columns"), []);
    }

    #[test]
    fn the_longest_phrase_decides() {
        assert_eq!(told("thanks for nothing"), [Mood::Anger]);
        assert_eq!(told("Thanks in advance"), [], "a formula");
        assert_eq!(told("we would love to have dark mode"), []);
        assert_eq!(told("I’m fed up. That 'joke' again"), [Mood::Anger, Mood::Anger]);
    }

    #[test]
    fn a_denied_joy_is_anger() {
        assert_eq!(told("not at all happy"), [Mood::Anger]);
        assert_eq!(told("no problem at all since then, happy"), [Mood::Joy]);
    }
}
