//! A proxy on loopback that stands in the way: it forwards, or cuts, refuses, stalls and delays when it is told to.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on fails")]

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What becomes of what arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// It passes.
    Open,
    /// New connections are reset at once; those that are open stay.
    Refusing,
    /// Everything is taken and kept back until the way is another one, as by a network that drops packets.
    Stalled,
    /// Every piece passes this much later.
    Slow(Duration),
}

/// A proxy; dropped, it ends with all its connections.
pub(crate) struct Proxy {
    address: SocketAddr,
    way: watch::Sender<Way>,
    /// Counts cuts: a connection that saw a lower number is cut.
    cuts: watch::Sender<u64>,
    passed: Arc<AtomicU64>,
    _tasks: JoinSet<()>,
}

impl Proxy {
    /// Listens on a free port of 127.0.0.1 and forwards to `target` there.
    pub(crate) async fn before(target: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let (way, cuts) = (watch::Sender::new(Way::Open), watch::Sender::new(0));
        let passed = Arc::new(AtomicU64::new(0));
        let address = listener.local_addr().unwrap();
        let line = Line { target, way: way.subscribe(), cuts: cuts.subscribe(), passed: Arc::clone(&passed) };
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, line));
        Self { address, way, cuts, passed, _tasks: tasks }
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// From now on lets pass, refuses, stalls or delays.
    pub(crate) fn becomes(&self, way: Way) {
        self.way.send_replace(way);
    }

    /// Resets every open connection, on both sides; new ones are as the way is.
    pub(crate) fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// How many connections were opened through it.
    pub(crate) fn passed(&self) -> u64 {
        self.passed.load(Ordering::Relaxed)
    }
}

/// What a connection knows.
#[derive(Clone)]
struct Line {
    target: u16,
    way: watch::Receiver<Way>,
    cuts: watch::Receiver<u64>,
    passed: Arc<AtomicU64>,
}

async fn accept(listener: TcpListener, line: Line) {
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (client, _) = accepted.unwrap();
                if *line.way.borrow() == Way::Refusing {
                    let _ = client.set_zero_linger();
                    continue;
                }
                open.spawn(line.clone().carry(client));
            }
            Some(_ended) = open.join_next() => {}
        }
    }
}

impl Line {
    async fn carry(mut self, mut client: TcpStream) {
        let mut cuts = self.cuts.clone();
        cuts.mark_unchanged();
        passable(&mut self.way).await;
        let Ok(mut server) = TcpStream::connect((Ipv4Addr::LOCALHOST, self.target)).await else {
            let _ = client.set_zero_linger();
            return;
        };
        self.passed.fetch_add(1, Ordering::Relaxed);
        let _ = (client.set_nodelay(true), server.set_nodelay(true));
        let is_cut = {
            let (from_client, to_client) = client.split();
            let (from_server, to_server) = server.split();
            let both = async {
                // Whichever side ends with an error takes the other one with it.
                tokio::try_join!(
                    pass(from_client, to_server, self.way.clone()),
                    pass(from_server, to_client, self.way.clone())
                )
            };
            tokio::select! {
                ended = both => ended.is_err(),
                _ = cuts.changed() => true,
            }
        };
        if is_cut {
            // What is closed with this is reset instead of being finished.
            let _ = (client.set_zero_linger(), server.set_zero_linger());
        }
    }
}

/// Passes on what one side says, as the way is at each piece.
async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut way: watch::Receiver<Way>,
) -> std::io::Result<()> {
    let mut piece = vec![0; 16 * 1024];
    loop {
        let length = from.read(&mut piece).await?;
        if let Way::Slow(delay) = passable(&mut way).await {
            tokio::time::sleep(delay).await;
        }
        if length == 0 {
            return to.shutdown().await;
        }
        to.write_all(&piece[..length]).await?;
    }
}

/// Waits while the way is stalled.
async fn passable(way: &mut watch::Receiver<Way>) -> Way {
    let told = way.wait_for(|way| *way != Way::Stalled).await.map(|way| *way);
    match told {
        Ok(way) => way,
        // Nobody tells the proxy anything any more: it is about to end.
        Err(_closed) => std::future::pending().await,
    }
}

#[tokio::test]
async fn what_it_is_told_happens_to_connections() {
    let echo = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = echo.local_addr().unwrap().port();
    let mut echoes = JoinSet::new();
    echoes.spawn(async move {
        let mut open = JoinSet::new();
        loop {
            let (mut stream, _) = echo.accept().await.unwrap();
            open.spawn(async move {
                let (mut from, mut to) = stream.split();
                let _ = tokio::io::copy(&mut from, &mut to).await;
            });
        }
    });
    let proxy = Proxy::before(port).await;
    let connect = || TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port()));
    let mut stream = connect().await.unwrap();
    let mut answer = [0; 4];
    stream.write_all(b"ping").await.unwrap();
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"ping");

    proxy.becomes(Way::Stalled);
    stream.write_all(b"late").await.unwrap();
    let kept_back = tokio::time::timeout(Duration::from_millis(50), stream.read_exact(&mut answer)).await;
    assert!(kept_back.is_err(), "{kept_back:?}");
    proxy.becomes(Way::Slow(Duration::from_millis(5)));
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"late");

    proxy.becomes(Way::Refusing);
    let mut refused = connect().await.unwrap();
    assert!(refused.read_exact(&mut answer).await.is_err());
    stream.write_all(b"open").await.unwrap();
    stream.read_exact(&mut answer).await.unwrap();
    proxy.cut();
    let cut = stream.read_exact(&mut answer).await.unwrap_err();
    assert_eq!(cut.kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!(proxy.passed(), 1);
}
