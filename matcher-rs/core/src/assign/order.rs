//! Orders that leave nothing to chance: equal values are told apart by id.

use std::cmp::Reverse;

use uuid::Uuid;

use super::problem::Problem;

/// The numbers of `ids` by rising id.
pub(super) fn by_id(ids: &[Uuid]) -> Vec<u32> {
    let mut keyed: Vec<(Uuid, u32)> = ids.iter().copied().zip(0..).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, number)| number).collect()
}

/// The place of each number in `order`: the inverse of a permutation.
pub(super) fn places_in(order: &[u32]) -> Vec<u32> {
    let mut places = vec![0; order.len()];
    for (place, number) in (0..).zip(order) {
        places[*number as usize] = place;
    }
    places
}

/// Every learner's pairs as positions in [`Problem::edges`], best first: by falling value, equal
/// values by mentor id. Lists that stand in this order already, as ranking leaves them, are only read.
#[derive(Debug)]
pub(super) struct Wishes {
    positions: Vec<u32>,
    /// Where each learner's positions start; one more at the end.
    starts: Vec<u32>,
}

impl Wishes {
    pub(super) fn new(problem: &Problem) -> Self {
        let ids = places_in(&by_id(&problem.mentors));
        let edges = problem.edges();
        let mut positions: Vec<u32> = (0..edges.len() as u32).collect();
        let mut starts = Vec::with_capacity(problem.learners.len() + 1);
        starts.push(0);
        let mut start = 0;
        for list in problem.lists() {
            let end = start + list.len();
            let key = |at: &u32| {
                let edge = edges[*at as usize];
                (Reverse(edge.value), ids[edge.mentor as usize])
            };
            let own = &mut positions[start..end];
            if !own.is_sorted_by_key(key) {
                own.sort_unstable_by_key(key);
            }
            start = end;
            starts.push(start as u32);
        }
        Self { positions, starts }
    }

    /// The positions of one learner's pairs, best first.
    pub(super) fn of(&self, learner: usize) -> &[u32] {
        &self.positions[self.starts[learner] as usize..self.starts[learner + 1] as usize]
    }
}
