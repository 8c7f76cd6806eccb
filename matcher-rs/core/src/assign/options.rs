//! What the caller may ask for, and when to stop early.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use uuid::Uuid;

/// How to assign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// The highest possible sum, with proof.
    #[default]
    Optimal,
    /// The highest possible sum over short lists, with proof.
    Fast,
    /// Best pair first: quick, and often leaves more learners out.
    Greedy,
    /// No learner and mentor would both rather have each other.
    Stable,
}

/// The usual gap, in millionths of the bound, at which a search of the whole pool ends: 0.01 %.
pub const USUAL_GAP: u32 = 100;

/// What to do, how well, and by when.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// How to assign.
    pub mode: Mode,
    /// Mentors per list. `None` means the whole pool for [`Mode::Optimal`], 100 for
    /// [`Mode::Stable`] and 32 otherwise.
    pub k: Option<usize>,
    /// The proven gap, in millionths of the bound, at which a search of the whole pool ends.
    pub gap_ppm: u32,
    /// When to stop.
    pub budget: Budget<'a>,
    /// Prices kept from an earlier assignment of this pool: a head start, never a promise.
    pub warm: Option<&'a Prices>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { mode: Mode::default(), k: None, gap_ppm: USUAL_GAP, budget: Budget::default(), warm: None }
    }
}

impl Options<'_> {
    /// The same with a little less time, see [`Budget::less`].
    #[must_use]
    pub(super) fn reserving(self, reserve: Duration) -> Self {
        Self { budget: self.budget.less(reserve), ..self }
    }

    /// The usual options for `mode`.
    pub fn of(mode: Mode) -> Self {
        Self { mode, ..Self::default() }
    }

    /// The usual options for `mode` with lists of `k`.
    pub fn lists(mode: Mode, k: usize) -> Self {
        Self { mode, k: Some(k), ..Self::default() }
    }
}

/// How long a solver may work. When it is spent, the answer is made from what is there.
#[derive(Debug, Clone, Copy, Default)]
pub struct Budget<'a> {
    /// The answer should be there by now.
    pub deadline: Option<Instant>,
    /// Asked whether anybody still waits for the answer.
    pub cancelled: Option<&'a dyn Cancel>,
}

/// Steps of a loop between two looks at the budget.
const PATIENCE: u32 = 1 << 10;

/// What can end the work from outside; once it has, it stays so.
pub trait Cancel: Debug + Sync {
    /// Whether nobody waits for the answer any more.
    fn is_cancelled(&self) -> bool;

    /// Steps of a loop between two questions.
    fn patience(&self) -> u32 {
        PATIENCE
    }
}

impl Cancel for AtomicBool {
    fn is_cancelled(&self) -> bool {
        self.load(Ordering::Relaxed)
    }
}

/// A deadline in steps instead of seconds, which is the same on every machine.
#[derive(Debug)]
pub struct Countdown(AtomicU64);

impl Countdown {
    /// Spent when it was asked so often.
    pub fn new(steps: u64) -> Self {
        Self(AtomicU64::new(steps))
    }

    /// Steps that are left.
    pub fn left(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Cancel for Countdown {
    fn is_cancelled(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_err()
    }

    fn patience(&self) -> u32 {
        1
    }
}

impl<'a> Budget<'a> {
    /// For a loop: one in so many of its steps looks whether the budget is spent.
    pub(super) fn clock(self) -> Clock<'a> {
        Clock { budget: self, ticks: 0, patience: self.cancelled.map_or(PATIENCE, Cancel::patience) }
    }

    /// Whether to stop now.
    pub fn is_spent(&self) -> bool {
        self.cancelled.is_some_and(Cancel::is_cancelled)
            || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// The same budget without the last `reserve`, or without half of what is left if that is less.
    #[must_use]
    pub fn less(self, reserve: Duration) -> Self {
        let now = Instant::now();
        let earlier = |deadline: Instant| {
            let left = deadline.saturating_duration_since(now);
            now + left.saturating_sub(reserve.min(left / 2))
        };
        Self { deadline: self.deadline.map(earlier), ..self }
    }
}

/// Counts the steps of a loop.
pub(super) struct Clock<'a> {
    budget: Budget<'a>,
    ticks: u32,
    patience: u32,
}

impl Clock<'_> {
    /// One step; `None` to stop.
    pub(super) fn tick(&mut self) -> Option<()> {
        self.ticks = (self.ticks + 1) % self.patience;
        (self.ticks > 0 || !self.budget.is_spent()).then_some(())
    }
}

/// What a place with each mentor cost in an assignment, in 2⁻¹⁶ of a score unit; mentors who cost
/// nothing are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prices(pub(crate) HashMap<Uuid, u32>);

/// Parts of one score unit in kept [`Prices`].
const PARTS: i64 = 1 << 16;

impl Prices {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps `prices`, counted in parts of which `scale` make one score unit.
    pub(crate) fn keep(mentors: &[Uuid], prices: &[i64], scale: i64) -> Self {
        let kept = |price: i64| u32::try_from(i128::from(price) * i128::from(PARTS) / i128::from(scale)).ok();
        let pairs = mentors.iter().zip(prices).filter(|(_, price)| **price > 0);
        Self(pairs.filter_map(|(mentor, price)| Some((*mentor, kept(*price)?))).collect())
    }

    /// The price of each mentor in parts of which `scale` make one score unit; nothing for the unknown.
    pub(crate) fn of(&self, mentors: &[Uuid], scale: i64) -> Vec<i64> {
        let scaled = |price: &u32| (i128::from(*price) * i128::from(scale) / i128::from(PARTS)) as i64;
        mentors.iter().map(|mentor| self.0.get(mentor).map_or(0, scaled)).collect()
    }
}
