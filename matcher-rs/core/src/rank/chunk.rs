//! A chunk of a pool as one query reads it.

use super::kernel::{Rows, Sieve, Wanted};
use super::limits::Limits;
use super::query::Query;
use crate::pool::block::{Bytes, CHUNK, Levels};
use crate::pool::skills::{Column, Posting};

/// So few listed rows are looked at without sifting the chunk.
const FEW: usize = 16;

/// Opens one chunk after the other, spreading listed skills out.
#[derive(Debug)]
pub(super) struct Reader<'q> {
    query: &'q Query<'q>,
    listed: Vec<Listed<'q>>,
}

/// What is left of a listed skill, and the present chunk of it spread out.
#[derive(Debug)]
struct Listed<'q> {
    rest: &'q [Posting],
    levels: Levels,
    count: usize,
}

/// A chunk in which somebody may have a wanted skill.
#[derive(Debug)]
pub(super) struct Open<'r> {
    query: &'r Query<'r>,
    chunk: usize,
    wanted: Vec<Wanted<'r>>,
    points: Vec<&'r [u16; 16]>,
    lost: u8,
    /// All rows with a wanted skill, when they are few.
    few: Option<Rows>,
}

impl<'q> Reader<'q> {
    pub(super) fn new(query: &'q Query<'q>) -> Self {
        let listed = query.wanted.iter().filter_map(|wanted| match wanted.column {
            Column::Listed(rest) => Some(Listed { rest, levels: Levels::filled(0), count: 0 }),
            Column::Spread { .. } => None,
        });
        Self { query, listed: listed.collect() }
    }

    /// The next chunk, or one after it; `None` when no row of it can have lost so little.
    pub(super) fn open(&mut self, chunk: usize, limits: &Limits) -> Option<Open<'_>> {
        let mut few = [0; _];
        for listed in &mut self.listed {
            listed.turn_to(chunk, &mut few);
        }
        let mut open = Open {
            query: self.query,
            chunk,
            wanted: Vec::with_capacity(self.query.wanted.len()),
            points: Vec::with_capacity(self.query.wanted.len()),
            lost: 0,
            few: None,
        };
        let (mut listed, mut spread, mut count) = (self.listed.iter(), false, 0);
        for (wanted, losses) in self.query.wanted.iter().zip(&limits.levels) {
            let levels = match wanted.column {
                Column::Spread { chunks, .. } => chunks.get(chunk).inspect(|_| spread = true),
                Column::Listed(_) => listed.next().filter(|listed| listed.count > 0).map(|listed| {
                    count += listed.count;
                    &listed.levels
                }),
            };
            match levels {
                Some(levels) => {
                    open.wanted.push(Wanted { levels, losses: *losses });
                    open.points.push(&wanted.points);
                }
                None => open.lost = open.lost.saturating_add(losses[0]),
            }
        }
        open.few = (!spread && count <= FEW).then_some(few);
        (!open.wanted.is_empty() && open.lost <= limits.limit).then_some(open)
    }
}

impl Listed<'_> {
    /// Spreads the postings of a chunk out, and marks their rows.
    fn turn_to(&mut self, chunk: usize, rows: &mut Rows) {
        if self.count > 0 {
            self.levels.0.fill(0);
            self.count = 0;
        }
        let (start, end) = (chunk * CHUNK, (chunk + 1) * CHUNK);
        if self.rest.first().is_some_and(|posting| posting.row() < start) {
            self.rest = &self.rest[self.rest.partition_point(|posting| posting.row() < start)..];
        }
        while let Some((posting, rest)) = self.rest.split_first()
            && posting.row() < end
        {
            let row = posting.row() % CHUNK;
            self.levels.set(row, posting.level());
            rows[row / 64] |= 1 << (row % 64);
            self.count += 1;
            self.rest = rest;
        }
    }
}

impl Open<'_> {
    /// All rows with a wanted skill, if they are so few that looking at them is quicker than sifting.
    pub(super) fn few(&self) -> Option<Rows> {
        self.few
    }

    /// Writes what each row loses; the rows that lose no more than the limit.
    pub(super) fn sift(&self, limits: &Limits, lost: &mut Bytes) -> Rows {
        let pool = self.query.pool;
        let sieve = Sieve {
            costs: self.query.costs.losses(self.chunk),
            shift: limits.shift,
            places: &pool.place_codes[self.chunk],
            place_losses: &limits.places,
            languages: &pool.language_codes[self.chunk],
            language_losses: &limits.languages,
            wanted: &self.wanted,
            lost: self.lost,
        };
        pool.kernel().sift(&sieve, limits.limit, lost)
    }

    /// The row of the pool that is this row of the chunk.
    pub(super) fn row(&self, row: usize) -> usize {
        self.chunk * CHUNK + row
    }

    /// What the skills of a row bring.
    pub(super) fn skill(&self, row: usize) -> u32 {
        let brings = |(wanted, points): (&Wanted<'_>, &&[u16; 16])| points[usize::from(wanted.levels.level(row))];
        self.wanted.iter().zip(&self.points).map(brings).map(u32::from).sum()
    }
}
