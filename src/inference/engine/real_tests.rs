//! The engine with the encoder that ships, where it is there.

use std::{fs, path::PathBuf};

use super::{
    super::tiny,
    tests::{forgetful, now, options, soon},
    *,
};
use crate::domain::Speaker;

/// The shipped encoder with the tiny heads; `None`, and a line that says so, where it or the
/// library is missing.
fn real_engine() -> Option<(Engine, tempfile::TempDir)> {
    real_engine_with(&options(2))
}

fn real_engine_with(options: &Options) -> Option<(Engine, tempfile::TempDir)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let library = std::env::var_os("BATON_ONNXRUNTIME")
        .map_or_else(|| root.join(".onnxruntime/libonnxruntime.so"), PathBuf::from);
    let shipped = root.join("models/default");
    for file in [&library, &shipped.join("encoder.onnx"), &shipped.join("tokenizer.json")] {
        if !file.is_file() {
            println!("skipped: {} is missing, run scripts/setup", file.display());
            return None;
        }
    }
    let folder = tempfile::tempdir().unwrap();
    tiny::write(folder.path());
    for name in ["encoder.onnx", "tokenizer.json"] {
        fs::copy(shipped.join(name), folder.path().join(name)).unwrap();
    }
    tiny::sign(folder.path());
    let pack = Pack::load(folder.path()).unwrap();
    Some((Engine::start(pack, &library, options).unwrap(), folder))
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[tokio::test]
async fn the_shipped_encoder_knows_what_is_alike() {
    let Some((engine, _folder)) = real_engine() else { return };
    let features =
        tiny::features(&["I was charged twice.", "You billed me two times!", "It rains."]);
    let got = engine.vectors(Arc::new(features), soon()).await.unwrap();
    let [charged, billed, rain] = [0, 1, 2].map(|place| &got.sentences[place].vector);
    assert!(cosine(charged, billed) > cosine(charged, rain) + 0.2);
}

#[tokio::test]
async fn a_texts_vector_does_not_depend_on_its_company() {
    let Some((engine, _folder)) = real_engine_with(&forgetful(2)) else { return };
    let message =
        |words: &str| tiny::text(Speaker::Customer, &[(words, crate::domain::SentenceKind::Prose)]);
    let (short, long) = (message("Cannot log in"), message(&"The printer is on fire. ".repeat(90)));
    let alone = tiny::conversation(vec![short.clone()]);
    let alone = engine.vectors(Arc::new(alone), soon()).await.unwrap();
    let beside = tiny::conversation(vec![long, short]);
    let beside = engine.vectors(Arc::new(beside), soon()).await.unwrap();
    assert_eq!(alone.sentences[0].vector, beside.sentences[1].vector);
}

#[tokio::test]
async fn any_company_in_any_order_on_any_worker_gives_the_same_bits() {
    let Some((alone, _folder)) = real_engine_with(&forgetful(1)) else { return };
    let Some((many, _other)) = real_engine_with(&forgetful(3)) else { return };
    let texts = [
        "Hi",
        "I was charged twice for my subscription this month.",
        "Error E1042 again!",
        "Could you please tell me where my parcel is? It was due on Monday.",
        "ok thanks",
        &"The export of the report fails. ".repeat(70),
    ];
    let message =
        |words: &str| tiny::text(Speaker::Customer, &[(words, crate::domain::SentenceKind::Prose)]);
    let mut want = Vec::new();
    for words in texts {
        let features = Arc::new(tiny::conversation(vec![message(words)]));
        want.push(alone.vectors(features, soon()).await.unwrap().sentences[0].vector.clone());
    }
    // Every text beside every other, in both orders, all at once.
    let pairs =
        (0..texts.len()).flat_map(|first| (0..texts.len()).map(move |other| (first, other)));
    let read = pairs.map(|(first, other)| {
        let features = tiny::conversation(vec![message(texts[first]), message(texts[other])]);
        let vectors = many.vectors(Arc::new(features), soon());
        async move { (first, other, vectors.await.unwrap().sentences) }
    });
    for (first, other, sentences) in futures::future::join_all(read).await {
        for (sentence, place) in sentences.iter().zip([first, other]) {
            let bits = |vector: &[f32]| vector.iter().map(|n| n.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&sentence.vector), bits(&want[place]), "{first} beside {other}");
        }
    }
}

#[tokio::test]
async fn hostile_texts_are_answered_in_bounded_time() {
    let Some((engine, _folder)) = real_engine() else { return };
    let begun = std::time::Instant::now();
    let words = "x ".repeat(500_000);
    for hostile in [
        "x".repeat(1_000_000),
        words.clone(),
        "\u{1}".repeat(1_000_000),
        "字".repeat(300_000),
        "a\u{301}".repeat(300_000),
        "\u{fdfa}".repeat(300_000),
        "[SEP][CLS]".repeat(100_000),
    ] {
        let features = Arc::new(tiny::features(&[&hostile, ""]));
        let deadline = Instant::now() + Duration::from_millis(300);
        let got = engine.predict(features, now(deadline)).await;
        assert!(matches!(got, Ok(_) | Err(Unavailable::TimedOut)), "{got:?}");
    }
    // Seconds on an idle machine; without a bound it would be hours.
    assert!(begun.elapsed() < Duration::from_mins(3), "{:?}", begun.elapsed());
    assert!(engine.vectors(Arc::new(tiny::features(&["Hello"])), soon()).await.is_ok());
}
