//! Who has which skill: a column per skill, listed or spread out.

use std::collections::HashMap;
use std::sync::Arc;

use super::block::{CHUNK, Levels};

/// A column that more than one row in this many has is spread out; measured on a million rows.
const SPREAD_ABOVE: usize = 64;
/// But never a column of fewer rows than this, as a chunk has the room of hundreds.
const SPREAD_FROM: usize = 16;
/// It is listed again when fewer than one row in this many has it, so that no row makes it go to and fro.
const LISTED_BELOW: usize = 128;

/// Bytes of a posting, and of its skill's number in the row.
const POSTING: usize = 8;
/// Bytes of a skill: its name of at most 64, and what finds it; measured with short lists.
const NAME: usize = 256;

/// A row and its level, in one number that sorts by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Posting(u32);

impl Posting {
    pub(crate) fn new(row: u32, level: u8) -> Self {
        Self(row << 4 | u32::from(level & 15))
    }

    pub(crate) fn row(self) -> usize {
        (self.0 >> 4) as usize
    }

    pub(crate) fn level(self) -> u8 {
        (self.0 & 15) as u8
    }
}

/// The levels of all rows in one skill.
#[derive(Debug, Clone)]
pub(crate) enum Column {
    /// The rows that have it, in order.
    Listed(Vec<Posting>),
    /// Four bits for every row.
    Spread {
        /// Chunks from the first; those beyond the end have nobody.
        chunks: Vec<Levels>,
        /// Rows that have it.
        count: usize,
    },
}

impl Column {
    fn is_empty(&self) -> bool {
        match self {
            Self::Listed(list) => list.is_empty(),
            Self::Spread { count, .. } => *count == 0,
        }
    }

    fn chunks(&self) -> usize {
        if let Self::Spread { chunks, .. } = self { chunks.len() } else { 0 }
    }

    fn set(&mut self, row: u32, level: u8) {
        let posting = Posting::new(row, level);
        match self {
            Self::Listed(list) => {
                let at = list.partition_point(|other| other.row() < posting.row());
                list.insert(at, posting);
            }
            Self::Spread { chunks, count } => {
                spread(chunks, posting);
                *count += 1;
            }
        }
    }

    fn clear(&mut self, row: u32) {
        let row = row as usize;
        match self {
            Self::Listed(list) => {
                if let Ok(at) = list.binary_search_by_key(&row, |posting| posting.row()) {
                    list.remove(at);
                }
            }
            Self::Spread { chunks, count } => {
                chunks[row / CHUNK].set(row, 0);
                *count -= 1;
            }
        }
    }

    /// Chooses the form that suits a pool of this many rows.
    fn settle(&mut self, rows: usize) {
        match self {
            Self::Listed(list) if list.len() >= SPREAD_FROM && list.len() * SPREAD_ABOVE > rows => {
                let mut chunks = Vec::with_capacity(rows.div_ceil(CHUNK));
                for posting in list.iter() {
                    spread(&mut chunks, *posting);
                }
                *self = Self::Spread { chunks, count: list.len() };
            }
            Self::Spread { chunks, count } if *count < SPREAD_FROM / 2 || *count * LISTED_BELOW < rows => {
                let rows = (0..chunks.len() * CHUNK).map(|row| (row, chunks[row / CHUNK].level(row)));
                let had = rows.filter(|(_, level)| *level != 0);
                *self = Self::Listed(had.map(|(row, level)| Posting::new(row as u32, level)).collect());
            }
            _ => (),
        }
    }
}

fn spread(chunks: &mut Vec<Levels>, posting: Posting) {
    let chunk = posting.row() / CHUNK;
    if chunks.len() <= chunk {
        chunks.resize(chunk + 1, Levels::filled(0));
    }
    chunks[chunk].set(posting.row(), posting.level());
}

/// The skills of a pool by name; any number of them. One that nobody has any more is forgotten, and its
/// number given to the next.
#[derive(Debug, Clone, Default)]
pub(crate) struct Skills {
    numbers: HashMap<Arc<str>, u32>,
    names: Vec<Arc<str>>,
    columns: Vec<Column>,
    vacant: Vec<u32>,
    /// Postings of all columns, and chunks of those that are spread out.
    postings: usize,
    chunks: usize,
}

impl Skills {
    /// Who has this skill; `None` when nobody has it.
    pub(crate) fn column(&self, skill: &str) -> Option<&Column> {
        self.numbers.get(skill).map(|number| &self.columns[*number as usize])
    }

    /// Roughly how many bytes they take, with the room for those that were forgotten.
    pub(super) fn bytes(&self) -> usize {
        self.postings * POSTING + self.chunks * size_of::<Levels>() + self.columns.len() * NAME
    }

    /// What one more skill of a mentor adds to [`Skills::bytes`].
    pub(super) fn growth(&self, skill: &str) -> usize {
        if self.numbers.contains_key(skill) { POSTING } else { POSTING + NAME }
    }

    /// Notes that a row has a skill; the skill's number, for [`Skills::clear`].
    pub(super) fn set(&mut self, skill: &str, row: u32, level: u8, rows: usize) -> u32 {
        let number = self.number(skill);
        self.change(number, rows, |column| column.set(row, level));
        self.postings += 1;
        number
    }

    /// Notes that a row has a skill no longer.
    pub(super) fn clear(&mut self, number: u32, row: u32, rows: usize) {
        self.change(number, rows, |column| column.clear(row));
        self.postings -= 1;
        let column = &mut self.columns[number as usize];
        if column.is_empty() {
            self.chunks -= column.chunks();
            *column = Column::Listed(Vec::new());
            self.numbers.remove(&self.names[number as usize]);
            self.vacant.push(number);
        }
    }

    fn change(&mut self, number: u32, rows: usize, change: impl FnOnce(&mut Column)) {
        let column = &mut self.columns[number as usize];
        self.chunks -= column.chunks();
        change(column);
        column.settle(rows);
        self.chunks += column.chunks();
    }

    fn number(&mut self, skill: &str) -> u32 {
        if let Some(number) = self.numbers.get(skill) {
            return *number;
        }
        let name: Arc<str> = skill.into();
        let number = self.vacant.pop().unwrap_or(self.columns.len() as u32);
        super::put(&mut self.names, number, Arc::clone(&name));
        super::put(&mut self.columns, number, Column::Listed(Vec::new()));
        self.numbers.insert(name, number);
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skill_that_nobody_has_any_more_is_forgotten_and_its_place_taken() {
        let mut skills = Skills::default();
        for round in 0..100 {
            let numbers: Vec<u32> =
                (0..9).map(|at| skills.set(&format!("skill {round} {at}"), at, 5, 9 * (round % 200))).collect();
            assert!(skills.column(&format!("skill {round} 8")).is_some());
            assert_eq!((skills.numbers.len(), skills.columns.len(), skills.postings), (9, 9, 9), "{round}");
            for (row, number) in numbers.into_iter().enumerate() {
                skills.clear(number, row as u32, 9);
            }
            assert!(skills.column(&format!("skill {round} 8")).is_none());
        }
        assert_eq!((skills.numbers.len(), skills.postings, skills.chunks), (0, 0, 0));
    }

    #[test]
    fn one_who_has_it_is_enough() {
        let mut skills = Skills::default();
        let [one, other] = [0, 1].map(|row| skills.set("go", row, 5, 2));
        assert_eq!(one, other);
        skills.clear(one, 0, 2);
        assert!(skills.column("go").is_some());
        assert_ne!(skills.set("sql", 0, 5, 2), one);
    }
}
