//! The assignment problem as numbers, and an answer to it.

use std::ops::Range;

use uuid::Uuid;

use crate::WHOLE;
use crate::invalid::{Invalid, require};

/// A pair that may be formed, seen from the learner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// Number of the mentor in [`Problem::mentors`].
    pub mentor: u32,
    /// What the pair is worth: a score, 0 to [`crate::WHOLE`].
    pub value: u32,
}

/// Learners with lists, mentors with places. The lists stand one after another (compressed sparse
/// rows), so that a solver reads memory in order. Solvers trust what is checked here.
#[derive(Debug, Clone, Default)]
pub struct Problem {
    pub(crate) learners: Vec<Uuid>,
    pub(crate) mentors: Vec<Uuid>,
    pub(crate) places: Vec<u32>,
    ends: Vec<u32>,
    edges: Vec<Edge>,
    /// Per mentor, in which turn of [`Problem::push`] they were named last.
    named: Vec<u64>,
    turn: u64,
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
    ///
    /// Fails unless each mentor has at least one place.
    pub fn new(learners: Vec<Uuid>, mentors: Vec<Uuid>, places: Vec<u32>) -> Result<Self, Invalid> {
        let (counted, numbered) = (mentors.len(), places.len());
        require(counted == numbered, || format!("{counted} mentors need as many numbers of places, not {numbered}"))?;
        let full = places.iter().position(|places| *places == 0);
        require(full.is_none(), || format!("mentor {} has no place: leave them out", full.unwrap_or_default()))?;
        Ok(Self { named: vec![0; counted], ..Self::of(learners, mentors, places) })
    }

    /// The list of the next learner.
    ///
    /// Fails, and leaves the problem as it was, unless there is such a learner, each mentor is one of
    /// ours and named once, and each value at most [`WHOLE`]; four thousand million pairs are the most.
    pub fn push(&mut self, list: impl IntoIterator<Item = Edge>) -> Result<(), Invalid> {
        let (learner, start) = (self.ends.len(), self.edges.len());
        require(learner < self.learners.len(), || format!("there are {learner} learners, who have their lists"))?;
        self.edges.extend(list);
        let checked = self.check_from(start);
        match checked {
            Ok(()) => self.ends.push(self.edges.len() as u32),
            Err(_) => self.edges.truncate(start),
        }
        checked
    }

    fn check_from(&mut self, start: usize) -> Result<(), Invalid> {
        require(u32::try_from(self.edges.len()).is_ok(), || "these are too many pairs".to_owned())?;
        self.turn += 1;
        for Edge { mentor, value } in &self.edges[start..] {
            let Some(named) = self.named.get_mut(*mentor as usize) else {
                return Err(Invalid(format!("there is no mentor {mentor}")));
            };
            require(*named < self.turn, || format!("mentor {mentor} is named twice by one learner"))?;
            require(*value <= WHOLE, || format!("a pair is worth at most {WHOLE}, not {value}"))?;
            *named = self.turn;
        }
        Ok(())
    }

    /// As [`Problem::new`], of what is known to keep the rules.
    pub(crate) fn of(learners: Vec<Uuid>, mentors: Vec<Uuid>, places: Vec<u32>) -> Self {
        Self { ends: Vec::with_capacity(learners.len()), learners, mentors, places, ..Self::default() }
    }

    /// As [`Problem::push`], of what is known to keep the rules.
    pub(crate) fn add(&mut self, list: impl IntoIterator<Item = Edge>) {
        self.edges.extend(list);
        self.ends.push(self.edges.len() as u32);
    }

    /// The learners, which order equal pairs.
    pub fn learners(&self) -> &[Uuid] {
        &self.learners
    }

    /// The mentors that lists may name, by number.
    pub fn mentors(&self) -> &[Uuid] {
        &self.mentors
    }

    /// Places per mentor, at least one.
    pub fn places(&self) -> &[u32] {
        &self.places
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

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(count: u128) -> Vec<Uuid> {
        (0..count).map(Uuid::from_u128).collect()
    }

    fn words<T>(answer: Result<T, Invalid>) -> String {
        answer.err().map_or_else(String::new, |invalid| invalid.0)
    }

    #[test]
    fn a_mentor_has_a_place() {
        assert_eq!(words(Problem::new(ids(1), ids(2), vec![1, 0])), "mentor 1 has no place: leave them out");
        assert_eq!(words(Problem::new(ids(1), ids(2), vec![1])), "2 mentors need as many numbers of places, not 1");
    }

    #[test]
    fn a_list_that_breaks_a_rule_is_refused_whole() -> Result<(), Invalid> {
        let mut problem = Problem::new(ids(1), ids(2), vec![1, 1])?;
        let edge = |mentor, value| Edge { mentor, value };
        let sound = [edge(0, WHOLE), edge(1, 0)];
        assert_eq!(words(problem.push([sound[0], edge(2, 5)])), "there is no mentor 2");
        assert_eq!(words(problem.push([sound[1], edge(1, 7)])), "mentor 1 is named twice by one learner");
        for dear in [WHOLE + 1, 1 << 31, u32::MAX] {
            let told = words(problem.push([sound[0], edge(1, dear)]));
            assert_eq!(told, format!("a pair is worth at most 10000, not {dear}"));
        }
        assert!(problem.edges().is_empty());
        problem.push(sound)?;
        assert_eq!(problem.list(0), sound);
        assert_eq!(words(problem.push([])), "there are 1 learners, who have their lists");
        Ok(())
    }
}
