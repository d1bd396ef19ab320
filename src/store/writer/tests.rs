//! The writer alone: what it knows from one record to the next.

use super::*;
use crate::{
    domain::{Band, DecisionId, IdempotencyKey, Record, Timestamp, samples},
    store::{AuditOptions, Key, Options},
};

/// A clock that stands still.
struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
}

async fn writer(options: &Options) -> Writer {
    let connector = Connector::new(options).unwrap();
    let connection = connector.writer(IfMissing::Make).await.unwrap();
    Writer {
        queue: mpsc::channel(1).1,
        batch_records: 1,
        open: Some(Open::new(connection, &connector)),
        readers: Arc::new(ArcSwap::from_pointee(connector.readers())),
        connector,
        clock: Arc::new(Stopped),
        sweep: Sweep::default(),
        sampler: Sampler::new(options.audit),
    }
}

fn job(n: u8, band: Band, key: Option<Key>) -> Job {
    let at = Timestamp::UNIX_EPOCH;
    let mut record = Record { id: DecisionId::new(at, [n; 10]), ..samples::record(at) };
    record.decision.band = band;
    Job::new(Entry::seal(&record, key, None).unwrap()).0
}

#[tokio::test]
async fn a_request_with_a_key_does_not_make_the_writer_forget_the_share() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        url: format!("sqlite:{}", folder.path().join("baton.db").display()),
        audit: AuditOptions { rate: 0.0, weekly_minimum: 0, ..AuditOptions::default() },
        ..Options::default()
    };
    let mut writer = writer(&options).await;
    let key = Key::from(IdempotencyKey { key: "k".to_owned(), body_digest: [7; 32] });
    for job in [job(1, Band::Auto, None), job(2, Band::Suggest, Some(key))] {
        assert!(writer.write(&[job]).await.unwrap()[0].is_ok());
    }
    let next = job(3, Band::Auto, None);
    assert!(writer.write_alone(&next.entry, 0).await.unwrap(), "in one go");
}
