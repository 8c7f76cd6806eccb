//! The two ways to the optimum beside each other.

use matcher_core::assign::{Problem, Way, solve_by};
use serde_json::json;

use crate::Answer;
use crate::lists::timed;

/// The quickest of so many rounds of both, in turns, and which of them would be taken.
pub(crate) fn compare(problem: &Problem, rounds: usize) -> Answer {
    let (mut matrix, mut auction) = (f64::MAX, f64::MAX);
    for _ in 0..rounds {
        let mut worth = Vec::new();
        for (way, best) in [(Way::Matrix, &mut matrix), (Way::Auction, &mut auction)] {
            let (solved, seconds) = timed(|| solve_by(problem, way));
            *best = best.min(seconds);
            worth.push(solved?.certificate);
        }
        if worth[0] != worth[1] || !worth[0].proves_optimal() {
            return Err("the two ways differ".into());
        }
    }
    let taken = if Way::quicker(problem) == Way::Matrix { "matrix" } else { "auction" };
    Ok(json!({ "matrix": matrix, "auction": auction, "taken": taken }))
}
