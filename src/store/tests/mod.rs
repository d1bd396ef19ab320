//! The store on real files: what it promises, and what it does on bad days.

mod archive;
mod audits;
mod chain;
mod commit;
mod contract;
mod export;
mod failures;
mod fixtures;
mod listing;
mod memory;
mod policies;
mod privacy;
mod rollups;
mod spool;
mod sums;
