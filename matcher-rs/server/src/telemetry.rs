//! Logs as JSON lines; spans to a collector, where the feature `otlp` is built in and one is named.

use std::io;

use tracing::level_filters::LevelFilter;
use tracing::{Span, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use crate::trace::Trace;

/// Sends what is left of the spans when it is dropped.
#[derive(Debug)]
pub struct Telemetry {
    #[cfg(feature = "otlp")]
    _spans: Option<crate::otlp::Spans>,
}

/// Starts logging at the level `MATCHER_LOG` names (`info` if not set), and tracing to the collector
/// that `OTEL_EXPORTER_OTLP_ENDPOINT` names.
pub fn start() -> Result<Telemetry, String> {
    let level = match std::env::var("MATCHER_LOG") {
        Ok(name) => {
            name.parse().map_err(|_| format!("MATCHER_LOG={name}: write off, error, warn, info, debug or trace"))?
        }
        Err(_) => LevelFilter::INFO,
    };
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(io::stderr).with_filter(level);
    listen(tracing_subscriber::registry().with(lines))
}

#[cfg(not(feature = "otlp"))]
fn listen<S>(lines: S) -> Result<Telemetry, String>
where
    S: Subscriber + for<'s> LookupSpan<'s> + Send + Sync,
{
    lines.try_init().map_err(|error| error.to_string())?;
    if std::env::var_os("OTEL_EXPORTER_OTLP_ENDPOINT").is_some() {
        tracing::warn!("OTEL_EXPORTER_OTLP_ENDPOINT is set, but this build sends no spans: build with --features otlp");
    }
    Ok(Telemetry {})
}

#[cfg(feature = "otlp")]
fn listen<S>(lines: S) -> Result<Telemetry, String>
where
    S: Subscriber + for<'s> LookupSpan<'s> + Send + Sync,
{
    let spans = crate::otlp::Spans::from_environment()?;
    let layer = spans.as_ref().map(crate::otlp::Spans::layer);
    lines.with(layer).try_init().map_err(|error| error.to_string())?;
    Ok(Telemetry { _spans: spans })
}

/// Makes `span` part of `trace`; the ids it has now.
#[cfg(not(feature = "otlp"))]
pub(crate) fn continued(_: &Span, trace: Trace) -> Trace {
    trace
}

/// Makes `span` part of `trace`; the ids it has now.
#[cfg(feature = "otlp")]
pub(crate) fn continued(span: &Span, trace: Trace) -> Trace {
    crate::otlp::continued(span, trace)
}
