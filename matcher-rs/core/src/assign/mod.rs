//! Sharing a cohort of learners among mentors with limited places.
//!
//! Each learner brings a list of their best mentors; the answer uses listed pairs only, so
//! `optimal` means: no other way to use these lists has a higher sum of scores. Leaving a learner
//! out counts zero.

mod auction;
mod certificate;
pub mod dense;
pub mod fairness;
pub mod greedy;
mod order;
mod problem;
pub mod stable;

use rayon::prelude::*;
use uuid::Uuid;

pub use certificate::{Broken, Certificate};
pub use fairness::Fairness;
pub use problem::{Edge, Matching, Problem};

use crate::need::Need;
use crate::pool::Pool;
use crate::rank::{Suggestion, rank};
use crate::score::{Plan, Score};
use crate::weights::Weights;

/// How to assign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The highest possible sum, with proof.
    Optimal,
    /// Best pair first: quick, and often leaves more learners out.
    Greedy,
}

/// A learner and their mentor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The learner.
    pub learner_id: Uuid,
    /// The mentor and why.
    pub score: Score,
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
}

/// Shares `needs` among the mentors of `pool`, each learner trying their `k` best.
///
/// Fails only when the independent checker rejects our own answer.
pub fn assign(pool: &Pool, needs: &[Need], weights: Weights, k: usize, mode: Mode) -> Result<Cohort, Broken> {
    let lists: Vec<Vec<Suggestion>> = needs.par_iter().map(|need| rank(pool, &Plan::new(need, weights), k)).collect();
    let problem = Problem::from_lists(needs, &lists);
    let matching = match mode {
        Mode::Optimal => auction::solve(&problem),
        Mode::Greedy => greedy::solve(&problem),
    };
    let certificate = certificate::check(&problem, &matching)?;
    Ok(cohort(needs, &lists, &problem, &matching, certificate))
}

fn cohort(
    needs: &[Need],
    lists: &[Vec<Suggestion>],
    problem: &Problem,
    matching: &Matching,
    certificate: Certificate,
) -> Cohort {
    let mut answer =
        Cohort { pairs: Vec::new(), without_candidates: Vec::new(), without_place: Vec::new(), certificate };
    for (learner, (need, list)) in needs.iter().zip(lists).enumerate() {
        let learner_id = need.learner_id;
        let mentor = matching.mentor_of[learner].map(|mentor| problem.mentors[mentor as usize]);
        match list.iter().find(|suggestion| Some(suggestion.id) == mentor) {
            Some(Suggestion { id, terms, .. }) => {
                answer.pairs.push(Pair { learner_id, score: Score { id: *id, terms: *terms } });
            }
            None if list.is_empty() => answer.without_candidates.push(learner_id),
            None => answer.without_place.push(learner_id),
        }
    }
    answer
}
