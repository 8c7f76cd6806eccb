//! Starts the matcher: `matcher-server [--port N]`, or `MATCHER_ADDR=host:port`. It wants a secret
//! (`MATCHER_SECRET`), or `--open` and an address that only this machine reaches. With `--health` it
//! asks the one that listens there whether it lives, and exits with 0 or 1.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use matcher_server::{App, Settings, files, serve, telemetry};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

const USAGE: &str =
    "usage: matcher-server [--health | --open] [--port N]   (or MATCHER_ADDR=127.0.0.1:8100; port 0 picks a free one)";
const UNGUARDED: &str = "MATCHER_SECRET is not set: give the matcher and its callers one random secret of 32 or more \
     characters (or MATCHER_SECRET_FILE), or start it with --open where only this machine reaches it";
/// A matcher that lives answers within this time.
const HEALTH: Duration = Duration::from_secs(3);

/// What to do, and where.
#[derive(Debug, PartialEq, Eq)]
enum Order {
    Serve { address: SocketAddr, open: bool },
    AskHealth(SocketAddr),
}

fn order(arguments: &[String], environment: Option<String>) -> Result<Order, String> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (word, rest) = match arguments.as_slice() {
        [word @ ("--health" | "--open"), rest @ ..] => (*word, rest),
        rest => ("", rest),
    };
    let text = match rest {
        [] => environment.unwrap_or_else(|| "127.0.0.1:8100".to_owned()),
        ["--port", port] => format!("127.0.0.1:{port}"),
        _ => return Err(USAGE.to_owned()),
    };
    let address = text.parse().map_err(|_| format!("{text} is no address; {USAGE}"))?;
    Ok(match word {
        "--health" => Order::AskHealth(reachable(address)),
        word => Order::Serve { address, open: word == "--open" },
    })
}

/// Where somebody on this machine reaches who listens at `address`.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

fn ask_health(address: SocketAddr) -> io::Result<bool> {
    let mut stream = TcpStream::connect_timeout(&address, HEALTH)?;
    stream.set_read_timeout(Some(HEALTH))?;
    stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut head = [0; 12];
    stream.read_exact(&mut head)?;
    Ok(&head == b"HTTP/1.1 200")
}

/// The signals that ask to stop; caught from before anybody can know that we listen.
struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    fn caught() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn told(mut self) {
        tokio::select! { _ = self.terminate.recv() => {}, _ = self.interrupt.recv() => {} }
    }
}

async fn listen(address: SocketAddr, app: App) -> io::Result<()> {
    let stop = Stop::caught()?;
    let listener = TcpListener::bind(address).await?;
    let at = listener.local_addr()?;
    writeln!(io::stdout(), "{{\"listening\":\"{at}\"}}")?;
    tracing::info!(%at, "listening");
    serve(listener, app, stop.told()).await
}

/// Without a secret nobody serves, unless it is said and only this machine reaches us.
fn guarded(address: SocketAddr, open: bool, secret: bool) -> Result<(), String> {
    match (secret, open) {
        (true, false) => Ok(()),
        (true, true) => Err("--open and a secret contradict each other: leave one of them out".to_owned()),
        (false, true) if address.ip().is_loopback() => Ok(()),
        (false, true) => Err(format!("--open at {address} would let everybody in: set MATCHER_SECRET instead")),
        (false, false) => Err(UNGUARDED.to_owned()),
    }
}

async fn run(order: Order) -> Result<(), String> {
    match order {
        Order::AskHealth(address) => match ask_health(address) {
            Ok(true) => Ok(()),
            Ok(false) => Err(format!("{address} is not well")),
            Err(error) => Err(format!("{address} does not answer: {error}")),
        },
        Order::Serve { address, open } => {
            let settings = Settings::read(|name| std::env::var(name).ok())?;
            guarded(address, open, settings.secret.is_some())?;
            let app = App::new(settings.within(files::most())).await?;
            listen(address, app).await.map_err(|error| format!("cannot serve on {address}: {error}"))
        }
    }
}

async fn start() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let order = order(&arguments, std::env::var("MATCHER_ADDR").ok())?;
    let _telemetry = telemetry::start()?;
    run(order).await
}

#[tokio::main]
async fn main() -> ExitCode {
    match start().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            let _ = writeln!(io::stderr(), "{reason}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(arguments: &[&str], environment: Option<&str>) -> Result<Order, String> {
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        order(&arguments, environment.map(str::to_owned))
    }

    fn at(text: &str) -> Result<SocketAddr, String> {
        text.parse().map_err(|_| text.to_owned())
    }

    #[test]
    fn the_address_is_told_or_usual() -> Result<(), String> {
        assert_eq!(told(&[], None)?, Order::Serve { address: at("127.0.0.1:8100")?, open: false });
        assert_eq!(told(&[], Some("[::1]:9"))?, Order::Serve { address: at("[::1]:9")?, open: false });
        let address = at("127.0.0.1:0")?;
        assert_eq!(told(&["--port", "0"], Some("ignored"))?, Order::Serve { address, open: false });
        assert_eq!(told(&["--open", "--port", "0"], None)?, Order::Serve { address, open: true });
        Ok(())
    }

    #[test]
    fn nobody_serves_strangers_unless_it_is_said_and_nobody_else_reaches_us() -> Result<(), String> {
        let (here, everywhere) = (["127.0.0.1:1", "[::1]:1"], ["0.0.0.0:1", "[::]:1", "10.0.0.1:1"]);
        for text in [&here[..], &everywhere].concat() {
            assert_eq!(guarded(at(text)?, false, true), Ok(()));
            assert!(guarded(at(text)?, true, true).is_err());
            assert!(guarded(at(text)?, false, false).is_err_and(|why| why.contains("MATCHER_SECRET")));
            assert_eq!(guarded(at(text)?, true, false).is_ok(), here.contains(&text), "{text}");
        }
        Ok(())
    }

    #[test]
    fn health_is_asked_where_it_listens() -> Result<(), String> {
        assert_eq!(told(&["--health"], Some("0.0.0.0:9"))?, Order::AskHealth(at("127.0.0.1:9")?));
        assert_eq!(told(&["--health"], Some("[::]:9"))?, Order::AskHealth(at("[::1]:9")?));
        assert_eq!(told(&["--health", "--port", "7"], None)?, Order::AskHealth(at("127.0.0.1:7")?));
        Ok(())
    }

    #[test]
    fn anything_else_is_answered_with_the_usage() {
        for arguments in
            [&["--port"][..], &["--help"], &["--port", "many"], &["--port", "1", "--health"], &["--open", "--health"]]
        {
            assert!(told(arguments, None).is_err_and(|usage| usage.contains("usage: matcher-server")));
        }
        assert!(told(&[], Some("here")).is_err());
    }
}
