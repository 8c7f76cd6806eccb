//! Where an auction begins: at nothing, at prices that an earlier assignment left, or at an answer for the
//! same learners with other lists.

use super::scale;
use crate::assign::options::Prices;
use crate::assign::problem::{Matching, Problem};

/// The first eps of a cold start and of a start from kept prices, in score units. With
/// [`super::SHRINK`] the best of 15 schedules tried on 100 000 learners with lists of 32.
const FIRST_EPS: i64 = 4096;
const WARM_EPS: i64 = 256;

/// Where an auction begins and when it is good enough.
#[derive(Debug, Clone)]
pub(in crate::assign) struct Start {
    /// Price per mentor in parts of a score unit, see [`super::scale`]; nothing for mentors beyond the end.
    pub(super) prices: Vec<i64>,
    /// The mentor each learner had at these prices; nobody for learners beyond the end.
    pub(super) mentor_of: Vec<Option<u32>>,
    /// The first eps in score units.
    pub(super) eps: i64,
    /// The proven gap, in millionths of the bound, that is good enough.
    pub(in crate::assign) gap_ppm: u32,
}

impl Start {
    /// Nothing is known.
    pub(in crate::assign) fn cold() -> Self {
        Self { prices: Vec::new(), mentor_of: Vec::new(), eps: FIRST_EPS, gap_ppm: 0 }
    }

    /// From prices of an earlier assignment of other learners, if there are any.
    pub(in crate::assign) fn warm(problem: &Problem, kept: Option<&Prices>) -> Self {
        let Some(kept) = kept.filter(|kept| !kept.is_empty()) else { return Self::cold() };
        Self { prices: kept.of(&problem.mentors, scale(problem)), eps: WARM_EPS, ..Self::cold() }
    }

    /// From an answer for the same learners with other lists.
    pub(in crate::assign) fn resume(&mut self, matching: &Matching, eps: i64) {
        self.prices.clone_from(&matching.prices);
        self.mentor_of.clone_from(&matching.mentor_of);
        self.eps = eps;
    }
}
