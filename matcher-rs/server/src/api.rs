//! The REST handlers: each reads its input, asks the service, and answers.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::admission::Ticket;
use crate::body::whole;
use crate::call::{LARGE, aside};
use crate::observe::is_grpc;
use crate::problem::Problem;
use crate::service::{Service, Whose};
use crate::wire::{PoolOut, RankOut};

type Shared = State<Arc<Service>>;
type Tenant = Result<Path<Uuid>, PathRejection>;
type Answer<T> = Result<Json<T>, Problem>;

/// An answer as JSON.
pub(crate) struct Json<T>(T);

/// An answer that is written already.
pub(crate) struct Written(Vec<u8>);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        write(self.0).into_response()
    }
}

impl IntoResponse for Written {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "application/json")], self.0).into_response()
    }
}

fn write<T: Serialize>(answer: T) -> Result<Written, Problem> {
    serde_json::to_vec(&answer).map(Written).map_err(|error| Problem::Internal(error.to_string()))
}

/// The body, where it says to be JSON.
async fn text(request: Request) -> Result<Bytes, Problem> {
    let (head, body) = request.into_parts();
    if !is_json(&head.headers) {
        return Err(Problem::WrongKind);
    }
    whole(body).await
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, Problem> {
    Ok(serde_json::from_slice(text)?)
}

pub(crate) async fn show_pool(State(service): Shared, tenant: Tenant) -> Answer<PoolOut> {
    let Path(tenant) = tenant?;
    service.pool(tenant).map(Json)
}

pub(crate) async fn put_pool(
    State(service): Shared,
    tenant: Tenant,
    Extension(ticket): Extension<Ticket>,
    request: Request,
) -> Answer<PoolOut> {
    let (Path(tenant), text) = (tenant?, text(request).await?);
    service.put(tenant, ticket, move || read(&text)).await.map(Json)
}

pub(crate) async fn patch_pool(
    State(service): Shared,
    tenant: Tenant,
    Extension(ticket): Extension<Ticket>,
    request: Request,
) -> Answer<PoolOut> {
    let (Path(tenant), text) = (tenant?, text(request).await?);
    service.patch(tenant, ticket, move || read(&text)).await.map(Json)
}

pub(crate) async fn rank_resident(State(service): Shared, tenant: Tenant, request: Request) -> Answer<RankOut> {
    let Path(tenant) = tenant?;
    rank(&service, Some(tenant), request).await
}

pub(crate) async fn rank_stateless(State(service): Shared, request: Request) -> Answer<RankOut> {
    rank(&service, None, request).await
}

async fn rank(service: &Service, whose: Whose, request: Request) -> Answer<RankOut> {
    let text = text(request).await?;
    aside(text.len() >= LARGE, || service.rank(whose, read(&text)?)).map(Json)
}

pub(crate) async fn assign_resident(
    State(service): Shared,
    tenant: Tenant,
    Extension(ticket): Extension<Ticket>,
    request: Request,
) -> Result<Written, Problem> {
    let Path(tenant) = tenant?;
    assign(&service, Some(tenant), ticket, request).await
}

pub(crate) async fn assign_stateless(
    State(service): Shared,
    Extension(ticket): Extension<Ticket>,
    request: Request,
) -> Result<Written, Problem> {
    assign(&service, None, ticket, request).await
}

async fn assign(service: &Arc<Service>, whose: Whose, ticket: Ticket, request: Request) -> Result<Written, Problem> {
    let text = text(request).await?;
    service.assign(whose, ticket, move || read(&text), write).await
}

pub(crate) async fn live() -> &'static str {
    "live\n"
}

pub(crate) async fn ready(State(service): Shared) -> Result<&'static str, Problem> {
    service.ready().map(|()| "ready\n")
}

pub(crate) async fn metrics(State(service): Shared) -> impl IntoResponse {
    let page = crate::metrics::page(&service);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], Body::from(page))
}

/// Told to whoever came when all places were taken.
pub(crate) async fn no_place(request: Request) -> Response {
    Problem::Busy.answer(is_grpc(request.headers()))
}

pub(crate) async fn nothing_here() -> Problem {
    Problem::NotHere(StatusCode::NOT_FOUND)
}

pub(crate) async fn wrong_method() -> Problem {
    Problem::NotHere(StatusCode::METHOD_NOT_ALLOWED)
}
