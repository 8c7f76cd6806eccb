//! Small problems of every shape, and their optimum by a plain way. For tests.

use std::collections::HashMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::subsequence;
use uuid::Uuid;

use super::problem::{Edge, Problem};

/// Up to `learners` and `mentors`; equal, zero and far apart values; empty and full lists; one place
/// and more than there are learners.
pub(super) fn problem(learners: usize, mentors: usize) -> impl Strategy<Value = Problem> {
    let value = prop_oneof![Just(0), Just(5_000), 0_u32..4, 9_990_u32..=10_000, 0_u32..=10_000];
    let places = vec(prop_oneof![1_u32..3, 1_u32..=12, Just(1_000)], 1..=mentors);
    (places, 0..=learners).prop_flat_map(move |(places, learners)| {
        let numbers: Vec<u32> = (0..places.len() as u32).collect();
        let list = (subsequence(numbers, 0..=places.len()).prop_shuffle(), vec(value.clone(), places.len()));
        vec(list, learners).prop_map(move |lists| {
            let mut problem = empty(lists.len(), places.clone());
            for (list, values) in lists {
                problem.add(list.into_iter().zip(values).map(|(mentor, value)| Edge { mentor, value }));
            }
            problem
        })
    })
}

/// Up to `learners` and `mentors` of one or two places, whom all learners rank much alike: short lists
/// name the same few, and a search of the pool meets others later.
pub(super) fn alike(learners: usize, mentors: usize) -> impl Strategy<Value = Problem> {
    (vec(1_u32..3, 1..=mentors), 0..=learners).prop_flat_map(move |(places, learners)| {
        vec(vec(0_u32..150, places.len()), learners).prop_map(move |noises| {
            let mut problem = empty(noises.len(), places.clone());
            for noise in noises {
                problem
                    .add((0..).zip(noise).map(|(mentor, noise)| Edge { mentor, value: 9_000 - 50 * mentor + noise }));
            }
            problem
        })
    })
}

/// Learners and mentors with ids in order, and no lists yet.
pub(super) fn empty(learners: usize, places: Vec<u32>) -> Problem {
    let ids = |count: usize| (0..count as u128).map(Uuid::from_u128).collect();
    Problem::of(ids(learners), ids(places.len()), places)
}

/// A learner for each of `lists`, which has the value of the pair with every mentor, if it is possible.
pub(super) fn listed(places: Vec<u32>, lists: &[Vec<Option<u32>>]) -> Problem {
    let mut problem = empty(lists.len(), places);
    for list in lists {
        problem.add((0..).zip(list).filter_map(|(mentor, value)| Some(Edge { mentor, value: (*value)? })));
    }
    problem
}

/// Numbers below the one asked for, the same for the same seed (a linear congruential generator with the
/// multiplier and increment of Knuth's MMIX).
pub(super) fn chance(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed;
    move |end| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % end
    }
}

/// The highest sum: one learner after the other, the best for every way to have used the places.
pub(super) fn optimum(problem: &Problem) -> i64 {
    let mut best = HashMap::from([(vec![0; problem.places.len()], 0_i64)]);
    for list in problem.lists() {
        let mut next = best.clone();
        for (used, sum) in best {
            for edge in list.iter().filter(|edge| used[edge.mentor as usize] < problem.places[edge.mentor as usize]) {
                let mut used = used.clone();
                used[edge.mentor as usize] += 1;
                let known = next.entry(used).or_insert(0);
                *known = (*known).max(sum + i64::from(edge.value));
            }
        }
        best = next;
    }
    best.into_values().max().unwrap_or(0)
}
