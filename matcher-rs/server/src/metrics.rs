//! Counters in Prometheus' text format.

use std::collections::BTreeMap;
use std::fmt::{Display, Write};
use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::service::Service;
use crate::wire::{AssignOut, ModeIo};

/// Upper ends of the latency buckets, in seconds.
const SECONDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.25, 1.0, 2.5, 10.0, 60.0];
/// Upper ends of the buckets for rounds of a cohort.
const ROUNDS: [f64; 7] = [1.0, 2.0, 3.0, 4.0, 6.0, 10.0, 20.0];
/// Upper ends of the buckets for the proven gap, in millionths.
const GAPS: [f64; 7] = [0.0, 10.0, 100.0, 1_000.0, 10_000.0, 100_000.0, 1_000_000.0];

/// How often a value was at most so much.
#[derive(Debug, Clone)]
struct Histogram {
    ends: &'static [f64],
    buckets: Vec<u64>,
    count: u64,
    sum: f64,
}

impl Histogram {
    fn new(ends: &'static [f64]) -> Self {
        Self { ends, buckets: vec![0; ends.len()], count: 0, sum: 0.0 }
    }

    fn note(&mut self, value: f64) {
        self.count += 1;
        self.sum += value;
        for (bucket, _) in self.buckets.iter_mut().zip(self.ends).filter(|(_, end)| value <= **end) {
            *bucket += 1;
        }
    }
}

#[derive(Debug)]
struct Route {
    answers: BTreeMap<u16, u64>,
    seconds: Histogram,
}

#[derive(Debug)]
struct Cohorts {
    answers: BTreeMap<&'static str, u64>,
    hurried: u64,
    seconds: Histogram,
    rounds: Histogram,
    gap: Histogram,
}

impl Default for Route {
    fn default() -> Self {
        Self { answers: BTreeMap::new(), seconds: Histogram::new(&SECONDS) }
    }
}

impl Default for Cohorts {
    fn default() -> Self {
        Self {
            answers: BTreeMap::new(),
            hurried: 0,
            seconds: Histogram::new(&SECONDS),
            rounds: Histogram::new(&ROUNDS),
            gap: Histogram::new(&GAPS),
        }
    }
}

/// What was asked, how it was answered and how long it took.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    routes: Mutex<BTreeMap<String, Route>>,
    cohorts: Mutex<BTreeMap<&'static str, Cohorts>>,
    begun: AtomicU64,
    cancelled: AtomicU64,
    /// Connections open now.
    pub(crate) connections: AtomicU64,
    /// Idle connections that made room so far.
    pub(crate) sent_away: AtomicU64,
    /// Connections so far that found no place.
    pub(crate) turned_away: AtomicU64,
}

impl Metrics {
    /// Notes one answered request.
    pub(crate) fn note(&self, route: &str, status: u16, took: Duration) {
        let mut routes = locked(&self.routes);
        if !routes.contains_key(route) {
            routes.insert(route.to_owned(), Route::default());
        }
        if let Some(seen) = routes.get_mut(route) {
            *seen.answers.entry(status).or_default() += 1;
            seen.seconds.note(took.as_secs_f64());
        }
    }

    /// Notes one assigned cohort.
    pub(crate) fn note_cohort(&self, answer: &AssignOut, took: Duration) {
        let mut cohorts = locked(&self.cohorts);
        let seen = cohorts.entry(name(answer.mode)).or_default();
        *seen.answers.entry(name(answer.answered_by)).or_default() += 1;
        seen.hurried += u64::from(answer.hurried);
        seen.seconds.note(took.as_secs_f64());
        seen.rounds.note(f64::from(answer.rounds));
        seen.gap.note(f64::from(answer.gap_ppm));
    }

    /// Notes a cohort that is read and begins to be assigned.
    pub(crate) fn note_begun(&self) {
        self.begun.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes a cohort whose caller went away.
    pub(crate) fn note_cancelled(&self) {
        self.cancelled.fetch_add(1, Ordering::Relaxed);
    }
}

fn name(mode: ModeIo) -> &'static str {
    match mode {
        ModeIo::Optimal => "optimal",
        ModeIo::Fast => "fast",
        ModeIo::Greedy => "greedy",
        ModeIo::Stable => "stable",
    }
}

/// A page under way.
struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &str, value: impl Display) {
        let braces = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
        let _ = writeln!(self.0, "{name}{braces} {value}");
    }

    fn single(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.family(name, kind, help);
        self.sample(name, "", value);
    }

    fn histogram(&mut self, name: &str, labels: &str, histogram: &Histogram) {
        for (count, end) in histogram.buckets.iter().zip(histogram.ends) {
            self.sample(&format!("{name}_bucket"), &format!("{labels},le=\"{end}\""), count);
        }
        self.sample(&format!("{name}_bucket"), &format!("{labels},le=\"+Inf\""), histogram.count);
        self.sample(&format!("{name}_sum"), labels, histogram.sum);
        self.sample(&format!("{name}_count"), labels, histogram.count);
    }
}

/// The page Prometheus reads.
pub(crate) fn page(service: &Service) -> String {
    let mut page = Page(String::new());
    process(&mut page, service);
    pools(&mut page, service);
    lanes(&mut page, service);
    requests(&mut page, &locked(&service.metrics.routes));
    cohorts(&mut page, &locked(&service.metrics.cohorts));
    let begun = service.metrics.begun.load(Ordering::Relaxed);
    page.single("matcher_cohorts_begun_total", "counter", "Cohorts that were read and had their turn.", begun);
    let cancelled = service.metrics.cancelled.load(Ordering::Relaxed);
    page.single("matcher_cohorts_cancelled_total", "counter", "Cohorts whose caller went away.", cancelled);
    page.0
}

fn process(page: &mut Page, service: &Service) {
    page.family("matcher_build_info", "gauge", "What runs here.");
    let kernel = matcher_core::Kernel::best();
    let version = env!("CARGO_PKG_VERSION");
    page.sample("matcher_build_info", &format!("version=\"{version}\",kernel=\"{kernel}\""), 1);
    if let Some(bytes) = resident_memory() {
        page.single("process_resident_memory_bytes", "gauge", "Memory of this process.", bytes);
    }
    let open = service.metrics.connections.load(Ordering::Relaxed);
    page.single("matcher_connections", "gauge", "Connections open.", open);
    let sent = service.metrics.sent_away.load(Ordering::Relaxed);
    page.single("matcher_connections_idle_closed_total", "counter", "Idle connections that made room.", sent);
    let turned = service.metrics.turned_away.load(Ordering::Relaxed);
    page.single("matcher_connections_refused_total", "counter", "Connections that found no place.", turned);
    let free = service.memory.available_permits();
    let taken = service.settings.in_flight.saturating_sub(free);
    page.single("matcher_body_bytes", "gauge", "Bytes of request bodies held.", taken);
    let stopping = u8::from(service.stopping.load(Ordering::Relaxed));
    page.single("matcher_stopping", "gauge", "1 from the signal to stop.", stopping);
}

fn pools(page: &mut Page, service: &Service) {
    let held = service.pools.held();
    page.single("matcher_pools", "gauge", "Pools held.", held.len());
    let mentors: usize = held.iter().map(|(.., size)| size).sum();
    page.single("matcher_pool_mentors", "gauge", "Mentors held, all pools together.", mentors);
    page.family("matcher_pool_version", "gauge", "Version each pool is at.");
    for (tenant, version, _) in &held {
        page.sample("matcher_pool_version", &format!("tenant=\"{tenant}\""), version);
    }
    let evicted = service.pools.evicted();
    page.single("matcher_pools_evicted_total", "counter", "Pools given up for others.", evicted);
}

fn lanes(page: &mut Page, service: &Service) {
    page.family("matcher_in_flight", "gauge", "Requests that have a place, by lane.");
    for (name, lane) in service.lanes.named() {
        page.sample("matcher_in_flight", &format!("lane=\"{name}\""), lane.taken());
    }
    page.family("matcher_refused_total", "counter", "Requests turned away because a lane was full.");
    for (name, lane) in service.lanes.named() {
        page.sample("matcher_refused_total", &format!("lane=\"{name}\""), lane.refused());
    }
}

fn requests(page: &mut Page, routes: &BTreeMap<String, Route>) {
    page.family("matcher_requests_total", "counter", "Requests answered.");
    for (route, seen) in routes {
        for (status, count) in &seen.answers {
            page.sample("matcher_requests_total", &format!("route=\"{route}\",status=\"{status}\""), count);
        }
    }
    page.family("matcher_request_seconds", "histogram", "Time from head to answer.");
    for (route, seen) in routes {
        page.histogram("matcher_request_seconds", &format!("route=\"{route}\""), &seen.seconds);
    }
}

/// One of the histograms of a mode.
type Part = fn(&Cohorts) -> &Histogram;

fn cohorts(page: &mut Page, modes: &BTreeMap<&'static str, Cohorts>) {
    page.family("matcher_cohorts_total", "counter", "Cohorts assigned, by what was asked and how it was answered.");
    for (mode, seen) in modes {
        for (answered, count) in &seen.answers {
            page.sample("matcher_cohorts_total", &format!("mode=\"{mode}\",answered_by=\"{answered}\""), count);
        }
    }
    page.family("matcher_cohorts_hurried_total", "counter", "Cohorts whose time was up.");
    for (mode, seen) in modes {
        page.sample("matcher_cohorts_hurried_total", &format!("mode=\"{mode}\""), seen.hurried);
    }
    let families: [(&str, &str, Part); 3] = [
        ("matcher_cohort_seconds", "Time to assign a cohort.", |seen| &seen.seconds),
        ("matcher_cohort_rounds", "How often the lists of a cohort were solved.", |seen| &seen.rounds),
        ("matcher_cohort_gap_ppm", "Proven gap, in millionths of the bound.", |seen| &seen.gap),
    ];
    for (name, help, part) in families {
        page.family(name, "histogram", help);
        for (mode, seen) in modes {
            page.histogram(name, &format!("mode=\"{mode}\""), part(seen));
        }
    }
}

/// Bytes of this process in memory, where the system tells (`VmRSS`, in kilobytes).
fn resident_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
