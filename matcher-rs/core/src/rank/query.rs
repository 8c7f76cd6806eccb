//! A plan made ready for one pool.

use super::Suggestion;
use super::kernel::Table;
use crate::candidate::TOP_LEVEL;
use crate::pool::Pool;
use crate::pool::block::CHUNK;
use crate::pool::codes::{CODES, RARE};
use crate::pool::costs::Costs;
use crate::pool::facts::Facts;
use crate::pool::skills::Column;
use crate::score::{Plan, Terms};

/// More rare places than this are not judged one by one.
const MANY: usize = 256;

/// A wanted skill that somebody has.
#[derive(Debug)]
pub(super) struct Wanted<'q> {
    pub(super) column: &'q Column,
    /// What each level brings.
    pub(super) points: [u16; 16],
}

impl Wanted<'_> {
    fn best(&self) -> u32 {
        u32::from(self.points[usize::from(TOP_LEVEL)])
    }
}

/// A plan with what each code and level of a pool brings.
#[derive(Debug)]
pub(super) struct Query<'q> {
    pub(super) pool: &'q Pool,
    pub(super) costs: &'q Costs,
    pub(super) wanted: Vec<Wanted<'q>>,
    /// The most that any row may have left.
    pub(super) best: u32,
    plan: &'q Plan<'q>,
    preferred: Option<u32>,
    understood: Vec<u32>,
    /// What a code brings; for the rare ones, at most.
    places: [u16; CODES],
    languages: [Option<u16>; CODES],
}

impl<'q> Query<'q> {
    pub(super) fn new(pool: &'q Pool, costs: &'q Costs, plan: &'q Plan<'q>) -> Self {
        let wanted = plan.points.iter().filter_map(|points| {
            let column = pool.skills.column(points.skill)?;
            Some(Wanted { column, points: std::array::from_fn(|level| points.at(level as u8) as u16) })
        });
        let languages = &plan.need.languages;
        let mut query = Self {
            pool,
            costs,
            wanted: wanted.collect(),
            best: 0,
            plan,
            preferred: languages.first().and_then(|language| pool.languages.number(language)),
            understood: languages.iter().skip(1).filter_map(|language| pool.languages.number(language)).collect(),
            places: [0; CODES],
            languages: [None; CODES],
        };
        query.judge_codes();
        query.best = query.add_best();
        query
    }

    /// Chunks to go through.
    pub(super) fn chunks(&self) -> usize {
        self.pool.rows().div_ceil(CHUNK)
    }

    fn add_best(&self) -> u32 {
        let skills: u32 = self.wanted.iter().map(Wanted::best).sum();
        let place = self.best_place() + self.best_language();
        skills + place + u32::from(self.plan.weights.availability) + self.costs.best()
    }

    /// What each code of a place loses, in units.
    pub(super) fn place_losses(&self, unit: u32) -> Table {
        let best = self.best_place();
        Table(self.places.map(|worth| units(best - u32::from(worth), unit)))
    }

    /// What each code of languages loses, in units; without a common one, everything.
    pub(super) fn language_losses(&self, unit: u32) -> Table {
        let best = self.best_language();
        Table(self.languages.map(|worth| worth.map_or(u8::MAX, |worth| units(best - u32::from(worth), unit))))
    }

    /// What each level of each wanted skill loses, in units.
    pub(super) fn level_losses(&self, unit: u32) -> Vec<[u8; 16]> {
        let losses = |wanted: &Wanted<'_>| wanted.points.map(|points| units(wanted.best() - u32::from(points), unit));
        self.wanted.iter().map(losses).collect()
    }

    /// The score of a row by exact facts, and what remains of it; `None` when a hard rule excludes the
    /// pair or less than `least` remains.
    pub(super) fn score(&self, row: usize, skill: u32, least: u32) -> Option<(u32, Suggestion)> {
        let (pool, plan) = (self.pool, self.plan);
        let facts = &pool.facts[row];
        let language = self.language(pool.language_codes[row / CHUNK].0[row % CHUNK], facts)?;
        let location = self.location(pool.place_codes[row / CHUNK].0[row % CHUNK], facts);
        let standing = facts.standing(plan.weights);
        let fixed = skill + u32::from(language) + u32::from(location) + standing.sum();
        let dear = least + self.costs.price(row);
        if fixed + u32::from(plan.weights.availability) < dear || (plan.need.minor && !facts.minors) {
            return None;
        }
        let availability = plan.availability(plan.need.availability.overlap(&facts.availability))?;
        let more = (fixed + u32::from(availability)).checked_sub(dear)?;
        let id = pool.ids[row];
        if plan.need.forbids(id) {
            return None;
        }
        let terms = Terms {
            skill: skill as u16,
            availability,
            language,
            location,
            rating: standing.rating,
            free: standing.free,
            experience: standing.experience,
        };
        Some((least + more, Suggestion { id, terms, places: facts.places, row: row as u32 }))
    }

    fn judge_codes(&mut self) {
        let pool = self.pool;
        let place = |(country, offset): &(_, i16)| self.plan.location(*country, *offset);
        for (code, known) in pool.places.common().enumerate() {
            self.places[code] = place(known);
        }
        let rare = pool.places.rare();
        let weight = self.plan.weights.location;
        self.places[usize::from(RARE)] = if rare.len() > MANY { weight } else { rare.map(place).max().unwrap_or(0) };
        for (code, spoken) in pool.languages.sets.common().enumerate() {
            self.languages[code] = self.common_language(|language| spoken.contains(&language));
        }
        self.languages[usize::from(RARE)] = self.common_language(|language| pool.languages.rarely(language));
    }

    fn common_language(&self, spoken: impl Fn(u32) -> bool) -> Option<u16> {
        if self.preferred.is_some_and(&spoken) {
            return Some(self.plan.language_at(0));
        }
        self.understood.iter().any(|language| spoken(*language)).then(|| self.plan.language_at(1))
    }

    fn language(&self, code: u8, facts: &Facts) -> Option<u16> {
        if code == RARE {
            let spoken = self.pool.languages.sets.value(facts.languages);
            return self.common_language(|language| spoken.contains(&language));
        }
        self.languages[usize::from(code) % CODES]
    }

    fn location(&self, code: u8, facts: &Facts) -> u16 {
        if code == RARE {
            let (country, offset) = self.pool.places.value(facts.place);
            return self.plan.location(*country, *offset);
        }
        self.places[usize::from(code) % CODES]
    }

    fn best_place(&self) -> u32 {
        self.places.iter().copied().max().map_or(0, u32::from)
    }

    fn best_language(&self) -> u32 {
        self.languages.iter().flatten().copied().max().map_or(0, u32::from)
    }
}

/// Whole units, as many as a byte holds.
fn units(points: u32, unit: u32) -> u8 {
    (points / unit).min(255) as u8
}
