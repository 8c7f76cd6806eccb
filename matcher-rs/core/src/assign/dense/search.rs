//! The search for the best way to seat a bidder at the cost of others: a chain of bidders who each move
//! on, ending at a column with room or with one bidder left out.
//!
//! It is Dijkstra's search over columns, by *gain*: what the bidder's profit would be at the end of the
//! chain, in score units. The column of the highest gain is passed, and its holders reach others from it.
//! A column with room that costs something is searched for in the same way. Afterwards the prices of the
//! columns passed rise by what their gain exceeds that of the end: what everybody holds is still worth
//! their highest profit.

use super::lanes::{Block, LANES, Origins};
use super::prices::BIAS;
use super::{Solver, moves};
use crate::WHOLE;

/// Where a chain ends.
pub(super) enum End {
    /// At a column with room.
    Room(usize),
    /// With this bidder, who is left with nothing.
    LeftOut(Reached),
}

/// One step of a chain: the bidder who would move (none: whoever of the column's holders gains most by
/// it, see [`moves`]) and the column that is left (none: here the chain begins).
#[derive(Debug, Clone, Copy)]
pub(super) struct Reached {
    pub(super) bidder: Option<u32>,
    pub(super) column: Option<usize>,
}

const NOBODY: Reached = Reached { bidder: None, column: None };

/// What one search knows.
pub(super) struct Search {
    /// Per column, the best gain known, in halves; 0 once passed.
    gains: Vec<Block>,
    /// Per column with a gain, the number in `reached` that it comes from.
    origins: Vec<Origins>,
    reached: Vec<Reached>,
    /// Columns whose holders were reached, with the gain there.
    passed: Vec<(u32, u16)>,
    /// The highest gain at which somebody reached has nothing left, and who that is.
    left_out: (u16, Reached),
    /// How many rows all searches looked at.
    pub(super) looked: u64,
}

impl Search {
    pub(super) fn new(width: usize) -> Self {
        Self {
            gains: vec![Block([0; LANES]); width],
            origins: vec![Origins([0; LANES]); width],
            reached: Vec::new(),
            passed: Vec::new(),
            left_out: (0, NOBODY),
            looked: 0,
        }
    }

    fn clear(&mut self) {
        self.gains.fill(Block([0; LANES]));
        self.reached.clear();
        self.passed.clear();
        self.left_out = (0, NOBODY);
    }

    fn leave_out(&mut self, gain: u16, who: Reached) {
        if gain > self.left_out.0 {
            self.left_out = (gain, who);
        }
    }

    fn pass(&mut self, column: usize, gain: u16) {
        self.passed.push((column as u32, gain));
        self.gains[column / LANES].0[column % LANES] = 0;
    }

    fn origin(&self, column: usize) -> usize {
        self.origins[column / LANES].0[column % LANES] as usize
    }
}

impl Solver<'_> {
    /// The end of the best chain, and the gain there.
    pub(super) fn search(&mut self, bidder: u32, search: &mut Search) -> (u16, End) {
        search.clear();
        search.left_out.1 = Reached { bidder: Some(bidder), column: None };
        let mut best = self.reach(search, bidder, None, BIAS);
        loop {
            let (gain, (floor, last)) = (best / 2, search.left_out);
            let found = if gain > floor { self.lanes.find(&search.gains, best) } else { None };
            let Some(column) = found else { return (floor, End::LeftOut(last)) };
            if best % 2 == 1 {
                return (gain, End::Room(column));
            }
            best = self.pass(column, gain, search);
        }
    }

    /// The end of that chain, and the gain there; it is counted from [`WHOLE`], as it falls below what
    /// nobody has.
    pub(super) fn search_vacancy(&mut self, search: &mut Search) -> Option<(u16, usize)> {
        search.clear();
        let offset = BIAS + 2 * WHOLE as u16;
        let nothing = vec![Block([0; LANES]); self.matrix.width];
        let mut best = self.look(&nothing, search, Reached { bidder: None, column: None }, offset);
        for bidder in (0..self.rows.len() as u32).filter(|bidder| self.column_of[*bidder as usize].is_none()) {
            best = self.reach(search, bidder, None, offset);
        }
        loop {
            let (gain, column) = (best / 2, self.lanes.find(&search.gains, best)?);
            if self.is_vacant(column) {
                return Some((gain, column));
            }
            best = self.pass(column, gain, search);
        }
    }

    /// Passes a column and reaches its holders. The highest gain of the columns not passed.
    fn pass(&mut self, column: usize, gain: u16, search: &mut Search) -> u16 {
        search.pass(column, gain);
        self.prices.shut(column);
        if self.holders[column].len() > moves::FEW {
            return self.pass_at_once(column, gain, search);
        }
        let mut best = None;
        for at in 0..self.holders[column].len() {
            let holder = self.holders[column][at];
            let profit = self.matrix.value(self.rows[holder as usize], column) - self.prices.of(column);
            search.leave_out(gain.saturating_sub(profit), Reached { bidder: Some(holder), column: Some(column) });
            best = Some(self.reach(search, holder, Some(column), BIAS + 2 * gain - 2 * profit));
        }
        best.unwrap_or_else(|| self.lanes.highest(&search.gains))
    }

    /// As [`Solver::pass`] for a column with many holders, by what the best of them make of every move.
    fn pass_at_once(&mut self, column: usize, gain: u16, search: &mut Search) -> u16 {
        self.moves.bring_up(column, self.matrix, &self.rows, &self.holders[column], self.lanes);
        let (value, holder) = self.moves.poorest(column);
        let profit = value - self.prices.of(column);
        search.leave_out(gain.saturating_sub(profit), Reached { bidder: Some(holder), column: Some(column) });
        let offset = BIAS - moves::BIAS + 2 * gain + 2 * self.prices.of(column);
        self.look(self.moves.row(column), search, Reached { bidder: None, column: Some(column) }, offset)
    }

    /// Looks at every column from one more bidder. The highest gain of the columns not passed.
    fn reach(&self, search: &mut Search, bidder: u32, column: Option<usize>, offset: u16) -> u16 {
        let row = self.matrix.row(self.rows[bidder as usize]);
        self.look(row, search, Reached { bidder: Some(bidder), column }, offset)
    }

    fn look(&self, row: &[Block], search: &mut Search, reached: Reached, offset: u16) -> u16 {
        let number = search.reached.len() as u32;
        search.reached.push(reached);
        search.looked += 1;
        self.lanes.relax(row, self.prices.costs(), &mut search.gains, &mut search.origins, offset, number)
    }

    /// The columns passed cost more by what their gain exceeds that of the end.
    pub(super) fn raise_passed(&mut self, gain: u16, search: &mut Search) {
        for (column, passed) in search.passed.drain(..) {
            let column = column as usize;
            self.prices.set(column, self.prices.of(column) + passed - gain, self.has_room(column));
        }
    }

    /// From whom `column` was reached.
    pub(super) fn reached_by(&self, column: usize, search: &Search) -> Reached {
        match search.reached[search.origin(column)] {
            Reached { bidder: None, column: Some(left) } => {
                Reached { bidder: Some(self.moves.bidder(left, column)), column: Some(left) }
            }
            reached => reached,
        }
    }
}
