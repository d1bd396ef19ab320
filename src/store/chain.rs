//! The hash chain over all records: what is hashed and how.
//!
//! ```text
//! payload_digest = SHA-256(salt ‖ conversation ‖ customer ‖ payload)
//! chain(n)       = SHA-256("baton chain 1" ‖ chain(n-1) ‖ n ‖ facts ‖ payload_digest)
//! ```
//!
//! Texts are hashed behind their length and absent values behind a zero byte, so no two different
//! records give the same bytes. Erasure deletes salt, payload and both identifiers; the facts and
//! the digest stay, so the chain still verifies, and without the salt nobody can guess the texts
//! back from the digest.
//!
//! What the chain shows: any change, removal, insertion or exchange of records, and a tail that
//! was cut off. What it cannot show: somebody with write access who recomputes every digest and
//! the head from the changed place on. Only a head that was noted elsewhere
//! ([`super::ChainReport::head`]) shows that.

use sha2::{Digest as _, Sha256};

use crate::domain::Record;

/// A SHA-256 digest.
pub(super) type Digest = [u8; 32];

/// Random bytes that keep a payload's digest from being guessed back.
pub(super) type Salt = [u8; 16];

/// Keeps these digests apart from every other use of SHA-256.
const DOMAIN: &[u8] = b"baton chain 1";

/// What stays of a record for ever: no text of the conversation, no identifier of a person.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Facts {
    pub(super) id: String,
    pub(super) at_ms: i64,
    pub(super) mode: String,
    pub(super) band: String,
    pub(super) action: String,
    pub(super) tier: i64,
    pub(super) role: String,
    /// The most probable intent; `None` if the model did not answer.
    pub(super) intent: Option<String>,
    pub(super) confidence: f64,
}

/// What goes when a record is erased.
#[derive(Debug, Clone, Copy)]
pub(super) struct Personal<'a> {
    pub(super) salt: &'a [u8],
    pub(super) conversation: &'a str,
    pub(super) customer: Option<&'a str>,
    pub(super) payload: &'a str,
}

/// Where the chain ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    /// Place of the last record; 0 before the first.
    pub(super) seq: i64,
    /// Its digest; zeros before the first.
    pub(super) digest: Digest,
}

impl Facts {
    pub(super) fn of(record: &Record) -> Self {
        let decision = &record.decision;
        let top = record.prediction.as_ref().and_then(|said| said.ranked().first().copied());
        Self {
            id: record.id.to_string(),
            at_ms: record.at.as_millisecond(),
            mode: decision.mode.as_str().to_owned(),
            band: decision.band.as_str().to_owned(),
            action: decision.action.as_str().to_owned(),
            tier: i64::from(decision.tier.get()),
            role: decision.role.to_string(),
            intent: top.map(|score| score.label.to_string()),
            confidence: f64::from(decision.confidence.get()),
        }
    }

    /// The facts as bytes, no two different facts alike.
    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(192);
        put_text(&mut bytes, &self.id);
        bytes.extend(self.at_ms.to_le_bytes());
        for text in [&self.mode, &self.band, &self.action] {
            put_text(&mut bytes, text);
        }
        bytes.extend(self.tier.to_le_bytes());
        put_text(&mut bytes, &self.role);
        put_option(&mut bytes, self.intent.as_deref());
        bytes.extend(self.confidence.to_bits().to_le_bytes());
        bytes
    }
}

impl Personal<'_> {
    /// The salted digest that stands for all of it.
    pub(super) fn digest(&self) -> Digest {
        let mut ids = Vec::with_capacity(128);
        put_text(&mut ids, self.conversation);
        put_option(&mut ids, self.customer);
        // The salt has a fixed length and the payload is last: neither needs one before it.
        let mut hash = Sha256::new();
        hash.update(self.salt);
        hash.update(&ids);
        hash.update(self.payload);
        hash.finalize().into()
    }
}

impl Head {
    /// The chain with one more record.
    #[must_use]
    pub(super) fn then(&self, facts: &Facts, payload_digest: &Digest) -> Self {
        let seq = self.seq + 1;
        let mut hash = Sha256::new();
        hash.update(DOMAIN);
        hash.update(self.digest);
        hash.update(seq.to_le_bytes());
        hash.update(facts.encode());
        hash.update(payload_digest);
        Self { seq, digest: hash.finalize().into() }
    }
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend((text.len() as u64).to_le_bytes());
    bytes.extend(text.as_bytes());
}

fn put_option(bytes: &mut Vec<u8>, text: Option<&str>) {
    bytes.push(u8::from(text.is_some()));
    if let Some(text) = text {
        put_text(bytes, text);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn facts() -> impl Strategy<Value = Facts> {
        // A tiny alphabet makes texts that could run into each other likely.
        let text = || "[ab\0]{0,3}";
        let numbers = (0i64..3, 0i64..3, prop_oneof![Just(0.0), Just(-0.0), Just(0.5)]);
        let texts = (text(), text(), text(), text(), text(), proptest::option::of(text()));
        (numbers, texts).prop_map(|((at_ms, tier, confidence), texts)| {
            let (id, mode, band, action, role, intent) = texts;
            Facts { id, at_ms, mode, band, action, tier, role, intent, confidence }
        })
    }

    /// Equal to the last bit: 0.0 and -0.0 are two values.
    fn same(a: &Facts, b: &Facts) -> bool {
        a == b && a.confidence.to_bits() == b.confidence.to_bits()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn different_facts_never_encode_alike(a in facts(), b in facts()) {
            prop_assert_eq!(a.encode() == b.encode(), same(&a, &b));
        }

        #[test]
        fn text_moved_to_the_next_field_changes_the_bytes(a in facts(), cut in 0usize..4) {
            let mut b = a.clone();
            let at = cut.min(b.mode.len());
            let moved = b.mode.split_off(at);
            b.band.insert_str(0, &moved);
            prop_assert_eq!(a.encode() == b.encode(), same(&a, &b));
        }

        #[test]
        fn identifiers_never_run_into_the_payload(
            a in ("[ab]{0,3}", proptest::option::of("[ab]{0,3}"), "[ab]{0,3}"),
            b in ("[ab]{0,3}", proptest::option::of("[ab]{0,3}"), "[ab]{0,3}"),
        ) {
            let digest = |(conversation, customer, payload): &(String, Option<String>, String)| {
                let customer = customer.as_deref();
                Personal { salt: &[7; 16], conversation, customer, payload }.digest()
            };
            prop_assert_eq!(digest(&a) == digest(&b), a == b);
        }
    }

    #[test]
    fn every_place_and_every_predecessor_gives_another_digest() {
        let facts = Facts {
            id: "x".to_owned(),
            at_ms: 1,
            mode: "live".to_owned(),
            band: "auto".to_owned(),
            action: "route".to_owned(),
            tier: 1,
            role: "r".to_owned(),
            intent: None,
            confidence: 0.5,
        };
        let start = Head { seq: 0, digest: [0; 32] };
        let first = start.then(&facts, &[1; 32]);
        assert_eq!(first.seq, 1);
        assert_ne!(first.digest, Head { seq: 1, ..start }.then(&facts, &[1; 32]).digest);
        assert_ne!(first.digest, Head { digest: [9; 32], ..start }.then(&facts, &[1; 32]).digest);
        assert_ne!(first.digest, start.then(&facts, &[2; 32]).digest);
    }
}
