//! Best pair first.

use std::cmp::Reverse;

use super::problem::{Edge, Matching, Problem};

/// Takes pairs by falling value while learner and mentor are free; equal values by learner, then
/// mentor id. No prices: the bound is what the learners would get if places never ran out.
pub(super) fn solve(problem: &Problem) -> Matching {
    let mut pairs: Vec<(usize, Edge)> = Vec::new();
    for (learner, list) in problem.lists().enumerate() {
        pairs.extend(list.iter().map(|edge| (learner, *edge)));
    }
    pairs.sort_unstable_by_key(|(learner, edge)| {
        (Reverse(edge.value), problem.learners[*learner], problem.mentors[edge.mentor as usize])
    });
    let mut left = problem.places.clone();
    let mut mentor_of = vec![None; problem.learners.len()];
    for (learner, edge) in pairs {
        let places = &mut left[edge.mentor as usize];
        if mentor_of[learner].is_none() && *places > 0 {
            *places -= 1;
            mentor_of[learner] = Some(edge.mentor);
        }
    }
    Matching { mentor_of, prices: vec![0; problem.mentors.len()], scale: 1 }
}
