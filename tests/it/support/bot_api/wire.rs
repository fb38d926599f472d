//! Connections that can be cut from the inside.
//!
//! A web framework answers or fails, but never hangs up without a word, and hanging up is what the
//! network does. So each accepted socket carries a token; cancelling it makes the next read fail,
//! which is noticed at once, even while a request is being worked on.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};
use tokio_util::{
    sync::{CancellationToken, WaitForCancellationFutureOwned},
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};

/// What a request handler holds of the connection it came in by.
#[derive(Clone)]
pub(super) struct Connection {
    cut: CancellationToken,
}

impl Connection {
    /// Hangs up: the client sees the connection close before any answer.
    ///
    /// Never returns; the handler is dropped together with its connection.
    pub(super) async fn hang_up(&self) -> ! {
        self.cut.cancel();
        std::future::pending().await
    }
}

impl Connected<IncomingStream<'_, Door>> for Connection {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        Self { cut: stream.io().cut.clone() }
    }
}

/// Accepts connections until the server stops, and knows how many are still open.
pub(super) struct Door {
    listener: TcpListener,
    stop: CancellationToken,
    open_lines: TaskTracker,
}

impl Door {
    /// Every connection accepted here is cut when `stop` is cancelled and counted in `open_lines`.
    pub(super) fn new(listener: TcpListener, stop: CancellationToken, open_lines: TaskTracker) -> Self {
        Self { listener, stop, open_lines }
    }
}

impl Listener for Door {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        // The trait's own accept for a `TcpListener` retries what can be retried.
        let (stream, address) = Listener::accept(&mut self.listener).await;
        let cut = self.stop.child_token();
        let line =
            Line { stream, until_cut: Box::pin(cut.clone().cancelled_owned()), cut, _counted: self.open_lines.token() };
        (line, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A socket that fails once it is cut.
pub(super) struct Line {
    stream: TcpStream,
    cut: CancellationToken,
    until_cut: Pin<Box<WaitForCancellationFutureOwned>>,
    _counted: TaskTrackerToken,
}

impl Line {
    /// Fails after the cut and registers the task to be woken by it otherwise.
    fn check_uncut(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        match self.until_cut.as_mut().poll(context) {
            Poll::Ready(()) => Err(io::ErrorKind::ConnectionReset.into()),
            Poll::Pending => Ok(()),
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check_uncut(context)?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.check_uncut(context)?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
