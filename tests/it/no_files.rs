//! A service that was put together without files has none to read again or to write.

use baton::{api, triage};

/// A service that was put together without files.
pub struct NoFiles;

#[async_trait::async_trait]
impl api::Reload for NoFiles {
    async fn reload(&self) -> Result<api::Reloaded, String> {
        Err("nothing was read from a file".to_owned())
    }
}

#[async_trait::async_trait]
impl api::Policies for NoFiles {
    async fn source(&self) -> api::PolicySource {
        api::PolicySource { file: None, read_only: Some("nothing was read from a file".to_owned()) }
    }

    async fn save(&self, _change: triage::Change) -> Result<api::SavedPolicy, api::Unsaved> {
        Err(api::Unsaved::ReadOnly("nothing was read from a file".to_owned()))
    }
}
