//! Which of the two sides bids, and the problem as that side sees it: a row for each of its own, a column
//! for each of the others.

use super::lanes::Lanes;
use super::matrix::Matrix;
use super::{Solver, sum};
use crate::assign::options::Budget;
use crate::assign::problem::Matching;

/// Who bids.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side {
    Learners,
    Places,
}

impl Side {
    /// Usually the fewer. But mentors with many places are few columns, quickly searched, so places
    /// bid only when they are few beside both sides.
    pub(super) fn bidding(learners: usize, places: &[u32]) -> Self {
        let pairs = (learners as u64).saturating_mul(places.len() as u64);
        let places = sum(places);
        if learners as u64 > places && places.saturating_mul(places) <= pairs.saturating_mul(2) {
            Self::Places
        } else {
            Self::Learners
        }
    }

    pub(super) fn turn<T>(self, learner: T, mentor: T) -> (T, T) {
        match self {
            Self::Learners => (learner, mentor),
            Self::Places => (mentor, learner),
        }
    }

    pub(super) fn matrix(self, learners: usize, mentors: usize) -> Matrix {
        let (rows, columns) = self.turn(learners, mentors);
        Matrix::new(rows, columns)
    }

    pub(super) fn solve(
        self,
        matrix: &Matrix,
        learners: usize,
        places: &[u32],
        lanes: Lanes,
        budget: Budget<'_>,
    ) -> Option<Matching> {
        let numbers = 0..places.len() as u32;
        match self {
            Self::Learners => {
                let rows = (0..learners as u32).collect();
                let solver = Solver::new(matrix, rows, places, lanes).solve(budget)?;
                let prices = solver.prices.all().iter().map(|price| i64::from(*price)).collect();
                Some(Matching { mentor_of: solver.column_of, prices, scale: 1 })
            }
            Self::Places => {
                let copies = |mentor: u32| std::iter::repeat_n(mentor, places[mentor as usize] as usize);
                let rows = numbers.clone().flat_map(copies).collect();
                let room = vec![1; learners];
                let solver = Solver::new(matrix, rows, &room, lanes).solve(budget)?;
                let mut mentor_of = vec![None; learners];
                for (mentor, learner) in solver.rows.iter().zip(&solver.column_of) {
                    if let Some(learner) = learner {
                        mentor_of[*learner as usize] = Some(*mentor);
                    }
                }
                let prices = numbers.map(|mentor| i64::from(solver.best_profit(mentor))).collect();
                Some(Matching { mentor_of, prices, scale: 1 })
            }
        }
    }
}
