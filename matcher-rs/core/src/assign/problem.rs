//! The assignment problem as numbers, and an answer to it.

use std::ops::Range;

use uuid::Uuid;

/// A pair that may be formed, seen from the learner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// Number of the mentor in [`Problem::mentors`].
    pub mentor: u32,
    /// What the pair is worth: a score, 0 to [`crate::WHOLE`].
    pub value: u32,
}

/// Learners with lists, mentors with places. The lists stand one after another (compressed sparse
/// rows), so that a solver reads memory in order.
#[derive(Debug, Clone, Default)]
pub struct Problem {
    /// The learners, which order equal pairs.
    pub learners: Vec<Uuid>,
    /// The mentors that lists may name, by number.
    pub mentors: Vec<Uuid>,
    /// Places per mentor, at least one.
    pub places: Vec<u32>,
    ends: Vec<u32>,
    edges: Vec<Edge>,
}

/// Who gets whom, and the prices that prove it.
#[derive(Debug, Clone, Default)]
pub struct Matching {
    /// Per learner, the number of the mentor.
    pub mentor_of: Vec<Option<u32>>,
    /// Price of a place per mentor, in parts of one score unit.
    pub prices: Vec<i64>,
    /// How many parts make one score unit.
    pub scale: i64,
}

impl Problem {
    /// A problem whose learners have no lists yet; [`Problem::push`] gives them theirs in turn.
    pub fn new(learners: Vec<Uuid>, mentors: Vec<Uuid>, places: Vec<u32>) -> Self {
        Self { ends: Vec::with_capacity(learners.len()), edges: Vec::new(), learners, mentors, places }
    }

    /// The list of the next learner: each mentor once, each number below the count of mentors.
    pub fn push(&mut self, list: impl IntoIterator<Item = Edge>) {
        self.edges.extend(list);
        self.ends.push(self.edges.len() as u32);
    }

    /// The pairs that `learner` may form; none for a learner without a list.
    pub fn list(&self, learner: usize) -> &[Edge] {
        &self.edges[self.range(learner)]
    }

    /// Where the list of `learner` stands in [`Problem::edges`].
    pub fn range(&self, learner: usize) -> Range<usize> {
        let Some(end) = self.ends.get(learner) else { return 0..0 };
        let start = if learner == 0 { 0 } else { self.ends[learner - 1] };
        start as usize..*end as usize
    }

    /// Every list, in the order of the learners.
    pub fn lists(&self) -> impl Iterator<Item = &[Edge]> {
        (0..self.learners.len()).map(|learner| self.list(learner))
    }

    /// What the pair of `learner` and `mentor` is worth, if the list names it.
    pub fn value(&self, learner: usize, mentor: u32) -> Option<u32> {
        self.list(learner).iter().find(|edge| edge.mentor == mentor).map(|edge| edge.value)
    }

    /// All pairs of all lists.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }
}
