//! The dashboard: pages for the people who correct, own and watch triage.
//!
//! One file per page: `decisions.rs` here answers its addresses and makes a plain view, and
//! `ui/decisions.html` shows it. A page is added so:
//!
//! 1. a variant of [`frame::Place`], which puts it into the navigation;
//! 2. a file here with `pub(super) fn routes() -> Router<App>`, merged in [`routes`] below, whose
//!    handlers return `Result<Page<View>, Failure>`, call the functions that the JSON API calls,
//!    and derive `askama::Template` for a view with a field `frame: Frame`;
//! 3. a template in `ui/` that begins with `{% extends "base.html" %}` and fills the block `main`;
//! 4. where needed, a script or style sheet in `ui/`, listed in [`assets`].
//!
//! Everything is escaped by the templates; `|safe` is used nowhere. Text that people wrote stands
//! in `<bdi>` or an element with `dir="auto"`. Parts with an `id` and `data-live="SECONDS"` are
//! kept fresh by `ui/baton.js`. A style or script within a page is refused by the browser.

mod assets;
mod calibration;
mod decision;
mod decisions;
mod drift;
mod failure;
mod figures;
mod frame;
mod handoffs;
mod marks;
mod markup;
mod model;
mod near;
mod outcome;
mod overview;
mod page;
mod policy;
mod transcript;
mod try_it;
mod view;

use axum::{Router, middleware};

use super::{App, docs};

pub(super) use failure::unless_wanted;

/// Every page, and the files that they load.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .merge(overview::routes())
        .merge(decisions::routes())
        .merge(policy::routes())
        .merge(model::routes())
        .merge(decision::routes())
        .merge(calibration::routes())
        .merge(drift::routes())
        .merge(handoffs::routes())
        .merge(try_it::routes())
        .merge(assets::routes())
        .method_not_allowed_fallback(docs::not_this_method)
        .layer(middleware::from_fn(near::check))
}
