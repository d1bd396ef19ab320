//! `GET /v1/decisions` and `GET /v1/decisions/{id}`: what was decided.

use std::str::FromStr;

use axum::{
    Json,
    extract::{Query, State},
};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    App,
    outcome::OutcomeFields,
    path,
    problem::{ApiError, Problem},
    receipt::PacketState,
    response::TriageResponse,
    review::ReviewBody,
    schema,
};
use crate::{
    domain::{
        Action, Band, ConversationId, Intent, Invalid, Mode, Receipt, Record, RoleId, Speaker,
        StoreText, TextFeatures, Tier, Timestamp,
    },
    store::{Cursor, Filter, Listing, Page, Summary},
};

const DEFAULT_PAGE: u32 = 50;
const LARGEST_PAGE: u32 = 500;

/// Which decisions are wanted; an absent parameter matches all.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "only documents the parameters; they are read one by one, so that \
                              every fault is named"
)]
pub(super) struct ListParams {
    /// Not before, as RFC 3339.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Before, as RFC 3339.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// With this band.
    #[param(schema_with = schema::band, required = false)]
    band: Option<Band>,
    /// With this tier.
    #[param(minimum = 0, maximum = 4)]
    tier: Option<u8>,
    /// With this role.
    role: Option<String>,
    /// With this most probable intent.
    intent: Option<String>,
    /// Of this conversation.
    conversation_id: Option<String>,
    /// Reviewed by an agent or not.
    reviewed: Option<bool>,
    /// At most this many, 1 to 500; 50 if absent.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A page of decisions, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DecisionPage {
    decisions: Vec<DecisionSummary>,
    /// Give it as `cursor` for the next page; null at the end.
    next: Option<String>,
}

/// One decision in a list.
#[derive(Debug, Serialize, ToSchema)]
struct DecisionSummary {
    decision_id: String,
    conversation_id: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    #[schema(schema_with = schema::mode)]
    mode: Mode,
    #[schema(schema_with = schema::band)]
    band: Band,
    #[schema(schema_with = schema::action)]
    action: Action,
    tier: u8,
    role: String,
    /// The most probable intent; null if the model did not answer.
    intent: Option<String>,
    confidence: f32,
}

/// One decision as it is kept: personal data masked.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StoredDecision {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// How much text was kept: `masked`; `full`, with the words as they were sent besides; or
    /// `none`, where every text is null or empty here.
    #[schema(schema_with = schema::store_text)]
    store_text: StoreText,
    /// The answer that was given, in masked words; sources point into the original request.
    decision: TriageResponse,
    /// Whether somebody has completed and confirmed the packet, and how.
    packet: PacketState,
    /// What people say of the decision, in the order they came.
    reviews: Vec<ReviewBody>,
    /// It is the one that counts for its episode: the first that was acted on (routed, resolved,
    /// handed off, confirmed or overridden), else the last. False while it
    /// waits for the store.
    of_record: bool,
    /// What became of the conversation; null where nobody has said.
    outcome: Option<OutcomeFields>,
    /// The subject line; null if there was none.
    subject: Option<StoredText>,
    /// The conversation as the model read it: personal data replaced by placeholders.
    messages: Vec<StoredMessage>,
}

/// A text as it is kept.
#[derive(Debug, Serialize, ToSchema)]
struct StoredText {
    /// As the model read it; null where no text is kept.
    text: Option<String>,
    /// As it was sent; null unless that is kept.
    original: Option<String>,
}

/// One turn as it is kept.
#[derive(Debug, Serialize, ToSchema)]
struct StoredMessage {
    #[schema(schema_with = schema::speaker)]
    role: Speaker,
    #[serde(flatten)]
    text: StoredText,
}

/// List decisions, newest first.
#[utoipa::path(get, path = "/v1/decisions", tag = "record", params(ListParams), responses(
    (status = 200, description = "A page of decisions", body = DecisionPage),
    (status = "default", description = "See docs/errors.md", body = Problem,
        content_type = "application/problem+json"),
))]
pub(super) async fn list(
    State(app): State<App>,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<Json<DecisionPage>, ApiError> {
    let (filter, page) = wanted(&given)?;
    let store = app.recorder.store();
    let listing = store.decisions(&filter, page).await.map_err(ApiError::Store)?;
    Ok(Json(listing.into()))
}

/// Show one decision as it is kept.
#[utoipa::path(get, path = "/v1/decisions/{id}", tag = "record",
    params(("id" = String, Path, description = "decision_id")),
    responses(
        (status = 200, description = "The decision with its masked conversation",
            body = StoredDecision),
        (status = "default", description = "See docs/errors.md", body = Problem,
            content_type = "application/problem+json"),
    ))]
pub(super) async fn show(
    State(app): State<App>,
    id: path::Given,
) -> Result<Json<StoredDecision>, ApiError> {
    let id = path::decision(id)?;
    let record = app.recorder.decision(id).await?.ok_or(ApiError::NO_DECISION)?;
    let receipts = app.recorder.receipts(id).await?;
    let store = app.recorder.store();
    let reviews = store.reviews(id).await?.into_iter().map(ReviewBody::from).collect();
    let outcome = store.resolution(&record.conversation_id).await?.map(OutcomeFields::from);
    let of_record = store.is_of_record(id).await?;
    Ok(Json(StoredDecision {
        reviews,
        of_record,
        outcome,
        ..StoredDecision::new(&record, receipts)
    }))
}

/// Reads the parameters; every fault is named, not only the first.
pub(super) fn wanted(given: &[(String, String)]) -> Result<(Filter, Page), ApiError> {
    let mut filter = Filter::default();
    let mut page = Page { after: None, limit: DEFAULT_PAGE };
    let mut wrong = Vec::new();
    for (name, value) in given {
        let read = match name.as_str() {
            "from" => {
                read(value, &mut filter.from, "an RFC 3339 time such as 2026-11-20T10:00:00Z")
            }
            "to" => read(value, &mut filter.to, "an RFC 3339 time such as 2026-11-20T10:00:00Z"),
            "band" => keep(Band::parse(value), &mut filter.band, "auto, suggest or human"),
            "tier" => keep(tier(value), &mut filter.tier, "a whole number from 0 to 4"),
            "role" => keep(Some(RoleId::from(value.as_str())), &mut filter.role, "a role"),
            "intent" => keep(Some(Intent::from(value.as_str())), &mut filter.intent, "an intent"),
            "conversation_id" => {
                let id = ConversationId::try_from(value.clone()).ok();
                keep(id, &mut filter.conversation, "1 to 256 characters")
            }
            "reviewed" => read(value, &mut filter.reviewed, "true or false"),
            "cursor" => keep(cursor(value), &mut page.after, "the value of next of a page"),
            "limit" => match value.parse() {
                Ok(limit) if (1..=LARGEST_PAGE).contains(&limit) => {
                    page.limit = limit;
                    Ok(())
                }
                _ => Err("a whole number from 1 to 500"),
            },
            _ => Err("one of from, to, band, tier, role, intent, conversation_id, reviewed, \
                      limit, cursor"),
        };
        if let Err(expected) = read {
            let name: String = name.chars().take(64).collect();
            wrong.push(Invalid::new(format!("?{name}"), format!("expected {expected}")));
        }
    }
    if wrong.is_empty() { Ok((filter, page)) } else { Err(wrong.into()) }
}

fn read<T: FromStr>(
    text: &str,
    place: &mut Option<T>,
    expected: &'static str,
) -> Result<(), &'static str> {
    keep(text.parse().ok(), place, expected)
}

fn keep<T>(
    value: Option<T>,
    place: &mut Option<T>,
    expected: &'static str,
) -> Result<(), &'static str> {
    *place = Some(value.ok_or(expected)?);
    Ok(())
}

fn tier(text: &str) -> Option<Tier> {
    text.parse::<u8>().ok().and_then(|number| Tier::try_from(number).ok())
}

fn cursor(text: &str) -> Option<Cursor> {
    text.parse().ok().map(Cursor)
}

impl From<Listing> for DecisionPage {
    fn from(listing: Listing) -> Self {
        Self {
            decisions: listing.summaries.into_iter().map(DecisionSummary::from).collect(),
            next: listing.next.map(|cursor| cursor.0.to_string()),
        }
    }
}

impl From<Summary> for DecisionSummary {
    fn from(summary: Summary) -> Self {
        Self {
            decision_id: summary.id.to_string(),
            conversation_id: summary.conversation_id.to_string(),
            at: summary.at,
            mode: summary.mode,
            band: summary.band,
            action: summary.action,
            tier: summary.tier.get(),
            role: summary.role.to_string(),
            intent: summary.intent.map(|intent| intent.to_string()),
            confidence: summary.confidence.get(),
        }
    }
}

impl StoredDecision {
    fn new(record: &Record, receipts: Vec<Receipt>) -> Self {
        let sent = record.original.as_ref();
        let text = |text: &TextFeatures, original: Option<&String>| StoredText {
            text: (record.store_text != StoreText::Nothing).then(|| text.masked.clone()),
            original: original.cloned(),
        };
        let mut messages = Vec::with_capacity(record.features.messages.len());
        for (place, read) in record.features.messages.iter().enumerate() {
            let original = sent.and_then(|sent| sent.messages.get(place));
            let text = text(read, original.map(|message| &message.text));
            messages.push(StoredMessage { role: read.speaker, text });
        }
        let subject = sent.and_then(|sent| sent.subject.as_ref());
        Self {
            at: record.at,
            store_text: record.store_text,
            decision: TriageResponse::stored(record),
            packet: receipts.into(),
            reviews: Vec::new(),
            of_record: false,
            outcome: None,
            subject: record.features.subject.as_ref().map(|read| text(read, subject)),
            messages,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn every_wrong_parameter_is_named() {
        let query = given(&[("band", "sure"), ("tier", "9"), ("limit", "0"), ("x", "1")]);
        let ApiError::Invalid(wrong) = wanted(&query).unwrap_err() else { panic!() };
        let names: Vec<_> = wrong.iter().map(|wrong| wrong.pointer.as_str()).collect();
        assert_eq!(names, ["?band", "?tier", "?limit", "?x"]);
    }

    #[test]
    fn parameters_become_a_filter() {
        let query = given(&[("band", "auto"), ("from", "2026-11-20T10:00:00Z"), ("cursor", "7")]);
        let (filter, page) = wanted(&query).unwrap();
        assert_eq!(filter.band, Some(Band::Auto));
        assert!(filter.from.is_some());
        assert_eq!(page.after, Some(Cursor(7)));
    }
}
