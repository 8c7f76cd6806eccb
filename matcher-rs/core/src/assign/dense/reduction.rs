//! Row reduction (Jonker and Volgenant 1987): prices to start from where places are to spare, or too few
//! but wanted by different bidders.
//!
//! Those without a column bid no more than they must, in sweeps. It ends when a sweep seats few, and gives
//! way to a scaled auction when so many want the same that they would outbid each other for long.

use super::Solver;
use super::bids::{Bid, Bids, OUTBIDS, Terms};
use super::prices::BIAS;
use crate::assign::options::Budget;

/// Row reduction ends when a sweep leaves more than this many of 64 bidders it began with.
const ENOUGH: usize = 62;
/// Sweeps after which row reduction gives up on price wars.
const SWEEPS: usize = 64;
/// Where places are too few, a scaled auction is the better start when the first sweep leaves more than
/// one bidder in so many: they want what others have, and will outbid each other for long.
const CROWDED: usize = 6;

impl Solver<'_> {
    /// Lets bidders bid, as long as that seats many. Those who still want a column and have none; nothing
    /// where so many want the same that a scaled auction is the better start.
    pub(super) fn reduce_rows(&mut self, budget: Budget<'_>) -> Option<Vec<u32>> {
        let mut bids = self.no_bids();
        let mut free: Vec<u32> = (0..self.rows.len() as u32).collect();
        if self.may_scale() {
            free = self.sweep(&free, &mut bids, 0, budget);
            if free.len() * if self.is_short() { CROWDED } else { 2 } > self.rows.len() {
                return None;
            }
        }
        for _ in 0..SWEEPS {
            let before = free.len();
            free = self.sweep(&free, &mut bids, OUTBIDS, budget);
            if free.len() * 64 > before * ENOUGH || budget.is_spent() {
                break;
            }
        }
        self.close(bids);
        Some(free)
    }

    /// Each of `free` bids once; who is outbid at a higher price bids at once, `outbids` per bidder at
    /// most; at the same price, in the next sweep.
    fn sweep(&mut self, free: &[u32], bids: &mut Bids, outbids: usize, budget: Budget<'_>) -> Vec<u32> {
        let mut left = Vec::new();
        let mut outbids = outbids * free.len();
        for first in free {
            let mut next = *first;
            while let Bid::Outbid { bidder, dearer } = self.bid(next, bids, Terms { offset: BIAS, raise: 0 }) {
                if !dearer || outbids == 0 {
                    left.push(bidder);
                    break;
                }
                outbids -= 1;
                next = bidder;
            }
            if budget.is_spent() {
                break;
            }
        }
        left
    }
}
