//! How many files, sockets among them, this process may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises the limit as far as it may be raised, and tells it; it is often low at first for the sake of
/// programs that use `select`.
pub fn most() -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = current < maximum || (current.is_some() && maximum.is_none());
    let limit = if raised && setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).is_ok() {
        maximum
    } else {
        current
    };
    limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX)
}
