//! Any bytes at every interface: an answer or a refusal, and never our own fault.
//!
//! The first byte chooses the interface, REST or gRPC. The same pool is resident before each.

#![no_main]

use std::sync::LazyLock;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use libfuzzer_sys::fuzz_target;
use matcher_server::{App, Settings};
use tokio::runtime::Runtime;
use tower::ServiceExt;

const POOL: &str = include_str!("../seeds/pool.json");
const TENANT: &str = "/v1/tenants/00000000-0000-0000-0000-000000000007";
const METHODS: [&str; 5] = ["PutPool", "PatchPool", "Rank", "Assign", "GetPool"];
/// What gRPC calls unknown, internal and data loss: our own fault.
const FAULTS: [&str; 3] = ["2", "13", "15"];

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
static ROUTER: LazyLock<Router> =
    LazyLock::new(|| RUNTIME.block_on(App::new(Settings::default())).expect("an application").router());

fuzz_target!(|bytes: &[u8]| {
    let Some((door, body)) = bytes.split_first() else { return };
    let asked = match door.wrapping_sub(b'0') % 10 {
        0 => rest(Method::PUT, "/pool", body),
        1 => rest(Method::PATCH, "/pool", body),
        2 => rest(Method::POST, "/rank", body),
        3 => rest(Method::POST, "/assign", body),
        4 => rest(Method::GET, "/pool", body),
        door => grpc(METHODS[usize::from(door - 5)], body),
    };
    let router = ROUTER.clone();
    RUNTIME.block_on(async {
        assert_eq!(send(&router, reset(&router).await).await.0, StatusCode::OK);
        let (status, headers) = send(&router, asked).await;
        assert!(!status.is_server_error(), "{status}");
        let fault = headers.get("grpc-status").is_some_and(|code| FAULTS.iter().any(|fault| code == fault));
        assert!(!fault, "{headers:?}");
    });
});

/// Puts the first pool in place of what the input before left, whose version may be any.
async fn reset(router: &Router) -> Request<Body> {
    let held = router.clone().oneshot(rest(Method::GET, "/pool", b"")).await.expect("an answer");
    let held = held.into_body().collect().await.expect("a body").to_bytes();
    let held: serde_json::Value = serde_json::from_slice(&held).expect("JSON");
    let mut pool: serde_json::Value = serde_json::from_str(POOL).expect("JSON");
    pool["replaces"] = held["digest"].clone();
    rest(Method::PUT, "/pool", pool.to_string().as_bytes())
}

fn rest(method: Method, path: &str, body: &[u8]) -> Request<Body> {
    let request = Request::builder().method(method).uri(format!("{TENANT}{path}"));
    let request = request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_vec()));
    request.expect("a request")
}

/// One message, not compressed, behind its length.
fn grpc(method: &str, message: &[u8]) -> Request<Body> {
    let mut framed = vec![0];
    framed.extend((message.len() as u32).to_be_bytes());
    framed.extend(message);
    let request = Request::post(format!("/skillbridge.matcher.v1.Matcher/{method}"));
    let request = request.header(header::CONTENT_TYPE, "application/grpc").header(header::TE, "trailers");
    request.body(Body::from(framed)).expect("a request")
}

/// The status, and headers and trailers together.
async fn send(router: &Router, request: Request<Body>) -> (StatusCode, HeaderMap) {
    let response = router.clone().oneshot(request).await.expect("an answer");
    let (head, body) = response.into_parts();
    let mut headers = head.headers;
    let body = body.collect().await.expect("a body");
    headers.extend(body.trailers().cloned().unwrap_or_default());
    (head.status, headers)
}
