//! Which start is the better one.
//!
//! Where places are about as many as bidders, or too few and wanted by many at once, a scaled auction finds
//! the prices, and only the pairs that are exact at them are kept. Elsewhere it is row reduction.

use super::{Solver, sum};
use crate::assign::options::Budget;

/// A scaled auction is the better start when at most one place in so many is to spare; and when row
/// reduction seats less than half, as where all want much the same, already at one in so many. Each
/// place to spare may cost a search afterwards.
const EVEN: u64 = 64;
const NEARLY_EVEN: u64 = 8;

impl Solver<'_> {
    /// Seats most bidders at good prices. Those who could do better and hold nothing now.
    pub(super) fn start(&mut self, budget: Budget<'_>) -> Vec<u32> {
        if self.spares_one_in(EVEN) {
            return self.scale(budget);
        }
        let reduced = self.reduce_rows(budget);
        let has_failed = reduced.as_ref().is_none_or(|free| free.len() * 2 > self.rows.len());
        reduced.filter(|_| !(has_failed && self.may_scale())).unwrap_or_else(|| self.scale(budget))
    }

    pub(super) fn may_scale(&self) -> bool {
        self.is_short() || self.spares_one_in(NEARLY_EVEN)
    }

    /// Whether there are more bidders than places.
    pub(super) fn is_short(&self) -> bool {
        self.rows.len() as u64 > sum(self.room)
    }

    /// Whether there is room for all bidders, and at most one place in `count` to spare.
    fn spares_one_in(&self, count: u64) -> bool {
        let (bidders, places) = (self.rows.len() as u64, sum(self.room));
        bidders <= places && (places - bidders).saturating_mul(count) <= places
    }
}

#[cfg(test)]
mod tests {
    use super::super::lanes::Lanes;
    use super::super::matrix::Matrix;
    use super::*;
    use crate::assign::trial::{chance, listed};
    use crate::assign::way::Way;

    /// Rows looked at per learner, where 1 000 learners want 100 mentors with places for `supply` in a
    /// hundred of them; `value` of a learner's and a mentor's traits and of chance.
    fn looked(supply: u32, value: impl Fn(&[u64; 3], &[u64; 3], u64) -> u64) -> u64 {
        let mut below = chance(1);
        let mut chance = || below(10_000);
        let mentors: Vec<[u64; 3]> = (0..100).map(|_| std::array::from_fn(|_| chance())).collect();
        let mut list = || {
            let own = std::array::from_fn(|_| chance());
            mentors.iter().map(|other| Some(1 + value(&own, other, chance()).min(9_999) as u32)).collect()
        };
        let lists: Vec<Vec<_>> = (0..1_000).map(|_| list()).collect();
        let problem = listed(vec![supply / 10; 100], &lists);
        assert_eq!(Way::quicker(&problem), Way::Matrix);
        let mut matrix = Matrix::new(1_000, 100);
        let pairs = lists.iter().enumerate().flat_map(|(row, list)| (0..).zip(list).map(move |pair| (row, pair)));
        pairs.for_each(|(row, (column, value))| matrix.set(row, column, value.unwrap_or_default()));
        let solver = Solver::new(&matrix, (0..1_000).collect(), &problem.places, Lanes::Portable);
        solver.solve(Budget::default()).map_or(u64::MAX, |solver| solver.looked / 1_000)
    }

    #[test]
    fn few_rows_are_looked_at_whatever_learners_want() {
        let low_rank = |own: &[u64; 3], other: &[u64; 3], _| {
            own.iter().zip(other).map(|(mine, theirs)| mine * theirs / 30_000).sum()
        };
        let alike = |_: &[u64; 3], other: &[u64; 3], chance| other[0] * 4 / 5 + chance / 5;
        let by_chance = |_: &[u64; 3], _: &[u64; 3], chance| chance;
        for supply in [60, 90, 100, 110] {
            for (named, rows) in [
                ("low rank", looked(supply, low_rank)),
                ("alike", looked(supply, alike)),
                ("by chance", looked(supply, by_chance)),
            ] {
                assert!(rows <= 45, "{named}, places for {supply} in a hundred: {rows} rows per learner");
            }
        }
    }
}
