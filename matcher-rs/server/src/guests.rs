//! Who is connected, so that whoever has been idle longest makes room for the next one.

use std::collections::HashMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::http::Request;
use axum::response::Response;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::task::AbortHandle;
use tower::{BoxError, Service};

use crate::slot::locked;

/// What [`Guest::engaged`] says of one who was sent away.
const GONE: usize = usize::MAX;

/// Counts what happens, so that it has an order.
static CLOCK: AtomicU64 = AtomicU64::new(0);

fn tick() -> u64 {
    CLOCK.fetch_add(1, Ordering::Relaxed)
}

/// One connection, as far as it matters to others.
#[derive(Debug)]
pub(crate) struct Guest {
    /// Requests under way, and one more while what was answered cannot be written at once.
    engaged: AtomicUsize,
    /// When it came, or when it was last engaged.
    since: AtomicU64,
}

/// Held by what keeps a guest engaged.
#[derive(Debug)]
pub(crate) struct Engaged(Arc<Guest>);

impl Default for Guest {
    fn default() -> Self {
        Self { engaged: AtomicUsize::new(0), since: AtomicU64::new(tick()) }
    }
}

impl Guest {
    /// None when the guest was sent away.
    pub(crate) fn engage(self: &Arc<Self>) -> Option<Engaged> {
        let more = |engaged| (engaged != GONE).then(|| engaged + 1);
        self.engaged.fetch_update(Ordering::AcqRel, Ordering::Acquire, more).ok()?;
        Some(Engaged(Arc::clone(self)))
    }

    /// False when the guest is engaged in something.
    fn send_away(&self) -> bool {
        self.engaged.compare_exchange(0, GONE, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

impl Drop for Engaged {
    fn drop(&mut self) {
        self.0.since.store(tick(), Ordering::Relaxed);
        self.0.engaged.fetch_sub(1, Ordering::AcqRel);
    }
}

/// All connections that have a place.
#[derive(Debug, Default)]
pub(crate) struct Guests(Mutex<HashMap<u64, (Arc<Guest>, AbortHandle)>>);

impl Guests {
    /// Starts what `stay` makes, and forgets the guest when it ends.
    pub(crate) fn welcome<F: Future<Output = ()> + Send + 'static>(
        self: &Arc<Self>,
        stay: impl FnOnce(Arc<Guest>) -> F,
    ) {
        let (guest, number) = (Arc::<Guest>::default(), tick());
        let (work, leaving) = (stay(Arc::clone(&guest)), Leaving { guests: Arc::clone(self), number });
        let mut all = locked(&self.0); // until it is entered, so that it cannot leave before
        let task = tokio::spawn(async move {
            let _leaving = leaving;
            work.await;
        });
        all.insert(number, (guest, task.abort_handle()));
    }

    /// Ends the connection that has been idle longest; false when all are engaged.
    pub(crate) fn send_one_away(&self) -> bool {
        let mut all = locked(&self.0);
        let mut idle: Vec<_> =
            all.iter().map(|(number, (guest, _))| (guest.since.load(Ordering::Relaxed), *number)).collect();
        idle.sort_unstable();
        let Some((_, number)) = idle.into_iter().find(|(_, number)| all[number].0.send_away()) else { return false };
        let gone = all.remove(&number);
        drop(all);
        gone.is_some_and(|(_, task)| {
            task.abort();
            true
        })
    }
}

/// Lives as long as a connection.
struct Leaving {
    guests: Arc<Guests>,
    number: u64,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        locked(&self.guests.0).remove(&self.number);
    }
}

/// The interfaces as one guest sees them: whoever asks is engaged until the answer is handed over.
#[derive(Debug, Clone)]
pub(crate) struct Engaging {
    pub(crate) router: Router,
    pub(crate) guest: Arc<Guest>,
}

/// The guest was sent away before the request was read: nothing was done.
#[derive(Debug)]
struct SentAway;

impl std::fmt::Display for SentAway {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the connection was idle longest, and made room")
    }
}

impl std::error::Error for SentAway {}

impl<B> Service<Request<B>> for Engaging
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Service::<Request<B>>::poll_ready(&mut self.router, context).map_err(never)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let engaged = self.guest.engage();
        let answer = engaged.map(|engaged| (self.router.call(request), engaged));
        Box::pin(async move {
            let (answer, engaged) = answer.ok_or(SentAway)?;
            let answer = answer.await.map_err(never)?;
            Ok(answer.map(|body| Body::new(Answer { body, _engaged: engaged })))
        })
    }
}

fn never(impossible: Infallible) -> BoxError {
    match impossible {}
}

/// A body that keeps its guest engaged.
struct Answer {
    body: Body,
    _engaged: Engaged,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Poll::Ready(ready!(Pin::new(&mut self.body).poll_frame(context)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    fn at_home(guests: &Guests) -> usize {
        locked(&guests.0).len()
    }

    #[tokio::test]
    async fn whoever_is_idle_longest_goes_and_nobody_who_is_engaged() {
        let guests = Arc::new(Guests::default());
        let mut known = Vec::new();
        for _ in 0..3 {
            guests.welcome(|guest| {
                known.push(guest);
                pending()
            });
        }
        let engaged = known[0].engage();
        drop(known[1].engage());
        assert!(guests.send_one_away());
        assert!(known[2].engage().is_none(), "it was idle longest, as the second had something to do since");
        assert!(guests.send_one_away() && known[1].engage().is_none());
        assert!(!guests.send_one_away());
        drop(engaged);
        assert!(guests.send_one_away());
        assert_eq!(at_home(&guests), 0);
    }

    #[tokio::test]
    async fn who_leaves_is_forgotten() {
        let guests = Arc::new(Guests::default());
        guests.welcome(|_| async {});
        assert_eq!(at_home(&guests), 1);
        while at_home(&guests) > 0 {
            tokio::task::yield_now().await;
        }
        assert!(!guests.send_one_away());
    }
}
