//! The best mentors for one learner, exactly.
//!
//! Only rows that have a wanted skill are looked at. Everything but availability is added up first;
//! a row whose sum could not reach the k-th best even with full availability is passed over, so the
//! 48 bytes of a mask are read for few.

use uuid::Uuid;

use crate::candidate::TOP_LEVEL;
use crate::pool::Pool;
use crate::score::{Plan, Terms, part};

/// Above this bit a row's mark counts its wanted skills; below are the points.
const MET: u32 = 1 << 16;
/// Room for every level; a power of two spares the bounds check.
const LEVELS: usize = (TOP_LEVEL as usize + 1).next_power_of_two();

/// A mentor and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suggestion {
    /// The mentor.
    pub id: Uuid,
    /// The parts of the score.
    pub terms: Terms,
    /// Places the mentor has free.
    pub places: u16,
    pub(crate) row: u32,
}

/// The `k` best of `pool`: highest total first, equal totals by id.
pub fn rank(pool: &Pool, plan: &Plan<'_>, k: usize) -> Vec<Suggestion> {
    let languages: Vec<Option<u16>> = pool.languages.values.iter().map(|set| plan.language(set)).collect();
    let places: Vec<u16> =
        pool.places.values.iter().map(|(country, offset)| plan.location(*country, *offset)).collect();
    let mut best = Best::new(k);
    for (row, mark) in marks(pool, plan).into_iter().enumerate().filter(|(_, mark)| *mark >= MET) {
        let standing = &pool.standing[row];
        let Some(language) = languages[standing.languages as usize] else { continue };
        let mut terms = Terms {
            skill: (mark % MET) as u16,
            availability: plan.weights.availability,
            language,
            location: places[standing.place as usize],
            rating: part(plan.weights.rating, u32::from(standing.rating)),
            free: part(plan.weights.free, u32::from(standing.free)),
            experience: part(plan.weights.experience, u32::from(standing.experience)),
        };
        let forbidden = plan.need.minor && !standing.minors;
        if forbidden || standing.places == 0 || terms.total() < best.floor {
            continue;
        }
        let common = plan.need.availability.overlap(&pool.availability[row]);
        let Some(availability) = plan.availability(common) else { continue };
        terms.availability = availability;
        best.offer(Suggestion { id: pool.ids[row], terms, places: standing.places, row: row as u32 });
    }
    best.kept
}

/// The `k` best by what remains of the total when the mentor's price is paid: more than `floor`,
/// highest first, equal ones by id. `prices` has one per row of the pool ([`Pool::rows`]); a row
/// beyond its end costs nothing.
///
/// This finds the columns that would improve an assignment (column generation): with `floor` the
/// profit a learner has already, an empty answer proves that no mentor of the pool offers more.
pub fn priced(pool: &Pool, plan: &Plan<'_>, prices: &[u16], floor: u16, k: usize) -> Vec<Suggestion> {
    let price = |row: u32| prices.get(row as usize).copied().unwrap_or(0);
    let net = |found: &Suggestion| found.terms.total().saturating_sub(price(found.row));
    let mut found = rank(pool, plan, pool.rows());
    found.retain(|found| net(found) > floor);
    found.sort_by_key(|found| (std::cmp::Reverse(net(found)), found.id));
    found.truncate(k);
    found
}

/// Per row, the wanted skills it has and the points they bring; nothing for the excluded.
fn marks(pool: &Pool, plan: &Plan<'_>) -> Vec<u32> {
    let mut marks = vec![0; pool.ids.len()];
    for wanted in &plan.points {
        let levels: [u32; LEVELS] = std::array::from_fn(|level| MET + wanted.at(level as u8));
        for posting in pool.column(wanted.skill) {
            marks[posting.row as usize] += levels[usize::from(posting.level) % LEVELS];
        }
    }
    let excluded = plan.need.blocked.iter().copied().chain([plan.need.learner_id]);
    for row in excluded.filter_map(|id| pool.row(id)) {
        marks[row] = 0;
    }
    marks
}

/// The best so far, in order.
struct Best {
    k: usize,
    floor: u16,
    kept: Vec<Suggestion>,
}

impl Best {
    fn new(k: usize) -> Self {
        Self { k, floor: 0, kept: Vec::with_capacity(k + 1) }
    }

    fn offer(&mut self, new: Suggestion) {
        let total = new.terms.total();
        let at = self.kept.partition_point(|old| {
            let held = old.terms.total();
            held > total || (held == total && old.id < new.id)
        });
        if at >= self.k {
            return;
        }
        self.kept.insert(at, new);
        self.kept.truncate(self.k);
        if self.kept.len() == self.k {
            self.floor = self.kept[self.k - 1].terms.total();
        }
    }
}
