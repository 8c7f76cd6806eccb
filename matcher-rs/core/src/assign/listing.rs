//! Lists that become a problem and can grow.

use uuid::Uuid;

use super::problem::{Edge, Problem};
use super::stable::Preferences;
use crate::rank::Suggestion;
use crate::score::{Score, Terms};

/// A mentor of the pool whom no list names yet.
const UNNAMED: u32 = u32::MAX;

/// The lists of a cohort: a problem that numbers the mentors in the order they are named, the row in
/// the pool of each of them, and why each pair is worth what it is.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) problem: Problem,
    /// One per pair, in the order of [`Problem::edges`].
    pub(super) terms: Vec<Terms>,
    /// The row of each numbered mentor.
    pub(super) rows: Vec<u32>,
    /// The number of each row.
    numbers: Vec<u32>,
    /// How many learners have a list.
    pub(super) made: usize,
}

impl Listing {
    /// No lists yet, for mentors from a pool of so many rows.
    pub(super) fn new(learners: Vec<Uuid>, rows: usize) -> Self {
        Self {
            problem: Problem::of(learners, Vec::new(), Vec::new()),
            terms: Vec::new(),
            rows: Vec::new(),
            numbers: vec![UNNAMED; rows],
            made: 0,
        }
    }

    /// Whether every learner has a list, if only an empty one.
    pub(super) fn is_complete(&self) -> bool {
        self.made == self.problem.learners.len()
    }

    /// The list of the next learner.
    pub(super) fn push(&mut self, list: &[Suggestion]) {
        let edges: Vec<Edge> = list.iter().map(|suggestion| self.edge(suggestion)).collect();
        self.problem.add(edges);
        self.terms.extend(list.iter().map(|suggestion| suggestion.terms));
        self.made += 1;
    }

    /// Adds new pairs at the end of each learner's list.
    pub(super) fn widen(&mut self, columns: &[Vec<Suggestion>]) {
        let learners = std::mem::take(&mut self.problem.learners);
        let mentors = std::mem::take(&mut self.problem.mentors);
        let places = std::mem::take(&mut self.problem.places);
        let old = std::mem::replace(&mut self.problem, Problem::of(learners, mentors, places));
        let old_terms = std::mem::take(&mut self.terms);
        let mut at = 0;
        for (learner, new) in columns.iter().enumerate() {
            let list = old.list(learner);
            let edges: Vec<Edge> = new.iter().map(|suggestion| self.edge(suggestion)).collect();
            self.problem.add(list.iter().copied().chain(edges));
            self.terms.extend_from_slice(&old_terms[at..at + list.len()]);
            self.terms.extend(new.iter().map(|suggestion| suggestion.terms));
            at += list.len();
        }
    }

    /// The number of the mentor in `row`, if any list names them.
    pub(super) fn number(&self, row: u32) -> Option<u32> {
        let number = self.numbers[row as usize];
        (number != UNNAMED).then_some(number)
    }

    /// Whether the list of `learner` names the mentor in `row`.
    pub(super) fn names(&self, learner: usize, row: u32) -> bool {
        self.number(row).is_some_and(|number| self.problem.value(learner, number).is_some())
    }

    /// The pair of `learner` and `mentor` explained, if the list names it.
    pub(super) fn score(&self, learner: usize, mentor: u32) -> Option<Score> {
        let list = self.problem.range(learner);
        let at = list.into_iter().find(|at| self.problem.edges()[*at].mentor == mentor)?;
        Some(Score { id: self.problem.mentors[mentor as usize], terms: self.terms[at] })
    }

    /// What the listed pairs are worth to the mentors.
    pub(super) fn preferences(&self) -> Preferences {
        Preferences::from_terms(&self.problem, self.terms.iter().copied())
    }

    /// Numbers the mentor when they are new.
    fn edge(&mut self, suggestion: &Suggestion) -> Edge {
        let number = &mut self.numbers[suggestion.row as usize];
        if *number == UNNAMED {
            *number = self.rows.len() as u32;
            self.rows.push(suggestion.row);
            self.problem.mentors.push(suggestion.id);
            self.problem.places.push(u32::from(suggestion.places));
        }
        Edge { mentor: *number, value: u32::from(suggestion.terms.total()) }
    }
}
