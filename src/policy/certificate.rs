//! What the model's certificate leaves open: what nobody has proved is not automatic.

use crate::domain::{Band, Certificate, Intent, Probability, ReasonCode};

use super::{facts::Facts, trace::Trace};

/// The highest band that the certificate leaves open: `suggest` where it proves too little.
///
/// A rule holds where it changes something: for a confidence that the policy alone calls `auto`.
pub(super) fn check(facts: &Facts<'_>, trace: &mut Trace) -> Band {
    let Some(prediction) = facts.case.prediction else { return Band::Auto };
    let certificate = &prediction.certificate;
    let confidence = facts.routed.confidence;
    let sure = facts.document.bands.of(confidence) == Band::Auto;
    let certified = certificate.auto_from;
    let mut held = trace.rule(ReasonCode::ContractBroken, sure && certificate.broken, || {
        if certificate.broken {
            "automatic decisions broke their promise: at most suggest until a fresh certificate"
                .to_owned()
        } else {
            "automatic decisions keep their promise".to_owned()
        }
    });
    let missing = sure && certified.is_none() && !certificate.broken;
    held |= trace.rule(ReasonCode::CertificateMissing, missing, || {
        if certified.is_none() {
            "nothing is certified of this model: the band is at most suggest".to_owned()
        } else {
            "the model is certified".to_owned()
        }
    });
    let below = certified.is_some_and(|from| confidence < from);
    held |= trace.rule(ReasonCode::CertificateThreshold, sure && below, || {
        let from = certified.map_or_else(|| "none".to_owned(), |from| format!("{:.3}", from.get()));
        format!("the confidence is {:.3}, certified from {from}", confidence.get())
    });
    let vetoed = facts.top.filter(|top| certificate.vetoes(&top.label));
    held |= trace.rule(ReasonCode::CertificateVeto, sure && vetoed.is_some(), || match vetoed {
        Some(top) => {
            format!("{} was wrong too often to be automatic: at most suggest", top.label)
        }
        None => "nothing speaks against the most probable intent".to_owned(),
    });
    if held { Band::Suggest } else { Band::Auto }
}

/// What is automatic, in words.
pub(super) fn words(own: Probability, certificate: &Certificate) -> String {
    if certificate.broken {
        return "automatic decisions broke their promise, so none is automatic: label new \
                conversations, run `baton evaluate --certify`, and reload"
            .to_owned();
    }
    let Some(certified) = certificate.auto_from else {
        return "nothing is certified of this model, so no decision is automatic: label \
                conversations and run `baton evaluate --certify`"
            .to_owned();
    };
    let from = if certified > own { certified } else { own };
    let mut text = format!(
        "automatic from {:.3}: the policy says {:.3}, certified is {:.3}",
        from.get(),
        own.get(),
        certified.get()
    );
    if !certificate.vetoed.is_empty() {
        let vetoed: Vec<_> = certificate.vetoed.iter().map(Intent::as_str).collect();
        text.push_str("; never automatic: ");
        text.push_str(&vetoed.join(", "));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::{Policy, tests::Given};
    use crate::domain::{Band, Certificate, Decision, Probability, ReasonCode};

    fn decided(confidence: f32, certificate: Certificate) -> Decision {
        let mut given = Given::intents(&[("refund_request", confidence), ("how_to", 0.0)]);
        given.prediction.as_mut().unwrap().certificate = Arc::new(certificate);
        let policy = Policy::parse(Policy::DEFAULT, "default.toml").unwrap();
        given.ask(|case| policy.decide(case))
    }

    fn from(threshold: f32) -> Certificate {
        let auto_from = Some(Probability::saturating(threshold));
        Certificate { auto_from, ..Certificate::default() }
    }

    #[test]
    fn without_a_certificate_nothing_is_automatic() {
        let decision = decided(0.99, Certificate::default());
        assert_eq!(decision.band, Band::Suggest);
        assert!(decision.has(ReasonCode::CertificateMissing));
        assert!(!decision.has(ReasonCode::BandAuto) && !decision.has(ReasonCode::BandSuggest));
        // Below the policy's own threshold the confidence is the reason.
        let decision = decided(0.8, Certificate::default());
        assert!(!decision.has(ReasonCode::CertificateMissing), "{:?}", decision.reasons);
        assert!(decision.has(ReasonCode::BandSuggest));
    }

    #[test]
    fn after_a_broken_promise_nothing_is_automatic() {
        let broken = Certificate { broken: true, ..Certificate::default() };
        let decision = decided(0.99, broken.clone());
        assert_eq!(decision.band, Band::Suggest);
        assert!(decision.has(ReasonCode::ContractBroken));
        assert!(!decision.has(ReasonCode::CertificateMissing), "{:?}", decision.reasons);
        assert!(!decided(0.8, broken.clone()).has(ReasonCode::ContractBroken));
        let policy = Policy::parse(Policy::DEFAULT, "default.toml").unwrap();
        assert!(policy.automation(&broken).contains("broke their promise"));
    }

    #[test]
    fn what_is_said_is_true_of_no_certificate_and_of_one_that_certifies_nothing() {
        let nothing = Certificate { vetoed: vec!["how_to".into()], ..Certificate::default() };
        for certificate in [Certificate::default(), nothing] {
            let decision = decided(0.99, certificate);
            let mut reasons = decision.reasons.iter();
            let missing = reasons.find(|reason| reason.code == ReasonCode::CertificateMissing);
            let said = &missing.unwrap().text;
            assert_eq!(said, "nothing is certified of this model: the band is at most suggest");
        }
    }

    #[test]
    fn the_stricter_of_policy_and_certificate_holds() {
        for (confidence, certified, band) in [
            (0.93, 0.95, Band::Suggest),
            (0.95, 0.95, Band::Auto),
            (0.91, 0.50, Band::Auto),
            (0.89, 0.50, Band::Suggest),
        ] {
            let decision = decided(confidence, from(certified));
            assert_eq!(decision.band, band, "{confidence} certified from {certified}");
            let held = decision.has(ReasonCode::CertificateThreshold);
            assert_eq!(held, confidence >= 0.9 && confidence < certified);
        }
    }

    #[test]
    fn people_are_told_what_is_automatic() {
        let policy = Policy::parse(Policy::DEFAULT, "default.toml").unwrap();
        let own = policy.thresholds().0;
        assert!(policy.automation(&Certificate::default()).contains("no decision is automatic"));
        assert_eq!(policy.auto_from(&Certificate::default()), None);
        let strict = Certificate { vetoed: vec!["how_to".into()], ..from(0.95) };
        let words = policy.automation(&strict);
        assert!(words.contains("from 0.950") && words.ends_with("automatic: how_to"), "{words}");
        assert_eq!(policy.auto_from(&strict), strict.auto_from);
        assert_eq!(policy.auto_from(&from(0.1)), Some(own));
    }

    #[test]
    fn a_vetoed_intent_is_at_most_a_suggestion() {
        let veto = |intent: &str| Certificate { vetoed: vec![intent.into()], ..from(0.5) };
        let decision = decided(0.99, veto("refund_request"));
        assert_eq!(decision.band, Band::Suggest);
        assert!(decision.has(ReasonCode::CertificateVeto));
        assert_eq!(decided(0.99, veto("how_to")).band, Band::Auto);
        assert_eq!(decided(0.5, veto("refund_request")).band, Band::Human);
    }
}
