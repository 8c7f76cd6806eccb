//! Around every request: a place, bounds on its body, a span, a log line, a count.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use tracing::{Instrument, Span, field};

use crate::admission::{Lane, Ticket};
use crate::body::{Bounds, Held, Metered};
use crate::call::{after, allowed};
use crate::problem::Problem;
use crate::service::Service;
use crate::telemetry;
use crate::trace::Trace;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longer ids are cut, so that no caller can fill the log.
const ID_LENGTH: usize = 128;

const MEGABYTE: usize = 1 << 20;
/// A question about the resident pool.
const SMALL: usize = MEGABYTE;
/// A ranking that brings its candidates along.
const MEDIUM: usize = 16 * MEGABYTE;
/// A cohort.
const LARGE: usize = 128 * MEGABYTE;

/// Gives a request its place and its share of memory, or turns it away.
pub(crate) async fn admit(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    let arrived = Instant::now();
    let grpc = is_grpc(request.headers());
    let (lane, most) = errand(&service, request.method(), request.uri().path());
    let most = most.min(service.settings.body);
    if http_body::Body::size_hint(request.body()).lower() > most as u64 {
        return Problem::TooLarge(most).answer(grpc); // announced, and not read
    }
    let place = match lane.enter() {
        Ok(place) => place,
        Err(problem) => return problem.answer(grpc),
    };
    let settings = &service.settings;
    let (deadline, stall) = (after(arrived, settings.body_time), settings.stall);
    let bounds = Bounds { most, deadline, stall, grpc };
    let held = Held::of(&service.memory);
    let allowed = if grpc { allowed(request.headers()) } else { None };
    let ticket = Ticket { place, held: held.clone(), arrived, allowed };
    let mut request = request.map(|body| Body::new(Metered::new(body, bounds, held)));
    request.extensions_mut().insert(ticket.clone());
    let answer = next.run(request).await;
    drop(ticket); // held until now, also by those who did not take it along
    answer
}

/// The lane of a request, and how many bytes it may bring. The last word of the path says it, the
/// same one at both interfaces.
fn errand<'s>(service: &'s Service, method: &Method, path: &str) -> (&'s Arc<Lane>, usize) {
    let lanes = &service.lanes;
    match path.rsplit('/').next().unwrap_or_default() {
        "rank" if path.starts_with("/v1/tenants/") => (&lanes.rank, SMALL),
        "rank" | "Rank" => (&lanes.rank, MEDIUM),
        "assign" | "Assign" => (&lanes.assign, LARGE),
        "GetPool" => (&lanes.rank, SMALL),
        _ if method == Method::GET => (&lanes.rank, SMALL),
        _ => (&lanes.pool, usize::MAX),
    }
}

pub(crate) fn is_grpc(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"))
}

/// Logs and counts a request as part of the trace its caller named, and gives the request id back.
pub(crate) async fn record(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let route = route(&request);
    let id = request.headers().get(REQUEST_ID).cloned();
    let span = span(&request, &route);
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, took) = (status(&response), start.elapsed());
    service.metrics.note(&route, status, took);
    span.in_scope(|| tracing::info!(status, micros = took.as_micros() as u64, "answered"));
    if let Some(id) = id {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// The template of the path; one whose last part is a method of gRPC is its own template.
fn route(request: &Request) -> String {
    match request.extensions().get::<MatchedPath>().map(MatchedPath::as_str) {
        Some(path) if path.ends_with("/{method}") => {
            let known = ["GetPool", "PutPool", "PatchPool", "Rank", "Assign", "Check", "Watch", "ServerReflectionInfo"];
            let asked = request.uri().path();
            let is_known = known.into_iter().any(|method| asked.rsplit('/').next() == Some(method));
            if is_known { asked.to_owned() } else { path.to_owned() }
        }
        Some(path) => path.to_owned(),
        None => "none".to_owned(),
    }
}

fn span(request: &Request, route: &str) -> Span {
    let trace = Trace::of(said(request.headers(), &HeaderName::from_static("traceparent")));
    let span = tracing::info_span!(
        "request",
        otel.name = route,
        otel.kind = "server",
        method = %request.method(),
        route,
        request_id = %said(request.headers(), &REQUEST_ID).unwrap_or_default().chars().take(ID_LENGTH).collect::<String>(),
        trace_id = field::Empty,
        span_id = field::Empty,
        parent_span_id = field::Empty,
    );
    let trace = telemetry::continued(&span, trace);
    span.record("trace_id", field::display(format_args!("{:032x}", trace.id)));
    span.record("span_id", field::display(format_args!("{:016x}", trace.span_id)));
    if let Some(parent) = trace.parent {
        span.record("parent_span_id", field::display(format_args!("{parent:016x}")));
    }
    span
}

fn said<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The HTTP status; for gRPC its own code, as far as it is known when the head of the answer is.
fn status(response: &Response) -> u16 {
    if !is_grpc(response.headers()) {
        return response.status().as_u16();
    }
    said(response.headers(), &HeaderName::from_static("grpc-status")).and_then(|code| code.parse().ok()).unwrap_or(0)
}
