//! The mentors of one tenant in memory, laid out for ranking.
//!
//! A query first sifts columns of a few bytes per mentor, and looks at the facts of those few who
//! may be among the best. So a mentor is a row in three places:
//!
//! * four bits per skill that many have; a posting in a list per skill that few have (`skills`);
//! * a byte each for the languages, the place and the parts that depend on the mentor alone
//!   (`codes`, `costs`): a code, or the loss against the best in whole units;
//! * one cache line of exact facts (`facts`), and the id.
//!
//! Nothing but memory limits the number of mentors, skills, languages and places; names that nobody has
//! any more are forgotten.

pub(crate) mod block;
pub(crate) mod codes;
pub(crate) mod costs;
pub(crate) mod facts;
pub(crate) mod languages;
pub(crate) mod skills;

use std::collections::HashMap;

use uuid::Uuid;

use self::block::{Bytes, CHUNK};
use self::codes::{Distinct, NOBODY};
use self::costs::Costs;
pub use self::costs::Prices;
use self::facts::Facts;
use self::languages::Languages;
use self::skills::Skills;
use crate::candidate::Candidate;
use crate::countries::Country;
use crate::rank::Kernel;
use crate::weights::Weights;

/// Below this many mentors codes are given as values come.
const FEW: usize = 64;

/// Bytes of a row in all columns but those of skills, and in the table that finds it.
const ROW: usize = 320;
/// Bytes of a language, a set of them, or a place.
const VALUE: usize = 192;

/// The resident mentors of one tenant.
#[derive(Debug, Clone, Default)]
pub struct Pool {
    rows: HashMap<Uuid, u32>,
    vacant: Vec<u32>,
    skills_of: Vec<Box<[u32]>>,
    /// What each row adds to the digest, and the sum of it.
    digests: Vec<u64>,
    digest: u64,
    /// How many mentors there were when codes were last given anew.
    coded: usize,
    pub(crate) ids: Vec<Uuid>,
    pub(crate) facts: Vec<Facts>,
    pub(crate) skills: Skills,
    pub(crate) languages: Languages,
    pub(crate) places: Distinct<(Option<Country>, i16)>,
    pub(crate) language_codes: Vec<Bytes>,
    pub(crate) place_codes: Vec<Bytes>,
    pub(crate) costs: Costs,
    kernel: Kernel,
}

impl Pool {
    /// How many mentors live here.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nobody lives here.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether this mentor lives here.
    pub fn contains(&self, id: Uuid) -> bool {
        self.rows.contains_key(&id)
    }

    /// Rows the columns have, some of which may stand vacant; a [`Suggestion`](crate::Suggestion)
    /// names its row, and a slice of prices has one per row.
    pub fn rows(&self) -> usize {
        self.ids.len()
    }

    /// Roughly how many bytes of memory it takes: what lives here, and the room that was ever needed.
    pub fn bytes(&self) -> usize {
        self.rows() * ROW + self.skills.bytes() + (self.languages.len() + self.places.len()) * VALUE
    }

    /// What [`Pool::bytes`] may be more, once this mentor is added or replaced.
    pub fn growth(&self, candidate: &Candidate) -> usize {
        let row = if self.contains(candidate.id) { 0 } else { ROW };
        row + 2 * VALUE + candidate.skills.iter().map(|(skill, _)| self.skills.growth(skill)).sum::<usize>()
    }

    /// The weights that rankings of this pool are quickest with.
    pub fn weights(&self) -> Weights {
        self.costs.weights
    }

    /// Prepares for rankings with these weights; others stay possible.
    pub fn set_weights(&mut self, weights: Weights) {
        if weights != self.weights() {
            self.costs = Costs::new(&self.facts, weights, &[]);
        }
    }

    /// Everything that answers depend on, as one number: see the module `digest`.
    pub fn digest(&self) -> u64 {
        self.digest.wrapping_add(self.weights().digest())
    }

    /// The instructions that rankings use.
    pub fn kernel(&self) -> Kernel {
        self.kernel
    }

    /// Uses other instructions than the best this processor has; the answers are the same.
    pub fn set_kernel(&mut self, kernel: Kernel) {
        self.kernel = kernel;
    }

    /// Adds a mentor or replaces what was known of them.
    pub fn upsert(&mut self, candidate: &Candidate) {
        self.remove(candidate.id);
        let languages = self.languages.hold(&candidate.languages);
        let place = self.places.hold((candidate.country, candidate.utc_offset));
        let facts = Facts::of(candidate, languages, place);
        let row = self.vacant.pop().unwrap_or(self.ids.len() as u32);
        let rows = self.ids.len().max(row as usize + 1);
        let skills = candidate.skills.iter().map(|(skill, level)| self.skills.set(skill, row, *level, rows)).collect();
        self.rows.insert(candidate.id, row);
        put(&mut self.ids, row, candidate.id);
        put(&mut self.digests, row, candidate.digest());
        self.digest = self.digest.wrapping_add(self.digests[row as usize]);
        put(&mut self.skills_of, row, skills);
        put(&mut self.facts, row, facts);
        self.costs.write(row as usize, &self.facts[row as usize]);
        self.write_codes(row as usize);
        if self.len() >= FEW.max(2 * self.coded) {
            self.recode();
        }
    }

    /// Forgets a mentor; false when they were not here.
    pub fn remove(&mut self, id: Uuid) -> bool {
        let Some(row) = self.rows.remove(&id) else { return false };
        self.digest = self.digest.wrapping_sub(self.digests[row as usize]);
        for skill in std::mem::take(&mut self.skills_of[row as usize]) {
            self.skills.clear(skill, row, self.ids.len());
        }
        let facts = &mut self.facts[row as usize];
        facts.places = 0;
        self.languages.release(facts.languages);
        self.places.release(facts.place);
        self.write_codes(row as usize);
        self.vacant.push(row);
        true
    }

    /// Gives the short codes to the values that are common now.
    fn recode(&mut self) {
        self.coded = self.len();
        self.languages.recode();
        self.places.recode();
        (0..self.facts.len()).for_each(|row| self.write_codes(row));
    }

    fn write_codes(&mut self, row: usize) {
        let facts = &self.facts[row];
        let language = if facts.places == 0 { NOBODY } else { self.languages.sets.code(facts.languages) };
        write(&mut self.language_codes, row, language, NOBODY);
        write(&mut self.place_codes, row, self.places.code(facts.place), 0);
    }
}

impl<'c> FromIterator<&'c Candidate> for Pool {
    fn from_iter<I: IntoIterator<Item = &'c Candidate>>(candidates: I) -> Self {
        let mut pool = Self::default();
        for candidate in candidates {
            pool.upsert(candidate);
        }
        pool.recode();
        pool
    }
}

fn put<T>(column: &mut Vec<T>, row: u32, value: T) {
    match column.get_mut(row as usize) {
        Some(cell) => *cell = value,
        None => column.push(value),
    }
}

/// Writes a byte of a column; a chunk that begins is filled with `empty`.
fn write(column: &mut Vec<Bytes>, row: usize, byte: u8, empty: u8) {
    if column.len() <= row / CHUNK {
        column.push(Bytes::filled(empty));
    }
    column[row / CHUNK].0[row % CHUNK] = byte;
}
