//! The resident pools, one per tenant.
//!
//! Nobody waits for a pool being built. A snapshot is built aside and put in place at once. A small
//! delta changes the pool where it is, between two rankings; when a cohort still reads the pool, or
//! the delta is large, a copy is changed and put in place. So a cohort keeps the version it began
//! with, a ranking waits microseconds, and there are at most as many copies as cohorts at work.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use uuid::Uuid;

use crate::problem::Problem;
use crate::slot::{Delta, Resident, Slot, locked};
use crate::wire::PoolOut;

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

    /// Replaces a tenant's mentors by a version that is not older than theirs, or by one that names the
    /// digest of what it replaces.
    pub(crate) fn put(&self, tenant: Uuid, resident: Resident, replaces: Option<&str>) -> Result<(), Problem> {
        self.demand_room(resident.weight())?;
        let fresh = Arc::new(Slot::new(resident));
        loop {
            let slot = self.seat(tenant, &fresh);
            if Arc::ptr_eq(&slot, &fresh) {
                break;
            }
            let _turn = locked(&slot.changing);
            if self.is_seated(tenant, &slot) {
                slot.take_over(&fresh, replaces)?;
                break;
            }
        }
        self.make_room(tenant);
        Ok(())
    }

    /// Applies a delta if it fits; the new state.
    pub(crate) fn patch(&self, tenant: Uuid, delta: &Delta) -> Result<PoolOut, Problem> {
        delta.check()?;
        let slot = self.slot(tenant)?;
        let _turn = locked(&slot.changing);
        let (current, weight) = slot.look(|held| (held.version, delta.grown(&held.pool)));
        if current != delta.base {
            return Err(Problem::VersionGap { base: delta.base, current });
        }
        self.demand_room(weight)?;
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

    /// The tenant's slot: `fresh`, where there was none.
    fn seat(&self, tenant: Uuid, fresh: &Arc<Slot>) -> Arc<Slot> {
        let slot = Arc::clone(self.all_mut().entry(tenant).or_insert_with(|| Arc::clone(fresh)));
        self.touch(&slot);
        slot
    }

    /// Whether the slot was not given up meanwhile.
    fn is_seated(&self, tenant: Uuid, slot: &Arc<Slot>) -> bool {
        self.all().get(&tenant).is_some_and(|seated| Arc::ptr_eq(seated, slot))
    }

    /// Gives up pools until the rest is within bounds; never that of `keep`.
    fn make_room(&self, keep: Uuid) {
        let mut slots = self.all_mut();
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

    fn all_mut(&self) -> RwLockWriteGuard<'_, HashMap<Uuid, Arc<Slot>>> {
        self.slots.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn mentors(slots: &HashMap<Uuid, Arc<Slot>>) -> usize {
    slots.values().map(|slot| slot.weight.load(Ordering::Relaxed)).sum()
}

#[cfg(test)]
mod tests {
    use matcher_core::{Candidate, Mask};

    use super::*;
    use crate::slot::SMALL;

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
            pools.put(tenant, resident(1, 0..3), None)?;
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
        pools.put(one, resident(1, 0..10), None)?;
        pools.put(two, resident(1, 0..10), None)?;
        pools.slot(one)?;
        pools.put(three, resident(1, 0..10), None)?;
        assert!(matches!(pools.slot(two), Err(Problem::PoolUnknown(_))), "too many tenants");

        pools.put(three, resident(2, 0..95), None)?;
        assert_eq!(pools.held(), [(three, 2, 95)], "too many mentors");
        assert_eq!(pools.evicted(), 2);
        Ok(())
    }

    #[test]
    fn a_pool_larger_than_all_room_is_refused_and_the_old_one_stays() -> Result<(), Problem> {
        let (pools, tenant) = (Pools::new(2, 10), Uuid::from_u128(7));
        pools.put(tenant, resident(1, 0..9), None)?;
        assert!(matches!(pools.put(tenant, resident(2, 0..11), None), Err(Problem::Full(10))));
        assert!(matches!(pools.patch(tenant, &delta(1, 9..11)), Err(Problem::Full(10))));
        assert_eq!(pools.patch(tenant, &delta(1, 5..10))?.size, 10, "who is known already needs no room");
        Ok(())
    }

    #[test]
    fn a_late_snapshot_never_undoes_a_newer_one() -> Result<(), Problem> {
        let (pools, tenant) = (Pools::new(2, 100), Uuid::from_u128(7));
        pools.put(tenant, resident(9, 0..3), None)?;
        for stale in [None, Some("0000000000000000")] {
            let refused = pools.put(tenant, resident(8, 0..2), stale);
            assert!(matches!(refused, Err(Problem::VersionBehind { version: 8, current: 9 })));
        }
        assert_eq!(pools.held(), [(tenant, 9, 3)]);
        pools.put(tenant, resident(9, 0..4), None)?;
        assert_eq!(pools.held(), [(tenant, 9, 4)], "the same version again, to mend what it holds");

        let held = pools.slot(tenant)?.look(Resident::state).digest;
        pools.put(tenant, resident(2, 0..1), Some(&held))?;
        assert_eq!(pools.held(), [(tenant, 2, 1)]);
        assert!(pools.put(tenant, resident(1, 0..4), Some(&held)).is_err(), "what it replaces is gone already");
        Ok(())
    }

    #[test]
    fn of_snapshots_that_race_the_latest_stays() {
        for round in 0..50 {
            let (pools, tenant) = (Pools::new(2, 100), Uuid::from_u128(round));
            std::thread::scope(|scope| {
                for version in 1..=8 {
                    let pools = &pools;
                    scope.spawn(move || pools.put(tenant, resident(version, 0..u128::from(version)), None));
                }
            });
            assert_eq!(pools.held(), [(tenant, 8, 8)]);
        }
    }

    #[test]
    fn a_delta_leads_to_a_later_version() -> Result<(), Problem> {
        let (pools, tenant) = (Pools::new(2, 100), Uuid::from_u128(7));
        pools.put(tenant, resident(5, 0..3), None)?;
        for version in [3, 5] {
            let down = Delta { version, ..delta(5, 3..4) };
            assert!(matches!(pools.patch(tenant, &down), Err(Problem::Invalid(_))), "{version}");
        }
        let nothing = Delta { version: 5, ..delta(5, 0..0) };
        assert_eq!(pools.patch(tenant, &nothing)?.version, 5, "nothing changed, nothing to count");
        assert_eq!(pools.held(), [(tenant, 5, 3)]);
        Ok(())
    }

    /// With 256 names each that nobody else has, a mentor takes the memory of a hundred usual ones.
    #[test]
    fn names_are_counted_by_the_limit_and_forgotten_with_who_had_them() -> Result<(), Problem> {
        let named = |round: u64| -> Vec<Candidate> {
            let skills = |at: u128| (0..256).map(|skill| (format!("{round} {at} {skill}").into(), 5)).collect();
            (0..20).map(|at| Candidate { skills: skills(at), ..mentor(at) }).collect()
        };
        let (tenant, other) = (Uuid::from_u128(7), Uuid::from_u128(8));
        let roomy = Pools::new(9, 5_000);
        roomy.put(tenant, Resident { version: 0, pool: named(0).iter().collect() }, None)?;
        let taken = roomy.slot(tenant)?.look(Resident::weight);
        assert!((500..2_500).contains(&taken), "{taken}");
        for round in 0..40 {
            roomy.patch(tenant, &Delta { upserts: named(round), ..delta(round, 0..0) })?;
            assert!(roomy.slot(tenant)?.look(Resident::weight) <= taken, "round {round}");
        }
        let tight = Pools::new(9, taken - 1);
        let fresh = || Resident { version: 1, pool: named(0).iter().collect() };
        assert!(matches!(tight.put(tenant, fresh(), None), Err(Problem::Full(_))));
        tight.put(tenant, resident(0, 0..20), None)?;
        let swelling = Delta { upserts: named(0), ..delta(0, 0..0) };
        assert!(matches!(tight.patch(tenant, &swelling), Err(Problem::Full(_))));
        assert_eq!(tight.held(), [(tenant, 0, 20)]);

        let two = Pools::new(9, taken + 10);
        two.put(other, resident(1, 0..20), None)?;
        two.put(tenant, fresh(), None)?;
        assert_eq!(two.held(), [(tenant, 1, 20)], "the other one made room");
        Ok(())
    }
}
