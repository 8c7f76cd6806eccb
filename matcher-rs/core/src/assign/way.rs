//! Which of the two ways to the optimum is the quicker one.

use super::auction::{self, Start};
use super::dense;
use super::options::Options;
use super::problem::{Matching, Problem};

/// Pairs up to which a matrix may be made: 64 MB of it.
const MATRIX: usize = 1 << 25;

/// How the highest sum is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// An auction over the lists.
    Auction,
    /// Shortest augmenting paths over a matrix of all pairs.
    Matrix,
}

impl Way {
    /// The quicker way.
    pub fn quicker(problem: &Problem) -> Self {
        let fits = problem.learners.len().saturating_mul(problem.mentors.len()) <= MATRIX;
        if fits && dense::suits(problem) { Self::Matrix } else { Self::Auction }
    }

    pub(super) fn solve(self, problem: &Problem, options: &Options<'_>) -> Option<Matching> {
        match self {
            Self::Matrix => dense::solve_within(problem, options.budget),
            Self::Auction => auction::solve(problem, &Start::warm(problem, options.warm), options.budget),
        }
    }
}
