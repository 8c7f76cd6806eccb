//! The best mentors for one learner, exactly.
//!
//! A kernel sifts every chunk of rows by what a row loses against the best imaginable mentor
//! (`kernel`), as if every mentor were free at all hours; what is left, about one row in a
//! thousand, is scored by the formula from exact facts. As the k-th best rises, less may be lost.
//! Plain scanning of few bytes per row was quicker, and had a shorter tail, than skipping by upper
//! bounds (`MaxScore`: Turtle and Flood, 1995; block-max: Ding and Suel, 2011).

mod best;
mod chunk;
pub(crate) mod kernel;
mod limits;
mod look;
mod query;
mod sweep;

use uuid::Uuid;

use self::best::Best;
pub use self::kernel::Kernel;
use self::query::Query;
use self::sweep::Wish;
use crate::availability::LEAST_OVERLAP;
use crate::pool::Pool;
use crate::pool::costs::{Costs, Prices};
use crate::score::{Plan, Terms};

/// A mentor and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suggestion {
    /// The mentor.
    pub id: Uuid,
    /// The parts of the score.
    pub terms: Terms,
    /// Places the mentor has free.
    pub places: u16,
    /// The mentor's row in the pool, until the pool changes.
    pub row: u32,
}

/// The `k` best of `pool`: highest total first, equal totals by id.
pub fn rank(pool: &Pool, plan: &Plan<'_>, k: usize) -> Vec<Suggestion> {
    find(pool, &pool.costs, plan, 0, k, sweep::shared)
}

/// The `k` best by what remains of the total when the mentor's price is paid: more than `floor`,
/// highest first, equal ones by id. It keeps to one thread.
///
/// This finds the columns that would improve an assignment (column generation: Gilmore and Gomory,
/// 1961): with `floor` the profit a learner has already, an empty answer proves that no mentor of
/// the pool offers more.
pub fn priced(prices: &Prices<'_>, plan: &Plan<'_>, floor: u16, k: usize) -> Vec<Suggestion> {
    find(prices.pool, &prices.costs, plan, u32::from(floor) + 1, k, sweep::alone)
}

/// As [`rank`] with the weights and prices of `prices`, on one thread: for a caller that ranks for many
/// learners at once.
pub(crate) fn rank_alone(prices: &Prices<'_>, plan: &Plan<'_>, k: usize) -> Vec<Suggestion> {
    find(prices.pool, &prices.costs, plan, 0, k, sweep::alone)
}

type Sweep = fn(&Query<'_>, Wish) -> Best;

fn find(pool: &Pool, costs: &Costs, plan: &Plan<'_>, least: u32, k: usize, sweep: Sweep) -> Vec<Suggestion> {
    let hours = &plan.need.availability;
    if k == 0 || hours.overlap(hours) < LEAST_OVERLAP {
        return Vec::new();
    }
    if costs.weights != plan.weights {
        let costs = costs.weighted(&pool.facts, plan.weights);
        return find(pool, &costs, plan, least, k, sweep);
    }
    sweep(&Query::new(pool, costs, plan), Wish { k, least }).into_suggestions()
}
