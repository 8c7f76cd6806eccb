//! The kernel in plain Rust.

use super::{Rows, Sieve};
use crate::pool::block::{Bytes, CHUNK};

/// Rows whose bytes fill a word.
const LANES: usize = 8;
/// Rows of a run: even runs stand in the low halves of the levels' bytes, odd ones in the high.
const RUN: usize = 64;

pub(super) fn add_up(sieve: &Sieve<'_>, lost: &mut Bytes) {
    lost.0.fill(u8::MAX);
    for run in 0..CHUNK / RUN {
        let (at, shift) = (run / 2 * RUN, run % 2 * 4);
        let mut had = [0_u8; RUN];
        for wanted in sieve.wanted {
            let levels = &wanted.levels.0[at..at + RUN];
            had.iter_mut().zip(levels).for_each(|(had, levels)| *had |= levels >> shift & 15);
        }
        let row = run * RUN;
        let losses = &mut lost.0[row..row + RUN];
        // Most rows have no wanted skill; words of eight of them are passed over at once.
        for (word, had) in had.as_chunks::<LANES>().0.iter().enumerate() {
            if u64::from_ne_bytes(*had) == 0 {
                continue;
            }
            for lane in (0..LANES).filter(|lane| had[*lane] != 0).map(|lane| word * LANES + lane) {
                losses[lane] = loss(sieve, row + lane, at + lane, shift);
            }
        }
    }
}

pub(super) fn within(lost: &Bytes, limit: u8) -> Rows {
    let mut rows = [0; _];
    for (word, bytes) in rows.iter_mut().zip(lost.0.as_chunks::<RUN>().0) {
        if bytes.iter().any(|lost| *lost <= limit) {
            *word = bytes.iter().enumerate().fold(0, |bits, (lane, lost)| bits | u64::from(*lost <= limit) << lane);
        }
    }
    rows
}

/// What one row loses; `byte` and `shift` are where its levels stand.
fn loss(sieve: &Sieve<'_>, row: usize, byte: usize, shift: usize) -> u8 {
    let code = |column: &Bytes| usize::from(column.0[row] & 63);
    let common = u32::from(sieve.lost)
        + u32::from(sieve.costs.0[row] >> sieve.shift)
        + u32::from(sieve.place_losses.0[code(sieve.places)])
        + u32::from(sieve.language_losses.0[code(sieve.languages)]);
    let skills = sieve.wanted.iter().map(|wanted| wanted.losses[usize::from(wanted.levels.0[byte] >> shift & 15)]);
    skills.fold(common, |sum, loss| sum + u32::from(loss)).min(255) as u8
}
