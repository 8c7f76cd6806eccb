//! Assigning cohorts over lists: 10 000 learners with 32 mentors each, and price wars.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use matcher_core::assign::{Edge, Problem, solve};
use matcher_core::{Mode, Options};
use uuid::Uuid;

/// `SplitMix64` (Steele, Lea and Flood, 2014).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((u128::from(mixed ^ (mixed >> 31)) * u128::from(end)) >> 64) as u32
    }
}

/// Each learner lists 32 of `mentors`, who have five places each; `value` gives what a pair of a
/// mentor is worth.
#[allow(clippy::expect_used, reason = "problems of our own keep the rules")]
fn problem(learners: u32, mentors: u32, value: impl Fn(&mut Dice, u32) -> u32) -> Problem {
    let mut dice = Dice(4242);
    let ids = |count: u32| (0..u128::from(count)).map(Uuid::from_u128).collect();
    let mut problem = Problem::new(ids(learners), ids(mentors), vec![5; mentors as usize]).expect("places for all");
    for _ in 0..learners {
        let mut list: Vec<Edge> = Vec::with_capacity(32);
        while list.len() < 32 {
            // The smaller of two dice: mentors of low number are the popular ones.
            let mentor = dice.below(mentors.into()).min(dice.below(mentors.into()));
            if list.iter().all(|edge| edge.mentor != mentor) {
                list.push(Edge { mentor, value: value(&mut dice, mentor) });
            }
        }
        problem.push(list).expect("each mentor once");
    }
    problem
}

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("assign");
    group.sample_size(20);
    let popular = |dice: &mut Dice, mentor: u32| 4_000 + dice.below(4_000) + (2_000 - mentor);
    for (name, problem) in [
        ("10k to 2k", problem(10_000, 2_000, popular)),
        ("price war of 20k for 10k places, 4 values", problem(20_000, 2_000, |dice, _| 9_000 + dice.below(4))),
        ("price war of 20k for 10k places, 1 value", problem(20_000, 2_000, |_, _| 9_000)),
    ] {
        for mode in [Mode::Optimal, Mode::Greedy, Mode::Stable] {
            group.bench_function(format!("{name}, {mode:?}"), |bencher| {
                bencher.iter(|| black_box(solve(&problem, &Options::of(mode))));
            });
        }
    }
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
