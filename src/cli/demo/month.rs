//! The story as it happens: one event after the other, each at its time, through the pipeline that
//! serves requests.

use std::{
    cmp::{Ordering, Reverse},
    collections::{BinaryHeap, HashMap},
    sync::Arc,
};

use indicatif::ProgressBar;
use jiff::SignedDuration;

use super::{
    super::Error,
    calendar::Calendar,
    chance::Chance,
    clock::StoryClock,
    desk::{self, AUDITORS, Progress, Truth},
    made::Made,
    script::{MOVED, MOVED_LIKE, Script},
};
use crate::{
    domain::{
        Action, Answer, Completed, Conversation, DecisionId, Intent, Invalid, Limits, Record,
        Resolution, Review, Timestamp,
    },
    policy::Policy,
    store,
    triage::{self, InForce, Triage},
};

/// What the story is told with.
pub(super) struct Stage<'a> {
    pub(super) triage: &'a Arc<Triage>,
    pub(super) clock: &'a StoryClock,
    pub(super) limits: Limits,
    pub(super) calendar: Calendar,
    /// What is in force once the desk lets the service act.
    pub(super) live: Arc<Policy>,
    pub(super) bar: &'a ProgressBar,
}

/// A story on its way.
pub(super) struct Month<'a> {
    stage: Stage<'a>,
    cases: Vec<Case>,
    truths: HashMap<DecisionId, Truth>,
    due: BinaryHeap<Reverse<Due>>,
    planned: u64,
    made: Made,
}

/// A conversation and how far it has come.
struct Case {
    script: Script,
    chance: Chance,
    progress: Progress,
    truth: Option<Truth>,
}

/// What happens, and when; of two at the same time the one that was planned first.
struct Due {
    at: Timestamp,
    planned: u64,
    what: Event,
}

enum Event {
    /// Triage is asked: which conversation, which of its turns.
    Asked(usize, usize),
    Reviewed(DecisionId, Box<Review>),
    PickedUp(usize, String),
    Confirmed(usize, DecisionId, Box<Completed>, String),
    Closed(usize),
    /// The service may act from now on.
    Live,
    Audits(&'static str),
    /// Automatic decisions that nobody will override any more are counted; alarms begin or end.
    Settled,
}

/// Between two looks at the promise; a service that runs looks every minute.
const SETTLES: SignedDuration = SignedDuration::from_hours(1);
/// Between two sittings of the auditors.
const SITTINGS: SignedDuration = SignedDuration::from_hours(6);
/// Audits that somebody answers in one sitting.
const SITTING: usize = 6;

impl<'a> Month<'a> {
    pub(super) fn new(stage: Stage<'a>, scripts: Vec<Script>, seed: u64) -> Self {
        let cases = scripts.into_iter().zip(0..).map(|(script, stream)| Case {
            script,
            chance: Chance::new(!seed, stream),
            progress: Progress::default(),
            truth: None,
        });
        let mut month = Self {
            stage,
            cases: cases.collect(),
            truths: HashMap::new(),
            due: BinaryHeap::new(),
            planned: 0,
            made: Made::default(),
        };
        month.begin();
        month
    }

    /// What is known from the first day on.
    fn begin(&mut self) {
        let calendar = self.stage.calendar;
        self.plan(calendar.live, Event::Live);
        for at in calendar.every(SETTLES) {
            self.plan(at, Event::Settled);
        }
        for case in 0..self.cases.len() {
            for turn in 0..self.cases[case].script.turns.len() {
                let at = self.cases[case].script.turns[turn].at;
                self.plan(at, Event::Asked(case, turn));
            }
        }
        // The auditors are away in the last days, so that some audits wait, and whether the promise
        // breaks does not depend on which decisions the store draws.
        let sittings = calendar.every(SITTINGS).filter(|at| *at < calendar.change);
        for at in sittings.filter(|at| Calendar::at_work(*at) == *at) {
            for by in AUDITORS {
                self.plan(at, Event::Audits(by));
            }
        }
    }

    fn plan(&mut self, at: Timestamp, what: Event) {
        // The store keeps whole milliseconds.
        let at = Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at);
        // What lies after the end of the story has not happened yet.
        if at <= self.stage.calendar.end {
            self.due.push(Reverse(Due { at, planned: self.planned, what }));
            self.planned += 1;
        }
    }

    /// Lets everything happen.
    ///
    /// # Errors
    /// The pipeline or the store does not work; names the moment of the story.
    pub(super) async fn play(mut self) -> Result<Made, Error> {
        self.stage.clock.set(self.stage.calendar.begin);
        let promised = self.stage.triage.promise("demo, by beginning its story").await;
        promised.map_err(|cause| Error::Reported(cause.to_string()))?;
        while let Some(Reverse(Due { at, what, .. })) = self.due.pop() {
            self.stage.clock.set(at);
            let happened = self.happen(what, at).await;
            happened.map_err(|cause| {
                Error::Reported(format!("the demonstration stopped at {at} of its story: {cause}"))
            })?;
        }
        self.stage.clock.set(self.stage.calendar.end);
        let waiting = self.stage.triage.audits_waiting().await;
        self.made.audits_waiting = waiting.map_err(|cause| Error::Reported(cause.to_string()))?;
        self.made.promised = Some(self.stage.triage.promised());
        Ok(self.made)
    }

    async fn happen(&mut self, what: Event, at: Timestamp) -> Result<(), Stopped> {
        match what {
            Event::Asked(case, turn) => self.asked(case, turn, at).await,
            Event::Reviewed(id, review) => {
                self.made.reviewed(&review);
                self.stage.triage.review(id, *review).await?;
                Ok(())
            }
            Event::PickedUp(case, by) => self.picked_up(case, by, at).await,
            Event::Confirmed(case, id, completed, by) => {
                self.cases[case].progress.is_confirmed = true;
                self.made.confirmed += 1;
                self.stage.triage.confirm(id, *completed, by).await?;
                Ok(())
            }
            Event::Closed(case) => self.closed(case, at).await,
            Event::Live => {
                let triage = self.stage.triage;
                let in_force = InForce::clone(&triage.in_force());
                let policy = self.stage.live.clone();
                triage.replace(InForce { policy, ..in_force });
                Ok(())
            }
            Event::Audits(by) => self.audits(by, at).await,
            Event::Settled => {
                self.stage.triage.settle().await?;
                Ok(self.stage.triage.look().await?)
            }
        }
    }

    /// Triage is asked, and people begin to work with the answer.
    async fn asked(&mut self, case: usize, place: usize, at: Timestamp) -> Result<(), Stopped> {
        let turn = self.cases[case].script.turns[place];
        if turn.is_follow_up {
            self.reopened(case, at).await?;
        }
        let said = self.cases[case].script.until(place, turn, &self.stage.limits);
        let said = said.map_err(Stopped::Large)?;
        let answer = self.stage.triage.assess_patiently(said.clone()).await?;
        if !answer.durable || answer.record.prediction.is_none() {
            return Err(Stopped::Degraded);
        }
        self.stage.bar.inc(1);
        self.made.decided(&answer.record);
        let record = answer.record;
        let Some(truth) = self.truth(case, &said, &record) else { return Ok(()) };
        self.truths.insert(record.id, truth.clone());
        self.react((case, place), &record, &truth);
        self.cases[case].truth = Some(truth);
        Ok(())
    }

    /// Where the conversation belongs.
    fn truth(&self, case: usize, said: &Conversation, record: &Record) -> Option<Truth> {
        let triage = self.stage.triage;
        let labels = &self.cases[case].script.labels;
        let decision = &record.decision;
        let is_taken = |(tier, role): &(_, _)| *tier == decision.tier && *role == decision.role;
        let meanings: Vec<_> =
            labels.iter().filter_map(|label| triage.meaning(said, record, label)).collect();
        let is_right = meanings.iter().any(is_taken);
        let first = labels.first()?;
        if is_right && record.at >= self.stage.calendar.change && first.as_str() == MOVED {
            let elsewhere = triage.meaning(said, record, &Intent::from(MOVED_LIKE))?;
            if !is_taken(&elsewhere) {
                let (tier, role) = elsewhere;
                return Some(Truth { tier, role, intent: None, is_right: false, is_moved: true });
            }
        }
        let right = meanings.iter().find(|meaning| is_taken(meaning)).or(meanings.first())?;
        let (tier, role) = right.clone();
        Some(Truth { tier, role, intent: Some(first.clone()), is_right, is_moved: false })
    }

    /// Plans what people will do about a decision.
    fn react(&mut self, (place, turn): (usize, usize), record: &Record, truth: &Truth) {
        let calendar = self.stage.calendar;
        let (decision, at, id) = (&record.decision, record.at, record.id);
        let case = &mut self.cases[place];
        let next = case.script.turns.get(turn + 1);
        let is_last = next.is_none_or(|next| next.is_follow_up);
        let mut plans = Vec::new();
        // In the middle of a conversation people mostly wait for what comes next.
        if (is_last || case.chance.happens(0.2))
            && let Some(review) = desk::review(decision, truth, at, &mut case.chance)
        {
            plans.push((review.at, Event::Reviewed(id, Box::new(review))));
        }
        if decision.action == Action::HandOff && !case.progress.handed_over {
            case.progress.handed_over = true;
            self.made.handed_over += 1;
            let left = calendar.end.duration_since(at);
            let picked_up = desk::pick_up(decision, at, left, &mut case.chance);
            if let Some(picked_up) = picked_up {
                let by = desk::agent(&truth.role, &mut case.chance);
                plans.push((picked_up, Event::PickedUp(place, by.clone())));
                let read = picked_up.checked_add(case.chance.minutes((4.0, 60.0)));
                if let (true, Ok(read)) = (case.chance.happens(0.6), read) {
                    let completed = Box::new(desk::completed(&mut case.chance));
                    plans.push((read, Event::Confirmed(place, id, completed, by)));
                }
            }
        }
        if is_last && !case.chance.happens(0.05) {
            let ends = at.checked_add(desk::work(truth.tier, &mut case.chance)).unwrap_or(at);
            let ends = next.map_or(ends, |next| ends.min(next.at));
            plans.push((ends, Event::Closed(place)));
        }
        for (at, what) in plans {
            self.plan(at, what);
        }
    }

    async fn picked_up(&mut self, case: usize, by: String, at: Timestamp) -> Result<(), Stopped> {
        let case = &mut self.cases[case];
        let Some(id) = case.script.id() else { return Ok(()) };
        self.stage.triage.acknowledge(id, Some(by), None).await?;
        case.progress.picked_up = Some(at);
        self.made.picked_up += 1;
        Ok(())
    }

    async fn closed(&mut self, case: usize, at: Timestamp) -> Result<(), Stopped> {
        let case = &mut self.cases[case];
        let (Some(id), Some(truth)) = (case.script.id(), &case.truth) else { return Ok(()) };
        let ended = desk::resolution(truth, &case.progress, at, &mut case.chance);
        self.stage.triage.resolve(id, &ended).await?;
        self.made.closed += 1;
        Ok(())
    }

    /// The customer comes back: the case is open again, and automation may look at it again.
    async fn reopened(&mut self, case: usize, at: Timestamp) -> Result<(), Stopped> {
        let case = &mut self.cases[case];
        let Some(id) = case.script.id() else { return Ok(()) };
        let reopened = Resolution { reopened_at: Some(at), ..Resolution::default() };
        self.stage.triage.resolve(id, &reopened).await?;
        self.made.reopened += 1;
        if case.progress.handed_over {
            let role = case.truth.as_ref().map(|truth| truth.role.clone());
            let by = role.map(|role| desk::agent(&role, &mut case.chance));
            self.stage.triage.release(id, by).await?;
            case.progress = Progress::default();
        }
        Ok(())
    }

    /// Somebody answers the audits that wait, a few at a time.
    async fn audits(&mut self, by: &str, at: Timestamp) -> Result<(), Stopped> {
        let triage = self.stage.triage;
        for _ in 0..SITTING {
            let Some(offer) = triage.next_audit(by).await? else { break };
            let Some(truth) = self.truths.get(&offer.record.id) else { break };
            let answer = Answer {
                tier: truth.tier,
                role: truth.role.clone(),
                intent: truth.intent.clone(),
                note: None,
                by: by.to_owned(),
                at,
            };
            triage.answer(&offer.id, answer).await?;
            self.made.audited += 1;
        }
        Ok(())
    }
}

/// Why the story cannot go on.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Assessed(#[from] triage::Error),
    #[error("{0}{named}", named = named(.0))]
    Reviewed(#[from] triage::Unreviewed),
    #[error(transparent)]
    Confirmed(#[from] triage::Unconfirmed),
    #[error(transparent)]
    Handled(#[from] triage::Refused),
    #[error(transparent)]
    Audited(#[from] triage::Unaudited),
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error("a conversation is larger than the options under [limits] allow ({})", faults(.0))]
    Large(Vec<Invalid>),
    #[error("a decision was taken without model or store; `baton doctor` says what is wrong")]
    Degraded,
}

fn named(cause: &triage::Unreviewed) -> String {
    match cause {
        triage::Unreviewed::Invalid(wrong) => format!(": {}", faults(wrong)),
        _ => String::new(),
    }
}

fn faults(faults: &[Invalid]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.planned).cmp(&(other.at, other.planned))
    }
}
