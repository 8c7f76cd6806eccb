//! An eps-scaled auction with native capacities.
//!
//! Learners bid for places; a mentor has one price, paid by each of their learners. In every phase
//! the learners bid until nobody wants more (forward), then mentors with empty places lower their
//! price until they are filled or free of charge (reverse). Phases shrink eps, the slack a learner
//! accepts, which avoids price wars between near-equal mentors. Values are multiplied by one more
//! than the number of learners, so at the last eps of one part the slack of all learners together
//! is less than one score unit: the answer is optimal, and the prices prove it. Often they prove it
//! some phases earlier, which each phase looks at first. Most of the time goes into finding the two
//! best pairs of a row, which is done in [`super::sift`].
//!
//! Bertsekas, "Auction algorithms for network flow problems" (1992); places of one mentor at one price
//! are the similar objects of Bertsekas and Castañon (1989), and the reverse step is theirs (1992).

use std::collections::VecDeque;

use super::money::Money;
use super::options::{Budget, Prices};
use super::prefetch::prefetch;
use super::problem::{Matching, Problem};
use super::rows::{Packed, Rows, Wide};
use super::seats::Seats;
use super::sift::{Choice, Sift, Sifted, Vectors};

/// The first eps of a cold start and of a start from kept prices, in score units, and how fast it
/// shrinks. The best of 15 schedules tried on 100 000 learners with lists of 32.
const FIRST_EPS: i64 = 4096;
const WARM_EPS: i64 = 256;
/// The highest first eps where shortlists answer nearly every question: small steps cost little then,
/// and keep prices so near that the shortlists last. The best of 8 tried on 5 000 x 5 000.
const SHORT_EPS: i64 = 64;
const SHRINK: i64 = 16;
/// Nobody.
const NONE: u32 = u32::MAX;
/// Up to so many empty places, the list of suitors is looked through once for each.
const FEW: usize = 4;
/// How many turns ahead a learner's list is asked for.
const AHEAD: usize = 4;

/// Where an auction begins and when it is good enough.
#[derive(Debug, Clone)]
pub(super) struct Start {
    /// Price per mentor in parts of a score unit, see [`scale`]; nothing for mentors beyond the end.
    prices: Vec<i64>,
    /// The mentor each learner had at these prices; nobody for learners beyond the end.
    mentor_of: Vec<Option<u32>>,
    /// The first eps in score units.
    eps: i64,
    /// The proven gap, in millionths of the bound, that is good enough.
    pub(super) gap_ppm: u32,
}

impl Start {
    /// Nothing is known.
    pub(super) fn cold() -> Self {
        Self { prices: Vec::new(), mentor_of: Vec::new(), eps: FIRST_EPS, gap_ppm: 0 }
    }

    /// From prices of an earlier assignment of other learners, if there are any.
    pub(super) fn warm(problem: &Problem, kept: Option<&Prices>) -> Self {
        let Some(kept) = kept.filter(|kept| !kept.is_empty()) else { return Self::cold() };
        Self { prices: kept.of(&problem.mentors, scale(problem)), eps: WARM_EPS, ..Self::cold() }
    }

    /// From an answer for the same learners with other lists.
    pub(super) fn resume(&mut self, matching: &Matching, eps: i64) {
        self.prices.clone_from(&matching.prices);
        self.mentor_of.clone_from(&matching.mentor_of);
        self.eps = eps;
    }
}

/// How many parts of a score unit prices are counted in for `problem`.
fn scale(problem: &Problem) -> i64 {
    problem.learners.len() as i64 + 1
}

/// The matching of highest value, unless the budget is spent before it is found.
pub(super) fn solve(problem: &Problem, start: &Start, budget: Budget<'_>) -> Option<Matching> {
    let highest = problem.edges().iter().map(|edge| i64::from(edge.value)).max().unwrap_or(0);
    // No bid is above the highest value plus eps.
    let is_narrow = (highest + start.eps + 1) * scale(problem) < i64::from(i32::MAX);
    if is_narrow && Packed::holds(problem, highest) {
        Auction::<Packed, i32>::new(problem, start, highest).run(budget)
    } else {
        Auction::<Wide, i64>::new(problem, start, highest).run(budget)
    }
}

/// A learner's mentor and the scaled value of the pair; without a mentor the value is 0.
#[derive(Debug, Clone, Copy)]
struct Held<M> {
    mentor: u32,
    value: M,
}

impl<M: Money> Held<M> {
    fn nobody() -> Self {
        Self { mentor: NONE, value: M::default() }
    }
}

/// A learner a mentor could win: the price they would pay, and the scaled value of the pair.
#[derive(Debug, Clone, Copy)]
struct Suitor<M> {
    offer: M,
    learner: u32,
    value: M,
}

struct Auction<'p, P, M> {
    places: &'p [u32],
    lists: Sifted<P, M>,
    suitors: Sifted<P, M>,
    scale: M,
    eps: M,
    gap_ppm: u32,
    prices: Vec<M>,
    seats: Seats<M>,
    held: Vec<Held<M>>,
    /// What each learner makes; kept during [`Auction::reverse`] only.
    profits: Vec<M>,
}

impl<'p, P: Sift<M>, M: Money> Auction<'p, P, M> {
    fn new(problem: &'p Problem, start: &Start, highest: i64) -> Self {
        let scale = scale(problem);
        let vectors = Vectors::detect();
        let (learners, mentors) = (problem.learners.len(), problem.mentors.len());
        let rows = Rows::<P>::of_learners(problem);
        let suitors = Sifted::new(rows.turned(mentors), vectors, M::of(scale));
        let lists = Sifted::new(rows, vectors, M::of(scale));
        let seats = (0..mentors).map(|mentor| suitors.row(mentor).len().min(problem.places[mentor] as usize));
        let price =
            |mentor: usize| start.prices.get(mentor).map_or(0, |price: &i64| (*price).clamp(0, highest * scale));
        // Where learners outnumber places, prices have far to rise, and small steps would be many.
        let is_short = lists.are_long() && learners <= mentors && problem.places.iter().all(|places| *places == 1);
        let eps = if is_short { start.eps.min(SHORT_EPS) } else { start.eps };
        let mut auction = Self {
            seats: Seats::new(seats),
            places: &problem.places,
            lists,
            suitors,
            scale: M::of(scale),
            eps: M::of(eps * scale),
            gap_ppm: start.gap_ppm,
            prices: (0..mentors).map(|mentor| M::of(price(mentor))).collect(),
            held: vec![Held::nobody(); learners],
            profits: vec![M::default(); learners],
        };
        for (learner, mentor) in start.mentor_of.iter().enumerate() {
            auction.keep(learner, *mentor);
        }
        auction
    }

    /// Lets a learner stay with the mentor they had.
    fn keep(&mut self, learner: usize, mentor: Option<u32>) {
        let row = self.lists.row(learner);
        let Some(pair) = row.iter().find(|pair| Some(pair.other()) == mentor) else { return };
        let held = Held { mentor: pair.other(), value: self.value(*pair) };
        if !self.is_full(held.mentor as usize) {
            self.seats.push(held.mentor as usize, self.prices[held.mentor as usize], learner as u32);
            self.held[learner] = held;
        }
    }

    fn run(mut self, budget: Budget<'_>) -> Option<Matching> {
        while !self.is_proven() {
            let waiting = self.release();
            self.forward(waiting, budget)?;
            self.reverse(budget)?;
            if self.eps.into() == 1 {
                break;
            }
            self.eps = M::of((self.eps.into() / SHRINK).max(1));
        }
        let mentor_of = self.held.iter().map(|held| (held.mentor != NONE).then_some(held.mentor)).collect();
        let prices = self.prices.iter().map(|price| (*price).into()).collect();
        Some(Matching { mentor_of, prices, scale: self.scale.into() })
    }

    fn value(&self, pair: P) -> M {
        M::units(pair.value()) * self.scale
    }

    fn is_full(&self, mentor: usize) -> bool {
        self.seats.count(mentor) == self.places[mentor] as usize
    }

    /// Whether the mentor asks for money and has an empty place.
    fn is_open(&self, mentor: usize) -> bool {
        self.prices[mentor] > M::default() && !self.is_full(mentor)
    }

    /// What the learner makes at the present prices; less than nothing if these rose too far.
    fn profit(&self, learner: usize) -> M {
        match self.held[learner] {
            Held { mentor: NONE, .. } => M::default(),
            Held { mentor, value } => value - self.prices[mentor as usize],
        }
    }

    /// Notes what each learner could make at best, and compares the bound that follows from it with
    /// what the pairs are worth.
    fn is_proven(&mut self) -> bool {
        self.lists.forget_all();
        for learner in 0..self.held.len() {
            self.profits[learner] = self.lists.best(learner, &self.prices).profit;
        }
        let sum = |parts: &mut dyn Iterator<Item = i64>| parts.map(i128::from).sum::<i128>();
        let profits = sum(&mut self.profits.iter().map(|profit| (*profit).into()));
        let places: i128 = self
            .prices
            .iter()
            .zip(self.places)
            .map(|(price, places)| i128::from((*price).into()) * i128::from(*places))
            .sum();
        let bound = profits + places;
        let gap = bound - sum(&mut self.held.iter().map(|held| held.value.into()));
        gap < i128::from(self.scale.into()) || gap * 1_000_000 <= bound * i128::from(self.gap_ppm)
    }

    /// Frees every place whose holder could do better by more than eps; all who now want a place.
    fn release(&mut self) -> VecDeque<u32> {
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
    fn forward(&mut self, mut waiting: VecDeque<u32>, budget: Budget<'_>) -> Option<()> {
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

    /// Mentors with empty places lower their price until they are filled or it is nothing.
    fn reverse(&mut self, budget: Budget<'_>) -> Option<()> {
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    use super::super::certificate::check;
    use super::super::dense;
    use super::super::problem::Edge;
    use super::super::trial::{chance, empty, optimum, problem};
    use super::*;

    fn proven(problem: &Problem, start: &Start) -> Option<i64> {
        let matching = solve(problem, start, Budget::default())?;
        let certificate = check(problem, &matching).ok()?;
        certificate.proves_optimal().then_some(certificate.objective)
    }

    /// 600 learners want 120 places, each through 8 mentors whose values differ by `spread` at most.
    fn crowd(spread: u64) -> Problem {
        let mut below = chance(1);
        let mut problem = empty(600, vec![3; 40]);
        for _ in 0..600 {
            let first = below(40);
            problem.add((0..8).map(|step| Edge {
                mentor: ((first + step * 5) % 40) as u32,
                value: 9_000 + below(spread + 1) as u32,
            }));
        }
        problem
    }

    /// 120 learners who each could have 90 of 110 mentors or so.
    fn long(seed: u64, spread: u64) -> Problem {
        let mut below = chance(seed);
        let mut problem = empty(120, vec![1; 110]);
        for _ in 0..120 {
            let named: Vec<u32> = (0..110).filter(|_| below(110) < 90).collect();
            problem.add(named.into_iter().map(|mentor| Edge { mentor, value: 1 + below(spread) as u32 }));
        }
        problem
    }

    #[test]
    fn near_equal_values_start_no_price_war_and_the_answer_is_proven() {
        for spread in [0, 1, 3, 900] {
            let problem = crowd(spread);
            let matching = solve(&problem, &Start::cold(), Budget::default());
            let proven =
                matching.as_ref().map(|matching| check(&problem, matching).map(|found| found.proves_optimal()));
            assert_eq!(proven, Some(Ok(true)));
            assert_eq!(matching.map(|matching| matching.mentor_of.iter().flatten().count()), Some(120));
        }
    }

    #[test]
    fn it_stops_when_it_is_told_to() {
        let flag = AtomicBool::new(true);
        let budget = Budget { cancelled: Some(&flag), ..Budget::default() };
        assert!(solve(&crowd(0), &Start::cold(), budget).is_none());
    }

    #[test]
    fn a_gap_that_is_good_enough_is_kept_to() {
        let problem = crowd(900);
        let start = Start { gap_ppm: 20_000, ..Start::cold() };
        let matching = solve(&problem, &start, Budget::default());
        let gap = matching.map(|matching| check(&problem, &matching).map(|found| found.gap_ppm()));
        assert!(matches!(gap, Some(Ok(1..=20_000))), "{gap:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_optimum_equals_trying_every_way(problem in problem(11, 3)) {
            prop_assert_eq!(proven(&problem, &Start::cold()), Some(optimum(&problem)));
        }

        #[test]
        fn the_optimum_equals_that_of_another_algorithm(problem in problem(60, 25)) {
            let other = check(&problem, &dense::solve(&problem)).map(|found| found.objective).ok();
            prop_assert_eq!(proven(&problem, &Start::cold()), other);
        }

        #[test]
        fn wide_pairs_give_the_same_answer(problem in problem(30, 12)) {
            let narrow = solve(&problem, &Start::cold(), Budget::default());
            let wide = Auction::<Wide, i64>::new(&problem, &Start::cold(), 10_000).run(Budget::default());
            prop_assert_eq!(
                narrow.map(|matching| (matching.mentor_of, matching.prices)),
                wide.map(|matching| (matching.mentor_of, matching.prices))
            );
        }

        #[test]
        fn any_start_leads_to_the_optimum(
            problem in problem(11, 3),
            prices in vec(-5_i64..300_000, 0..5),
            mentor_of in vec(option::of(0_u32..4), 0..14),
            eps in 1_i64..5_000,
        ) {
            let mentor_of = mentor_of.into_iter().take(problem.learners.len()).collect();
            let start = Start { prices, mentor_of, eps, gap_ppm: 0 };
            prop_assert_eq!(proven(&problem, &start), Some(optimum(&problem)));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn long_lists_lead_to_the_optimum_too(seed in 0_u64..1_000, spread in prop_oneof![1_u64..5, Just(9_000)]) {
            let problem = long(seed, spread);
            let other = check(&problem, &dense::solve(&problem)).map(|found| found.objective).ok();
            prop_assert_eq!(proven(&problem, &Start::cold()), other);
            let narrow = solve(&problem, &Start::cold(), Budget::default());
            let wide = Auction::<Wide, i64>::new(&problem, &Start::cold(), 10_000).run(Budget::default());
            prop_assert_eq!(narrow.map(|matching| matching.prices), wide.map(|matching| matching.prices));
        }
    }
}
