//! The binary itself: connections, limits, signals, logs.

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use matcher_server::grpc::proto;
use matcher_server::grpc::proto::matcher_client::MatcherClient;
use serde_json::{Value, json};
use tonic::Code;

use support::{ASSIGN, Fault, Matcher, Outcome, POOL, RANK, cohort, crowd, mentor, need};

const PATIENCE: Duration = Duration::from_secs(60);

fn open(matcher: &Matcher) -> Result<TcpStream, Fault> {
    let stream = TcpStream::connect(matcher.at)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

fn head(method: &str, path: &str, length: usize, more: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nhost: matcher\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         {more}\r\n"
    )
}

fn put(stream: &mut TcpStream, method: &str, path: &str, body: &str, more: &str) -> Outcome {
    stream.write_all((head(method, path, body.len(), more) + body).as_bytes())?;
    Ok(())
}

/// Status and body of the next answer on `stream`; the body only where its length is told.
fn answer(stream: &mut TcpStream) -> Result<(u16, String), Fault> {
    let mut text = Vec::new();
    let mut byte = [0];
    while !text.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte)? == 0 {
            return Err(format!("it ended after {:?}", String::from_utf8_lossy(&text)).into());
        }
        text.extend(byte);
    }
    let head = String::from_utf8(text)?.to_lowercase();
    let status = head.split(' ').nth(1).ok_or("no status")?.parse()?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0").parse()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok((status, String::from_utf8(body)?))
}

fn ask(matcher: &Matcher, method: &str, path: &str, body: &str) -> Result<(u16, String), Fault> {
    let mut stream = open(matcher)?;
    put(&mut stream, method, path, body, "")?;
    answer(&mut stream)
}

fn until(holds: impl Fn() -> Result<bool, Fault>) -> Outcome {
    let limit = Instant::now() + PATIENCE;
    while !holds()? {
        assert!(Instant::now() < limit, "it never holds");
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

fn metric(matcher: &Matcher, line: &str) -> Result<bool, Fault> {
    Ok(ask(matcher, "GET", "/metrics", "")?.1.lines().any(|other| other == line))
}

fn is_closed(stream: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).is_ok()
}

#[test]
fn both_protocols_answer_on_one_port() -> Outcome {
    let matcher = Matcher::start(&[])?;
    assert_eq!(ask(&matcher, "GET", "/health/ready", "")?, (200, "ready\n".to_owned()));
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let channel = tonic::transport::Endpoint::from_shared(matcher.url(""))?.connect().await?;
        let mut client = MatcherClient::new(channel);
        let tenant_id = support::TENANT.to_owned();
        let asked = proto::GetPoolRequest { tenant_id: tenant_id.clone() };
        assert_eq!(client.get_pool(asked).await.map_err(|status| status.code()).err(), Some(Code::NotFound));

        let mentor = |number| proto::Candidate {
            id: support::id(number),
            availability: "f".repeat(168),
            languages: vec!["en".to_owned()],
            ..proto::Candidate::default()
        };
        let candidates = (0..5000).map(mentor).collect();
        let large = proto::PutPoolRequest { tenant_id, version: 1, candidates, weights: None, replaces: None };
        assert_eq!(client.put_pool(large).await?.get_ref().size, 5000);
        Ok(())
    })
}

#[test]
fn one_connection_serves_many_requests() -> Outcome {
    let matcher = Matcher::start(&[])?;
    let mut stream = open(&matcher)?;
    put(&mut stream, "PUT", POOL, &json!({"version": 1, "candidates": [mentor(10)]}).to_string(), "")?;
    assert_eq!(answer(&mut stream)?.0, 200);
    for _ in 0..3 {
        put(&mut stream, "POST", RANK, &json!({"need": need(1), "k": 1}).to_string(), "")?;
        let (status, body) = answer(&mut stream)?;
        assert_eq!((status, body.contains("\"version\":1")), (200, true));
    }
    Ok(())
}

#[test]
fn it_asks_its_own_health() -> Outcome {
    let matcher = Matcher::start(&[])?;
    let asked = |port: u16| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_matcher-server"));
        command.args(["--health", "--port", &port.to_string()]).stderr(Stdio::null()).status()
    };
    assert!(asked(matcher.at.port())?.success());
    matcher.terminate()?;
    let port = matcher.at.port();
    assert!(matcher.ended()?.0.success());
    assert!(!asked(port)?.success());
    Ok(())
}

#[test]
fn unsound_settings_are_told_at_the_start() -> Outcome {
    for (name, value) in [("MATCHER_RANKS", "many"), ("MATCHER_LOG", "loud"), ("MATCHER_ADDR", "here")] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_matcher-server"));
        let ended = command.env(name, value).output()?;
        assert!(!ended.status.success());
        assert!(String::from_utf8(ended.stderr)?.contains(value), "{name}");
    }
    Ok(())
}

#[test]
fn without_a_secret_it_does_not_serve_unless_it_is_said() -> Outcome {
    let started = |arguments: &[&str], address: &str, secret: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_matcher-server"));
        command.args(arguments).env("MATCHER_ADDR", address).envs(secret.map(|text| ("MATCHER_SECRET", text)));
        let ended = command.output()?;
        assert!(!ended.status.success());
        Ok::<_, Fault>(String::from_utf8(ended.stderr)?)
    };
    assert!(started(&[], "127.0.0.1:0", None)?.contains("MATCHER_SECRET is not set"));
    assert!(started(&["--open"], "0.0.0.0:0", None)?.contains("would let everybody in"));
    let short = started(&[], "127.0.0.1:0", Some("guessable"))?;
    assert!(short.contains("32 or more") && !short.contains("guessable"));
    let matcher = Matcher::start(&[("MATCHER_SECRET", "0123456789abcdef0123456789abcdef")])?;
    assert_eq!(ask(&matcher, "GET", POOL, "")?.0, 401);
    assert_eq!(ask(&matcher, "GET", "/health/ready", "")?.0, 200);
    Ok(())
}

#[test]
fn a_slow_client_is_cut_and_told_why() -> Outcome {
    let matcher = Matcher::start(&[("MATCHER_STALL_SECONDS", "1")])?;
    let mut silent = open(&matcher)?;
    let mut preface = open(&matcher)?;
    preface.write_all(b"PRI * HT")?;
    let mut unfinished = open(&matcher)?;
    unfinished.write_all(b"GET /health/live HTTP/1.1\r\nhost:")?;
    let mut slow = open(&matcher)?;
    slow.write_all((head("POST", RANK, 100, "") + "{").as_bytes())?;

    let (status, body) = answer(&mut slow)?;
    assert_eq!((status, body.contains("/problems/stalled")), (408, true));
    for stream in [&mut silent, &mut preface, &mut unfinished] {
        assert!(is_closed(stream));
    }
    assert_eq!(ask(&matcher, "GET", "/health/live", "")?.0, 200);
    Ok(())
}

#[test]
fn heads_and_bodies_have_an_end() -> Outcome {
    let matcher = Matcher::start(&[("MATCHER_BODY_MB", "1")])?;
    let many = "x: 1\r\n".repeat(100);
    let mut stream = open(&matcher)?;
    put(&mut stream, "GET", "/health/live", "", &many)?;
    assert_eq!(answer(&mut stream)?.0, 431);
    let mut stream = open(&matcher)?;
    put(&mut stream, "GET", "/health/live", "", &format!("x: {}\r\n", "y".repeat(1 << 17)))?;
    assert_eq!(answer(&mut stream)?.0, 431);
    assert_eq!(ask(&matcher, "PUT", POOL, &" ".repeat((1 << 20) + 1))?.0, 413);
    Ok(())
}

#[test]
fn bodies_together_stay_within_their_memory() -> Outcome {
    let matcher = Matcher::start(&[("MATCHER_IN_FLIGHT_MB", "1")])?;
    let half = " ".repeat(600_000);
    let mut first = open(&matcher)?;
    first.write_all((head("PUT", POOL, 700_000, "") + &half).as_bytes())?;
    until(|| metric(&matcher, "matcher_body_bytes 600000"))?;
    let (status, body) = ask(&matcher, "PUT", POOL, &half)?;
    assert_eq!((status, body.contains("/problems/busy")), (503, true));
    drop(first);
    until(|| metric(&matcher, "matcher_body_bytes 0"))
}

#[test]
fn what_is_announced_too_large_is_refused_before_it_comes() -> Outcome {
    let matcher = Matcher::start(&[])?;
    for (method, path, length) in [("PUT", POOL, 600 << 20), ("POST", RANK, 600 << 20), ("POST", ASSIGN, 129 << 20)] {
        for more in ["", "expect: 100-continue\r\n"] {
            let mut stream = open(&matcher)?;
            stream.write_all(head(method, path, length, more).as_bytes())?;
            let (status, body) = answer(&mut stream)?;
            assert_eq!((status, body.contains("/problems/too-large")), (413, true), "{path} {more}");
        }
    }
    assert!(metric(&matcher, "matcher_body_bytes 0")?);
    Ok(())
}

/// What stands behind `name` on the page that `stream` is given.
fn gauge(stream: &mut TcpStream, name: &str) -> Result<u64, Fault> {
    put(stream, "GET", "/metrics", "", "")?;
    let (_, page) = answer(stream)?;
    let line = page.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line")?;
    Ok(line.trim().parse()?)
}

#[test]
fn whoever_is_idle_longest_makes_room() -> Outcome {
    let matcher = Matcher::start(&[("MATCHER_CONNECTIONS", "2")])?;
    let (mut one, mut two) = (open(&matcher)?, open(&matcher)?);
    for stream in [&mut two, &mut one] {
        put(stream, "GET", "/health/live", "", "")?;
        assert_eq!(answer(stream)?.0, 200);
    }
    let mut three = open(&matcher)?;
    put(&mut three, "GET", POOL, "", "")?;
    assert_eq!(answer(&mut three)?.0, 404, "served as if there had been room");
    assert!(is_closed(&mut two));
    assert_eq!(gauge(&mut one, "matcher_connections_idle_closed_total")?, 1);
    assert_eq!(gauge(&mut three, "matcher_connections ")?, 2);
    Ok(())
}

#[test]
fn when_nobody_is_idle_health_has_a_way_and_all_else_is_turned_away() -> Outcome {
    let matcher = Matcher::start(&[("MATCHER_CONNECTIONS", "2"), ("MATCHER_STALL_SECONDS", "600")])?;
    let mut engaged = [open(&matcher)?, open(&matcher)?];
    for stream in &mut engaged {
        stream.write_all(head("POST", RANK, 100, "expect: 100-continue\r\n").as_bytes())?;
        assert_eq!(answer(stream)?.0, 100, "its body is waited for");
    }
    for round in ["none", "hundreds"] {
        let idle: Vec<TcpStream> =
            (0..if round == "none" { 0 } else { 300 }).map(|_| open(&matcher)).collect::<Result<_, _>>()?;
        for (path, status) in [("/health/live", 200), ("/metrics", 200), ("/health/ready", 503), (POOL, 503)] {
            let mut stream = open(&matcher)?;
            put(&mut stream, "GET", path, "", "")?;
            let (said, body) = answer(&mut stream)?;
            assert_eq!((said, body.contains("/problems/busy")), (status, status == 503), "{path}, {round} beside it");
            assert!(is_closed(&mut stream), "one answer, and good-bye");
        }
        assert!(gauge(&mut open(&matcher)?, "matcher_connections ")? <= 2 + 64);
        drop(idle);
    }
    drop(engaged);
    until(|| Ok(ask(&matcher, "GET", POOL, "")?.0 == 404))
}

/// Opens so many connections that say nothing, and then does what a healthy matcher does.
fn is_well_beside(matcher: &Matcher, count: usize, most: u64) -> Outcome {
    let idle: Vec<TcpStream> = (0..count).map(|_| open(matcher)).collect::<Result<_, _>>()?;
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(ask(matcher, "GET", path, "")?.0, 200, "{path}");
    }
    let snapshot = json!({"version": 1, "candidates": [mentor(10)]}).to_string();
    assert_eq!(ask(matcher, "PUT", POOL, &snapshot)?.0, 200);
    let mut stream = open(matcher)?;
    assert!(gauge(&mut stream, "matcher_connections ")? <= most);
    assert!(gauge(&mut stream, "matcher_connections_idle_closed_total")? + most > idle.len() as u64);
    Ok(())
}

#[test]
fn a_thousand_idle_connections_keep_nobody_out() -> Outcome {
    assert!(matcher_server::files::most() > 1_400, "this test opens many connections");
    is_well_beside(&Matcher::start(&[])?, 1_200, 1_024)
}

#[test]
fn there_are_never_more_connections_than_files() -> Outcome {
    let matcher = Matcher::start_within(200, &[])?;
    is_well_beside(&matcher, 300, 72)?;
    matcher.terminate()?;
    assert!(matcher.ended()?.1.contains("raise the limit of open files"));
    Ok(())
}

/// A cohort that takes long enough to be caught at work.
fn long_cohort() -> String {
    json!({"needs": cohort(3000), "mode": "optimal", "k": 100, "warm": false}).to_string()
}

fn with_crowd(environment: &[(&str, &str)]) -> Result<Matcher, Fault> {
    let matcher = Matcher::start(environment)?;
    let snapshot = json!({"version": 1, "candidates": crowd(2000)}).to_string();
    assert_eq!(ask(&matcher, "PUT", POOL, &snapshot)?.0, 200);
    Ok(matcher)
}

#[test]
fn who_goes_away_stops_the_work() -> Outcome {
    let matcher = with_crowd(&[])?;
    let mut stream = open(&matcher)?;
    put(&mut stream, "POST", ASSIGN, &long_cohort(), "")?;
    until(|| metric(&matcher, "matcher_cohorts_begun_total 1"))?;
    drop(stream);
    until(|| metric(&matcher, "matcher_in_flight{lane=\"assign\"} 0"))?;
    assert!(metric(&matcher, "matcher_cohorts_cancelled_total 1")?);
    Ok(())
}

#[test]
fn cohorts_queue_up_to_a_point_and_rankings_go_on() -> Outcome {
    let matcher = with_crowd(&[("MATCHER_ASSIGNS", "1"), ("MATCHER_ASSIGNS_WAITING", "1")])?;
    let (mut working, mut waiting) = (open(&matcher)?, open(&matcher)?);
    put(&mut working, "POST", ASSIGN, &long_cohort(), "")?;
    until(|| metric(&matcher, "matcher_in_flight{lane=\"assign\"} 1"))?;
    put(&mut waiting, "POST", ASSIGN, &long_cohort(), "")?;
    until(|| metric(&matcher, "matcher_in_flight{lane=\"assign\"} 2"))?;
    let mut refused = open(&matcher)?;
    put(&mut refused, "POST", ASSIGN, "{}", "")?;
    assert_eq!(answer(&mut refused)?.0, 503);
    assert_eq!(ask(&matcher, "POST", RANK, &json!({"need": need(1), "k": 1}).to_string())?.0, 200);
    assert!(metric(&matcher, "matcher_refused_total{lane=\"assign\"} 1")?);
    assert_eq!((answer(&mut working)?.0, answer(&mut waiting)?.0), (200, 200));
    Ok(())
}

#[test]
fn a_delta_does_not_wait_for_a_cohort() -> Outcome {
    let matcher = with_crowd(&[])?;
    let mut stream = open(&matcher)?;
    put(&mut stream, "POST", ASSIGN, &long_cohort(), "")?;
    until(|| metric(&matcher, "matcher_cohorts_begun_total 1"))?;
    let delta = json!({"base": 1, "version": 2, "upserts": [mentor(9_000)], "removals": []});
    assert_eq!(ask(&matcher, "PATCH", POOL, &delta.to_string())?.0, 200);
    assert!(metric(&matcher, "matcher_in_flight{lane=\"assign\"} 1")?, "the cohort ended too early to tell");
    let (status, body) = answer(&mut stream)?;
    let answered: Value = serde_json::from_str(&body)?;
    assert_eq!((status, &answered["version"]), (200, &json!(1)), "it keeps the version it began with");
    Ok(())
}

#[test]
fn a_stop_lets_requests_finish_and_takes_no_more() -> Outcome {
    let matcher = with_crowd(&[("MATCHER_LOG", "info"), ("MATCHER_GRACE_SECONDS", "600")])?;
    let (mut stream, mut idle) = (open(&matcher)?, open(&matcher)?);
    put(&mut idle, "GET", "/health/live", "", "")?;
    assert_eq!(answer(&mut idle)?.0, 200);
    put(&mut stream, "POST", ASSIGN, &long_cohort(), "")?;
    until(|| metric(&matcher, "matcher_in_flight{lane=\"assign\"} 1"))?;
    matcher.terminate()?;
    assert!(is_closed(&mut idle), "an idle connection is closed");
    let (status, body) = answer(&mut stream)?;
    assert_eq!((status, body.contains("\"optimal\":true")), (200, true));
    assert!(TcpStream::connect(matcher.at).is_err(), "nobody listens any more");
    let (ended, log) = matcher.ended()?;
    assert!(ended.success() && log.contains("stopping"));
    Ok(())
}

#[test]
fn while_it_lingers_readiness_says_no() -> Outcome {
    let matcher = Matcher::start(&[("MATCHER_LINGER_SECONDS", "1")])?;
    assert_eq!(ask(&matcher, "GET", "/health/ready", "")?.0, 200);
    matcher.terminate()?;
    until(|| Ok(ask(&matcher, "GET", "/health/ready", "")?.0 == 503))?;
    assert_eq!(ask(&matcher, "GET", "/health/live", "")?.0, 200);
    assert!(matcher.ended()?.0.success());
    Ok(())
}

#[test]
fn a_stop_does_not_wait_beyond_the_grace() -> Outcome {
    let matcher = Matcher::start(&[("MATCHER_GRACE_SECONDS", "0")])?;
    let mut stuck = open(&matcher)?;
    stuck.write_all((head("POST", RANK, 100, "") + "{").as_bytes())?;
    until(|| metric(&matcher, "matcher_in_flight{lane=\"rank\"} 1"))?;
    matcher.terminate()?;
    let (ended, log) = matcher.ended()?;
    assert!(ended.success() && log.contains("requests unfinished"), "{log}");
    Ok(())
}

#[test]
fn the_log_continues_the_callers_trace() -> Outcome {
    let matcher = Matcher::start(&[("MATCHER_LOG", "info")])?;
    let (trace, span) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
    let mut stream = open(&matcher)?;
    let ids = format!("traceparent: 00-{trace}-{span}-01\r\nx-request-id: {}\r\n", "r".repeat(500));
    put(&mut stream, "GET", POOL, "", &ids)?;
    assert_eq!(answer(&mut stream)?.0, 404);
    matcher.terminate()?;
    let (_, log) = matcher.ended()?;
    let lines: Vec<Value> = log.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let line = lines.iter().find(|line| line["message"] == "answered").ok_or("nothing was logged")?;
    assert_eq!((&line["span"]["trace_id"], &line["span"]["parent_span_id"]), (&json!(trace), &json!(span)));
    assert_eq!(line["span"]["span_id"].as_str().map(str::len), Some(16));
    assert_ne!(line["span"]["span_id"], json!(span));
    assert_eq!(line["span"]["request_id"].as_str().map(str::len), Some(128), "no caller fills the log");
    assert_eq!(line["status"], json!(404));
    Ok(())
}
