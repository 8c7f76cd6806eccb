//! Mentors with empty places lower their price: the second half of a phase.
//!
//! A mentor who asks for money and has an empty place offers it to those who would pay most, at the highest
//! price that leaves nobody else wanting. Who is won by it leaves an empty place elsewhere. In the end an
//! empty place costs nothing.

use std::collections::VecDeque;

use super::{Auction, Held, NONE};
use crate::assign::money::Money;
use crate::assign::options::Budget;
use crate::assign::sift::{Choice, Sift};

/// Up to so many empty places, the list of suitors is looked through once for each.
const FEW: usize = 4;

/// A learner a mentor could win: the price they would pay, and the scaled value of the pair.
#[derive(Debug, Clone, Copy)]
struct Suitor<M> {
    offer: M,
    learner: u32,
    value: M,
}

impl<P: Sift<M>, M: Money> Auction<'_, P, M> {
    /// Mentors with empty places lower their price until they are filled or it is nothing.
    pub(super) fn reverse(&mut self, budget: Budget<'_>) -> Option<()> {
        let mut clock = budget.clock();
        for learner in 0..self.held.len() {
            self.profits[learner] = self.profit(learner);
        }
        self.suitors.forget_all();
        let mut suitors = Vec::new();
        let mut open: VecDeque<usize> = (0..self.prices.len()).filter(|mentor| self.is_open(*mentor)).collect();
        while let Some(mentor) = open.pop_front() {
            if self.is_open(mentor) {
                clock.tick()?;
                let next = self.best_suitors(mentor, &mut suitors);
                self.invite(mentor, &suitors, next, &mut open);
            }
        }
        Some(())
    }

    /// Whether the mentor asks for money and has an empty place.
    fn is_open(&self, mentor: usize) -> bool {
        self.prices[mentor] > M::default() && !self.is_full(mentor)
    }

    /// Writes those who would pay `mentor` most, as many as there are empty places, best first; what
    /// the next best would pay.
    fn best_suitors(&mut self, mentor: usize, best: &mut Vec<Suitor<M>>) -> M {
        for learner in self.seats.learners(mentor) {
            self.profits[learner as usize] = M::MOST;
        }
        best.clear();
        let empty = self.places[mentor] as usize - self.seats.count(mentor);
        if self.places[mentor] == 1 {
            let choice = self.suitors.best(mentor, &self.profits);
            best.extend(self.suitor(&choice));
            choice.runner_up
        } else if empty <= FEW {
            self.few_suitors(mentor, empty, best)
        } else {
            self.many_suitors(mentor, empty, best)
        }
    }

    fn suitor(&self, choice: &Choice<P, M>) -> Option<Suitor<M>> {
        let Choice { pair, profit: offer, .. } = *choice;
        (offer > M::default()).then(|| Suitor { offer, learner: pair.other(), value: self.value(pair) })
    }

    /// As [`Auction::best_suitors`], one after another.
    fn few_suitors(&mut self, mentor: usize, empty: usize, best: &mut Vec<Suitor<M>>) -> M {
        let mut next = M::default();
        for _ in 0..empty {
            let choice = self.suitors.best_at(mentor, &self.profits);
            next = choice.runner_up;
            let Some(suitor) = self.suitor(&choice) else { break };
            self.profits[suitor.learner as usize] = M::MOST;
            best.push(suitor);
        }
        for suitor in &*best {
            self.profits[suitor.learner as usize] = suitor.value - suitor.offer;
        }
        next
    }

    /// As [`Auction::best_suitors`], looking at each learner once.
    fn many_suitors(&self, mentor: usize, empty: usize, best: &mut Vec<Suitor<M>>) -> M {
        let mut next = M::default();
        for pair in self.suitors.row(mentor) {
            let value = self.value(*pair);
            let offer = value - self.profits[pair.other() as usize];
            if offer > next {
                let at = best.partition_point(|better| better.offer >= offer);
                best.insert(at, Suitor { offer, learner: pair.other(), value });
                if best.len() > empty {
                    next = best.pop().map_or(next, |last| last.offer);
                }
            }
        }
        next
    }

    /// Fills the empty places with `suitors` at the highest price that leaves nobody else wanting,
    /// of whom the best would pay `next`; mentors who lose a learner by it join `open`.
    fn invite(&mut self, mentor: usize, suitors: &[Suitor<M>], next: M, open: &mut VecDeque<usize>) {
        let price = (next - self.eps).max(M::default()).min(self.prices[mentor]);
        for Suitor { learner, value, .. } in suitors.iter().take_while(|suitor| suitor.offer >= price + self.eps) {
            let other = self.held[*learner as usize].mentor as usize;
            if other != NONE as usize {
                self.seats.remove(other, *learner);
                open.push_back(other);
            }
            self.held[*learner as usize] = Held { mentor: mentor as u32, value: *value };
            self.seats.push(mentor, price, *learner);
        }
        self.prices[mentor] = price;
        for learner in self.seats.learners(mentor) {
            self.profits[learner as usize] = self.held[learner as usize].value - price;
        }
    }
}
