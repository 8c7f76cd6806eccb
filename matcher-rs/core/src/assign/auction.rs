//! An eps-scaled auction with native capacities.
//!
//! Learners bid for places; a mentor has one price, paid by each of their learners. In every round
//! the learners bid until nobody wants more (forward), then mentors with empty places lower their
//! price until they are filled or free of charge (reverse). Rounds shrink eps, the slack a learner
//! accepts, which avoids price wars between near-equal mentors. Values are multiplied by one more
//! than the number of learners, so at the last eps of one part the slack of all learners together
//! is less than one score unit: the answer is optimal, and the prices prove it.
//!
//! Bertsekas, "Auction algorithms for network flow problems" (1992), with the reverse step of
//! Bertsekas and Castañon (1992) for mentors who stay partly empty.

use super::options::{Budget, Prices};
use super::problem::{Matching, Problem};

/// The first eps in score units, and how fast it shrinks.
const FIRST_EPS: i64 = 4096;
const SHRINK: i64 = 16;

/// Who holds a place, and what they offered for it.
#[derive(Debug, Clone, Copy)]
struct Holder {
    learner: usize,
    bid: i64,
}

/// The learners a mentor could win, with the value of each pair.
type Suitors = Vec<(usize, i64)>;

struct Auction<'p> {
    problem: &'p Problem,
    scale: i64,
    eps: i64,
    prices: Vec<i64>,
    holders: Vec<Vec<Holder>>,
    suitors: Vec<Suitors>,
    /// Per learner, the mentor and the scaled value of the pair.
    held: Vec<Option<(usize, i64)>>,
}

/// A learner's most profitable mentor at the present prices.
struct Choice {
    mentor: usize,
    value: i64,
    profit: i64,
    runner_up: i64,
}

/// The matching of highest value, unless the budget is spent before it is found.
pub(super) fn solve(problem: &Problem, warm: Option<&Prices>, budget: Budget<'_>) -> Option<Matching> {
    let scale = problem.learners.len() as i64 + 1;
    let mut auction = Auction::new(problem, scale);
    if let Some(kept) = warm {
        auction.prices = kept.of(&problem.mentors, scale);
    }
    while auction.eps > 1 {
        auction.eps = (auction.eps / SHRINK).max(1);
        auction.release();
        auction.forward();
        auction.reverse();
        if budget.is_spent() {
            return None;
        }
    }
    let mentor_of = auction.held.iter().map(|held| held.map(|(mentor, _)| mentor as u32)).collect();
    Some(Matching { mentor_of, prices: auction.prices, scale })
}

impl<'p> Auction<'p> {
    fn new(problem: &'p Problem, scale: i64) -> Self {
        let mut suitors = vec![Suitors::new(); problem.mentors.len()];
        for (learner, edges) in problem.lists().enumerate() {
            for edge in edges {
                suitors[edge.mentor as usize].push((learner, i64::from(edge.value) * scale));
            }
        }
        Self {
            problem,
            scale,
            eps: FIRST_EPS * SHRINK * scale,
            prices: vec![0; problem.mentors.len()],
            holders: vec![Vec::new(); problem.mentors.len()],
            suitors,
            held: vec![None; problem.learners.len()],
        }
    }

    fn places(&self, mentor: usize) -> usize {
        self.problem.places[mentor] as usize
    }

    fn profit(&self, learner: usize) -> i64 {
        self.held[learner].map_or(0, |(mentor, value)| value - self.prices[mentor])
    }

    fn choice(&self, learner: usize) -> Option<Choice> {
        let mut best: Option<Choice> = None;
        for edge in self.problem.list(learner) {
            let mentor = edge.mentor as usize;
            let value = i64::from(edge.value) * self.scale;
            let profit = value - self.prices[mentor];
            match &mut best {
                Some(choice) if profit <= choice.profit => choice.runner_up = choice.runner_up.max(profit),
                _ if profit > 0 => {
                    let runner_up = best.as_ref().map_or(0, |choice| choice.profit);
                    best = Some(Choice { mentor, value, profit, runner_up });
                }
                _ => {}
            }
        }
        best
    }

    /// Frees every place whose holder could do better by more than the new eps.
    fn release(&mut self) {
        for learner in 0..self.held.len() {
            let Some((mentor, _)) = self.held[learner] else { continue };
            let best = self.choice(learner).map_or(0, |choice| choice.profit);
            if self.profit(learner) < best - self.eps {
                self.leave(learner, mentor);
            }
        }
        for (mentor, holders) in self.holders.iter_mut().enumerate() {
            for holder in holders {
                holder.bid = self.prices[mentor];
            }
        }
    }

    fn leave(&mut self, learner: usize, mentor: usize) {
        self.holders[mentor].retain(|holder| holder.learner != learner);
        self.held[learner] = None;
    }

    /// Learners without a place bid until each has one or wants none.
    fn forward(&mut self) {
        let mut waiting: Vec<usize> =
            (0..self.held.len()).rev().filter(|learner| self.held[*learner].is_none()).collect();
        while let Some(learner) = waiting.pop() {
            let Some(choice) = self.choice(learner) else { continue };
            let bid = self.prices[choice.mentor] + choice.profit - choice.runner_up + self.eps;
            self.held[learner] = Some((choice.mentor, choice.value));
            waiting.extend(self.seat(choice.mentor, Holder { learner, bid }));
        }
    }

    /// Gives a place to `holder`; who had to go, if all were taken.
    fn seat(&mut self, mentor: usize, holder: Holder) -> Option<usize> {
        let places = self.places(mentor);
        let holders = &mut self.holders[mentor];
        holders.push(holder);
        let mut outbid = None;
        if holders.len() > places {
            let lowest = (0..places).min_by_key(|at| holders[*at].bid).map(|at| holders.swap_remove(at).learner);
            outbid = lowest;
        }
        if holders.len() == places {
            self.prices[mentor] = holders.iter().map(|holder| holder.bid).min().unwrap_or(0);
        }
        if let Some(learner) = outbid {
            self.held[learner] = None;
        }
        outbid
    }

    /// Mentors with empty places lower their price until somebody comes or it is nothing.
    fn reverse(&mut self) {
        let mut open: Vec<usize> = (0..self.prices.len()).filter(|mentor| self.is_open(*mentor)).collect();
        while let Some(mentor) = open.pop() {
            if self.is_open(mentor) {
                self.invite(mentor, &mut open);
                if self.is_open(mentor) {
                    open.push(mentor);
                }
            }
        }
    }

    fn is_open(&self, mentor: usize) -> bool {
        self.prices[mentor] > 0 && self.holders[mentor].len() < self.places(mentor)
    }

    /// Fills the empty places with those who gain most, at the highest price that leaves nobody
    /// else wanting; mentors who lose a learner join `open`.
    fn invite(&mut self, mentor: usize, open: &mut Vec<usize>) {
        let empty = self.places(mentor) - self.holders[mentor].len();
        let mut offers: Vec<(i64, usize, i64)> = self.suitors[mentor]
            .iter()
            .filter(|(learner, _)| self.held[*learner].is_none_or(|(other, _)| other != mentor))
            .map(|(learner, value)| (value - self.profit(*learner), *learner, *value))
            .filter(|(offer, ..)| *offer > 0)
            .collect();
        offers.sort_unstable_by_key(|(offer, learner, _)| (-offer, *learner));
        let next = offers.get(empty).map_or(0, |(offer, ..)| *offer);
        let price = (next - self.eps).clamp(0, self.prices[mentor]);
        for (offer, learner, value) in offers.into_iter().take(empty) {
            if offer < price + self.eps {
                break;
            }
            if let Some((other, _)) = self.held[learner] {
                self.leave(learner, other);
                open.push(other);
            }
            self.held[learner] = Some((mentor, value));
            self.holders[mentor].push(Holder { learner, bid: price });
        }
        self.prices[mentor] = price;
        for holder in &mut self.holders[mentor] {
            holder.bid = price;
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::certificate::check;
    use super::super::problem::Edge;
    use super::*;

    /// 600 learners want 120 places, each through 8 mentors whose values differ by `spread` at most.
    fn crowd(spread: u64) -> Problem {
        let mut state = 1_u64;
        let mut below = |end: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % end
        };
        let ids = |count: u128| (0..count).map(Uuid::from_u128).collect();
        let mut problem = Problem::new(ids(600), ids(40), vec![3; 40]);
        for _ in 0..600 {
            let first = below(40);
            problem.push((0..8).map(|step| Edge {
                mentor: ((first + step * 5) % 40) as u32,
                value: 9_000 + below(spread + 1) as u32,
            }));
        }
        problem
    }

    #[test]
    fn near_equal_values_start_no_price_war_and_the_answer_is_proven() {
        for spread in [0, 1, 3, 900] {
            let problem = crowd(spread);
            let matching = solve(&problem, None, Budget::default());
            let proven =
                matching.as_ref().map(|matching| check(&problem, matching).map(|found| found.proves_optimal()));
            assert_eq!(proven, Some(Ok(true)));
            assert_eq!(matching.map(|matching| matching.mentor_of.iter().flatten().count()), Some(120));
        }
    }
}
