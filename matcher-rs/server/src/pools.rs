//! The resident pools, one per tenant.
//!
//! Nobody waits for a pool being built. A snapshot is built aside and put in place at once. A small
//! delta changes the pool where it is, between two rankings; when a cohort still reads the pool, or
//! the delta is large, a copy is changed and put in place. So a cohort keeps the version it began
//! with, a ranking waits microseconds, and there are at most as many copies as cohorts at work.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use matcher_core::assign::{Cohort, Mode, Prices};
use matcher_core::{Candidate, Pool, Weights};
use uuid::Uuid;

use crate::problem::Problem;
use crate::wire::PoolOut;

/// A delta of so many changes is quick enough to be applied where rankings read.
const SMALL: usize = 64;

/// A pool, prepared for the tenant's weights, and the version its mentors are at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Resident {
    pub(crate) version: u64,
    pub(crate) pool: Pool,
}

/// Changes from one version to the next.
#[derive(Debug)]
pub(crate) struct Delta {
    pub(crate) base: u64,
    pub(crate) version: u64,
    pub(crate) weights: Option<Weights>,
    pub(crate) upserts: Vec<Candidate>,
    pub(crate) removals: Vec<Uuid>,
}

impl Delta {
    fn is_small(&self) -> bool {
        self.weights.is_none() && self.upserts.len() + self.removals.len() <= SMALL
    }

    /// The number of mentors when those who are new have come, before any goes.
    fn grown(&self, pool: &Pool) -> usize {
        pool.len() + self.upserts.iter().filter(|candidate| !pool.contains(candidate.id)).count()
    }
}

impl Resident {
    /// What answers say of it.
    pub(crate) fn state(&self) -> PoolOut {
        PoolOut { version: self.version, size: self.pool.len(), digest: format!("{:016x}", self.pool.digest()) }
    }

    fn apply(&mut self, delta: &Delta) {
        for id in &delta.removals {
            self.pool.remove(*id);
        }
        for candidate in &delta.upserts {
            self.pool.upsert(candidate);
        }
        if let Some(weights) = delta.weights {
            self.pool.set_weights(weights);
        }
        self.version = delta.version;
    }
}

/// A tenant's pool and what is kept beside it.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    resident: RwLock<Arc<Resident>>,
    /// Held by who changes the pool: one at a time.
    changing: Mutex<()>,
    /// Prices of the last cohort, a head start for the next.
    prices: Mutex<Option<Arc<Prices>>>,
    size: AtomicUsize,
    /// When it was last asked for, in ticks of [`Pools::clock`].
    used: AtomicU64,
}

impl Slot {
    fn new(resident: Resident) -> Self {
        let size = AtomicUsize::new(resident.pool.len());
        Self { size, resident: RwLock::new(Arc::new(resident)), ..Self::default() }
    }

    /// Looks at the pool as it is; changes wait meanwhile, so be quick.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Resident) -> T) -> T {
        look(&self.resident.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The pool as it is now, to be read at leisure.
    pub(crate) fn snapshot(&self) -> Arc<Resident> {
        Arc::clone(&self.resident.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The prices kept from the last cohort.
    pub(crate) fn prices(&self) -> Option<Arc<Prices>> {
        locked(&self.prices).clone()
    }

    /// Keeps the prices of a cohort, where its way of answering has any.
    pub(crate) fn keep(&self, cohort: &Cohort) {
        if matches!(cohort.answered_by, Mode::Optimal | Mode::Fast) {
            *locked(&self.prices) = Some(Arc::new(cohort.prices.clone()));
        }
    }

    fn replace(&self, resident: Resident) {
        self.size.store(resident.pool.len(), Ordering::Relaxed);
        let mut place = self.resident.write().unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::replace(&mut *place, Arc::new(resident));
        drop(place);
        drop(old); // after the lock: freeing a large pool takes a while
    }

    fn apply(&self, delta: &Delta) {
        if delta.is_small() && self.apply_in_place(delta) {
            return;
        }
        let mut copy = Resident::clone(&self.snapshot());
        copy.apply(delta);
        self.replace(copy);
    }

    /// False when somebody reads the pool at leisure.
    fn apply_in_place(&self, delta: &Delta) -> bool {
        let mut place = self.resident.write().unwrap_or_else(PoisonError::into_inner);
        let Some(resident) = Arc::get_mut(&mut place) else { return false };
        resident.apply(delta);
        self.size.store(resident.pool.len(), Ordering::Relaxed);
        true
    }
}

/// All tenants, within bounds on their number and on that of their mentors. Whoever was not asked
/// for longest makes room, and is filled again by its owner when next asked for.
///
/// A lock that a panic poisoned is taken over: the panic was reported, and a pool is replaced as a
/// whole or changed by steps that cannot panic half way.
#[derive(Debug)]
pub(crate) struct Pools {
    slots: RwLock<HashMap<Uuid, Arc<Slot>>>,
    clock: AtomicU64,
    evicted: AtomicU64,
    tenants: usize,
    mentors: usize,
}

impl Pools {
    /// Room for so many tenants, and so many mentors together.
    pub(crate) fn new(tenants: usize, mentors: usize) -> Self {
        Self { slots: RwLock::default(), clock: AtomicU64::default(), evicted: AtomicU64::default(), tenants, mentors }
    }

    /// A tenant's pool.
    pub(crate) fn slot(&self, tenant: Uuid) -> Result<Arc<Slot>, Problem> {
        let slot = self.all().get(&tenant).cloned().ok_or(Problem::PoolUnknown(tenant))?;
        self.touch(&slot);
        Ok(slot)
    }

    /// Replaces a tenant's mentors.
    pub(crate) fn put(&self, tenant: Uuid, resident: Resident) -> Result<(), Problem> {
        self.demand_room(resident.pool.len())?;
        match self.slot(tenant) {
            Ok(slot) => {
                let _turn = locked(&slot.changing);
                slot.replace(resident);
                self.seat(tenant, &slot);
            }
            Err(_) => self.seat(tenant, &Arc::new(Slot::new(resident))),
        }
        self.make_room(tenant);
        Ok(())
    }

    /// Applies a delta if it fits; the new state.
    pub(crate) fn patch(&self, tenant: Uuid, delta: &Delta) -> Result<PoolOut, Problem> {
        let slot = self.slot(tenant)?;
        let _turn = locked(&slot.changing);
        let (current, size) = slot.look(|held| (held.version, delta.grown(&held.pool)));
        if current != delta.base {
            return Err(Problem::VersionGap { base: delta.base, current });
        }
        self.demand_room(size)?;
        slot.apply(delta);
        self.make_room(tenant);
        Ok(slot.look(Resident::state))
    }

    /// Version and number of mentors of each tenant.
    pub(crate) fn held(&self) -> Vec<(Uuid, u64, usize)> {
        let slots: Vec<_> = self.all().iter().map(|(tenant, slot)| (*tenant, Arc::clone(slot))).collect();
        let mut held: Vec<_> = slots
            .into_iter()
            .map(|(tenant, slot)| slot.look(|resident| (tenant, resident.version, resident.pool.len())))
            .collect();
        held.sort_unstable();
        held
    }

    /// Pools given up for others so far.
    pub(crate) fn evicted(&self) -> u64 {
        self.evicted.load(Ordering::Relaxed)
    }

    fn demand_room(&self, mentors: usize) -> Result<(), Problem> {
        if mentors > self.mentors { Err(Problem::Full(self.mentors)) } else { Ok(()) }
    }

    /// Puts a slot in place, unless it is there.
    fn seat(&self, tenant: Uuid, slot: &Arc<Slot>) {
        self.touch(slot);
        self.slots.write().unwrap_or_else(PoisonError::into_inner).entry(tenant).or_insert_with(|| Arc::clone(slot));
    }

    /// Gives up pools until the rest is within bounds; never that of `keep`.
    fn make_room(&self, keep: Uuid) {
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        let mut gone = Vec::new();
        while slots.len() > self.tenants || mentors(&slots) > self.mentors {
            let others = slots.iter().filter(|(tenant, _)| **tenant != keep);
            let Some(tenant) =
                others.min_by_key(|(_, slot)| slot.used.load(Ordering::Relaxed)).map(|(tenant, _)| *tenant)
            else {
                break;
            };
            gone.extend(slots.remove(&tenant));
            self.evicted.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(%tenant, "pool given up to make room");
        }
        drop(slots);
        drop(gone); // after the lock: freeing a large pool takes a while
    }

    fn touch(&self, slot: &Slot) {
        slot.used.store(self.clock.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
    }

    fn all(&self) -> RwLockReadGuard<'_, HashMap<Uuid, Arc<Slot>>> {
        self.slots.read().unwrap_or_else(PoisonError::into_inner)
    }
}

fn mentors(slots: &HashMap<Uuid, Arc<Slot>>) -> usize {
    slots.values().map(|slot| slot.size.load(Ordering::Relaxed)).sum()
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use matcher_core::Mask;

    use super::*;

    fn mentor(number: u128) -> Candidate {
        Candidate {
            id: Uuid::from_u128(number),
            skills: vec![("python".into(), 5)],
            languages: vec!["en".into()],
            country: None,
            utc_offset: 0,
            availability: Mask::of(0..9),
            capacity: 1,
            taken: 0,
            rating_sum: 0,
            rating_count: 0,
            experience_months: 0,
            consents: true,
            minors: false,
        }
    }

    fn resident(version: u64, mentors: std::ops::Range<u128>) -> Resident {
        let mentors: Vec<Candidate> = mentors.map(mentor).collect();
        Resident { version, pool: mentors.iter().collect() }
    }

    fn delta(base: u64, mentors: std::ops::Range<u128>) -> Delta {
        Delta { base, version: base + 1, weights: None, upserts: mentors.map(mentor).collect(), removals: vec![] }
    }

    #[test]
    fn who_reads_at_leisure_keeps_the_version_they_began_with() -> Result<(), Problem> {
        for changes in [1, SMALL as u128 + 1] {
            let (pools, tenant) = (Pools::new(9, 999), Uuid::from_u128(7));
            pools.put(tenant, resident(1, 0..3))?;
            let slot = pools.slot(tenant)?;
            let cohort = slot.snapshot();
            assert_eq!(pools.patch(tenant, &delta(1, 3..3 + changes))?.size, 3 + changes as usize);
            assert_eq!((cohort.version, cohort.pool.len()), (1, 3));
            assert_eq!(slot.look(|held| (held.version, held.pool.len())), (2, 3 + changes as usize));
        }
        Ok(())
    }

    #[test]
    fn whoever_was_not_asked_for_longest_makes_room() -> Result<(), Problem> {
        let pools = Pools::new(2, 100);
        let [one, two, three] = [1, 2, 3].map(Uuid::from_u128);
        pools.put(one, resident(1, 0..10))?;
        pools.put(two, resident(1, 0..10))?;
        pools.slot(one)?;
        pools.put(three, resident(1, 0..10))?;
        assert!(matches!(pools.slot(two), Err(Problem::PoolUnknown(_))), "too many tenants");

        pools.put(three, resident(2, 0..95))?;
        assert_eq!(pools.held(), [(three, 2, 95)], "too many mentors");
        assert_eq!(pools.evicted(), 2);
        Ok(())
    }

    #[test]
    fn a_pool_larger_than_all_room_is_refused_and_the_old_one_stays() -> Result<(), Problem> {
        let (pools, tenant) = (Pools::new(2, 10), Uuid::from_u128(7));
        pools.put(tenant, resident(1, 0..9))?;
        assert!(matches!(pools.put(tenant, resident(2, 0..11)), Err(Problem::Full(10))));
        assert!(matches!(pools.patch(tenant, &delta(1, 9..11)), Err(Problem::Full(10))));
        assert_eq!(pools.patch(tenant, &delta(1, 5..10))?.size, 10, "who is known already needs no room");
        Ok(())
    }
}
