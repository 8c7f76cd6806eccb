//! The gRPC API, asked as a client would, beside the REST API: equal answers, equal refusals.

mod support;

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request as HttpRequest, StatusCode, header};
use matcher_server::grpc::proto::matcher_client::MatcherClient;
use matcher_server::grpc::proto::{self, Mode};
use matcher_server::{App, Secret, Settings};
use prost::Message;
use serde_json::{Value, json};
use tonic::{Code, Request, Status};

use support::{
    ASSIGN, Outcome, POOL, RANK, TENANT, ask, cohort, crowd, door, id, mentor, need, send, tell, usual, with,
};

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn number(value: &Value) -> u32 {
    value.as_u64().and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(text).collect()
}

/// The same mentor as a message.
fn candidate(said: &Value) -> proto::Candidate {
    let skills = said["skills"].as_object().into_iter().flatten();
    proto::Candidate {
        id: text(&said["id"]),
        skills: skills.map(|(name, level)| proto::Skill { name: name.clone(), level: number(level) }).collect(),
        languages: texts(&said["languages"]),
        country: said["country"].as_str().map(str::to_owned),
        utc_offset: said["utc_offset"].as_i64().map_or(0, |minutes| minutes as i32),
        availability: text(&said["availability"]),
        capacity: number(&said["capacity"]),
        taken: number(&said["taken"]),
        rating_sum: number(&said["rating_sum"]),
        rating_count: number(&said["rating_count"]),
        experience_months: number(&said["experience_months"]),
        consents: said["consents"].as_bool(),
        minors: said["minors"].as_bool().unwrap_or(false),
    }
}

/// The same learner as a message.
fn learner(said: &Value) -> proto::Need {
    let wanted = |said: &Value| proto::Wanted {
        skill: text(&said["skill"]),
        target: number(&said["target"]),
        weight: number(&said["weight"]),
    };
    proto::Need {
        learner_id: text(&said["learner_id"]),
        skills: said["skills"].as_array().into_iter().flatten().map(wanted).collect(),
        languages: texts(&said["languages"]),
        country: said["country"].as_str().map(str::to_owned),
        utc_offset: said["utc_offset"].as_i64().map_or(0, |minutes| minutes as i32),
        availability: text(&said["availability"]),
        slots_needed: number(&said["slots_needed"]),
        blocked: texts(&said["blocked"]),
        minor: said["minor"].as_bool().unwrap_or(false),
    }
}

fn snapshot(version: u64, people: &[Value]) -> proto::PutPoolRequest {
    let candidates = people.iter().map(candidate).collect();
    proto::PutPoolRequest { tenant_id: TENANT.to_owned(), version, candidates, weights: None, replaces: None }
}

fn question(said: &Value, k: u32) -> proto::RankRequest {
    proto::RankRequest { tenant_id: TENANT.to_owned(), need: Some(learner(said)), k, ..Default::default() }
}

fn gathering(people: &[Value], mode: Mode) -> proto::AssignRequest {
    let needs = people.iter().map(learner).collect();
    proto::AssignRequest { tenant_id: TENANT.to_owned(), needs, mode: mode.into(), ..Default::default() }
}

fn suggestion(said: Option<&proto::Suggestion>) -> Value {
    let Some(proto::Suggestion { id, total, terms: Some(terms) }) = said else { return Value::Null };
    json!({"id": id, "total": total, "terms": {
        "skill": terms.skill, "availability": terms.availability, "language": terms.language,
        "location": terms.location, "rating": terms.rating, "free": terms.free, "experience": terms.experience,
    }})
}

fn groups(said: &[proto::Group]) -> Value {
    said.iter()
        .map(|group| json!({"key": group.key, "learners": group.learners, "unassigned": group.unassigned}))
        .collect()
}

fn mode(said: Mode) -> String {
    said.as_str_name().trim_start_matches("MODE_").to_lowercase()
}

/// A cohort's answer as REST would have told it, but for the time it took.
fn told(answer: &proto::AssignResponse) -> Value {
    let pair = |pair: &proto::Pair| json!({"learner_id": pair.learner_id, "mentor": suggestion(pair.mentor.as_ref())});
    let fairness = answer.fairness.clone().unwrap_or_default();
    json!({
        "version": answer.version, "digest": answer.digest, "mode": mode(answer.mode()), "answered_by": mode(answer.answered_by()),
        "hurried": answer.hurried,
        "scope": answer.scope().as_str_name().trim_start_matches("SCOPE_").to_lowercase(),
        "optimal": answer.optimal, "objective": answer.objective, "bound": answer.bound, "gap_ppm": answer.gap_ppm,
        "rounds": answer.rounds, "blocking_pairs": answer.blocking_pairs,
        "pairs": answer.pairs.iter().map(pair).collect::<Value>(),
        "without_candidates": answer.without_candidates, "without_place": answer.without_place,
        "fairness": {
            "learners": fairness.learners, "unassigned": fairness.unassigned,
            "without_candidates": fairness.without_candidates, "minimum": fairness.minimum,
            "fifth_percentile": fairness.fifth_percentile, "mean": fairness.mean,
            "gini_score": fairness.gini_score, "gini_load": fairness.gini_load,
            "by_country": groups(&fairness.by_country), "by_language": groups(&fairness.by_language),
        },
    })
}

fn refusal<T>(answer: Result<T, Status>) -> Status {
    answer.err().unwrap_or_else(|| Status::ok("it was not refused"))
}

#[tokio::test]
async fn both_doors_give_equal_answers() -> Outcome {
    let door = usual().await?;
    let mut client = MatcherClient::new(door.clone());
    let state = client.put_pool(snapshot(5, &crowd(50))).await?.into_inner();
    assert_eq!((state.version, state.size), (5, 50));
    let held = json!({"version": 5, "size": 50, "digest": state.digest});
    assert_eq!(send(&door, Method::GET, POOL, "").await?.1, held);

    for wish in cohort(20) {
        let rest = tell(&door, Method::POST, RANK, json!({"need": wish, "k": 7})).await?.1;
        let grpc = client.rank(question(&wish, 7)).await?.into_inner();
        assert_eq!((grpc.version, grpc.digest.as_ref()), (Some(5), Some(&state.digest)));
        let found: Value = grpc.suggestions.iter().map(|found| suggestion(Some(found))).collect();
        assert_eq!((&found, found.as_array().map(Vec::len)), (&rest["suggestions"], Some(7)));
    }
    for asked in [Mode::Optimal, Mode::Fast, Mode::Greedy, Mode::Stable] {
        let body = json!({"needs": cohort(80), "mode": mode(asked), "k": 10, "warm": false});
        let mut rest = tell(&door, Method::POST, ASSIGN, body).await?.1;
        rest.as_object_mut().ok_or("no answer")?.remove("elapsed_us");
        let request = proto::AssignRequest { k: Some(10), warm: Some(false), ..gathering(&cohort(80), asked) };
        let grpc = client.assign(request).await?.into_inner();
        assert_eq!(told(&grpc), rest);
    }
    Ok(())
}

#[tokio::test]
async fn a_pool_lives_by_deltas_here_too() -> Outcome {
    let mut client = MatcherClient::new(usual().await?);
    let asked = proto::GetPoolRequest { tenant_id: TENANT.to_owned() };
    assert_eq!(refusal(client.get_pool(asked.clone()).await).code(), Code::NotFound);
    client.put_pool(snapshot(1, &[mentor(10), mentor(11)])).await?;
    let delta = proto::PatchPoolRequest {
        tenant_id: TENANT.to_owned(),
        base: 1,
        version: 2,
        upserts: vec![candidate(&mentor(12))],
        removals: vec![id(10)],
        weights: None,
    };
    assert_eq!(client.patch_pool(delta.clone()).await?.into_inner().size, 2);
    let gap = refusal(client.patch_pool(delta).await);
    assert_eq!(gap.code(), Code::FailedPrecondition);
    assert!(gap.metadata().get("matcher-version").is_some_and(|version| version == "2"));
    assert_eq!(client.get_pool(asked).await?.into_inner().version, 2);
    Ok(())
}

#[tokio::test]
async fn versions_never_go_back_here_either() -> Outcome {
    let mut client = MatcherClient::new(usual().await?);
    let held = client.put_pool(snapshot(5, &[mentor(10)])).await?.into_inner();
    let behind = refusal(client.put_pool(snapshot(4, &[mentor(11)])).await);
    assert_eq!(behind.code(), Code::FailedPrecondition);
    assert!(behind.metadata().get("matcher-version").is_some_and(|version| version == "5"));
    let tenant_id = TENANT.to_owned();
    let down = proto::PatchPoolRequest { tenant_id, base: 5, version: 3, ..Default::default() };
    assert_eq!(refusal(client.patch_pool(down).await).code(), Code::InvalidArgument);
    let named = proto::PutPoolRequest { replaces: Some(held.digest), ..snapshot(4, &[mentor(11)]) };
    assert_eq!(client.put_pool(named).await?.into_inner().version, 4);
    Ok(())
}

#[tokio::test]
async fn without_a_tenant_the_message_brings_the_candidates() -> Outcome {
    let mut client = MatcherClient::new(usual().await?);
    let brought = |people: &[Value]| proto::RankRequest {
        tenant_id: String::new(),
        candidates: people.iter().map(candidate).collect(),
        ..question(&need(1), 1)
    };
    let answer = client.rank(brought(&[mentor(11), mentor(10)])).await?.into_inner();
    assert_eq!((answer.version, answer.suggestions[0].id.clone()), (None, id(10)));
    assert!(client.rank(brought(&[])).await?.into_inner().suggestions.is_empty());
    let both = proto::RankRequest { tenant_id: TENANT.to_owned(), ..brought(&[mentor(10)]) };
    assert_eq!(refusal(client.rank(both).await).code(), Code::InvalidArgument);
    Ok(())
}

#[tokio::test]
async fn both_doors_refuse_with_the_same_words() -> Outcome {
    let door = usual().await?;
    let mut client = MatcherClient::new(door.clone());
    for (field, value) in [
        ("availability", json!("ff")),
        ("skills", json!({"python": 11})),
        ("skills", json!({"python": 4_000_000_000_u32})),
        ("country", json!("nga")),
        ("utc_offset", json!(70_000)),
        ("capacity", json!(1001)),
        ("rating_sum", json!(3)),
        ("experience_months", json!(70_000)),
    ] {
        let changed = with(mentor(10), field, value);
        let rest = tell(&door, Method::PUT, POOL, json!({"version": 1, "candidates": [changed]})).await?.1;
        let grpc = refusal(client.put_pool(snapshot(1, &[changed])).await);
        assert_eq!(grpc.code(), Code::InvalidArgument);
        // JSON also says where in the text; an availability that is too short is missed earlier here.
        let words = rest["detail"].as_str().unwrap_or_default();
        assert!(words.starts_with(grpc.message()) || field == "availability", "{words} / {}", grpc.message());
    }
    let rest = tell(&door, Method::POST, RANK, json!({"need": need(1), "k": 1})).await?.1;
    assert_eq!(refusal(client.rank(question(&need(1), 1)).await).message(), text(&rest["detail"]));
    let rest = tell(&door, Method::POST, RANK, json!({"need": need(1), "k": 101})).await?.1;
    assert_eq!(refusal(client.rank(question(&need(1), 101)).await).message(), text(&rest["detail"]));
    Ok(())
}

#[tokio::test]
async fn what_makes_no_sense_is_an_invalid_argument() -> Outcome {
    let mut client = MatcherClient::new(usual().await?);
    client.put_pool(snapshot(1, &[mentor(10)])).await?;
    let nobody = proto::RankRequest { need: None, ..question(&need(1), 1) };
    let elsewhere = proto::RankRequest { tenant_id: "seven".to_owned(), ..question(&need(1), 1) };
    for wrong in [nobody, elsewhere, question(&with(need(1), "learner_id", json!("x".repeat(36))), 1)] {
        assert_eq!(refusal(client.rank(wrong).await).code(), Code::InvalidArgument);
    }
    for wrong in [gathering(&[need(1)], Mode::Unspecified), gathering(&[need(1), need(1)], Mode::Fast)] {
        assert_eq!(refusal(client.assign(wrong).await).code(), Code::InvalidArgument);
    }
    Ok(())
}

/// Two bytes a mentor on the wire would be gigabytes in memory.
#[tokio::test]
async fn a_message_that_swells_is_refused_before_it_is_made() -> Outcome {
    let mut client = MatcherClient::new(usual().await?);
    let swelling = proto::PutPoolRequest { candidates: vec![proto::Candidate::default(); 100_000], ..snapshot(1, &[]) };
    assert!(swelling.encoded_len() < 300_000);
    let status = refusal(client.put_pool(swelling).await);
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(status.message().contains("missing"), "{status}");
    Ok(())
}

/// What a raw client gets for `body` on `method`.
async fn raw(door: &Router, method: &str, body: Vec<u8>) -> Result<(StatusCode, Status), support::Fault> {
    let path = format!("/skillbridge.matcher.v1.Matcher/{method}");
    let request = HttpRequest::post(path).header(header::CONTENT_TYPE, "application/grpc").header("te", "trailers");
    let response = ask(door, request.body(Body::from(body))?).await?;
    let status = Status::from_header_map(response.headers()).unwrap_or_else(|| Status::ok(""));
    Ok((response.status(), status))
}

#[tokio::test]
async fn hostile_frames_are_refused_as_grpc() -> Outcome {
    let door = door(Settings { body: 1000, ..Settings::default() }).await?;
    let frame = |length: u32, message: &[u8]| [&[0][..], &length.to_be_bytes(), message].concat();
    for (body, code) in [
        (frame(2000, b""), Code::ResourceExhausted),
        (frame(u32::MAX, b""), Code::ResourceExhausted),
        (frame(900, &[0; 2000]), Code::ResourceExhausted),
        (frame(3, &[0xff; 3]), Code::InvalidArgument),
        (frame(2, &[0x0a, 0x7f]), Code::InvalidArgument),
        (frame(4, &[0x0a, 2, 0xff, 0xfe]), Code::InvalidArgument),
    ] {
        let (http, status) = raw(&door, "GetPool", body.clone()).await?;
        assert_eq!((http, status.code()), (StatusCode::OK, code), "{status} for {body:.9?}");
    }
    assert_eq!(raw(&door, "Nothing", frame(0, b"")).await?.1.code(), Code::Unimplemented);
    Ok(())
}

#[tokio::test]
async fn the_secret_is_demanded_as_metadata_too() -> Outcome {
    let text = "0123456789abcdef0123456789abcdef";
    let door = door(Settings { secret: Some(Secret::new(text)?), ..Settings::default() }).await?;
    let mut client = MatcherClient::new(door.clone());
    assert_eq!(refusal(client.put_pool(snapshot(1, &[])).await).code(), Code::Unauthenticated);
    assert_eq!(refusal(client.rank(question(&need(1), 1)).await).code(), Code::Unauthenticated);
    let mut request = Request::new(snapshot(1, &[mentor(10)]));
    request.metadata_mut().insert("authorization", format!("Bearer {text}").parse()?);
    let held = client.put_pool(request).await?.into_inner();
    let mut question = Request::new(question(&need(1), 1));
    question.metadata_mut().insert("authorization", format!("Bearer {text}").parse()?);
    assert_eq!(client.rank(question).await?.get_ref().digest, Some(held.digest));
    let asked = tonic_health::pb::HealthCheckRequest { service: String::new() };
    assert!(tonic_health::pb::health_client::HealthClient::new(door).check(asked).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn the_time_a_caller_allows_is_honoured() -> Outcome {
    let mut client = MatcherClient::new(usual().await?);
    client.put_pool(snapshot(1, &crowd(300))).await?;
    let mut request = Request::new(gathering(&cohort(2000), Mode::Optimal));
    request.metadata_mut().insert("grpc-timeout", "1u".parse()?);
    let answer = client.assign(request).await;
    match answer {
        Ok(answer) => assert!(answer.get_ref().hurried && answer.get_ref().answered_by() == Mode::Greedy),
        Err(status) => assert_eq!(status.code(), Code::DeadlineExceeded),
    }
    let mut late = Request::new(question(&need(1), 1));
    late.metadata_mut().insert("grpc-timeout", "1n".parse()?);
    assert_eq!(refusal(client.rank(late).await).code(), Code::DeadlineExceeded);
    let mut early = Request::new(question(&need(1), 1));
    early.set_timeout(Duration::from_secs(60));
    assert!(client.rank(early).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn a_full_lane_is_told_in_both_languages() -> Outcome {
    let door = door(Settings { ranks: 0, ..Settings::default() }).await?;
    let (status, problem) = send(&door, Method::GET, POOL, "").await?;
    assert_eq!((status, &problem["type"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("/problems/busy")));
    let status = refusal(MatcherClient::new(door.clone()).rank(question(&need(1), 1)).await);
    assert_eq!((status.code(), status.message()), (Code::ResourceExhausted, "try again in a second"));
    assert!(status.metadata().contains_key("retry-after"));
    assert_eq!(send(&door, Method::GET, "/health/ready", "").await?.0, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(send(&door, Method::GET, "/health/live", "").await?.0, StatusCode::OK);
    assert!(support::page(&door, "/metrics").await?.contains("matcher_refused_total{lane=\"rank\"} 2\n"));
    Ok(())
}

#[tokio::test]
async fn health_is_told_by_the_standard_service() -> Outcome {
    use tonic_health::pb::HealthCheckRequest;
    use tonic_health::pb::health_check_response::ServingStatus;
    use tonic_health::pb::health_client::HealthClient;

    let app = App::new(Settings::default()).await?;
    let mut client = HealthClient::new(app.router());
    for service in ["", "skillbridge.matcher.v1.Matcher"] {
        let asked = HealthCheckRequest { service: service.to_owned() };
        assert_eq!(client.check(asked).await?.get_ref().status(), ServingStatus::Serving);
    }
    app.stop().await;
    for service in ["", "skillbridge.matcher.v1.Matcher"] {
        let asked = HealthCheckRequest { service: service.to_owned() };
        assert_eq!(client.check(asked).await?.get_ref().status(), ServingStatus::NotServing);
    }
    Ok(())
}
