//! Around every request: admission, a log line, a count.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use crate::Shared;
use crate::problem::Problem;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");
/// Longer ids are cut, so that no caller can fill the log.
const ID_LENGTH: usize = 128;

/// A request whose body is not here, or whose answer is not made, by then is given up.
const PATIENCE: Duration = Duration::from_secs(120);

/// Turns a request away when as many as allowed are being worked on, and gives up a stalled one.
pub(crate) async fn admit(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let Ok(_slot) = shared.slots.clone().try_acquire_owned() else {
        return Problem::Busy.into_response();
    };
    let answer = tokio::time::timeout(PATIENCE, next.run(request)).await;
    answer.unwrap_or_else(|_| Problem::Stalled.into_response())
}

/// Logs and counts a request under the ids its caller gave, and gives the request id back.
pub(crate) async fn record(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let id = request.headers().get(REQUEST_ID).cloned();
    let span = tracing::info_span!(
        "request",
        method = %request.method(),
        %route,
        request_id = %said(request.headers(), &REQUEST_ID),
        traceparent = %said(request.headers(), &TRACE_PARENT),
    );
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, took) = (response.status().as_u16(), start.elapsed());
    shared.metrics.note(&route, status, took);
    span.in_scope(|| tracing::info!(status, micros = took.as_micros() as u64, "answered"));
    if let Some(id) = id {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

fn said(headers: &HeaderMap, name: &HeaderName) -> String {
    let text = headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.chars().take(ID_LENGTH).collect()
}
