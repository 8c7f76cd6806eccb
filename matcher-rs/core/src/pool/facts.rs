//! What a pool knows of a mentor beside skills: two cache lines, of which the second is only read of
//! who may be among the best if free at all hours.

use crate::availability::Mask;
use crate::candidate::Candidate;
use crate::score::part;
use crate::weights::Weights;

/// Facts of a row that is looked at closely.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub(crate) struct Facts {
    /// Number of the set of languages.
    pub(crate) languages: u32,
    /// Number of the country and offset.
    pub(crate) place: u32,
    rating: u16,
    free: u16,
    /// Places free; none also for a mentor who agreed to no match.
    pub(crate) places: u16,
    /// Months up to those that count.
    months: u8,
    pub(crate) minors: bool,
    pub(crate) availability: Mask,
}

const _: () = assert!(size_of::<Facts>() == 128, "a row looked at closely is two cache lines");

/// The parts of a score that depend on the mentor alone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    pub(crate) rating: u16,
    pub(crate) free: u16,
    pub(crate) experience: u16,
}

impl Standing {
    pub(crate) fn sum(self) -> u32 {
        u32::from(self.rating) + u32::from(self.free) + u32::from(self.experience)
    }
}

impl Facts {
    pub(super) fn of(candidate: &Candidate, languages: u32, place: u32) -> Self {
        Self {
            languages,
            place,
            rating: candidate.rating_share() as u16,
            free: candidate.free_share() as u16,
            places: if candidate.consents { candidate.free() } else { 0 },
            months: candidate.counted_months(),
            minors: candidate.minors,
            availability: candidate.availability,
        }
    }

    #[inline]
    pub(crate) fn standing(&self, weights: Weights) -> Standing {
        Standing {
            rating: part(weights.rating, u32::from(self.rating)),
            free: part(weights.free, u32::from(self.free)),
            experience: part(weights.experience, months_share(self.months)),
        }
    }
}

fn months_share(months: u8) -> u32 {
    u32::from(months) * crate::WHOLE / crate::candidate::FULL_EXPERIENCE
}
