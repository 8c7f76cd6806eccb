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
    fn best(&self) -> u16 {
        self.points[usize::from(TOP_LEVEL)]
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
    /// What a code of a place brings; the rare ones, at most.
    places: [u16; CODES],
    best_place: u16,
    /// A bit for each code whose mentors speak the preferred language, or another one of the learner's.
    preferred: u64,
    understood: u64,
}

impl<'q> Query<'q> {
    pub(super) fn new(pool: &'q Pool, costs: &'q Costs, plan: &'q Plan<'q>) -> Self {
        let wanted = plan.points.iter().filter_map(|points| {
            let column = pool.skills.column(points.skill)?;
            Some(Wanted { column, points: std::array::from_fn(|level| points.at(level as u8) as u16) })
        });
        let codes = |language: &str| Some(pool.languages.codes(pool.languages.number(language)?));
        let mut speakers = plan.need.languages.iter().map(|language| codes(language).unwrap_or(0));
        let mut query = Self {
            pool,
            costs,
            wanted: wanted.collect(),
            best: 0,
            plan,
            places: [0; CODES],
            best_place: 0,
            preferred: speakers.next().unwrap_or(0),
            understood: speakers.fold(0, |all, codes| all | codes),
        };
        query.judge_places();
        query.best = query.add_best();
        query
    }

    /// Chunks to go through.
    pub(super) fn chunks(&self) -> usize {
        self.pool.rows().div_ceil(CHUNK)
    }

    fn add_best(&self) -> u32 {
        let skills: u32 = self.wanted.iter().map(|wanted| u32::from(wanted.best())).sum();
        let place = self.best_place + self.best_language();
        skills + u32::from(place) + u32::from(self.plan.weights.availability) + self.costs.best()
    }

    /// What each code of a place loses, in units of two to the power of `unit`.
    pub(super) fn place_losses(&self, unit: u32) -> Table {
        let best = self.best_place;
        Table(self.places.map(|worth| units(best - worth, unit)))
    }

    /// What each code of languages loses, in such units; without a common one, everything.
    pub(super) fn language_losses(&self, unit: u32) -> Table {
        let best = self.best_language();
        let loss = |place| units(best - self.plan.language_at(place).min(best), unit);
        let (preferred, understood) = (loss(0), loss(1));
        Table(std::array::from_fn(|code| match (self.preferred >> code & 1, self.understood >> code & 1) {
            (1, _) => preferred,
            (_, 1) => understood,
            _ => u8::MAX,
        }))
    }

    /// What each level of each wanted skill loses, in such units.
    pub(super) fn level_losses(&self, unit: u32) -> Vec<[u8; 16]> {
        let losses = |wanted: &Wanted<'_>| wanted.points.map(|points| units(wanted.best() - points, unit));
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

    fn judge_places(&mut self) {
        let pool = self.pool;
        let place = |(country, offset): &(_, i16)| self.plan.location(*country, *offset);
        for (code, known) in pool.places.common().enumerate() {
            self.places[code] = place(known);
        }
        let rare = pool.places.rare();
        let weight = self.plan.weights.location;
        self.places[usize::from(RARE)] = if rare.len() > MANY { weight } else { rare.map(place).max().unwrap_or(0) };
        self.best_place = self.places.iter().copied().max().unwrap_or(0);
    }

    fn language(&self, code: u8, facts: &Facts) -> Option<u16> {
        let place = if code == RARE {
            let spoken = self.pool.languages.sets.value(facts.languages);
            let speaks = |name: &str| self.pool.languages.number(name).is_some_and(|number| spoken.contains(&number));
            self.plan.need.languages.iter().position(|name| speaks(name))?
        } else {
            [self.preferred, self.understood].iter().position(|codes| codes >> code & 1 == 1)?
        };
        Some(self.plan.language_at(place))
    }

    fn location(&self, code: u8, facts: &Facts) -> u16 {
        if code == RARE {
            let (country, offset) = self.pool.places.value(facts.place);
            return self.plan.location(*country, *offset);
        }
        self.places[usize::from(code) % CODES]
    }

    fn best_language(&self) -> u16 {
        let spoken = [self.preferred, self.understood].iter().position(|codes| *codes != 0);
        spoken.map_or(0, |place| self.plan.language_at(place))
    }
}

/// Whole units, as many as a byte holds.
fn units(points: u16, unit: u32) -> u8 {
    (points >> unit).min(255) as u8
}
