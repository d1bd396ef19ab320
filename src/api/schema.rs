//! Closed sets of the domain as they stand in the API document.

use utoipa::openapi::{
    Array, ObjectBuilder, Schema,
    schema::{AdditionalProperties, OneOfBuilder, SchemaType, Type},
};

use crate::{
    domain::{
        Action, Actor, Band, Channel, Degraded, EscalationKind, EvidenceKind, LabelSource,
        MissingContext, Mode, Outcome, Priority, ReasonCode, Section, SentimentLabel, Severity,
        Speaker, Stage, StepOutcome, StoreText, Verdict,
    },
    monitor::Subject,
    reports::Dimension,
};

macro_rules! closed_sets {
    ($($name:ident => $set:ident),+ $(,)?) => {
        $(pub(super) fn $name() -> Schema {
            one_of($set::ALL.iter().map(|value| value.as_str()))
        })+
    };
}

closed_sets! {
    action => Action,
    actor => Actor,
    band => Band,
    channel => Channel,
    escalation_kind => EscalationKind,
    evidence_kind => EvidenceKind,
    mode => Mode,
    outcome => Outcome,
    priority => Priority,
    reason_code => ReasonCode,
    section => Section,
    sentiment => SentimentLabel,
    severity => Severity,
    speaker => Speaker,
    stage => Stage,
    step_outcome => StepOutcome,
    store_text => StoreText,
    verdict => Verdict,
    label_source => LabelSource,
}

/// By what a report can be divided.
pub(super) fn dimension() -> Schema {
    one_of(Dimension::BY.iter().map(|by| by.as_str()))
}

/// Who is affected.
pub(super) fn who() -> Schema {
    one_of(["one", "team", "many", "unknown"].into_iter())
}

/// What the problem does to the work.
pub(super) fn work() -> Schema {
    one_of(["stopped", "slowed", "unknown"].into_iter())
}

/// What is taken for usual.
pub(super) fn basis() -> Schema {
    one_of(["training", "trailing"].into_iter())
}

/// What came of a comparison.
pub(super) fn comparison() -> Schema {
    one_of(["compared", "not_enough_data", "no_reference"].into_iter())
}

/// What is compared.
pub(super) fn finding() -> Schema {
    one_of(["novelty", "confidence", "intents", "distribution", "meaning"].into_iter())
}

/// Who should look at a finding.
pub(super) fn level() -> Schema {
    one_of(["act", "notify", "show"].into_iter())
}

/// What an alarm is about.
pub(super) fn subject() -> Schema {
    one_of(Subject::ALL.iter().map(|subject| subject.as_str()))
}

/// Against what a window was compared; null where none was.
pub(super) fn basis_if_any() -> Schema {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .enum_values(Some([Some("training"), Some("trailing"), None]))
        .into()
}

/// Whether automatic decisions keep their promise.
pub(super) fn standing() -> Schema {
    one_of(["none", "kept", "broken", "withheld"].into_iter())
}

/// On which ground a promise is found broken; null while it is not.
pub(super) fn ground() -> Schema {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .enum_values(Some([Some("audits"), Some("overrides"), Some("satisfaction"), None]))
        .into()
}

/// What the next stage still needs.
pub(super) fn missing_context() -> Schema {
    list(one_of(MissingContext::ALL.iter().map(|value| value.as_str())))
}

/// Parts that could not be used.
pub(super) fn degraded() -> Schema {
    list(one_of(Degraded::ALL.iter().map(|value| value.as_str())))
}

/// Rules that fired.
pub(super) fn reason_codes() -> Schema {
    list(reason_code())
}

/// Sections of a packet.
pub(super) fn sections() -> Schema {
    list(section())
}

/// The helpdesk's own fields.
pub(super) fn fields() -> Schema {
    let scalar = [Type::String, Type::Number, Type::Boolean]
        .into_iter()
        .fold(OneOfBuilder::new(), |set, kind| {
            set.item(ObjectBuilder::new().schema_type(SchemaType::new(kind)))
        });
    ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::Object))
        .additional_properties(Some(AdditionalProperties::RefOr(utoipa::openapi::RefOr::T(
            scalar.build().into(),
        ))))
        .description(Some("strings, numbers or booleans by name"))
        .into()
}

fn one_of(values: impl Iterator<Item = &'static str>) -> Schema {
    ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::String))
        .enum_values(Some(values.collect::<Vec<_>>()))
        .into()
}

fn list(items: Schema) -> Schema {
    Schema::Array(Array::new(items))
}
