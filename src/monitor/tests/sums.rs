//! Sums do not depend on who counts what, and when.

use proptest::prelude::*;

use super::world::{Row, population};
use crate::{
    domain::{Band, Probability},
    monitor::{Contribution, Sums},
    statistics::Random,
};

fn row(intent: &str, confidence: f32, novel: bool, vector: &[f32]) -> Row {
    Row { intent: intent.into(), confidence, novel, vector: vector.to_vec() }
}

#[test]
fn a_decision_is_counted_once_in_each_place() {
    let mut sums = Sums::default();
    sums.add(&row("refund", 0.9, false, &[0.6, 0.8]).contribution());
    sums.add(&row("refund", 0.5, true, &[-0.6, 0.8]).contribution());
    sums.add(&Contribution { judged: None, vector: None });
    let all = sums.judged();
    assert_eq!((all.count, sums.novel, sums.unjudged, sums.vectors), (2, 1, 1, 2));
    assert_eq!(sums.bands.keys().copied().collect::<Vec<_>>(), [Band::Human, Band::Auto]);
    assert!((all.mean().unwrap() - 0.7).abs() < 1e-7);
    assert!((sums.powers().squares - 1.06).abs() < 1e-6);
    assert_eq!((sums.bins[18], sums.bins[10]), (1, 1));
    assert_eq!(sums.vector[0], 0);
    assert!((sums.direction().sum[1] - 1.6).abs() < 1e-6);
    assert!((sums.powers().sum - 1.4).abs() < 1e-6);
    assert_eq!(Sums::default().judged().mean(), None);
}

#[test]
fn bins_end_where_bands_do() {
    for (confidence, bin) in
        [(0.0, 0), (0.049, 0), (0.699_99, 13), (0.7, 14), (0.899_99, 17), (0.9, 18), (1.0, 19)]
    {
        let mut sums = Sums::default();
        sums.add(&row("refund", confidence, false, &[1.0]).contribution());
        assert_eq!(sums.bins[bin], 1, "{confidence}: {:?}", sums.bins);
        assert_eq!(sums.bins.iter().sum::<u64>(), 1);
    }
    assert_eq!(Probability::saturating(0.9), Probability::try_from(0.9).unwrap());
}

/// Eight instances and one stream.
#[test]
fn eight_shards_merged_equal_one_stream_bit_for_bit() {
    let rows = population(30, 384, 400, 5);
    let mut random = Random::new(6);
    let mut shards = vec![Sums::default(); 8];
    let mut stream = Sums::default();
    for _ in 0..2_000 {
        let decision = rows[random.below(rows.len())].contribution();
        stream.add(&decision);
        shards[random.below(8)].add(&decision);
    }
    let mut merged = Sums::default();
    random.shuffle(&mut shards);
    for shard in &shards {
        let kept = serde_json::to_string(shard).unwrap();
        merged.merge(&serde_json::from_str(&kept).unwrap());
    }
    assert_eq!(merged, stream);
    assert_eq!(serde_json::to_string(&merged).unwrap(), serde_json::to_string(&stream).unwrap());
}

prop_compose! {
    fn some_row()(
        intent in 0u8..5,
        confidence in 0.0f32..=1.0,
        novel in any::<bool>(),
        angle in 0.0f32..6.3,
    ) -> Row {
        row(&format!("topic_{intent}"), confidence, novel, &[angle.cos(), angle.sin()])
    }
}

proptest! {
    #[test]
    fn the_order_of_decisions_and_shards_does_not_matter(
        rows in proptest::collection::vec((some_row(), 0usize..4), 0..60),
        seed in any::<u64>(),
    ) {
        let mut stream = Sums::default();
        for (row, _) in &rows {
            stream.add(&row.contribution());
        }
        let mut shuffled = rows;
        Random::new(seed).shuffle(&mut shuffled);
        let mut shards = vec![Sums::default(); 4];
        for (row, shard) in &shuffled {
            shards[*shard].add(&row.contribution());
        }
        let mut merged = Sums::default();
        for shard in shards.iter().rev() {
            merged.merge(shard);
        }
        // An empty shard has no vector yet; what is merged has.
        prop_assert_eq!(&merged, &stream);
        let kept = serde_json::to_string(&stream).unwrap();
        prop_assert_eq!(serde_json::from_str::<Sums>(&kept).unwrap(), stream);
    }
}
