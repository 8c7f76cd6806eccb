//! Which mentors suit a learner, and how a whole cohort is shared among mentors.
//!
//! Everything here is pure and synchronous and uses whole numbers only, so the Python fallback
//! gives the same answers bit for bit; `golden/*.json` holds both to it. A share is counted in
//! basis points: 10 000 is all of it.

pub mod assign;
pub mod availability;
pub mod candidate;
pub mod countries;
mod digest;
pub mod invalid;
pub mod need;
pub mod pool;
pub mod rank;
pub mod score;
pub mod weights;

pub use assign::{Cohort, Mode, Options, assign};
pub use availability::Mask;
pub use candidate::Candidate;
pub use countries::Country;
pub use invalid::Invalid;
pub use need::{Need, Wanted};
pub use pool::{Pool, Prices};
pub use rank::{Kernel, Suggestion, priced, rank};
pub use score::{Plan, Score, Terms};
pub use weights::Weights;

/// A whole share, in basis points.
pub const WHOLE: u32 = 10_000;
