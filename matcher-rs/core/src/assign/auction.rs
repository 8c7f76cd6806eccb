//! An eps-scaled auction with native capacities.
//!
//! Learners bid for places; a mentor has one price, paid by each of their learners. In every phase
//! the learners bid until nobody wants more (forward), then mentors with empty places lower their
//! price until they are filled or free of charge (reverse). Phases shrink eps, the slack a learner
//! accepts, which avoids price wars between near-equal mentors. Values are multiplied by one more
//! than the number of learners, so at the last eps of one part the slack of all learners together
//! is less than one score unit: the answer is optimal, and the prices prove it. Most problems are
//! proven earlier, by the bound that each phase ends with.
//!
//! Bertsekas, "Auction algorithms for network flow problems" (1992), with the reverse step of
//! Bertsekas and Castañon (1992) for mentors who stay partly empty, and similar objects (a mentor's
//! places) sharing one price, Bertsekas and Castañon (1989).

use std::fmt::Debug;
use std::ops::{Add, Mul, Sub};

use super::options::Budget;
use super::problem::{Matching, Problem};
use super::rows::{Packed, Pair, Rows, Wide};
use super::seats::Seats;

/// The first eps of a cold start in score units, and how fast it shrinks.
const FIRST_EPS: i64 = 4096;
const SHRINK: i64 = 16;
/// Nobody.
const NONE: u32 = u32::MAX;
/// Steps between two looks at the clock.
const PATIENCE: u32 = 1 << 10;

/// Prices and profits: whole parts of a score unit.
pub(super) trait Money:
    Copy + Debug + Default + Ord + Into<i64> + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self>
{
    const MOST: Self;
    fn of(parts: i64) -> Self;
    fn units(value: u32) -> Self;
}

impl Money for i32 {
    const MOST: Self = Self::MAX;

    fn of(parts: i64) -> Self {
        parts as Self
    }

    fn units(value: u32) -> Self {
        value as Self
    }
}

impl Money for i64 {
    const MOST: Self = Self::MAX;

    fn of(parts: i64) -> Self {
        parts
    }

    fn units(value: u32) -> Self {
        Self::from(value)
    }
}

/// Where an auction begins.
#[derive(Debug, Clone, Default)]
pub(super) struct Start {
    /// Price per mentor, in parts of which [`scale`] make a score unit; empty for a cold start.
    pub(super) prices: Vec<i64>,
    /// The mentor each learner had at these prices; empty when unknown.
    pub(super) mentor_of: Vec<Option<u32>>,
    /// The first eps in score units.
    pub(super) eps: i64,
}

impl Start {
    /// Nothing is known.
    pub(super) fn cold() -> Self {
        Self { prices: Vec::new(), mentor_of: Vec::new(), eps: std::env::var("FIRST").map_or(FIRST_EPS, |x| x.parse().unwrap()) }
    }
}

/// How many parts of a score unit prices are counted in for `problem`.
pub(super) fn scale(problem: &Problem) -> i64 {
    problem.learners.len() as i64 + 1
}

/// The matching of highest value, unless the budget is spent before it is found.
pub(super) fn solve(problem: &Problem, start: &Start, budget: Budget<'_>) -> Option<Matching> {
    let highest = problem.edges().iter().map(|edge| i64::from(edge.value)).max().unwrap_or(0);
    // No bid is above the highest value plus eps.
    let narrow = (highest + start.eps + 1).checked_mul(scale(problem)).is_some_and(|most| most < i64::from(i32::MAX));
    if narrow && Packed::holds(problem) {
        Auction::<Packed, i32>::new(problem, start, highest).run(budget)
    } else {
        Auction::<Wide, i64>::new(problem, start, highest).run(budget)
    }
}

/// A learner's mentor and the scaled value of the pair.
#[derive(Debug, Clone, Copy)]
struct Held<M> {
    mentor: u32,
    value: M,
}

/// A learner's best offer at the present prices; profit 0 means to stay without a mentor.
struct Choice<P, M> {
    pair: P,
    profit: M,
    runner_up: M,
}

struct Auction<'p, P, M> {
    places: &'p [u32],
    lists: Rows<P>,
    suitors: Rows<P>,
    scale: M,
    eps: M,
    prices: Vec<M>,
    seats: Seats<M>,
    held: Vec<Held<M>>,
    profits: Vec<M>,
    /// Room for the offers of one invitation.
    offers: Vec<(M, u32, M)>,
    pub bids: u64, pub revs: u64, pub revedges: u64, pub t: [f64; 4],
}

impl<'p, P: Pair, M: Money> Auction<'p, P, M> {
    fn new(problem: &'p Problem, start: &Start, highest: i64) -> Self {
        let t0 = std::time::Instant::now();
        let scale = scale(problem);
        let (learners, mentors) = (problem.learners.len(), problem.mentors.len());
        let lists = Rows::<P>::of_learners(problem);
        let suitors = lists.turned(mentors);
        if std::env::var("LOG").is_ok() { eprintln!("build {:.4}", t0.elapsed().as_secs_f64()); }
        let seats = Seats::new((0..mentors).map(|mentor| suitors.row(mentor).len().min(problem.places[mentor] as usize)));
        let price = |mentor: usize| M::of(start.prices.get(mentor).map_or(0, |price: &i64| (*price).clamp(0, highest * scale)));
        let mut auction = Self {
            places: &problem.places,
            lists,
            suitors,
            scale: M::of(scale),
            eps: M::of(start.eps * scale),
            prices: (0..mentors).map(price).collect(),
            seats,
            held: vec![Held { mentor: NONE, value: M::default() }; learners],
            profits: vec![M::default(); learners],
            offers: Vec::new(),
            bids: 0, revs: 0, revedges: 0, t: [0.0; 4],
        };
        for (learner, mentor) in start.mentor_of.iter().enumerate() {
            auction.keep(learner, *mentor);
        }
        auction
    }

    /// Gives a learner the mentor they had, if that is still possible.
    fn keep(&mut self, learner: usize, mentor: Option<u32>) {
        let Some(mentor) = mentor else { return };
        let Some(pair) = self.lists.row(learner).iter().find(|pair| pair.other() == mentor) else { return };
        let value = M::units(pair.value()) * self.scale;
        if self.seats.count(mentor as usize) < self.places[mentor as usize] as usize {
            self.seats.push(mentor as usize, self.prices[mentor as usize], learner as u32);
            self.held[learner] = Held { mentor, value };
        }
    }

    fn run(mut self, budget: Budget<'_>) -> Option<Matching> {
        let log = std::env::var("LOG").is_ok();
        loop {
            let t = std::time::Instant::now();
            let waiting = self.release();
            self.t[0] += t.elapsed().as_secs_f64();
            let Some(waiting) = waiting else { break };
            let nw = waiting.len();
            let t = std::time::Instant::now();
            let b0 = self.bids;
            self.forward(waiting, budget)?;
            self.t[1] += t.elapsed().as_secs_f64();
            let t = std::time::Instant::now();
            let r0 = self.revs; let e0 = self.revedges;
            self.reverse(budget)?;
            self.t[2] += t.elapsed().as_secs_f64();
            if log { let e: i64 = self.eps.into(); let s: i64 = self.scale.into(); eprintln!("eps {:.5} waiting {nw} bids {} revs {} revedges {} t {:.4?}", e as f64 / s as f64, self.bids - b0, self.revs - r0, self.revedges - e0, self.t); }
            if self.eps.into() == 1 {
                break;
            }
            self.eps = M::of((self.eps.into() / shrink()).max(1));
        }
        let mentor_of = self.held.iter().map(|held| (held.mentor != NONE).then_some(held.mentor)).collect();
        let prices = self.prices.iter().map(|price| (*price).into()).collect();
        Some(Matching { mentor_of, prices, scale: self.scale.into() })
    }

    fn profit(&self, learner: usize) -> M {
        match self.held[learner] {
            Held { mentor: NONE, .. } => M::default(),
            Held { mentor, value } => value - self.prices[mentor as usize],
        }
    }

    #[inline]
    fn choice(&self, learner: usize) -> Choice<P, M> {
        let mut choice = Choice { pair: P::default(), profit: M::default(), runner_up: M::default() };
        for pair in self.lists.row(learner) {
            let profit = M::units(pair.value()) * self.scale - self.prices[pair.other() as usize];
            choice.runner_up = choice.runner_up.max(profit.min(choice.profit));
            if profit > choice.profit {
                choice.pair = *pair;
            }
            choice.profit = choice.profit.max(profit);
        }
        choice
    }

    /// Frees every place whose holder could do better by more than the new eps; the learners who
    /// now want a place, or nothing when the present answer is already proven.
    fn release(&mut self) -> Option<Vec<u32>> {
        let mut waiting = Vec::new();
        let (mut sum, mut bound): (i64, i64) = (0, 0);
        for learner in 0..self.held.len() {
            let best = self.choice(learner).profit;
            bound += best.into();
            sum += self.held[learner].value.into();
            if self.profit(learner) + self.eps < best || (self.held[learner].mentor == NONE && best > M::default()) {
                waiting.push(learner as u32);
            }
        }
        bound += self.places.iter().zip(&self.prices).map(|(places, price)| i64::from(*places) * (*price).into()).sum::<i64>();
        if bound - sum < self.scale.into() {
            return None;
        }
        for learner in &waiting {
            self.held[*learner as usize].mentor = NONE;
            self.held[*learner as usize].value = M::default();
        }
        for mentor in 0..self.prices.len() {
            let held = &self.held;
            self.seats.retain(mentor, self.prices[mentor], |learner| held[learner as usize].mentor == mentor as u32);
        }
        Some(waiting)
    }

    /// Learners without a place bid until each has one or wants none.
    fn forward(&mut self, waiting: Vec<u32>, budget: Budget<'_>) -> Option<()> {
        let mut waiting = std::collections::VecDeque::from(waiting);
        let lifo = std::env::var("LIFO").is_ok();
        while let Some(learner) = if lifo { waiting.pop_back() } else { waiting.pop_front() } {
            self.bids += 1;
            if let Some(next) = waiting.get(4) {
                let row = self.lists.row(*next as usize);
                #[allow(unsafe_code)]
                unsafe { use std::arch::x86_64::*; _mm_prefetch::<_MM_HINT_T0>(row.as_ptr() as *const i8); _mm_prefetch::<_MM_HINT_T0>(row.as_ptr().wrapping_add(16) as *const i8); }
            }
            let Choice { pair, profit, runner_up } = self.choice(learner as usize);
            if profit == M::default() {
                continue;
            }
            let mentor = pair.other() as usize;
            let value = M::units(pair.value()) * self.scale;
            self.held[learner as usize] = Held { mentor: pair.other(), value };
            let bid = value - runner_up + self.eps;
            if self.seats.count(mentor) < self.places[mentor] as usize {
                self.seats.push(mentor, bid, learner);
            } else {
                let outbid = self.seats.replace_lowest(mentor, bid, learner);
                self.held[outbid as usize] = Held { mentor: NONE, value: M::default() };
                waiting.push_back(outbid);
            }
            if self.seats.count(mentor) == self.places[mentor] as usize {
                self.prices[mentor] = self.seats.lowest(mentor);
            }
        }
        Some(())
    }

    fn is_open(&self, mentor: usize) -> bool {
        self.prices[mentor] > M::default() && self.seats.count(mentor) < self.places[mentor] as usize
    }

    /// Mentors with empty places lower their price until somebody comes or it is nothing.
    fn reverse(&mut self, budget: Budget<'_>) -> Option<()> {
        for learner in 0..self.held.len() {
            self.profits[learner] = self.profit(learner);
        }
        let mut open: Vec<u32> = (0..self.prices.len()).filter(|mentor| self.is_open(*mentor)).map(|m| m as u32).collect();
        let mut open = std::collections::VecDeque::from(open);
        while let Some(mentor) = open.pop_front() {
            while self.is_open(mentor as usize) {
                self.revs += 1;
                self.invite(mentor, &mut open);
            }
        }
        Some(())
    }

    /// Fills the empty places with those who gain most, at the highest price that leaves nobody
    /// else wanting; mentors who lose a learner join `open`.
    fn invite(&mut self, number: u32, open: &mut std::collections::VecDeque<u32>) {
        let mentor = number as usize;
        let empty = self.places[mentor] as usize - self.seats.count(mentor);
        for learner in self.seats.learners(mentor) {
            self.profits[learner as usize] = M::MOST;
        }
        let mut offers = std::mem::take(&mut self.offers);
        let mut floor = M::default();
        self.revedges += self.suitors.row(mentor).len() as u64;
        for pair in self.suitors.row(mentor) {
            let value = M::units(pair.value()) * self.scale;
            let offer = value - self.profits[pair.other() as usize];
            if offer > floor {
                let mut at = offers.len();
                if at > empty { at -= 1; } else { offers.push((offer, 0, value)); }
                while at > 0 && offers[at - 1].0 < offer { offers[at] = offers[at - 1]; at -= 1; }
                offers[at] = (offer, pair.other(), value);
                if offers.len() > empty {
                    floor = offers[empty].0;
                }
            }
        }
        let next = offers.get(empty).map_or(M::default(), |(offer, ..)| *offer);
        let price = (next - self.eps).max(M::default()).min(self.prices[mentor]);
        for (offer, learner, value) in offers.drain(..).take(empty) {
            if offer < price + self.eps {
                continue;
            }
            let other = self.held[learner as usize].mentor;
            if other != NONE {
                self.seats.remove(other as usize, learner);
                if self.prices[other as usize] > M::default() {
                    open.push_back(other);
                }
            }
            self.held[learner as usize] = Held { mentor: number, value };
            self.seats.push(mentor, price, learner);
        }
        self.offers = offers;
        self.prices[mentor] = price;
        for learner in self.seats.learners(mentor) {
            self.profits[learner as usize] = self.held[learner as usize].value - price;
        }
    }
}
fn shrink() -> i64 { std::env::var("SHRINK").map_or(SHRINK, |x| x.parse().unwrap()) }
