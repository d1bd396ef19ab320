//! The pages of the policy: shown, edited, replayed, saved and gone back to, without a browser.

use std::{fs, path::Path};

use baton::policy::Policy;

use super::pages::open;
use crate::{
    process::{Server, baton},
    support::{Answer, Fake, TestApp, says},
};

/// A page, and its status.
struct Seen {
    status: u16,
    text: String,
    /// Where the browser is sent.
    location: Option<String>,
}

/// A browser without scripts, on the machine of the service.
struct Browser<'a>(&'a Server);

impl Browser<'_> {
    fn agent() -> ureq::Agent {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
        config.build().new_agent()
    }

    fn see(mut answer: ureq::http::Response<ureq::Body>) -> Seen {
        let location = answer.headers().get("location");
        let location = location.map(|value| value.to_str().unwrap().to_owned());
        let status = answer.status().as_u16();
        Seen { status, location, text: answer.body_mut().read_to_string().unwrap() }
    }

    fn open(&self, path: &str) -> Seen {
        let request = Self::agent().get(format!("{}{path}", self.0.url));
        Self::see(request.header("accept", "text/html").call().unwrap())
    }

    /// Sends the editor's form as a browser does: its own origin, two characters for a line end.
    #[expect(clippy::too_many_arguments, reason = "one an entry of the form")]
    fn send(&self, action: &str, text: &str, base: &str, by: &str) -> Seen {
        let text = text.replace('\n', "\r\n");
        let request = Self::agent().post(format!("{}/policy/edit", self.0.url));
        let request = request.header("origin", &self.0.url).header("accept", "text/html");
        let form = [("text", text.as_str()), ("base", base), ("by", by), ("action", action)];
        Self::see(request.send_form(form).unwrap())
    }

    /// The version that the editor begins with.
    fn base(&self) -> String {
        let page = self.open("/policy/edit").text;
        let value = page.split("name=\"base\" value=\"").nth(1).unwrap();
        value.split('"').next().unwrap().to_owned()
    }
}

fn serving(folder: &Path) -> Server {
    let file = folder.join("policy.toml");
    fs::write(&file, Policy::DEFAULT).unwrap();
    Server::start(baton(folder).env("BATON_POLICY", &file))
}

fn from(auto: &str) -> String {
    Policy::DEFAULT.replacen("auto = 0.90", &format!("auto = {auto}"), 1)
}

#[test]
fn a_lead_corrects_replays_saves_and_goes_back() {
    let folder = tempfile::tempdir().unwrap();
    let server = serving(folder.path());
    let browser = Browser(&server);
    server.post("/v1/triage", &says("I was charged twice this month, please refund me.")).unwrap();
    let base = browser.base();

    let wrong = from("0.60");
    let line = 1 + wrong.lines().position(|line| line.starts_with("auto = 0.60")).unwrap();
    for action in ["check", "save", "replay"] {
        let page = browser.send(action, &wrong, &base, "ann");
        assert_eq!(page.status, 422, "{action}");
        assert!(page.text.contains(&format!("data-line=\"{line}\"")), "{action}: {}", page.text);
        assert!(page.text.contains("<code>bands.auto</code>"), "{action}");
        assert!(page.text.contains("auto = 0.60"), "the text comes back");
    }
    let strict = from("0.95");
    let checked = browser.send("check", &strict, &base, "").text;
    assert!(checked.contains("probes are decided as expected"), "{checked}");
    assert!(checked.contains("<li class=\"gone\">") && checked.contains("<li class=\"new\">"));
    let replayed = browser.send("replay", &strict, &base, "").text;
    assert!(replayed.contains("of 1 decisions would come out otherwise"), "{replayed}");
    assert!(replayed.contains("Decisions of record by band"), "{replayed}");

    let nameless = browser.send("save", &strict, &base, " ");
    assert_eq!(nameless.status, 422);
    assert!(nameless.text.contains("id=\"by-fault\"") && nameless.text.contains("auto = 0.95"));
    let saved = browser.send("save", &strict, &base, "ann");
    assert_eq!((saved.status, saved.location.as_deref()), (303, Some("/policy?saved=2")));
    assert_eq!(fs::read_to_string(folder.path().join("policy.toml")).unwrap(), strict);
    let page = browser.open("/policy?saved=2").text;
    assert!(page.contains("Saved.") && page.contains("<bdi>ann</bdi>"), "{page}");

    // The second editor began before that.
    let late = browser.send("save", &from("0.93"), &base, "bob");
    assert_eq!(late.status, 409);
    assert!(late.text.contains("somebody else changed the policy"), "{}", late.text);
    assert!(late.text.contains("auto = 0.93") && late.text.contains("auto = 0.95"));
    assert_eq!(fs::read_to_string(folder.path().join("policy.toml")).unwrap(), strict);

    let history = browser.open("/policy/history").text;
    assert!(history.contains("/policy/history/1") && history.contains("found in its file"));
    let first = browser.open("/policy/history/1").text;
    assert!(first.contains("/policy/edit?from=1") && first.contains("<li class=\"new\">"));
    let back = browser.open("/policy/edit?from=1").text;
    assert!(back.contains("auto = 0.90") && back.contains("back to revision 1"), "{back}");
    let saved = browser.send("save", Policy::DEFAULT, &browser.base(), "bob");
    assert_eq!(saved.location.as_deref(), Some("/policy?saved=3"));
    let again = browser.send("save", Policy::DEFAULT, &browser.base(), "bob");
    assert!(again.text.contains("in force already"), "{}", again.text);
    assert!(browser.open("/model").text.contains("keep the promise of the certificate"));
    assert_eq!(browser.open("/policy/history/99").status, 404);
    assert_eq!(browser.open("/policy/edit?from=99").status, 404);
}

#[tokio::test]
async fn the_matrix_shows_tiers_roles_moves_and_what_is_always_a_persons() {
    let app = TestApp::sure("how_to", 0.9).await;
    let page = open(&app, "/policy?q=bug").await.text;
    assert!(page.contains("<bdi>software bug</bdi>") && !page.contains("<bdi>how to</bdi>"));
    assert!(page.contains("once an agent confirms the fault"), "{page}");
    assert!(page.contains("cannot be changed here"), "{page}");
    assert!(!page.contains("value=\"save\""));
    let page = open(&app, "/policy?q=retention").await.text;
    assert!(page.contains("<bdi>cancellation</bdi>") && page.contains("always a person"));
    for part in ["Triggers", "Roles", "Content rules, the first that fires"] {
        assert!(page.contains(&format!(">{part}</h2>")), "{part}: {page}");
    }
    let none = open(&app, "/policy?q=nothing-of-the-kind").await.text;
    assert!(none.contains("No intent is called that"));
    assert!(!open(&app, "/policy/edit").await.text.contains("value=\"save\""), "read-only");
}

#[tokio::test]
async fn a_thousand_intents_and_hostile_words_are_shown_page_by_page_and_escaped() {
    let end = Policy::DEFAULT.find("[[probe]]").unwrap();
    let evil = "<script>alert(1)</script>\u{202e}";
    let mut text =
        Policy::DEFAULT[..end].replacen("name = \"default\"", &format!("name = \"{evil}\""), 1);
    text = text.replacen("queue = \"Sales\"", &format!("queue = \"{evil}\""), 1);
    for n in 0..1_000 {
        text.push_str(&format!("[intent.extra_{n:04}]\ntier = 1\nrole = \"frontline_agent\"\n"));
    }
    let app = TestApp::with_policy(Fake::new(Answer::Sure("how_to", 0.9)), &text).await;
    let first = open(&app, "/policy").await.text;
    assert!(first.contains("of 1029 intents") && first.contains("rel=\"next\""), "{first}");
    assert!(first.len() < 200_000, "{} bytes", first.len());
    assert!(open(&app, "/policy?q=extra_0999").await.text.contains("<bdi>extra 0999</bdi>"));
    for path in ["/policy", "/policy/edit"] {
        let page = open(&app, path).await.text;
        assert!(!page.contains("<script>alert"), "{path}");
        assert!(page.contains("alert(1)"), "{path}");
    }
}

#[test]
fn a_store_that_is_away_loses_no_text() {
    let folder = tempfile::tempdir().unwrap();
    let server = serving(folder.path());
    let browser = Browser(&server);
    let base = browser.base();
    fs::remove_file(folder.path().join("baton.db")).unwrap();
    let page = browser.send("save", &from("0.95"), &base, "ann");
    assert_eq!(page.status, 503, "{}", page.text);
    assert!(page.text.contains("auto = 0.95") && page.text.contains("Not done"));
    let kept = fs::read_to_string(folder.path().join("policy.toml")).unwrap();
    assert_eq!(kept, Policy::DEFAULT);
}
