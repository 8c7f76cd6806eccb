//! Going through the chunks of a pool.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

use super::best::Best;
use super::chunk::Reader;
use super::limits::Limits;
use super::look::Look;
use super::query::Query;
use crate::pool::block::Bytes;

/// Fewer chunks than this are not worth another thread.
const SHARED_FROM: usize = 64;
/// About so many chunks are looked at first, to know about what the k-th best has.
const SAMPLED: usize = 16;
/// So many times `k` rows of the sample are scored, as some will fall to a hard rule.
const SCORED: usize = 4;

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
    let mut look = Look::new(query, Best::new(wish.k, wish.least));
    let Some(mut limits) = Limits::new(query, wish.least) else { return look.finish() };
    let mut reader = Reader::new(query);
    let mut lost = Bytes::filled(0);
    for chunk in chunks {
        look.best.raise(floor.load(Ordering::Relaxed));
        if !limits.tighten(query, look.best.least()) {
            break;
        }
        if let Some(open) = reader.open(chunk, &limits) {
            let passed = open.few().unwrap_or_else(|| {
                open.add_up(&limits, &mut lost);
                query.pool.kernel().within(&lost, limits.limit)
            });
            look.at(&open, &passed);
            floor.fetch_max(look.best.least(), Ordering::Relaxed);
        }
    }
    look.finish()
}

/// What the k-th best has at least, by scoring the most promising rows of a sample: so the first
/// chunks, too, are sifted by a limit that few rows pass.
pub(super) fn foresee(query: &Query<'_>, wish: Wish) -> u32 {
    let Some(limits) = Limits::new(query, wish.least) else { return wish.least };
    let step = query.chunks().div_ceil(SAMPLED).max(1);
    let mut sample: Vec<(usize, Bytes)> = Vec::with_capacity(SAMPLED);
    let mut reader = Reader::new(query);
    for chunk in (0..query.chunks()).step_by(step) {
        if let Some(open) = reader.open(chunk, &limits) {
            let mut lost = Bytes::filled(0);
            open.add_up(&limits, &mut lost);
            sample.push((chunk, lost));
        }
    }
    let kernel = query.pool.kernel();
    let passing = |limit: u8| sample.iter().map(|(_, lost)| kernel.count_within(lost, limit)).sum::<usize>();
    let limit = least_limit(limits.limit, |limit| passing(limit) >= wish.k.saturating_mul(SCORED));
    let mut look = Look::new(query, Best::new(wish.k, wish.least));
    let mut reader = Reader::new(query);
    for (chunk, lost) in &sample {
        if let Some(open) = reader.open(*chunk, &limits) {
            look.at(&open, &kernel.within(lost, limit));
        }
    }
    look.finish().least()
}

/// The least limit that is enough, or `most`.
fn least_limit(most: u8, enough: impl Fn(u8) -> bool) -> u8 {
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = low + (high - low) / 2;
        if enough(middle) { high = middle } else { low = middle + 1 }
    }
    high
}
