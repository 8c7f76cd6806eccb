//! Request bodies: bounded in size, in time, and all together in memory.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use axum::body::Body;
use bytes::{Buf, Bytes};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;
use tonic::Status;

use crate::problem::Problem;

/// Bytes before a gRPC message: a flag, and the length it announces.
const GRPC_HEAD: usize = 5;

/// What one request took of the memory for bodies; given back when the last copy is dropped.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    memory: Arc<Semaphore>,
    taken: Arc<Mutex<Option<OwnedSemaphorePermit>>>,
}

impl Held {
    /// Nothing yet, of `memory` in bytes.
    pub(crate) fn of(memory: &Arc<Semaphore>) -> Self {
        Self { memory: Arc::clone(memory), taken: Arc::default() }
    }

    fn take(&self, bytes: usize) -> Result<(), Problem> {
        let bytes = u32::try_from(bytes).map_err(|_| Problem::Busy)?;
        let more = Arc::clone(&self.memory).try_acquire_many_owned(bytes).map_err(|_| Problem::Busy)?;
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.as_mut() {
            Some(taken) => taken.merge(more),
            None => *taken = Some(more),
        }
        Ok(())
    }
}

/// Bounds of one body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Bytes at most.
    pub(crate) most: usize,
    /// All of it must be here by then.
    pub(crate) deadline: Instant,
    /// The next part must come within.
    pub(crate) stall: Duration,
    /// Whether it carries a gRPC message, which announces its length.
    pub(crate) grpc: bool,
}

/// A body that ends with an error when it breaks its bounds.
pub(crate) struct Metered {
    inner: Body,
    bounds: Bounds,
    held: Held,
    seen: usize,
    head: Vec<u8>,
    waiting: Option<Pin<Box<Sleep>>>,
}

/// Why a body ended early; gRPC finds the status behind it.
#[derive(Debug)]
struct Refusal {
    problem: Problem,
    status: Status,
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the body was refused: {:?}", self.problem)
    }
}

impl Error for Refusal {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.status)
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { status: problem.clone().into(), problem }
    }
}

impl Metered {
    /// Watches over `inner`.
    pub(crate) fn new(inner: Body, bounds: Bounds, held: Held) -> Self {
        Self { inner, bounds, held, seen: 0, head: Vec::new(), waiting: None }
    }

    fn admit(&mut self, part: &Bytes) -> Result<(), Problem> {
        self.seen += part.remaining();
        if self.bounds.grpc && self.head.len() < GRPC_HEAD {
            self.head.extend(part.iter().take(GRPC_HEAD - self.head.len()));
        }
        if self.seen.max(announced(&self.head)) > self.bounds.most {
            return Err(Problem::TooLarge(self.bounds.most));
        }
        self.held.take(part.remaining())
    }

    fn is_late(&mut self, context: &mut Context<'_>) -> bool {
        let Bounds { deadline, stall, .. } = self.bounds;
        let waiting = self
            .waiting
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline.min(Instant::now() + stall).into())));
        waiting.as_mut().poll(context).is_ready()
    }
}

/// The length of the gRPC message of which `head` is the beginning, as far as it is known.
fn announced(head: &[u8]) -> usize {
    match head {
        [_, length @ ..] if length.len() == GRPC_HEAD - 1 => {
            length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
        }
        _ => 0,
    }
}

impl http_body::Body for Metered {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let next = Pin::new(&mut self.inner).poll_frame(context);
        if next.is_pending() && self.is_late(context) {
            return Poll::Ready(Some(Err(Refusal::from(Problem::Stalled).into())));
        }
        let frame = ready!(next);
        self.waiting = None;
        let admitted = match &frame {
            Some(Ok(frame)) => frame.data_ref().map_or(Ok(()), |part| self.admit(part)),
            _ => Ok(()),
        };
        Poll::Ready(match admitted {
            Ok(()) => frame.map(|frame| frame.map_err(Into::into)),
            Err(problem) => Some(Err(Refusal::from(problem).into())),
        })
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// All of `body`, as one run of bytes.
pub(crate) async fn whole(body: Body) -> Result<Bytes, Problem> {
    let collected = body.collect().await;
    collected.map(http_body_util::Collected::to_bytes).map_err(|error| {
        let error = error.into_inner();
        match error.downcast::<Refusal>() {
            Ok(refusal) => refusal.problem,
            Err(broken) => Problem::Unreadable(broken.to_string()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metered(body: impl Into<Body>, bounds: Bounds, memory: usize) -> Body {
        Body::new(Metered::new(body.into(), bounds, Held::of(&Arc::new(Semaphore::new(memory)))))
    }

    fn bounds(most: usize) -> Bounds {
        let soon = Duration::from_millis(20);
        Bounds { most, deadline: Instant::now() + Duration::from_secs(60), stall: soon, grpc: false }
    }

    #[tokio::test]
    async fn a_body_within_its_bounds_comes_whole() -> Result<(), Problem> {
        assert_eq!(whole(metered("seven", bounds(5), 5)).await?, "seven");
        Ok(())
    }

    #[tokio::test]
    async fn size_memory_and_time_end_a_body() {
        assert!(matches!(whole(metered("seven", bounds(4), 99)).await, Err(Problem::TooLarge(4))));
        assert!(matches!(whole(metered("seven", bounds(99), 4)).await, Err(Problem::Busy)));
        assert!(matches!(whole(metered(Body::new(Silent), bounds(9), 9)).await, Err(Problem::Stalled)));
    }

    #[tokio::test]
    async fn a_grpc_message_is_refused_for_the_length_it_announces() {
        let grpc = Bounds { grpc: true, ..bounds(99) };
        assert!(matches!(whole(metered(&b"\0\x7f\xff\xff\xff"[..], grpc, 99)).await, Err(Problem::TooLarge(99))));
        assert!(whole(metered(&b"\0\0\0\0\x02ab"[..], grpc, 99)).await.is_ok());
    }

    /// A body whose sender keeps silent.
    struct Silent;

    impl http_body::Body for Silent {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            Poll::Pending
        }
    }
}
