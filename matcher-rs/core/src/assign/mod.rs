//! Sharing a cohort of learners among mentors with limited places.
//!
//! Each learner brings a list of their best mentors; the answer uses listed pairs only, so
//! `optimal` means: no other way to use these lists has a higher sum of scores. Leaving a learner
//! out counts zero.

mod auction;
mod certificate;
mod greedy;
mod options;
mod problem;

use rayon::prelude::*;
use uuid::Uuid;

pub use certificate::{Broken, Certificate};
pub use options::{Budget, Mode, Options, Prices, USUAL_GAP};
pub use problem::{Edge, Matching, Problem};

use crate::need::Need;
use crate::pool::Pool;
use crate::rank::{Suggestion, rank};
use crate::score::{Plan, Score};
use crate::weights::Weights;

/// Mentors per list where nothing else is said.
const USUAL_LIST: usize = 32;

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
    /// Learners whom mentors suit, but not enough places.
    pub without_place: Vec<Uuid>,
    /// What the checker found in the returned pairs.
    pub certificate: Certificate,
    /// Over which pairs the certificate speaks.
    pub scope: Scope,
    /// How the answer was made: as asked, or greedily when the budget was spent.
    pub answered_by: Mode,
    /// Whether the budget was spent before the mode asked for could answer.
    pub hurried: bool,
    /// How often the lists were solved.
    pub rounds: u32,
    /// What places cost, for the next assignment of this pool.
    pub prices: Prices,
}

/// An answer to a problem, checked.
#[derive(Debug)]
pub struct Solved {
    /// Who gets whom.
    pub matching: Matching,
    /// What the checker found.
    pub certificate: Certificate,
    /// How the answer was made: as asked, or greedily when the budget was spent.
    pub answered_by: Mode,
}

/// Answers `problem`; [`Options::warm`] and [`Options::budget`] count, `k` and `gap_ppm` do not.
///
/// Fails only when the independent checker rejects our own answer.
pub fn solve(problem: &Problem, options: &Options<'_>) -> Result<Solved, Broken> {
    let found = match options.mode {
        Mode::Optimal | Mode::Fast => auction::solve(problem, options.warm, options.budget),
        Mode::Greedy => None,
    };
    let answered_by = if found.is_some() { options.mode } else { Mode::Greedy };
    let matching = found.unwrap_or_else(|| greedy::solve(problem));
    Ok(Solved { certificate: certificate::check(problem, &matching)?, matching, answered_by })
}

/// Shares `needs` among the mentors of `pool`.
///
/// When the budget is spent, learners whose list was not made yet count as `without_place`.
/// Fails only when the independent checker rejects our own answer.
pub fn assign(pool: &Pool, needs: &[Need], weights: Weights, options: &Options<'_>) -> Result<Cohort, Broken> {
    let k = options.k.unwrap_or(USUAL_LIST);
    let list = |need| (!options.budget.is_spent()).then(|| rank(pool, &Plan::new(need, weights), k));
    let lists: Vec<Option<Vec<Suggestion>>> = needs.par_iter().map(list).collect();
    let problem = Problem::from_lists(needs, &lists);
    let solved = solve(&problem, options)?;
    Ok(cohort(needs, &lists, &problem, solved, options.mode))
}

fn cohort(needs: &[Need], lists: &[Option<Vec<Suggestion>>], problem: &Problem, solved: Solved, asked: Mode) -> Cohort {
    let Solved { matching, certificate, answered_by } = solved;
    let mut answer = Cohort {
        pairs: Vec::new(),
        without_candidates: Vec::new(),
        without_place: Vec::new(),
        certificate,
        scope: Scope::Lists,
        answered_by,
        hurried: answered_by != asked || lists.iter().any(Option::is_none),
        rounds: 1,
        prices: Prices::keep(&problem.mentors, &matching.prices, matching.scale),
    };
    for (learner, (need, list)) in needs.iter().zip(lists).enumerate() {
        let learner_id = need.learner_id;
        let mentor = matching.mentor_of[learner].map(|mentor| problem.mentors[mentor as usize]);
        match list.iter().flatten().find(|suggestion| Some(suggestion.id) == mentor) {
            Some(Suggestion { id, terms, .. }) => {
                answer.pairs.push(Pair { learner_id, score: Score { id: *id, terms: *terms } });
            }
            None if list.as_ref().is_some_and(Vec::is_empty) => answer.without_candidates.push(learner_id),
            None => answer.without_place.push(learner_id),
        }
    }
    answer
}
