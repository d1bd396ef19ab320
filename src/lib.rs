//! Baton: triage for support conversations.
//!
//! Data flows one way, and the modules are listed in that order:
//!
//! ```text
//! request ─▶ Conversation ─▶ Features ─▶ Prediction ─▶ Decision ─▶ Packet ─▶ response
//!    api        domain        features    inference     policy     handoff      api
//! ```
//!
//! [`triage`] alone knows the order. The nouns live in [`domain`] and know nothing of the world;
//! each stage turns one noun into the next and imports no other stage. `docs/ARCHITECTURE.md`
//! says who may import whom, and `tests/it/tidy.rs` holds it.

pub mod domain;

pub mod features;
pub mod handoff;
pub mod inference;
pub mod policy;

pub mod evaluate;
pub mod monitor;
pub mod replay;
pub mod reports;
pub mod statistics;

pub mod store;
pub mod triage;

pub mod api;
pub mod dataset;
pub mod learn;
pub mod ndjson;

pub mod config;
pub mod lifecycle;
pub mod telemetry;

pub mod app;
pub mod cli;
