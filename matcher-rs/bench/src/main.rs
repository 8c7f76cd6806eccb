//! A partner for the bench: one JSON command a line in, one JSON answer a line out.
//!
//! `cargo run --release -p matcher-bench`, then for example
//!
//! ```text
//! {"do": "cohort", "seed": 9001, "learners": 10000, "mentors": 2000, "k": 32, "folder": "/tmp/lists"}
//! {"do": "load", "folder": "/tmp/lists"}
//! {"do": "solve", "mode": "optimal"}
//! ```
//!
//! Making commands write arrays for other programs ([`arrays`]), so that all are asked the same in
//! turns. Worlds are made from a seed and are the same everywhere.

mod arrays;
mod dice;
mod families;
mod lists;
mod memory;
mod people;
mod routes;
mod world;

use std::error::Error;
use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use matcher_core::assign::stable::{self, Preferences};
use matcher_core::assign::{self, Broken, Certificate, Matching, Mode, Options, Problem, Scope, dense};
use matcher_core::{Kernel, Plan, Weights, rank};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::families::Shape;
use crate::lists::{Lists, Square, timed};
use crate::people::People;
use crate::world::Places;

/// What can be asked; every time is in seconds, every size in bytes.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
enum Command {
    /// Makes a pool and learners, keeps them, and writes them as columns and messages.
    Pool { seed: u64, mentors: usize, learners: usize, folder: PathBuf },
    /// Makes mentors with five places and learners, keeps them, and writes their lists.
    Cohort { seed: u64, mentors: usize, learners: usize, k: usize, folder: PathBuf },
    /// Writes lists of nearly equal values.
    War { seed: u64, distinct: u32, folder: PathBuf },
    /// Writes lists of a family.
    Family {
        #[serde(flatten)]
        shape: Shape,
        seed: u64,
        folder: PathBuf,
    },
    /// Times both ways to the optimum on a problem of a family, in turns, and tells which would be taken.
    Ways {
        #[serde(flatten)]
        shape: Shape,
        seed: u64,
        rounds: usize,
    },
    /// Writes what each pair is worth.
    Square { kind: Kind, seed: u64, side: usize, folder: PathBuf },
    /// Reads lists.
    Load { folder: PathBuf },
    /// Reads what each pair is worth.
    LoadSquare { folder: PathBuf },
    /// Ranks for some of the kept learners, one after another.
    Rank { start: usize, count: usize, k: usize, kernel: Option<String> },
    /// The kernels of this processor, the best first.
    Kernels,
    /// Solves the lists or the square once, and checks the answer.
    Solve { mode: Wanted, pairs: Option<PathBuf> },
    /// Shares the kept mentors among the kept learners, all pairs considered.
    Whole,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Realistic,
    Uniform,
    LowRank,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Wanted {
    Optimal,
    Greedy,
    Stable,
}

/// What is kept from one command to the next.
#[derive(Default)]
struct Bench {
    people: Option<People>,
    lists: Option<Lists>,
    square: Option<Square>,
}

pub(crate) type Answer = Result<Value, Box<dyn Error>>;

impl Bench {
    fn answer(&mut self, line: &str) -> Answer {
        match serde_json::from_str(line)? {
            Command::Pool { seed, mentors, learners, folder } => {
                let people = self.people.insert(people::write_pool(&folder, seed, mentors, learners)?);
                Ok(json!({ "mentors": people.pool.len(), "learners": people.needs.len() }))
            }
            Command::Cohort { seed, mentors, learners, k, folder } => {
                let people = self.people.insert(People::new(seed, mentors, learners, Places::Free(5))?);
                let (lists, seconds) = timed(|| people.lists(k, 5));
                lists.save(&folder)?;
                Ok(json!({ "pairs": lists.value.len(), "seconds": seconds }))
            }
            Command::War { seed, distinct, folder } => {
                let lists = Lists::war(seed, distinct);
                lists.save(&folder)?;
                Ok(json!({ "pairs": lists.value.len() }))
            }
            Command::Family { shape, seed, folder } => {
                let lists = shape.lists(seed);
                lists.save(&folder)?;
                Ok(json!({ "pairs": lists.value.len() }))
            }
            Command::Ways { shape, seed, rounds } => routes::compare(&shape.lists(seed).problem()?, rounds),
            Command::Square { kind, seed, side, folder } => {
                let square = match kind {
                    Kind::Realistic => people::square(seed, side)?,
                    Kind::Uniform => Square::uniform(seed, side),
                    Kind::LowRank => Square::low_rank(seed, side),
                };
                square.save(&folder)?;
                Ok(json!({ "pairs": square.worth.iter().filter(|worth| **worth > 0).count() }))
            }
            Command::Load { folder } => {
                (self.lists, self.square) = (Some(Lists::load(&folder)?), None);
                Ok(json!({}))
            }
            Command::LoadSquare { folder } => {
                (self.square, self.lists) = (Some(Square::load(&folder)?), None);
                Ok(json!({}))
            }
            Command::Rank { start, count, k, kernel } => self.rank(start, count, k, kernel.as_deref()),
            Command::Kernels => {
                Ok(json!({ "kernels": Kernel::available().map(|kernel| kernel.to_string()).collect::<Vec<_>>() }))
            }
            Command::Solve { mode, pairs } => self.solve(mode, pairs),
            Command::Whole => self.whole(),
        }
    }

    fn rank(&mut self, start: usize, count: usize, k: usize, kernel: Option<&str>) -> Answer {
        let people = self.people.as_mut().ok_or("no people yet")?;
        people.pool.set_kernel(kernel.map_or(Ok(Kernel::best()), str::parse)?);
        let (mut seconds, mut answers) = (Vec::new(), Vec::new());
        for need in people.needs.iter().cycle().skip(start).take(count) {
            let (found, took) = timed(|| rank(&people.pool, &Plan::new(need, Weights::default()), k));
            seconds.push(took);
            let brief = found.iter().map(|one| (one.terms.total(), (one.id.as_u128() >> 64) as u64 - 1));
            answers.push(brief.collect::<Vec<_>>());
        }
        Ok(json!({ "seconds": seconds, "answers": answers }))
    }

    fn solve(&self, mode: Wanted, pairs: Option<PathBuf>) -> Answer {
        let make = || match (&self.lists, &self.square) {
            (Some(lists), _) => Some(lists.problem()),
            (_, Some(square)) => Some(square.problem()),
            _ => None,
        };
        let work = || {
            let (problem, prepare) = timed(make);
            let problem = problem.ok_or("nothing loaded yet")??;
            let (solved, solve) = timed(|| self.by(mode, &problem));
            let (matching, proof) = solved?;
            Ok::<_, Box<dyn Error>>((problem, matching, proof, prepare, solve))
        };
        // A matrix is an input of its own, and its answer is checked as any other, off the clock.
        let matrix = || {
            let square = self.square.as_ref().filter(|square| square.is_dense())?;
            Some((square, timed(|| dense::solve_matrix(square.side, square.side, &square.worth))))
        };
        let (found, peak) = memory::grown(matrix)?;
        let (problem, matching, proof, prepare, solve, peak) = if let Some((square, (matching, solve))) = found {
            let problem = square.problem()?;
            let proof = assign::check(&problem, &matching)?;
            (problem, matching, Some(proof), 0.0, solve, peak)
        } else {
            let (done, peak) = memory::grown(work)?;
            let (problem, matching, proof, prepare, solve) = done?;
            (problem, matching, proof, prepare, solve, peak)
        };
        if let Some(path) = pairs {
            let mentors = matching.mentor_of.iter().map(|mentor| mentor.map_or(-1, |mentor| mentor as i32));
            arrays::save(&path, "pairs", mentors)?;
        }
        Ok(json!({
            "prepare": prepare, "solve": solve, "seconds": prepare + solve, "peak": peak,
            "assigned": matching.mentor_of.iter().flatten().count(),
            "objective": proof.map(|proof| proof.objective), "bound": proof.map(|proof| proof.bound),
            "optimal": proof.is_some_and(|proof| proof.proves_optimal()),
            "blocking_pairs": stable::blocking_pairs(&problem, &self.preferences(&problem), &matching),
        }))
    }

    /// The answer, and what the checker found in it where the solver has it checked.
    fn by(&self, mode: Wanted, problem: &Problem) -> Result<(Matching, Option<Certificate>), Broken> {
        let mode = match mode {
            Wanted::Optimal => Mode::Optimal,
            Wanted::Greedy => Mode::Greedy,
            Wanted::Stable => return Ok((stable::solve(problem, &self.preferences(problem)), None)),
        };
        let solved = assign::solve(problem, &Options::lists(mode, usize::MAX))?;
        Ok((solved.matching, Some(solved.certificate)))
    }

    fn preferences(&self, problem: &Problem) -> Preferences {
        self.lists
            .as_ref()
            .map_or_else(|| Preferences::shared(problem), |lists| Preferences::new(problem, lists.own.iter().copied()))
    }

    fn whole(&self) -> Answer {
        let people = self.people.as_ref().ok_or("no people yet")?;
        let options = Options { mode: Mode::Optimal, ..Options::default() };
        let work = || timed(|| assign::assign(&people.pool, &people.needs, Weights::default(), &options));
        let ((cohort, seconds), peak) = memory::grown(work)?;
        let cohort = cohort?;
        let found = cohort.certificate;
        Ok(json!({
            "seconds": seconds, "peak": peak, "objective": found.objective, "bound": found.bound,
            "scope": if cohort.scope == Scope::Pool { "pool" } else { "lists" }, "gap_ppm": found.gap_ppm(), "rounds": cohort.rounds, "assigned": cohort.pairs.len(),
            "without_candidates": cohort.without_candidates.len(),
        }))
    }
}

fn serve() -> Result<(), Box<dyn Error>> {
    let mut bench = Bench::default();
    for line in io::stdin().lock().lines() {
        let answer = bench.answer(&line?)?;
        let mut out = io::stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn main() -> ExitCode {
    let Err(error) = serve() else { return ExitCode::SUCCESS };
    let _ = writeln!(io::stderr(), "{error}");
    ExitCode::FAILURE
}
