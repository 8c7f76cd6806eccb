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

mod forward;
mod reverse;
mod start;

use super::money::Money;
use super::options::Budget;
use super::problem::{Matching, Problem};
use super::rows::{Packed, Rows, Wide};
use super::seats::Seats;
use super::sift::{Sift, Sifted, Vectors};
pub(super) use start::Start;

/// The highest first eps where shortlists answer nearly every question: small steps cost little then,
/// and keep prices so near that the shortlists last. The best of 8 tried on 5 000 x 5 000.
const SHORT_EPS: i64 = 64;
/// How many times smaller eps is in the next phase.
const SHRINK: i64 = 16;
/// Nobody.
const NONE: u32 = u32::MAX;

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
    /// What each learner makes, during [`Auction::reverse`]; what they could make at best, from
    /// [`Auction::is_proven`] to [`Auction::release`].
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
