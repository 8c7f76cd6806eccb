//! How evenly a cohort was served: who was left out, and how unequal scores and loads are.
//!
//! Whole numbers only, every division rounded down, so the Python fallback gives the same block.

use std::collections::BTreeMap;

use super::problem::{Matching, Problem};
use crate::WHOLE;
use crate::need::Need;

/// The figures of one answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fairness {
    /// All learners asked for.
    pub learners: u32,
    /// Learners without a mentor, for whatever reason.
    pub unassigned: u32,
    /// Of these, learners whom no mentor suits.
    pub without_candidates: u32,
    /// The lowest score of an assigned learner; 0 when nobody is assigned, as the next two.
    pub minimum: u32,
    /// The score that at least 5 % of the assigned learners do not exceed (nearest rank).
    pub fifth_percentile: u32,
    /// Mean score of the assigned learners, rounded down.
    pub mean: u32,
    /// [`gini`] of the scores of all learners; those without a mentor count 0.
    pub gini_score: u32,
    /// [`gini`] of the loads of the mentors that any list names.
    pub gini_load: u32,
    /// Learners by country code, "" for those who told none; by key.
    pub by_country: Vec<Group>,
    /// Learners by preferred language, "" for those who named none; by key.
    pub by_language: Vec<Group>,
}

/// Learners who have something in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What they have in common.
    pub key: String,
    /// How many they are.
    pub learners: u32,
    /// How many of them have no mentor.
    pub unassigned: u32,
}

/// What became of one learner.
#[derive(Debug, Clone, Copy)]
pub struct Outcome<'n> {
    /// Country code, or "".
    pub country: &'n str,
    /// Preferred language, or "".
    pub language: &'n str,
    /// Whether any mentor suits.
    pub has_candidates: bool,
    /// The score with the mentor assigned, if any.
    pub score: Option<u32>,
}

impl Fairness {
    /// The figures of a matching that [`super::certificate::check`] accepts; `needs` stand in the order
    /// of the problem's learners.
    pub fn of(needs: &[Need], problem: &Problem, matching: &Matching) -> Self {
        let outcomes = needs.iter().enumerate().map(|(learner, need)| {
            let list = problem.list(learner);
            let mentor = matching.mentor_of[learner];
            let pair = list.iter().find(|edge| Some(edge.mentor) == mentor);
            Outcome {
                country: need.country.as_ref().map_or("", |country| country.as_str()),
                language: need.languages.first().map_or("", |language| language),
                has_candidates: !list.is_empty(),
                score: pair.map(|edge| edge.value),
            }
        });
        Self::new(outcomes, loads(problem, matching))
    }

    /// The figures from one outcome per learner and one load per mentor, as [`load`] counts it.
    pub fn new<'n>(outcomes: impl IntoIterator<Item = Outcome<'n>>, loads: Vec<u32>) -> Self {
        let mut fairness = Self { gini_load: gini(loads), ..Self::default() };
        let mut scores = Vec::new();
        let mut countries = Groups::default();
        let mut languages = Groups::default();
        for Outcome { country, language, has_candidates, score } in outcomes {
            let left_out = u32::from(score.is_none());
            fairness.learners += 1;
            fairness.unassigned += left_out;
            fairness.without_candidates += u32::from(!has_candidates);
            countries.add(country, left_out);
            languages.add(language, left_out);
            scores.extend(score);
        }
        scores.sort_unstable();
        fairness.minimum = scores.first().copied().unwrap_or(0);
        fairness.fifth_percentile = nearest_rank(&scores, 5);
        fairness.mean = mean(&scores);
        scores.resize(fairness.learners as usize, 0);
        fairness.gini_score = gini(scores);
        fairness.by_country = countries.into_list();
        fairness.by_language = languages.into_list();
        fairness
    }
}

/// The share of a mentor's places that is assigned, in basis points; without places, nothing.
pub fn load(assigned: u32, places: u32) -> u32 {
    let share = u64::from(assigned) * u64::from(WHOLE) / u64::from(places).max(1);
    share as u32
}

/// Loads of the mentors that any list names.
fn loads(problem: &Problem, matching: &Matching) -> Vec<u32> {
    let mut named = vec![false; problem.mentors.len()];
    for edge in problem.edges() {
        named[edge.mentor as usize] = true;
    }
    let mut assigned = vec![0; problem.mentors.len()];
    for mentor in matching.mentor_of.iter().flatten() {
        assigned[*mentor as usize] += 1;
    }
    (0..named.len())
        .filter(|mentor| named[*mentor])
        .map(|mentor| load(assigned[mentor], problem.places[mentor]))
        .collect()
}

/// The Gini coefficient in basis points, rounded down: 0 when all have the same, near 10 000 when one
/// has all (Gini 1912). With values sorted upwards, x(1) to x(n), it is the sum of (2i - n - 1) x(i)
/// over n times the sum of all (the form of Sen 1973). Nothing to share is shared evenly: 0.
pub fn gini(mut values: Vec<u32>) -> u32 {
    values.sort_unstable();
    let count = values.len() as u128;
    let sum: u128 = values.iter().map(|value| u128::from(*value)).sum();
    let ranked: u128 = (1..).zip(&values).map(|(rank, value): (u128, &u32)| rank * u128::from(*value)).sum();
    let basis_points = (2 * ranked - (count + 1) * sum) * u128::from(WHOLE) / (count * sum).max(1);
    basis_points as u32
}

/// The smallest of the `sorted` values that at least `percent` of them do not exceed.
fn nearest_rank(sorted: &[u32], percent: usize) -> u32 {
    let rank = (sorted.len() * percent).div_ceil(100);
    rank.checked_sub(1).map_or(0, |at| sorted[at])
}

fn mean(values: &[u32]) -> u32 {
    let sum: u64 = values.iter().map(|value| u64::from(*value)).sum();
    (sum / (values.len() as u64).max(1)) as u32
}

/// Learners and those left out, per key.
#[derive(Default)]
struct Groups<'n>(BTreeMap<&'n str, (u32, u32)>);

impl<'n> Groups<'n> {
    fn add(&mut self, key: &'n str, left_out: u32) {
        let (learners, unassigned) = self.0.entry(key).or_default();
        *learners += 1;
        *unassigned += left_out;
    }

    fn into_list(self) -> Vec<Group> {
        let group = |(key, (learners, unassigned)): (&str, _)| Group { key: key.to_owned(), learners, unassigned };
        self.0.into_iter().map(group).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_who_has_all_is_as_unequal_as_it_gets() {
        assert_eq!(gini(vec![7; 9]), 0);
        assert_eq!(gini(vec![0, 0, 0, 5]), 7_500);
        assert_eq!(gini(vec![1, 3]), 2_500);
        assert_eq!((gini(Vec::new()), gini(vec![0; 4])), (0, 0));
        assert_eq!(gini([vec![0; 99_999], vec![10_000]].concat()), 9_999);
    }

    #[test]
    fn the_fifth_percentile_is_a_score_that_was_given() {
        let scores: Vec<u32> = (1..=40).map(|score| score * 100).collect();
        assert_eq!(nearest_rank(&scores, 5), 200);
        assert_eq!(nearest_rank(&scores[..20], 5), 100);
        assert_eq!(nearest_rank(&scores[..21], 5), 200);
        assert_eq!(nearest_rank(&[], 5), 0);
    }

    #[test]
    fn loads_round_down_and_survive_no_places() {
        assert_eq!((load(1, 3), load(3, 3), load(0, 0)), (3_333, 10_000, 0));
    }
}
