//! The web chat page, its endpoints, the question API, health and metrics.
//!
//! Everything a browser says is stored in the inbox before it is handled; what it is told is read from the outbox, so that a
//! page that is closed and opened again shows the same conversation. Nothing is pushed: pages fetch, and wait for, what is
//! new. Absent on purpose: rules (the desk's), accounts (a conversation belongs to whoever has its cookie), and TLS (a
//! reverse proxy's).

mod api;
mod assets;
mod assistant;
mod chat;
mod form;
mod guard;
mod health;
mod hook;
mod limits;
mod origin;
mod page;
mod record;
mod refusal;
mod session;
mod turn;
mod visitor;
mod wording;
mod worker;

use std::num::NonZeroU32;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use std::{io, net::SocketAddr};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore, SemaphorePermit, broadcast};
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;

use self::refusal::Refusal;
use crate::desk::message::ChatAddress;
use crate::desk::ports::{Clock, Store};
pub use assistant::Assistant;
pub use hook::{Hook, Taken, is_taken};
pub use limits::Rate;
pub use record::parse;

/// The largest request body.
const MAX_BODY: usize = 64 * 1024;

/// Pages that may wait for news at the same time; further ones are answered at once and ask again later.
const MAX_WAITING: usize = 4_096;

/// Conversations whose news may be on their way to waiting pages; a page that missed some looks by itself.
const NEWS_KEPT: usize = 256;

/// After the stop signal, requests under way have this long.
const GRACE: Duration = Duration::from_secs(10);

/// How the web part behaves.
#[derive(Clone, Debug)]
pub struct WebConfig {
    /// Whether the session cookie is only sent over https; set it behind a reverse proxy with TLS.
    pub secure_cookies: bool,
    /// Whether a reverse proxy in front appends the visitor's address to `X-Forwarded-For`.
    pub trusts_proxy: bool,
    /// The address people type, such as `https://zqt.example.gov.cn`, where it differs from the `Host` that arrives here.
    pub public_origin: Option<String>,
    /// Which database the state is in, for `/readyz`.
    pub database: &'static str,
    /// How often one conversation may send.
    pub session_rate: Rate,
    /// How often one network address may send; a whole office may share one.
    pub address_rate: Rate,
    /// So many messages and questions are worked on at a time; whoever comes then is asked to come again.
    pub at_a_time: usize,
    /// How long a page waits for news before it asks again.
    pub wait: Duration,
    /// How often waiting pages and the worker look into the store by themselves.
    pub look_every: Duration,
    /// Questions offered on the empty page.
    pub examples: Vec<String>,
}

impl Default for WebConfig {
    fn default() -> Self {
        let rate = |per_minute, burst| Rate {
            per_minute: NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN),
            burst: NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN),
        };
        Self {
            secure_cookies: false,
            trusts_proxy: false,
            public_origin: None,
            database: "sqlite",
            session_rate: rate(20, 10),
            address_rate: rate(300, 100),
            at_a_time: 256,
            wait: Duration::from_secs(25),
            look_every: Duration::from_secs(2),
            examples: wording::EXAMPLES.map(str::to_owned).to_vec(),
        }
    }
}

/// The web part. Clones share everything.
#[derive(Clone)]
pub struct Web(Arc<Shared>);

struct Shared {
    config: WebConfig,
    store: Arc<dyn Store>,
    assistant: Arc<dyn Assistant>,
    prometheus: PrometheusHandle,
    clock: Arc<dyn Clock>,
    limits: limits::Limits,
    hook: OnceLock<Arc<dyn Hook>>,
    /// Conversations that were told something.
    news: broadcast::Sender<ChatAddress>,
    /// Wakes the worker.
    leftover: Notify,
    waiting: Semaphore,
    /// What is worked on.
    under_way: Semaphore,
    /// Ends waiting requests; cancelled when [`Web::serve`] is stopped.
    closing: CancellationToken,
}

impl Web {
    /// Puts the web part together; nothing runs yet.
    #[must_use]
    pub fn new(
        config: WebConfig,
        store: Arc<dyn Store>,
        assistant: Arc<dyn Assistant>,
        prometheus: PrometheusHandle,
        clock: Arc<dyn Clock>,
    ) -> Self {
        health::describe_metrics();
        Self(Arc::new(Shared {
            limits: limits::Limits::new(config.session_rate, config.address_rate),
            under_way: Semaphore::new(config.at_a_time),
            hook: OnceLock::new(),
            config,
            store,
            assistant,
            prometheus,
            clock,
            news: broadcast::Sender::new(NEWS_KEPT),
            leftover: Notify::new(),
            waiting: Semaphore::new(MAX_WAITING),
            closing: CancellationToken::new(),
        }))
    }

    /// Serves a hook as well; one at most, the first that is named.
    ///
    /// Our own pages go before it: see [`is_taken`].
    #[must_use]
    pub fn with_hook(self, hook: Arc<dyn Hook>) -> Self {
        let _first = self.0.hook.get_or_init(|| hook);
        self
    }

    /// All routes.
    ///
    /// Limits by network address need the peer's address: serve it with connect info, as [`Web::serve`] does.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/", get(page::show))
            .route("/chat/messages", get(chat::wait).post(chat::say))
            .route("/chat/form", post(form::say).get(form::back))
            .route("/api/v1/ask", post(api::ask))
            .route("/assets/{name}", get(assets::serve))
            .route("/favicon.ico", get(assets::icon))
            .route("/robots.txt", get(assets::robots))
            .route("/healthz", get(health::alive))
            .route("/readyz", get(health::ready))
            .route("/metrics", get(health::metrics))
            .fallback(hook::serve)
            .method_not_allowed_fallback(refusal::no_such_method)
            .layer(DefaultBodyLimit::max(MAX_BODY))
            .layer(CatchPanicLayer::custom(refusal::panicked))
            .layer(middleware::from_fn_with_state(self.clone(), guard::guard))
            .with_state(self.clone())
    }

    /// Serves until `stop`, then ends waiting requests and gives the others a bounded grace.
    ///
    /// # Errors
    ///
    /// Returns the error with which the listener ended.
    pub async fn serve(&self, listener: TcpListener, stop: CancellationToken) -> io::Result<()> {
        let listener = listener.tap_io(|connection| {
            // Without it small answers may wait for the peer's acknowledgement; not having it is no reason to fail.
            let _ = connection.set_nodelay(true);
        });
        let closing = self.0.closing.clone();
        let stopped = async move {
            stop.cancelled().await;
            closing.cancel();
        };
        let service = self.router().into_make_service_with_connect_info::<SocketAddr>();
        let server = axum::serve(listener, service).with_graceful_shutdown(stopped);
        tokio::select! {
            ended = async { server.await } => ended,
            () = self.grace_is_over() => {
                tracing::warn!("requests were cut off at shutdown");
                Ok(())
            }
        }
    }

    /// Tells pages of `chat` that wait in this process that there is something new; others see it within seconds.
    pub fn announce(&self, chat: &ChatAddress) {
        // Nobody waiting is the usual case.
        let _ = self.0.news.send(chat.clone());
    }

    /// A place among those who are worked for, or a sentence for who comes one too many: a queue that grows without bounds would make
    /// everybody wait until nobody is answered in time.
    fn begin(&self) -> Result<SemaphorePermit<'_>, Refusal> {
        self.0.under_way.try_acquire().map_err(|_full| {
            metrics::counter!("zhengqitong_rate_limited_total", "by" => "load").increment(1);
            Refusal::unavailable(wording::BUSY)
        })
    }

    async fn grace_is_over(&self) {
        self.0.closing.cancelled().await;
        tokio::time::sleep(GRACE).await;
    }
}
