//! Until when an answer is wanted, and whether it still is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use tokio::runtime::{Handle, RuntimeFlavor};

/// Set when nobody waits for the answer any more; the work looks at it now and then.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gone(Arc<AtomicBool>);

/// Lives in the request's future, which is dropped when the caller goes away.
pub(crate) struct Waiting(Gone);

impl Gone {
    /// The other end: sets the flag when it is dropped.
    pub(crate) fn waiting(&self) -> Waiting {
        Waiting(self.clone())
    }

    /// The flag, as solvers take it.
    pub(crate) fn flag(&self) -> &AtomicBool {
        &self.0
    }

    /// Whether it is set.
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

/// Reading so many bytes takes long enough to let other requests go on elsewhere meanwhile.
pub(crate) const LARGE: usize = 1 << 18;

/// Does `work` here; where it is `long`, other requests of this thread go on elsewhere, if the
/// runtime has more threads than one.
pub(crate) fn aside<T>(long: bool, work: impl FnOnce() -> T) -> T {
    let many = || Handle::try_current().is_ok_and(|handle| handle.runtime_flavor() == RuntimeFlavor::MultiThread);
    if long && many() { tokio::task::block_in_place(work) } else { work() }
}

/// The part of the allowed time that the work may use; the rest is for the answer's way back.
pub(crate) fn share(allowed: Duration) -> Duration {
    allowed / 10 * 9
}

/// The time a gRPC caller allows, where it is told and well-formed (`grpc-timeout`: up to eight
/// digits and a unit, as in the specification of gRPC over HTTP/2).
pub(crate) fn allowed(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let amount: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(amount * 3_600)),
        "M" => Some(Duration::from_secs(amount * 60)),
        "S" => Some(Duration::from_secs(amount)),
        "m" => Some(Duration::from_millis(amount)),
        "u" => Some(Duration::from_micros(amount)),
        "n" => Some(Duration::from_nanos(amount)),
        _ => None,
    }
}

/// `after` from `start`, or a time so late that nobody sees it.
pub(crate) fn after(start: Instant, after: Duration) -> Instant {
    start.checked_add(after).unwrap_or_else(|| start + Duration::from_secs(86_400 * 365))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn told(text: &str) -> Option<Duration> {
        allowed(&[("grpc-timeout".parse().ok()?, HeaderValue::from_bytes(text.as_bytes()).ok()?)].into_iter().collect())
    }

    #[test]
    fn a_timeout_is_read_in_every_unit() {
        let read = ["1H", "2M", "3S", "4m", "5u", "00000006n"].map(told);
        let units = [3_600_000_000_000, 120_000_000_000, 3_000_000_000, 4_000_000, 5_000, 6];
        assert_eq!(read, units.map(|nanos| Some(Duration::from_nanos(nanos))));
    }

    #[test]
    fn what_is_no_timeout_allows_all_time() {
        for text in ["", "S", "1", "1s", "-1S", "1.5S", "123456789S", "é"] {
            assert_eq!(told(text), None, "{text}");
        }
        assert!(after(Instant::now(), Duration::MAX) > Instant::now());
    }

    #[test]
    fn who_stops_waiting_is_gone() {
        let gone = Gone::default();
        let waiting = gone.waiting();
        assert!(!gone.is_set());
        drop(waiting);
        assert!(gone.is_set());
    }
}
