//! Lists laid out for the auction: compressed rows, seen from the learners and from the mentors.
//!
//! A pair takes 32 bits where the numbers allow it (14 for the score, 18 for the other side), so a
//! list of 32 mentors is two cache lines; any other problem takes 64 bits a pair.

use super::problem::Problem;

/// Bits for the number of the other side in a [`Packed`] pair; the rest holds the value.
pub(super) const BITS: u32 = 18;

/// One pair as a row holds it: who is on the other side, and what the pair is worth.
pub(super) trait Pair: Copy + Default {
    fn new(other: u32, value: u32) -> Self;
    fn other(self) -> u32;
    fn value(self) -> u32;
}

/// A pair in 32 bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(transparent)]
pub(super) struct Packed(u32);

impl Packed {
    /// Whether every pair of `problem` fits, of which none is worth more than `highest`.
    pub(super) fn holds(problem: &Problem, highest: i64) -> bool {
        let sides = problem.learners.len().max(problem.mentors.len());
        sides <= 1 << BITS && highest < 1 << (u32::BITS - BITS)
    }
}

impl Pair for Packed {
    fn new(other: u32, value: u32) -> Self {
        Self(value << BITS | other)
    }

    fn other(self) -> u32 {
        self.0 & ((1 << BITS) - 1)
    }

    fn value(self) -> u32 {
        self.0 >> BITS
    }
}

/// A pair in 64 bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Wide {
    other: u32,
    value: u32,
}

impl Pair for Wide {
    fn new(other: u32, value: u32) -> Self {
        Self { other, value }
    }

    fn other(self) -> u32 {
        self.other
    }

    fn value(self) -> u32 {
        self.value
    }
}

/// Rows that stand one after another.
#[derive(Debug)]
pub(super) struct Rows<P> {
    /// Where each row starts, and where the last one ends.
    starts: Vec<u32>,
    pairs: Vec<P>,
}

impl<P: Pair> Rows<P> {
    /// Each learner's mentors.
    pub(super) fn of_learners(problem: &Problem) -> Self {
        let mut starts = Vec::with_capacity(problem.learners.len() + 1);
        let mut end = 0;
        starts.push(end);
        starts.extend(problem.lists().map(|list| {
            end += list.len() as u32;
            end
        }));
        Self { starts, pairs: problem.edges().iter().map(|edge| P::new(edge.mentor, edge.value)).collect() }
    }

    /// Each mentor's learners, by number: the same pairs seen from the other side.
    pub(super) fn turned(&self, others: usize) -> Self {
        let mut starts = vec![0_u32; others + 1];
        for pair in &self.pairs {
            starts[pair.other() as usize + 1] += 1;
        }
        for at in 0..others {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let mut pairs = vec![P::default(); self.pairs.len()];
        for number in 0..self.len() {
            for pair in self.row(number) {
                let at = &mut next[pair.other() as usize];
                pairs[*at as usize] = P::new(number as u32, pair.value());
                *at += 1;
            }
        }
        Self { starts, pairs }
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    pub(super) fn row(&self, number: usize) -> &[P] {
        &self.pairs[self.starts[number] as usize..self.starts[number + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::problem::Edge;
    use super::super::trial::{empty, problem};
    use super::*;

    fn pairs<P: Pair>(rows: &Rows<P>) -> Vec<(u32, u32, u32)> {
        (0..rows.len() as u32)
            .flat_map(|number| rows.row(number as usize).iter().map(move |pair| (number, pair.other(), pair.value())))
            .collect()
    }

    #[test]
    fn what_does_not_fit_32_bits_is_wide() {
        let mut high = empty(1, vec![1]);
        high.add([Edge { mentor: 0, value: 1 << 14 }]);
        assert!(!Packed::holds(&high, 1 << 14));
        let mut many = empty(1, vec![1; (1 << 18) + 1]);
        many.add([Edge { mentor: 1 << 18, value: 1 }]);
        assert!(!Packed::holds(&many, 1));
        assert_eq!(pairs(&Rows::<Wide>::of_learners(&many)), [(0, 1 << 18, 1)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn turned_rows_hold_the_same_pairs(problem in problem(12, 9)) {
            prop_assert!(Packed::holds(&problem, 10_000));
            let rows = Rows::<Packed>::of_learners(&problem);
            let mut turned: Vec<_> =
                pairs(&rows.turned(problem.mentors.len())).into_iter().map(|(mentor, learner, value)| (learner, mentor, value)).collect();
            let mut straight = pairs(&rows);
            turned.sort_unstable();
            straight.sort_unstable();
            prop_assert_eq!(turned, straight);
        }
    }
}
