//! Assignment problems as plain arrays: lists of learners over mentors with places.

use std::io;
use std::path::Path;
use std::time::Instant;

use matcher_core::Invalid;
use matcher_core::assign::{Edge, Problem};
use uuid::Uuid;

use crate::arrays::{load_u16, load_u32, save};
use crate::dice::Dice;

/// Lists one after another; list `n` ends at `ends[n]`.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    pub(crate) places: Vec<u32>,
    pub(crate) ends: Vec<u32>,
    pub(crate) mentor: Vec<u32>,
    pub(crate) value: Vec<u32>,
    /// What each pair is worth to its mentor.
    pub(crate) own: Vec<u32>,
}

impl Lists {
    pub(crate) fn push(&mut self, list: impl IntoIterator<Item = (u32, u32, u32)>) {
        for (mentor, value, own) in list {
            self.mentor.push(mentor);
            self.value.push(value);
            self.own.push(own);
        }
        self.ends.push(self.mentor.len() as u32);
    }

    pub(crate) fn save(&self, folder: &Path) -> io::Result<()> {
        save(folder, "places", self.places.iter().copied())?;
        save(folder, "ends", self.ends.iter().copied())?;
        save(folder, "mentor", self.mentor.iter().copied())?;
        save(folder, "value", self.value.iter().copied())?;
        save(folder, "own", self.own.iter().copied())
    }

    pub(crate) fn load(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            places: load_u32(folder, "places")?,
            ends: load_u32(folder, "ends")?,
            mentor: load_u32(folder, "mentor")?,
            value: load_u32(folder, "value")?,
            own: load_u32(folder, "own")?,
        })
    }

    /// The problem as the solvers take it; ids rise with the numbers.
    pub(crate) fn problem(&self) -> Result<Problem, Invalid> {
        let mut problem = Problem::new(ids(self.ends.len()), ids(self.places.len()), self.places.clone())?;
        let mut start = 0;
        for end in &self.ends {
            let list = start..*end as usize;
            problem.push(list.map(|at| Edge { mentor: self.mentor[at], value: self.value[at] }))?;
            start = *end as usize;
        }
        Ok(problem)
    }

    /// 20 000 learners want 10 000 places through 32 mentors each, whose values are `distinct` at
    /// most: without a falling slack they would outbid each other by the smallest step.
    pub(crate) fn war(seed: u64, distinct: u32) -> Self {
        const MENTORS: u32 = 2_000;
        let mut dice = Dice::new(seed);
        let mut lists = Self { places: vec![5; MENTORS as usize], ..Self::default() };
        for _ in 0..20_000 {
            let mut named: Vec<u32> = Vec::with_capacity(32);
            while named.len() < 32 {
                let mentor = dice.below(MENTORS);
                if !named.contains(&mentor) {
                    named.push(mentor);
                }
            }
            lists.push(named.into_iter().map(|mentor| {
                let value = 9_000 + dice.below(distinct);
                (mentor, value, value)
            }));
        }
        lists
    }
}

/// As many learners as mentors, one place each, and what each pair is worth; nothing: not allowed.
#[derive(Debug)]
pub(crate) struct Square {
    pub(crate) side: usize,
    pub(crate) worth: Vec<u16>,
}

impl Square {
    pub(crate) fn save(&self, folder: &Path) -> io::Result<()> {
        save(folder, "worth", self.worth.iter().copied())
    }

    pub(crate) fn load(folder: &Path) -> io::Result<Self> {
        let worth = load_u16(folder, "worth")?;
        Ok(Self { side: worth.len().isqrt(), worth })
    }

    /// Whether a quarter of the pairs is possible, as the matcher draws the line.
    pub(crate) fn is_dense(&self) -> bool {
        self.worth.iter().filter(|worth| **worth > 0).count() * 4 >= self.worth.len()
    }

    /// Every pair is worth something by pure chance.
    pub(crate) fn uniform(seed: u64, side: usize) -> Self {
        let mut dice = Dice::new(seed);
        Self { side, worth: (0..side * side).map(|_| 1 + dice.below(10_000) as u16).collect() }
    }

    /// Worth is a product of three traits on both sides, so that all learners want much the same.
    pub(crate) fn low_rank(seed: u64, side: usize) -> Self {
        let mut dice = Dice::new(seed);
        let mut traits = || -> Vec<[u32; 3]> { (0..side).map(|_| std::array::from_fn(|_| dice.below(101))).collect() };
        let (learners, mentors) = (traits(), traits());
        let worth = |one: &[u32; 3], other: &[u32; 3]| {
            1 + one.iter().zip(other).map(|(mine, theirs)| mine * theirs).sum::<u32>() / 3
        };
        let worth =
            learners.iter().flat_map(|one| mentors.iter().map(move |other| worth(one, other).min(10_000) as u16));
        Self { side, worth: worth.collect() }
    }

    pub(crate) fn problem(&self) -> Result<Problem, Invalid> {
        let mut problem = Problem::new(ids(self.side), ids(self.side), vec![1; self.side])?;
        let mut list = vec![Edge { mentor: 0, value: 0 }; self.side];
        for row in self.worth.chunks_exact(self.side) {
            // Every pair is written and only the possible ones are kept: no branch to foretell wrongly.
            let mut count = 0;
            for (mentor, worth) in (0..).zip(row) {
                list[count] = Edge { mentor, value: u32::from(*worth) };
                count += usize::from(*worth > 0);
            }
            problem.push(list[..count].iter().copied())?;
        }
        Ok(problem)
    }
}

fn ids(count: usize) -> Vec<Uuid> {
    (1..=count as u128).map(Uuid::from_u128).collect()
}

/// Runs `work`; the seconds it took.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed().as_secs_f64())
}
