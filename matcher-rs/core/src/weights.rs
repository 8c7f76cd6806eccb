//! How much each term counts.

use crate::WHOLE;
use crate::invalid::{Invalid, require};

/// Basis points per term; together they make the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights {
    /// What the learner wants to learn and how well the mentor knows it.
    pub skill: u16,
    /// Quarter hours both are free.
    pub availability: u16,
    /// A shared language.
    pub language: u16,
    /// Same country, region, hours.
    pub location: u16,
    /// What earlier learners said.
    pub rating: u16,
    /// Share of the mentor's places that are free.
    pub free: u16,
    /// Months of experience.
    pub experience: u16,
}

impl Default for Weights {
    /// Reasoned in line with published programmes, not fitted to outcomes.
    fn default() -> Self {
        Self {
            skill: 4000,
            availability: 2000,
            language: 1000,
            location: 1000,
            rating: 1000,
            free: 700,
            experience: 300,
        }
    }
}

impl Weights {
    /// The same weights, if they make the whole.
    pub fn checked(self) -> Result<Self, Invalid> {
        let all =
            [self.skill, self.availability, self.language, self.location, self.rating, self.free, self.experience];
        let sum: u32 = all.into_iter().map(u32::from).sum();
        require(sum == WHOLE, || format!("the weights sum to {sum}; they must sum to {WHOLE}"))?;
        Ok(self)
    }
}
