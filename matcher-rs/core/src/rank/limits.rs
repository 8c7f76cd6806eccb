//! How much a row may lose, in units.

use super::kernel::Table;
use super::query::Query;

/// The most that a row may lose and still have `least` left, and every loss in the same units.
#[derive(Debug)]
pub(super) struct Limits {
    /// How many times the unit of the costs is doubled to make the limit fit a byte.
    pub(super) shift: u32,
    pub(super) limit: u8,
    pub(super) places: Table,
    pub(super) languages: Table,
    pub(super) levels: Vec<[u8; 16]>,
}

/// A sum of losses that saturates must exceed every limit.
const MOST: u32 = u8::MAX as u32 - 1;

impl Limits {
    /// `None` when no row can have `least` left.
    pub(super) fn new(query: &Query<'_>, least: u32) -> Option<Self> {
        let (shift, limit) = fit(query, least)?;
        let unit = query.costs.unit.trailing_zeros() + shift;
        Some(Self {
            shift,
            limit,
            places: query.place_losses(unit),
            languages: query.language_losses(unit),
            levels: query.level_losses(unit),
        })
    }

    /// The most that a row may lose and have `least` left, in the present units and no more than now;
    /// `None` when no row can have it left.
    pub(super) fn limit(&self, query: &Query<'_>, least: u32) -> Option<u8> {
        let most = query.best.checked_sub(least)? / (query.costs.unit << self.shift);
        Some(most.min(u32::from(self.limit)) as u8)
    }

    /// Lets rows lose less, as `least` has risen; false when no row can have it left.
    pub(super) fn tighten(&mut self, query: &Query<'_>, least: u32) -> bool {
        match fit(query, least) {
            Some((shift, limit)) if shift == self.shift => self.limit = limit,
            Some(_) => return Self::new(query, least).map(|limits| *self = limits).is_some(),
            None => return false,
        }
        true
    }
}

fn fit(query: &Query<'_>, least: u32) -> Option<(u32, u8)> {
    let most = query.best.checked_sub(least)?;
    let mut shift = 0;
    while most / (query.costs.unit << shift) > MOST {
        shift += 1;
    }
    Some((shift, (most / (query.costs.unit << shift)) as u8))
}
