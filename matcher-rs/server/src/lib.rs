//! The two interfaces of the matcher, REST and gRPC on one port: read, ask `matcher-core`, answer.
//!
//! | REST | gRPC | what |
//! | --- | --- | --- |
//! | `GET /v1/tenants/{tenant}/pool` | `GetPool` | version, size and digest of the resident pool |
//! | `PUT /v1/tenants/{tenant}/pool` | `PutPool` | replace it by a snapshot that is not older, and the tenant's weights |
//! | `PATCH /v1/tenants/{tenant}/pool` | `PatchPool` | apply a delta to the version it was made for, else 409 |
//! | `POST /v1/tenants/{tenant}/rank`, `/assign` | `Rank`, `Assign` | answer from the resident pool |
//! | `POST /v1/rank`, `/v1/assign` | the same without a tenant | answer from the candidates in the body |
//! | `GET /health/live`, `/health/ready` | `grpc.health.v1.Health` | whether it lives, and takes work |
//! | `GET /metrics` | | counters for Prometheus |
//! | | `grpc.reflection.v1.ServerReflection` | the messages, for tools |
//!
//! All but health, metrics and reflection want `authorization: Bearer …` with the secret of
//! [`Settings::secret`], as a header or as metadata. Every answer from a resident pool carries the pool's
//! digest: equal for the same mentors and weights, in whatever order they came.
//!
//! Whatever goes wrong is told as `application/problem+json` (RFC 9457), or as a gRPC status with
//! the same words:
//!
//! | type | REST | gRPC | when |
//! | --- | --- | --- | --- |
//! | `unreadable` | 400 | `INVALID_ARGUMENT` | no JSON, no message, no such tenant id |
//! | `wrong-kind` | 415 | | the body is not called `application/json` |
//! | `stranger` | 401 | `UNAUTHENTICATED` | the secret is missing or another one |
//! | `invalid` | 422 | `INVALID_ARGUMENT` | a rule is broken; the text says which |
//! | `too-large` | 413 | `RESOURCE_EXHAUSTED` | more bytes than this route takes |
//! | `pool-unknown` | 404 | `NOT_FOUND` | no pool of this tenant: put a snapshot |
//! | `version-gap` | 409 | `FAILED_PRECONDITION` | the delta starts elsewhere; `current` says where we are |
//! | `version-behind` | 409 | `FAILED_PRECONDITION` | the snapshot is older than the pool, at `current`, and does not name its digest in `replaces` |
//! | `busy` | 503 | `RESOURCE_EXHAUSTED` | too much at once; come again in a second |
//! | `stopping` | 503 | UNAVAILABLE | readiness, from the signal to stop |
//! | `full` | 507 | `RESOURCE_EXHAUSTED` | one pool larger than the memory for all |
//! | `stalled` | 408 | `DEADLINE_EXCEEDED` | the body came too slowly |
//! | `overdue` | 504 | `DEADLINE_EXCEEDED` | no turn, or no time left, within the time allowed |
//! | `internal` | 500 | INTERNAL | our own fault |
//!
//! Who finds no place, because as many connections as [`Settings::connections`] are engaged, is answered
//! all the same: `/health/live`, the health of gRPC and `/metrics` as ever, and anything else with `busy`,
//! `/health/ready` among it. A connection that has been idle longest makes room before that.
//!
//! Bodies have at most 1 MB (a ranking of the resident pool), 16 MB (with candidates), 128 MB (a
//! cohort), and [`Settings::body`] (a pool); one that announces more is refused before it is read. `deadline_ms` and `grpc-timeout` count from the arrival
//! of the head; at nine tenths of it a cohort is answered greedily, and says so.

mod admission;
mod api;
mod body;
mod bounded;
mod call;
pub mod files;
pub mod grpc;
mod guests;
mod metrics;
mod observe;
#[cfg(feature = "otlp")]
mod otlp;
mod pools;
mod problem;
mod secret;
mod serve;
mod service;
mod settings;
mod slot;
pub mod telemetry;
mod trace;
pub mod wire;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::DefaultBodyLimit;
use axum::routing::{any_service, get, post};
use axum::{Router, middleware};
use tonic::server::NamedService;
use tonic_health::server::HealthReporter;

use crate::grpc::proto;
pub use crate::secret::Secret;
pub use crate::serve::serve;
use crate::service::Service;
pub use crate::settings::Settings;

type MatcherServer = proto::matcher_server::MatcherServer<grpc::Door>;

/// The whole service, not yet listening.
#[derive(Clone)]
pub struct App {
    service: Arc<Service>,
    router: Router,
    /// For connections that found no place: health alone.
    beyond: Router,
    health: HealthReporter,
}

impl App {
    /// With nothing in memory.
    pub async fn new(settings: Settings) -> Result<Self, String> {
        let service = Arc::new(Service::new(settings)?);
        let (health, health_door) = tonic_health::server::health_reporter();
        health.set_serving::<MatcherServer>().await;
        let reflection = tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(proto::DESCRIPTION)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            .build_v1()
            .map_err(|error| error.to_string())?;
        let common = Router::new()
            .route("/health/live", get(api::live))
            .route("/metrics", get(api::metrics))
            .route(&methods(&health_door), any_service(health_door));
        let router = work(&service)
            .merge(common.clone())
            .route("/health/ready", get(api::ready))
            .route(&methods(&reflection), any_service(reflection))
            .fallback(api::nothing_here)
            .method_not_allowed_fallback(api::wrong_method);
        let beyond = common.fallback(api::no_place);
        let [router, beyond] = [router, beyond].map(|router| {
            router
                .layer(middleware::from_fn_with_state(Arc::clone(&service), observe::record))
                .with_state(Arc::clone(&service))
        });
        Ok(Self { service, router, beyond, health })
    }

    /// The interfaces as one service, for whoever asks in the same process.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// From now on readiness says no, at both interfaces.
    pub async fn stop(&self) {
        self.service.stopping.store(true, Ordering::Relaxed);
        self.health.set_not_serving::<MatcherServer>().await;
        self.health.set_service_status("", tonic_health::ServingStatus::NotServing).await;
    }
}

/// What needs the secret, a place and a bounded body.
fn work(service: &Arc<Service>) -> Router<Arc<Service>> {
    let door = grpc::door(Arc::clone(service));
    Router::new()
        .route("/v1/tenants/{tenant}/pool", get(api::show_pool).put(api::put_pool).patch(api::patch_pool))
        .route("/v1/tenants/{tenant}/rank", post(api::rank_resident))
        .route("/v1/tenants/{tenant}/assign", post(api::assign_resident))
        .route("/v1/rank", post(api::rank_stateless))
        .route("/v1/assign", post(api::assign_stateless))
        .route(&methods(&door), any_service(door))
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(Arc::clone(service), observe::admit))
        .layer(middleware::from_fn_with_state(Arc::clone(service), secret::demand))
}

/// The path of every method of a gRPC service.
fn methods<S: NamedService>(_: &S) -> String {
    format!("/{}/{{method}}", S::NAME)
}
