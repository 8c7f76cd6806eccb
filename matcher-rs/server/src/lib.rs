//! The REST door of the matcher: reads, asks `matcher-core`, answers.
//!
//! | path | what |
//! | --- | --- |
//! | `GET /v1/tenants/{tenant}/pool` | version and size of the resident pool |
//! | `PUT /v1/tenants/{tenant}/pool` | replace it by a snapshot |
//! | `PATCH /v1/tenants/{tenant}/pool` | apply a delta to the version it was made for, else 409 |
//! | `POST /v1/tenants/{tenant}/rank`, `/assign` | answer from the resident pool |
//! | `POST /v1/rank`, `/v1/assign` | answer from the candidates in the body |
//! | `GET /health/live`, `/health/ready`, `/metrics` | for operators |
//!
//! Whatever goes wrong is told as `application/problem+json` (RFC 9457).

mod api;
mod metrics;
mod observe;
mod pools;
mod problem;
pub mod wire;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::routing::{get, post};
use axum::{Router, middleware};
use tokio::sync::Semaphore;

use crate::metrics::Metrics;
use crate::pools::Pools;

const MEGABYTE: usize = 1 << 20;

/// What one process takes on.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Largest body that carries many mentors, in bytes; a rank from the pool takes 1 MB at most.
    pub body: usize,
    /// Requests worked on at once; more are turned away with 503.
    pub at_once: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { body: 256 * MEGABYTE, at_once: 256 }
    }
}

impl Limits {
    /// `MATCHER_BODY_MB` and `MATCHER_AT_ONCE`, where given and sound.
    pub fn from_environment() -> Self {
        let number =
            |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok()).filter(|number| *number > 0);
        let usual = Self::default();
        Self {
            body: number("MATCHER_BODY_MB").map_or(usual.body, |megabytes: usize| megabytes.saturating_mul(MEGABYTE)),
            at_once: number("MATCHER_AT_ONCE").unwrap_or(usual.at_once),
        }
    }
}

/// What the handlers share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) pools: Arc<Pools>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) slots: Arc<Semaphore>,
}

/// The whole service.
pub fn router(limits: Limits) -> Router {
    let shared = Shared {
        pools: Arc::default(),
        metrics: Arc::default(),
        slots: Arc::new(Semaphore::new(limits.at_once.min(Semaphore::MAX_PERMITS))),
    };
    let large = DefaultBodyLimit::max(limits.body);
    let work = Router::new()
        .route("/v1/tenants/{tenant}/pool", get(api::show_pool).put(api::put_pool).patch(api::patch_pool))
        .route("/v1/tenants/{tenant}/rank", post(api::rank_resident.layer(DefaultBodyLimit::max(MEGABYTE))))
        .route("/v1/tenants/{tenant}/assign", post(api::assign_resident))
        .route("/v1/rank", post(api::rank_stateless))
        .route("/v1/assign", post(api::assign_stateless))
        .layer(large)
        .layer(middleware::from_fn_with_state(shared.clone(), observe::admit));
    Router::new()
        .merge(work)
        .route("/health/live", get(api::live))
        .route("/health/ready", get(api::ready))
        .route("/metrics", get(api::metrics))
        .fallback(api::nothing_here)
        .method_not_allowed_fallback(api::wrong_method)
        .layer(middleware::from_fn_with_state(shared.clone(), observe::record))
        .with_state(shared)
}
