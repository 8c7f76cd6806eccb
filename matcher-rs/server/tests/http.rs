//! The REST API, asked as a client would.

mod support;

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use matcher_server::{App, Secret, Settings};
use serde_json::{Value, json};

use support::{
    ASSIGN, Outcome, POOL, RANK, ask, cohort, crowd, door, id, mentor, names, need, page, send, tell, usual, with,
};

#[tokio::test]
async fn a_pool_lives_by_snapshot_and_deltas() -> Outcome {
    let door = usual().await?;
    let question = json!({"need": need(1), "k": 5});
    let (status, unknown) = tell(&door, Method::POST, RANK, question.clone()).await?;
    assert_eq!((status, &unknown["type"]), (StatusCode::NOT_FOUND, &json!("/problems/pool-unknown")));

    let snapshot = json!({"version": 4, "candidates": [mentor(10), mentor(11)]});
    let (status, held) = tell(&door, Method::PUT, POOL, snapshot).await?;
    assert_eq!((status, &held["version"], &held["size"]), (StatusCode::OK, &json!(4), &json!(2)));

    let delta = json!({"base": 4, "version": 9, "upserts": [mentor(12)], "removals": [id(10)]});
    assert_eq!(tell(&door, Method::PATCH, POOL, delta.clone()).await?.0, StatusCode::OK);
    let (status, gap) = tell(&door, Method::PATCH, POOL, delta).await?;
    assert_eq!((status, &gap["current"]), (StatusCode::CONFLICT, &json!(9)));
    let (_, held) = send(&door, Method::GET, POOL, "").await?;
    assert_eq!((&held["version"], &held["size"]), (&json!(9), &json!(2)));

    let (_, answer) = tell(&door, Method::POST, RANK, question).await?;
    assert_eq!((&answer["version"], &answer["digest"]), (&json!(9), &held["digest"]));
    assert_eq!((&answer["version"], names(&answer)), (&json!(9), vec![id(11).as_str(), id(12).as_str()]));
    Ok(())
}

#[tokio::test]
async fn versions_never_go_back_but_by_the_digest_of_what_is_replaced() -> Outcome {
    let door = usual().await?;
    let put = async |version: u64, more: Value| {
        let mut body = json!({"version": version, "candidates": [mentor(10)]});
        body.as_object_mut().ok_or("no body")?.extend(more.as_object().cloned().unwrap_or_default());
        tell(&door, Method::PUT, POOL, body).await
    };
    assert_eq!(put(5, json!({})).await?.0, StatusCode::OK);
    assert_eq!(put(5, json!({})).await?.0, StatusCode::OK, "the same again");
    for more in [json!({}), json!({"replaces": null}), json!({"replaces": "0000000000000000"})] {
        let (status, problem) = put(4, more).await?;
        assert_eq!((status, &problem["current"]), (StatusCode::CONFLICT, &json!(5)));
        assert_eq!(problem["type"], json!("/problems/version-behind"));
    }
    for version in [3, 5] {
        let down = json!({"base": 5, "version": version, "upserts": [mentor(11)], "removals": []});
        let (status, problem) = tell(&door, Method::PATCH, POOL, down).await?;
        assert_eq!((status, &problem["type"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("/problems/invalid")));
    }
    let held = send(&door, Method::GET, POOL, "").await?.1;
    assert_eq!((&held["version"], &held["size"]), (&json!(5), &json!(1)));
    let (status, gone_back) = put(2, json!({"replaces": held["digest"]})).await?;
    assert_eq!((status, &gone_back["version"]), (StatusCode::OK, &json!(2)));
    Ok(())
}

#[tokio::test]
async fn the_digest_is_that_of_the_content_however_it_came() -> Outcome {
    let door = usual().await?;
    let put = async |version: u64, people: Vec<Value>| {
        let (_, held) = tell(&door, Method::PUT, POOL, json!({"version": version, "candidates": people})).await?;
        Ok::<_, support::Fault>(held["digest"].clone())
    };
    let whole = put(1, vec![mentor(10), mentor(11), mentor(12)]).await?;
    assert_eq!(put(2, vec![mentor(12), mentor(10), mentor(11)]).await?, whole);
    let changed = with(mentor(11), "taken", json!(1));
    assert_ne!(put(3, vec![mentor(10), changed.clone(), mentor(12)]).await?, whole);
    assert_ne!(put(4, vec![mentor(10), mentor(11)]).await?, whole);
    put(5, vec![changed, mentor(12), mentor(13)]).await?;
    let delta = json!({"base": 5, "version": 6, "upserts": [mentor(10), mentor(11)], "removals": [id(13), id(14)]});
    let (_, held) = tell(&door, Method::PATCH, POOL, delta).await?;
    assert_eq!(held["digest"], whole);
    let cohort = json!({"needs": [need(1)], "mode": "greedy"});
    assert_eq!(tell(&door, Method::POST, ASSIGN, cohort).await?.1["digest"], whole);
    let brought = json!({"need": need(1), "k": 1, "candidates": [mentor(10)]});
    assert_eq!(tell(&door, Method::POST, "/v1/rank", brought).await?.1["digest"], Value::Null);
    Ok(())
}

#[tokio::test]
async fn only_who_knows_the_secret_is_listened_to() -> Outcome {
    let text = "0123456789abcdef0123456789abcdef";
    let door = door(Settings { secret: Some(Secret::new(text)?), ..Settings::default() }).await?;
    let snapshot = json!({"version": 1, "candidates": [mentor(10)]}).to_string();
    let paths = [
        (Method::PUT, POOL),
        (Method::PATCH, POOL),
        (Method::GET, POOL),
        (Method::POST, RANK),
        (Method::POST, ASSIGN),
        (Method::POST, "/v1/rank"),
        (Method::POST, "/v1/assign"),
    ];
    for (method, path) in paths {
        for said in [None, Some("Bearer"), Some("Bearer 0123456789abcdef0123456789abcdeF"), Some(text)] {
            let mut request = Request::builder().method(method.clone()).uri(path);
            if let Some(said) = said {
                request = request.header(header::AUTHORIZATION, said);
            }
            let refused = ask(&door, request.body(Body::from(snapshot.clone()))?).await?;
            assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{method} {path} {said:?}");
            assert_eq!(
                refused.headers().get(header::WWW_AUTHENTICATE).map(HeaderValue::as_bytes),
                Some(&b"Bearer"[..])
            );
        }
    }
    let request = Request::put(POOL).header(header::CONTENT_TYPE, "application/json");
    let request = request.header(header::AUTHORIZATION, format!("Bearer {text}"));
    assert_eq!(ask(&door, request.body(Body::from(snapshot))?).await?.status(), StatusCode::OK);
    for path in ["/health/live", "/health/ready", "/metrics"] {
        assert_eq!(ask(&door, Request::get(path).body(Body::empty())?).await?.status(), StatusCode::OK, "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn without_a_pool_the_body_brings_the_candidates() -> Outcome {
    let door = usual().await?;
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
async fn every_mode_tells_all_about_its_answer() -> Outcome {
    let door = usual().await?;
    assert_eq!(
        tell(&door, Method::POST, ASSIGN, json!({"needs": [], "mode": "greedy"})).await?.0,
        StatusCode::NOT_FOUND
    );
    tell(&door, Method::PUT, POOL, json!({"version": 3, "candidates": crowd(40)})).await?;
    let mut sums = Vec::new();
    for (mode, k, scope) in [
        ("optimal", Value::Null, "pool"),
        ("optimal", json!(9), "lists"),
        ("fast", Value::Null, "lists"),
        ("greedy", Value::Null, "lists"),
        ("stable", Value::Null, "lists"),
    ] {
        let body = json!({"needs": cohort(100), "mode": mode, "k": k});
        let (status, answer) = tell(&door, Method::POST, ASSIGN, body).await?;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert_eq!(
            (&answer["version"], &answer["mode"], &answer["answered_by"], &answer["hurried"], &answer["scope"]),
            (&json!(3), &json!(mode), &json!(mode), &json!(false), &json!(scope)),
        );
        let objective = answer["objective"].as_i64().unwrap_or(-1);
        assert!(objective <= answer["bound"].as_i64().unwrap_or(-2), "{mode}");
        assert_eq!(answer["optimal"] == json!(true), answer["objective"] == answer["bound"], "{mode}");
        let pairs = answer["pairs"].as_array().map_or(0, Vec::len);
        assert_eq!(answer["fairness"]["learners"], json!(100));
        assert_eq!(answer["fairness"]["unassigned"], json!(100 - pairs));
        assert_eq!(answer["fairness"]["by_country"][0]["learners"], json!(100));
        assert_eq!(answer["blocking_pairs"] == json!(0), mode == "stable" || answer["blocking_pairs"] == json!(0));
        assert!(answer["elapsed_us"].is_u64() && answer["rounds"].is_u64() && answer["gap_ppm"].is_u64());
        sums.push(objective);
    }
    assert!(sums[0] >= sums[1] && sums[0] >= sums[3], "{sums:?}");
    Ok(())
}

#[tokio::test]
async fn a_warm_start_gives_an_equal_answer() -> Outcome {
    let door = usual().await?;
    tell(&door, Method::PUT, POOL, json!({"version": 1, "candidates": crowd(60)})).await?;
    let mut answers = Vec::new();
    for warm in [false, true, true] {
        let body = json!({"needs": cohort(200), "mode": "optimal", "k": 20, "warm": warm});
        let (_, answer) = tell(&door, Method::POST, ASSIGN, body).await?;
        assert_eq!(answer["optimal"], json!(true));
        answers.push(answer["objective"].clone());
    }
    assert_eq!((&answers[0], &answers[0]), (&answers[1], &answers[2]));
    Ok(())
}

#[tokio::test]
async fn a_tenants_weights_stay_with_the_pool() -> Outcome {
    let door = usual().await?;
    let weights = |skill: u16, experience: u16| {
        json!({"skill": skill, "availability": 0, "language": 0, "location": 0, "rating": 0, "free": 0,
               "experience": experience})
    };
    let skilled = with(mentor(10), "experience_months", json!(0));
    let seasoned = with(with(mentor(11), "experience_months", json!(60)), "skills", json!({"python": 1}));
    let candidates = json!([skilled, seasoned]);
    let question = json!({"need": need(1), "k": 1});
    let first = async || Ok::<_, support::Fault>(tell(&door, Method::POST, RANK, question.clone()).await?.1);

    tell(&door, Method::PUT, POOL, json!({"version": 1, "candidates": candidates, "weights": weights(1000, 9000)}))
        .await?;
    assert_eq!(names(&first().await?), [id(11)]);
    let once = with(question.clone(), "weights", weights(9000, 1000));
    assert_eq!(names(&tell(&door, Method::POST, RANK, once).await?.1), [id(10)], "for this request only");
    assert_eq!(names(&first().await?), [id(11)]);

    let kept = json!({"base": 1, "version": 2, "upserts": [], "removals": []});
    tell(&door, Method::PATCH, POOL, kept).await?;
    assert_eq!(names(&first().await?), [id(11)], "a delta without weights leaves them");
    let other = json!({"base": 2, "version": 3, "upserts": [], "removals": [], "weights": weights(9000, 1000)});
    tell(&door, Method::PATCH, POOL, other).await?;
    assert_eq!(names(&first().await?), [id(10)]);
    tell(&door, Method::PUT, POOL, json!({"version": 4, "candidates": candidates})).await?;
    assert_eq!(first().await?["suggestions"][0]["terms"]["skill"], json!(4000), "the usual ones");

    let wrong = json!({"version": 5, "candidates": [], "weights": weights(9000, 1001)});
    assert_eq!(tell(&door, Method::PUT, POOL, wrong).await?.0, StatusCode::UNPROCESSABLE_ENTITY);
    Ok(())
}

#[tokio::test]
async fn an_answer_in_a_hurry_says_so_and_proves_nothing() -> Outcome {
    let door = usual().await?;
    tell(&door, Method::PUT, POOL, json!({"version": 1, "candidates": crowd(300)})).await?;
    let body = json!({"needs": cohort(2000), "mode": "optimal", "deadline_ms": 0});
    let (status, answer) = tell(&door, Method::POST, ASSIGN, body).await?;
    assert_eq!((status, &answer["hurried"]), (StatusCode::OK, &json!(true)));
    assert_eq!((&answer["mode"], &answer["answered_by"]), (&json!("optimal"), &json!("greedy")));
    assert_eq!(answer["optimal"], json!(false));
    let metrics = page(&door, "/metrics").await?;
    assert!(metrics.contains("matcher_cohorts_hurried_total{mode=\"optimal\"} 1\n"), "{metrics}");
    Ok(())
}

#[tokio::test]
async fn consent_and_age_are_hard_facts() -> Outcome {
    let door = usual().await?;
    let silent = with(mentor(10), "consents", json!(false));
    let safe = with(mentor(11), "minors", json!(true));
    let body = json!({"version": 1, "candidates": [silent, safe, mentor(12)]});
    tell(&door, Method::PUT, POOL, body).await?;
    let grown = tell(&door, Method::POST, RANK, json!({"need": need(1), "k": 9})).await?.1;
    assert_eq!(names(&grown), [id(11), id(12)]);
    let young = with(need(1), "minor", json!(true));
    let young = tell(&door, Method::POST, RANK, json!({"need": young, "k": 9})).await?.1;
    assert_eq!(names(&young), [id(11)]);
    Ok(())
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_with_the_way_out() -> Outcome {
    let door = usual().await?;
    let many = |name: &str, count: u32| (0..count).map(|at| json!(format!("{name}{at}"))).collect::<Vec<_>>();
    let skills: Value = (0..257).map(|at| (format!("skill{at}"), json!(1))).collect::<serde_json::Map<_, _>>().into();
    for (field, value) in [
        ("availability", json!("ff")),
        ("skills", json!({"python": 11})),
        ("skills", json!({"python": 4_000_000_000_u32})),
        ("skills", json!({"": 1})),
        ("skills", skills),
        ("languages", json!(many("language", 65))),
        ("country", json!("nga")),
        ("utc_offset", json!(900)),
        ("utc_offset", json!(70_000)),
        ("capacity", json!(1001)),
        ("capacity", json!(-1)),
        ("capacity", json!(1.5)),
        ("capacity", json!(99_999_999_999_i64)),
        ("rating_sum", json!(3)),
        ("rating_count", json!(4_294_967_295_u32)),
        ("experience_months", json!(1201)),
        ("unheard_of", json!(1)),
        ("id", json!("seven")),
    ] {
        let body = json!({"version": 1, "candidates": [with(mentor(10), field, value)]});
        let (status, problem) = tell(&door, Method::PUT, POOL, body).await?;
        assert_eq!((status, &problem["status"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(422)), "{field}");
        assert_eq!(problem["type"], json!("/problems/invalid"));
    }
    let twice = json!({"version": 1, "candidates": [mentor(10), mentor(10)]});
    let (status, problem) = tell(&door, Method::PUT, POOL, twice).await?;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(problem["detail"].as_str().is_some_and(|text| text.contains("comes twice")));
    assert_eq!(send(&door, Method::GET, POOL, "").await?.0, StatusCode::NOT_FOUND);
    Ok(())
}

#[tokio::test]
async fn a_question_that_breaks_a_rule_is_refused() -> Outcome {
    let door = usual().await?;
    let weights =
        json!({"skill": 1, "availability": 0, "language": 0, "location": 0, "rating": 0, "free": 0, "experience": 0});
    let blocked: Vec<String> = (0..10_001).map(id).collect();
    let wanted = json!({"skill": "python", "target": 1, "weight": 1});
    for body in [
        json!({"need": need(1), "k": 0, "candidates": []}),
        json!({"need": need(1), "k": 101, "candidates": []}),
        json!({"need": need(1), "k": 1}),
        json!({"need": with(need(1), "skills", json!([])), "k": 1, "candidates": []}),
        json!({"need": with(need(1), "skills", json!(vec![wanted.clone(); 33])), "k": 1, "candidates": []}),
        json!({"need": with(need(1), "skills", json!([wanted, wanted])), "k": 1, "candidates": []}),
        json!({"need": with(need(1), "blocked", json!(blocked)), "k": 1, "candidates": []}),
        json!({"need": with(need(1), "slots_needed", json!(70_000)), "k": 1, "candidates": []}),
        json!({"need": need(1), "k": 1, "candidates": [], "weights": weights}),
    ] {
        assert_eq!(tell(&door, Method::POST, "/v1/rank", body).await?.0, StatusCode::UNPROCESSABLE_ENTITY);
    }
    for body in [
        json!({"needs": [need(1), need(1)], "mode": "greedy", "candidates": []}),
        json!({"needs": [need(1)], "mode": "best", "candidates": []}),
        json!({"needs": [need(1)], "mode": "fast", "k": 101, "candidates": []}),
        json!({"needs": [need(1)], "mode": "fast", "deadline_ms": -1, "candidates": []}),
        json!({"needs": [need(1)], "mode": "fast"}),
    ] {
        assert_eq!(tell(&door, Method::POST, "/v1/assign", body).await?.0, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let both = json!({"need": need(1), "k": 1, "candidates": []});
    assert_eq!(tell(&door, Method::POST, RANK, both).await?.0, StatusCode::UNPROCESSABLE_ENTITY);
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_read_is_a_problem_too() -> Outcome {
    let door = door(Settings { body: 1000, ..Settings::default() }).await?;
    let doubled = r#"{"need": 1, "need": 2, "k": 1}"#;
    let twice = mentor(10).to_string().replace(r#""python":5"#, r#""python":5,"python":6"#);
    for (body, status) in [
        ("{".to_owned(), StatusCode::BAD_REQUEST),
        ("\u{feff}{}".to_owned(), StatusCode::BAD_REQUEST),
        ("NaN".to_owned(), StatusCode::BAD_REQUEST),
        ("{} {}".to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
        (format!(r#"{{"k": {}}}"#, "[".repeat(900)), StatusCode::UNPROCESSABLE_ENTITY),
        (doubled.to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
        (format!(r#"{{"k": 1, "candidates": [{twice}]}}"#), StatusCode::UNPROCESSABLE_ENTITY),
        (r#"{"k": 1e999}"#.to_owned(), StatusCode::BAD_REQUEST),
        (" ".repeat(1001), StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        assert_eq!(send(&door, Method::POST, "/v1/rank", body.clone()).await?.0, status, "{body:.60}");
    }
    assert_eq!(send(&door, Method::POST, "/v1/rank", vec![b'"', 0xff, b'"']).await?.0, StatusCode::BAD_REQUEST);
    assert_eq!(send(&door, Method::GET, "/v1/tenants/seven/pool", "").await?.0, StatusCode::BAD_REQUEST);
    assert_eq!(send(&door, Method::GET, "/v1/nothing", "").await?.0, StatusCode::NOT_FOUND);
    assert_eq!(send(&door, Method::DELETE, POOL, "").await?.0, StatusCode::METHOD_NOT_ALLOWED);
    let request = Request::post("/v1/rank").header(header::CONTENT_TYPE, "text/plain").body(Body::from("{}"))?;
    assert_eq!(ask(&door, request).await?.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    Ok(())
}

#[tokio::test]
async fn operators_see_health_and_counts() -> Outcome {
    let door = usual().await?;
    tell(&door, Method::PUT, POOL, json!({"version": 1, "candidates": [mentor(10)]})).await?;
    tell(&door, Method::POST, ASSIGN, json!({"needs": [need(1)], "mode": "optimal", "k": 3})).await?;
    assert_eq!(send(&door, Method::GET, "/health/live", "").await?.0, StatusCode::OK);
    assert_eq!(send(&door, Method::GET, "/health/ready", "").await?.0, StatusCode::OK);
    let request = Request::get("/metrics").header("x-request-id", "seen").body(Body::empty())?;
    let response = ask(&door, request).await?;
    assert_eq!(response.headers()["x-request-id"], "seen");
    let page = String::from_utf8(response.into_body().collect().await?.to_bytes().to_vec())?;
    for line in [
        "matcher_pool_mentors 1\n",
        "matcher_pool_version{tenant=\"00000000-0000-0000-0000-000000000007\"} 1\n",
        "matcher_requests_total{route=\"/v1/tenants/{tenant}/pool\",status=\"200\"} 1\n",
        "matcher_request_seconds_bucket{route=\"/health/live\",le=\"+Inf\"} 1\n",
        "matcher_in_flight{lane=\"assign\"} 0\n",
        "matcher_refused_total{lane=\"rank\"} 0\n",
        "matcher_cohorts_total{mode=\"optimal\",answered_by=\"optimal\"} 1\n",
        "matcher_cohort_gap_ppm_bucket{mode=\"optimal\",le=\"0\"} 1\n",
        "matcher_body_bytes 0\n",
        "kernel=\"",
        "process_resident_memory_bytes ",
    ] {
        assert!(page.contains(line), "{line} is missing from\n{page}");
    }
    Ok(())
}

/// Prometheus' text format: a sample belongs to the family announced before it, and has a number.
#[tokio::test]
async fn the_page_of_metrics_parses() -> Outcome {
    let door = usual().await?;
    tell(&door, Method::PUT, POOL, json!({"version": 1, "candidates": [mentor(10)]})).await?;
    tell(&door, Method::POST, ASSIGN, json!({"needs": [need(1)], "mode": "fast"})).await?;
    let page = page(&door, "/metrics").await?;
    let (mut family, mut seen) = (String::new(), Vec::new());
    for line in page.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').ok_or("a type without a kind")?;
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            assert!(!seen.contains(&name), "{name} is announced twice");
            seen.push(name);
            name.clone_into(&mut family);
        } else if !line.starts_with("# HELP ") {
            let (series, value) = line.rsplit_once(' ').ok_or("a sample without a value")?;
            let name = series.split('{').next().unwrap_or_default();
            let suffixes = ["", "_bucket", "_sum", "_count"];
            assert!(suffixes.iter().any(|suffix| name == format!("{family}{suffix}")), "{line} under {family}");
            assert!(series.contains('{') == series.ends_with('}'), "{line}");
            value.parse::<f64>()?;
        }
    }
    assert!(seen.len() > 10);
    Ok(())
}

#[tokio::test]
async fn readiness_fails_from_the_word_to_stop() -> Outcome {
    let app = App::new(Settings::default()).await?;
    let door = app.router();
    assert_eq!(send(&door, Method::GET, "/health/ready", "").await?.0, StatusCode::OK);
    app.stop().await;
    let (status, problem) = send(&door, Method::GET, "/health/ready", "").await?;
    assert_eq!((status, &problem["type"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("/problems/stopping")));
    assert_eq!(send(&door, Method::GET, "/health/live", "").await?.0, StatusCode::OK);
    Ok(())
}

#[tokio::test]
async fn a_pool_beyond_all_room_is_refused_and_others_make_room() -> Outcome {
    let door = door(Settings { tenants: 1, mentors: 2, ..Settings::default() }).await?;
    let snapshot = |count: u32| json!({"version": 1, "candidates": crowd(count)});
    let (status, problem) = tell(&door, Method::PUT, POOL, snapshot(3)).await?;
    assert_eq!((status, &problem["type"]), (StatusCode::INSUFFICIENT_STORAGE, &json!("/problems/full")));
    assert_eq!(tell(&door, Method::PUT, POOL, snapshot(2)).await?.0, StatusCode::OK);
    let other = POOL.replace("07/", "08/");
    assert_eq!(tell(&door, Method::PUT, &other, snapshot(1)).await?.0, StatusCode::OK);
    assert_eq!(send(&door, Method::GET, POOL, "").await?.0, StatusCode::NOT_FOUND);
    assert!(page(&door, "/metrics").await?.contains("matcher_pools_evicted_total 1\n"));
    Ok(())
}

#[tokio::test]
async fn bodies_are_limited_by_route() -> Outcome {
    let door = usual().await?;
    let megabyte = " ".repeat((1 << 20) + 1);
    assert_eq!(send(&door, Method::POST, RANK, megabyte.clone()).await?.0, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(send(&door, Method::POST, "/v1/rank", megabyte).await?.0, StatusCode::BAD_REQUEST, "read, and empty");
    let more = " ".repeat((16 << 20) + 1);
    assert_eq!(send(&door, Method::POST, "/v1/rank", more).await?.0, StatusCode::PAYLOAD_TOO_LARGE);
    Ok(())
}
