//! Integration tests, one binary: the house rules, the API, the command line, crashes.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::fn_params_excessive_bools,
    clippy::unwrap_used,
    clippy::format_push_string,
    clippy::panic,
    clippy::expect_used,
    clippy::print_stderr
)]
#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]

mod abstain;
mod api;
mod bakery;
mod commands;
mod contract;
mod corrections;
mod crash;
mod dashboard;
mod demo;
mod evaluate;
mod export;
mod no_files;
mod policy_edit;
mod process;
mod prometheus;
mod quality;
mod readme;
mod reload;
mod report;
mod serve;
mod strikes;
mod support;
mod tidy;
mod train;
