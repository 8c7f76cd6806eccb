//! The mentors of one tenant in memory, laid out for ranking.
//!
//! Columns hold what every query reads. A skill is a column that lists only the mentors who have
//! it, so the number of skills is free. Languages and places repeat across mentors: each distinct
//! set and each distinct (country, offset) is kept once and a mentor holds its number, so a query
//! judges every distinct one once.

use std::collections::HashMap;
use std::hash::Hash;

use uuid::Uuid;

use crate::availability::Mask;
use crate::candidate::Candidate;
use crate::countries::Country;

/// A mentor's row and their level in one skill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Posting {
    pub(crate) row: u32,
    pub(crate) level: u8,
}

/// Distinct values, numbered in the order they came.
#[derive(Debug)]
pub(crate) struct Distinct<T> {
    pub(crate) values: Vec<T>,
    numbers: HashMap<T, u32>,
}

impl<T: Clone + Eq + Hash> Distinct<T> {
    fn number(&mut self, value: T) -> u32 {
        if let Some(number) = self.numbers.get(&value) {
            return *number;
        }
        let number = self.values.len() as u32;
        self.values.push(value.clone());
        self.numbers.insert(value, number);
        number
    }
}

impl<T> Default for Distinct<T> {
    fn default() -> Self {
        Self { values: Vec::new(), numbers: HashMap::new() }
    }
}

/// What a row holds beside its skills; a vacant row has no postings and is never found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    pub(crate) languages: u32,
    pub(crate) place: u32,
    pub(crate) rating: u16,
    pub(crate) free: u16,
    pub(crate) experience: u16,
    pub(crate) places: u16,
    pub(crate) minors: bool,
}

/// The resident mentors of one tenant.
#[derive(Debug, Default)]
pub struct Pool {
    rows: HashMap<Uuid, u32>,
    vacant: Vec<u32>,
    skills: HashMap<Box<str>, Vec<Posting>>,
    skills_of: Vec<Box<[Box<str>]>>,
    pub(crate) ids: Vec<Uuid>,
    pub(crate) standing: Vec<Standing>,
    pub(crate) availability: Vec<Mask>,
    pub(crate) languages: Distinct<Box<[Box<str>]>>,
    pub(crate) places: Distinct<(Option<Country>, i16)>,
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

    /// Rows the columns have, some of which may stand vacant; a [`Suggestion`](crate::Suggestion)
    /// names its row, and a slice of prices has one per row.
    pub fn rows(&self) -> usize {
        self.ids.len()
    }

    /// Adds a mentor or replaces what was known of them.
    pub fn upsert(&mut self, candidate: &Candidate) {
        self.remove(candidate.id);
        let standing = self.standing_of(candidate);
        let row = self.vacant.pop().unwrap_or(self.ids.len() as u32);
        for (skill, level) in &candidate.skills {
            self.post(skill, Posting { row, level: *level });
        }
        self.rows.insert(candidate.id, row);
        let names = candidate.skills.iter().map(|(skill, _)| skill.clone()).collect();
        put(&mut self.ids, row, candidate.id);
        put(&mut self.skills_of, row, names);
        put(&mut self.standing, row, standing);
        put(&mut self.availability, row, candidate.availability);
    }

    /// Forgets a mentor; false when they were not here.
    pub fn remove(&mut self, id: Uuid) -> bool {
        let Some(row) = self.rows.remove(&id) else { return false };
        for skill in std::mem::take(&mut self.skills_of[row as usize]) {
            if let Some(column) = self.skills.get_mut(&skill)
                && let Ok(at) = column.binary_search_by_key(&row, |posting| posting.row)
            {
                column.remove(at);
            }
        }
        self.vacant.push(row);
        true
    }

    /// The mentors who have `skill`, by row.
    pub(crate) fn column(&self, skill: &str) -> &[Posting] {
        self.skills.get(skill).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn row(&self, id: Uuid) -> Option<usize> {
        self.rows.get(&id).map(|row| *row as usize)
    }

    fn post(&mut self, skill: &str, posting: Posting) {
        if !self.skills.contains_key(skill) {
            self.skills.insert(skill.into(), Vec::new());
        }
        if let Some(column) = self.skills.get_mut(skill) {
            let at = column.partition_point(|other| other.row < posting.row);
            column.insert(at, posting);
        }
    }

    fn standing_of(&mut self, candidate: &Candidate) -> Standing {
        let mut languages = candidate.languages.clone();
        languages.sort_unstable();
        Standing {
            languages: self.languages.number(languages.into_boxed_slice()),
            place: self.places.number((candidate.country, candidate.utc_offset)),
            rating: candidate.rating_share() as u16,
            free: candidate.free_share() as u16,
            experience: candidate.experience_share() as u16,
            places: if candidate.consents { candidate.free() } else { 0 },
            minors: candidate.minors,
        }
    }
}

impl<'c> FromIterator<&'c Candidate> for Pool {
    fn from_iter<I: IntoIterator<Item = &'c Candidate>>(candidates: I) -> Self {
        let mut pool = Self::default();
        for candidate in candidates {
            pool.upsert(candidate);
        }
        pool
    }
}

fn put<T>(column: &mut Vec<T>, row: u32, value: T) {
    match column.get_mut(row as usize) {
        Some(cell) => *cell = value,
        None => column.push(value),
    }
}
