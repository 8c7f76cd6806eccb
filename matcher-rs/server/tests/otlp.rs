//! Spans sent to a collector, by the binary itself.
#![cfg(feature = "otlp")]

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::channel;
use std::time::Duration;

use axum::Router;
use axum::routing::post;
use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use support::{Matcher, Outcome};

const TRACE: u128 = 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c;
const SPAN: u64 = 0xb7ad_6b71_6920_3331;

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn a_span_goes_to_the_collector_as_a_child_of_the_callers() -> Outcome {
    let runtime = Runtime::new()?;
    let (sender, received) = channel();
    let collect = post(move |body: Bytes| async move {
        let _ = sender.send(body);
    });
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    runtime.spawn(async { axum::serve(listener, Router::new().route("/v1/traces", collect)).await });

    let matcher = Matcher::start(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint), ("MATCHER_LOG", "info")])?;
    let mut stream = TcpStream::connect(matcher.at)?;
    let traceparent = format!("00-{TRACE:032x}-{SPAN:016x}-01");
    write!(stream, "GET /health/ready HTTP/1.1\r\nhost: m\r\ntraceparent: {traceparent}\r\nconnection: close\r\n\r\n")?;
    stream.read_to_end(&mut Vec::new())?;
    matcher.terminate()?;
    let (ended, log) = matcher.ended()?;
    assert!(ended.success(), "{log}");

    let spans = received.recv_timeout(Duration::from_secs(30))?;
    for part in [&TRACE.to_be_bytes()[..], &SPAN.to_be_bytes(), b"/health/ready", b"service.name", b"matcher"] {
        assert!(holds(&spans, part), "{part:?} was not sent");
    }
    let line = log.lines().find(|line| line.contains("answered")).ok_or("nothing was logged")?;
    let line: serde_json::Value = serde_json::from_str(line)?;
    let span_id = line["span"]["span_id"].as_str().ok_or("no span")?;
    let raw = u64::from_str_radix(span_id, 16)?.to_be_bytes();
    assert!(holds(&spans, &raw), "the log names the span that was sent");
    Ok(())
}

#[test]
fn a_collector_behind_tls_is_refused_at_the_start() -> Outcome {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_matcher-server"));
    let ended = command.env("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector").output()?;
    assert!(!ended.status.success());
    assert!(String::from_utf8(ended.stderr)?.contains("put a collector in between"));
    Ok(())
}
