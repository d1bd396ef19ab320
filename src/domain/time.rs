//! Time as an input: nothing inside asks the machine for it.

pub use jiff::Timestamp;

/// Where the time comes from; tests set it, the service reads the system's.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}
