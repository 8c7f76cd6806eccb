//! The formula.
//!
//! ```text
//! total        = skill + availability + language + location + rating + free + experience
//! skill        = Σ p_s × min(level, target) / target     p_s: the weight, shared among the wanted
//!                                                        skills in name order (see `shared_out`)
//! availability = w × min(common, needed) / needed        in quarter hours
//! language     = w for the preferred language, w × 6 / 10 for another one
//! location     = w × (6 × nearness + 4 × hours) / 10     hours: 1 - difference / 8 h, at least 0
//! rating       = w × (mean stars - 1) / 4                as if five reviews of 4.2 came before
//! free         = w × free places / places
//! experience   = w × min(months, 60) / 60
//! ```
//!
//! Each division rounds down, each share is first made in basis points, and the total is the sum of
//! the terms, so the terms always explain it. No score at all: no wanted skill, no common language,
//! less than an hour in common, no free place, no consent to be matched, a learner under 18 and a mentor
//! who may not mentor minors, or excluded by the learner's blocks.

use uuid::Uuid;

use crate::WHOLE;
use crate::availability::LEAST_OVERLAP;
use crate::candidate::Candidate;
use crate::countries::{Country, nearness};
use crate::need::{Need, Wanted};
use crate::weights::Weights;

/// Minutes of difference in local time at which common hours are lost.
const HOURS_LOST: u32 = 8 * 60;
const DAY: u32 = 24 * 60;

/// What each term adds, in basis points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the weights")]
pub struct Terms {
    pub skill: u16,
    pub availability: u16,
    pub language: u16,
    pub location: u16,
    pub rating: u16,
    pub free: u16,
    pub experience: u16,
}

impl Terms {
    /// The score: the sum, never more than the whole.
    pub fn total(&self) -> u16 {
        self.skill + self.availability + self.language + self.location + self.rating + self.free + self.experience
    }
}

/// One mentor's score for one learner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    /// The mentor.
    pub id: Uuid,
    /// The parts of the score.
    pub terms: Terms,
}

/// A wanted skill with the points it is worth.
#[derive(Debug)]
pub(crate) struct Points<'n> {
    pub(crate) skill: &'n str,
    target: u32,
    worth: u32,
}

impl Points<'_> {
    /// What a mentor of `level` adds; more than the target adds no more.
    pub(crate) fn at(&self, level: u8) -> u32 {
        self.worth * u32::from(level).min(self.target) / self.target
    }
}

/// A need made ready for scoring many mentors.
#[derive(Debug)]
pub struct Plan<'n> {
    pub(crate) need: &'n Need,
    pub(crate) weights: Weights,
    pub(crate) points: Vec<Points<'n>>,
}

impl<'n> Plan<'n> {
    /// Shares the skill weight among the wanted skills.
    pub fn new(need: &'n Need, weights: Weights) -> Self {
        let points = shared_out(&need.skills, u32::from(weights.skill));
        Self { need, weights, points }
    }

    /// The score of one mentor, or `None` when a hard rule excludes the pair.
    pub fn score(&self, candidate: &Candidate) -> Option<Score> {
        if self.need.excludes(candidate) || candidate.free() == 0 {
            return None;
        }
        let terms = Terms {
            skill: self.skill(candidate)?,
            availability: self.availability(self.need.availability.overlap(&candidate.availability))?,
            language: self.language(&candidate.languages)?,
            location: self.location(candidate.country, candidate.utc_offset),
            rating: part(self.weights.rating, candidate.rating_share()),
            free: part(self.weights.free, candidate.free_share()),
            experience: part(self.weights.experience, candidate.experience_share()),
        };
        Some(Score { id: candidate.id, terms })
    }

    fn skill(&self, candidate: &Candidate) -> Option<u16> {
        let level = |name: &str| candidate.skills.iter().find(|(skill, _)| **skill == *name).map(|(_, level)| *level);
        let met: Vec<u32> = self.points.iter().filter_map(|wanted| Some(wanted.at(level(wanted.skill)?))).collect();
        (!met.is_empty()).then(|| met.iter().sum::<u32>() as u16)
    }

    pub(crate) fn availability(&self, common: u32) -> Option<u16> {
        let needed = u32::from(self.need.slots_needed);
        (common >= LEAST_OVERLAP).then(|| (u32::from(self.weights.availability) * common.min(needed) / needed) as u16)
    }

    /// What a common language brings that stands at this place among the learner's.
    pub(crate) fn language_at(&self, place: usize) -> u16 {
        let weight = self.weights.language;
        if place == 0 { weight } else { (u32::from(weight) * 6 / 10) as u16 }
    }

    fn language(&self, spoken: &[Box<str>]) -> Option<u16> {
        self.need.languages.iter().position(|language| spoken.contains(language)).map(|place| self.language_at(place))
    }

    pub(crate) fn location(&self, country: Option<Country>, utc_offset: i16) -> u16 {
        let apart = u32::from(self.need.utc_offset.abs_diff(utc_offset));
        let hours = HOURS_LOST.saturating_sub(apart.min(DAY.abs_diff(apart))) * WHOLE / HOURS_LOST;
        let near = nearness(self.need.country, country);
        part(self.weights.location, (6 * near + 4 * hours) / 10)
    }
}

/// `weight` × `share`, rounded down.
pub(crate) fn part(weight: u16, share: u32) -> u16 {
    (u32::from(weight) * share / WHOLE) as u16
}

/// Shares `whole` in proportion to the weights so that the parts sum to it exactly: each part is
/// what the running total, rounded down, grew by; skills in the order of their names.
fn shared_out(skills: &[Wanted], whole: u32) -> Vec<Points<'_>> {
    let mut sorted: Vec<&Wanted> = skills.iter().collect();
    sorted.sort_by(|one, other| one.skill.cmp(&other.skill));
    let all: u32 = sorted.iter().map(|wanted| u32::from(wanted.weight)).sum();
    let (mut sum, mut given) = (0, 0);
    sorted
        .into_iter()
        .map(|wanted| {
            sum += u32::from(wanted.weight);
            let worth = whole * sum / all.max(1) - given;
            given += worth;
            Points { skill: &wanted.skill, target: u32::from(wanted.target), worth }
        })
        .collect()
}
