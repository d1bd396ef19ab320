//! `baton triage`: one conversation, nothing kept.

use super::{Error, input, print, runtime};
use crate::{
    api::{self, ApiError, TriageRequest, TriageResponse},
    app,
    config::Config,
};

/// Reads a request body, prints the answer.
pub(super) fn run(config: &Config) -> Result<(), Error> {
    let request: TriageRequest = api::parse(&input()?)?;
    let conversation = request.into_conversation(&config.limits.conversation());
    let conversation = conversation.map_err(ApiError::from)?;
    let answer = runtime()?.block_on(async {
        let triage = app::offline(config)?;
        let assessment = triage.assess_patiently(conversation).await.map_err(ApiError::from)?;
        Ok::<_, Error>(TriageResponse::from(&assessment))
    })?;
    let text = serde_json::to_string_pretty(&answer).unwrap_or_default();
    print(&format!("{text}\n"))
}
