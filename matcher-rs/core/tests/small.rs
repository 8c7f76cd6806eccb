//! Small random problems, each solved in every way and compared with trying every way.
//!
//! `INSTANCES=100000 cargo test --release --test small` tries so many; 3000 are usual. Every returned
//! matching is verified here, by the definition and without a word of the solvers' own checker.

use std::error::Error;

use matcher_core::Invalid;
use matcher_core::assign::{Budget, Countdown, Edge, Matching, Mode, Options, Problem, Solved, dense, solve};
use uuid::Uuid;

type Outcome = Result<(), Box<dyn Error>>;

/// Chance (`SplitMix64`), the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }

    /// At most seven learners and four mentors of at most three places. Some problems have few
    /// distinct values, so that ties and price wars are frequent; lists may be empty or full.
    fn problem(&mut self) -> Result<Problem, Invalid> {
        let (learners, mentors) = (1 + self.below(7), 1 + self.below(4));
        let places = (0..mentors).map(|_| 1 + self.below(3) as u32).collect();
        let mut problem = Problem::new(ids(learners), ids(mentors), places)?;
        let (spread, lowest) = ([1, 2, 5, 300, 10_001][self.below(5) as usize], self.below(2));
        let listed = 1 + self.below(5);
        for _ in 0..learners {
            let mut list = Vec::new();
            for mentor in 0..mentors as u32 {
                if self.below(5) < listed {
                    list.push(Edge { mentor, value: (self.below(spread) + lowest).min(10_000) as u32 });
                }
            }
            problem.push(list)?;
        }
        Ok(problem)
    }
}

fn ids(count: u64) -> Vec<Uuid> {
    (1..=u128::from(count)).map(Uuid::from_u128).collect()
}

/// The highest sum: for each way to have used places up, the best that the learners so far can reach.
fn best(problem: &Problem) -> i64 {
    let steps: Vec<usize> = problem
        .places()
        .iter()
        .scan(1, |step, places| {
            let this = *step;
            *step *= *places as usize + 1;
            Some(this)
        })
        .collect();
    let used = |way: usize, mentor: usize| way / steps[mentor] % (problem.places()[mentor] as usize + 1);
    let ways: usize = problem.places().iter().map(|places| *places as usize + 1).product();
    let mut sums = vec![None; ways];
    sums[0] = Some(0);
    for list in problem.lists() {
        let mut next = sums.clone();
        for (way, sum) in sums.iter().enumerate().filter_map(|(way, sum)| Some((way, (*sum)?))) {
            for edge in list {
                let mentor = edge.mentor as usize;
                if used(way, mentor) < problem.places()[mentor] as usize {
                    let better = &mut next[way + steps[mentor]];
                    *better = (*better).max(Some(sum + i64::from(edge.value)));
                }
            }
        }
        sums = next;
    }
    sums.into_iter().flatten().max().unwrap_or(0)
}

fn value(problem: &Problem, learner: usize, mentor: u32) -> Option<u32> {
    problem.list(learner).iter().find(|edge| edge.mentor == mentor).map(|edge| edge.value)
}

/// The sum of a matching of listed pairs within the places; an error for any other.
fn verified(problem: &Problem, matching: &Matching) -> Result<i64, String> {
    if matching.mentor_of.len() != problem.learners().len() {
        return Err("not as many learners".to_owned());
    }
    let mut sum = 0;
    for (learner, mentor) in matching.mentor_of.iter().enumerate() {
        if let Some(mentor) = mentor {
            sum += i64::from(value(problem, learner, *mentor).ok_or("a pair that is not listed")?);
        }
    }
    for (mentor, places) in problem.places().iter().enumerate() {
        let holders = matching.mentor_of.iter().filter(|held| **held == Some(mentor as u32)).count();
        if holders > *places as usize {
            return Err("more learners than places".to_owned());
        }
    }
    Ok(sum)
}

/// Whether a learner and a mentor would both rather have each other; both prefer the higher value,
/// then the smaller number.
fn is_blocked(problem: &Problem, matching: &Matching) -> bool {
    let held = |mentor: u32| (0..matching.mentor_of.len()).filter(move |at| matching.mentor_of[*at] == Some(mentor));
    (0..problem.learners().len()).any(|learner| {
        let present = matching.mentor_of[learner].and_then(|mentor| Some((value(problem, learner, mentor)?, !mentor)));
        problem.list(learner).iter().any(|edge| {
            let places = problem.places()[edge.mentor as usize] as usize;
            let rather =
                |other| value(problem, other, edge.mentor).map(|value| (value, !other)) < Some((edge.value, !learner));
            let room = held(edge.mentor).count() < places || held(edge.mentor).any(rather);
            matching.mentor_of[learner] != Some(edge.mentor) && Some((edge.value, !edge.mentor)) > present && room
        })
    })
}

/// The answers of a solver that is stopped after no step, after one, and so on until it is not.
fn hurried(problem: &Problem, mode: Mode) -> Result<Vec<Solved>, Box<dyn Error>> {
    let mut answers = Vec::new();
    loop {
        let left = Countdown::new(answers.len() as u64);
        let budget = Budget { cancelled: Some(&left), ..Budget::default() };
        let solved = solve(problem, &Options { budget, ..Options::of(mode) })?;
        if solved.answered_by == mode {
            return Ok(answers);
        }
        answers.push(solved);
    }
}

#[test]
fn every_mode_keeps_its_promise_on_small_random_problems() -> Outcome {
    let instances: u64 = std::env::var("INSTANCES").map_or(Ok(3_000), |text| text.parse())?;
    let mut dice = Dice(9_001);
    for number in 0..instances {
        let problem = dice.problem()?;
        let best = best(&problem);
        let told = || format!("instance {number}: {problem:?}");
        for mode in [Mode::Optimal, Mode::Fast, Mode::Greedy, Mode::Stable] {
            let solved = solve(&problem, &Options::of(mode))?;
            let sum = verified(&problem, &solved.matching)?;
            assert_eq!(solved.certificate.objective, sum, "{mode:?}, {}", told());
            assert!(sum <= best && best <= solved.certificate.bound, "{mode:?}, {}", told());
            match mode {
                Mode::Optimal | Mode::Fast => {
                    assert!(sum == best && solved.certificate.proves_optimal(), "{mode:?}, {}", told());
                }
                Mode::Greedy => assert!(2 * sum >= best, "{}", told()),
                Mode::Stable => assert!(!is_blocked(&problem, &solved.matching), "{}", told()),
            }
        }
        for solved in [Mode::Optimal, Mode::Stable].map(|mode| hurried(&problem, mode)).into_iter().flatten().flatten()
        {
            let sum = verified(&problem, &solved.matching)?;
            assert_eq!(solved.certificate.objective, sum, "hurried, {}", told());
            assert!(sum <= best && best <= solved.certificate.bound, "hurried, {}", told());
        }
        assert_eq!(verified(&problem, &dense::solve(&problem))?, best, "dense, {}", told());
    }
    Ok(())
}
