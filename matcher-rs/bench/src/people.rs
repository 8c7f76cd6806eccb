//! Pools of mentors and cohorts of learners, and how they leave for other programs.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use matcher_core::{Candidate, Need, Plan, Pool, Suggestion, Weights, rank};
use matcher_server::wire::{CandidateIn, NeedIn};
use rayon::prelude::*;
use serde::Serialize;

use crate::arrays::save;
use crate::lists::{Lists, Square};
use crate::world::{Places, SKILLS, World};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Mentors per message to a server.
const MESSAGE: usize = 20_000;

/// What a matcher holds: mentors, and learners who ask.
#[derive(Debug)]
pub(crate) struct People {
    pub(crate) pool: Pool,
    pub(crate) needs: Vec<Need>,
}

impl People {
    /// Makes and keeps them.
    pub(crate) fn new(seed: u64, mentors: usize, learners: usize, places: Places) -> Outcome<Self> {
        let mut world = World::new(seed);
        let pool = world.candidates(mentors, places)?.iter().collect();
        Ok(Self { pool, needs: world.needs(learners)? })
    }

    /// Each learner's `k` best mentors.
    pub(crate) fn lists(&self, k: usize, places: u32) -> Lists {
        let row = |id: uuid::Uuid| (id.as_u128() >> 64) as u32 - 1;
        let mut lists = Lists { places: vec![places; self.pool.len()], ..Lists::default() };
        let ranked: Vec<_> =
            self.needs.par_iter().map(|need| rank(&self.pool, &Plan::new(need, Weights::default()), k)).collect();
        for list in ranked {
            lists.push(list.iter().map(|found| (row(found.id), u32::from(found.terms.total()), own(found))));
        }
        lists
    }
}

/// Every pair of as many learners as mentors.
pub(crate) fn square(seed: u64, side: usize) -> Outcome<Square> {
    let mut world = World::new(seed);
    let (mentors, learners) = (world.candidates(side, Places::Free(1))?, world.needs(side)?);
    let plans: Vec<Plan<'_>> = learners.iter().map(|need| Plan::new(need, Weights::default())).collect();
    let worth = |plan: &Plan<'_>, mentor| plan.score(mentor).map_or(0, |score| score.terms.total());
    let rows = plans.par_iter().flat_map_iter(|plan| mentors.iter().map(move |mentor| worth(plan, mentor)));
    Ok(Square { side, worth: rows.collect() })
}

/// Makes a pool like [`People::new`] and writes it on the way: columns for other query engines,
/// `needs.json`, and `pool-<n>.json`, the messages that give it to a server.
pub(crate) fn write_pool(folder: &Path, seed: u64, mentors: usize, learners: usize) -> Outcome<People> {
    let mut world = World::new(seed);
    let (mut pool, mut columns) = (Pool::default(), Columns::default());
    for (number, first) in (0..mentors).step_by(MESSAGE).enumerate() {
        let said: Vec<CandidateIn> =
            (first..mentors.min(first + MESSAGE)).map(|_| world.mentor(Places::Mixed)).collect();
        write_message(folder, number as u64, &said)?;
        for candidate in said {
            let country = candidate.country.clone();
            let candidate = Candidate::try_from(candidate)?;
            columns.push(&candidate, country);
            pool.upsert(&candidate);
        }
    }
    columns.save(folder)?;
    let said: Vec<NeedIn> = (0..learners).map(|_| world.learner()).collect();
    serde_json::to_writer(BufWriter::new(File::create(folder.join("needs.json"))?), &said)?;
    let needs = said.into_iter().map(Need::try_from).collect::<Result<_, _>>()?;
    Ok(People { pool, needs })
}

#[derive(Serialize)]
#[serde(untagged)]
enum Message<'a> {
    First { version: u64, candidates: &'a [CandidateIn] },
    More { base: u64, version: u64, upserts: &'a [CandidateIn], removals: [(); 0] },
}

fn write_message(folder: &Path, number: u64, said: &[CandidateIn]) -> Outcome<()> {
    let version = number + 1;
    let message = match number {
        0 => Message::First { version, candidates: said },
        _ => Message::More { base: number, version, upserts: said, removals: [] },
    };
    let mut out = BufWriter::new(File::create(folder.join(format!("pool-{number:03}.json")))?);
    serde_json::to_writer(&mut out, &message)?;
    Ok(out.flush()?)
}

/// A pool as columns, row by rising id. Shares are in basis points; a language is a bit.
#[derive(Debug, Default)]
struct Columns {
    levels: Vec<Vec<u8>>,
    languages: Vec<u32>,
    spoken: BTreeMap<Box<str>, u32>,
    places: Vec<u16>,
    known: BTreeMap<(Option<Box<str>>, i16), u16>,
    availability: Vec<u64>,
    rating: Vec<u16>,
    free: Vec<u16>,
    experience: Vec<u16>,
}

impl Columns {
    fn push(&mut self, candidate: &Candidate, country: Option<Box<str>>) {
        let row = self.languages.len();
        self.levels.resize_with(SKILLS as usize, Vec::new);
        for (skill, level) in &candidate.skills {
            let number: usize = skill.trim_start_matches("skill-").parse().unwrap_or_default();
            self.levels[number].resize(row, 0);
            self.levels[number].push(*level);
        }
        let languages = candidate.languages.iter().map(|name| {
            let next = self.spoken.len() as u32;
            1 << *self.spoken.entry(name.clone()).or_insert(next)
        });
        self.languages.push(languages.sum());
        let next = self.known.len() as u16;
        self.places.push(*self.known.entry((country, candidate.utc_offset)).or_insert(next));
        self.availability.extend(words(&candidate.availability.to_hex()));
        self.rating.push(candidate.rating_share() as u16);
        self.free.push(candidate.free_share() as u16);
        self.experience.push(candidate.experience_share() as u16);
    }

    fn save(&mut self, folder: &Path) -> Outcome<()> {
        let rows = self.languages.len();
        for column in &mut self.levels {
            column.resize(rows, 0);
        }
        save(folder, "levels", self.levels.iter().flatten().copied())?;
        save(folder, "languages", self.languages.iter().copied())?;
        save(folder, "places", self.places.iter().copied())?;
        save(folder, "availability", self.availability.iter().copied())?;
        save(folder, "rating", self.rating.iter().copied())?;
        save(folder, "free", self.free.iter().copied())?;
        save(folder, "experience", self.experience.iter().copied())?;
        let mut known: Vec<_> = self.known.iter().collect();
        known.sort_by_key(|(_, number)| **number);
        let places: Vec<_> = known.into_iter().map(|(place, _)| place).collect();
        let names = serde_json::json!({ "languages": self.spoken, "places": places });
        serde_json::to_writer(File::create(folder.join("names.json"))?, &names)?;
        Ok(())
    }
}

/// A week of 168 hexadecimal digits as eleven words, the first quarter hours in the first.
fn words(hex: &str) -> impl Iterator<Item = u64> {
    let digits = hex.as_bytes().rchunks(16);
    digits.map(|word| {
        word.iter().fold(0, |sum, digit| sum << 4 | u64::from(char::from(*digit).to_digit(16).unwrap_or(0)))
    })
}

/// What a pair is worth to the mentor: what the two can do together.
fn own(found: &Suggestion) -> u32 {
    u32::from(found.terms.skill) + u32::from(found.terms.availability) + u32::from(found.terms.language)
}
