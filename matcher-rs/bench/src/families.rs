//! Families of problems: what solvers find easy or hard is in how worth and places are spread.

use serde::Deserialize;

use crate::dice::Dice;
use crate::lists::Lists;

/// How much a pair is worth, and how places are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Family {
    /// By chance.
    Uniform,
    /// A product of three traits on both sides.
    LowRank,
    /// Much within one's own of twenty groups, little elsewhere.
    Clusters,
    /// The nearer in a square, the more.
    Geometric,
    /// Most of it is the mentor's own standing, so that all want the same.
    Correlated,
    /// By chance; a few mentors have most of the places.
    PowerLaw,
}

/// A problem to be made.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Shape {
    family: Family,
    learners: u32,
    mentors: u32,
    /// Mentors on each list; the best of four times as many.
    k: u32,
    /// Places in a hundred learners.
    supply: u32,
}

/// What somebody brings along: three numbers up to 10 000, by chance.
type Traits = [u32; 3];

impl Shape {
    /// The same for the same seed.
    pub(crate) fn lists(&self, seed: u64) -> Lists {
        let mut dice = Dice::new(seed);
        let mut lists = Lists { places: self.places(), ..Lists::default() };
        let mentors: Vec<Traits> = (0..self.mentors).map(|_| traits(&mut dice)).collect();
        let mut numbers: Vec<u32> = (0..self.mentors).collect();
        let looked = self.mentors.min(self.k.saturating_mul(4)) as usize;
        for _ in 0..self.learners {
            let own = traits(&mut dice);
            let mut list: Vec<(u32, u32, u32)> = (0..looked)
                .map(|at| {
                    numbers.swap(at, dice.range(at as u32, self.mentors - 1) as usize);
                    let mentor = numbers[at];
                    let worth = self.family.worth(&own, &mentors[mentor as usize], &mut dice);
                    (mentor, worth, worth)
                })
                .collect();
            list.sort_unstable_by_key(|(mentor, worth, _)| (u32::MAX - worth, *mentor));
            list.truncate(self.k as usize);
            lists.push(list);
        }
        lists
    }

    /// At least one each; even, or the n-th mentor's share in proportion to 1 / n.
    fn places(&self) -> Vec<u32> {
        let all = u64::from(self.learners) * u64::from(self.supply) / 100;
        let share = |mentor: u32| match self.family {
            Family::PowerLaw => 1_000_000 / u64::from(mentor + 1),
            _ => 1,
        };
        let sum: u64 = (0..self.mentors).map(share).sum();
        let upto = |mentor: u32| (0..mentor).map(share).sum::<u64>() * all / sum;
        (0..self.mentors).map(|mentor| ((upto(mentor + 1) - upto(mentor)) as u32).max(1)).collect()
    }
}

impl Family {
    /// 1 to 10 000.
    fn worth(self, own: &Traits, other: &Traits, dice: &mut Dice) -> u32 {
        let worth = match self {
            Self::Uniform | Self::PowerLaw => dice.below(10_000),
            Self::LowRank => own.iter().zip(other).map(|(mine, theirs)| mine * theirs / 10_000).sum::<u32>() / 3,
            Self::Clusters if own[0] / 500 == other[0] / 500 => 5_000 + dice.below(5_000),
            Self::Clusters => dice.below(1_000),
            Self::Geometric => {
                let apart = |axis: usize| u64::from(own[axis].abs_diff(other[axis]));
                9_999 - u64::midpoint(apart(0).pow(2), apart(1).pow(2)).isqrt() as u32
            }
            Self::Correlated => other[0] * 4 / 5 + dice.below(2_000),
        };
        1 + worth.min(9_999)
    }
}

fn traits(dice: &mut Dice) -> Traits {
    std::array::from_fn(|_| dice.below(10_000))
}
