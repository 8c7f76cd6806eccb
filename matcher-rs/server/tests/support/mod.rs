//! What the tests of the interfaces share: people, questions, and the binary as a child process.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::error::Error;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use matcher_server::{App, Settings};
use serde_json::{Value, json};
use tower::ServiceExt;

pub(crate) const TENANT: &str = "00000000-0000-0000-0000-000000000007";
pub(crate) const POOL: &str = "/v1/tenants/00000000-0000-0000-0000-000000000007/pool";
pub(crate) const RANK: &str = "/v1/tenants/00000000-0000-0000-0000-000000000007/rank";
pub(crate) const ASSIGN: &str = "/v1/tenants/00000000-0000-0000-0000-000000000007/assign";

const BINARY: &str = env!("CARGO_BIN_EXE_matcher-server");

pub(crate) type Fault = Box<dyn Error + Send + Sync>;
pub(crate) type Outcome = Result<(), Fault>;

pub(crate) fn id(number: u32) -> String {
    format!("00000000-0000-0000-0000-{number:012}")
}

pub(crate) fn mentor(number: u32) -> Value {
    json!({
        "id": id(number), "skills": {"python": 5}, "languages": ["en"], "country": "NG", "utc_offset": 60,
        "availability": "f".repeat(168), "capacity": 2, "taken": 0, "rating_sum": 0, "rating_count": 0,
        "experience_months": 12,
    })
}

pub(crate) fn need(number: u32) -> Value {
    json!({
        "learner_id": id(number), "skills": [{"skill": "python", "target": 5, "weight": 1}], "languages": ["en"],
        "country": null, "utc_offset": 0, "availability": "f".repeat(168), "slots_needed": 4,
    })
}

pub(crate) fn with(mut value: Value, field: &str, changed: Value) -> Value {
    value[field] = changed;
    value
}

/// Mentors who differ, so that sharing them takes work.
pub(crate) fn crowd(count: u32) -> Vec<Value> {
    let skills = |number: u32| json!({format!("skill-{}", number % 7): number % 10 + 1, "python": number % 9 + 1});
    let differing = |number| with(mentor(number), "skills", skills(number));
    (0..count).map(|number| with(differing(number), "experience_months", json!(number % 61))).collect()
}

/// Learners who differ.
pub(crate) fn cohort(count: u32) -> Vec<Value> {
    let skills = |number: u32| {
        let second = format!("skill-{}", number % 7);
        json!([{"skill": "python", "target": number % 9 + 1, "weight": 2}, {"skill": second, "target": 9, "weight": 1}])
    };
    (0..count).map(|number| with(need(1_000_000 + number), "skills", skills(number))).collect()
}

pub(crate) async fn door(settings: Settings) -> Result<Router, Fault> {
    Ok(App::new(settings).await?.router())
}

pub(crate) async fn usual() -> Result<Router, Fault> {
    door(Settings::default()).await
}

pub(crate) async fn ask(door: &Router, request: Request<Body>) -> Result<Response<Body>, Fault> {
    Ok(door.clone().oneshot(request).await?)
}

pub(crate) async fn send(
    door: &Router,
    method: Method,
    path: &str,
    body: impl Into<Body>,
) -> Result<(StatusCode, Value), Fault> {
    let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
    let response = ask(door, request.body(body.into())?).await?;
    let status = response.status();
    let problem = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/problem+json");
    assert_eq!(problem, !status.is_success());
    let bytes = response.into_body().collect().await?.to_bytes();
    Ok((status, serde_json::from_slice(&bytes).unwrap_or(Value::Null)))
}

pub(crate) async fn tell(door: &Router, method: Method, path: &str, body: Value) -> Result<(StatusCode, Value), Fault> {
    send(door, method, path, body.to_string()).await
}

pub(crate) async fn page(door: &Router, path: &str) -> Result<String, Fault> {
    let response = ask(door, Request::get(path).body(Body::empty())?).await?;
    Ok(String::from_utf8(response.into_body().collect().await?.to_bytes().to_vec())?)
}

pub(crate) fn names(answer: &Value) -> Vec<&str> {
    answer["suggestions"].as_array().into_iter().flatten().filter_map(|found| found["id"].as_str()).collect()
}

/// The binary, listening on a free port; killed when dropped.
pub(crate) struct Matcher {
    pub(crate) child: Child,
    pub(crate) at: SocketAddr,
}

impl Matcher {
    pub(crate) fn start(environment: &[(&str, &str)]) -> Result<Self, Fault> {
        Self::started(Command::new(BINARY), environment)
    }

    /// As a process that may never have more files open than `files`.
    pub(crate) fn start_within(files: u32, environment: &[(&str, &str)]) -> Result<Self, Fault> {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -n {files} && exec \"$0\" \"$@\""), BINARY]);
        Self::started(shell, environment)
    }

    fn started(mut command: Command, environment: &[(&str, &str)]) -> Result<Self, Fault> {
        let guarded = environment.iter().any(|(name, _)| name.starts_with("MATCHER_SECRET"));
        command.args(if guarded { &["--port", "0"][..] } else { &["--open", "--port", "0"] });
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.env("MATCHER_LOG", "warn");
        let mut child = command.envs(environment.iter().copied()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let told: Value = serde_json::from_str(&line)?;
        let at = told["listening"].as_str().ok_or("no address")?.parse()?;
        Ok(Self { child, at })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.at)
    }

    /// As an orchestrator asks it to stop.
    pub(crate) fn terminate(&self) -> Outcome {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        if told.success() { Ok(()) } else { Err("nobody to tell".into()) }
    }

    /// How it ended, and what it logged.
    pub(crate) fn ended(mut self) -> Result<(ExitStatus, String), Fault> {
        let limit = Instant::now() + Duration::from_secs(60);
        while self.child.try_wait()?.is_none() {
            assert!(Instant::now() < limit, "it does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
        let mut log = String::new();
        self.child.stderr.take().ok_or("no log")?.read_to_string(&mut log)?;
        Ok((self.child.wait()?, log))
    }
}

impl Drop for Matcher {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
