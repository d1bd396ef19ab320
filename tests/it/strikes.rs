//! Strikes against a plain sequential model: whatever is sent in whatever order, through restarts,
//! releases and two instances, the count is that of the messages seen, each counted once.

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::support::{Answer, Fake, TestApp};

const PROBLEM: &str = "The invoice export crashes whenever I pick October.";
const LIMIT: usize = 3;

/// What a bot and the customer say to each other next.
#[derive(Debug, Clone, Copy)]
enum Exchange {
    Failed,
    Refused,
    Restated,
    Worked,
    Question,
    Fallback,
    Reported,
    AsksForPerson,
    Unanswered,
    SentTwice,
}

const EXCHANGES: &[Exchange] = &[
    Exchange::Failed,
    Exchange::Refused,
    Exchange::Restated,
    Exchange::Worked,
    Exchange::Question,
    Exchange::Fallback,
    Exchange::Reported,
    Exchange::AsksForPerson,
    Exchange::Unanswered,
    Exchange::SentTwice,
];

#[derive(Debug, Clone)]
enum Step {
    /// The conversation goes on, and the caller sends all of it.
    Say(Exchange),
    /// The conversation goes on, and nobody tells the service.
    Silence(Exchange),
    /// All of it, once more.
    Again,
    /// A request that was overtaken: only the first messages.
    Late(usize),
    /// Only the latest messages.
    Partial(usize),
    /// The same as [`Step::Say`], through another instance on the same database.
    Elsewhere(Exchange),
    Restart,
    Release,
}

/// One message with the strikes that it is worth by the rules.
#[derive(Debug, Clone)]
struct Line {
    role: &'static str,
    text: String,
    outcome: Option<&'static str>,
    worth: usize,
}

/// The plain model: every message in order, and which the service has seen.
#[derive(Debug, Clone)]
struct Talk {
    with_ids: bool,
    lines: Vec<Line>,
    seen: Vec<bool>,
    /// Messages before this place were there at the latest release.
    released: usize,
    tripped: bool,
    /// What the caller sends now, if anything.
    sends: Option<(usize, usize)>,
}

impl Talk {
    fn line(&mut self, role: &'static str, text: String, worth: usize) {
        self.lines.push(Line { role, text, outcome: None, worth });
        self.seen.push(false);
    }

    fn say(&mut self, exchange: Exchange) {
        let number = self.lines.len();
        let answer = format!("Please open settings page {number}, then save once more.");
        let failed = "That did not help.".to_owned();
        match exchange {
            Exchange::Failed => self.pair(answer, failed, 1),
            Exchange::Refused => self.pair(answer, "That is not what I asked.".to_owned(), 1),
            Exchange::Restated => self.pair(answer, PROBLEM.to_owned(), 1),
            Exchange::Worked => self.pair(answer, "Thank you, that worked!".to_owned(), 0),
            Exchange::Question => self.pair(
                format!("Which version do you use in office {number}?"),
                format!("Version 4.2.{number}"),
                0,
            ),
            Exchange::Fallback => {
                // Nobody could tell two equal exchanges apart where messages have no identifiers.
                let fallback = format!("Sorry, I didn't understand that (case {number}).");
                self.pair(fallback, PROBLEM.to_owned(), 0);
                let bot = self.lines.len() - 2;
                self.lines[bot].worth = 1;
            }
            Exchange::Reported => {
                self.pair(answer, failed, 0);
                let bot = self.lines.len() - 2;
                (self.lines[bot].worth, self.lines[bot].outcome) = (1, Some("failed"));
            }
            Exchange::AsksForPerson => self.pair(answer, "I want to talk to a person.".into(), 0),
            Exchange::Unanswered => self.line("bot", answer, 0),
            Exchange::SentTwice => {
                let last = self.lines.iter().rev().find(|line| line.role == "customer");
                let text = last.map(|line| line.text.clone()).unwrap_or_default();
                if self.lines.last().is_some_and(|line| line.role == "customer") {
                    self.line("customer", text, 0);
                }
            }
        }
    }

    fn pair(&mut self, bot: String, customer: String, worth: usize) {
        self.line("bot", bot, 0);
        self.line("customer", customer, worth);
    }

    /// The caller sends the messages of that range.
    fn send(&mut self, from: usize, to: usize) {
        self.sends = Some((from, to));
        self.seen[from..to].fill(true);
        self.tripped |= self.count() >= LIMIT;
    }

    fn count(&self) -> usize {
        let seen = self.lines.iter().zip(&self.seen).skip(self.released);
        seen.filter(|(_, seen)| **seen).map(|(line, _)| line.worth).sum()
    }

    /// How many messages from the start the service has seen.
    fn known(&self) -> usize {
        self.seen.iter().rposition(|seen| *seen).map_or(0, |last| last + 1)
    }

    /// Where the latest `length` messages begin that a caller may send alone: at a customer's
    /// message that is no reaction to a failed answer nobody has sent, and without identifiers
    /// only where something known is among them.
    fn window(&self, length: usize) -> Option<usize> {
        let from = self.lines.len().saturating_sub(length.max(1));
        let begins = |at: &usize| {
            let line = &self.lines[*at];
            let is_plain = || line.worth == 0 && self.lines[at - 1].worth == 0;
            line.role == "customer" && (*at == 0 || self.seen[at - 1] || is_plain())
        };
        let from = (0..=from).rev().find(begins)?;
        let found = self.with_ids || from < self.known();
        found.then_some(from)
    }

    fn request(&self) -> Option<Value> {
        let (from, to) = self.sends?;
        let message = |place: usize| {
            let Line { role, text, outcome, .. } = &self.lines[place];
            let mut message = json!({ "role": role, "text": text });
            if self.with_ids {
                message["id"] = json!(format!("m{place}"));
            }
            if let Some(outcome) = outcome {
                message["outcome"] = json!(outcome);
            }
            message
        };
        let messages: Vec<_> = (from..to).map(message).collect();
        Some(json!({ "conversation_id": "c-1", "messages": messages }))
    }
}

impl ReferenceStateMachine for Talk {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        let begin = |with_ids| {
            let (lines, seen) = (Vec::new(), Vec::new());
            let mut talk = Self { with_ids, lines, seen, released: 0, tripped: false, sends: None };
            talk.line("customer", PROBLEM.to_owned(), 0);
            talk.send(0, 1);
            talk
        };
        any::<bool>().prop_map(begin).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Step> {
        let exchange = || prop::sample::select(EXCHANGES);
        prop_oneof![
            6 => exchange().prop_map(Step::Say),
            3 => exchange().prop_map(Step::Silence),
            2 => Just(Step::Again),
            2 => (1usize..20).prop_map(Step::Late),
            4 => (1usize..8).prop_map(Step::Partial),
            2 => exchange().prop_map(Step::Elsewhere),
            1 => Just(Step::Restart),
            1 => Just(Step::Release),
        ]
        .boxed()
    }

    fn apply(mut talk: Self, step: &Step) -> Self {
        talk.sends = None;
        match step {
            Step::Say(exchange) | Step::Elsewhere(exchange) => {
                talk.say(*exchange);
                talk.send(0, talk.lines.len());
            }
            Step::Silence(exchange) => talk.say(*exchange),
            Step::Again => talk.send(0, talk.lines.len()),
            Step::Late(length) => talk.send(0, (*length).min(talk.lines.len())),
            Step::Partial(length) => {
                if let Some(from) = talk.window(*length) {
                    talk.send(from, talk.lines.len());
                }
            }
            Step::Restart => {}
            Step::Release => (talk.released, talk.tripped) = (talk.known(), false),
        }
        talk
    }
}

/// The service, and another instance of it on the same database.
struct Service {
    here: Option<TestApp>,
    elsewhere: TestApp,
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

fn model() -> Arc<Fake> {
    Fake::new(Answer::Sure("software_bug", 0.95))
}

fn check(app: &TestApp, talk: &Talk) {
    let Some(request) = talk.request() else { return };
    let answer = RUNTIME.block_on(app.triage(&request)).json();
    let strikes = json!({ "count": talk.count(), "limit": LIMIT, "tripped": talk.tripped });
    assert_eq!(answer["strikes"], strikes, "{request:#}");
    if talk.tripped {
        assert_eq!(answer["band"], "human");
    }
}

struct Strikes;

impl StateMachineTest for Strikes {
    type SystemUnderTest = Service;
    type Reference = Talk;

    fn init_test(talk: &Talk) -> Service {
        let here = RUNTIME.block_on(TestApp::with(model()));
        let elsewhere = RUNTIME.block_on(here.second_instance(model()));
        check(&here, talk);
        Service { here: Some(here), elsewhere }
    }

    fn apply(mut service: Service, talk: &Talk, step: Step) -> Service {
        let here = service.here.take().unwrap();
        let here = match step {
            Step::Restart => RUNTIME.block_on(here.restarted(model())),
            Step::Release => {
                let reply = RUNTIME.block_on(here.ask("/v1/conversations/c-1/release"));
                assert_eq!(reply.status, 200, "{}", reply.text);
                here
            }
            Step::Elsewhere(_) => {
                check(&service.elsewhere, talk);
                here
            }
            _ => {
                check(&here, talk);
                here
            }
        };
        Service { here: Some(here), ..service }
    }
}

/// A few cases every day; `scripts/soak` asks for many.
fn cases() -> u32 {
    std::env::var("BATON_SOAK_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(24)
}

prop_state_machine! {
    #![proptest_config(ProptestConfig {
        cases: cases(),
        failure_persistence: None,
        max_shrink_iters: 400,
        ..ProptestConfig::default()
    })]

    #[test]
    fn strikes_are_those_of_the_messages_seen(sequential 1..24 => Strikes);
}
