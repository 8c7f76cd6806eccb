//! What one process takes on, from the environment.

use std::fs::read_to_string;
use std::thread::available_parallelism;
use std::time::Duration;

use crate::secret::Secret;
use crate::serve::BEYOND;

const MEGABYTE: usize = 1 << 20;

/// Bounds on work, memory and patience. Every one of them ends in a clear refusal, never in a crash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// What callers must know; without one everybody who reaches the port may ask.
    pub secret: Option<Secret>,
    /// Largest body that carries a pool, in bytes. Other routes have their own, smaller limit.
    pub body: usize,
    /// Bytes of bodies that may be here at once.
    pub in_flight: usize,
    /// Rankings taken on at once, those that wait among them.
    pub ranks: usize,
    /// Cohorts worked on at once.
    pub assigns: usize,
    /// Cohorts that may wait for their turn.
    pub assigns_waiting: usize,
    /// Longest time for a cohort; then it is answered greedily, whatever the caller allows.
    pub assign_time: Duration,
    /// Tenants whose pools are held; beyond, the one not asked for longest goes.
    pub tenants: usize,
    /// Mentors held, all pools together; beyond, as with tenants. A pool that takes more than a kilobyte a
    /// mentor, for names that few share, counts as one of more.
    pub mentors: usize,
    /// Connections that have a place; then the one idle longest makes room for the next.
    pub connections: usize,
    /// Requests at once on one HTTP/2 connection.
    pub streams: u32,
    /// A body must be here within this time.
    pub body_time: Duration,
    /// And nothing may stay away longer than this: a first byte, a head, the next part of a body.
    pub stall: Duration,
    /// After the signal to stop: how long to go on accepting while readiness says no.
    pub linger: Duration,
    /// After that: how long requests in flight may take.
    pub grace: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        Self {
            secret: None,
            body: 512 * MEGABYTE,
            in_flight: 1024 * MEGABYTE,
            ranks: 1024,
            assigns: cores,
            assigns_waiting: 16,
            assign_time: Duration::from_secs(60),
            tenants: 256,
            mentors: 4_000_000,
            connections: 1024,
            streams: 128,
            body_time: Duration::from_secs(60),
            stall: Duration::from_secs(10),
            linger: Duration::ZERO,
            grace: Duration::from_secs(10),
        }
    }
}

impl Settings {
    /// Reads the variables that `lookup` finds; one that is no sound number is an error, not a surprise later.
    ///
    /// | variable | unit, usual value |
    /// | --- | --- |
    /// | `MATCHER_SECRET`, `MATCHER_SECRET_FILE` | the secret, or a file that holds it |
    /// | `MATCHER_BODY_MB` | megabytes of one body, 512 |
    /// | `MATCHER_IN_FLIGHT_MB` | megabytes of all bodies, 1024 |
    /// | `MATCHER_RANKS` | rankings, 1024 |
    /// | `MATCHER_ASSIGNS`, `MATCHER_ASSIGNS_WAITING` | cohorts, one a core and 16 |
    /// | `MATCHER_ASSIGN_SECONDS` | seconds, 60 |
    /// | `MATCHER_TENANTS`, `MATCHER_MENTORS` | pools and mentors in memory, 256 and 4 000 000 |
    /// | `MATCHER_CONNECTIONS`, `MATCHER_STREAMS` | connections and requests on each, 1024 and 128 |
    /// | `MATCHER_BODY_SECONDS`, `MATCHER_STALL_SECONDS` | seconds, 60 and 10 |
    /// | `MATCHER_LINGER_SECONDS`, `MATCHER_GRACE_SECONDS` | seconds, 0 and 10 |
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let number = |name: &str, least: usize, usual: usize| match lookup(name) {
            None => Ok(usual),
            Some(text) => text
                .parse()
                .ok()
                .filter(|number| (least..=MOST).contains(number))
                .ok_or_else(|| format!("{name}={text}: write a whole number from {least} to {MOST}")),
        };
        let bytes = |name, usual| Ok::<_, String>(number(name, 1, usual / MEGABYTE)? * MEGABYTE);
        let seconds = |name, least, usual: Duration| {
            Ok::<_, String>(Duration::from_secs(number(name, least, usual.as_secs() as usize)? as u64))
        };
        let usual = Self::default();
        Ok(Self {
            secret: secret(&lookup)?,
            body: bytes("MATCHER_BODY_MB", usual.body)?,
            in_flight: bytes("MATCHER_IN_FLIGHT_MB", usual.in_flight)?,
            ranks: number("MATCHER_RANKS", 1, usual.ranks)?,
            assigns: number("MATCHER_ASSIGNS", 1, usual.assigns)?,
            assigns_waiting: number("MATCHER_ASSIGNS_WAITING", 0, usual.assigns_waiting)?,
            assign_time: seconds("MATCHER_ASSIGN_SECONDS", 1, usual.assign_time)?,
            tenants: number("MATCHER_TENANTS", 1, usual.tenants)?,
            mentors: number("MATCHER_MENTORS", 1, usual.mentors)?,
            connections: number("MATCHER_CONNECTIONS", 1, usual.connections)?,
            streams: number("MATCHER_STREAMS", 1, usual.streams as usize)? as u32,
            body_time: seconds("MATCHER_BODY_SECONDS", 1, usual.body_time)?,
            stall: seconds("MATCHER_STALL_SECONDS", 1, usual.stall)?,
            linger: seconds("MATCHER_LINGER_SECONDS", 0, usual.linger)?,
            grace: seconds("MATCHER_GRACE_SECONDS", 0, usual.grace)?,
        })
    }
}

/// Files open beside connections, generously: listener, runtime, standard streams, a secret being read.
const OTHER_FILES: usize = 64;

impl Settings {
    /// With no more connections than a process that may have so many files open can hold.
    #[must_use]
    pub fn within(self, files: usize) -> Self {
        let room = files.saturating_sub(BEYOND + OTHER_FILES).max(1);
        if room < self.connections {
            tracing::warn!(wanted = self.connections, room, "fewer connections: raise the limit of open files");
        }
        Self { connections: self.connections.min(room), ..self }
    }
}

/// The secret itself, or what the file of the other name holds.
fn secret(lookup: impl Fn(&str) -> Option<String>) -> Result<Option<Secret>, String> {
    let (name, text) = match (lookup("MATCHER_SECRET"), lookup("MATCHER_SECRET_FILE")) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => return Err("MATCHER_SECRET and MATCHER_SECRET_FILE: give one of them".to_owned()),
        (Some(text), None) => ("MATCHER_SECRET", text),
        (None, Some(path)) => {
            let text = read_to_string(&path).map_err(|error| format!("MATCHER_SECRET_FILE={path}: {error}"))?;
            ("MATCHER_SECRET_FILE", text.trim_end().to_owned())
        }
    };
    Secret::new(&text).map(Some).map_err(|why| format!("{name}: {why}"))
}

/// No setting goes higher; megabytes of it still fit a number of bytes.
const MOST: usize = 100_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_counts_and_the_rest_is_usual() {
        let set = |name: &str| match name {
            "MATCHER_BODY_MB" => Some("3".to_owned()),
            "MATCHER_GRACE_SECONDS" => Some("0".to_owned()),
            _ => None,
        };
        let wanted = Settings { body: 3 << 20, grace: Duration::ZERO, ..Settings::default() };
        assert_eq!(Settings::read(set), Ok(wanted));
        assert_eq!(Settings::read(|_| None), Ok(Settings::default()));
    }

    #[test]
    fn there_are_no_more_connections_than_files() {
        let usual = Settings::default();
        assert_eq!(usual.clone().within(usize::MAX), usual);
        assert_eq!([100, 128, 300].map(|files| usual.clone().within(files).connections), [1, 1, 172]);
    }

    #[test]
    fn a_secret_is_said_or_in_a_file_and_one_that_could_be_guessed_is_refused() -> Result<(), std::io::Error> {
        let path = std::env::temp_dir().join(format!("matcher-secret-{}", std::process::id()));
        let read = |one: Option<&str>, file: bool| {
            let file = file.then(|| path.display().to_string());
            Settings::read(|name| match name {
                "MATCHER_SECRET" => one.map(str::to_owned),
                "MATCHER_SECRET_FILE" => file.clone(),
                _ => None,
            })
            .map(|settings| settings.secret)
        };
        let text = "s".repeat(32);
        std::fs::write(&path, format!("{text}\n"))?;
        assert_eq!(read(None, true), Secret::new(&text).map(Some));
        assert_eq!(read(Some(&text), false), Secret::new(&text).map(Some));
        assert!(read(Some(&text), true).is_err_and(|why| why.contains("give one")));
        assert!(read(Some("short"), false).is_err_and(|why| why.starts_with("MATCHER_SECRET: ")));
        std::fs::remove_file(&path)?;
        assert!(read(None, true).is_err_and(|why| why.starts_with("MATCHER_SECRET_FILE=")));
        Ok(())
    }

    #[test]
    fn an_unsound_number_is_told_by_name() {
        for wrong in ["0", "-1", "many", "", "1e3", "99999999999999999999"] {
            let said = Settings::read(|name| (name == "MATCHER_ASSIGNS").then(|| wrong.to_owned()));
            assert!(said.is_err_and(|why| why.starts_with("MATCHER_ASSIGNS=")), "{wrong}");
        }
    }
}
