//! The engine as its callers see it, with a fake encoder.

use std::{fs, path::PathBuf, sync::atomic::AtomicBool};

use super::{
    super::{encode::Encoder, tiny},
    *,
};
use crate::domain::Speaker;

/// A pause that tests can wait for.
const SHORT: Duration = Duration::from_millis(1);

fn tiny_pack() -> Pack {
    let folder = tempfile::tempdir().unwrap();
    tiny::write(folder.path());
    let mut pack = Pack::load(folder.path()).unwrap();
    // The folder goes at the end of this function.
    pack.encoder_digest = None;
    pack
}

pub(super) fn options(workers: usize) -> Options {
    Options { workers, queue_capacity: 2, restart_backoff: SHORT, ..Options::default() }
}

/// Without a cache: where two answers are compared, both must be the encoder's.
pub(super) fn forgetful(workers: usize) -> Options {
    Options { cache_bytes: 0, ..options(workers) }
}

fn fake(workers: usize) -> Engine {
    fake_with(&options(workers))
}

fn fake_with(options: &Options) -> Engine {
    let load: Arc<Load> = Arc::new(|| Ok(Box::new(tiny::FakeEncoder::default())));
    Engine::start_with(tiny_pack(), &load, options).unwrap()
}

/// A call of somebody who waits.
pub(super) fn now(deadline: Instant) -> Call {
    Call { deadline, urgency: Urgency::Interactive }
}

pub(super) fn soon() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

async fn ask(engine: &Engine, words: &str) -> Result<Prediction, Unavailable> {
    engine.predict(Arc::new(tiny::features(&[words])), now(soon())).await
}

/// An encoder that waits until it is told to go on.
struct Gate(crossbeam_channel::Receiver<()>);

impl Encoder for Gate {
    fn encode(
        &mut self,
        ids: &[i64],
    ) -> Result<ndarray::Array2<f32>, super::super::encode::Broken> {
        let _ = self.0.recv();
        tiny::FakeEncoder::default().encode(ids)
    }
}

/// An engine of one worker that answers nothing before the returned sender says so.
fn gated() -> (Engine, Sender<()>) {
    let (go, wait) = crossbeam_channel::unbounded();
    let load: Arc<Load> = Arc::new(move || Ok(Box::new(Gate(wait.clone()))));
    (Engine::start_with(tiny_pack(), &load, &options(1)).unwrap(), go)
}

#[tokio::test]
async fn a_conversation_gets_intents_mood_and_acts() {
    let engine = fake(2);
    let features = tiny::features(&["hello", "my refund", "\u{1}"]);
    let got = engine.predict(Arc::new(features), now(soon())).await.unwrap();
    assert!(got.probability("refund").get() > 0.7, "{got:?}");
    assert_eq!(got.acts.len(), 2, "a sentence without a word has no acts");
    assert_eq!(got.acts[0].top(), crate::domain::Act::GreetingThanks);
    assert_eq!(engine.identity().name, "tiny");
    assert_eq!(engine.intents().len(), 3);
    assert_eq!(engine.languages(), ["en"]);
    assert_eq!(engine.ready_workers(), 2);
}

#[tokio::test]
async fn the_same_conversation_always_gets_the_same_answer() {
    let engine = fake_with(&forgetful(2));
    let first = ask(&engine, "hello my invoice failed!").await.unwrap();
    for _ in 0..20 {
        assert_eq!(ask(&engine, "hello my invoice failed!").await.unwrap(), first);
    }
}

#[tokio::test]
async fn a_conversation_without_a_readable_word_is_novel_and_no_failure() {
    let engine = fake(1);
    for words in ["", "\u{0}\u{1}", " "] {
        let got = ask(&engine, words).await.unwrap();
        assert!(got.novelty > got.novelty_limit && got.acts.is_empty());
    }
}

#[tokio::test]
async fn a_panic_fails_its_own_request_and_the_worker_comes_back() {
    let engine = fake(1);
    for poison in [tiny::BOOM, tiny::BROKEN] {
        assert_eq!(ask(&engine, poison).await, Err(Unavailable::Failed));
        while !engine.is_ready() {
            tokio::task::yield_now().await;
        }
        // The worker may still be on its way down; then the request waits for its return.
        let mut answer = ask(&engine, "refund").await;
        while answer == Err(Unavailable::Failed) {
            tokio::task::yield_now().await;
            answer = ask(&engine, "refund").await;
        }
        assert!(answer.is_ok(), "{answer:?}");
    }
}

#[tokio::test]
async fn numbers_that_are_none_fail_the_request_alone() {
    let engine = fake(1);
    assert_eq!(ask(&engine, tiny::NAN).await, Err(Unavailable::Failed));
    assert!(ask(&engine, "refund").await.is_ok());
}

#[tokio::test]
async fn a_worker_that_cannot_come_back_leaves_the_engine_not_ready_but_drainable() {
    let first = AtomicBool::new(true);
    let load: Arc<Load> = Arc::new(move || {
        if first.swap(false, Ordering::AcqRel) {
            return Ok(Box::new(tiny::FakeEncoder::default()));
        }
        let (file, reason) = (PathBuf::from("encoder.onnx"), "gone".to_owned());
        Err(Error::Pack { file, reason, remedy: "restore it" })
    });
    let engine = Engine::start_with(tiny_pack(), &load, &options(1)).unwrap();
    assert_eq!(ask(&engine, tiny::BOOM).await, Err(Unavailable::Failed));
    while engine.is_ready() {
        tokio::task::yield_now().await;
    }
    assert_eq!(ask(&engine, "refund").await, Err(Unavailable::Failed));
    engine.drain();
    assert_eq!(ask(&engine, "refund").await, Err(Unavailable::Draining));
}

/// An engine of one worker that has broken, and that `back` lets start again.
async fn broken() -> (Engine, Sender<()>) {
    let (back, wait) = crossbeam_channel::unbounded();
    back.send(()).unwrap();
    let load: Arc<Load> = Arc::new(move || {
        if wait.recv_timeout(SHORT).is_ok() {
            return Ok(Box::new(tiny::FakeEncoder::default()));
        }
        let (file, reason) = (PathBuf::from("encoder.onnx"), "gone".to_owned());
        Err(Error::Pack { file, reason, remedy: "restore it" })
    });
    let engine = Engine::start_with(tiny_pack(), &load, &options(1)).unwrap();
    assert_eq!(ask(&engine, tiny::BOOM).await, Err(Unavailable::Failed));
    while engine.is_ready() {
        tokio::task::yield_now().await;
    }
    (engine, back)
}

#[tokio::test]
async fn a_batch_waits_for_a_worker_where_people_are_told_at_once() {
    let (engine, back) = broken().await;
    let call = Call { deadline: soon(), urgency: Urgency::Batch };
    let mut batch = Box::pin(engine.predict(Arc::new(tiny::features(&["refund"])), call));
    let waits = futures::poll!(batch.as_mut());
    assert!(waits.is_pending(), "{waits:?}");
    assert_eq!(ask(&engine, "refund").await, Err(Unavailable::Failed));
    back.send(()).unwrap();
    let answer = batch.await;
    assert!(answer.is_ok(), "{answer:?}");
}

#[tokio::test]
async fn the_end_leaves_nobody_waiting_for_a_worker_that_is_gone() {
    let (engine, _back) = broken().await;
    let call = Call { deadline: soon(), urgency: Urgency::Batch };
    let mut batch: Vec<_> = (0..4)
        .map(|_| Box::pin(engine.predict(Arc::new(tiny::features(&["refund"])), call)))
        .collect();
    for request in &mut batch {
        assert!(futures::poll!(request.as_mut()).is_pending());
    }
    engine.drain();
    let ended = tokio::time::timeout(Duration::from_secs(9), futures::future::join_all(batch));
    let answers = ended.await.unwrap();
    let (failed, draining) = (Err(Unavailable::Failed), Err(Unavailable::Draining));
    assert_eq!(answers, [failed.clone(), failed, draining.clone(), draining]);
}

#[tokio::test]
async fn a_full_queue_refuses_at_once_and_says_when_to_come_back() {
    let (engine, _go) = gated();
    let mut waiting = Vec::new();
    for _ in 0..3 {
        let mut request = Box::pin(ask(&engine, "refund"));
        assert!(futures::poll!(request.as_mut()).is_pending());
        // The worker holds the first; only two more can wait.
        while waiting.is_empty() && engine.queue_depth() > 0 {
            tokio::task::yield_now().await;
        }
        waiting.push(request);
    }
    assert_eq!(engine.queue_depth(), 2);
    let retry_after = Duration::from_secs(1);
    assert_eq!(ask(&engine, "refund").await, Err(Unavailable::Overloaded { retry_after }));
}

#[tokio::test]
async fn nobody_waits_longer_than_the_deadline() {
    let (engine, go) = gated();
    let features = Arc::new(tiny::features(&["refund"]));
    let late = engine.predict(features, now(Instant::now() + SHORT)).await;
    assert_eq!(late, Err(Unavailable::TimedOut));
    drop(go);
    assert!(ask(&engine, "refund").await.is_ok(), "the worker is free again");
}

#[tokio::test]
async fn known_texts_wait_for_nobody() {
    let (engine, go) = gated();
    go.send(()).unwrap();
    let first = ask(&engine, "my refund").await.unwrap();
    let mut waiting = Vec::new();
    for words in ["hello", "thanks", "invoice"] {
        let mut request = Box::pin(ask(&engine, words));
        assert!(futures::poll!(request.as_mut()).is_pending());
        while waiting.is_empty() && engine.queue_depth() > 0 {
            tokio::task::yield_now().await;
        }
        waiting.push(request);
    }
    let full = engine.has_room(soon());
    assert!(matches!(full, Err(Unavailable::Overloaded { .. })), "{full:?}");
    assert_eq!(ask(&engine, "my refund").await.unwrap(), first);
    assert!(engine.cache_bytes() > 0);
    drop(go);
}

#[tokio::test]
async fn people_are_served_in_the_middle_of_a_batch() {
    let (engine, go) = gated();
    let message =
        |words| tiny::text(Speaker::Customer, &[(words, crate::domain::SentenceKind::Prose)]);
    let long = tiny::conversation(["a", "b", "c", "my"].map(message).to_vec());
    let call = Call { deadline: soon(), urgency: Urgency::Batch };
    let mut batch = Box::pin(engine.predict(Arc::new(long), call));
    assert!(futures::poll!(batch.as_mut()).is_pending());
    while engine.queue_depth() > 0 {
        tokio::task::yield_now().await;
    }
    // The worker holds the first of four rows when somebody comes.
    let mut person = Box::pin(ask(&engine, "refund"));
    assert!(futures::poll!(person.as_mut()).is_pending());
    for _ in 0..2 {
        go.send(()).unwrap();
    }
    assert!(person.await.is_ok(), "two rows are enough: one of the batch, and its own");
    assert!(futures::poll!(batch.as_mut()).is_pending());
    drop(go);
    assert!(batch.await.is_ok());
}

#[tokio::test]
async fn a_batch_waits_for_a_place_where_people_are_refused() {
    let (engine, go) = gated();
    let call = Call { deadline: soon(), urgency: Urgency::Batch };
    let one = |number: usize| {
        let words = ["a", "b", "c", "my", "hello", "thanks"][number];
        engine.predict(Arc::new(tiny::features(&[words])), call)
    };
    let mut batch: Vec<_> = (0..6).map(one).collect();
    for request in &mut batch {
        assert!(futures::poll!(request.as_mut()).is_pending());
    }
    assert!(engine.queue_depth() <= 2, "the line stays bounded: {}", engine.queue_depth());
    drop(go);
    for answer in futures::future::join_all(batch).await {
        assert!(answer.is_ok(), "{answer:?}");
    }
}

#[tokio::test]
async fn draining_serves_who_waits_and_refuses_who_comes() {
    let (engine, go) = gated();
    let waiting = ask(&engine, "refund");
    tokio::pin!(waiting);
    assert!(futures::poll!(waiting.as_mut()).is_pending());
    engine.queue.close();
    assert!(!engine.is_ready());
    assert_eq!(ask(&engine, "refund").await, Err(Unavailable::Draining));
    go.send(()).unwrap();
    engine.drain();
    assert!(waiting.await.is_ok());
    assert_eq!(engine.ready_workers(), 0);
}

#[test]
fn the_first_error_ends_the_start() {
    let load: Arc<Load> = Arc::new(|| {
        let (file, reason) = (PathBuf::from("encoder.onnx"), "damaged".to_owned());
        Err(Error::Pack { file, reason, remedy: "restore it" })
    });
    let error = Engine::start_with(tiny_pack(), &load, &options(2)).err().unwrap();
    assert_eq!(error.to_string(), "encoder.onnx: damaged; restore it");
    let wrong = Options { queue_capacity: 0, ..options(1) };
    let load: Arc<Load> = Arc::new(|| Ok(Box::new(tiny::FakeEncoder::default())));
    let error = Engine::start_with(tiny_pack(), &load, &wrong).err().unwrap();
    assert!(error.to_string().contains("inference.queue_capacity"));
}

#[tokio::test]
async fn golden_texts_pass_where_the_model_is_sound() {
    let engine = fake(1);
    let results = engine.check_golden(Duration::from_secs(9)).await.unwrap();
    assert!(results.len() == 1 && results[0].passed, "{results:?}");
}

#[tokio::test]
async fn a_pack_without_heads_gives_vectors_and_no_predictions() {
    let folder = tempfile::tempdir().unwrap();
    tiny::write(folder.path());
    fs::remove_file(folder.path().join("heads.safetensors")).unwrap();
    let pack = Pack::load_encoder_only(folder.path()).unwrap();
    let load: Arc<Load> = Arc::new(|| Ok(Box::new(tiny::FakeEncoder::default())));
    let engine = Engine::start_with(pack, &load, &options(1)).unwrap();
    assert_eq!(ask(&engine, "refund").await, Err(Unavailable::Failed));
    let features = Arc::new(tiny::features(&["hello", "my refund"]));
    let got = engine.vectors(features, soon()).await.unwrap();
    assert_eq!(got.sentences.len(), 2);
    assert_eq!(got.sentences[0].acts, None);
    let third = (1.0_f32 / 3.0).sqrt();
    assert!(got.conversation[8] < third, "one token of three: {}", got.conversation[8]);
    assert_eq!(got.sentences[1].speaker, Speaker::Customer);
}

#[test]
fn a_missing_library_is_named_with_a_remedy() {
    let path = Path::new("/no/such/library.so");
    let error = Engine::start(tiny_pack(), path, &options(1)).err().unwrap().to_string();
    assert!(error.starts_with("/no/such/library.so: there is no"), "{error}");
    assert!(error.contains("scripts/setup"), "{error}");
}

#[test]
fn a_file_that_is_no_library_is_named_with_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("libonnxruntime.so");
    fs::write(&path, "not a library").unwrap();
    let error = match Engine::start(tiny_pack(), &path, &options(1)).err().unwrap() {
        // A process stays with the first library that it could load.
        Error::Pack { .. } => return println!("skipped: another test has loaded the real library"),
        error => error.to_string(),
    };
    assert!(error.contains("libonnxruntime.so") && error.contains("scripts/setup"), "{error}");
}
