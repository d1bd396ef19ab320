//! The table of strikes, row by row, and what holds for every transcript.

use proptest::prelude::*;

use super::{super::marks, *};
use crate::domain::{
    Conversation, Features, Language, Limits, Message, Parts, Prediction, Probability, Repeat,
    Sentence, SentenceKind, Sentiment, SentimentLabel, Signal, SignalKind, Source, Span,
    TextFeatures,
};

/// A message with what the features would say of it.
#[derive(Debug, Clone)]
struct Turn {
    id: Option<String>,
    speaker: Speaker,
    text: String,
    outcome: Option<Outcome>,
    signal: Option<SignalKind>,
}

fn turn(speaker: Speaker, text: &str) -> Turn {
    Turn { id: None, speaker, text: text.to_owned(), outcome: None, signal: None }
}

fn customer(text: &str) -> Turn {
    turn(Speaker::Customer, text)
}

fn bot(text: &str) -> Turn {
    turn(Speaker::Bot, text)
}

impl Turn {
    fn says(self, kind: SignalKind) -> Self {
        Self { signal: Some(kind), ..self }
    }

    fn outcome(self, outcome: Outcome) -> Self {
        Self { outcome: Some(outcome), ..self }
    }

    fn id(self, id: &str) -> Self {
        Self { id: Some(id.to_owned()), ..self }
    }
}

fn found(turns: &[Turn]) -> Vec<Strike> {
    found_with(turns, None)
}

fn found_with(turns: &[Turn], prediction: Option<&Prediction>) -> Vec<Strike> {
    let mut messages = Vec::new();
    let mut texts = Vec::new();
    let mut signals = Vec::new();
    for (index, turn) in turns.iter().enumerate() {
        let Turn { id, speaker, text, outcome, signal } = turn.clone();
        let span = Span::new(0, u32::try_from(text.chars().count()).unwrap());
        let masked = (0, u32::try_from(text.len()).unwrap());
        let source = Source { message: u32::try_from(index).ok(), span };
        signals.extend(signal.map(|kind| Signal { kind, source }));
        if text.ends_with('?') && speaker != Speaker::Customer {
            signals.push(Signal { kind: SignalKind::OnlyAsks, source });
        }
        texts.push(TextFeatures {
            speaker,
            masked: text.clone(),
            segments: Vec::new(),
            sentences: vec![Sentence { span, masked, kind: SentenceKind::Prose }],
        });
        let (at, attachments) = (None, Vec::new());
        messages.push(Message { id, speaker, text, at, attachments, outcome });
    }
    // A transcript without a customer is none; one at the end changes no count.
    messages.push(Message {
        id: None,
        speaker: Speaker::Customer,
        text: String::new(),
        at: None,
        attachments: Vec::new(),
        outcome: None,
    });
    let conversation =
        Conversation::new(Parts { messages, ..Parts::default() }, &Limits::default()).unwrap();
    let language = Language { code: "en".to_owned(), supported: true };
    let features = Features { subject: None, messages: texts, language, signals };
    let mut memory = Memory::default();
    memory.learn(marks(&conversation, &features, prediction));
    strikes(&memory.messages)
}

fn kinds(turns: &[Turn]) -> Vec<StrikeKind> {
    found(turns).into_iter().map(|strike| strike.kind).collect()
}

const PROBLEM: &str = "I was charged twice for invoice 2231";

#[test]
fn an_answer_that_did_not_help_is_a_strike() {
    let failed = customer("That did not help").says(SignalKind::AttemptFailed);
    let turns = [customer(PROBLEM), bot("It is paid."), failed];
    assert_eq!(found(&turns), [Strike { message: 2, kind: StrikeKind::NotHelped }]);
}

#[test]
fn a_refused_answer_is_a_strike() {
    let refused = customer("Not what I asked").says(SignalKind::AnswerRefused);
    assert_eq!(kinds(&[customer(PROBLEM), bot("Buy now.",), refused]), [StrikeKind::Refused]);
}

/// The kinds of strikes where the model finds in message 2 what message 0 stated.
fn kinds_if_repeated(answer: Turn, message: Turn) -> Vec<StrikeKind> {
    let repeats = vec![Repeat { message: 2, earlier: 0, similarity: 0.7 }];
    let (label, probability) = (SentimentLabel::Neutral, Probability::ONE);
    let prediction = Prediction {
        intents: Vec::new(),
        sentiment: Sentiment { label, probability, frustration: Probability::ZERO },
        novelty: 0.0,
        novelty_limit: 1.0,
        acts: Vec::new(),
        repeats,
        left_out: Vec::new(),
        certificate: std::sync::Arc::default(),
        vector: None,
    };
    let strikes = found_with(&[customer(PROBLEM), answer, message], Some(&prediction));
    strikes.into_iter().map(|strike| strike.kind).collect()
}

#[test]
fn the_same_problem_in_other_words_is_a_strike_after_an_answer_only() {
    let again = || customer("two payments left my card");
    assert_eq!(kinds_if_repeated(bot("It is paid."), again()), [StrikeKind::Restated]);
    assert_eq!(kinds_if_repeated(bot("Which card?"), again()), []);
    assert_eq!(kinds_if_repeated(bot("It is paid."), again().says(SignalKind::AttemptWorked)), []);
    let asks = again().says(SignalKind::PersonRequested);
    assert_eq!(kinds_if_repeated(bot("It is paid."), asks), []);
    let fallback = bot("Pardon?").says(SignalKind::BotFallback);
    assert_eq!(kinds_if_repeated(fallback, again()), [StrikeKind::Fallback]);
}

#[test]
fn the_same_problem_after_an_answer_is_a_strike() {
    let turns = [customer(PROBLEM), bot("It is paid."), customer("I was CHARGED TWICE!")];
    assert_eq!(kinds(&turns), [StrikeKind::Restated]);
}

#[test]
fn a_reported_failure_is_a_strike_without_any_reaction() {
    let turns = [customer(PROBLEM), bot("It is paid.").outcome(Outcome::Failed)];
    assert_eq!(found(&turns), [Strike { message: 1, kind: StrikeKind::Reported }]);
}

#[test]
fn a_fallback_counts_and_the_restatement_it_asked_for_does_not() {
    let fallback = bot("Please rephrase.").says(SignalKind::BotFallback);
    let mut turns = vec![customer(PROBLEM), fallback];
    assert_eq!(found(&turns), [Strike { message: 1, kind: StrikeKind::Fallback }]);
    turns.push(customer(PROBLEM));
    assert_eq!(found(&turns).len(), 1);
    turns.extend([bot("It is paid."), customer(PROBLEM)]);
    assert_eq!(kinds(&turns), [StrikeKind::Fallback, StrikeKind::Restated]);
}

#[test]
fn one_turn_makes_at_most_one_strike() {
    let failed = customer("That did not help").says(SignalKind::AttemptFailed);
    let turns = [customer(PROBLEM), bot("It is paid."), failed, customer(PROBLEM)];
    assert_eq!(kinds(&turns), [StrikeKind::NotHelped]);
}

#[test]
fn the_callers_word_outranks_the_text() {
    let failed = customer("That did not help").says(SignalKind::AttemptFailed);
    let worked = bot("It is paid.").outcome(Outcome::Worked);
    assert_eq!(kinds(&[customer(PROBLEM), worked, failed.clone()]), []);
    let reported = bot("It is paid.").outcome(Outcome::Failed);
    let happy = [customer(PROBLEM), reported.clone(), customer("Thank you")];
    assert_eq!(kinds(&happy), [StrikeKind::Reported]);
    assert_eq!(kinds(&[customer(PROBLEM), reported, failed]), [StrikeKind::Reported]);
}

#[test]
fn what_is_no_strike() {
    let failed = || customer("I restarted it, no luck").says(SignalKind::AttemptFailed);
    let person = || customer("I want a real person").says(SignalKind::PersonRequested);
    let cases = [
        ("thanks", vec![customer(PROBLEM), bot("It is paid."), customer("Thank you!")]),
        ("an answer nobody reacted to", vec![customer(PROBLEM), bot("It is paid.")]),
        ("a resend", vec![customer(PROBLEM), customer(PROBLEM)]),
        ("tried before writing", vec![failed(), bot("Try this."), customer("ok")]),
        ("tried before writing, after a greeting", vec![bot("Hello there."), failed()]),
        (
            "tried before writing, told when asked",
            vec![customer("It is broken"), bot("Which router is it?"), failed()],
        ),
        (
            "a clarifying question and its answer",
            vec![customer(PROBLEM), bot("Which invoice is it?"), customer("Invoice 2231")],
        ),
        (
            "a request for a person, twice",
            vec![customer(PROBLEM), person(), bot("I can help."), person()],
        ),
        (
            "a system note",
            vec![customer(PROBLEM), turn(Speaker::System, "Transferred"), customer(PROBLEM)],
        ),
    ];
    for (name, turns) in cases {
        assert_eq!(kinds(&turns), [], "{name}");
    }
}

#[test]
fn a_message_delivered_twice_counts_once() {
    let failed = bot("It is paid.").outcome(Outcome::Failed).id("m2");
    let unhelped = customer("That did not help").says(SignalKind::AttemptFailed).id("m3");
    let again = bot("Try this.");
    let turns = [customer(PROBLEM).id("m1"), failed.clone(), unhelped.clone(), failed, again];
    assert_eq!(kinds(&turns), [StrikeKind::Reported]);
    let twice = [bot("Same.").outcome(Outcome::Failed), bot("Same.").outcome(Outcome::Failed)];
    let [first, second] = twice;
    assert_eq!(kinds(&[customer(PROBLEM), first, second]).len(), 1);
}

#[test]
fn two_reported_failures_are_two_strikes() {
    let failed = |text| bot(text).outcome(Outcome::Failed);
    assert_eq!(kinds(&[customer(PROBLEM), failed("One."), failed("Two.")]).len(), 2);
}

#[test]
fn a_failure_told_after_a_question_belongs_to_the_pending_answer() {
    let failed = customer("4.2, and your steps did not help").says(SignalKind::AttemptFailed);
    let turns = [
        customer(PROBLEM),
        bot("Clear the cache."),
        customer("ok"),
        bot("Which version is it?"),
        failed,
    ];
    assert_eq!(kinds(&turns), [StrikeKind::NotHelped]);
}

fn any_turn() -> impl Strategy<Value = Turn> {
    let text = prop::sample::select(vec![
        PROBLEM,
        "charged twice",
        "thanks",
        "Which one?",
        "Try this.",
        "That did not help",
        "",
    ]);
    let speaker = prop::sample::select(Speaker::ALL);
    let outcome = prop::option::of(prop::sample::select(vec![Outcome::Failed, Outcome::Worked]));
    let signal = prop::option::of(prop::sample::select(vec![
        SignalKind::AttemptFailed,
        SignalKind::AnswerRefused,
        SignalKind::BotFallback,
        SignalKind::PersonRequested,
    ]));
    (speaker, text, outcome, signal).prop_map(|(speaker, text, outcome, signal)| {
        let answers = matches!(speaker, Speaker::Bot | Speaker::Agent);
        let outcome = outcome.filter(|_| answers);
        Turn { outcome, signal, ..turn(speaker, text) }
    })
}

fn transcript() -> impl Strategy<Value = Vec<Turn>> {
    prop::collection::vec(any_turn(), 0..14)
}

proptest! {
    #[test]
    fn a_prefix_never_counts_more_than_the_whole(turns in transcript(), cut in 0usize..14) {
        let (whole, part) = (found(&turns), found(&turns[..cut.min(turns.len())]));
        prop_assert_eq!(&whole[..part.len()], &part[..]);
    }

    #[test]
    fn a_message_delivered_twice_changes_nothing(
        turns in transcript(),
        (from, to) in (0usize..14, 0usize..14),
    ) {
        prop_assume!(!turns.is_empty());
        let named = |(place, turn): (usize, &Turn)| turn.clone().id(&place.to_string());
        let mut turns: Vec<_> = turns.iter().enumerate().map(named).collect();
        let before = found(&turns).len();
        let from = from % turns.len();
        let to = (from + 1 + to).min(turns.len());
        turns.insert(to, turns[from].clone());
        prop_assert_eq!(found(&turns).len(), before);
    }

    #[test]
    fn a_customer_message_sent_twice_in_a_row_changes_nothing(
        turns in transcript(),
        place in 0usize..14,
    ) {
        prop_assume!(turns.iter().any(|turn| turn.speaker == Speaker::Customer));
        let place = (0..turns.len()).cycle().skip(place);
        let place = place.take(14).find(|&at| turns[at].speaker == Speaker::Customer);
        prop_assume!(place.is_some());
        let place = place.unwrap_or(0);
        let mut again = turns.clone();
        again.insert(place, turns[place].clone());
        prop_assert_eq!(found(&again).len(), found(&turns).len());
    }

    #[test]
    fn there_are_never_more_strikes_than_turns_and_reported_failures(turns in transcript()) {
        let reported = turns.iter().filter(|turn| turn.outcome == Some(Outcome::Failed)).count();
        let others = found(&turns).iter().filter(|s| s.kind != StrikeKind::Reported).count();
        let answers = turns.iter().filter(|turn| turn.speaker != Speaker::Customer).count();
        prop_assert!(others <= answers);
        prop_assert!(found(&turns).len() <= others + reported);
    }
}
