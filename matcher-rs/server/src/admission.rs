//! Who may come in, and who works now.
//!
//! Cheap and dear work have lanes of their own, so that cohorts never keep rankings out. A lane has
//! a bounded number of places; whoever finds none is turned away at once. Dear work then waits for
//! its turn, so that never more of it runs than there are cores.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::body::Held;
use crate::problem::Problem;

/// One kind of work.
#[derive(Debug)]
pub(crate) struct Lane {
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
    most: usize,
    refused: AtomicU64,
}

/// A place in a lane, from a request's head to the end of its work.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    lane: Arc<Lane>,
    _place: Arc<OwnedSemaphorePermit>,
}

/// Leave to work now.
#[derive(Debug)]
pub(crate) struct Turn {
    _turn: OwnedSemaphorePermit,
    _place: Place,
}

/// What a request holds while it or its work is here.
#[derive(Debug, Clone)]
pub(crate) struct Ticket {
    /// Its place in a lane.
    pub(crate) place: Place,
    /// Its share of the memory for bodies.
    pub(crate) held: Held,
    /// When its head was here.
    pub(crate) arrived: Instant,
    /// The time its caller allows, where told with the head.
    pub(crate) allowed: Option<Duration>,
}

impl Lane {
    /// A lane where `working` may work and `waiting` more may wait.
    pub(crate) fn new(working: usize, waiting: usize) -> Arc<Self> {
        let most = working.saturating_add(waiting).min(Semaphore::MAX_PERMITS);
        Arc::new(Self {
            places: Arc::new(Semaphore::new(most)),
            turns: Arc::new(Semaphore::new(working.min(most))),
            most,
            refused: AtomicU64::new(0),
        })
    }

    /// A place, if there is one.
    pub(crate) fn enter(self: &Arc<Self>) -> Result<Place, Problem> {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return Err(Problem::Busy);
        };
        Ok(Place { lane: Arc::clone(self), _place: Arc::new(place) })
    }

    /// Whether one more would find a place.
    pub(crate) fn has_room(&self) -> bool {
        self.places.available_permits() > 0
    }

    /// Requests that have a place now.
    pub(crate) fn taken(&self) -> usize {
        self.most - self.places.available_permits()
    }

    /// Requests turned away so far.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

impl Place {
    /// Waits for a turn, until `deadline` at most.
    pub(crate) async fn turn(self, deadline: Instant) -> Result<Turn, Problem> {
        let turn = tokio::time::timeout_at(deadline.into(), Arc::clone(&self.lane.turns).acquire_owned()).await;
        match turn {
            Ok(Ok(turn)) => Ok(Turn { _turn: turn, _place: self }),
            Ok(Err(closed)) => Err(Problem::Internal(closed.to_string())),
            Err(_) => Err(Problem::Overdue),
        }
    }
}

/// The lanes of one process.
#[derive(Debug)]
pub(crate) struct Lanes {
    /// Rankings, and looks at a pool.
    pub(crate) rank: Arc<Lane>,
    /// Cohorts.
    pub(crate) assign: Arc<Lane>,
    /// Snapshots and deltas.
    pub(crate) pool: Arc<Lane>,
}

impl Lanes {
    /// Every lane by name.
    pub(crate) fn named(&self) -> [(&'static str, &Lane); 3] {
        [("rank", &self.rank), ("assign", &self.assign), ("pool", &self.pool)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_lane_has_turns_places_and_an_end() -> Result<(), Problem> {
        let lane = Lane::new(1, 1);
        let working = lane.enter()?.turn(Instant::now() + Duration::from_secs(9)).await?;
        let waiting = lane.enter()?;
        assert!(matches!(lane.enter(), Err(Problem::Busy)));
        assert_eq!((lane.has_room(), lane.taken(), lane.refused()), (false, 2, 1));

        assert!(matches!(waiting.clone().turn(Instant::now()).await, Err(Problem::Overdue)));
        drop(working);
        let turn = waiting.turn(Instant::now() + Duration::from_secs(9)).await?;
        assert_eq!(lane.taken(), 1);
        drop(turn);
        assert_eq!(lane.taken(), 0);
        Ok(())
    }
}
