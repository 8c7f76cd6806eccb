//! What each mentor costs, whoever the learner is.

use super::Pool;
use super::block::Bytes;
use super::facts::Facts;
use crate::WHOLE;
use crate::weights::Weights;

/// Per row, what rating, free places and experience fall short of the best, and a price.
#[derive(Debug, Clone)]
pub(crate) struct Costs {
    pub(crate) weights: Weights,
    /// Points that make one unit of `losses`; a power of two.
    pub(crate) unit: u32,
    /// The cost in whole units, rounded down; 255 units or more are 255.
    losses: Vec<Bytes>,
    prices: Vec<u16>,
}

impl Costs {
    /// The costs of these rows; a row beyond the end of `prices` has none.
    pub(crate) fn new(facts: &[Facts], weights: Weights, prices: &[u16]) -> Self {
        let dearest = prices.iter().map(|price| u32::from(*price)).max().unwrap_or(0).min(WHOLE);
        let unit = unit(best(weights) + dearest);
        let mut costs = Self { weights, unit, losses: Vec::new(), prices: prices.to_vec() };
        for (row, facts) in facts.iter().enumerate() {
            costs.write(row, facts);
        }
        costs
    }

    /// The same prices under other weights.
    pub(crate) fn weighted(&self, facts: &[Facts], weights: Weights) -> Self {
        Self::new(facts, weights, &self.prices)
    }

    /// What the parts that depend on the mentor alone bring at most.
    pub(crate) fn best(&self) -> u32 {
        best(self.weights)
    }

    /// The price of a row.
    #[inline]
    pub(crate) fn price(&self, row: usize) -> u32 {
        self.prices.get(row).copied().map_or(0, u32::from)
    }

    pub(crate) fn losses(&self, chunk: usize) -> &Bytes {
        &self.losses[chunk]
    }

    pub(super) fn write(&mut self, row: usize, facts: &Facts) {
        let loss = self.best() - facts.standing(self.weights).sum() + self.price(row);
        super::write(&mut self.losses, row, (loss / self.unit).min(255) as u8, 255);
    }
}

impl Default for Costs {
    fn default() -> Self {
        Self::new(&[], Weights::default(), &[])
    }
}

fn best(weights: Weights) -> u32 {
    u32::from(weights.rating) + u32::from(weights.free) + u32::from(weights.experience)
}

/// The finest unit in which a byte holds `most`.
fn unit(most: u32) -> u32 {
    most.div_ceil(255).next_power_of_two()
}

/// A price for every mentor of a pool, made ready for ranking under one set of weights.
#[derive(Debug)]
pub struct Prices<'p> {
    pub(crate) pool: &'p Pool,
    pub(crate) costs: Costs,
}

impl<'p> Prices<'p> {
    /// One price per row of `pool`, see [`Pool::rows`]; rows beyond the end of `prices` are free.
    /// Plans with other weights may be ranked too, slowly.
    pub fn new(pool: &'p Pool, weights: Weights, prices: &[u16]) -> Self {
        Self { pool, costs: Costs::new(&pool.facts, weights, prices) }
    }
}
