//! An independent check of a returned matching.
//!
//! It trusts no counter of a solver. It reads the pairs, proves each one allowed and each mentor
//! within their places, adds the values up again, and derives from the prices alone a bound that
//! no matching can exceed (linear-programming duality: for any prices >= 0, no matching is worth
//! more than the places at their prices plus each learner's best profit, or 0, at these prices).

use std::fmt;

use rayon::prelude::*;

use super::problem::{Edge, Matching, Problem};

/// Learners that one thread checks at a time at least.
const GRAIN: usize = 4096;

/// What the returned pairs are worth, and what no pairs can exceed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Certificate {
    /// Sum of the scores.
    pub objective: i64,
    /// No matching over these pairs has a higher sum.
    pub bound: i64,
}

impl Certificate {
    /// Whether the pairs are proven best.
    pub fn proves_optimal(&self) -> bool {
        self.objective == self.bound
    }

    /// How far from the bound the pairs may be, in millionths of the bound, rounded up.
    pub fn gap_ppm(&self) -> u64 {
        let gap = u128::try_from(self.bound - self.objective).unwrap_or(0) * 1_000_000;
        gap.div_ceil(u128::try_from(self.bound).unwrap_or(0).max(1)) as u64
    }
}

/// Why an answer was rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// It speaks of other learners or mentors than the question.
    Shape,
    /// This learner has a mentor who is not on their list.
    NotListed(usize),
    /// This mentor has more learners than places.
    Overfull(usize),
    /// This mentor has a price below zero.
    NegativePrice(usize),
    /// The pairs are worth more than their bound, which is then none.
    AboveBound,
}

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape => formatter.write_str("the answer does not fit the question"),
            Self::NotListed(learner) => write!(formatter, "learner {learner} got a mentor outside their list"),
            Self::Overfull(mentor) => write!(formatter, "mentor {mentor} got more learners than places"),
            Self::NegativePrice(mentor) => write!(formatter, "mentor {mentor} has a negative price"),
            Self::AboveBound => formatter.write_str("the pairs are worth more than their bound"),
        }
    }
}

impl std::error::Error for Broken {}

/// Accepts or rejects `matching` as an answer to `problem`; the bound is over the lists.
pub fn check(problem: &Problem, matching: &Matching) -> Result<Certificate, Broken> {
    let objective = objective(problem, matching)?;
    let profits: i128 = (0..problem.learners.len())
        .into_par_iter()
        .with_min_len(GRAIN)
        .map(|learner| i128::from(profit(problem.list(learner), &matching.prices, matching.scale)))
        .sum();
    proven(objective, bound(problem, matching, profits)?)
}

/// As [`check`], with a bound over more pairs than the lists name: `bound` comes from [`bound`] with
/// the profits that learners could make among all of these pairs.
pub(super) fn check_within(problem: &Problem, matching: &Matching, bound: i64) -> Result<Certificate, Broken> {
    proven(objective(problem, matching)?, bound)
}

fn proven(objective: i64, bound: i64) -> Result<Certificate, Broken> {
    if objective > bound { Err(Broken::AboveBound) } else { Ok(Certificate { objective, bound }) }
}

/// The sum of the values, when every pair is listed and no mentor has too many.
pub(super) fn objective(problem: &Problem, matching: &Matching) -> Result<i64, Broken> {
    let fits = matching.mentor_of.len() == problem.learners.len() && matching.prices.len() == problem.places.len();
    if !fits || matching.scale < 1 {
        return Err(Broken::Shape);
    }
    let values: Vec<Option<u32>> = (0..matching.mentor_of.len())
        .into_par_iter()
        .with_min_len(GRAIN)
        .map(|learner| matching.mentor_of[learner].and_then(|mentor| problem.value(learner, mentor)))
        .collect();
    let mut left = problem.places.clone();
    let mut sum = 0;
    for (learner, (mentor, value)) in matching.mentor_of.iter().zip(values).enumerate() {
        let Some(mentor) = mentor else { continue };
        let value = value.ok_or(Broken::NotListed(learner))?;
        let mentor = *mentor as usize;
        left[mentor] = left[mentor].checked_sub(1).ok_or(Broken::Overfull(mentor))?;
        sum += i64::from(value);
    }
    Ok(sum)
}

/// What no matching can exceed: all places at their prices, plus `profits`, the sum over all learners
/// of the best that each could make at these prices, counted in parts of a score unit.
pub(super) fn bound(problem: &Problem, matching: &Matching, profits: i128) -> Result<i64, Broken> {
    if let Some(mentor) = matching.prices.iter().position(|price| *price < 0) {
        return Err(Broken::NegativePrice(mentor));
    }
    let prices = matching.prices.iter().zip(&problem.places);
    let places: i128 = prices.map(|(price, places)| i128::from(*price) * i128::from(*places)).sum();
    Ok((places + profits).div_euclid(i128::from(matching.scale)) as i64)
}

/// The best a learner could make of a list at these prices; at least nothing.
pub(super) fn profit(list: &[Edge], prices: &[i64], scale: i64) -> i64 {
    let profit = |edge: &Edge| i64::from(edge.value) * scale - prices[edge.mentor as usize];
    list.iter().map(profit).max().unwrap_or(0).max(0)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::auction::{self, Start};
    use super::super::greedy;
    use super::super::options::Budget;
    use super::*;

    /// Two learners want the one place of mentor 0; only learner 0 has another way.
    fn problem() -> Problem {
        let edge = |mentor, value| Edge { mentor, value };
        let ids = |first: u128| vec![Uuid::from_u128(first), Uuid::from_u128(first + 1)];
        let mut problem = Problem::of(ids(1), ids(3), vec![1, 1]);
        problem.add([edge(0, 9), edge(1, 8)]);
        problem.add([edge(0, 7)]);
        problem
    }

    #[test]
    fn the_optimum_is_proven_and_greed_is_not() {
        let problem = problem();
        let best = auction::solve(&problem, &Start::cold(), Budget::default()).map(|best| check(&problem, &best));
        assert_eq!(best, Some(Ok(Certificate { objective: 15, bound: 15 })));
        let greedy = check(&problem, &greedy::solve(&problem));
        assert_eq!(greedy, Ok(Certificate { objective: 9, bound: 16 }));
        assert_eq!(greedy.map(|certificate| certificate.proves_optimal()), Ok(false));
    }

    #[test]
    fn a_tampered_answer_is_rejected() {
        let problem = problem();
        let honest = Matching { mentor_of: vec![Some(1), Some(0)], prices: vec![1, 0], scale: 1 };
        assert_eq!(check(&problem, &honest), Ok(Certificate { objective: 15, bound: 15 }));
        let tamper = |change: &dyn Fn(&mut Matching)| {
            let mut answer = honest.clone();
            change(&mut answer);
            check(&problem, &answer)
        };
        assert_eq!(tamper(&|answer| answer.mentor_of[1] = Some(1)), Err(Broken::NotListed(1)));
        assert_eq!(tamper(&|answer| answer.mentor_of[0] = Some(0)), Err(Broken::Overfull(0)));
        assert_eq!(tamper(&|answer| answer.prices[1] = -1), Err(Broken::NegativePrice(1)));
        assert_eq!(tamper(&|answer| answer.mentor_of.truncate(1)), Err(Broken::Shape));
        let dropped = tamper(&|answer| answer.mentor_of[1] = None);
        assert_eq!(dropped.map(|certificate| certificate.proves_optimal()), Ok(false));
    }
}
