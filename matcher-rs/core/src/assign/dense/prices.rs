//! The prices of the columns, and the two rules that make them the proof of the optimum.
//!
//! 1. What a bidder holds is worth the highest profit there is; who holds nothing has none above 0.
//! 2. A column with room left costs nothing.
//!
//! Where both hold, the values held add up to all room at its price plus the highest profit of every
//! bidder, and no matching is worth more than that sum, at whatever prices of 0 or more (duality of linear
//! programs; the two rules are its complementary slackness). `assign::certificate` counts both sides again
//! from the answer and trusts nothing that stands here.
//!
//! Prices are whole score units, 0 to [`WHOLE`] in the end.

use super::Solver;
use super::lanes::{Block, LANES};
use crate::WHOLE;

/// Added to costs and offsets so that no sum in between falls below zero: profits and gains are
/// counted in halves, so the lowest is twice [`WHOLE`] below zero.
pub(super) const BIAS: u16 = 2 * WHOLE as u16;
/// The cost of a column that must not be chosen: padding, or passed by the search.
const SHUT: u16 = u16::MAX;
/// No price is higher: its cost and the lowest bit still fit below [`SHUT`].
pub(super) const DEAREST: u16 = 2 * WHOLE as u16;

/// The price of each column, and beside it the same as the loops over rows want it.
pub(super) struct Prices {
    prices: Vec<u16>,
    /// In halves, with [`BIAS`], one less where room is left; or [`SHUT`].
    costs: Vec<Block>,
}

impl Prices {
    /// All columns with room cost nothing; `width` blocks hold a number for each.
    pub(super) fn new(room: &[u32], width: usize) -> Self {
        let mut prices = Self { prices: vec![0; room.len()], costs: vec![Block([SHUT; LANES]); width] };
        for (column, room) in room.iter().enumerate() {
            if *room > 0 {
                prices.set(column, 0, true);
            } else {
                // Nobody can pay for a mentor without places, whose cost stays shut.
                prices.prices[column] = WHOLE as u16;
            }
        }
        prices
    }

    pub(super) fn all(&self) -> &[u16] {
        &self.prices
    }

    pub(super) fn of(&self, column: usize) -> u16 {
        self.prices[column]
    }

    pub(super) fn costs(&self) -> &[Block] {
        &self.costs
    }

    /// The column may be chosen, at this price.
    pub(super) fn set(&mut self, column: usize, price: u16, has_room: bool) {
        self.prices[column] = price;
        self.costs[column / LANES].0[column % LANES] = BIAS + 2 * price - u16::from(has_room);
    }

    /// The column must not be chosen until a price is set.
    pub(super) fn shut(&mut self, column: usize) {
        self.costs[column / LANES].0[column % LANES] = SHUT;
    }
}

impl Solver<'_> {
    /// The highest profit in a row.
    pub(super) fn best_profit(&self, row: u32) -> u16 {
        self.lanes.best_two(self.matrix.row(row), self.prices.costs(), BIAS).0 / 2
    }

    /// Whether the bidder holds what is worth most at these prices: the first rule.
    pub(super) fn has_best(&self, bidder: u32) -> bool {
        let row = self.rows[bidder as usize];
        let column = self.column_of[bidder as usize].map(|column| column as usize);
        let held = column.map_or(Some(0), |at| self.matrix.value(row, at).checked_sub(self.prices.of(at)));
        held == Some(self.best_profit(row))
    }

    pub(super) fn has_room(&self, column: usize) -> bool {
        self.holders[column].len() < self.room[column] as usize
    }

    /// Whether any column is vacant: the second rule is still broken.
    pub(super) fn has_vacancy(&self) -> bool {
        (0..self.room.len()).any(|column| self.is_vacant(column))
    }

    /// Whether the column has room that costs something.
    pub(super) fn is_vacant(&self, column: usize) -> bool {
        self.prices.of(column) > 0 && self.has_room(column)
    }

    /// Lowers all prices, down to what somebody could pay.
    pub(super) fn lower_prices(&mut self, by: u16) {
        for column in (0..self.room.len()).filter(|column| self.room[*column] > 0) {
            let price = self.prices.of(column).saturating_sub(by).min(WHOLE as u16);
            self.prices.set(column, price, self.has_room(column));
        }
    }
}
