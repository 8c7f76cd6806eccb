//! The kernel in plain Rust.

use super::{Rows, Sieve};
use crate::pool::block::CHUNK;

const LANES: usize = 64;

pub(super) fn sift(sieve: &Sieve<'_>) -> Rows {
    let mut passed = [0; CHUNK / LANES];
    for (run, word) in passed.iter_mut().enumerate() {
        let mut lost = common(sieve, run);
        let mut had = [0; LANES];
        for wanted in sieve.wanted {
            let levels = levels(&wanted.levels.0, run);
            for lane in 0..LANES {
                let loss = wanted.losses[usize::from(levels[lane] & 15)];
                lost[lane] = lost[lane].saturating_add(loss);
                had[lane] |= levels[lane];
            }
        }
        *word = (0..LANES).fold(0, |bits, lane| bits | u64::from(lost[lane] <= sieve.limit && had[lane] != 0) << lane);
    }
    passed
}

/// What the rows of a run lose but for skills.
fn common(sieve: &Sieve<'_>, run: usize) -> [u8; LANES] {
    let at = run * LANES;
    let [costs, places, languages] =
        [sieve.costs, sieve.places, sieve.languages].map(|column| &column.0[at..at + LANES]);
    std::array::from_fn(|lane| {
        sieve
            .lost
            .saturating_add(costs[lane] >> sieve.shift)
            .saturating_add(sieve.place_losses.0[usize::from(places[lane] & 63)])
            .saturating_add(sieve.language_losses.0[usize::from(languages[lane] & 63)])
    })
}

/// The levels of the rows of a run: even runs stand in the low halves of bytes, odd ones in the high.
fn levels(levels: &[u8], run: usize) -> [u8; LANES] {
    let at = run / 2 * LANES;
    let bytes = &levels[at..at + LANES];
    let shift = run % 2 * 4;
    std::array::from_fn(|lane| bytes[lane] >> shift & 15)
}
