//! The door, asked as a client would.

use std::error::Error;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use matcher_server::{Limits, router};
use serde_json::{Value, json};
use tower::ServiceExt;

const POOL: &str = "/v1/tenants/00000000-0000-0000-0000-000000000007/pool";
const RANK: &str = "/v1/tenants/00000000-0000-0000-0000-000000000007/rank";
const ASSIGN: &str = "/v1/tenants/00000000-0000-0000-0000-000000000007/assign";

type Outcome = Result<(), Box<dyn Error>>;

fn id(number: u32) -> String {
    format!("00000000-0000-0000-0000-{number:012}")
}

fn mentor(number: u32) -> Value {
    json!({
        "id": id(number), "skills": {"python": 5}, "languages": ["en"], "country": "NG", "utc_offset": 60,
        "availability": "f".repeat(84), "capacity": 2, "taken": 0, "rating_sum": 0, "rating_count": 0,
        "experience_months": 12,
    })
}

fn need(number: u32) -> Value {
    json!({
        "learner_id": id(number), "skills": [{"skill": "python", "target": 5, "weight": 1}], "languages": ["en"],
        "country": null, "utc_offset": 0, "availability": "f".repeat(84), "slots_needed": 4,
    })
}

async fn send(
    door: &Router,
    method: Method,
    path: &str,
    body: impl Into<Body>,
) -> Result<(StatusCode, Value), Box<dyn Error>> {
    let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
    let response = door.clone().oneshot(request.body(body.into())?).await?;
    let status = response.status();
    let problem = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/problem+json");
    assert_eq!(problem, !status.is_success());
    let bytes = response.into_body().collect().await?.to_bytes();
    Ok((status, serde_json::from_slice(&bytes).unwrap_or(Value::Null)))
}

async fn tell(door: &Router, method: Method, path: &str, body: Value) -> Result<(StatusCode, Value), Box<dyn Error>> {
    send(door, method, path, body.to_string()).await
}

fn names(answer: &Value) -> Vec<&str> {
    answer["suggestions"].as_array().into_iter().flatten().filter_map(|found| found["id"].as_str()).collect()
}

#[tokio::test]
async fn a_pool_lives_by_snapshot_and_deltas() -> Outcome {
    let door = router(Limits::default());
    let question = json!({"need": need(1), "k": 5});
    let (status, unknown) = tell(&door, Method::POST, RANK, question.clone()).await?;
    assert_eq!((status, &unknown["type"]), (StatusCode::NOT_FOUND, &json!("/problems/pool-unknown")));

    let snapshot = json!({"version": 4, "candidates": [mentor(10), mentor(11)]});
    assert_eq!(tell(&door, Method::PUT, POOL, snapshot).await?, (StatusCode::OK, json!({"version": 4, "size": 2})));

    let delta = json!({"base": 4, "version": 9, "upserts": [mentor(12)], "removals": [id(10)]});
    assert_eq!(tell(&door, Method::PATCH, POOL, delta.clone()).await?.0, StatusCode::OK);
    let (status, gap) = tell(&door, Method::PATCH, POOL, delta).await?;
    assert_eq!((status, &gap["current"]), (StatusCode::CONFLICT, &json!(9)));
    assert_eq!(send(&door, Method::GET, POOL, "").await?.1, json!({"version": 9, "size": 2}));

    let (_, answer) = tell(&door, Method::POST, RANK, question).await?;
    assert_eq!((&answer["version"], names(&answer)), (&json!(9), vec![id(11).as_str(), id(12).as_str()]));
    Ok(())
}

#[tokio::test]
async fn without_a_pool_the_body_brings_the_candidates() -> Outcome {
    let door = router(Limits::default());
    let body = json!({"need": need(1), "k": 1, "candidates": [mentor(11), mentor(10)]});
    assert_eq!(names(&tell(&door, Method::POST, "/v1/rank", body).await?.1), [id(10)]);

    let body = json!({"needs": [need(1), need(2), need(3)], "mode": "optimal", "candidates": [mentor(10)]});
    let (_, answer) = tell(&door, Method::POST, "/v1/assign", body).await?;
    assert_eq!((&answer["optimal"], &answer["objective"]), (&json!(true), &answer["bound"]));
    assert_eq!(answer["pairs"].as_array().map(Vec::len), Some(2));
    assert_eq!(answer["without_place"].as_array().map(Vec::len), Some(1));
    Ok(())
}

#[tokio::test]
async fn a_cohort_is_assigned_from_the_pool() -> Outcome {
    let door = router(Limits::default());
    let body = json!({"needs": [need(1)], "mode": "greedy", "k": 3});
    assert_eq!(tell(&door, Method::POST, ASSIGN, body.clone()).await?.0, StatusCode::NOT_FOUND);
    tell(&door, Method::PUT, POOL, json!({"version": 1, "candidates": [mentor(10)]})).await?;
    let (_, answer) = tell(&door, Method::POST, ASSIGN, body).await?;
    assert_eq!((&answer["pairs"][0]["mentor"]["id"], &answer["mode"]), (&json!(id(10)), &json!("greedy")));
    Ok(())
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_with_the_way_out() -> Outcome {
    let door = router(Limits::default());
    let mentor_with = |field: &str, value: Value| {
        let mut changed = mentor(10);
        changed[field] = value;
        json!({"version": 1, "candidates": [changed]})
    };
    for (field, value) in [
        ("availability", json!("ff")),
        ("skills", json!({"python": 11})),
        ("skills", json!({"": 1})),
        ("country", json!("nga")),
        ("utc_offset", json!(900)),
        ("capacity", json!(1001)),
        ("rating_sum", json!(3)),
        ("experience_months", json!(1201)),
        ("unheard_of", json!(1)),
        ("capacity", json!(-1)),
    ] {
        let (status, problem) = tell(&door, Method::PUT, POOL, mentor_with(field, value)).await?;
        assert_eq!((status, &problem["status"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(422)), "{field}");
    }
    let twice = json!({"version": 1, "candidates": [mentor(10), mentor(10)]});
    assert_eq!(tell(&door, Method::PUT, POOL, twice).await?.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(send(&door, Method::GET, POOL, "").await?.0, StatusCode::NOT_FOUND);

    let mut unwise = need(1);
    unwise["skills"] = json!([]);
    let weights =
        json!({"skill": 1, "availability": 0, "language": 0, "location": 0, "rating": 0, "free": 0, "experience": 0});
    for body in [
        json!({"need": need(1), "k": 0, "candidates": []}),
        json!({"need": need(1), "k": 101, "candidates": []}),
        json!({"need": need(1), "k": 1}),
        json!({"need": unwise, "k": 1, "candidates": []}),
        json!({"need": need(1), "k": 1, "candidates": [], "weights": weights}),
    ] {
        assert_eq!(tell(&door, Method::POST, "/v1/rank", body).await?.0, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let both = json!({"need": need(1), "k": 1, "candidates": []});
    assert_eq!(tell(&door, Method::POST, RANK, both).await?.0, StatusCode::UNPROCESSABLE_ENTITY);
    let twice = json!({"needs": [need(1), need(1)], "mode": "greedy", "candidates": []});
    assert_eq!(tell(&door, Method::POST, "/v1/assign", twice).await?.0, StatusCode::UNPROCESSABLE_ENTITY);
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_read_is_a_problem_too() -> Outcome {
    let door = router(Limits { body: 1000, ..Limits::default() });
    assert_eq!(send(&door, Method::POST, "/v1/rank", "{").await?.0, StatusCode::BAD_REQUEST);
    assert_eq!(send(&door, Method::POST, "/v1/rank", "[".repeat(900)).await?.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(send(&door, Method::POST, "/v1/rank", "\u{feff}{}").await?.0, StatusCode::BAD_REQUEST);
    assert_eq!(send(&door, Method::PUT, POOL, " ".repeat(1001)).await?.0, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(send(&door, Method::GET, "/v1/tenants/seven/pool", "").await?.0, StatusCode::BAD_REQUEST);
    assert_eq!(send(&door, Method::GET, "/v1/nothing", "").await?.0, StatusCode::NOT_FOUND);
    assert_eq!(send(&door, Method::DELETE, POOL, "").await?.0, StatusCode::METHOD_NOT_ALLOWED);
    Ok(())
}

#[tokio::test]
async fn operators_see_health_and_counts() -> Outcome {
    let door = router(Limits::default());
    tell(&door, Method::PUT, POOL, json!({"version": 1, "candidates": [mentor(10)]})).await?;
    assert_eq!(send(&door, Method::GET, "/health/live", "").await?.0, StatusCode::OK);
    assert_eq!(send(&door, Method::GET, "/health/ready", "").await?.0, StatusCode::OK);
    let request = Request::get("/metrics").header("x-request-id", "seen").body(Body::empty())?;
    let response = door.oneshot(request).await?;
    assert_eq!(response.headers()["x-request-id"], "seen");
    let page = String::from_utf8(response.into_body().collect().await?.to_bytes().to_vec())?;
    assert!(page.contains("matcher_pool_mentors 1\n"));
    assert!(page.contains("matcher_requests_total{route=\"/v1/tenants/{tenant}/pool\",status=\"200\"} 1\n"));
    assert!(page.contains("matcher_request_seconds_bucket{route=\"/health/live\",le=\"+Inf\"} 1\n"));
    Ok(())
}

#[tokio::test]
async fn a_full_house_turns_requests_away() -> Outcome {
    let door = router(Limits { at_once: 0, ..Limits::default() });
    let (status, problem) = send(&door, Method::GET, POOL, "").await?;
    assert_eq!((status, &problem["type"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("/problems/busy")));
    assert_eq!(send(&door, Method::GET, "/health/ready", "").await?.0, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(send(&door, Method::GET, "/health/live", "").await?.0, StatusCode::OK);
    Ok(())
}
