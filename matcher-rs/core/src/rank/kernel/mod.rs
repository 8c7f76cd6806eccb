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

    /// Writes what each row loses; all there is, if it has no wanted skill. The rows that lose no more
    /// than `limit`, which is less than all.
    pub(crate) fn sift(self, sieve: &Sieve<'_>, limit: u8, lost: &mut Bytes) -> Rows {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 if self.is_available() => return avx512::sift(sieve, limit, lost),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 if self.is_available() => avx2::add_up(sieve, lost),
            _ => portable::add_up(sieve, lost),
        }
        self.within(lost, limit)
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

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::pool::block::Block;

    fn block<const BYTES: usize>(below: u8) -> impl Strategy<Value = Block<BYTES>> {
        vec(0..below, BYTES).prop_map(|bytes| Block(std::array::from_fn(|at| bytes[at])))
    }

    fn table() -> impl Strategy<Value = Table> {
        vec(prop_oneof![0_u8..40, Just(255)], CODES).prop_map(|losses| Table(std::array::from_fn(|at| losses[at])))
    }

    /// Levels that few or most rows have.
    fn levels() -> impl Strategy<Value = Levels> {
        (block(255), 0_u8..=255)
            .prop_map(|(Block(bytes), most)| Block(bytes.map(|byte| if byte > most { 0 } else { byte })))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn all_kernels_add_and_compare_alike(
            costs in block(255),
            (places, languages) in (block(64), block(64)),
            (place_losses, language_losses) in (table(), table()),
            columns in vec((levels(), any::<[u8; 16]>()), 0..6),
            (shift, lost, limit) in (0_u32..7, 0_u8..100, 0_u8..255),
        ) {
            let wanted: Vec<_> = columns.iter().map(|(levels, losses)| Wanted { levels, losses: *losses }).collect();
            let sieve = Sieve {
                costs: &costs,
                shift,
                places: &places,
                place_losses: &place_losses,
                languages: &languages,
                language_losses: &language_losses,
                wanted: &wanted,
                lost,
            };
            let plainly = |row: usize| {
                let levels = wanted.iter().map(|wanted| usize::from(wanted.levels.level(row)));
                let skills = wanted.iter().zip(levels.clone()).map(|(wanted, level)| u32::from(wanted.losses[level]));
                let place = u32::from(place_losses.0[usize::from(places.0[row])]);
                let language = u32::from(language_losses.0[usize::from(languages.0[row])]);
                let sum = u32::from(lost) + u32::from(costs.0[row] >> shift) + place + language + skills.sum::<u32>();
                if levels.sum::<usize>() == 0 { 255 } else { sum.min(255) as u8 }
            };
            let expected: Vec<u8> = (0..CHUNK).map(plainly).collect();
            for kernel in Kernel::available() {
                let mut found = Bytes::filled(7);
                let rows = kernel.sift(&sieve, limit, &mut found);
                prop_assert_eq!(&found.0[..], &expected, "{}", kernel);
                prop_assert_eq!(kernel.within(&found, limit), rows, "{}", kernel);
                for (row, lost) in expected.iter().enumerate() {
                    prop_assert_eq!(rows[row / 64] >> (row % 64) & 1 == 1, *lost <= limit, "{} {}", kernel, row);
                }
                prop_assert_eq!(kernel.count_within(&found, limit), expected.iter().filter(|lost| **lost <= limit).count());
            }
        }
    }

    #[test]
    fn a_kernel_is_named_in_words() {
        for kernel in Kernel::available() {
            assert_eq!(kernel.to_string().parse(), Ok(kernel));
        }
        assert!("mmx".parse::<Kernel>().is_err());
        assert_eq!(Kernel::available().next(), Some(Kernel::best()));
    }
}
