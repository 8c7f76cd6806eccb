//! Best pair first.

use super::order::{Wishes, by_id};
use super::problem::{Matching, Problem};

/// Takes pairs by falling value while learner and mentor are free; equal values by learner, then
/// mentor id. Worth at least half of the optimum (Avis 1983), and the one stable matching when mentors
/// value pairs as learners do. No prices: the bound is what the learners would get if places never
/// ran out.
///
/// Linear in the pairs and the highest value: a counting sort over lists that are in order already.
pub fn solve(problem: &Problem) -> Matching {
    let mut left = problem.places.clone();
    let mut mentor_of = vec![None; problem.learners.len()];
    for (learner, mentor) in best_first(problem) {
        let places = &mut left[mentor as usize];
        let taken = &mut mentor_of[learner as usize];
        if taken.is_none() && *places > 0 {
            *places -= 1;
            *taken = Some(mentor);
        }
    }
    Matching { mentor_of, prices: vec![0; problem.mentors.len()], scale: 1 }
}

/// All pairs (learner, mentor) in the order in which they are tried. Learners are read by id and
/// their lists best first, and a counting sort keeps the order of equal values.
fn best_first(problem: &Problem) -> Vec<(u32, u32)> {
    let edges = problem.edges();
    let wishes = Wishes::new(problem);
    let mut next = first_places(edges.iter().map(|edge| edge.value));
    let mut pairs = vec![(0, 0); edges.len()];
    for learner in by_id(&problem.learners) {
        for at in wishes.of(learner as usize) {
            let edge = edges[*at as usize];
            let place = &mut next[edge.value as usize];
            pairs[*place] = (learner, edge.mentor);
            *place += 1;
        }
    }
    pairs
}

/// Per value, how many values are higher: where its pairs start.
fn first_places(values: impl Iterator<Item = u32> + Clone) -> Vec<usize> {
    let highest = values.clone().max().unwrap_or(0) as usize;
    let mut counts = vec![0; highest + 1];
    for value in values {
        counts[value as usize] += 1;
    }
    let mut higher = 0;
    for count in counts.iter_mut().rev() {
        higher += std::mem::replace(count, higher);
    }
    counts
}
