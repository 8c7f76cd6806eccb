//! Going through the chunks of a pool.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

use super::best::Best;
use super::chunk::{Open, Reader};
use super::limits::Limits;
use super::query::Query;

/// Fewer chunks than this are not worth another thread.
const SHARED_FROM: usize = 64;
/// One chunk in this many is looked at first, to know about what the k-th best has.
const SAMPLED: usize = 64;
/// So many times `k` rows of the sample are scored, as some will fall to a hard rule.
const SCORED: u32 = 3;

/// How many suggestions, and what each must have left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    pub(super) k: usize,
    pub(super) least: u32,
}

/// The best of `chunks`, found by this thread and, in a large pool, by others.
pub(super) fn shared(query: &Query<'_>, chunks: Range<usize>, wish: Wish, floor: &AtomicU32) -> Best {
    let alone_up_to = (query.chunks() / rayon::current_num_threads()).max(SHARED_FROM / 2);
    if query.chunks() < SHARED_FROM || chunks.len() <= alone_up_to {
        return alone(query, chunks, wish, floor);
    }
    let middle = usize::midpoint(chunks.start, chunks.end);
    let (first, second) = rayon::join(
        || shared(query, chunks.start..middle, wish, floor),
        || shared(query, middle..chunks.end, wish, floor),
    );
    first.merge(second)
}

/// The best of `chunks`, found by this thread. `floor` is what the k-th best has as far as any
/// thread knows.
pub(super) fn alone(query: &Query<'_>, chunks: Range<usize>, wish: Wish, floor: &AtomicU32) -> Best {
    let mut best = Best::new(wish.k, wish.least);
    let Some(mut limits) = Limits::new(query, wish.least) else { return best };
    let mut reader = Reader::new(query);
    for chunk in chunks {
        best.raise(floor.load(Ordering::Relaxed));
        if !limits.tighten(query, best.least()) {
            break;
        }
        if let Some(open) = reader.open(chunk, &limits) {
            look(query, &open, &open.sift(&limits), &mut best);
            floor.fetch_max(best.least(), Ordering::Relaxed);
        }
    }
    best
}

/// What the k-th best has at least, by scoring the most promising rows of a sample: then the first
/// chunks, too, are sifted by a limit that few rows pass.
pub(super) fn foresee(query: &Query<'_>, wish: Wish) -> u32 {
    let Some(mut limits) = Limits::new(query, wish.least) else { return wish.least };
    let (most, enough) = (limits.limit, SCORED.saturating_mul(wish.k as u32));
    let sample = || (0..query.chunks()).step_by(SAMPLED);
    for limit in [most / 8, most / 4, most / 2, most] {
        limits.limit = limit;
        let mut reader = Reader::new(query);
        let mut passing = 0;
        for chunk in sample() {
            if let Some(open) = reader.open(chunk, &limits) {
                passing += open.sift(&limits).iter().map(|word| word.count_ones()).sum::<u32>();
            }
        }
        if passing >= enough || limit == most {
            break;
        }
    }
    let mut best = Best::new(wish.k, wish.least);
    let mut reader = Reader::new(query);
    for chunk in sample() {
        if let Some(open) = reader.open(chunk, &limits) {
            look(query, &open, &open.sift(&limits), &mut best);
        }
    }
    best.least()
}

/// Scores the rows of a chunk that passed.
fn look(query: &Query<'_>, open: &Open<'_>, passed: &[u64], best: &mut Best) {
    for (word, bits) in passed.iter().enumerate() {
        let mut bits = *bits;
        while bits != 0 {
            let row = word * 64 + bits.trailing_zeros() as usize;
            bits &= bits - 1;
            if let Some((net, suggestion)) = query.score(open.row(row), open.skill(row), best.least()) {
                best.offer(net, suggestion);
            }
        }
    }
}
