//! What the pairs of a row make at present costs: their value less what the other side costs.
//!
//! For a learner the other side costs its price; for a mentor, the profit that the learner has to
//! give up. Pairs that make nothing are passed over: nobody gains by them.
//!
//! Pairs are looked at in [`LANES`] lanes, the pair at position `n` in lane `n % LANES`. Equal pairs
//! are told apart by lane, then by position, so that every processor gives the same answer.
//!
//! A long row has a *shortlist*: the two best pairs of every lane, and a bound on what all others
//! make. As long as costs only rise the bound holds, and while the two best of the shortlist make at
//! least as much, they are the two best of the row (the idea of the third best value: Bertsekas 1991,
//! "Linear Network Optimization").

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod portable;

use super::money::Money;
use super::rows::{Packed, Pair, Rows, Wide};

/// How many pairs are looked at together: as many as fit an AVX-512 register.
const LANES: usize = 16;
/// Pairs on a shortlist.
const SHORT: usize = 2 * LANES;
/// Rows with more pairs than this have a shortlist.
const LONG: usize = 2 * SHORT;

/// The best pair of a row, what it makes and what the next best makes; nothing is made at least.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Choice<P, M> {
    pub(super) pair: P,
    pub(super) profit: M,
    pub(super) runner_up: M,
}

/// The two best pairs of every lane.
type Short<P> = [P; SHORT];

/// The instructions to use.
#[derive(Debug, Clone, Copy)]
pub(super) enum Vectors {
    #[cfg(target_arch = "x86_64")]
    /// For the best of a row; in shortening, two short gathers were quicker than a long one.
    Avx512(avx512::Present, avx2::Present),
    #[cfg(target_arch = "x86_64")]
    Avx2(avx2::Present),
    Portable,
}

impl Vectors {
    /// The quickest this processor has.
    pub(super) fn detect() -> Self {
        Self::available().next().unwrap_or(Self::Portable)
    }

    /// All that this processor has, the quickest first.
    fn available() -> impl Iterator<Item = Self> {
        #[cfg(target_arch = "x86_64")]
        let wide = {
            let avx2 = avx2::Present::detect();
            let avx512 = avx512::Present::detect().zip(avx2).map(|(avx512, avx2)| Self::Avx512(avx512, avx2));
            [avx512, avx2.map(Self::Avx2)]
        };
        #[cfg(not(target_arch = "x86_64"))]
        let wide: [Option<Self>; 0] = [];
        wide.into_iter().flatten().chain([Self::Portable])
    }
}

/// Pairs that can be sifted by what they make.
pub(super) trait Sift<M: Money>: Pair {
    /// The best of `row`; `costs` has an entry for everybody whom it names.
    fn best(_vectors: Vectors, row: &[Self], costs: &[M], scale: M) -> Choice<Self, M> {
        portable::best(row, costs, scale)
    }

    /// Writes the shortlist of `row`; what the pairs that are not on it make at most.
    fn shorten(_vectors: Vectors, row: &[Self], costs: &[M], scale: M, short: &mut Short<Self>) -> M {
        portable::shorten(row, costs, scale, short)
    }
}

impl Sift<i64> for Wide {}

impl Sift<i32> for Packed {
    #[inline]
    fn best(vectors: Vectors, row: &[Self], costs: &[i32], scale: i32) -> Choice<Self, i32> {
        match vectors {
            #[cfg(target_arch = "x86_64")]
            Vectors::Avx512(present, _) => present.best(row, costs, scale),
            #[cfg(target_arch = "x86_64")]
            Vectors::Avx2(present) => present.best(row, costs, scale),
            Vectors::Portable => portable::best(row, costs, scale),
        }
    }

    #[inline]
    fn shorten(vectors: Vectors, row: &[Self], costs: &[i32], scale: i32, short: &mut Short<Self>) -> i32 {
        match vectors {
            #[cfg(target_arch = "x86_64")]
            Vectors::Avx512(_, present) | Vectors::Avx2(present) => present.shorten(row, costs, scale, short),
            Vectors::Portable => portable::shorten(row, costs, scale, short),
        }
    }
}

/// Rows with shortlists of the long ones.
#[derive(Debug)]
pub(super) struct Sifted<P, M> {
    rows: Rows<P>,
    vectors: Vectors,
    scale: M,
    /// By row, if any row is long.
    shorts: Vec<Short<P>>,
    /// What the pairs not on the shortlist make at most; [`Money::MOST`] where there is none yet.
    bounds: Vec<M>,
}

impl<M: Money, P: Sift<M>> Sifted<P, M> {
    pub(super) fn new(rows: Rows<P>, vectors: Vectors, scale: M) -> Self {
        let count = if (0..rows.len()).any(|number| rows.row(number).len() > LONG) { rows.len() } else { 0 };
        Self { shorts: vec![[P::default(); SHORT]; count], bounds: vec![M::MOST; count], rows, vectors, scale }
    }

    pub(super) fn row(&self, number: usize) -> &[P] {
        self.rows.row(number)
    }

    /// Whether most rows have a shortlist.
    pub(super) fn are_long(&self) -> bool {
        let long = (0..self.rows.len()).filter(|number| self.row(*number).len() > LONG).count();
        long * 2 > self.rows.len()
    }

    /// What is read first when the best of a row is asked for.
    pub(super) fn first(&self, number: usize) -> &[P] {
        let row = self.row(number);
        if row.len() > LONG { &self.shorts[number] } else { row }
    }

    /// Forgets every shortlist, as some costs have fallen.
    pub(super) fn forget_all(&mut self) {
        self.bounds.fill(M::MOST);
    }

    /// The best pair of a row at any costs.
    #[inline]
    pub(super) fn best_at(&self, number: usize, costs: &[M]) -> Choice<P, M> {
        P::best(self.vectors, self.rows.row(number), costs, self.scale)
    }

    /// The best pair of a row at these costs, none of which has fallen since it was last forgotten.
    #[inline]
    pub(super) fn best(&mut self, number: usize, costs: &[M]) -> Choice<P, M> {
        let row = self.rows.row(number);
        if row.len() <= LONG {
            return P::best(self.vectors, row, costs, self.scale);
        }
        let (short, bound) = (&mut self.shorts[number], &mut self.bounds[number]);
        if *bound < M::MOST {
            let choice = P::best(self.vectors, short, costs, self.scale);
            if choice.runner_up >= *bound {
                return choice;
            }
        }
        *bound = P::shorten(self.vectors, row, costs, self.scale, short);
        P::best(self.vectors, short, costs, self.scale)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::problem::Edge;
    use super::super::trial::empty;
    use super::*;

    const OTHERS: u32 = 40;
    const SCALE: i32 = 101;

    fn row(longest: usize) -> impl Strategy<Value = Vec<(u32, u32)>> {
        vec((0..OTHERS, prop_oneof![0_u32..4, 0_u32..=10_000]), 0..longest)
    }

    fn costs() -> impl Strategy<Value = Vec<i32>> {
        vec(prop_oneof![-300_i32..300, -300_i32..1_000_000, Just(i32::MAX)], OTHERS as usize)
    }

    fn pairs<P: Pair>(row: &[(u32, u32)]) -> Vec<P> {
        row.iter().map(|(other, value)| P::new(*other, *value)).collect()
    }

    /// What the two best pairs make, by sorting.
    fn two_best(row: &[(u32, u32)], costs: &[i32]) -> [i32; 2] {
        let made = |(other, value): &(u32, u32)| *value as i32 * SCALE - costs[*other as usize];
        let mut all: Vec<i32> = row.iter().filter(|pair| pair.1 > 0).map(made).chain([0, 0]).collect();
        all.sort_unstable_by(|one, other| other.cmp(one));
        [all[0], all[1]]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn all_instructions_find_the_same_best(row in row(100), costs in costs()) {
            let expected = portable::best(&pairs::<Packed>(&row), &costs, SCALE);
            prop_assert_eq!([expected.profit, expected.runner_up], two_best(&row, &costs));
            for vectors in Vectors::available() {
                prop_assert_eq!(Packed::best(vectors, &pairs(&row), &costs, SCALE), expected, "{:?}", vectors);
            }
        }

        #[test]
        fn all_instructions_make_the_same_shortlist(row in row(200), costs in costs()) {
            let mut expected = [Packed::default(); SHORT];
            let bound = portable::shorten(&pairs(&row), &costs, SCALE, &mut expected);
            for vectors in Vectors::available() {
                let mut short = [Packed::new(1, 1); SHORT];
                prop_assert_eq!(Packed::shorten(vectors, &pairs(&row), &costs, SCALE, &mut short), bound);
                prop_assert_eq!(short, expected, "{:?}", vectors);
            }
        }

        #[test]
        fn whom_nobody_knows_costs_no_harm(row in row(100), costs in costs(), known in 0..OTHERS as usize) {
            let few: Vec<_> = row.iter().map(|(other, value)| if *other < known as u32 { (*other, *value) } else { (0, 0) }).collect();
            for vectors in Vectors::available().filter(|vectors| !matches!(vectors, Vectors::Portable)) {
                let choice = Packed::best(vectors, &pairs(&row), &costs[..known], SCALE);
                prop_assert_eq!([choice.profit, choice.runner_up], two_best(&few, &costs));
            }
        }

        #[test]
        fn a_shortlist_answers_for_the_row_while_costs_rise(
            row in row(300),
            costs in costs(),
            rises in vec(vec((0..OTHERS as usize, 0_i32..3_000), 0..30), 0..8),
        ) {
            let mut problem = empty(1, vec![1; OTHERS as usize]);
            problem.add(row.iter().map(|(mentor, value)| Edge { mentor: *mentor, value: *value }));
            for vectors in Vectors::available() {
                let mut costs = costs.clone();
                let mut sifted = Sifted::<Packed, i32>::new(Rows::of_learners(&problem), vectors, SCALE);
                for rise in &rises {
                    let choice = sifted.best(0, &costs);
                    prop_assert_eq!([choice.profit, choice.runner_up], two_best(&row, &costs));
                    for (other, more) in rise {
                        costs[*other] = costs[*other].saturating_add(*more);
                    }
                }
            }
        }
    }
}
