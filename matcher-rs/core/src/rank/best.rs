//! The best so far.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::Suggestion;

/// A suggestion and what remains of its total when the price is paid; the greatest is the worst.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    net: u32,
    suggestion: Suggestion,
}

impl Ord for Found {
    fn cmp(&self, other: &Self) -> Ordering {
        other.net.cmp(&self.net).then_with(|| self.suggestion.id.cmp(&other.suggestion.id))
    }
}

impl PartialOrd for Found {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// At most `k` suggestions, none below `least`.
#[derive(Debug)]
pub(crate) struct Best {
    k: usize,
    least: u32,
    found: BinaryHeap<Found>,
}

impl Best {
    /// An empty one; `k` is at least one.
    pub(crate) fn new(k: usize, least: u32) -> Self {
        Self { k, least, found: BinaryHeap::new() }
    }

    /// What a suggestion must have to be among the best; one that has just this may still be.
    #[inline]
    pub(crate) fn least(&self) -> u32 {
        self.least
    }

    /// Whether there are `k`.
    pub(crate) fn is_full(&self) -> bool {
        self.found.len() == self.k
    }

    /// Asks for more, as somebody else found `k` that have this.
    pub(crate) fn raise(&mut self, least: u32) {
        self.least = self.least.max(least);
    }

    /// Takes in a suggestion if it is among the `k` best; equal ones by id.
    pub(crate) fn offer(&mut self, net: u32, suggestion: Suggestion) {
        let new = Found { net, suggestion };
        if self.found.len() < self.k {
            self.found.push(new);
        } else if let Some(mut worst) = self.found.peek_mut()
            && new < *worst
        {
            *worst = new;
        }
        if self.found.len() == self.k
            && let Some(worst) = self.found.peek()
        {
            self.least = self.least.max(worst.net);
        }
    }

    /// Both together.
    pub(crate) fn merge(mut self, other: Self) -> Self {
        for found in other.found {
            self.offer(found.net, found.suggestion);
        }
        self
    }

    /// The best first.
    pub(crate) fn into_suggestions(self) -> Vec<Suggestion> {
        self.found.into_sorted_vec().into_iter().map(|found| found.suggestion).collect()
    }
}
