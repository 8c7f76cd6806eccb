//! The loops over a whole row, compiled once per vector width and chosen when the program runs.
//!
//! They are plain Rust that the compiler turns into vector instructions; `unsafe` is only the call of
//! a function compiled for a width that the processor was asked about. Measured against the portable
//! width (SSE2), uniform 2001 × 2001 and low-rank 3001 × 3001: AVX2 1.4 to 1.5 times, AVX-512 1.6 to
//! 1.7 times as fast.
#![allow(unsafe_code)]
// One lane of several arrays, and no operator that may stop early: else there are no vectors.
#![allow(clippy::needless_range_loop, clippy::needless_bitwise_bool)]

/// How many numbers are worked on together: a cache line of them, and one AVX-512 register.
pub(super) const LANES: usize = 32;

/// Numbers about neighbouring columns.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Block(pub(super) [u16; LANES]);

/// For neighbouring columns, the number of the row that they were reached from.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Origins(pub(super) [u32; LANES]);

/// The vectors to work with.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lanes {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Portable,
}

impl Lanes {
    /// The widest that this processor has.
    pub(super) fn detect() -> Self {
        Self::available().next().unwrap_or(Self::Portable)
    }

    /// All that this processor has, the widest first.
    pub(super) fn available() -> impl Iterator<Item = Self> {
        #[cfg(target_arch = "x86_64")]
        let vectors = {
            let has_512 = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw");
            [has_512.then_some(Self::Avx512), is_x86_feature_detected!("avx2").then_some(Self::Avx2)]
        };
        #[cfg(not(target_arch = "x86_64"))]
        let vectors: [Option<Self>; 0] = [];
        vectors.into_iter().flatten().chain([Self::Portable])
    }
}

/// One loop, compiled for every width: a method of [`Lanes`].
macro_rules! compiled_for_every_width {
    ($(#[$doc:meta])* fn $name:ident($($argument:ident: $type:ty),*) -> $answer:ty $body:block) => {
        impl Lanes {
            $(#[$doc])*
            pub(super) fn $name(self, $($argument: $type),*) -> $answer {
                #[cfg(target_arch = "x86_64")]
                #[target_feature(enable = "avx512f,avx512bw")]
                fn avx512($($argument: $type),*) -> $answer $body

                #[cfg(target_arch = "x86_64")]
                #[target_feature(enable = "avx2")]
                fn avx2($($argument: $type),*) -> $answer $body

                match self {
                    #[cfg(target_arch = "x86_64")]
                    // SAFETY: `available` names this width only when the processor has its features.
                    Self::Avx512 => unsafe { avx512($($argument),*) },
                    #[cfg(target_arch = "x86_64")]
                    // SAFETY: `available` names this width only when the processor has its features.
                    Self::Avx2 => unsafe { avx2($($argument),*) },
                    Self::Portable => $body,
                }
            }
        }
    };
}

compiled_for_every_width! {
    /// Raises `gains` to `row` + `offset` - `costs` where that is more, and notes there that `number`
    /// did it. The highest gain.
    fn relax(
        row: &[Block], costs: &[Block], gains: &mut [Block], origins: &mut [Origins], offset: u16, number: u32
    ) -> u16 {
        let mut best = [0; LANES];
        for (((row, cost), gain), origins) in row.iter().zip(costs).zip(gains).zip(origins) {
            // Whole arrays are written back: a store that may not happen would end the vectors.
            let (old, mut new, mut origin) = (gain.0, [0; LANES], origins.0);
            for lane in 0..LANES {
                new[lane] = (row.0[lane] + offset).saturating_sub(cost.0[lane]);
            }
            for lane in 0..LANES {
                origin[lane] = if new[lane] > old[lane] { number } else { origin[lane] };
            }
            for lane in 0..LANES {
                new[lane] = new[lane].max(old[lane]);
                best[lane] = best[lane].max(new[lane]);
            }
            (gain.0, origins.0) = (new, origin);
        }
        best.into_iter().max().unwrap_or(0)
    }
}

compiled_for_every_width! {
    /// The two highest of `row` + `offset` - `costs`; equal when two columns share it.
    fn best_two(row: &[Block], costs: &[Block], offset: u16) -> (u16, u16) {
        let (mut first, mut second) = ([0; LANES], [0; LANES]);
        for (row, cost) in row.iter().zip(costs) {
            for lane in 0..LANES {
                let new = (row.0[lane] + offset).saturating_sub(cost.0[lane]);
                second[lane] = second[lane].max(first[lane].min(new));
                first[lane] = first[lane].max(new);
            }
        }
        // The upper half into the lower until one lane is left.
        let mut half = LANES / 2;
        while half > 0 {
            for lane in 0..half {
                let new = first[lane + half];
                second[lane] = second[lane].max(second[lane + half]).max(first[lane].min(new));
                first[lane] = first[lane].max(new);
            }
            half /= 2;
        }
        (first[0], second[0])
    }
}

compiled_for_every_width! {
    /// The highest gain.
    fn highest(gains: &[Block]) -> u16 {
        gains.iter().flat_map(|gain| gain.0).max().unwrap_or(0)
    }
}

compiled_for_every_width! {
    /// The first column with this gain.
    fn find(gains: &[Block], wanted: u16) -> Option<usize> {
        let at = gains.iter().position(|gain| gain.0.iter().fold(false, |found, gain| found | (*gain == wanted)))?;
        let lane = gains[at].0.iter().position(|gain| *gain == wanted)?;
        Some(at * LANES + lane)
    }
}

compiled_for_every_width! {
    /// The first column where `row` + `offset` - `costs` is this.
    fn find_profit(row: &[Block], costs: &[Block], offset: u16, wanted: u16) -> Option<usize> {
        let is_there = |row: u16, cost: u16| (row + offset).saturating_sub(cost) == wanted;
        let at = row.iter().zip(costs).position(|(row, cost)| {
            row.0.iter().zip(&cost.0).fold(false, |found, (row, cost)| found | is_there(*row, *cost))
        })?;
        let lane = row[at].0.iter().zip(&costs[at].0).position(|(row, cost)| is_there(*row, *cost))?;
        Some(at * LANES + lane)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::side::Side;
    use super::super::solve_matrix;
    use super::*;
    use crate::WHOLE;
    use crate::assign::options::Budget;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_vector_width_gives_the_same(
            learners in 1_usize..50, is_square: bool, values in vec(0..=WHOLE as u16, 2_500)
        ) {
            let mentors = if is_square { learners } else { values.len() / learners };
            let values = &values[..learners * mentors];
            let (expected, places) = (solve_matrix(learners, mentors, values), vec![1; mentors]);
            let side = Side::bidding(learners, &places);
            let mut matrix = side.matrix(learners, mentors);
            for (at, value) in values.iter().enumerate() {
                let (row, column) = side.turn(at / mentors, at % mentors);
                matrix.set(row, column, u32::from(*value));
            }
            for lanes in Lanes::available() {
                let matching = side.solve(&matrix, learners, &places, lanes, Budget::default()).unwrap_or_default();
                prop_assert_eq!((&matching.mentor_of, &matching.prices), (&expected.mentor_of, &expected.prices));
            }
        }
    }
}
