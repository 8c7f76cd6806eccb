//! Connections: HTTP/1.1 and HTTP/2 (without TLS, by prior knowledge) on one port, and their end.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Sleep, sleep, timeout};

use crate::App;
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
    room: Arc<Semaphore>,
}

impl Door {
    fn new(app: &App) -> Self {
        let settings = &app.service.settings;
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
        let room = Arc::new(Semaphore::new(settings.connections.min(Semaphore::MAX_PERMITS)));
        Self { app: app.clone(), builder, room }
    }

    /// Takes connections as long as there is room; the next waits in the listener's queue.
    async fn accept(&self, listener: TcpListener, graceful: &GracefulShutdown) {
        while let Ok(place) = Arc::clone(&self.room).acquire_owned().await {
            match listener.accept().await {
                Ok((stream, _)) => {
                    let work = self.connection(stream, graceful.watcher());
                    tokio::spawn(async move {
                        let _place = place;
                        work.await;
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection was not taken");
                    sleep(RECOVER).await;
                }
            }
        }
    }

    fn connection(&self, stream: TcpStream, watcher: Watcher) -> impl Future<Output = ()> + use<> {
        let service = Arc::clone(&self.app.service);
        let _ = stream.set_nodelay(true);
        let io = TokioIo::new(Opening::new(stream, service.settings.stall));
        let router = TowerToHyperService::new(self.app.router.clone());
        let connection = self.builder.serve_connection(io, router).into_owned();
        async move {
            let _open = Open::count(service);
            if let Err(error) = watcher.watch(connection).await {
                tracing::debug!(%error, "a connection broke");
            }
        }
    }
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

/// A connection whose first bytes must not stay away: until they are here nobody else keeps time.
struct Opening {
    stream: TcpStream,
    seen: usize,
    patience: Option<Pin<Box<Sleep>>>,
}

impl Opening {
    fn new(stream: TcpStream, patience: Duration) -> Self {
        Self { stream, seen: 0, patience: Some(Box::pin(sleep(patience))) }
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
        Pin::new(&mut self.stream).poll_write(context, buffer)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.patience = None;
        Pin::new(&mut self.stream).poll_write_vectored(context, buffers)
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
