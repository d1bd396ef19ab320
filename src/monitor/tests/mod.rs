//! Golden sums, properties, and simulations from fixed seeds.

mod contract;
mod drift;
mod measured;
mod simulations;
mod sums;
mod world;
