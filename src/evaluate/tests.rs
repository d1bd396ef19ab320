//! Reports of rows whose figures can be told by hand.

use std::collections::BTreeMap;

use super::*;
use crate::{domain::Band, statistics::Missing};

fn about() -> About {
    About {
        model: ("tiny".to_owned(), "1".to_owned()),
        policy: ("default".to_owned(), "2".to_owned()),
        data: vec!["rows.csv".to_owned()],
        thresholds: Thresholds { auto: 0.9, suggest: 0.7 },
        out_of_scope_share: None,
        seed: 1,
        skipped: 0,
        unknown_labels: BTreeMap::new(),
        unanswered: 0,
    }
}

fn row(label: &'static str, called: &'static str, confidence: f32) -> Judgement<'static> {
    let right = label == called;
    Judgement {
        label,
        called,
        intent_right: right,
        decision_right: right,
        confidence,
        ceiling: Band::Auto,
        out_of_scope: if called == "out_of_scope" { 0.9 } else { 0.1 },
        novelty: 0.0,
    }
}

fn tally(rows: &[(usize, Judgement<'_>)]) -> Tally {
    let mut tally = Tally::default();
    for (count, judgement) in rows {
        for _ in 0..*count {
            tally.add(*judgement);
        }
    }
    tally
}

#[test]
fn sure_and_right_rows_are_certified() {
    let rows = [(100, row("refund", "refund", 0.99)), (20, row("refund", "billing", 0.5))];
    let report = Report::of(&tally(&rows), about());
    let findings = &report.findings;
    assert_eq!(findings.auto_from, Some(0.9), "the policy is stricter than the certificate");
    assert_eq!(findings.missing, Needed { in_band: Missing::Rows(0), labelled: Some(0) });
    assert_eq!((findings.automatic.right, findings.automatic.of), (100, 100));
    let bands: Vec<_> = report.bands.iter().map(|band| (band.band, band.right.of)).collect();
    assert_eq!(bands, [(Band::Auto, 100), (Band::Suggest, 0), (Band::Human, 20)]);
    assert_eq!(report.decisions.accuracy.right, 100);
    assert_eq!((report.intents.mistakes[0].rows, report.intents.mistakes.len()), (20, 1));
    assert!(report.out_of_scope.is_none());
}

#[test]
fn what_other_rules_hold_back_is_no_evidence() {
    let held = Judgement { ceiling: Band::Human, ..row("legal", "legal", 0.99) };
    let report = Report::of(&tally(&[(200, held), (5, row("refund", "refund", 0.99))]), about());
    assert_eq!(report.findings.auto_from, None);
    assert_eq!(report.findings.automatic.of, 0);
    assert_eq!((report.bands[0].right.of, report.bands[0].by_confidence.of), (5, 205));
    // 24 more in the band, which is 5 of 205.
    let needed = Needed { in_band: Missing::Rows(24), labelled: Some(984) };
    assert_eq!(report.findings.missing, needed);
}

#[test]
fn labels_that_break_the_promise_are_vetoed() {
    let rows = [
        (900, row("refund", "refund", 0.99)),
        (30, row("refund", "billing", 0.95)),
        (30, row("billing", "billing", 0.95)),
    ];
    let report = Report::of(&tally(&rows), about());
    let vetoed: Vec<_> = report.findings.vetoed.iter().map(|veto| &veto.label).collect();
    assert_eq!(vetoed, ["billing"]);
    assert_eq!(report.findings.automatic.of, 900, "the vetoed ones are left out");
}

#[test]
fn hopeless_models_are_told_so() {
    let rows = [(60, row("refund", "refund", 0.99)), (60, row("refund", "billing", 0.99))];
    let report = Report::of(&tally(&rows), about());
    assert_eq!(report.findings.missing.in_band, Missing::Hopeless);
    assert!(report.markdown().contains("no number of rows would do"));
}

#[test]
fn out_of_scope_rows_can_be_thinned_to_their_usual_share() {
    let rows =
        [(95, row("refund", "refund", 0.99)), (50, row("out_of_scope", "out_of_scope", 0.9))];
    let report = Report::of(&tally(&rows), About { out_of_scope_share: Some(0.05), ..about() });
    assert_eq!((report.judged, report.counted), (145, 100));
    let outside = report.out_of_scope.unwrap();
    assert_eq!(outside.found.of, 50, "their own figures are taken of all of them");
    assert_eq!(outside.auroc, Some(1.0));
}

#[test]
fn one_row_and_none_make_a_report() {
    for count in [0, 1] {
        let report = Report::of(&tally(&[(count, row("refund", "refund", 0.99))]), about());
        assert_eq!(report.counted, count);
        assert!(report.json().unwrap().contains("\"auto_from\": null"));
        assert!(report.markdown().contains("Nothing can be certified"));
        assert!(report.html().ends_with("</html>\n"));
    }
}

#[test]
fn the_page_asks_nobody_and_escapes_names() {
    let rows = [(40, row("<b>&\"'", "<b>&\"'", 0.95)), (9, row("a|b", "<b>&\"'", 0.8))];
    let report = Report::of(&tally(&rows), about());
    let page = report.html();
    for outside in ["http://", "https://", "<script", "<link", "src=", "url(", "<b>"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("&lt;b&gt;&amp;&quot;&#39;"));
    assert!(page.contains("prefers-color-scheme: dark") && page.contains("<html lang=\"en\">"));
    let charts = page.matches("<svg").count();
    assert_eq!(charts, 3);
    for part in ["role=\"img\"", "<desc", "<details>", "<figcaption>"] {
        assert_eq!(page.matches(part).count(), charts, "{part}");
    }
    assert!(!page.contains("NaN") && !page.contains("inf"), "a number is none");
    let text = report.markdown();
    assert!(text.contains("| a\\|b |"), "{text}");
}
