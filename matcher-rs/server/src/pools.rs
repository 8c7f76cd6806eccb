//! The resident pools, one per tenant.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use matcher_core::{Candidate, Pool};
use uuid::Uuid;

use crate::problem::Problem;

/// A pool and the version its mentors are at.
#[derive(Debug)]
pub(crate) struct Resident {
    pub(crate) version: u64,
    pub(crate) pool: Pool,
}

/// Changes from one version to the next.
#[derive(Debug)]
pub(crate) struct Delta {
    pub(crate) base: u64,
    pub(crate) version: u64,
    pub(crate) upserts: Vec<Candidate>,
    pub(crate) removals: Vec<Uuid>,
}

type Slot = Arc<RwLock<Resident>>;

/// All tenants. A lock that a panic poisoned is taken over: the panic was reported, and a pool is
/// replaced as a whole or changed by steps that cannot panic half way.
#[derive(Debug, Default)]
pub(crate) struct Pools(RwLock<HashMap<Uuid, Slot>>);

impl Pools {
    /// Replaces a tenant's mentors.
    pub(crate) fn put(&self, tenant: Uuid, resident: Resident) {
        let slot = Arc::new(RwLock::new(resident));
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(tenant, slot);
    }

    /// Applies a delta if it fits; the new size.
    pub(crate) fn patch(&self, tenant: Uuid, delta: &Delta) -> Result<usize, Problem> {
        let slot = self.slot(tenant)?;
        let mut resident = slot.write().unwrap_or_else(PoisonError::into_inner);
        if resident.version != delta.base {
            return Err(Problem::VersionGap { base: delta.base, current: resident.version });
        }
        for id in &delta.removals {
            resident.pool.remove(*id);
        }
        for candidate in &delta.upserts {
            resident.pool.upsert(candidate);
        }
        resident.version = delta.version;
        Ok(resident.pool.len())
    }

    /// Reads a tenant's mentors.
    pub(crate) fn read<T>(&self, tenant: Uuid, look: impl FnOnce(&Resident) -> T) -> Result<T, Problem> {
        let slot = self.slot(tenant)?;
        let resident = slot.read().unwrap_or_else(PoisonError::into_inner);
        Ok(look(&resident))
    }

    /// Number of tenants, and of their mentors together.
    pub(crate) fn sizes(&self) -> (usize, usize) {
        let slots: Vec<Slot> = self.all().values().cloned().collect();
        let mentors = slots.iter().map(|slot| slot.read().unwrap_or_else(PoisonError::into_inner).pool.len());
        (slots.len(), mentors.sum())
    }

    fn slot(&self, tenant: Uuid) -> Result<Slot, Problem> {
        self.all().get(&tenant).cloned().ok_or(Problem::PoolUnknown(tenant))
    }

    fn all(&self) -> RwLockReadGuard<'_, HashMap<Uuid, Slot>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}
