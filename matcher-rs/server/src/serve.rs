//! Connections: HTTP/1.1 and HTTP/2 (without TLS, by prior knowledge) on one port, and their end.
//!
//! As many as [`Settings::connections`] have a place. When all are taken, whoever has been idle longest
//! makes room. When nobody is idle, the next ones are heard all the same, so that health always has a
//! way: it is told, and anything else is turned away at once.

use std::collections::VecDeque;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::AbortHandle;
use tokio::time::{Sleep, sleep, timeout};

use crate::App;
use crate::guests::{Engaged, Engaging, Guest, Guests};
use crate::service::Service;
use crate::settings::Settings;

/// Bytes by which HTTP/1 and HTTP/2 are told apart at the latest.
const PREFACE: usize = 24;
/// Longest head of a request, in bytes.
const HEAD: usize = 1 << 16;
/// Most headers of a request.
const HEADERS: usize = 64;
/// A connection over HTTP/2 that answers no ping is closed.
const PING: Duration = Duration::from_secs(20);
/// Bytes an HTTP/2 client may send on a stream before we read on; a whole ranking fits.
const WINDOW: u32 = 1 << 20;
/// Connections heard at once beyond those that have a place; the next one ends the one that came first.
pub(crate) const BEYOND: usize = 64;
/// When accepting fails, most likely for want of file descriptors: time for some to be closed.
const RECOVER: Duration = Duration::from_millis(50);

/// Serves `app` until `stop`, then lets requests in flight finish within the grace.
///
/// At the stop readiness fails at once; for the time to linger connections are still taken, so that
/// whoever balances load can see it. Then nothing new is taken.
pub async fn serve(listener: TcpListener, app: App, stop: impl Future<Output = ()>) -> io::Result<()> {
    let service = Arc::clone(&app.service);
    let Settings { linger, grace, .. } = service.settings;
    let door = Door::new(&app);
    let graceful = GracefulShutdown::new();
    {
        let mut accepting = pin!(door.accept(listener, &graceful));
        tokio::select! {
            () = &mut accepting => {}
            () = stop => {}
        }
        tracing::info!("stopping: finishing what is in flight");
        app.stop().await;
        let _ = timeout(linger, accepting).await;
    }
    if timeout(grace, graceful.shutdown()).await.is_err() {
        tracing::warn!("stopped with requests unfinished");
    }
    Ok(())
}

/// What every connection needs.
struct Door {
    app: App,
    builder: Builder<TokioExecutor>,
    /// For who has no place: one answer, and good-bye.
    brief: Builder<TokioExecutor>,
    room: Arc<Semaphore>,
    guests: Arc<Guests>,
}

impl Door {
    fn new(app: &App) -> Self {
        let settings = &app.service.settings;
        let mut brief = builder(settings);
        brief.http1().keep_alive(false);
        let room = Arc::new(Semaphore::new(settings.connections.min(Semaphore::MAX_PERMITS)));
        Self { app: app.clone(), builder: builder(settings), brief, room, guests: Arc::default() }
    }

    /// Takes every connection at once.
    async fn accept(&self, listener: TcpListener, graceful: &GracefulShutdown) {
        let mut beyond = VecDeque::new();
        loop {
            match listener.accept().await {
                Ok((stream, _)) => match self.place().await {
                    Some(place) => self.seat(stream, place, graceful.watcher()),
                    None => hear(&mut beyond, self.briefly(stream, graceful.watcher())),
                },
                Err(error) => {
                    tracing::warn!(%error, "a connection was not taken");
                    sleep(RECOVER).await;
                }
            }
        }
    }

    /// A free place, or that of whoever has been idle longest; none when everybody is engaged.
    async fn place(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(place) = Arc::clone(&self.room).try_acquire_owned() {
            return Some(place);
        }
        let metrics = &self.app.service.metrics;
        if !self.guests.send_one_away() {
            metrics.turned_away.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        metrics.sent_away.fetch_add(1, Ordering::Relaxed);
        Arc::clone(&self.room).acquire_owned().await.ok()
    }

    fn seat(&self, stream: TcpStream, place: OwnedSemaphorePermit, watcher: Watcher) {
        self.guests.welcome(|guest| {
            let work = self.connection(&self.builder, &self.app.router, stream, guest, watcher);
            async move {
                let _place = place;
                work.await;
            }
        });
    }

    fn briefly(&self, stream: TcpStream, watcher: Watcher) -> impl Future<Output = ()> + use<> {
        self.connection(&self.brief, &self.app.beyond, stream, Arc::default(), watcher)
    }

    fn connection(
        &self,
        builder: &Builder<TokioExecutor>,
        router: &Router,
        stream: TcpStream,
        guest: Arc<Guest>,
        watcher: Watcher,
    ) -> impl Future<Output = ()> + use<> {
        let service = Arc::clone(&self.app.service);
        let _ = stream.set_nodelay(true);
        let io = TokioIo::new(Opening::new(stream, service.settings.stall, Arc::clone(&guest)));
        let doors = TowerToHyperService::new(Engaging { router: router.clone(), guest });
        let connection = builder.serve_connection(io, doors).into_owned();
        async move {
            let _open = Open::count(service);
            if let Err(error) = watcher.watch(connection).await {
                tracing::debug!(%error, "a connection broke");
            }
        }
    }
}

fn builder(settings: &Settings) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(settings.stall)
        .max_headers(HEADERS)
        .max_buf_size(HEAD);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(settings.stall)
        .max_concurrent_streams(settings.streams)
        .max_header_list_size(HEAD as u32)
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(4 * WINDOW);
    builder
}

/// Starts `work` for one more of whom only the newest are heard.
fn hear(newest: &mut VecDeque<AbortHandle>, work: impl Future<Output = ()> + Send + 'static) {
    newest.retain(|task| !task.is_finished());
    if newest.len() >= BEYOND
        && let Some(first) = newest.pop_front()
    {
        first.abort();
    }
    newest.push_back(tokio::spawn(work).abort_handle());
}

/// Counts a connection while it is open.
struct Open(Arc<Service>);

impl Open {
    fn count(service: Arc<Service>) -> Self {
        service.metrics.connections.fetch_add(1, Ordering::Relaxed);
        Self(service)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.metrics.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A connection whose first bytes must not stay away: until they are here nobody else keeps time. Its
/// guest is engaged while what was written is not taken.
struct Opening {
    stream: TcpStream,
    seen: usize,
    patience: Option<Pin<Box<Sleep>>>,
    guest: Arc<Guest>,
    blocked: Option<Engaged>,
}

impl Opening {
    fn new(stream: TcpStream, patience: Duration, guest: Arc<Guest>) -> Self {
        Self { stream, seen: 0, patience: Some(Box::pin(sleep(patience))), guest, blocked: None }
    }

    fn note<T>(&mut self, written: Poll<T>) -> Poll<T> {
        match (&written, &self.blocked) {
            (Poll::Pending, None) => self.blocked = self.guest.engage(),
            (Poll::Ready(_), Some(_)) => self.blocked = None,
            _ => {}
        }
        written
    }
}

impl AsyncRead for Opening {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.seen += buffer.filled().len() - before;
        if self.seen >= PREFACE {
            self.patience = None;
        }
        let late = self.patience.as_mut().is_some_and(|patience| patience.as_mut().poll(context).is_ready());
        if read.is_pending() && late { Poll::Ready(Err(io::ErrorKind::TimedOut.into())) } else { read }
    }
}

impl AsyncWrite for Opening {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &[u8]) -> Poll<io::Result<usize>> {
        self.patience = None;
        let written = Pin::new(&mut self.stream).poll_write(context, buffer);
        self.note(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.patience = None;
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, buffers);
        self.note(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
