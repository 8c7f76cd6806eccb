//! What must not become slower, and a reference to count it in: `make bench-rust`.
//!
//! `baseline.json` beside this has how many times the reference each took, so that a slower machine
//! is no regression.

mod world;

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use matcher_core::assign::{Edge, Problem, solve};
use matcher_core::{Candidate, Kernel, Mode, Need, Options, Plan, Pool, assign, rank};
use uuid::Uuid;
use world::{Dice, World};

/// Small numbers that look like chance; neighbours differ widely.
fn mixed(number: u64, end: u64) -> u64 {
    (number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) % end
}

fn reference(criterion: &mut Criterion) {
    let numbers: Vec<u64> = (0..100_000).map(|number| mixed(number, 1 << 30)).collect();
    criterion.bench_function("reference: sort 100k numbers", |bencher| {
        bencher.iter_batched_ref(|| numbers.clone(), |numbers| numbers.sort_unstable(), BatchSize::LargeInput);
    });
}

fn ranking(criterion: &mut Criterion) {
    let (mentors, learners) = people(100_000, 1_000);
    let mut pool: Pool = mentors.iter().collect();
    for kernel in Kernel::available() {
        pool.set_kernel(kernel);
        let mut turn = learners.iter().cycle();
        criterion.bench_function(&format!("rank top 20 of 100k, {kernel}"), |bencher| {
            bencher.iter(|| turn.next().map(|need| black_box(rank(&pool, &Plan::new(need, pool.weights()), 20))));
        });
    }
    criterion.bench_function("load 20k mentors", |bencher| {
        bencher.iter(|| black_box(mentors.iter().take(20_000).collect::<Pool>()));
    });
}

fn sharing(criterion: &mut Criterion) {
    let (mentors, learners) = people(2_000, 5_000);
    let pool: Pool = mentors.iter().collect();
    let mut group = criterion.benchmark_group("share");
    group.sample_size(10);
    for (name, options) in [
        ("every pair", Options::of(Mode::Optimal)),
        ("lists of 32", Options::of(Mode::Fast)),
        ("greedy", Options::of(Mode::Greedy)),
        ("stable", Options::of(Mode::Stable)),
    ] {
        group.bench_function(format!("5k among 2k, {name}"), |bencher| {
            bencher.iter(|| black_box(assign(&pool, &learners, pool.weights(), &options)));
        });
    }
    let dense = dense(400);
    group.bench_function("dense, 400 among 400", |bencher| {
        bencher.iter(|| black_box(solve(&dense, &Options::of(Mode::Optimal))));
    });
    group.finish();
}

fn people(mentors: u64, learners: u64) -> (Vec<Candidate>, Vec<Need>) {
    let (world, mut dice) = (World::new(), Dice::new(1000));
    let mentors = (0..mentors).map(|id| world.mentor(&mut dice, id)).collect();
    (mentors, (0..learners).map(|id| world.learner(&mut dice, id)).collect())
}

/// Every pair is possible and worth something by chance.
#[allow(clippy::expect_used, reason = "problems of our own keep the rules")]
fn dense(side: u32) -> Problem {
    let ids = || (1..=u128::from(side)).map(Uuid::from_u128).collect();
    let mut problem = Problem::new(ids(), ids(), vec![1; side as usize]).expect("places for all");
    for learner in 0..side {
        let value = |mentor| 1 + mixed(u64::from(learner * side + mentor), 10_000) as u32;
        problem.push((0..side).map(|mentor| Edge { mentor, value: value(mentor) })).expect("each mentor once");
    }
    problem
}

criterion_group!(all, reference, ranking, sharing);
criterion_main!(all);
