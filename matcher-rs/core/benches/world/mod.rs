//! A made-up world of mentors and learners: the same for every run, and shared by the benchmarks.
//!
//! 200 skills in 20 tracks, popular ones more often (Zipf); mentors with 3 to 9 skills, most of one
//! track; 64 countries with their languages and hours; evenings and weekends free. Learners want 2
//! to 5 skills.

use std::collections::{BTreeMap, HashSet};

use matcher_core::{Candidate, Country, Mask, Need, Wanted};
use uuid::Uuid;

const SKILLS: u64 = 200;
const TRACKS: u64 = 20;
const TRACK_SKILLS: usize = 15;
const HALF_HOURS: i64 = 336;
const COUNTRIES: [&str; 64] = [
    "NG", "KE", "ZA", "EG", "CD", "GH", "ET", "ZM", "MA", "CM", "CI", "TZ", "ZW", "DZ", "GA", "SN", "UG", "MZ", "TN",
    "AO", "ML", "RW", "BW", "LY", "CG", "BF", "SO", "NA", "SD", "TD", "NE", "MG", "MW", "MR", "CF", "TG", "BI", "LS",
    "EH", "GQ", "BJ", "SS", "SZ", "GN", "ST", "SL", "DJ", "MU", "LR", "CV", "GM", "ER", "KM", "SC", "GB", "US", "FR",
    "CA", "DE", "BR", "PT", "IN", "AE", "BE",
];

/// `SplitMix64` (Steele, Lea and Flood, 2014).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    fn between(&mut self, first: u64, last: u64) -> u64 {
        first + self.below(last - first + 1)
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// About normal, in hundredths of the standard deviation: the sum of six dice.
    fn normal(&mut self) -> i64 {
        ((0..6).map(|_| self.below(1000) as i64).sum::<i64>() - 3000) * 141 / 1000
    }
}

/// Numbers below an end, small ones more often: `1 / (n + 1)` to some power.
struct Popular(Vec<f64>);

impl Popular {
    fn new(many: u64, power: f64) -> Self {
        let mut sum = 0.0;
        let running = (1..=many as u32).map(|rank| {
            sum += f64::from(rank).powf(-power);
            sum
        });
        Self(running.collect())
    }

    fn pick(&self, dice: &mut Dice) -> u64 {
        let all = self.0.last().copied().unwrap_or(1.0);
        let at = f64::from(dice.below(1 << 32) as u32) / 2_f64.powi(32) * all;
        self.0.partition_point(|running| *running < at).min(self.0.len() - 1) as u64
    }
}

/// Where somebody lives: hours east of UTC and the languages of the place.
struct Home {
    country: Country,
    hours: i64,
    languages: Vec<Box<str>>,
}

pub(crate) struct World {
    skills: Popular,
    tracks: Popular,
    homes: Popular,
    track_skills: Vec<Vec<u64>>,
    places: Vec<Home>,
}

impl World {
    pub(crate) fn new() -> Self {
        let mut dice = Dice::new(7);
        let skills = Popular::new(SKILLS, 1.0);
        let track = |dice: &mut Dice| {
            let mut chosen = Vec::new();
            while chosen.len() < TRACK_SKILLS {
                let skill = if dice.chance(30) { skills.pick(dice) } else { dice.below(SKILLS) };
                if !chosen.contains(&skill) {
                    chosen.push(skill);
                }
            }
            chosen
        };
        let track_skills = (0..TRACKS).map(|_| track(&mut dice)).collect();
        let places = COUNTRIES.iter().enumerate().filter_map(|(number, code)| home(&mut dice, number, code)).collect();
        Self { tracks: Popular::new(TRACKS, 0.8), homes: Popular::new(64, 0.9), skills, track_skills, places }
    }

    pub(crate) fn mentor(&self, dice: &mut Dice, id: u64) -> Candidate {
        let track = self.tracks.pick(dice);
        let (many, usual) = (dice.between(3, 9) as usize, dice.between(2, 5) as i64);
        let mut skills = BTreeMap::new();
        while skills.len() < many {
            let skill = self.skill(dice, track, 65);
            let level = (usual * 100 + dice.normal() * 4 / 5 + 50) / 100;
            skills.entry(skill).or_insert(2 * level.clamp(1, 5).cast_unsigned() as u8);
        }
        let home = &self.places[self.homes.pick(dice) as usize];
        let capacity = dice.between(1, 8);
        let rating_count = dice.below(10) as u32 * dice.below(5) as u32;
        Candidate {
            id: Uuid::from_u128(u128::from(dice.next()) << 64 | u128::from(id)),
            skills: skills.into_iter().map(|(skill, level)| (name(skill), level)).collect(),
            languages: languages(dice, home),
            country: Some(home.country),
            utc_offset: (home.hours * 60) as i16,
            availability: {
                let days = dice.between(2, 5);
                hours(dice, home.hours, days, 5)
            },
            capacity: capacity as u16,
            taken: dice.below(capacity + 1) as u16,
            rating_sum: rating_count * 3 + (0..rating_count).map(|_| dice.below(3) as u32).sum::<u32>(),
            rating_count,
            experience_months: (dice.below(100) * dice.below(100) / 100) as u16,
            consents: true,
            minors: dice.chance(50),
        }
    }

    pub(crate) fn learner(&self, dice: &mut Dice, id: u64) -> Need {
        let track = self.tracks.pick(dice);
        let many = dice.between(2, 5) as usize;
        let mut wanted = BTreeMap::new();
        while wanted.len() < many {
            let skill = self.skill(dice, track, 75);
            wanted.entry(skill).or_insert((2 * dice.between(2, 5) as u8, dice.between(1, 5) as u8));
        }
        let home = &self.places[self.homes.pick(dice) as usize];
        let wanted = wanted.into_iter();
        Need {
            learner_id: Uuid::from_u128(u128::from(id)),
            skills: wanted.map(|(skill, (target, weight))| Wanted { skill: name(skill), target, weight }).collect(),
            languages: languages(dice, home),
            country: Some(home.country),
            utc_offset: (home.hours * 60) as i16,
            availability: {
                let days = dice.between(3, 7);
                hours(dice, home.hours, days, 6)
            },
            slots_needed: 2 * dice.between(2, 6) as u16,
            blocked: HashSet::new(),
            minor: false,
        }
    }

    fn skill(&self, dice: &mut Dice, track: u64, percent_of_track: u64) -> u64 {
        if dice.chance(percent_of_track) {
            self.track_skills[track as usize][dice.below(TRACK_SKILLS as u64) as usize]
        } else {
            self.skills.pick(dice)
        }
    }
}

fn name(skill: u64) -> Box<str> {
    format!("skill-{skill}").into()
}

fn home(dice: &mut Dice, number: usize, code: &str) -> Option<Home> {
    let country = Country::parse(code).ok()?;
    let abroad = number >= 54;
    let usual = if abroad { [0, -5, 1, -3, 4][number % 5] } else { [0, 3, 2, 1, 1][number % 5] };
    let hours = if dice.chance(30) { usual + dice.below(3) as i64 - 1 } else { usual };
    let main: &[&str] = match number % 5 {
        _ if abroad => {
            if dice.chance(30) {
                &["fr"]
            } else {
                &["en"]
            }
        }
        0 => {
            if dice.chance(50) {
                &["en"]
            } else {
                &["fr"]
            }
        }
        1 => &["sw", "en"],
        2 => {
            if dice.chance(30) {
                &["pt"]
            } else {
                &["en"]
            }
        }
        3 => &["ar", "fr"],
        _ => &["fr"],
    };
    let local = format!("local-{}", number % 11);
    let local = (!abroad).then_some(local.as_str());
    Some(Home { country, hours, languages: main.iter().copied().chain(local).map(Into::into).collect() })
}

fn languages(dice: &mut Dice, home: &Home) -> Vec<Box<str>> {
    let mut spoken = home.languages.clone();
    for (language, percent) in [("en", 55), ("fr", 10)] {
        if dice.chance(percent) {
            spoken.push(language.into());
        }
    }
    if dice.chance(5) {
        spoken.push(format!("local-{}", dice.below(11)).into());
    }
    let mut seen = HashSet::new();
    spoken.retain(|language| seen.insert(language.clone()));
    if spoken.len() > 1 && dice.chance(25) {
        spoken.remove(0);
    }
    spoken
}

/// Some evenings, and hours of weekends, in UTC.
fn hours(dice: &mut Dice, east: i64, days: u64, spread: u64) -> Mask {
    let mut slots = Vec::new();
    let half = |slot: i64| 2 * slot.rem_euclid(HALF_HOURS) as u32;
    for _ in 0..days {
        let day = dice.below(7);
        let start = if day >= 5 && dice.chance(60) { dice.between(18, 32) } else { dice.between(34, 39) };
        let end = (start + dice.between(2, 2 + spread)).min(48);
        let starts = (start..end).map(|slot| half((day * 48 + slot) as i64 - 2 * east));
        slots.extend(starts.flat_map(|slot| [slot, slot + 1]));
    }
    Mask::of(slots)
}
