//! W3C trace context: which trace a request belongs to, so that log lines can be joined.
//!
//! Source: <https://www.w3.org/TR/trace-context/>.

use std::collections::HashMap;

use opentelemetry::{
    Context, SpanId, TraceId,
    propagation::{Extractor, TextMapPropagator},
    trace::{SpanContext, TraceContextExt, TraceFlags, TraceState},
};
use opentelemetry_sdk::propagation::TraceContextPropagator;

/// The headers by which a trace travels.
pub const HEADERS: [&str; 2] = ["traceparent", "tracestate"];

/// Where a request stands in its trace.
#[derive(Debug, Clone)]
pub struct TraceContext(SpanContext);

impl TraceContext {
    /// Continues the trace of the caller, or begins a new one where the caller has none or a
    /// header that is not valid; `random` becomes the identifiers that are new.
    pub fn receive(header: impl Fn(&str) -> Option<String>, random: [u8; 24]) -> Self {
        let carrier: HashMap<&'static str, String> =
            HEADERS.into_iter().filter_map(|name| Some((name, header(name)?))).collect();
        let parent = TraceContextPropagator::new()
            .extract_with_context(&Context::new(), &Carrier(carrier))
            .span()
            .span_context()
            .clone();
        let (trace, span) = random.split_at(16);
        // The low bit keeps an identifier from being all zeros, which the standard forbids.
        let span = SpanId::from_bytes(std::array::from_fn(|i| span[i] | u8::from(i == 7)));
        if parent.is_valid() {
            let (flags, state) = (parent.trace_flags(), parent.trace_state().clone());
            return Self(SpanContext::new(parent.trace_id(), span, flags, false, state));
        }
        let trace = TraceId::from_bytes(std::array::from_fn(|i| trace[i] | u8::from(i == 15)));
        let (flags, state) = (TraceFlags::SAMPLED, TraceState::NONE);
        Self(SpanContext::new(trace, span, flags, false, state))
    }

    /// The trace, 32 hex digits.
    pub fn trace_id(&self) -> String {
        self.0.trace_id().to_string()
    }

    /// This service's part of it, 16 hex digits.
    pub fn span_id(&self) -> String {
        self.0.span_id().to_string()
    }

    /// The `traceparent` header that names this service's part.
    pub fn traceparent(&self) -> String {
        let flags = self.0.trace_flags().to_u8() & TraceFlags::SAMPLED.to_u8();
        format!("00-{}-{}-{flags:02x}", self.trace_id(), self.span_id())
    }
}

struct Carrier(HashMap<&'static str, String>);

impl Extractor for Carrier {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the standard, section 3.2.
    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn receive(parent: &'static str) -> TraceContext {
        let header = |name: &str| (name == "traceparent").then(|| parent.to_owned());
        TraceContext::receive(header, [7; 24])
    }

    #[test]
    fn a_valid_trace_is_continued_with_a_span_of_our_own() {
        let context = receive(PARENT);
        assert_eq!(context.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_ne!(context.span_id(), "00f067aa0ba902b7");
        assert!(context.traceparent().ends_with("-01"));
    }

    #[test]
    fn a_broken_header_begins_a_new_trace() {
        for broken in ["", "00-0-0-01", "00-00000000000000000000000000000000-00f067aa0ba902b7-01"] {
            let context = receive(broken);
            assert_eq!(context.trace_id(), "07".repeat(16), "{broken}");
        }
        let zero = TraceContext::receive(|_| None, [0; 24]);
        assert!(zero.0.is_valid());
    }
}
