//! The trace a request belongs to: the caller's, continued, or a new one.
//!
//! W3C Trace Context, level 1: `traceparent: 00-<32 hex>-<16 hex>-<2 hex>`, lower case, neither id
//! all zeros. A later version may bring more fields behind; a malformed one starts a new trace.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

/// The ids of a span, and of the span that caused it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trace {
    /// Shared by everything that one request caused, anywhere.
    pub(crate) id: u128,
    /// This request, here.
    pub(crate) span_id: u64,
    /// The span of the caller, if there is one.
    pub(crate) parent: Option<u64>,
    /// Whether the caller records this trace.
    pub(crate) sampled: bool,
}

impl Trace {
    /// Continues what `traceparent` names.
    pub(crate) fn of(traceparent: Option<&str>) -> Self {
        let span_id = fresh();
        if let Some((id, parent, flags)) = traceparent.and_then(parse) {
            return Self { id, span_id, parent: Some(parent), sampled: flags & 1 == 1 };
        }
        let id = u128::from(fresh()) << 64 | u128::from(fresh());
        Self { id, span_id, parent: None, sampled: true }
    }
}

/// As other programs write it, with our span as the parent of what comes next.
impl fmt::Display for Trace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, span_id, sampled, .. } = self;
        write!(formatter, "00-{id:032x}-{span_id:016x}-{:02x}", u8::from(*sampled))
    }
}

/// Trace, span and flags of a well-formed `traceparent`.
fn parse(text: &str) -> Option<(u128, u64, u8)> {
    let mut parts = text.split('-');
    let mut hex = |digits: usize| {
        let part = parts.next()?;
        let lower = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (part.len() == digits && part.bytes().all(lower)).then_some(part)
    };
    let (version, trace, span, flags) = (hex(2)?, hex(32)?, hex(16)?, hex(2)?);
    let more = parts.next().is_some();
    if version == "ff" || (version == "00" && more) {
        return None;
    }
    let trace = u128::from_str_radix(trace, 16).ok().filter(|id| *id != 0)?;
    let span = u64::from_str_radix(span, 16).ok().filter(|id| *id != 0)?;
    Some((trace, span, u8::from_str_radix(flags, 16).ok()?))
}

/// An id that no other span has, for all that matters: the keys of a hash map are drawn at random.
fn fresh() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    RandomState::new().hash_one(COUNT.fetch_add(1, Ordering::Relaxed)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    const SPAN: &str = "b7ad6b7169203331";

    #[test]
    fn a_trace_is_continued() {
        let trace = Trace::of(Some(&format!("00-{TRACE}-{SPAN}-01")));
        assert_eq!((trace.parent, trace.sampled), (Some(0xb7ad_6b71_6920_3331), true));
        assert_eq!(trace.to_string(), format!("00-{TRACE}-{:016x}-01", trace.span_id));
        assert!(!Trace::of(Some(&format!("00-{TRACE}-{SPAN}-00"))).sampled);
        assert!(Trace::of(Some(&format!("01-{TRACE}-{SPAN}-01-later"))).parent.is_some());
    }

    #[test]
    fn what_is_malformed_starts_a_new_trace() {
        let wrong = [
            String::new(),
            "é".to_owned(),
            format!("00-{TRACE}-{SPAN}"),
            format!("00-{TRACE}-{SPAN}-01-more"),
            format!("ff-{TRACE}-{SPAN}-01"),
            format!("00-{}-{SPAN}-01", TRACE.to_uppercase()),
            format!("00-{}-{SPAN}-01", "0".repeat(32)),
            format!("00-{TRACE}-{}-01", "0".repeat(16)),
            format!("00-+{}-{SPAN}-01", &TRACE[1..]),
            format!("00{TRACE}-{SPAN}-01"),
        ];
        for text in wrong {
            let trace = Trace::of(Some(&text));
            assert_eq!(trace.parent, None, "{text}");
            assert!(trace.id != 0 && trace.span_id != 0);
        }
        assert_ne!(Trace::of(None).id, Trace::of(None).id);
    }
}
