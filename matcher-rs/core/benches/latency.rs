//! How long rankings take: `cargo bench --bench latency [-- ranking|pricing]`.
//!
//! `ranking` prints quantiles over 400 learners and a million mentors, the same for every kernel;
//! Criterion tells means, and a goal on the 99th percentile needs this. What other processes do to the
//! machine is in the quantiles of all turns, but hardly in those of each learner's quickest. `pricing` prints what a
//! round of column generation takes.
#![allow(clippy::print_stdout, reason = "the figures are what it is for")]

mod world;

use std::hint::black_box;
use std::time::Instant;

use matcher_core::{Candidate, Kernel, Need, Plan, Pool, Prices, Weights, priced, rank};
use rayon::prelude::*;
use world::{Dice, World};

const QUERIES: u64 = 400;
const TURNS: usize = 5;

fn main() -> Result<(), rayon::ThreadPoolBuildError> {
    let asked = |part: &str| {
        let parts: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
        parts.is_empty() || parts.iter().any(|word| word == part)
    };
    let world = World::new();
    if asked("ranking") {
        single(&world, 1_000_000)?;
    }
    if asked("pricing") {
        batch(&world, 20_000, 100_000);
    }
    Ok(())
}

fn single(world: &World, many: u64) -> Result<(), rayon::ThreadPoolBuildError> {
    let mut dice = Dice::new(1000);
    let mentors: Vec<Candidate> = (0..many).map(|id| world.mentor(&mut dice, id)).collect();
    let learners: Vec<Need> = (0..QUERIES).map(|id| world.learner(&mut dice, id)).collect();
    let before = resident();
    let started = Instant::now();
    let mut pool: Pool = mentors.iter().collect();
    println!("{many} mentors loaded in {:.2} s", started.elapsed().as_secs_f64());
    println!("{} bytes a mentor", (resident() - before) / many);
    let changed: Vec<Candidate> = (0..1000).map(|id| world.mentor(&mut dice, id)).collect();
    let started = Instant::now();
    for mentor in &changed {
        pool.upsert(mentor);
    }
    for mentor in &changed {
        assert!(pool.remove(mentor.id));
    }
    println!("a change takes {:.1} us", started.elapsed().as_secs_f64() * 1e6 / 2000.0);
    for kernel in Kernel::available() {
        pool.set_kernel(kernel);
        for threads in [1, 2] {
            let crew = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
            let one = |need: &Need| timed(|| rank(&pool, &Plan::new(need, pool.weights()), 20));
            let turns: Vec<Vec<f64>> =
                (0..TURNS).map(|_| crew.install(|| learners.iter().map(one).collect())).collect();
            let least =
                (0..learners.len()).map(|learner| turns.iter().map(|turn| turn[learner]).fold(f64::MAX, f64::min));
            println!("{kernel:8} {threads} threads, all turns:     {}", quantiles(turns.concat()));
            println!("{kernel:8} {threads} threads, quickest turn: {}", quantiles(least.collect()));
        }
    }
    Ok(())
}

/// All learners against all mentors, with prices as an assignment has them.
fn batch(world: &World, mentors: u64, learners: u64) {
    let mut dice = Dice::new(4242);
    let mentors: Vec<Candidate> = (0..mentors).map(|id| world.mentor(&mut dice, id)).collect();
    let learners: Vec<Need> = (0..learners).map(|id| world.learner(&mut dice, id)).collect();
    let mut pool: Pool = mentors.iter().collect();
    let mut prices = vec![0_u16; pool.rows()];
    for found in learners.iter().step_by(50).flat_map(|need| rank(&pool, &Plan::new(need, pool.weights()), 32)) {
        prices[found.row as usize] = (prices[found.row as usize] + 150).min(6_000);
    }
    let weights = Weights::default();
    for kernel in Kernel::available() {
        pool.set_kernel(kernel);
        for (name, prices, floor, k) in [
            ("lists of 32", [].as_slice(), 0, 32),
            ("priced", &prices, 0, 32),
            ("priced above 6000", &prices, 6_000, 16),
        ] {
            let started = Instant::now();
            let prices = Prices::new(&pool, weights, prices);
            let found: usize =
                learners.par_iter().map(|need| priced(&prices, &Plan::new(need, weights), floor, k).len()).sum();
            println!("{kernel:8} {name}: {:.2} s, {found} found", started.elapsed().as_secs_f64());
        }
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> f64 {
    let started = Instant::now();
    black_box(work());
    started.elapsed().as_secs_f64() * 1e3
}

fn quantiles(mut times: Vec<f64>) -> String {
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    format!("p50 {:.3} ms, p90 {:.3}, p99 {:.3}, longest {:.3}", at(50), at(90), at(99), at(100))
}

/// Bytes of memory this process holds, as Linux counts them; 0 elsewhere.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}
