//! Every metric: its name, help text and buckets, and one function per event.
//!
//! Labels come from enums and from names of the policy, never from a caller's text.

mod labels;

use std::time::Duration;

use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder};

use crate::domain::{Band, Decision, ReasonCode, Verdict};

pub use labels::{AlarmEvent, ErasedBy, Reload, ShadowResult, Slot, Stage};

const DECISIONS: &str = "triage_decisions_total";
const CONFIDENCE: &str = "triage_confidence";
const STRIKES_TRIPPED: &str = "triage_strikes_tripped_total";
const HANDOFFS: &str = "triage_handoffs_total";
const REVIEWS: &str = "triage_reviews_total";
const STAGE: &str = "triage_stage_duration_seconds";
const QUEUE_DEPTH: &str = "triage_queue_depth";
const BUILD_INFO: &str = "triage_build_info";
const DEGRADED: &str = "triage_degraded_total";
const REFUSED: &str = "triage_refused_total";
const CACHE_HITS: &str = "triage_embedding_cache_hits_total";
const CACHE_MISSES: &str = "triage_embedding_cache_misses_total";
const CACHE_BYTES: &str = "triage_embedding_cache_bytes";
const WORKER_RESTARTS: &str = "triage_worker_restarts_total";
const WORKERS_READY: &str = "triage_workers_ready";
const STORE_COMMIT: &str = "triage_store_commit_duration_seconds";
const STORE_BATCH: &str = "triage_store_batch_records";
const SPOOLED: &str = "triage_spooled_records";
const ERASED: &str = "triage_erased_records_total";
const POLICY_RELOADS: &str = "triage_policy_reloads_total";
const MODEL_RELOADS: &str = "triage_model_reloads_total";
const SHADOW: &str = "triage_shadow_total";
const AUDITS: &str = "triage_audits_total";
const AUDITS_WAITING: &str = "triage_audits_waiting";
const HANDOFFS_OVERDUE: &str = "triage_handoffs_overdue";
const DEMOTED: &str = "triage_demoted";
const DRIFT_ALARM: &str = "triage_drift_alarm";
const DRIFT_STATISTIC: &str = "triage_drift_statistic";
const NOVELTY: &str = "triage_novelty_ratio";
const ESTIMATED_ACCURACY: &str = "triage_estimated_accuracy_ratio";
const OVERRIDE_RATIO: &str = "triage_override_ratio";
const PRECISION_LOWER: &str = "triage_band_precision_lower_ratio";
const OVERRIDES_RAISED: &str = "triage_override_alarms";
const ALARMS: &str = "triage_alarms_total";
const HTTP: &str = "triage_http_requests_total";

/// Upper bounds in seconds: from a stage without a model to twice the usual deadline.
const SECONDS: &[f64] = &[
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
    5.0, 10.0,
];

/// Upper bounds that show where mass crosses the two thresholds, 0.70 and 0.90.
const PROBABILITY: &[f64] =
    &[0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.99, 1.0];

/// Upper bounds for records written in one commit.
const BATCH: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// Renders the metrics of this process.
pub use metrics_exporter_prometheus::PrometheusHandle as Handle;

/// Installs the recorder of this process and describes every metric.
///
/// # Errors
/// Another recorder is installed already, or a bucket list is empty.
pub fn install() -> Result<Handle, BuildError> {
    let handle = builder()?.install_recorder()?;
    describe();
    Ok(handle)
}

/// A recorder with the buckets of this service.
fn builder() -> Result<PrometheusBuilder, BuildError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(CONFIDENCE.to_owned()), PROBABILITY)?
        .set_buckets_for_metric(Matcher::Full(STORE_BATCH.to_owned()), BATCH)?
        .set_buckets(SECONDS)
}

fn describe() {
    describe_counter!(DECISIONS, "Decisions served, by mode, band, tier and role");
    describe_histogram!(CONFIDENCE, "Calibrated confidence of served decisions, 0 to 1");
    describe_counter!(STRIKES_TRIPPED, "Decisions in which the strike limit was reached");
    describe_counter!(HANDOFFS, "Decisions of band human, by the first rule that demanded it");
    describe_counter!(AUDITS, "Blind audits answered, by verdict and tier of the decision");
    describe_gauge!(AUDITS_WAITING, "Blind audits that wait for an answer");
    describe_counter!(REVIEWS, "Reviews, by verdict and by band and tier of the decision");
    describe_histogram!(STAGE, Unit::Seconds, "Time spent in each stage of a decision");
    describe_gauge!(QUEUE_DEPTH, "Requests waiting for an inference worker");
    describe_gauge!(
        BUILD_INFO,
        "1 for the version, model and policy that run, 0 for those before a reload"
    );
    describe_counter!(DEGRADED, "Decisions served without one part, by part");
    describe_counter!(REFUSED, "Requests refused, by problem code");
    describe_counter!(CACHE_HITS, "Texts whose vectors were kept from an earlier request");
    describe_counter!(CACHE_MISSES, "Texts that the encoder had to read");
    describe_gauge!(CACHE_BYTES, Unit::Bytes, "What kept vectors take up");
    describe_counter!(WORKER_RESTARTS, "Inference workers restarted after a panic");
    describe_gauge!(WORKERS_READY, "Inference workers that can take a request");
    describe_histogram!(STORE_COMMIT, Unit::Seconds, "Time of one durable commit");
    describe_histogram!(STORE_BATCH, "Records written in one commit");
    describe_gauge!(SPOOLED, "Records that wait in the spool to be stored");
    describe_counter!(ERASED, "Records erased, by what demanded it");
    describe_counter!(POLICY_RELOADS, "Policy reloads, by result");
    describe_counter!(MODEL_RELOADS, "Model reloads, by slot and result");
    describe_counter!(SHADOW, "Decisions compared with those of the shadow model, by result");
    describe_gauge!(
        HANDOFFS_OVERDUE,
        "High and critical handoffs that nobody has picked up in the time of the policy"
    );
    describe_gauge!(DEMOTED, "1 while a broken promise keeps decisions from being automatic");
    describe_gauge!(DRIFT_ALARM, "1 while two windows running have drifted, by kind");
    describe_gauge!(DRIFT_STATISTIC, "What the last window was found to be, by kind of drift");
    describe_gauge!(NOVELTY, "Share of new topics in the last window");
    describe_gauge!(ESTIMATED_ACCURACY, "Mean confidence of the last window");
    describe_gauge!(OVERRIDE_RATIO, "Share of reviewed decisions that were overridden, by band");
    describe_gauge!(PRECISION_LOWER, "Lower 95 % bound of the share that was right, by band");
    describe_gauge!(OVERRIDES_RAISED, "Override rates, of all intents or of one, in alarm");
    describe_counter!(ALARMS, "Alarms that this instance noticed, by subject, level and event");
    describe_counter!(HTTP, "HTTP answers, by route, method and status");
}

/// One served decision.
pub fn decision_served(decision: &Decision) {
    counter!(
        DECISIONS,
        "mode" => decision.mode.as_str(),
        "band" => decision.band.as_str(),
        "tier" => decision.tier.as_str(),
        "role" => decision.role.to_string(),
    )
    .increment(1);
    histogram!(CONFIDENCE).record(f64::from(decision.confidence.get()));
    if decision.strikes.tripped {
        counter!(STRIKES_TRIPPED).increment(1);
    }
    if decision.band == Band::Human {
        counter!(HANDOFFS, "reason" => handoff_reason(decision).as_str()).increment(1);
    }
    for part in &decision.degraded {
        counter!(DEGRADED, "part" => part.as_str()).increment(1);
    }
}

/// The first rule that sent a decision to a human: a bypass if one holds, else the low confidence.
fn handoff_reason(decision: &Decision) -> ReasonCode {
    const DEMANDING: &[ReasonCode] = &[
        ReasonCode::HandoffRequested,
        ReasonCode::StrikesTripped,
        ReasonCode::BypassCancellation,
        ReasonCode::BypassLegal,
        ReasonCode::BypassVip,
        ReasonCode::LanguageUnsupported,
        ReasonCode::InputInstructions,
        ReasonCode::InputHiddenCharacters,
        ReasonCode::InputTooShort,
        ReasonCode::InputOutOfScope,
        ReasonCode::InputAmbiguous,
        ReasonCode::DegradedModel,
    ];
    let first = decision.reasons.iter().find(|reason| DEMANDING.contains(&reason.code));
    first.map_or(ReasonCode::BandHuman, |reason| reason.code)
}

/// Somebody said what they think of a decision of that band and tier.
pub fn reviewed(verdict: Verdict, decision: &Decision) {
    let (band, tier) = (decision.band.as_str(), decision.tier.as_str());
    counter!(REVIEWS, "verdict" => verdict.as_str(), "band" => band, "tier" => tier).increment(1);
}

/// Somebody judged an automatic decision of that tier without seeing it.
pub fn audited(verdict: Verdict, decision: &Decision) {
    let (verdict, tier) = (verdict.as_str(), decision.tier.as_str());
    counter!(AUDITS, "verdict" => verdict, "tier" => tier).increment(1);
}

/// Audits that wait for an answer.
#[expect(clippy::cast_precision_loss, reason = "there are far fewer audits than 2^52")]
pub fn audits_waiting(audits: u64) {
    gauge!(AUDITS_WAITING).set(audits as f64);
}

/// Time spent in one stage of a decision.
pub fn stage_took(stage: Stage, time: Duration) {
    histogram!(STAGE, "stage" => stage.as_str()).record(time.as_secs_f64());
}

/// Requests waiting for an inference worker of the model in force.
#[expect(clippy::cast_precision_loss, reason = "a queue is far shorter than 2^52")]
pub fn queue_depth(waiting: usize) {
    gauge!(QUEUE_DEPTH).set(waiting as f64);
}

/// Inference workers of the model in force that can take a request.
#[expect(clippy::cast_precision_loss, reason = "a machine has far fewer cores than 2^52")]
pub fn workers_ready(workers: usize) {
    gauge!(WORKERS_READY).set(workers as f64);
}

/// Texts of a conversation that were read: from the cache, and by the encoder.
pub fn texts_read(recalled: usize, encoded: usize) {
    counter!(CACHE_HITS).increment(recalled as u64);
    counter!(CACHE_MISSES).increment(encoded as u64);
}

/// What the vectors that the model in force keeps take up.
#[expect(clippy::cast_precision_loss, reason = "a machine has far less memory than 2^52 bytes")]
pub fn cache_bytes(bytes: u64) {
    gauge!(CACHE_BYTES).set(bytes as f64);
}

/// An inference worker panicked and is restarted.
pub fn worker_restarted() {
    counter!(WORKER_RESTARTS).increment(1);
}

/// One durable commit of `records` records.
#[expect(clippy::cast_precision_loss, reason = "a batch is far smaller than 2^52")]
pub fn committed(records: usize, time: Duration) {
    histogram!(STORE_COMMIT).record(time.as_secs_f64());
    histogram!(STORE_BATCH).record(records as f64);
}

/// Records that wait in the spool.
#[expect(clippy::cast_precision_loss, reason = "a spool holds far fewer records than 2^52")]
pub fn spooled(records: usize) {
    gauge!(SPOOLED).set(records as f64);
}

/// High and critical handoffs that nobody has picked up in the time of the policy.
#[expect(clippy::cast_precision_loss, reason = "there are far fewer handoffs than 2^52")]
pub fn handoffs_overdue(handoffs: u64) {
    gauge!(HANDOFFS_OVERDUE).set(handoffs as f64);
}

/// A broken promise keeps decisions from being automatic; one contract holds for all intents.
pub fn demoted() {
    gauge!(DEMOTED, "intent" => "all").set(1.0);
}

/// No broken promise does.
pub fn not_demoted() {
    gauge!(DEMOTED, "intent" => "all").set(0.0);
}

/// Two windows running have drifted, in that way.
pub fn drift_raised(kind: &'static str) {
    gauge!(DRIFT_ALARM, "kind" => kind).set(1.0);
}

/// Nothing is raised of that kind of drift.
pub fn drift_over(kind: &'static str) {
    gauge!(DRIFT_ALARM, "kind" => kind).set(0.0);
}

/// What the last window was found to be: a share, a mean confidence or a size of the difference.
pub fn drift_statistic(kind: &'static str, figure: f64) {
    gauge!(DRIFT_STATISTIC, "kind" => kind).set(figure);
}

/// The share of new topics in the last window.
pub fn novelty(share: f64) {
    gauge!(NOVELTY).set(share);
}

/// The mean confidence of the last window: how much of it is right, if the model is calibrated.
pub fn estimated_accuracy(share: f64) {
    gauge!(ESTIMATED_ACCURACY).set(share);
}

/// What reviews of the last 28 days say of a band: the share overridden, and the lower bound of
/// the share that was right. Not a number where too few were reviewed.
pub fn band_reviewed(band: Band, overridden: Option<f64>, precision_lower: Option<f64>) {
    gauge!(OVERRIDE_RATIO, "band" => band.as_str()).set(overridden.unwrap_or(f64::NAN));
    gauge!(PRECISION_LOWER, "band" => band.as_str()).set(precision_lower.unwrap_or(f64::NAN));
}

/// So many override rates are in alarm.
#[expect(clippy::cast_precision_loss, reason = "a model has far fewer intents than 2^52")]
pub fn overrides_raised(rates: usize) {
    gauge!(OVERRIDES_RAISED).set(rates as f64);
}

/// An alarm began or ended.
pub fn alarmed(subject: &'static str, level: &'static str, event: AlarmEvent) {
    counter!(ALARMS, "subject" => subject, "level" => level, "event" => event.as_str())
        .increment(1);
}

/// So many records were erased.
pub fn erased(by: ErasedBy, records: u64) {
    counter!(ERASED, "by" => by.as_str()).increment(records);
}

/// A request was refused with that problem code.
pub fn refused(code: &'static str) {
    counter!(REFUSED, "code" => code).increment(1);
}

/// The policy was reloaded, or a broken one was refused.
pub fn policy_reloaded(result: Reload) {
    counter!(POLICY_RELOADS, "result" => result.as_str()).increment(1);
}

/// The model of a slot was replaced, or another one was kept out.
pub fn model_reloaded(slot: Slot, result: Reload) {
    counter!(MODEL_RELOADS, "slot" => slot.as_str(), "result" => result.as_str()).increment(1);
}

/// A decision was compared with that of the shadow model.
pub fn shadow_compared(result: ShadowResult) {
    counter!(SHADOW, "result" => result.as_str()).increment(1);
}

/// One HTTP answer; `route` is the pattern, never the path that was asked for.
pub fn http_answered(route: String, method: &'static str, status: u16) {
    counter!(HTTP, "route" => route, "method" => method, "status" => status.to_string())
        .increment(1);
}

/// What runs: the labels of the one series with value 1; those before it fall to 0.
pub fn build_info(model: &str, policy: &str) {
    let version = env!("CARGO_PKG_VERSION");
    let (model, policy) = (model.to_owned(), policy.to_owned());
    gauge!(BUILD_INFO, "version" => version, "model" => model, "policy" => policy).set(1.0);
}

/// The labels that [`build_info`] gave before a reload no longer hold.
pub fn build_info_gone(model: &str, policy: &str) {
    let version = env!("CARGO_PKG_VERSION");
    let (model, policy) = (model.to_owned(), policy.to_owned());
    gauge!(BUILD_INFO, "version" => version, "model" => model, "policy" => policy).set(0.0);
}
