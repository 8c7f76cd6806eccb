//! The kernel in plain Rust.
//!
//! Without look-ups of many bytes at once it pays to leave out the rows that have no wanted skill:
//! the others are listed first, without a branch that could be foretold wrongly, and then each
//! column is read for the listed rows.

use super::{Rows, Sieve};
use crate::pool::block::{Bytes, CHUNK, Levels};

/// Rows whose levels stand in the same run of bytes: the low halves, or the high ones.
const RUN: usize = 64;

pub(super) fn add_up(sieve: &Sieve<'_>, lost: &mut Bytes) {
    let mut listed = [0_u16; CHUNK];
    let count = list(sieve, &mut listed);
    let rows = &listed[..count];
    let mut sums = [sieve.lost; CHUNK];
    let sums = &mut sums[..count];
    add(sums, rows, |row| sieve.costs.0[row] >> sieve.shift);
    add(sums, rows, |row| sieve.place_losses.0[usize::from(sieve.places.0[row] & 63)]);
    add(sums, rows, |row| sieve.language_losses.0[usize::from(sieve.languages.0[row] & 63)]);
    for wanted in sieve.wanted {
        add(sums, rows, |row| wanted.losses[usize::from(wanted.levels.level(row))]);
    }
    lost.0.fill(u8::MAX);
    for (row, sum) in rows.iter().zip(sums) {
        lost.0[usize::from(*row) % CHUNK] = *sum;
    }
}

pub(super) fn within(lost: &Bytes, limit: u8) -> Rows {
    let mut rows = [0; _];
    for (word, bytes) in rows.iter_mut().zip(lost.0.as_chunks::<RUN>().0) {
        if bytes.iter().fold(u8::MAX, |least, lost| least.min(*lost)) <= limit {
            *word = bytes.iter().enumerate().fold(0, |bits, (lane, lost)| bits | u64::from(*lost <= limit) << lane);
        }
    }
    rows
}

/// Adds what each of these rows loses in one column.
fn add(sums: &mut [u8], rows: &[u16], loss: impl Fn(usize) -> u8) {
    for (sum, row) in sums.iter_mut().zip(rows) {
        *sum = sum.saturating_add(loss(usize::from(*row) % CHUNK));
    }
}

/// Lists the rows that have a wanted skill; how many they are.
fn list(sieve: &Sieve<'_>, listed: &mut [u16; CHUNK]) -> usize {
    let mut had = Levels::filled(0);
    for wanted in sieve.wanted {
        had.0.iter_mut().zip(&wanted.levels.0).for_each(|(had, levels)| *had |= levels);
    }
    let mut count = 0;
    for (group, bytes) in had.0.as_chunks::<RUN>().0.iter().enumerate() {
        for (half, mask) in [15, 240].into_iter().enumerate() {
            let first = (2 * group + half) * RUN;
            for (lane, byte) in bytes.iter().enumerate() {
                listed[count % CHUNK] = (first + lane) as u16;
                count += usize::from(byte & mask != 0);
            }
        }
    }
    count
}
