//! The assignment problem as numbers, and an answer to it.

use std::collections::HashMap;

use uuid::Uuid;

use crate::need::Need;
use crate::rank::Suggestion;

/// A pair that may be formed, seen from the learner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// Number of the mentor in [`Problem::mentors`].
    pub mentor: u32,
    /// What the pair is worth, at least 0.
    pub value: i64,
}

/// Learners with lists, mentors with places.
#[derive(Debug)]
pub struct Problem {
    /// The learners, which order equal pairs.
    pub learners: Vec<Uuid>,
    /// The mentors named in any list.
    pub mentors: Vec<Uuid>,
    /// Places per mentor, at least one.
    pub places: Vec<u32>,
    /// Per learner, the pairs that may be formed.
    pub edges: Vec<Vec<Edge>>,
}

/// Who gets whom, and the prices that prove it.
#[derive(Debug, Clone)]
pub struct Matching {
    /// Per learner, the number of the mentor.
    pub mentor_of: Vec<Option<u32>>,
    /// Price of a place per mentor, in parts of one score unit.
    pub prices: Vec<i64>,
    /// How many parts make one score unit.
    pub scale: i64,
}

impl Problem {
    /// Numbers the mentors of the lists in the order they come.
    pub(crate) fn from_lists(needs: &[Need], lists: &[Vec<Suggestion>]) -> Self {
        let mut problem = Self {
            learners: needs.iter().map(|need| need.learner_id).collect(),
            mentors: Vec::new(),
            places: Vec::new(),
            edges: Vec::with_capacity(lists.len()),
        };
        let mut numbers: HashMap<u32, u32> = HashMap::new();
        for list in lists {
            let edges = list.iter().map(|suggestion| {
                let mentor = *numbers.entry(suggestion.row).or_insert_with(|| {
                    problem.mentors.push(suggestion.id);
                    problem.places.push(u32::from(suggestion.places));
                    problem.mentors.len() as u32 - 1
                });
                Edge { mentor, value: i64::from(suggestion.terms.total()) }
            });
            let edges = edges.collect();
            problem.edges.push(edges);
        }
        problem
    }
}
