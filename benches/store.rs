//! The store: one durable append, and 64 at once, with and without group commit.
//!
//! `one_by_one` is the baseline: the same code with batches of one record, so a transaction and a
//! flush to disk for each.

#![expect(clippy::expect_used, reason = "a bench that cannot run should say why")]

use std::{
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use baton::{
    domain::{Clock, Record, Timestamp},
    store::{Options, Remembered, Sqlite, Store},
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use futures::future::join_all;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A clock that stands still.
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
}

/// A record of about 4 kB, as a conversation of ten messages leaves it.
fn template() -> serde_json::Value {
    let text = "I was charged twice for invoice INV-2231 and nobody has answered my mail since.";
    let message = serde_json::json!({
        "speaker": "customer", "masked": text, "segments": [], "sentences": [],
    });
    serde_json::json!({
        "id": "01a1f644-a400-7000-8000-000000000100", "conversation_id": "c-1",
        "at": "2026-11-20T00:00:00Z",
        "origin": { "channel": "chat", "stage": "interaction", "customer_id": "u-1",
            "plan": null, "ticket_id": null, "current_tier": 1 },
        "features": { "subject": null, "messages": vec![message; 20], "signals": [],
            "language": { "code": "en", "supported": true } },
        "prediction": null,
        "decision": { "mode": "shadow", "band": "human", "action": "hand_off", "tier": 1,
            "role": "frontline_agent", "queue": "Frontline", "notify": [], "confidence": 0.5,
            "candidates": [], "severity": "normal", "priority": "normal",
            "strikes": { "count": 0, "limit": 3, "tripped": false }, "escalation": null,
            "reasons": [], "customer_message": null, "degraded": [] },
        "packet": { "problem": null, "whats_been_done": [], "hints": { "mood": "", "attempt": 1 },
            "hypothesis": null, "evidence": [], "attachments": [],
            "impact": { "who": "unknown", "work": "unknown", "impacted_users": null,
                "customer_plan": null, "severity": null },
            "missing_context": [], "knowledge_draft": null, "communication_owner": null },
        "model": ["tiny", "1"], "policy": "p1",
    })
}

/// Records that differ in nothing but their names.
struct Records {
    template: serde_json::Value,
    next: AtomicU32,
}

impl Records {
    fn take(&self) -> Arc<Record> {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let mut record = self.template.clone();
        record["id"] = format!("01a1f644-a400-7000-8000-{n:012x}").into();
        record["conversation_id"] = format!("c-{n}").into();
        Arc::new(serde_json::from_value(record).expect("the template is a record"))
    }
}

/// A conversation of two messages that is seen for the first time.
fn remembered() -> Remembered {
    let mark =
        |speaker: &str| serde_json::json!({ "text": 7, "speaker": speaker, "words": [1, 2] });
    let memory = serde_json::json!({ "messages": [mark("customer"), mark("bot")] });
    Remembered { memory: serde_json::from_value(memory).expect("a memory"), version: 0 }
}

fn appends(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let records = Records { template: template(), next: AtomicU32::new(0) };
    for (name, batch_records) in [("group_commit", 256), ("one_by_one", 1)] {
        let folder = TempDir::new().expect("a folder");
        let options = Options {
            url: format!("sqlite:{}", folder.path().join("baton.db").display()),
            batch_records: NonZeroUsize::new(batch_records).expect("at least one"),
            ..Options::default()
        };
        let store = runtime.block_on(Sqlite::open(&options, Arc::new(Still))).expect("a store");
        let mut group = criterion.benchmark_group(name);
        for at_once in [1, 64] {
            group.throughput(Throughput::Elements(at_once));
            group.bench_function(format!("append_{at_once}"), |bencher| {
                bencher.to_async(&runtime).iter_batched(
                    || (0..at_once).map(|_| records.take()).collect::<Vec<_>>(),
                    |batch| async {
                        for kept in join_all(
                            batch.into_iter().map(|r| store.append(r, None, Some(remembered()))),
                        )
                        .await
                        {
                            kept.expect("the record is kept");
                        }
                    },
                    criterion::BatchSize::PerIteration,
                );
            });
        }
        group.finish();
        runtime.block_on(store.close());
    }
}

criterion_group!(benches, appends);
criterion_main!(benches);
