//! Augmenting paths: everybody moves on along the chain that a search has found.
//!
//! One chain seats a bidder who holds nothing. Another one fills a column with room that still costs
//! something: it begins at a bidder left out or at nobody, a bidder to whom all is worth nothing and
//! whose place on a column is room there.

use super::Solver;
use super::search::{End, Reached, Search};
use crate::WHOLE;

impl Solver<'_> {
    /// Finds the best chain for `bidder` and moves everybody along it.
    pub(super) fn place(&mut self, bidder: u32, search: &mut Search) {
        let (gain, end) = self.search(bidder, search);
        self.raise_passed(gain, search);
        match end {
            End::Room(column) => self.seat(column, search),
            End::LeftOut(last) => {
                if let Some(bidder) = last.bidder {
                    self.column_of[bidder as usize] = None;
                }
                self.move_on(last, search);
            }
        }
    }

    /// Finds the best chain to a column with room that costs something, from a bidder left out or from
    /// nobody, and moves everybody along it. Where nobody takes a place, room is left at price 0.
    pub(super) fn fill_vacancy(&mut self, search: &mut Search) {
        let Some((gain, column)) = self.search_vacancy(search) else { return };
        self.raise_passed(gain, search);
        self.seat(column, search);
        // Nobody's profit is nothing again.
        self.lower_prices(WHOLE as u16 - gain);
    }

    /// Gives room on `column` to whom it was reached from, and what they have left to the next.
    fn seat(&mut self, column: usize, search: &Search) {
        let last = self.reached_by(column, search);
        if let Some(bidder) = last.bidder {
            self.holders[column].push(bidder);
            self.column_of[bidder as usize] = Some(column as u32);
            self.prices.set(column, self.prices.of(column), self.has_room(column));
            self.moves.forget(column);
        }
        self.move_on(last, search);
    }

    /// Gives what the bidder `left` leaves to whom it was reached from, and so on back to whom the search
    /// is for.
    fn move_on(&mut self, mut left: Reached, search: &Search) {
        while let (Some(bidder), Some(column)) = (left.bidder, left.column) {
            let next = self.reached_by(column, search);
            let holders = &mut self.holders[column];
            if let Some(at) = holders.iter().position(|holder| *holder == bidder) {
                if let Some(bidder) = next.bidder {
                    holders[at] = bidder;
                    self.column_of[bidder as usize] = Some(column as u32);
                } else {
                    holders.swap_remove(at);
                }
            }
            self.moves.forget(column);
            left = next;
        }
    }
}
