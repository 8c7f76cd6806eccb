//! Scoring the rows that passed the sieve.

use super::best::Best;
use super::chunk::Open;
use super::kernel::{Rows, fetch};
use super::query::Query;

/// So many rows are fetched from memory at once before the first of them is scored.
const TOGETHER: usize = 16;

/// Scores rows and keeps the best.
#[derive(Debug)]
pub(super) struct Look<'q> {
    pub(super) best: Best,
    pub(super) query: &'q Query<'q>,
    waiting: [Waiting; TOGETHER],
    count: usize,
}

/// A row whose facts are on their way, and what its skills bring.
#[derive(Debug, Clone, Copy, Default)]
struct Waiting {
    row: usize,
    skill: u32,
}

impl<'q> Look<'q> {
    pub(super) fn new(query: &'q Query<'q>, best: Best) -> Self {
        Self { best, query, waiting: [Waiting::default(); TOGETHER], count: 0 }
    }

    /// Looks at these rows of a chunk, some of them not before [`Look::finish`].
    pub(super) fn at(&mut self, open: &Open<'_>, passed: &Rows) {
        for (word, bits) in passed.iter().enumerate() {
            let mut bits = *bits;
            while bits != 0 {
                let row = word * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                self.wait(open.row(row), open.skill(row));
            }
        }
    }

    /// The best of all that was looked at.
    pub(super) fn finish(mut self) -> Best {
        self.score();
        self.best
    }

    fn wait(&mut self, row: usize, skill: u32) {
        fetch(&self.query.pool.facts[row]);
        self.waiting[self.count] = Waiting { row, skill };
        self.count += 1;
        if self.count == TOGETHER {
            self.score();
        }
    }

    /// Scores the rows that wait.
    pub(super) fn score(&mut self) {
        for Waiting { row, skill } in &self.waiting[..self.count] {
            if let Some((net, suggestion)) = self.query.score(*row, *skill, self.best.least()) {
                self.best.offer(net, suggestion);
            }
        }
        self.count = 0;
    }
}
