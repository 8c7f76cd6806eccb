//! People of a mentoring programme across Africa and its diaspora.
//!
//! Skills come in tracks, tracks and countries differ in size, people are free in the evening and
//! at weekends of where they live. About one pair in twelve may be formed.

use std::collections::{BTreeMap, HashSet};

use matcher_core::{Candidate, Invalid, Mask, Need};
use matcher_server::wire::{CandidateIn, NeedIn, WantedIn};
use uuid::Uuid;

use crate::dice::{Dice, Zipf};

/// Number of skills; they are named `skill-0` and so on.
pub(crate) const SKILLS: u32 = 200;
const TRACKS: u32 = 20;
const TRACK_SKILLS: u32 = 15;
/// Half hours in a day and in a week.
const DAY: u32 = 48;
const WEEK: u32 = 7 * DAY;

/// Where people live, largest first: country, minutes east of UTC, its languages.
const COUNTRIES: [(&str, i32, &[&str]); 36] = [
    ("NG", 60, &["en", "ha"]),
    ("KE", 180, &["sw", "en"]),
    ("ZA", 120, &["en", "zu"]),
    ("EG", 120, &["ar"]),
    ("GH", 0, &["en", "ak"]),
    ("ET", 180, &["am", "en"]),
    ("MA", 60, &["ar", "fr"]),
    ("TZ", 180, &["sw", "en"]),
    ("UG", 180, &["en", "sw"]),
    ("CI", 0, &["fr"]),
    ("SN", 0, &["fr", "wo"]),
    ("CM", 60, &["fr", "en"]),
    ("RW", 120, &["rw", "en"]),
    ("TN", 60, &["ar", "fr"]),
    ("DZ", 60, &["ar", "fr"]),
    ("CD", 60, &["fr", "ln"]),
    ("GB", 0, &["en"]),
    ("FR", 60, &["fr"]),
    ("US", -300, &["en"]),
    ("CA", -300, &["en", "fr"]),
    ("ZM", 120, &["en"]),
    ("ZW", 120, &["en", "sn"]),
    ("SD", 120, &["ar"]),
    ("ML", 0, &["fr", "bm"]),
    ("BF", 0, &["fr"]),
    ("NE", 60, &["fr", "ha"]),
    ("BJ", 60, &["fr", "yo"]),
    ("TG", 0, &["fr"]),
    ("MZ", 120, &["pt"]),
    ("AO", 60, &["pt"]),
    ("SO", 180, &["so", "ar"]),
    ("MW", 120, &["en"]),
    ("MG", 180, &["mg", "fr"]),
    ("BW", 120, &["en"]),
    ("DE", 60, &["de", "en"]),
    ("PT", 0, &["pt"]),
];

/// How many places mentors have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Places {
    /// One to eight, some of them taken.
    Mixed,
    /// So many, all free.
    Free(u32),
}

/// Makes the same people for the same seed, one after another.
#[derive(Debug)]
pub(crate) struct World {
    dice: Dice,
    tracks: Vec<Vec<u32>>,
    popular: Zipf,
    track: Zipf,
    country: Zipf,
    mentors: u64,
    learners: u64,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let popular = Zipf::new(SKILLS);
        let tracks = (0..TRACKS).map(|_| track(&mut dice, &popular)).collect();
        let (track, country) = (Zipf::new(TRACKS), Zipf::new(COUNTRIES.len() as u32));
        Self { dice, tracks, popular, track, country, mentors: 0, learners: 0 }
    }

    /// The next mentor; ids rise.
    pub(crate) fn mentor(&mut self, places: Places) -> CandidateIn {
        self.mentors += 1;
        let (country, utc_offset, spoken) = self.home();
        let base = self.dice.range(3, 8);
        let count = self.dice.range(3, 9);
        let named = self.skills(count, 65);
        let level = |dice: &mut Dice| (base + dice.below(5)).saturating_sub(2).clamp(1, 10);
        let skills: BTreeMap<Box<str>, u32> = named.into_iter().map(|one| (one, level(&mut self.dice))).collect();
        let reviews = self.dice.below(25) * self.dice.below(2);
        let (capacity, taken) = match places {
            Places::Mixed => {
                let capacity = self.dice.range(1, 8);
                (capacity, self.dice.below(capacity + 1))
            }
            Places::Free(count) => (count, 0),
        };
        let days = self.dice.range(2, 5);
        CandidateIn {
            id: Uuid::from_u128(u128::from(self.mentors) << 64 | u128::from(self.dice.any() >> 2)),
            skills,
            languages: self.languages(spoken),
            country: Some(country.into()),
            utc_offset,
            availability: self.hours(utc_offset, days, 7).to_hex().into(),
            capacity,
            taken,
            rating_sum: reviews * self.dice.range(3, 5),
            rating_count: reviews,
            experience_months: self.dice.below(120) * self.dice.below(120) / 90,
            consents: true,
            minors: true,
        }
    }

    /// The next learner; ids rise, and never equal a mentor's.
    pub(crate) fn learner(&mut self) -> NeedIn {
        self.learners += 1;
        let (country, utc_offset, spoken) = self.home();
        let count = self.dice.range(2, 5);
        let wanted = self.skills(count, 75);
        let mut want = |skill| WantedIn { skill, target: self.dice.range(4, 10), weight: 10 * self.dice.range(1, 5) };
        let skills = wanted.into_iter().map(&mut want).collect();
        let days = self.dice.range(3, 7);
        NeedIn {
            learner_id: Uuid::from_u128(u128::from(self.learners)),
            skills,
            languages: self.languages(spoken),
            country: Some(country.into()),
            utc_offset,
            availability: self.hours(utc_offset, days, 8).to_hex().into(),
            slots_needed: 2 * self.dice.range(2, 6),
            blocked: HashSet::new(),
            minor: false,
        }
    }

    /// The next mentors, as the matcher holds them.
    pub(crate) fn candidates(&mut self, count: usize, places: Places) -> Result<Vec<Candidate>, Invalid> {
        (0..count).map(|_| Candidate::try_from(self.mentor(places))).collect()
    }

    /// The next learners, as the matcher holds them.
    pub(crate) fn needs(&mut self, count: usize) -> Result<Vec<Need>, Invalid> {
        (0..count).map(|_| Need::try_from(self.learner())).collect()
    }

    fn home(&mut self) -> (&'static str, i32, &'static [&'static str]) {
        COUNTRIES[self.country.draw(&mut self.dice)]
    }

    /// Distinct skills, most of them from one track.
    fn skills(&mut self, count: u32, percent: u32) -> Vec<Box<str>> {
        let track = self.track.draw(&mut self.dice);
        let mut found = Vec::new();
        while found.len() < count as usize {
            let skill = if self.dice.percent(percent) {
                self.tracks[track][self.dice.below(TRACK_SKILLS) as usize]
            } else {
                self.popular.draw(&mut self.dice) as u32
            };
            if !found.contains(&skill) {
                found.push(skill);
            }
        }
        found.into_iter().map(|skill| format!("skill-{skill}").into()).collect()
    }

    /// The languages of the country, the first of them preferred, and perhaps one of the large ones.
    fn languages(&mut self, spoken: &[&str]) -> Vec<Box<str>> {
        let mut found: Vec<&str> = spoken.to_vec();
        if found.len() > 1 && self.dice.percent(25) {
            found.pop();
        }
        for (large, percent) in [("en", 55), ("fr", 10)] {
            if self.dice.percent(percent) && !found.contains(&large) {
                found.push(large);
            }
        }
        found.into_iter().map(Into::into).collect()
    }

    /// Evenings, and more of the day at weekends, by local time.
    fn hours(&mut self, utc_offset: i32, days: u32, longest: u32) -> Mask {
        let mut slots = Vec::new();
        for _ in 0..days {
            let day = self.dice.below(7);
            let start =
                if day >= 5 && self.dice.percent(60) { self.dice.range(18, 32) } else { self.dice.range(34, 39) };
            let length = self.dice.range(2, longest);
            let local = (start..(start + length).min(DAY)).map(|slot| day * DAY + slot);
            let halves = local.map(|slot| 2 * (slot as i32 - utc_offset / 30).rem_euclid(WEEK as i32) as u32);
            slots.extend(halves.flat_map(|slot| [slot, slot + 1]));
        }
        Mask::of(slots)
    }
}

fn track(dice: &mut Dice, popular: &Zipf) -> Vec<u32> {
    let mut skills = Vec::new();
    while skills.len() < TRACK_SKILLS as usize {
        let skill = if dice.percent(30) { popular.draw(dice) as u32 } else { dice.below(SKILLS) };
        if !skills.contains(&skill) {
            skills.push(skill);
        }
    }
    skills
}
