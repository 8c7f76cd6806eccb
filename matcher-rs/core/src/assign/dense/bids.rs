//! Bids: a bidder takes the most profitable column and, if it is full, outbids the holder who would pay
//! least. A bid is the price up to which the bidder has nothing better, plus a raise; the price of a full
//! column is the lowest bid held.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Solver;
use super::prices::DEAREST;

/// Outbids per bidder after which one sweep or auction gives up on price wars.
pub(super) const OUTBIDS: usize = 40;

/// Per column, the bids of its holders, the lowest on top.
pub(super) type Bids = Vec<BinaryHeap<Reverse<(u16, u32)>>>;

/// How to bid.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    /// Added to profits in halves, which must stay above 0: with [`super::prices::BIAS`] nobody bids at a
    /// loss.
    pub(super) offset: u16,
    /// How much a bid exceeds the price up to which the bidder has nothing better.
    pub(super) raise: u16,
}

/// What became of a bid.
pub(super) enum Bid {
    /// No column is worth its price.
    None,
    /// There was room.
    Seated,
    /// This bidder had to go, and whether the price rose.
    Outbid { bidder: u32, dearer: bool },
}

impl Solver<'_> {
    pub(super) fn no_bids(&self) -> Bids {
        vec![BinaryHeap::new(); self.room.len()]
    }

    /// Who bids is a holder now.
    pub(super) fn close(&mut self, bids: Bids) {
        for (holders, bids) in self.holders.iter_mut().zip(bids) {
            holders.extend(bids.into_iter().map(|Reverse((_, bidder))| bidder));
        }
    }

    pub(super) fn bid(&mut self, bidder: u32, bids: &mut Bids, terms: Terms) -> Bid {
        let row = self.matrix.row(self.rows[bidder as usize]);
        self.looked += 1;
        let (top, next) = self.lanes.best_two(row, self.prices.costs(), terms.offset);
        let (profit, runner_up) = (top / 2, next / 2);
        if profit == 0 {
            return Bid::None;
        }
        let Some(column) = self.lanes.find_profit(row, self.prices.costs(), terms.offset, top) else {
            return Bid::None;
        };
        let (price, room, bids) = (self.prices.of(column), self.room[column] as usize, &mut bids[column]);
        if price + terms.raise > DEAREST {
            return Bid::None;
        }
        let new = Reverse(((price + profit - runner_up + terms.raise).min(DEAREST), bidder));
        let outbid = if bids.len() == room {
            bids.peek_mut().map(|mut lowest| std::mem::replace(&mut *lowest, new))
        } else {
            bids.push(new);
            None
        };
        self.column_of[bidder as usize] = Some(column as u32);
        if let Some(Reverse((lowest, _))) = bids.peek().filter(|_| bids.len() == room) {
            self.prices.set(column, *lowest, false);
        }
        let Some(Reverse((_, other))) = outbid else { return Bid::Seated };
        self.column_of[other as usize] = None;
        Bid::Outbid { bidder: other, dearer: self.prices.of(column) > price }
    }
}
