//! What places and learners cost, in as few bits as hold it.

use std::ops::{Add, Mul, Sub};

/// Prices and profits: whole parts of a score unit.
pub(super) trait Money:
    Copy + Default + Ord + Into<i64> + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self>
{
    /// More than anything.
    const MOST: Self;
    /// From a number known to fit.
    fn of(parts: i64) -> Self;
    fn units(value: u32) -> Self;
}

impl Money for i32 {
    const MOST: Self = Self::MAX;

    fn of(parts: i64) -> Self {
        parts as Self
    }

    fn units(value: u32) -> Self {
        value as Self
    }
}

impl Money for i64 {
    const MOST: Self = Self::MAX;

    fn of(parts: i64) -> Self {
        parts
    }

    fn units(value: u32) -> Self {
        Self::from(value)
    }
}
