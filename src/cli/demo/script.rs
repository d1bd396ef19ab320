//! A conversation of the corpus as it is told: whose, over which channel, and when each message
//! came.

use jiff::SignedDuration;

use super::{calendar::Calendar, chance::Chance, corpus::Corpus};
use crate::{
    dataset::Row,
    domain::{
        Channel, Conversation, ConversationId, Customer, FieldValue, Intent, Invalid, Limits,
        Message, Parts, Speaker, Stage, Ticket, Timestamp,
    },
};

/// A conversation with everything that its helpdesk would know.
pub(super) struct Script {
    /// What it is about, and what is right, too.
    pub(super) labels: Vec<Intent>,
    parts: Parts,
    began: Timestamp,
    /// How many messages there are when triage is asked, and when that is.
    pub(super) turns: Vec<Turn>,
}

/// A moment at which triage is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Turn {
    pub(super) at: Timestamp,
    messages: usize,
    /// The customer comes back after the case was closed.
    pub(super) is_follow_up: bool,
}

/// The intent whose work goes to another queue after the change.
pub(super) const MOVED: &str = "billing_inquiry";
/// The intent whose queue takes it.
pub(super) const MOVED_LIKE: &str = "billing_dispute";
/// The intent of customers who ask what has become of their case.
const FOLLOW_UP: &str = "case_follow_up";
/// What agents write when they close a case.
const CLOSINGS: &[&str] = &[
    "This is done on our side now. Please have a look, and write here if anything is left.",
    "I have passed this to the colleagues who own it. They will come back to you here.",
    "That should be settled. I am closing the ticket; answering to it opens it again.",
    "We have changed it for you. It can take an hour until you see it.",
];
/// The field that marks what is made up, in every record.
const MARK: &str = "demo";
/// Which part of the product an intent is mostly about, and which group gets the ticket first; the
/// last line is for all others.
const HOMES: &[(&[&str], &str, &str)] = &[
    (&["account_access", "permissions", "account_update"], "Accounts", "Frontline"),
    (&["billing_inquiry", "billing_dispute", "refund_request"], "Billing", "Billing"),
    (&["subscription_change", "cancellation", "product_info"], "Plans", "Billing"),
    (&["order_status", "return_exchange"], "Shop", "Orders"),
    (&["device_connectivity"], "Devices", "Technical"),
    (&["integration", "architecture"], "Integrations", "Technical"),
    (&["configuration", "performance", "data_integrity"], "Platform", "Technical"),
    (&["software_bug", "feature_outage", "service_outage"], "App", "Technical"),
    (&[], "App", "Frontline"),
];

impl Script {
    /// The conversation of that number.
    ///
    /// - `name`: what all names of the story begin with.
    pub(super) fn write(
        (name, number): (&str, usize),
        began: Timestamp,
        calendar: &Calendar,
        (corpus, chance): (&mut Corpus, &mut Chance),
    ) -> Option<Self> {
        let row = cast(began, calendar, corpus, chance)?;
        let mut parts = Parts::clone(&row.conversation);
        let channel = channel(parts.channel, chance);
        let (customer, number) = (customer(name, chance), format!("{name}-{number:05}"));
        parts.id = ConversationId::try_from(number.clone()).ok();
        parts.channel = Some(channel);
        parts.customer = customer;
        parts.ticket = ticket(number, &row.label, chance);

        let mut turns = Vec::new();
        let mut at = began;
        for (place, message) in parts.messages.iter_mut().enumerate() {
            if place > 0 {
                at = at.checked_add(pause(channel, message.speaker, chance)).ok()?;
            }
            date(message, place, at);
            if message.speaker == Speaker::Customer {
                turns.push(Turn { at, messages: place + 1, is_follow_up: false });
            }
        }
        if chance.happens(0.07) {
            come_back((&mut parts.messages, &mut turns), at, (corpus, chance))?;
        }
        let labels = std::iter::once(row.label).chain(row.also).map(Intent::from).collect();
        Some(Self { labels, parts, began, turns })
    }

    /// Its name.
    pub(super) fn id(&self) -> Option<&ConversationId> {
        self.parts.id.as_ref()
    }

    /// All of it.
    ///
    /// # Errors
    /// It is larger than the options allow.
    pub(super) fn whole(&self, limits: &Limits) -> Result<Conversation, Vec<Invalid>> {
        Conversation::new(self.parts.clone(), limits)
    }

    /// The conversation as it stands at a turn.
    ///
    /// # Errors
    /// It is larger than the options allow.
    pub(super) fn until(
        &self,
        place: usize,
        turn: Turn,
        limits: &Limits,
    ) -> Result<Conversation, Vec<Invalid>> {
        let mut parts = self.parts.clone();
        parts.messages.truncate(turn.messages);
        parts.stage = if place == 0 { Stage::Creation } else { Stage::Interaction };
        if turn.is_follow_up {
            let open = turn.at.duration_since(self.began);
            parts.ticket.open_minutes = Some(open.as_secs_f64() / 60.0);
        }
        Conversation::new(parts, limits)
    }
}

/// Which conversation it is: after the change, many of the intent that was moved, and of people
/// who mean somebody else.
fn cast(
    began: Timestamp,
    calendar: &Calendar,
    corpus: &mut Corpus,
    chance: &mut Chance,
) -> Option<Row> {
    if began >= calendar.change {
        let share = chance.share();
        if share < 0.42 {
            return corpus.of(MOVED);
        }
        if share < 0.56 {
            return corpus.foreign();
        }
    }
    corpus.usual(chance)
}

/// The channel of the text, or another over which it could have come as well.
fn channel(own: Option<Channel>, chance: &mut Chance) -> Channel {
    match own.unwrap_or(Channel::Chat) {
        Channel::Email if chance.happens(0.35) => Channel::WebForm,
        Channel::Chat if chance.happens(0.06) => Channel::SocialPrivate,
        other => other,
    }
}

fn customer(name: &str, chance: &mut Chance) -> Customer {
    let (plan, revenue) = match chance.weighted([0.3, 0.45, 0.25].into_iter()) {
        0 => ("free", (0.0, 0.0)),
        1 => ("team", (40.0, 420.0)),
        _ => ("enterprise", (1_200.0, 6_000.0)),
    };
    let revenue = (revenue.0 + (revenue.1 - revenue.0) * chance.share()).round();
    let days = i64::try_from(chance.below(360)).unwrap_or_default() + 5;
    Customer {
        id: Some(format!("{name}-customer-{:04}", chance.below(900))),
        plan: Some(plan.to_owned()),
        mrr_usd: Some(revenue),
        renewal_in_days: (plan != "free").then_some(days),
        vip: chance.happens(0.01).then_some(true),
        language: None,
    }
}

fn ticket(number: String, label: &str, chance: &mut Chance) -> Ticket {
    let own = HOMES.iter().find(|(labels, ..)| labels.is_empty() || labels.contains(&label));
    // Some customers name another part, and some tickets land elsewhere at first.
    let mut home = || own.filter(|_| !chance.happens(0.1)).or(HOMES.get(chance.below(HOMES.len())));
    let (area, group) = (home().map(|(_, area, _)| *area), home().map(|(.., group)| *group));
    let named = [("product_area", area), ("group", group)].into_iter();
    let named =
        named.filter_map(|(key, name)| Some((key.to_owned(), FieldValue::Text(name?.to_owned()))));
    let mark = (MARK.to_owned(), FieldValue::Flag(true));
    Ticket { id: Some(number), fields: named.chain([mark]).collect(), ..Ticket::default() }
}

/// How long the next message takes.
fn pause(channel: Channel, speaker: Speaker, chance: &mut Chance) -> SignedDuration {
    chance.minutes(match (channel, speaker) {
        (_, Speaker::Bot | Speaker::System) => (0.05, 0.3),
        (Channel::Phone, _) => (0.1, 0.8),
        (Channel::Chat | Channel::Api, _) => (0.4, 6.0),
        (_, Speaker::Agent) => (12.0, 240.0),
        (_, Speaker::Customer) => (8.0, 360.0),
    })
}

fn date(message: &mut Message, place: usize, at: Timestamp) {
    message.id = Some(format!("m{}", place + 1));
    message.at = Some(at);
}

/// An agent closes the case, and the customer asks again.
fn come_back(
    (messages, turns): (&mut Vec<Message>, &mut Vec<Turn>),
    last: Timestamp,
    (corpus, chance): (&mut Corpus, &mut Chance),
) -> Option<()> {
    let again = corpus.of(FOLLOW_UP)?;
    let words = again.conversation.customer_turns().next()?.1.text.clone();
    let said = |speaker, text| Message {
        id: None,
        speaker,
        text,
        at: None,
        attachments: Vec::new(),
        outcome: None,
    };
    let closed = last.checked_add(chance.minutes((60.0, 600.0))).ok()?;
    let mut closing = said(Speaker::Agent, chance.one(CLOSINGS).to_owned());
    date(&mut closing, messages.len(), closed);
    messages.push(closing);
    let asked = closed.checked_add(chance.minutes((300.0, 3_600.0))).ok()?;
    let mut question = said(Speaker::Customer, words);
    date(&mut question, messages.len(), asked);
    messages.push(question);
    turns.push(Turn { at: asked, messages: messages.len(), is_follow_up: true });
    Some(())
}
