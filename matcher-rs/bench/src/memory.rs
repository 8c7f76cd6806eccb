//! How much memory a piece of work took, as Linux counts it.

use std::fs::{read_to_string, write};
use std::io;

/// Runs `work`; by how many bytes the resident memory rose above its start at the peak.
pub(crate) fn grown<T>(work: impl FnOnce() -> T) -> io::Result<(T, u64)> {
    write("/proc/self/clear_refs", "5")?; // the peak starts again from what is resident now
    let before = status("VmRSS:")?;
    let done = work();
    Ok((done, status("VmHWM:")?.saturating_sub(before)))
}

fn status(key: &str) -> io::Result<u64> {
    let text = read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().map_err(io::Error::other)?;
    Ok(kilobytes * 1024)
}
