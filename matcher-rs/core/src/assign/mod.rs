//! Sharing a cohort of learners among mentors with limited places.
//!
//! Over lists, each learner brings their best mentors and the answer uses listed pairs only; over the
//! whole pool, the lists grow until no mentor elsewhere could improve the answer by more than the gap
//! asked for. A certificate recomputed from the returned pairs says how good the answer is: `optimal`
//! means that no other way to form these pairs has a higher sum of scores. Leaving a learner out
//! counts zero.

mod auction;
mod certificate;
mod columns;
pub mod dense;
pub mod fairness;
pub mod greedy;
mod listing;
mod money;
mod options;
mod order;
mod prefetch;
mod problem;
mod rows;
mod seats;
mod sift;
pub mod stable;
#[cfg(test)]
mod trial;
mod way;

use std::time::Duration;

use uuid::Uuid;

pub use certificate::{Broken, Certificate, check};
use columns::{Found, Priced, Pricing};
pub use fairness::Fairness;
use listing::Listing;
pub use options::{Budget, Cancel, Countdown, Mode, Options, Prices, USUAL_GAP};
pub use problem::{Edge, Matching, Problem};
use stable::Preferences;
pub use way::Way;

use crate::need::Need;
use crate::pool::{self, Pool};
use crate::rank::{Suggestion, priced, rank_alone};
use crate::score::{Plan, Score};
use crate::weights::Weights;

/// Mentors per list where nothing else is said.
const USUAL_LIST: usize = 32;
const STABLE_LIST: usize = 100;
/// Pairs of learners and mentors up to which a search of the whole pool simply lists them all.
const FEW_PAIRS: usize = 1_000_000;
/// Nanoseconds set aside per listed pair for greedy and for describing its answer.
const RESERVE: u64 = 150;

/// A learner and their mentor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The learner.
    pub learner_id: Uuid,
    /// The mentor and why.
    pub score: Score,
}

/// Over which pairs a certificate speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The pairs on the learners' lists.
    Lists,
    /// Every pair of a learner and a mentor of the pool.
    Pool,
}

/// The answer for a cohort, checked before it leaves.
#[derive(Debug)]
pub struct Cohort {
    /// Who is with whom, in the order of the learners.
    pub pairs: Vec<Pair>,
    /// Learners whom no mentor suits.
    pub without_candidates: Vec<Uuid>,
    /// Learners whom mentors suit, but not enough places; and when the budget was spent before all
    /// lists were made, those who have none yet.
    pub without_place: Vec<Uuid>,
    /// What the checker found in the returned pairs.
    pub certificate: Certificate,
    /// Over which pairs the certificate speaks.
    pub scope: Scope,
    /// How the answer was made. As asked; or, when the budget was spent, by the last lists that were
    /// solved in a search of the pool ([`Mode::Fast`]) or greedily.
    pub answered_by: Mode,
    /// Whether the budget was spent before the mode asked for could answer.
    pub hurried: bool,
    /// How often lists were solved.
    pub rounds: u32,
    /// Listed pairs who would both rather have each other than what they got.
    pub blocking_pairs: u64,
    /// How the scores and the places are spread.
    pub fairness: Fairness,
    /// What places cost, for the next assignment of this pool.
    pub prices: Prices,
}

impl Cohort {
    /// Whether no other answer over the stated pairs has a higher sum; never when hurried, as lists
    /// may be missing then.
    pub fn is_optimal(&self) -> bool {
        self.certificate.proves_optimal() && !self.hurried
    }
}

/// An answer to a problem, checked.
#[derive(Debug)]
pub struct Solved {
    /// Who gets whom.
    pub matching: Matching,
    /// What the checker found.
    pub certificate: Certificate,
    /// As asked, or greedily when the budget was spent.
    pub answered_by: Mode,
}

/// Answers `problem`; mentors value pairs as learners do. [`Options::warm`] and [`Options::budget`]
/// count, `k` and `gap_ppm` do not.
///
/// Fails only when the independent checker rejects our own answer.
pub fn solve(problem: &Problem, options: &Options<'_>) -> Result<Solved, Broken> {
    answer(problem, &Preferences::shared(problem), options)
}

/// Answers `problem` with the highest sum in one of the two ways, whichever is the quicker one; the
/// checker sees the answer. For measuring.
pub fn solve_by(problem: &Problem, way: Way) -> Result<Solved, Broken> {
    let found = way.solve(problem, &Options::default());
    let matching = found.unwrap_or_default();
    Ok(Solved { certificate: check(problem, &matching)?, matching, answered_by: Mode::Optimal })
}

fn answer(problem: &Problem, preferences: &Preferences, options: &Options<'_>) -> Result<Solved, Broken> {
    let found = match options.mode {
        Mode::Optimal | Mode::Fast => Way::quicker(problem).solve(problem, options),
        Mode::Stable if !options.budget.is_spent() => Some(stable::solve(problem, preferences)),
        Mode::Stable | Mode::Greedy => None,
    };
    let answered_by = if found.is_some() { options.mode } else { Mode::Greedy };
    let matching = found.unwrap_or_else(|| greedy::solve(problem));
    Ok(Solved { certificate: check(problem, &matching)?, matching, answered_by })
}

/// Shares `needs` among the mentors of `pool`.
///
/// Fails only when the independent checker rejects our own answer.
pub fn assign(pool: &Pool, needs: &[Need], weights: Weights, options: &Options<'_>) -> Result<Cohort, Broken> {
    let market = Market { pool, needs, weights };
    let search = options.mode == Mode::Optimal && options.k.is_none();
    if search && needs.len().saturating_mul(pool.len()) > FEW_PAIRS {
        return over_pool(&market, options);
    }
    let k = options.k.unwrap_or(match options.mode {
        Mode::Optimal => pool.rows(),
        Mode::Fast | Mode::Greedy => USUAL_LIST,
        Mode::Stable => STABLE_LIST,
    });
    let options = options.reserving(reserve(needs.len(), k.min(pool.len())));
    let listing = columns::lists(&market, market.learners(), k, None, options.budget);
    let preferences = listing.preferences();
    let mode = if listing.is_complete() { options.mode } else { Mode::Greedy };
    let solved = answer(&listing.problem, &preferences, &Options { mode, ..options })?;
    let hurried = solved.answered_by != options.mode || !listing.is_complete();
    let scope = if search && listing.is_complete() { Scope::Pool } else { Scope::Lists };
    Ok(Told { solved, scope, hurried, rounds: 1 }.cohort(needs, &listing, &preferences))
}

/// What lists of `k` for so many learners need in the end.
fn reserve(learners: usize, k: usize) -> Duration {
    let pairs = (learners as u64).saturating_mul(k as u64);
    Duration::from_nanos(pairs.saturating_mul(RESERVE))
}

fn over_pool(market: &Market<'_>, options: &Options<'_>) -> Result<Cohort, Broken> {
    let options = options.reserving(reserve(market.needs.len(), USUAL_LIST));
    let found = columns::search(market, market.learners(), options.gap_ppm, options.warm, options.budget)?;
    let Found { listing, matching, bound, rounds, hurried } = found;
    let problem = &listing.problem;
    let answered_by = match matching {
        None => Mode::Greedy,
        Some(_) if hurried => Mode::Fast,
        Some(_) => Mode::Optimal,
    };
    let matching = matching.unwrap_or_else(|| greedy::solve(problem));
    let (certificate, scope) = match bound {
        Some(bound) => (certificate::check_within(problem, &matching, bound)?, Scope::Pool),
        None => (check(problem, &matching)?, Scope::Lists),
    };
    let solved = Solved { matching, certificate, answered_by };
    Ok(Told { solved, scope, hurried, rounds }.cohort(market.needs, &listing, &listing.preferences()))
}

/// A pool seen by a cohort.
struct Market<'a> {
    pool: &'a Pool,
    needs: &'a [Need],
    weights: Weights,
}

impl Market<'_> {
    fn learners(&self) -> Vec<Uuid> {
        self.needs.iter().map(|need| need.learner_id).collect()
    }
}

impl Pricing for Market<'_> {
    fn mentors(&self) -> &[Uuid] {
        &self.pool.ids
    }

    fn at(&self, prices: &[u16]) -> impl Priced {
        Stall { market: self, prices: pool::Prices::new(self.pool, self.weights, prices) }
    }
}

/// A market with a price on every mentor.
struct Stall<'a> {
    market: &'a Market<'a>,
    prices: pool::Prices<'a>,
}

impl Stall<'_> {
    fn plan(&self, learner: usize) -> Plan<'_> {
        Plan::new(&self.market.needs[learner], self.market.weights)
    }
}

impl Priced for Stall<'_> {
    fn best(&self, learner: usize, k: usize) -> Vec<Suggestion> {
        rank_alone(&self.prices, &self.plan(learner), k)
    }

    fn above(&self, learner: usize, floor: u16, k: usize) -> Vec<Suggestion> {
        priced(&self.prices, &self.plan(learner), floor, k)
    }
}

/// An answer and how it came about.
struct Told {
    solved: Solved,
    scope: Scope,
    hurried: bool,
    rounds: u32,
}

impl Told {
    fn cohort(self, needs: &[Need], listing: &Listing, preferences: &Preferences) -> Cohort {
        let Solved { matching, certificate, answered_by } = self.solved;
        let problem = &listing.problem;
        let mut answer = Cohort {
            pairs: Vec::new(),
            without_candidates: Vec::new(),
            without_place: Vec::new(),
            certificate,
            scope: self.scope,
            answered_by,
            hurried: self.hurried,
            rounds: self.rounds,
            blocking_pairs: stable::blocking_pairs(problem, preferences, &matching) as u64,
            fairness: Fairness::of(needs, problem, &matching),
            prices: Prices::keep(&problem.mentors, &matching.prices, matching.scale),
        };
        for (learner, need) in needs.iter().enumerate() {
            let learner_id = need.learner_id;
            match matching.mentor_of[learner].and_then(|mentor| listing.score(learner, mentor)) {
                Some(score) => answer.pairs.push(Pair { learner_id, score }),
                None if learner < listing.made && problem.list(learner).is_empty() => {
                    answer.without_candidates.push(learner_id);
                }
                None => answer.without_place.push(learner_id),
            }
        }
        answer.fairness.without_candidates = answer.without_candidates.len() as u32;
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_pairs_never_reserve_less() {
        assert_eq!(reserve(100_000, 50_000), Duration::from_secs(750));
        assert_eq!(reserve(usize::MAX, usize::MAX), Duration::from_nanos(u64::MAX));
    }
}
