//! Going through the chunks of a pool.

use std::iter;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use super::best::Best;
use super::chunk::{Open, Reader};
use super::kernel::Rows;
use super::limits::Limits;
use super::look::Look;
use super::query::Query;
use crate::pool::block::Bytes;

/// Fewer chunks than this are not worth another thread.
const SHARED_FROM: usize = 64;
/// Chunks that a thread takes at a time.
const TURN: usize = 8;
/// About so many chunks of a larger pool are looked at first, to know about what the k-th best has.
const SAMPLED: usize = 16;
/// So many times `k` rows are scored before all others that could be among the best, as some will
/// fall to a hard rule.
const SCORED: usize = 4;

/// How many suggestions, and what each must have left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    pub(super) k: usize,
    pub(super) least: u32,
}

/// The best, found by this thread and, in a large pool, by others: each takes turns until none is
/// left, so that nobody waits for a thread that is slow to wake.
pub(super) fn shared(query: &Query<'_>, wish: Wish) -> Best {
    let threads = if query.chunks() < SHARED_FROM { 1 } else { rayon::current_num_threads() };
    let helpers = threads.min(query.chunks() / (SHARED_FROM / 2)).saturating_sub(1);
    let floor = AtomicU32::new(foresee(query, wish));
    let turns = AtomicUsize::new(0);
    let work = || sift(query, in_turns(&turns, query.chunks()), wish, &floor);
    let mut others: Vec<Option<Best>> = iter::repeat_with(|| None).take(helpers).collect();
    let own = rayon::in_place_scope(|scope| {
        for other in &mut others {
            scope.spawn(|_| *other = Some(work()));
        }
        work()
    });
    others.into_iter().flatten().fold(own, Best::merge)
}

/// The best, found by this thread.
pub(super) fn alone(query: &Query<'_>, wish: Wish) -> Best {
    let floor = AtomicU32::new(foresee(query, wish));
    sift(query, 0..query.chunks(), wish, &floor)
}

/// The chunks that are this thread's turn, in order.
fn in_turns(turns: &AtomicUsize, chunks: usize) -> impl Iterator<Item = usize> {
    let next = move || turns.fetch_add(TURN, Ordering::Relaxed);
    let turn = move |start: usize| -> Range<usize> { start..chunks.min(start + TURN) };
    iter::repeat_with(next).take_while(move |start| *start < chunks).flat_map(turn)
}

/// The best of `chunks`, which ascend. `floor` is what the k-th best has as far as any thread knows.
fn sift(query: &Query<'_>, chunks: impl Iterator<Item = usize>, wish: Wish, floor: &AtomicU32) -> Best {
    let least = wish.least.max(floor.load(Ordering::Relaxed));
    let mut look = Look::new(query, Best::new(wish.k, least));
    let Some(mut limits) = Limits::new(query, least) else { return look.finish() };
    let mut reader = Reader::new(query);
    let mut lost = Bytes::filled(0);
    for chunk in chunks {
        look.best.raise(floor.load(Ordering::Relaxed));
        if !limits.tighten(query, look.best.least()) {
            break;
        }
        if let Some(open) = reader.open(chunk, &limits) {
            let mut passed = open.few().unwrap_or_else(|| open.sift(&limits, &mut lost));
            if !look.best.is_full() && open.few().is_none() {
                pick(&open, &lost, &limits, wish.k, &mut look, &mut passed);
            }
            look.at(&open, &passed);
            floor.fetch_max(look.best.least(), Ordering::Relaxed);
        }
    }
    look.finish()
}

/// While the k-th best is not known: if many rows of a chunk `passed`, the most promising are scored first,
/// so that most of the others need no look.
fn pick(open: &Open<'_>, lost: &Bytes, limits: &Limits, k: usize, look: &mut Look<'_>, passed: &mut Rows) {
    let kernel = look.query.pool.kernel();
    let enough = k.saturating_mul(SCORED);
    if kernel.count_within(lost, limits.limit) <= enough {
        return;
    }
    let first = kernel.within(lost, least_limit(limits.limit, |limit| kernel.count_within(lost, limit) >= enough));
    look.at(open, &first);
    look.score();
    let limit = limits.limit(look.query, look.best.least());
    *passed = limit.map_or([0; _], |limit| kernel.within(lost, limit));
    passed.iter_mut().zip(first).for_each(|(passed, first)| *passed &= !first);
}

/// What the k-th best has at least, by scoring the most promising rows of a sample: so the first
/// chunks of a large pool, too, are sifted by a limit that few rows pass.
#[allow(
    clippy::large_stack_arrays,
    reason = "64 KB suit any thread; to ask for and give back so much took 7 % of a ranking"
)]
fn foresee(query: &Query<'_>, wish: Wish) -> u32 {
    if query.chunks() <= SAMPLED {
        return wish.least;
    }
    let Some(limits) = Limits::new(query, wish.least) else { return wish.least };
    let step = query.chunks().div_ceil(SAMPLED);
    let mut sample = [const { Bytes::filled(u8::MAX) }; SAMPLED];
    let mut reader = Reader::new(query);
    for (chunk, lost) in (0..query.chunks()).step_by(step).zip(&mut sample) {
        if let Some(open) = reader.open(chunk, &limits) {
            open.sift(&limits, lost);
        }
    }
    let kernel = query.pool.kernel();
    let passing = |limit: u8| sample.iter().map(|lost| kernel.count_within(lost, limit)).sum::<usize>();
    let limit = least_limit(limits.limit, |limit| passing(limit) >= wish.k.saturating_mul(SCORED));
    let mut look = Look::new(query, Best::new(wish.k, wish.least));
    let mut reader = Reader::new(query);
    for (chunk, lost) in (0..query.chunks()).step_by(step).zip(&sample) {
        if let Some(open) = reader.open(chunk, &limits) {
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
