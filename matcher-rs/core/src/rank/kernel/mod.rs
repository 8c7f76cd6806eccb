//! Sifting a chunk: what each row loses, and which rows lose no more than a limit.
//!
//! A row loses points against the best imaginable mentor of a query: in place, in languages, in
//! each wanted skill, and in what depends on the mentor alone. Counted in units that make the limit
//! fit a byte and rounded down, the losses are added with saturation; a row whose sum exceeds the
//! limit cannot be among the best. Each loss is one look-up of a code or level in a small table,
//! which a processor does for 64 rows at once (`vpermb`, `vpshufb`).
//!
//! Measured with one thread on a million mentors: see the benchmark `rank`. The portable kernel is
//! what other processors run; no NEON code stands here because none was compiled or measured.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod fetch;
mod portable;

pub(crate) use self::fetch::fetch;

use std::fmt;
use std::str::FromStr;

use crate::invalid::Invalid;
use crate::pool::block::{Bytes, CHUNK, Levels};
use crate::pool::codes::CODES;

/// One bit per row of a chunk.
pub(crate) type Rows = [u64; CHUNK / 64];

/// The levels of one wanted skill in a chunk, and what each level loses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'c> {
    pub(crate) levels: &'c Levels,
    pub(crate) losses: [u8; 16],
}

/// What a kernel adds up for each row of a chunk.
#[derive(Debug)]
pub(crate) struct Sieve<'c> {
    /// What depends on the mentor alone, in units half as fine per step of `shift`.
    pub(crate) costs: &'c Bytes,
    pub(crate) shift: u32,
    pub(crate) places: &'c Bytes,
    pub(crate) place_losses: &'c Table,
    pub(crate) languages: &'c Bytes,
    pub(crate) language_losses: &'c Table,
    pub(crate) wanted: &'c [Wanted<'c>],
    /// What every row loses.
    pub(crate) lost: u8,
}

/// What each code loses.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub(crate) struct Table(pub(crate) [u8; CODES]);

/// The instructions that sift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kernel {
    /// AVX-512 with VBMI: 64 rows at once.
    Avx512,
    /// AVX2: 32 rows at once.
    Avx2,
    /// Whatever the compiler makes of plain Rust.
    Portable,
}

impl Kernel {
    const ALL: [Self; 3] = [Self::Avx512, Self::Avx2, Self::Portable];

    /// The quickest this processor has.
    pub fn best() -> Self {
        Self::available().next().unwrap_or(Self::Portable)
    }

    /// Those this processor has, the quickest first.
    pub fn available() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|kernel| kernel.is_available())
    }

    /// Whether this processor has these instructions; a ranking told to use others is made by the
    /// portable kernel.
    pub fn is_available(self) -> bool {
        match self {
            Self::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => {
                is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512vbmi")
                    && is_x86_feature_detected!("popcnt")
            }
            #[cfg(not(target_arch = "x86_64"))]
            _ => false,
        }
    }

    /// Writes what each row loses; all there is, if it has no wanted skill.
    pub(crate) fn add_up(self, sieve: &Sieve<'_>, lost: &mut Bytes) {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 if self.is_available() => avx512::add_up(sieve, lost),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 if self.is_available() => avx2::add_up(sieve, lost),
            _ => portable::add_up(sieve, lost),
        }
    }

    /// How many rows lose no more than `limit`, which is less than all.
    pub(crate) fn count_within(self, lost: &Bytes, limit: u8) -> usize {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 if self.is_available() => avx512::count_within(lost, limit),
            _ => self.within(lost, limit).iter().map(|word| word.count_ones() as usize).sum(),
        }
    }

    /// The rows that lose no more than `limit`, which is less than all.
    pub(crate) fn within(self, lost: &Bytes, limit: u8) -> Rows {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 if self.is_available() => avx512::within(lost, limit),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 if self.is_available() => avx2::within(lost, limit),
            _ => portable::within(lost, limit),
        }
    }
}

impl Default for Kernel {
    fn default() -> Self {
        Self::best()
    }
}

impl fmt::Display for Kernel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Avx512 => "avx512",
            Self::Avx2 => "avx2",
            Self::Portable => "portable",
        })
    }
}

impl FromStr for Kernel {
    type Err = Invalid;

    /// Reads what is written by `Display`; one this processor lacks is refused.
    fn from_str(name: &str) -> Result<Self, Invalid> {
        let known = Self::available().find(|kernel| kernel.to_string() == name);
        let names = || Self::available().map(|kernel| kernel.to_string()).collect::<Vec<_>>().join(", ");
        known.ok_or_else(|| Invalid(format!("{name:?} is no kernel this processor has; it has {}", names())))
    }
}
