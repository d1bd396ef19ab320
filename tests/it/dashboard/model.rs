//! The page of the model: its card, what it confuses, how far it may act alone.

use super::pages::open;
use crate::support::{TestApp, real_model};

#[tokio::test]
async fn the_model_that_ships_shows_its_card_figures_and_certificate() {
    let app = TestApp::with(real_model()).await;
    let page = open(&app, "/model").await.text;
    for part in [
        "<h3>The default model</h3>",
        "of held-out conversations decided rightly",
        "Most often confused",
        "No candidate is compared",
        "29 of 29 intents",
        "<bdi>billing dispute</bdi>",
        "tier 1 billing specialist",
        // Nobody has promised anything: that is done when the service starts.
        "Nothing is automatic",
    ] {
        assert!(page.contains(part), "{part} is missing in {page}");
    }
    assert!(page.len() < 200_000, "{} bytes", page.len());
    let found = open(&app, "/model?q=refund").await.text;
    assert!(found.contains("<bdi>refund request</bdi>") && found.contains("1 of 29 intents"));
    assert!(open(&app, "/model?q=%3Cscript%3E&from=-1").await.text.contains("No intent is called"));
}

#[tokio::test]
async fn a_model_without_papers_is_shown_all_the_same() {
    let app = TestApp::sure("how_to", 0.9).await;
    let page = open(&app, "/model").await.text;
    assert!(page.contains("The pack has no card") && !page.contains("Most often confused"));
}
