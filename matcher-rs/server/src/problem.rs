//! What went wrong, as RFC 9457 problem details.

use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use matcher_core::Invalid;
use matcher_core::assign::Broken;
use serde::Serialize;
use uuid::Uuid;

/// Everything this door can refuse.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The body cannot be read; with the status the framework chose.
    Unreadable(StatusCode, String),
    /// The body breaks a rule.
    Invalid(String),
    /// This tenant has no pool here, or no longer: send a snapshot.
    PoolUnknown(Uuid),
    /// The delta was made for another version.
    VersionGap { base: u64, current: u64 },
    /// No such path, or not with this method.
    NotHere(StatusCode),
    /// Too much at once.
    Busy,
    /// It took too long.
    Stalled,
    /// Our own fault; the reason is in the log.
    Internal(String),
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<u64>,
}

impl Problem {
    fn parts(&self) -> (StatusCode, &'static str, &'static str, String) {
        match self {
            Self::Unreadable(status, why) => (*status, "unreadable", "The request cannot be read", why.clone()),
            Self::Invalid(why) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "invalid", "The request breaks a rule", why.clone())
            }
            Self::PoolUnknown(tenant) => {
                let detail = format!("no mentors of tenant {tenant} are held here; PUT a snapshot first");
                (StatusCode::NOT_FOUND, "pool-unknown", "Pool unknown", detail)
            }
            Self::VersionGap { base, current } => {
                let detail = format!(
                    "the delta starts at version {base}, the pool is at {current}; send what changed since {current}"
                );
                (StatusCode::CONFLICT, "version-gap", "Version gap", detail)
            }
            Self::NotHere(status) => {
                (*status, "not-here", "Nothing answers here", "see the table of paths in the documentation".to_owned())
            }
            Self::Busy => {
                (StatusCode::SERVICE_UNAVAILABLE, "busy", "Too much at once", "try again in a second".to_owned())
            }
            Self::Stalled => (
                StatusCode::REQUEST_TIMEOUT,
                "stalled",
                "It took too long",
                "send the body at once, or ask for less".to_owned(),
            ),
            Self::Internal(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "Our fault",
                "the log tells more under this request's id".to_owned(),
            ),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if let Self::Internal(reason) = &self {
            tracing::error!(%reason, "internal error");
        }
        let current = if let Self::VersionGap { current, .. } = self { Some(current) } else { None };
        let (status, slug, title, detail) = self.parts();
        let body = Body { r#type: format!("/problems/{slug}"), title, status: status.as_u16(), detail, current };
        let text = serde_json::to_string(&body).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], text).into_response();
        if matches!(self, Self::Busy) {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
        }
        response
    }
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid.0)
    }
}

impl From<Broken> for Problem {
    fn from(broken: Broken) -> Self {
        Self::Internal(format!("the checker rejected the assignment: {broken}"))
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        Self::Unreadable(rejection.status(), rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::Unreadable(rejection.status(), rejection.body_text())
    }
}
