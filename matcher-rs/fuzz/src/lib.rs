//! People and problems as the fuzzer may dream them up, within the bounds that the interfaces check.

use std::collections::{BTreeMap, BTreeSet};

use arbitrary::Arbitrary;
use matcher_core::assign::{Edge, Problem};
use matcher_core::{Candidate, Country, Mask, Need, Wanted, Weights};
use uuid::Uuid;

const COUNTRIES: [&str; 6] = ["NG", "GH", "KE", "FR", "US", "XX"];

/// Places per mentor, and lists of mentor and value.
#[derive(Debug, Arbitrary)]
pub struct Dream {
    pub places: Vec<u8>,
    pub lists: Vec<Vec<(u8, u16)>>,
    pub own: Vec<u16>,
}

impl Dream {
    /// A problem that keeps the rules: places for everyone, each mentor once a list, values within the whole.
    pub fn problem(&self) -> Option<Problem> {
        if self.places.is_empty() || self.lists.len() > 200 {
            return None;
        }
        let mentors = self.places.len().min(64);
        let places = self.places.iter().take(mentors).map(|places| u32::from(places % 5) + 1).collect();
        let mut problem = Problem::new(ids(self.lists.len()), ids(mentors), places).expect("places for all");
        for list in &self.lists {
            let list: BTreeMap<u32, u32> = list
                .iter()
                .map(|(mentor, value)| (u32::from(*mentor) % mentors as u32, u32::from(value % 10_001)))
                .collect();
            problem.push(list.into_iter().map(|(mentor, value)| Edge { mentor, value })).expect("each mentor once");
        }
        Some(problem)
    }
}

fn ids(count: usize) -> Vec<Uuid> {
    (1..=count as u128).map(Uuid::from_u128).collect()
}

/// The best sum by trying every way; for few learners only.
pub fn exhaustively(problem: &Problem) -> i64 {
    fn from(problem: &Problem, learner: usize, left: &mut [u32]) -> i64 {
        if learner == problem.learners().len() {
            return 0;
        }
        let mut best = from(problem, learner + 1, left);
        for edge in problem.list(learner) {
            let mentor = edge.mentor as usize;
            if left[mentor] > 0 {
                left[mentor] -= 1;
                best = best.max(i64::from(edge.value) + from(problem, learner + 1, left));
                left[mentor] += 1;
            }
        }
        best
    }
    from(problem, 0, &mut problem.places().to_vec())
}

/// A mentor of a small world.
#[derive(Debug, Clone, Arbitrary)]
pub struct Mentor {
    id: u8,
    skills: Vec<(u8, u8)>,
    languages: u8,
    country: u8,
    offset: i8,
    week: [u64; 2],
    capacity: u8,
    taken: u8,
    reviews: (u16, u16),
    months: u16,
    consents: bool,
    minors: bool,
}

/// A learner of the same world.
#[derive(Debug, Clone, Arbitrary)]
pub struct Learner {
    id: u8,
    skills: Vec<(u8, u8, u8)>,
    languages: Vec<u8>,
    country: u8,
    offset: i8,
    week: [u64; 2],
    slots: u16,
    blocked: Vec<u8>,
    minor: bool,
}

/// Any weights that make the whole.
#[derive(Debug, Clone, Arbitrary)]
pub struct Shares([u16; 6]);

impl Mentor {
    pub fn id(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.id))
    }

    pub fn candidate(&self) -> Candidate {
        let skills: BTreeMap<u8, u8> =
            self.skills.iter().take(12).map(|(skill, level)| (skill % 100, level % 10 + 1)).collect();
        let rating_count = u32::from(self.reviews.0);
        Candidate {
            id: self.id(),
            skills: skills.into_iter().map(|(skill, level)| (name(skill), level)).collect(),
            languages: (0..8).filter(|bit| self.languages & (1 << bit) != 0).map(name).collect(),
            country: country(self.country),
            utc_offset: offset(self.offset),
            availability: week(&self.week),
            capacity: u16::from(self.capacity),
            taken: u16::from(self.taken),
            rating_sum: rating_count + u32::from(self.reviews.1) % (4 * rating_count + 1),
            rating_count,
            experience_months: self.months % 1_201,
            consents: self.consents,
            minors: self.minors,
        }
    }
}

impl Learner {
    /// Nothing for a learner who wants nothing.
    pub fn need(&self) -> Option<Need> {
        let skills: BTreeMap<u8, (u8, u8)> = self
            .skills
            .iter()
            .take(32)
            .map(|(skill, target, weight)| (skill % 100, (target % 10 + 1, weight % 100 + 1)))
            .collect();
        let languages: BTreeSet<u8> = self.languages.iter().map(|language| language % 10).collect();
        let wanted = |(skill, (target, weight))| Wanted { skill: name(skill), target, weight };
        let need = Need {
            learner_id: Uuid::from_u128(u128::from(self.id)),
            skills: skills.into_iter().map(wanted).collect(),
            languages: languages.into_iter().map(name).collect(),
            country: country(self.country),
            utc_offset: offset(self.offset),
            availability: week(&self.week),
            slots_needed: self.slots % 672 + 1,
            blocked: self.blocked.iter().map(|id| Uuid::from_u128(u128::from(*id))).collect(),
            minor: self.minor,
        };
        need.check().is_ok().then_some(need)
    }
}

impl Shares {
    pub fn weights(&self) -> Weights {
        let mut cuts: Vec<u16> = self.0.iter().map(|cut| cut % 10_001).collect();
        cuts.sort_unstable();
        let part =
            |at: usize| cuts.get(at).copied().unwrap_or(10_000) - at.checked_sub(1).map_or(0, |before| cuts[before]);
        Weights {
            skill: part(0),
            availability: part(1),
            language: part(2),
            location: part(3),
            rating: part(4),
            free: part(5),
            experience: part(6),
        }
    }
}

fn name(number: u8) -> Box<str> {
    format!("n{number}").into()
}

fn country(number: u8) -> Option<Country> {
    COUNTRIES.get(usize::from(number % 8)).and_then(|code| Country::parse(code).ok())
}

fn offset(quarters: i8) -> i16 {
    (i16::from(quarters) * 15).clamp(-720, 840)
}

/// Two words of quarter hours, so that weeks often meet.
fn week(words: &[u64; 2]) -> Mask {
    Mask::of((0..128).filter(|slot| words[slot / 64] >> (slot % 64) & 1 == 1).map(|slot| slot as u32))
}
