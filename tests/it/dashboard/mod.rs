//! The dashboard: its pages without a browser here, in Chromium in the files beside this one.

mod browser;
mod model;
mod pages;
mod pictures;
mod policy;
