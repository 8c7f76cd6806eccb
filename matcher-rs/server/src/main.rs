//! Starts the matcher: `matcher-server [--port N]`, or `MATCHER_ADDR=host:port`.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use matcher_server::{Limits, router};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tracing::level_filters::LevelFilter;

const USAGE: &str = "usage: matcher-server [--port N]   (or MATCHER_ADDR=127.0.0.1:8100; port 0 picks a free one)";
/// How long requests in flight may take after the signal to stop.
const GRACE: Duration = Duration::from_secs(10);

fn address(arguments: &[String], environment: Option<String>) -> Result<SocketAddr, String> {
    let text = match arguments {
        [] => environment.unwrap_or_else(|| "127.0.0.1:8100".to_owned()),
        [flag, port] if flag == "--port" => format!("127.0.0.1:{port}"),
        _ => return Err(USAGE.to_owned()),
    };
    text.parse().map_err(|_| format!("{text} is no address; {USAGE}"))
}

async fn stopped() -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
    tracing::info!("stopping: finishing what is in flight");
    Ok(())
}

async fn serve(address: SocketAddr) -> io::Result<()> {
    let listener = TcpListener::bind(address).await?;
    let at = listener.local_addr()?;
    writeln!(io::stdout(), "{{\"listening\":\"{at}\"}}")?;
    tracing::info!(%at, "listening");
    let stopping = Arc::new(Notify::new());
    let told = Arc::clone(&stopping);
    let stop = async move {
        if let Err(error) = stopped().await {
            tracing::error!(%error, "no signals to wait for; stopping");
        }
        told.notify_one();
    };
    let overdue = async {
        stopping.notified().await;
        tokio::time::sleep(GRACE).await;
        tracing::warn!("stopped with requests unfinished");
    };
    let served = axum::serve(listener, router(Limits::from_environment())).with_graceful_shutdown(stop);
    tokio::select! { outcome = served => outcome, () = overdue => Ok(()) }
}

#[tokio::main]
async fn main() -> ExitCode {
    let level = std::env::var("MATCHER_LOG").ok().and_then(|name| name.parse().ok()).unwrap_or(LevelFilter::INFO);
    tracing_subscriber::fmt().json().flatten_event(true).with_max_level(level).with_writer(io::stderr).init();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match address(&arguments, std::env::var("MATCHER_ADDR").ok()) {
        Ok(address) => serve(address).await.map_err(|error| format!("cannot serve on {address}: {error}")),
        Err(usage) => Err(usage),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            tracing::error!("{reason}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(arguments: &[&str], environment: Option<&str>) -> Result<String, String> {
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        address(&arguments, environment.map(str::to_owned)).map(|address| address.to_string())
    }

    #[test]
    fn the_address_is_told_or_usual() {
        assert_eq!(told(&[], None).as_deref(), Ok("127.0.0.1:8100"));
        assert_eq!(told(&[], Some("[::1]:9")).as_deref(), Ok("[::1]:9"));
        assert_eq!(told(&["--port", "0"], Some("ignored")).as_deref(), Ok("127.0.0.1:0"));
    }

    #[test]
    fn anything_else_is_answered_with_the_usage() {
        for arguments in [&["--port"][..], &["--help"], &["--port", "many"]] {
            assert!(told(arguments, None).is_err_and(|usage| usage.contains("usage: matcher-server")));
        }
        assert!(told(&[], Some("here")).is_err());
    }
}
