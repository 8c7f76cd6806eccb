//! A matching that no learner and mentor would both rather leave for each other.
//!
//! Learners propose, best mentor first; a mentor keeps the best learners so far and refuses the rest
//! (deferred acceptance: Gale and Shapley 1962; with several places per mentor, as Roth and Peranson
//! 1999 describe for hospitals). Of all stable matchings this one is the best for every learner, and
//! the order in which learners propose does not change it.
//!
//! * A learner prefers mentors by falling value of the pair, equal values by mentor id, and any
//!   listed mentor to none.
//! * A mentor prefers learners by falling own value of the pair ([`Preferences`]), equal values by
//!   learner id, and any learner whose list names them to an empty place.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::order::{Wishes, by_id, places_in};
use super::problem::{Matching, Problem};
use crate::score::Terms;

/// What each pair is worth to its mentor.
#[derive(Debug, Clone)]
pub struct Preferences {
    /// One per pair, in the order of [`Problem::edges`].
    own: Vec<u32>,
}

impl Preferences {
    /// `own` in the order of [`Problem::edges`]; what is missing counts zero.
    pub fn new(problem: &Problem, own: impl IntoIterator<Item = u32>) -> Self {
        let mut own: Vec<u32> = own.into_iter().collect();
        own.resize(problem.edges().len(), 0);
        Self { own }
    }

    /// Mentors value a pair as its learner does.
    pub fn shared(problem: &Problem) -> Self {
        Self::new(problem, problem.edges().iter().map(|edge| edge.value))
    }

    /// Mentors value a pair by [`own_value`].
    pub fn from_terms(problem: &Problem, terms: impl IntoIterator<Item = Terms>) -> Self {
        Self::new(problem, terms.into_iter().map(|terms| own_value(&terms)))
    }
}

/// A mentor's own score of a learner: what the two can do together, that is the skills the mentor can
/// teach, the hours both are free and the language they share. Nearness is the learner's comfort, and
/// stars, free places and experience speak of the mentor, alike to every learner.
pub fn own_value(terms: &Terms) -> u32 {
    u32::from(terms.skill) + u32::from(terms.availability) + u32::from(terms.language)
}

/// The stable matching that is best for every learner. No prices: the bound is what the learners
/// would get if places never ran out.
pub fn solve(problem: &Problem, preferences: &Preferences) -> Matching {
    let edges = problem.edges();
    let wishes = Wishes::new(problem);
    let likings = Likings::new(problem, preferences);
    let mut seats: Vec<Seats> = problem.places.iter().map(|places| Seats::new(*places)).collect();
    let mut asked = vec![0_u32; problem.learners.len()];
    let mut mentor_of = vec![None; problem.learners.len()];
    for first in 0..problem.learners.len() {
        let mut proposer = Some(first);
        while let Some(learner) = proposer {
            let Some(at) = wishes.of(learner).get(asked[learner] as usize) else { break };
            asked[learner] += 1;
            let mentor = edges[*at as usize].mentor;
            proposer = match seats[mentor as usize].offer(likings.of(*at, learner)) {
                Answer::Refused => Some(learner),
                Answer::Kept => {
                    mentor_of[learner] = Some(mentor);
                    None
                }
                Answer::KeptInsteadOf(liking) => {
                    let other = likings.learner(liking);
                    mentor_of[other] = None;
                    mentor_of[learner] = Some(mentor);
                    Some(other)
                }
            };
        }
    }
    Matching { mentor_of, prices: vec![0; problem.mentors.len()], scale: 1 }
}

/// How many listed pairs would both rather have each other: the learner prefers this mentor to their
/// own or has none, and the mentor prefers this learner to one of theirs or has an empty place. None
/// if and only if `matching` is stable. Pairs of `matching` that no list names are ignored.
pub fn blocking_pairs(problem: &Problem, preferences: &Preferences, matching: &Matching) -> usize {
    let wishes = Wishes::new(problem);
    let likings = Likings::new(problem, preferences);
    let mentor_at = |at: u32| problem.edges()[at as usize].mentor;
    let held: Vec<usize> = (0..problem.learners.len())
        .map(|learner| {
            let wishes = wishes.of(learner);
            let has = |at: &u32| Some(mentor_at(*at)) == matching.mentor_of[learner];
            wishes.iter().position(has).unwrap_or(wishes.len())
        })
        .collect();
    let mut seats: Vec<Seats> = problem.places.iter().map(|places| Seats::new(*places)).collect();
    for (learner, place) in held.iter().enumerate() {
        if let Some(at) = wishes.of(learner).get(*place) {
            seats[mentor_at(*at) as usize].offer(likings.of(*at, learner));
        }
    }
    let blocks = |learner: usize, at: u32| seats[mentor_at(at) as usize].would_keep(likings.of(at, learner));
    held.iter()
        .enumerate()
        .map(|(learner, place)| wishes.of(learner)[..*place].iter().filter(|at| blocks(learner, **at)).count())
        .sum()
}

/// A mentor's liking of a learner as one number, more is better: own value, then the smaller id.
type Liking = u64;

struct Likings<'p> {
    own: &'p [u32],
    by_id: Vec<u32>,
    places: Vec<u32>,
}

impl<'p> Likings<'p> {
    fn new(problem: &Problem, preferences: &'p Preferences) -> Self {
        let by_id = by_id(&problem.learners);
        Self { own: &preferences.own, places: places_in(&by_id), by_id }
    }

    fn of(&self, at: u32, learner: usize) -> Liking {
        u64::from(self.own[at as usize]) << 32 | u64::from(!self.places[learner])
    }

    fn learner(&self, liking: Liking) -> usize {
        self.by_id[!(liking as u32) as usize] as usize
    }
}

enum Answer {
    Kept,
    KeptInsteadOf(Liking),
    Refused,
}

/// The places of one mentor and the likings of those who hold them, least liked on top.
struct Seats {
    places: usize,
    kept: BinaryHeap<Reverse<Liking>>,
}

impl Seats {
    fn new(places: u32) -> Self {
        Self { places: places as usize, kept: BinaryHeap::new() }
    }

    fn would_keep(&self, liking: Liking) -> bool {
        self.kept.len() < self.places || self.kept.peek().is_some_and(|least| liking > least.0)
    }

    fn offer(&mut self, liking: Liking) -> Answer {
        if self.kept.len() < self.places {
            self.kept.push(Reverse(liking));
            return Answer::Kept;
        }
        match self.kept.peek_mut() {
            Some(mut least) if liking > least.0 => {
                Answer::KeptInsteadOf(std::mem::replace(&mut *least, Reverse(liking)).0)
            }
            _ => Answer::Refused,
        }
    }
}
