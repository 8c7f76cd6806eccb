//! What the holders of a column make of leaving it, kept from one search to the next.
//!
//! A search that passes a column looks at every column from each of its holders. With a hundred holders
//! nearly all of that is the same as in the search before: so it is kept which of them makes most of
//! each move, and one look does. It is made anew when the column was given to somebody else.

use super::lanes::{Block, LANES, Lanes, Origins};
use super::matrix::Matrix;
use crate::WHOLE;

/// Added to moves, which lose twice [`WHOLE`] in halves at most.
pub(super) const BIAS: u16 = 2 * WHOLE as u16;
/// Columns with so few holders are passed one by one.
pub(super) const FEW: usize = 2;

/// The best moves from a column.
struct Best {
    /// Per column, what the move there brings at most, before prices, in halves and with [`BIAS`].
    row: Vec<Block>,
    /// Per column, who makes that move.
    bidders: Vec<Origins>,
    /// The lowest value held, and who holds it.
    poorest: (u16, u32),
    is_known: bool,
}

/// The best moves from each column that has many holders.
pub(super) struct Moves {
    best: Vec<Option<Best>>,
    /// Costs of nothing.
    free: Vec<Block>,
    /// How many rows were looked at.
    pub(super) looked: u64,
}

impl Moves {
    pub(super) fn new(columns: usize, width: usize) -> Self {
        Self { best: (0..columns).map(|_| None).collect(), free: vec![Block([0; LANES]); width], looked: 0 }
    }

    /// The holders of `column` have changed.
    pub(super) fn forget(&mut self, column: usize) {
        if let Some(best) = &mut self.best[column] {
            best.is_known = false;
        }
    }

    /// Looks at the moves of all holders, unless they are known.
    pub(super) fn bring_up(&mut self, column: usize, matrix: &Matrix, rows: &[u32], holders: &[u32], lanes: Lanes) {
        let width = self.free.len();
        let best = self.best[column].get_or_insert_with(|| Best {
            row: vec![Block([0; LANES]); width],
            bidders: vec![Origins([0; LANES]); width],
            poorest: (0, 0),
            is_known: false,
        });
        if best.is_known {
            return;
        }
        self.looked += holders.len() as u64;
        best.row.fill(Block([0; LANES]));
        // Where all lose everything, any of them will do.
        best.bidders.fill(Origins([holders[0]; LANES]));
        best.poorest = (u16::MAX, holders[0]);
        for holder in holders {
            let row = rows[*holder as usize];
            let value = matrix.value(row, column);
            best.poorest = best.poorest.min((value, *holder));
            let offset = BIAS - 2 * value;
            lanes.relax(matrix.row(row), &self.free, &mut best.row, &mut best.bidders, offset, *holder);
        }
        best.is_known = true;
    }

    /// The lowest value held, and who holds it.
    pub(super) fn poorest(&self, column: usize) -> (u16, u32) {
        self.best[column].as_ref().map_or((0, 0), |best| best.poorest)
    }

    /// What moves from `column` bring; nothing before [`Moves::bring_up`].
    pub(super) fn row(&self, column: usize) -> &[Block] {
        self.best[column].as_ref().map_or(&[], |best| &best.row)
    }

    /// Who makes most of the move from `column` to `other`.
    pub(super) fn bidder(&self, column: usize, other: usize) -> u32 {
        self.best[column].as_ref().map_or(0, |best| best.bidders[other / LANES].0[other % LANES])
    }
}
