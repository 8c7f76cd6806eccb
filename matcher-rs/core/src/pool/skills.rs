//! Who has which skill: a column per skill, listed or spread out.

use std::collections::HashMap;

use super::block::{CHUNK, Levels};

/// A column that more than one row in this many has is spread out; measured on a million rows.
const SPREAD_ABOVE: usize = 64;
/// It is listed again when fewer than one row in this many has it, so that no row makes it go to and fro.
const LISTED_BELOW: usize = 128;

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
            Self::Listed(list) if list.len() * SPREAD_ABOVE > rows => {
                let mut chunks = Vec::with_capacity(rows.div_ceil(CHUNK));
                for posting in list.iter() {
                    spread(&mut chunks, *posting);
                }
                *self = Self::Spread { chunks, count: list.len() };
            }
            Self::Spread { chunks, count } if *count * LISTED_BELOW < rows => {
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

/// The skills of a pool by name; any number of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Skills {
    numbers: HashMap<Box<str>, u32>,
    columns: Vec<Column>,
}

impl Skills {
    /// Who has this skill; `None` when nobody ever had it.
    pub(crate) fn column(&self, skill: &str) -> Option<&Column> {
        self.numbers.get(skill).map(|number| &self.columns[*number as usize])
    }

    /// Notes that a row has a skill; the skill's number, for [`Skills::clear`].
    pub(super) fn set(&mut self, skill: &str, row: u32, level: u8, rows: usize) -> u32 {
        let number = self.number(skill);
        let column = &mut self.columns[number as usize];
        column.set(row, level);
        column.settle(rows);
        number
    }

    /// Notes that a row has a skill no longer.
    pub(super) fn clear(&mut self, number: u32, row: u32, rows: usize) {
        let column = &mut self.columns[number as usize];
        column.clear(row);
        column.settle(rows);
    }

    fn number(&mut self, skill: &str) -> u32 {
        if let Some(number) = self.numbers.get(skill) {
            return *number;
        }
        let number = self.columns.len() as u32;
        self.columns.push(Column::Listed(Vec::new()));
        self.numbers.insert(skill.into(), number);
        number
    }
}
