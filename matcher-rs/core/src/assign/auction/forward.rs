//! Learners bid for places: the first half of a phase.
//!
//! A bid is the price at which the learner's next best mentor would do as well, plus eps. The price of a
//! full mentor is the lowest bid held; who is outbid bids again.

use std::collections::VecDeque;

use super::{Auction, Held, NONE};
use crate::assign::money::Money;
use crate::assign::options::Budget;
use crate::assign::prefetch::prefetch;
use crate::assign::sift::{Choice, Sift};

/// How many turns ahead a learner's list is asked for.
const AHEAD: usize = 4;

impl<P: Sift<M>, M: Money> Auction<'_, P, M> {
    /// Frees every place whose holder could do better by more than eps; all who now want a place.
    pub(super) fn release(&mut self) -> VecDeque<u32> {
        let mut waiting = VecDeque::with_capacity(self.held.len());
        for learner in 0..self.held.len() {
            let (best, present) = (self.profits[learner], self.profit(learner));
            let is_waiting = if self.held[learner].mentor == NONE { best > present } else { best > present + self.eps };
            if is_waiting {
                self.held[learner] = Held::nobody();
                waiting.push_back(learner as u32);
            }
        }
        for (mentor, price) in self.prices.iter().enumerate() {
            let stays = |learner: u32| self.held[learner as usize].mentor == mentor as u32;
            self.seats.retain(mentor, *price, stays);
        }
        waiting
    }

    /// Learners without a place bid until each has one or wants none.
    pub(super) fn forward(&mut self, mut waiting: VecDeque<u32>, budget: Budget<'_>) -> Option<()> {
        let mut clock = budget.clock();
        while let Some(learner) = waiting.pop_front() {
            clock.tick()?;
            if let Some(next) = waiting.get(AHEAD) {
                prefetch(self.lists.first(*next as usize));
            }
            let Choice { pair, profit, runner_up } = self.lists.best(learner as usize, &self.prices);
            if profit == M::default() {
                continue;
            }
            let (mentor, value) = (pair.other() as usize, self.value(pair));
            let bid = value - runner_up + self.eps;
            if self.is_full(mentor) {
                let outbid = self.seats.replace_lowest(mentor, bid, learner);
                self.held[outbid as usize] = Held::nobody();
                waiting.push_back(outbid);
            } else {
                self.seats.push(mentor, bid, learner);
            }
            self.held[learner as usize] = Held { mentor: pair.other(), value };
            if self.is_full(mentor) {
                self.prices[mentor] = self.seats.lowest(mentor);
            }
        }
        Some(())
    }
}
