//! Golden sums, properties, and simulations from fixed seeds.
#![allow(clippy::fn_params_excessive_bools)]

mod contract;
mod drift;
mod measured;
mod simulations;
mod sums;
mod vigil;
mod world;
