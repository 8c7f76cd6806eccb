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
//! "Linear Network Optimization", section 4.1).

#[cfg(target_arch = "x86_64")]
mod avx512;
mod portable;

use super::rows::{Packed, Pair, Rows, Wide};

/// How many pairs are looked at together: as many as fit an AVX-512 register.
const LANES: usize = 16;
/// Pairs on a shortlist.
const SHORT: usize = 2 * LANES;
/// Rows with more pairs than this have a shortlist.
const LONG: usize = 2 * SHORT;

pub(super) use super::money::Money;

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
    Avx512(avx512::Present),
    Portable,
}

impl Vectors {
    /// The quickest this processor has.
    pub(super) fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(present) = avx512::Present::detect() {
            return Self::Avx512(present);
        }
        Self::Portable
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
            Vectors::Avx512(present) => present.best(row, costs, scale),
            Vectors::Portable => portable::best(row, costs, scale),
        }
    }

    #[inline]
    fn shorten(vectors: Vectors, row: &[Self], costs: &[i32], scale: i32, short: &mut Short<Self>) -> i32 {
        match vectors {
            #[cfg(target_arch = "x86_64")]
            Vectors::Avx512(present) => present.shorten(row, costs, scale, short),
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

    /// What is read first when the best of a row is asked for.
    pub(super) fn first(&self, number: usize) -> &[P] {
        let row = self.row(number);
        if row.len() > LONG { &self.shorts[number] } else { row }
    }

    /// Forgets every shortlist, as some costs have fallen.
    pub(super) fn forget_all(&mut self) {
        self.bounds.fill(M::MOST);
    }

    /// Forgets the shortlist of one row, as a cost it knows has fallen.
    pub(super) fn forget(&mut self, number: usize) {
        if let Some(bound) = self.bounds.get_mut(number) {
            *bound = M::MOST;
        }
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
