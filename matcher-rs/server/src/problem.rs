//! What went wrong: as RFC 9457 problem details, and as a gRPC status with the same words.

use axum::extract::rejection::PathRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use matcher_core::Invalid;
use matcher_core::assign::Broken;
use serde::Serialize;
use tonic::{Code, Status};
use uuid::Uuid;

/// Seconds after which somebody turned away may come again.
const COME_AGAIN: &str = "1";

/// Everything the interfaces can refuse.
#[derive(Debug, Clone)]
pub(crate) enum Problem {
    /// The request cannot be read.
    Unreadable(String),
    /// The body is of a kind nobody reads here.
    WrongKind,
    /// The body is larger than this route takes, in bytes.
    TooLarge(usize),
    /// The request breaks a rule.
    Invalid(String),
    /// This tenant has no pool here, or no longer: send a snapshot.
    PoolUnknown(Uuid),
    /// The delta was made for another version.
    VersionGap { base: u64, current: u64 },
    /// The snapshot is older than the pool it would replace.
    VersionBehind { version: u64, current: u64 },
    /// The secret is missing or another one.
    Stranger,
    /// No such path, or not with this method.
    NotHere(StatusCode),
    /// Too much at once.
    Busy,
    /// The process is stopping.
    Stopping,
    /// One pool would be more than all memory for pools: so many mentors at most, or what they usually take.
    Full(usize),
    /// The request came too slowly.
    Stalled,
    /// The caller's time is up.
    Overdue,
    /// Our own fault; the reason is in the log.
    Internal(String),
}

/// The problem as both interfaces tell it.
struct Words {
    status: StatusCode,
    code: Code,
    slug: &'static str,
    title: &'static str,
    detail: String,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<u64>,
}

impl Problem {
    fn words(&self) -> Words {
        let (status, code, slug, title) = match self {
            Self::Unreadable(_) => {
                (StatusCode::BAD_REQUEST, Code::InvalidArgument, "unreadable", "The request cannot be read")
            }
            Self::WrongKind => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                Code::InvalidArgument,
                "wrong-kind",
                "Nobody reads this kind of body",
            ),
            Self::TooLarge(_) => {
                (StatusCode::PAYLOAD_TOO_LARGE, Code::ResourceExhausted, "too-large", "The request is too large")
            }
            Self::Invalid(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, Code::InvalidArgument, "invalid", "The request breaks a rule")
            }
            Self::PoolUnknown(_) => (StatusCode::NOT_FOUND, Code::NotFound, "pool-unknown", "Pool unknown"),
            Self::VersionGap { .. } => (StatusCode::CONFLICT, Code::FailedPrecondition, "version-gap", "Version gap"),
            Self::VersionBehind { .. } => {
                (StatusCode::CONFLICT, Code::FailedPrecondition, "version-behind", "Version behind")
            }
            Self::Stranger => (StatusCode::UNAUTHORIZED, Code::Unauthenticated, "stranger", "Who asks is not known"),
            Self::NotHere(status) => (*status, Code::Unimplemented, "not-here", "Nothing answers here"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, Code::ResourceExhausted, "busy", "Too much at once"),
            Self::Stopping => (StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, "stopping", "Stopping"),
            Self::Full(_) => {
                (StatusCode::INSUFFICIENT_STORAGE, Code::ResourceExhausted, "full", "No room for this pool")
            }
            Self::Stalled => (StatusCode::REQUEST_TIMEOUT, Code::DeadlineExceeded, "stalled", "It came too slowly"),
            Self::Overdue => (StatusCode::GATEWAY_TIMEOUT, Code::DeadlineExceeded, "overdue", "The time is up"),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, "internal", "Our fault"),
        };
        Words { status, code, slug, title, detail: self.detail() }
    }

    fn detail(&self) -> String {
        match self {
            Self::Unreadable(why) | Self::Invalid(why) => why.clone(),
            Self::WrongKind => "send content-type: application/json".to_owned(),
            Self::TooLarge(most) => format!("the body may have {most} bytes; send less, or in parts"),
            Self::PoolUnknown(tenant) => {
                format!("no mentors of tenant {tenant} are held here; put a snapshot first")
            }
            Self::VersionGap { base, current } => format!(
                "the delta starts at version {base}, the pool is at {current}; send what changed since {current}"
            ),
            Self::VersionBehind { version, current } => format!(
                "the pool is at version {current}, after {version}; send what is newer, or name in `replaces` the \
                 digest of the pool that the older one shall take the place of"
            ),
            Self::Stranger => "send authorization: Bearer and the MATCHER_SECRET of this matcher".to_owned(),
            Self::NotHere(_) => "see the table of paths in the documentation".to_owned(),
            Self::Busy => "try again in a second".to_owned(),
            Self::Stopping => "ask another one".to_owned(),
            Self::Full(most) => format!(
                "at most {most} mentors are held in memory, and those with many names of their own count as more"
            ),
            Self::Stalled => "send the body at once".to_owned(),
            Self::Overdue => "allow more time, or ask for less".to_owned(),
            Self::Internal(_) => "the log tells more under this request's id".to_owned(),
        }
    }

    fn current(&self) -> Option<u64> {
        match self {
            Self::VersionGap { current, .. } | Self::VersionBehind { current, .. } => Some(*current),
            _ => None,
        }
    }

    fn is_for_now(&self) -> bool {
        matches!(self, Self::Busy | Self::Stopping)
    }

    /// What is our own fault is told to the operator.
    fn log(&self) {
        if let Self::Internal(reason) = self {
            tracing::error!(%reason, "internal error");
        }
    }

    /// The answer for a caller who speaks gRPC or REST.
    pub(crate) fn answer(self, grpc: bool) -> Response {
        if grpc { Status::from(self).into_http() } else { self.into_response() }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.log();
        let Words { status, slug, title, detail, .. } = self.words();
        let r#type = format!("/problems/{slug}");
        let body = Body { r#type, title, status: status.as_u16(), detail: &detail, current: self.current() };
        let text = serde_json::to_string(&body).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], text).into_response();
        if matches!(self, Self::Stranger) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.is_for_now() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(COME_AGAIN));
        }
        response
    }
}

impl From<Problem> for Status {
    fn from(problem: Problem) -> Self {
        problem.log();
        let Words { code, detail, .. } = problem.words();
        let mut status = Self::new(code, detail);
        if problem.is_for_now() {
            status.metadata_mut().insert("retry-after", tonic::metadata::MetadataValue::from_static(COME_AGAIN));
        }
        if let Some(current) = problem.current() {
            status.metadata_mut().insert("matcher-version", current.into());
        }
        status
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

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::Unreadable(rejection.body_text())
    }
}

impl From<serde_json::Error> for Problem {
    /// What is no JSON cannot be read; JSON of another shape breaks a rule.
    fn from(error: serde_json::Error) -> Self {
        if error.is_data() { Self::Invalid(error.to_string()) } else { Self::Unreadable(error.to_string()) }
    }
}
