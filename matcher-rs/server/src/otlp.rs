//! Spans to an OpenTelemetry collector: OTLP over HTTP, without TLS, to one on this machine or net.
//!
//! The standard variables count: `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_SERVICE_NAME`,
//! `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER`, `OTEL_BSP_SCHEDULE_DELAY` and their like.

use std::time::Duration;

use axum::http::{Request, Response};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tokio::runtime::Handle;
use tokio::time::timeout;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::{OpenTelemetryLayer, OpenTelemetrySpanExt};
use tracing_subscriber::registry::LookupSpan;

use crate::trace::Trace;

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const NAME: &str = "matcher";
/// A collector that takes longer is away.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest answer of a collector, in bytes.
const ANSWER: usize = 1 << 16;

/// Gathers spans and sends them now and then, the rest when dropped.
#[derive(Debug)]
pub(crate) struct Spans(SdkTracerProvider);

impl Spans {
    /// To the collector that the environment names, if it does. Called within a runtime.
    pub(crate) fn from_environment() -> Result<Option<Self>, String> {
        let Ok(endpoint) = std::env::var(ENDPOINT) else { return Ok(None) };
        if !endpoint.starts_with("http://") {
            return Err(format!("{ENDPOINT}={endpoint}: write http://host:port; for TLS put a collector in between"));
        }
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_http_client(Courier::new())
            .build()
            .map_err(|error| format!("{ENDPOINT}={endpoint}: {error}"))?;
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource()).build();
        Ok(Some(Self(provider)))
    }

    /// What turns spans of this program into theirs.
    pub(crate) fn layer<S>(&self) -> OpenTelemetryLayer<S, SdkTracer>
    where
        S: Subscriber + for<'s> LookupSpan<'s>,
    {
        tracing_opentelemetry::layer().with_tracer(self.0.tracer(NAME))
    }
}

impl Drop for Spans {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last spans were not sent");
        }
    }
}

fn resource() -> Resource {
    let resource = Resource::builder().with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
    let named = std::env::var_os("OTEL_SERVICE_NAME").is_some();
    if named { resource.build() } else { resource.with_service_name(NAME).build() }
}

/// Makes `span` a child of the caller's; the ids it has then, or had where no spans are sent.
pub(crate) fn continued(span: &Span, trace: Trace) -> Trace {
    if let Some(parent) = trace.parent {
        let flags = if trace.sampled { TraceFlags::SAMPLED } else { TraceFlags::default() };
        let (trace_id, parent) = (TraceId::from(trace.id), SpanId::from(parent));
        let caller = SpanContext::new(trace_id, parent, flags, true, TraceState::default());
        // Fails only where nobody listens, and then there is nothing to continue.
        let _ = span.set_parent(Context::new().with_remote_span_context(caller));
    }
    let context = span.context();
    let ours = context.span().span_context().clone();
    if !ours.is_valid() {
        return trace;
    }
    let id = u128::from_be_bytes(ours.trace_id().to_bytes());
    Trace { id, span_id: u64::from_be_bytes(ours.span_id().to_bytes()), ..trace }
}

/// Carries spans away over plain HTTP, on the runtime of the server.
#[derive(Debug)]
struct Courier {
    client: Client<HttpConnector, Full<Bytes>>,
    runtime: Handle,
}

impl Courier {
    fn new() -> Self {
        Self { client: Client::builder(TokioExecutor::new()).build_http(), runtime: Handle::current() }
    }
}

#[tonic::async_trait]
impl HttpClient for Courier {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sent = self.client.request(request.map(Full::new));
        let work = async move {
            let (head, body) = sent.await?.into_parts();
            Ok(Response::from_parts(head, Limited::new(body, ANSWER).collect().await?.to_bytes()))
        };
        self.runtime.spawn(async { timeout(PATIENCE, work).await? }).await?
    }
}
