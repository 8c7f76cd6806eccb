//! One tenant's pool: what it holds, how it changes, and what is kept beside it.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use matcher_core::assign::{Cohort, Mode, Prices};
use matcher_core::{Candidate, Pool, Weights};
use uuid::Uuid;

use crate::problem::Problem;
use crate::wire::PoolOut;

/// A delta of so many changes is quick enough to be applied where rankings read.
pub(crate) const SMALL: usize = 64;

/// Bytes that a mentor takes with usual skills, generously. A pool that takes more for each counts as one of
/// more mentors, so that no names, however many, take memory that no limit knows of.
const SHARE: usize = 1 << 10;
/// Bytes of a pool that are not counted, as what its first mentors bring serves many more.
const UNCOUNTED: usize = 1 << 18;

/// How many mentors a pool of so many, in so many bytes, counts as.
fn weight(mentors: usize, bytes: usize) -> usize {
    mentors.max(bytes.saturating_sub(UNCOUNTED) / SHARE)
}

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
    /// A version names one content, and versions grow: what is changed has a later one.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        let Self { base, version, .. } = self;
        let changes = self.weights.is_some() || !self.upserts.is_empty() || !self.removals.is_empty();
        if version > base || (version == base && !changes) {
            return Ok(());
        }
        Err(Problem::Invalid(format!("a delta leads to a later version: {version} does not come after {base}")))
    }

    fn is_small(&self) -> bool {
        self.weights.is_none() && self.upserts.len() + self.removals.len() <= SMALL
    }

    /// What a pool counts as when those who are new have come, before any goes; see [`Slot::weight`].
    pub(crate) fn grown(&self, pool: &Pool) -> usize {
        let mentors = pool.len() + self.upserts.iter().filter(|candidate| !pool.contains(candidate.id)).count();
        let bytes = self.upserts.iter().fold(pool.bytes(), |bytes, candidate| bytes + pool.growth(candidate));
        weight(mentors, bytes)
    }
}

impl Resident {
    /// What it counts as among the mentors held; see [`Slot::weight`].
    pub(crate) fn weight(&self) -> usize {
        weight(self.pool.len(), self.pool.bytes())
    }

    /// What answers say of it.
    pub(crate) fn state(&self) -> PoolOut {
        PoolOut { version: self.version, size: self.pool.len(), digest: format!("{:016x}", self.pool.digest()) }
    }

    /// Whether a pool at `version` may take this one's place: an older one only where it names the digest
    /// of what it replaces, so that a snapshot that comes late never undoes a newer one.
    fn demand_later(&self, version: u64, replaces: Option<&str>) -> Result<(), Problem> {
        if version >= self.version || replaces.is_some_and(|digest| digest == self.state().digest) {
            return Ok(());
        }
        Err(Problem::VersionBehind { version, current: self.version })
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
    pub(crate) changing: Mutex<()>,
    /// Prices of the last cohort, a head start for the next.
    prices: Mutex<Option<Arc<Prices>>>,
    /// Mentors, or more where they take more memory than so many usually do.
    pub(crate) weight: AtomicUsize,
    /// When it was last asked for, in ticks of the clock of all pools.
    pub(crate) used: AtomicU64,
}

impl Slot {
    pub(crate) fn new(resident: Resident) -> Self {
        let weight = AtomicUsize::new(resident.weight());
        Self { weight, resident: RwLock::new(Arc::new(resident)), ..Self::default() }
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

    /// Takes over what `fresh` holds, unless that is older; see [`Resident::demand_later`].
    pub(crate) fn take_over(&self, fresh: &Self, replaces: Option<&str>) -> Result<(), Problem> {
        let resident = fresh.snapshot();
        self.look(|held| held.demand_later(resident.version, replaces))?;
        self.replace(resident);
        Ok(())
    }

    fn replace(&self, resident: Arc<Resident>) {
        self.weight.store(resident.weight(), Ordering::Relaxed);
        let mut place = self.resident.write().unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::replace(&mut *place, resident);
        drop(place);
        drop(old); // after the lock: freeing a large pool takes a while
    }

    pub(crate) fn apply(&self, delta: &Delta) {
        if delta.is_small() && self.apply_in_place(delta) {
            return;
        }
        let mut copy = Resident::clone(&self.snapshot());
        copy.apply(delta);
        self.replace(Arc::new(copy));
    }

    /// False when somebody reads the pool at leisure.
    fn apply_in_place(&self, delta: &Delta) -> bool {
        let mut place = self.resident.write().unwrap_or_else(PoisonError::into_inner);
        let Some(resident) = Arc::get_mut(&mut place) else { return false };
        resident.apply(delta);
        self.weight.store(resident.weight(), Ordering::Relaxed);
        true
    }
}

/// The lock, also from a thread that panicked.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
