//! Whenever a deadline falls, an answer comes, and what it says of itself holds.
//!
//! `DEADLINES=10000 cargo test --release --test deadlines -- --nocapture` tries so many, counted in
//! steps, so that they fall at the same places everywhere; and 60 in seconds, which are spread over
//! 2 to 120 % of the time that a search of 20 000 x 20 000 takes (`SIDE=…`).

mod town;

use std::collections::BTreeMap;
use std::error::Error;
use std::time::{Duration, Instant};

use matcher_core::assign::{Budget, Cohort, Countdown, Scope};
use matcher_core::{Mode, Need, Options};
use town::{Town, town};

type Outcome = Result<(), Box<dyn Error>>;

/// A search of the pool with many rounds.
const WITHOUT_GAP: Options<'static> = Options {
    mode: Mode::Optimal,
    k: None,
    gap_ppm: 0,
    budget: Budget { deadline: None, cancelled: None },
    warm: None,
};

/// The number in the environment, or another one.
fn number(name: &str, usual: u64) -> Result<u64, Box<dyn Error>> {
    Ok(std::env::var(name).map_or(Ok(usual), |text| text.parse())?)
}

/// Chance in 2⁻³² (`SplitMix64`), the same in every run.
fn chance(number: u64) -> u64 {
    let mixed = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB) >> 32
}

/// How many answers came after so many rounds, and the widest gap in millionths.
#[derive(Default)]
struct Tally(BTreeMap<(String, u32), (u64, u64)>);

impl Tally {
    fn count(&mut self, cohort: &Cohort) {
        let how = format!("{:?} over {:?}, hurried: {}", cohort.answered_by, cohort.scope, cohort.hurried);
        let (count, gap) = self.0.entry((how, cohort.rounds)).or_default();
        (*count, *gap) = (*count + 1, (*gap).max(cohort.certificate.gap_ppm()));
    }

    #[allow(clippy::print_stdout, reason = "figures for who asked for them")]
    fn print(&self, what: &str) {
        println!("{what}:");
        for ((how, rounds), (count, gap)) in &self.0 {
            println!("{count:7} answers by {how}, after {rounds} rounds, gap at most {gap} ppm");
        }
    }
}

/// Learners of whom many want the same: their first lists name the same few mentors, so that a search of
/// the pool meets others in later rounds.
fn like_minded(seed: u64, mentors: u64, learners: u64, kinds: usize) -> Town {
    let mut town = town(seed, mentors, learners);
    for at in kinds..town.needs.len() {
        let own = town.needs[at].learner_id;
        town.needs[at] = Need { learner_id: own, ..town.needs[at % kinds].clone() };
    }
    town
}

/// What a deadline is tried on.
struct Trial<'a> {
    town: &'a Town,
    /// The optimum over the whole pool.
    best: &'a Cohort,
    options: Options<'a>,
    /// The answer without a deadline.
    unhurried: Cohort,
}

impl<'a> Trial<'a> {
    fn new(town: &'a Town, best: &'a Cohort, options: Options<'a>) -> Result<Self, Box<dyn Error>> {
        Ok(Self { town, best, options, unhurried: town.assign(&options)? })
    }

    /// The town audits the pairs, their places and their sum; here it is what the answer says of itself.
    fn answer(&self, budget: Budget<'_>) -> Result<Cohort, Box<dyn Error>> {
        let cohort = self.town.assign(&Options { budget, ..self.options })?;
        let (found, best) = (cohort.certificate, self.best.certificate);
        assert!(found.objective <= best.bound);
        assert!(cohort.scope == Scope::Lists || found.bound >= best.objective);
        if !cohort.hurried {
            assert_eq!((cohort.answered_by, cohort.rounds), (self.options.mode, self.unhurried.rounds));
            assert_eq!((found, cohort.scope), (self.unhurried.certificate, self.unhurried.scope));
        }
        Ok(cohort)
    }

    /// How often the budget is looked at where every step does.
    fn steps(&self) -> Result<u64, Box<dyn Error>> {
        let left = Countdown::new(u64::MAX);
        assert!(!self.answer(Budget { cancelled: Some(&left), ..Budget::default() })?.hurried);
        Ok(u64::MAX - left.left())
    }
}

#[test]
fn an_answer_comes_at_any_step_and_is_certified() -> Outcome {
    let deadlines = number("DEADLINES", 10)?;
    let town = like_minded(10, 1_100, 1_000, 25);
    let best = town.assign(&WITHOUT_GAP)?;
    let warm = Options { warm: Some(&best.prices), ..WITHOUT_GAP };
    let asked = [WITHOUT_GAP, warm, Options::lists(Mode::Optimal, 12), Options::of(Mode::Stable)];
    for (nth, options) in asked.into_iter().enumerate() {
        // Most are tried where there are most ways to be interrupted.
        let share = if nth == 0 { deadlines - deadlines / 10 * 3 } else { deadlines / 10 };
        let (trial, mut tally) = (Trial::new(&town, &best, options)?, Tally::default());
        let steps = trial.steps()?;
        for number in 0..share {
            let left = Countdown::new(((steps + steps / 50 + 2) * chance(number)) >> 32);
            tally.count(&trial.answer(Budget { cancelled: Some(&left), ..Budget::default() })?);
        }
        tally.print(&format!("{share} deadlines in {steps} steps, {:?}, k {:?}", options.mode, options.k));
    }
    Ok(())
}

#[test]
fn an_answer_comes_at_any_time_and_is_certified() -> Outcome {
    let (side, deadlines) = if number("DEADLINES", 0)? > 0 { (number("SIDE", 20_000)?, 60) } else { (1_010, 6) };
    let town = like_minded(11, side, side, side as usize / 40);
    let start = Instant::now();
    let best = town.assign(&WITHOUT_GAP)?;
    let whole = start.elapsed();
    let (trial, mut tally) = (Trial::new(&town, &best, WITHOUT_GAP)?, Tally::default());
    for number in 1..=deadlines {
        let share = Duration::from_nanos((whole.as_nanos() as u64 / 100).max(1) * (2 + 118 * number / deadlines));
        tally.count(&trial.answer(Budget { deadline: Some(Instant::now() + share), ..Budget::default() })?);
    }
    tally.print(&format!("{deadlines} deadlines at 2 to 120 % of {whole:.2?}, {side} x {side}"));
    Ok(())
}
