//! The five operations, as both interfaces call them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use matcher_core::assign::{Budget, Mode, USUAL_GAP};
use matcher_core::{Need, Options, Plan, Pool, assign, rank};
use rayon::{ThreadPool, ThreadPoolBuilder};
use tokio::sync::Semaphore;
use tracing::Span;
use uuid::Uuid;

use crate::admission::{Lane, Lanes, Ticket};
use crate::bounded::Mentors;
use crate::call::{Gone, after, aside, share};
use crate::metrics::Metrics;
use crate::pools::Pools;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::slot::{Delta, Resident};
use crate::wire::{self, AssignIn, AssignOut, DeltaIn, PoolOut, RankIn, RankOut, SnapshotIn, SuggestionOut};

/// Most mentors in one ranking, and in one learner's list.
const MOST: usize = 100;
/// Snapshots and deltas applied at once; building a pool takes one core.
const POOLS_AT_ONCE: usize = 2;
/// Snapshots and deltas that may wait.
const POOLS_WAITING: usize = 64;

/// Everything one process holds.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) settings: Settings,
    pub(crate) pools: Pools,
    pub(crate) lanes: Lanes,
    pub(crate) metrics: Metrics,
    /// Bytes of bodies that may still come in.
    pub(crate) memory: Arc<Semaphore>,
    /// Set from the signal to stop.
    pub(crate) stopping: AtomicBool,
    /// Cohorts compute here, so that a ranking never queues behind their parts.
    cohorts: ThreadPool,
}

/// Who asks, for what: a tenant's pool, or the candidates brought along.
pub(crate) type Whose = Option<Uuid>;

impl Service {
    pub(crate) fn new(settings: Settings) -> Result<Self, String> {
        let cohorts = ThreadPoolBuilder::new().thread_name(|number| format!("cohort-{number}")).build();
        Ok(Self {
            pools: Pools::new(settings.tenants, settings.mentors),
            lanes: Lanes {
                rank: Lane::new(settings.ranks, 0),
                assign: Lane::new(settings.assigns, settings.assigns_waiting),
                pool: Lane::new(POOLS_AT_ONCE, POOLS_WAITING),
            },
            metrics: Metrics::default(),
            memory: Arc::new(Semaphore::new(settings.in_flight.min(Semaphore::MAX_PERMITS))),
            stopping: AtomicBool::new(false),
            cohorts: cohorts.map_err(|error| error.to_string())?,
            settings,
        })
    }

    /// Ready means able to take work: not stopping, and one more ranking would find a place.
    pub(crate) fn ready(&self) -> Result<(), Problem> {
        if self.stopping.load(Ordering::Relaxed) {
            return Err(Problem::Stopping);
        }
        if self.lanes.rank.has_room() { Ok(()) } else { Err(Problem::Busy) }
    }

    pub(crate) fn pool(&self, tenant: Uuid) -> Result<PoolOut, Problem> {
        Ok(self.pools.slot(tenant)?.look(Resident::state))
    }

    /// Builds what `read` brings and puts it in place.
    pub(crate) async fn put(
        self: &Arc<Self>,
        tenant: Uuid,
        ticket: Ticket,
        read: impl FnOnce() -> Result<SnapshotIn, Problem> + Send + 'static,
    ) -> Result<PoolOut, Problem> {
        let service = Arc::clone(self);
        self.worked(ticket, self.patience(), move |_| {
            let SnapshotIn { version, candidates: Mentors(mut pool), weights, replaces } = read()?;
            pool.set_weights(wire::weights(weights)?);
            let resident = Resident { version, pool };
            let state = resident.state();
            service.pools.put(tenant, resident, replaces.as_deref())?;
            tracing::info!(%tenant, version, size = state.size, "pool replaced");
            Ok(state)
        })
        .await
    }

    /// Applies the delta that `read` brings.
    pub(crate) async fn patch(
        self: &Arc<Self>,
        tenant: Uuid,
        ticket: Ticket,
        read: impl FnOnce() -> Result<DeltaIn, Problem> + Send + 'static,
    ) -> Result<PoolOut, Problem> {
        let service = Arc::clone(self);
        self.worked(ticket, self.patience(), move |_| {
            let DeltaIn { base, version, upserts, removals, weights } = read()?;
            let weights = wire::weights_said(weights)?;
            let delta = Delta { base, version, weights, upserts: upserts.list, removals };
            service.pools.patch(tenant, &delta)
        })
        .await
    }

    /// Ranks on the thread that asks: it takes less than handing the work over, or little more.
    pub(crate) fn rank(&self, whose: Whose, said: RankIn) -> Result<RankOut, Problem> {
        let need = Need::try_from(said.need)?;
        let (k, weights) = (length(said.k)?, wire::weights_said(said.weights)?);
        let ranked = |pool: &Pool| {
            let found = rank(pool, &Plan::new(&need, weights.unwrap_or(pool.weights())), k);
            found.iter().map(|found| SuggestionOut::new(found.id, found.terms)).collect()
        };
        // The resident columns are prepared for the tenant's weights; others take a pass over all facts.
        aside(weights.is_some() || whose.is_none(), || match source(whose, said.candidates)? {
            Source::Brought(pool) => Ok(RankOut { version: None, digest: None, suggestions: ranked(&pool) }),
            Source::Held(tenant) => Ok(self.pools.slot(tenant)?.look(|held| {
                let PoolOut { version, digest, .. } = held.state();
                RankOut { version: Some(version), digest: Some(digest), suggestions: ranked(&held.pool) }
            })),
        })
    }

    /// Assigns the cohort that `read` brings, in its turn, within the time its caller allows and we do;
    /// `write` makes the answer of it, which for a large cohort takes a while too.
    pub(crate) async fn assign<T: Send + 'static>(
        self: &Arc<Self>,
        whose: Whose,
        ticket: Ticket,
        read: impl FnOnce() -> Result<AssignIn, Problem> + Send + 'static,
        write: impl FnOnce(AssignOut) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let service = Arc::clone(self);
        let most = self.settings.assign_time;
        let allowed = ticket.allowed.map_or(most, |allowed| allowed.min(most));
        let (arrived, start) = (ticket.arrived, Instant::now());
        self.worked(ticket, allowed, move |gone| {
            let said = read()?;
            let asked = said.deadline_ms.map(Duration::from_millis);
            let deadline = after(arrived, share(asked.map_or(allowed, |asked| asked.min(allowed))));
            let budget = Budget { deadline: Some(deadline), cancelled: Some(gone.flag()) };
            let answer = service.cohorts.install(|| service.cohort(whose, said, budget, start));
            if gone.is_set() {
                service.metrics.note_cancelled();
            }
            write(answer?)
        })
        .await
    }

    fn cohort(&self, whose: Whose, said: AssignIn, budget: Budget<'_>, start: Instant) -> Result<AssignOut, Problem> {
        let (needs, mode) = (said.needs.list, Mode::from(said.mode));
        let (k, weights) = (said.k.map(length).transpose()?, wire::weights_said(said.weights)?);
        let options = Options { mode, k, gap_ppm: said.gap_ppm.unwrap_or(USUAL_GAP), budget, warm: None };
        let (pool, cohort) = match source(whose, said.candidates)? {
            Source::Brought(pool) => {
                self.metrics.note_begun();
                (None, assign(&pool, &needs, weights.unwrap_or_default(), &options)?)
            }
            Source::Held(tenant) => {
                let slot = self.pools.slot(tenant)?;
                let held = slot.snapshot();
                self.metrics.note_begun();
                let kept = if said.warm.unwrap_or(true) { slot.prices() } else { None };
                let options = Options { warm: kept.as_deref(), ..options };
                let cohort = assign(&held.pool, &needs, weights.unwrap_or(held.pool.weights()), &options)?;
                slot.keep(&cohort);
                (Some(held.state()), cohort)
            }
        };
        let elapsed = start.elapsed();
        let answer = AssignOut::new(pool, mode, &cohort, elapsed.as_micros() as u64);
        self.metrics.note_cohort(&answer, elapsed);
        Ok(answer)
    }

    /// Waits for a turn, then runs `work` on a thread made for it. When the caller goes away the
    /// work is told so; until it has ended it keeps its place.
    async fn worked<T: Send + 'static>(
        &self,
        ticket: Ticket,
        patience: Duration,
        work: impl FnOnce(&Gone) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let gone = Gone::default();
        let _waiting = gone.waiting();
        let Ticket { place, held, arrived, .. } = ticket;
        let turn = place.turn(after(arrived, patience)).await?;
        let span = Span::current();
        let task = tokio::task::spawn_blocking(move || {
            let _until_done = (turn, held);
            span.in_scope(|| work(&gone))
        });
        task.await.map_err(|panic| Problem::Internal(panic.to_string()))?
    }

    fn patience(&self) -> Duration {
        self.settings.body_time
    }
}

enum Source {
    Held(Uuid),
    Brought(Box<Pool>),
}

/// A tenant has a pool and brings nobody; everybody else brings their candidates.
fn source(whose: Whose, brought: Option<Mentors>) -> Result<Source, Problem> {
    match (whose, brought) {
        (Some(tenant), None) => Ok(Source::Held(tenant)),
        (None, Some(Mentors(pool))) => Ok(Source::Brought(Box::new(pool))),
        (Some(_), Some(_)) => {
            Err(Problem::Invalid("the pool holds the candidates; leave them out of the body".to_owned()))
        }
        (None, None) => Err(Problem::Invalid("without a pool, candidates must be in the body".to_owned())),
    }
}

fn length(k: usize) -> Result<usize, Problem> {
    if (1..=MOST).contains(&k) { Ok(k) } else { Err(Problem::Invalid(format!("k is 1 to {MOST}"))) }
}
