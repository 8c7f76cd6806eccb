//! Counters in Prometheus' text format.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper ends of the latency buckets, in seconds.
const BUCKETS: [f64; 9] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1.0, 10.0];

#[derive(Debug, Default)]
struct Route {
    answers: BTreeMap<u16, u64>,
    buckets: [u64; BUCKETS.len()],
    count: u64,
    seconds: f64,
}

/// What was asked and how long it took, by route.
#[derive(Debug, Default)]
pub(crate) struct Metrics(Mutex<BTreeMap<String, Route>>);

impl Metrics {
    /// Notes one answered request.
    pub(crate) fn note(&self, route: &str, status: u16, took: Duration) {
        let mut routes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = routes.entry(route.to_owned()).or_default();
        let seconds = took.as_secs_f64();
        *seen.answers.entry(status).or_default() += 1;
        seen.count += 1;
        seen.seconds += seconds;
        for (bucket, _) in seen.buckets.iter_mut().zip(BUCKETS).filter(|(_, end)| seconds <= *end) {
            *bucket += 1;
        }
    }

    /// The page Prometheus reads.
    pub(crate) fn page(&self, tenants: usize, mentors: usize) -> String {
        let routes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut page = format!(
            "# TYPE matcher_pools gauge\nmatcher_pools {tenants}\n# TYPE matcher_pool_mentors gauge\nmatcher_pool_mentors {mentors}\n"
        );
        page.push_str("# TYPE matcher_requests_total counter\n");
        for (route, seen) in routes.iter() {
            for (status, count) in &seen.answers {
                let _ = writeln!(page, "matcher_requests_total{{route=\"{route}\",status=\"{status}\"}} {count}");
            }
        }
        page.push_str("# TYPE matcher_request_seconds histogram\n");
        for (route, seen) in routes.iter() {
            latency(&mut page, route, seen);
        }
        page
    }
}

fn latency(page: &mut String, route: &str, seen: &Route) {
    for (count, end) in seen.buckets.iter().zip(BUCKETS) {
        let _ = writeln!(page, "matcher_request_seconds_bucket{{route=\"{route}\",le=\"{end}\"}} {count}");
    }
    let Route { count, seconds, .. } = seen;
    let _ = writeln!(page, "matcher_request_seconds_bucket{{route=\"{route}\",le=\"+Inf\"}} {count}");
    let _ = writeln!(page, "matcher_request_seconds_sum{{route=\"{route}\"}} {seconds}");
    let _ = writeln!(page, "matcher_request_seconds_count{{route=\"{route}\"}} {count}");
}
