//! Ranking mentors for one learner, by each kernel, and loading them.

mod world;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use matcher_core::{Candidate, Kernel, Mode, Need, Options, Plan, Pool, Prices, assign, priced, rank};
use world::{Dice, World};

fn benches(criterion: &mut Criterion) {
    let world = World::new();
    let mut dice = Dice::new(1000);
    let mentors: Vec<Candidate> = (0..1_000_000).map(|id| world.mentor(&mut dice, id)).collect();
    let learners: Vec<Need> = (0..1_000).map(|id| world.learner(&mut dice, id)).collect();
    for (name, many) in [("100k", 100_000), ("1M", 1_000_000)] {
        let mut pool: Pool = mentors.iter().take(many).collect();
        let mut group = criterion.benchmark_group(format!("rank top 20 of {name}"));
        for kernel in Kernel::available() {
            pool.set_kernel(kernel);
            let mut turn = learners.iter().cycle();
            group.bench_function(BenchmarkId::from_parameter(kernel), |bencher| {
                bencher.iter(|| turn.next().map(|need| black_box(rank(&pool, &Plan::new(need, pool.weights()), 20))));
            });
        }
    }
    let mut group = criterion.benchmark_group("by what the price leaves, top 32 of 20k");
    let mut pool: Pool = mentors.iter().take(20_000).collect();
    for kernel in Kernel::available() {
        pool.set_kernel(kernel);
        let prices: Vec<u16> = (0..pool.rows()).map(|row| (row % 97 * 30) as u16).collect();
        let prices = Prices::new(&pool, pool.weights(), &prices);
        let mut turn = learners.iter().cycle();
        group.bench_function(BenchmarkId::from_parameter(kernel), |bencher| {
            bencher
                .iter(|| turn.next().map(|need| black_box(priced(&prices, &Plan::new(need, pool.weights()), 0, 32))));
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("slow");
    group.sample_size(10);
    group.bench_function("load 100k", |bencher| {
        bencher.iter(|| black_box(mentors.iter().take(100_000).collect::<Pool>()));
    });
    let small: Pool = mentors.iter().take(200).collect();
    group.bench_function("assign 1k to 200, with lists", |bencher| {
        bencher.iter(|| black_box(assign(&small, &learners, small.weights(), &Options::lists(Mode::Optimal, 32))));
    });
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
