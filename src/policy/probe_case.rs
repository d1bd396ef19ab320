//! The conversation, features and prediction that a probe's `given` describes.

use std::sync::Arc;

use crate::domain::{
    Certificate, Conversation, Customer, Features, Intent, IntentScore, Language, Limits, Memory,
    Message, Outcome, Parts, Prediction, Probability, Sentiment, SentimentLabel, Signal,
    SignalKind, Source, Span, Speaker, Standing, TextFeatures, Ticket, Timestamp,
};

use super::{
    attempts::marks,
    document::Document,
    mode::Modes,
    probe::{Given, GivenCustomer, GivenTicket},
    routes::IntentRule,
    strikes::settle,
};

/// A probe's case with everything it owns.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) conversation: Conversation,
    pub(super) features: Features,
    pub(super) prediction: Option<Prediction>,
    pub(super) standing: Standing,
    pub(super) now: Timestamp,
    pub(super) modes: Modes,
}

/// Intents that share the probability which a probe's intent leaves.
const SHARERS_MAX: usize = 8;

/// Failed answers that a probe may ask for.
const STRIKES_MAX: u32 = 1_000;

/// How far the probabilities of `intents` may be from a sum of 1.
const SUM_TOLERANCE: f32 = 0.001;

/// Friday 20 November 2026, 10:00 UTC: the moment of a probe that names none.
const MOMENT_S: i64 = 1_795_168_800;

impl Given {
    /// Builds the case.
    ///
    /// # Errors
    /// The key below `given`, what is wrong and what to write instead.
    pub(super) fn build(&self, document: &Document) -> Result<Built, (&'static str, String)> {
        let prediction = self.prediction(document)?;
        if self.strikes > STRIKES_MAX {
            return Err(("strikes", format!("write at most {STRIKES_MAX}")));
        }
        let messages = self.messages();
        let features = self.features(&messages);
        let parts = Parts {
            channel: self.channel,
            messages,
            customer: self.customer.clone().into(),
            ticket: self.ticket.clone().into(),
            ..Parts::default()
        };
        let conversation = Conversation::new(parts, &Limits::default()).map_err(|wrong| {
            let wrong: Vec<_> = wrong.iter().map(ToString::to_string).collect();
            ("ticket", wrong.join("; "))
        })?;
        let now = match self.at {
            Some(at) => at,
            None => Timestamp::from_second(MOMENT_S).unwrap_or_default(),
        };
        let mut memory = Memory { negative_running: self.negative_running, ..Memory::default() };
        memory.learn(marks(&conversation, &features, None));
        let standing = Standing {
            handed_over: self.handed_over,
            waiting_minutes: self.waiting_minutes,
            ..settle(&mut memory, now)
        };
        Ok(Built { conversation, features, prediction, standing, now, modes: self.mode.into() })
    }

    fn prediction(
        &self,
        document: &Document,
    ) -> Result<Option<Prediction>, (&'static str, String)> {
        let intents = match (&self.intent, self.intents.is_empty(), self.model_absent) {
            (None, true, true) => return Ok(None),
            (Some(intent), true, false) => self.spread(document, intent)?,
            (None, false, false) => self.distribution(document)?,
            _ => {
                let remedy = "write exactly one of intent, intents and model_absent = true";
                return Err(("intent", remedy.to_owned()));
            }
        };
        let (label, probability) = (SentimentLabel::Neutral, Probability::ONE);
        let nowhere = Source { message: Some(0), span: Span::new(0, 0) };
        Ok(Some(Prediction {
            intents,
            sentiment: Sentiment { label, probability, frustration: self.frustration },
            novelty: self.novelty,
            novelty_limit: 1.0,
            acts: Vec::new(),
            repeats: Vec::new(),
            left_out: vec![nowhere; usize::from(self.left_out)],
            certificate: Arc::new(Certificate::unrestricted()),
            vector: None,
        }))
    }

    /// One intent, and the rest over the first intents that lead elsewhere without a bypass.
    fn spread(
        &self,
        document: &Document,
        intent: &Intent,
    ) -> Result<Vec<IntentScore>, (&'static str, String)> {
        let rule = document.intent.get(intent).ok_or_else(|| unknown("intent", intent))?;
        let rule = rule.get_ref();
        let probability = self.probability.unwrap_or(Probability::ONE);
        let mut scores = vec![IntentScore { label: intent.clone(), probability }];
        let elsewhere = |other: &IntentRule| {
            (other.tier, &other.role) != (rule.tier, &rule.role) && other.bypass.is_none()
        };
        let others = document.intent.iter().filter(|(_, other)| elsewhere(other.get_ref()));
        let others: Vec<_> = others.take(SHARERS_MAX).map(|(name, _)| name).collect();
        let rest = 1.0 - probability.get();
        if rest > 0.0 && others.is_empty() {
            let remedy = "no other intent can take the rest; write 1, or intents = { ... }";
            return Err(("probability", remedy.to_owned()));
        }
        #[expect(clippy::cast_precision_loss, reason = "there are at most eight")]
        let probability = Probability::saturating(rest / others.len().max(1) as f32);
        let others = others.into_iter().cloned();
        scores.extend(others.map(|label| IntentScore { label, probability }));
        Ok(scores)
    }

    fn distribution(
        &self,
        document: &Document,
    ) -> Result<Vec<IntentScore>, (&'static str, String)> {
        if self.probability.is_some() {
            return Err(("probability", "leave it out beside intents".to_owned()));
        }
        let mut scores = Vec::with_capacity(self.intents.len());
        for (label, &probability) in &self.intents {
            if !document.intent.contains_key(label) {
                return Err(unknown("intents", label));
            }
            scores.push(IntentScore { label: label.clone(), probability });
        }
        let sum: f32 = scores.iter().map(|score| score.probability.get()).sum();
        if (sum - 1.0).abs() > SUM_TOLERANCE {
            return Err(("intents", format!("the probabilities sum to {sum}; make them sum to 1")));
        }
        Ok(scores)
    }

    /// The customer's text, then as many failed answers as there are strikes, then what the
    /// signals need: an agent's or a bot's word, and the customer's last.
    fn messages(&self) -> Vec<Message> {
        let mut messages = vec![message(Speaker::Customer, self.text.clone())];
        for strike in 1..=self.strikes {
            let mut answer = message(Speaker::Bot, format!("answer {strike}"));
            answer.outcome = Some(Outcome::Failed);
            messages.push(answer);
        }
        for speaker in [Speaker::Agent, Speaker::Bot] {
            if self.signals.iter().any(|&signal| speaker_of(signal) == speaker) {
                messages.push(message(speaker, String::new()));
            }
        }
        if messages.len() > 1 {
            messages.push(message(Speaker::Customer, String::new()));
        }
        messages
    }

    fn features(&self, messages: &[Message]) -> Features {
        let text = |message: &Message| TextFeatures {
            speaker: message.speaker,
            masked: message.text.clone(),
            segments: Vec::new(),
            sentences: Vec::new(),
        };
        let place = |kind: SignalKind| {
            let last = messages.iter().rposition(|message| message.speaker == speaker_of(kind));
            last.and_then(|place| u32::try_from(place).ok())
        };
        let signal = |&kind: &SignalKind| Signal {
            kind,
            source: Source { message: place(kind), span: Span::new(0, 0) },
        };
        let code = self.language.clone().unwrap_or_else(|| "en".to_owned());
        Features {
            subject: None,
            messages: messages.iter().map(text).collect(),
            language: Language { code, supported: !self.language_unsupported },
            signals: self.signals.iter().map(signal).collect(),
        }
    }
}

fn unknown(key: &'static str, intent: &Intent) -> (&'static str, String) {
    (key, format!("the policy has no [intent.{intent}]; write one that it has"))
}

fn message(speaker: Speaker, text: String) -> Message {
    Message { id: None, speaker, text, at: None, attachments: Vec::new(), outcome: None }
}

/// Whose words a signal is read from.
fn speaker_of(signal: SignalKind) -> Speaker {
    match signal {
        SignalKind::BugConfirmed | SignalKind::NextTierNeeded => Speaker::Agent,
        SignalKind::BotFallback | SignalKind::OnlyAsks => Speaker::Bot,
        _ => Speaker::Customer,
    }
}

impl From<GivenCustomer> for Customer {
    fn from(given: GivenCustomer) -> Self {
        let GivenCustomer { plan, mrr_usd, renewal_in_days, vip, language } = given;
        Self { id: None, plan, mrr_usd, renewal_in_days, vip, language }
    }
}

impl From<GivenTicket> for Ticket {
    fn from(given: GivenTicket) -> Self {
        Self {
            id: None,
            current_tier: given.current_tier,
            open_minutes: given.open_minutes,
            sla_minutes_left: given.sla_minutes_left,
            severity: given.severity,
            impacted_users: given.impacted_users,
            fields: given.fields,
        }
    }
}
