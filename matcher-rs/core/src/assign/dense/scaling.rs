//! Good prices to start from: an auction whose raise falls (Bertsekas 1988, epsilon-scaling).
//!
//! Where all want much the same, bids that only reach what a bidder has nothing better for hardly
//! move the prices. On a low-rank square of side 3001, row reduction leaves 2580 bidders, whose
//! searches look at 960 rows each; this leaves 1740, whose searches look at 9 rows each.

use super::Solver;
use super::bids::{Bid, Bids, OUTBIDS, Terms};
use super::prices::BIAS;
use crate::assign::options::Budget;

/// How much each bid exceeds what it must, in one auction after the other.
const RAISES: [u16; 4] = [125, 25, 5, 1];
/// The same where places are too few: prices have far to rise. The best of 12 tried on six families.
const SHORT_RAISES: [u16; 4] = [2_000, 256, 16, 1];

impl Solver<'_> {
    /// Seats bidders at good prices. Those who hold less than their highest profit, and hold nothing now.
    ///
    /// Where there is room for all, all bid, at a loss if need be: what is worth it is known when the
    /// prices are. Where places are too few, nobody does, and the prices say who stays without one.
    pub(super) fn scale(&mut self, budget: Budget<'_>) -> Vec<u32> {
        self.holders.iter_mut().for_each(Vec::clear);
        let (raises, offset) = if self.is_short() { (SHORT_RAISES, BIAS) } else { (RAISES, 2 * BIAS) };
        let (mut bids, mut before) = (self.no_bids(), 0);
        for raise in raises {
            self.take_back(before);
            self.column_of.fill(None);
            bids = self.no_bids();
            self.auction(Terms { offset, raise }, &mut bids, budget);
            before = raise;
        }
        self.close(bids);
        self.take_back(before);
        self.free_loose()
    }

    /// Lowers all prices: by the `raise` of the last auction where places are too few, as else too few
    /// would bid; by what all have in common where there is room for all, as else room would cost.
    fn take_back(&mut self, raise: u16) {
        self.lower_prices(if self.is_short() { raise } else { self.lowest_price() });
    }

    /// Each bidder bids once, and whoever is outbid bids at once.
    fn auction(&mut self, terms: Terms, bids: &mut Bids, budget: Budget<'_>) {
        let mut outbids = OUTBIDS * self.rows.len();
        for first in 0..self.rows.len() as u32 {
            let mut next = first;
            while let Bid::Outbid { bidder, .. } = self.bid(next, bids, terms) {
                if outbids == 0 || budget.is_spent() {
                    return;
                }
                (next, outbids) = (bidder, outbids - 1);
            }
        }
    }

    fn lowest_price(&self) -> u16 {
        let open = self.prices.all().iter().zip(self.room).filter(|(_, room)| **room > 0);
        open.map(|(price, _)| *price).min().unwrap_or(0)
    }

    /// Frees the bidders who hold less than their highest profit.
    fn free_loose(&mut self) -> Vec<u32> {
        let mut free = Vec::new();
        for bidder in 0..self.rows.len() as u32 {
            if self.has_best(bidder) {
                continue;
            }
            free.push(bidder);
            if let Some(column) = self.column_of[bidder as usize].take() {
                let column = column as usize;
                self.holders[column].retain(|holder| *holder != bidder);
                self.prices.set(column, self.prices.of(column), true);
            }
        }
        free
    }
}
