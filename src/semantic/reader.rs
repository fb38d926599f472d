//! Works out what questions mean, once for all editions: a model or a server, a small pool, and what was asked before.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use lru::LruCache;
use tokio::runtime::{Handle, RuntimeFlavor};

use super::endpoint::{Endpoint, EndpointConfig};
use super::model::{Model, Side};
use super::pool::Pool;

/// Questions that may wait while others are being read; who comes later goes on by words.
const WAITING: usize = 16;

/// A turn waits this long for the meaning of its question, if nothing else is said.
const PATIENCE: Duration = Duration::from_millis(300);

/// Questions that are remembered: 1.5 kB each.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(4096).expect("it is not zero");

/// A question is read up to this many characters: what matters has been said, and time grows with length.
const READ_CHARS: usize = 256;

/// The reader could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No thread could be started.
    #[error("could not start the threads that read meanings")]
    Threads(#[source] rayon::ThreadPoolBuildError),
    /// No client for the server could be made.
    #[error("could not prepare calls to the embeddings server")]
    Client(#[source] reqwest::Error),
    /// There is no runtime to call the server from.
    #[error("there is no runtime to call the embeddings server from")]
    Runtime(#[source] tokio::runtime::TryCurrentError),
}

/// The vector of a question.
pub(super) type Vector = Arc<[f32]>;

/// Vectors by question.
type Remembered = Mutex<LruCache<String, Vector>>;

/// Reads questions.
pub struct Reader {
    model: ArcSwapOption<Model>,
    server: Option<Server>,
    pool: Pool,
    patience_ms: AtomicU64,
    by_model: Arc<Remembered>,
}

/// A server, and what it said before.
struct Server {
    endpoint: Arc<Endpoint>,
    said: Arc<Remembered>,
    /// Where calls are made.
    runtime: Handle,
}

impl Reader {
    /// Starts the pool: half the cores, at least one. With an `endpoint`, call it within the runtime that is to make the calls.
    ///
    /// # Errors
    ///
    /// Returns [`StartError`] when threads or the client cannot be had, or when there is an endpoint and no runtime.
    pub fn new(endpoint: Option<EndpointConfig>) -> Result<Self, StartError> {
        let workers = cores().div_euclid(2).max(1);
        let reader = Self {
            model: ArcSwapOption::empty(),
            server: endpoint.map(Server::new).transpose()?,
            pool: Pool::new(workers, WAITING).map_err(StartError::Threads)?,
            patience_ms: AtomicU64::default(),
            by_model: remembered(),
        };
        reader.set_patience(PATIENCE);
        Ok(reader)
    }

    /// How long a question may take to be read before the words go on alone; 300 ms if nothing else is said.
    pub fn set_patience(&self, patience: Duration) {
        self.patience_ms.store(u64::try_from(patience.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn patience(&self) -> Duration {
        Duration::from_millis(self.patience_ms.load(Ordering::Relaxed))
    }

    /// Puts a model in place, or takes it away.
    pub fn set_model(&self, model: Option<Arc<Model>>) {
        self.model.store(model);
        lock(&self.by_model).clear();
    }

    /// The model in place.
    #[must_use]
    pub fn model(&self) -> Option<Arc<Model>> {
        self.model.load_full()
    }

    pub(super) fn endpoint(&self) -> Option<&Endpoint> {
        self.server.as_ref().map(|server| &*server.endpoint)
    }

    /// Asks the server, unless it was asked before; `None` when it does not answer.
    pub(super) fn read_by_endpoint(&self, text: &str) -> Option<Vector> {
        let server = self.server.as_ref()?;
        if let Some(known) = lock(&server.said).get(text) {
            count("endpoint", "known");
            return Some(known.clone());
        }
        let (done, vector) = sync_channel(1);
        let (endpoint, said, text) = (Arc::clone(&server.endpoint), Arc::clone(&server.said), text.to_owned());
        server.runtime.spawn(async move {
            let _ = done.send(ask(&endpoint, &said, text).await);
        });
        // The call has a limit of its own; more is waited only where the runtime is held up.
        let vector = wait_for(&vector, 2 * server.endpoint.limit());
        count("endpoint", if vector.is_some() { "read" } else { "failed" });
        vector
    }

    /// Reads with the model; `None` when there is none, or when it takes too long. What comes late is kept for the next time.
    pub(super) fn read_by_model(&self, text: &str) -> Option<Vector> {
        let (done, vector) = sync_channel(1);
        let known = self.begin(text, move |vector| {
            let _ = done.send(vector);
        });
        match known {
            Begun::Known(vector) => Some(vector),
            Begun::Refused => None,
            Begun::Waiting => {
                let vector = wait_for(&vector, self.patience());
                count("model", if vector.is_some() { "read" } else { "late" });
                vector
            }
        }
    }

    fn begin(&self, text: &str, done: impl FnOnce(Option<Vector>) + Send + 'static) -> Begun {
        if let Some(known) = lock(&self.by_model).get(text) {
            count("model", "known");
            return Begun::Known(known.clone());
        }
        let Some(model) = self.model() else { return Begun::Refused };
        let (text, remembered) = (text.to_owned(), Arc::clone(&self.by_model));
        let is_started = self.pool.start(move || {
            // Somebody may have asked the same while this was waiting.
            let known = lock(&remembered).get(&text).cloned();
            done(known.or_else(|| read(&model, &text, &remembered)));
        });
        if is_started {
            return Begun::Waiting;
        }
        count("model", "refused");
        Begun::Refused
    }
}

impl Server {
    fn new(config: EndpointConfig) -> Result<Self, StartError> {
        let runtime = Handle::try_current().map_err(StartError::Runtime)?;
        let endpoint = Endpoint::new(config).map_err(StartError::Client)?;
        Ok(Self { endpoint: Arc::new(endpoint), said: remembered(), runtime })
    }
}

/// Waits for what another thread works out. A worker of a runtime is replaced meanwhile, so that other turns go on.
fn wait_for(vector: &Receiver<Option<Vector>>, limit: Duration) -> Option<Vector> {
    let wait = || vector.recv_timeout(limit).ok().flatten();
    match Handle::try_current() {
        Ok(runtime) if runtime.runtime_flavor() == RuntimeFlavor::MultiThread => tokio::task::block_in_place(wait),
        _ => wait(),
    }
}

async fn ask(endpoint: &Endpoint, said: &Remembered, text: String) -> Option<Vector> {
    match endpoint.embed_question(cut(&text)).await {
        Ok(vector) => {
            let vector: Vector = vector.into();
            lock(said).put(text, vector.clone());
            Some(vector)
        }
        Err(cause) => {
            tracing::debug!(error = %cause, "the embeddings server gave no vector");
            None
        }
    }
}

/// How the reading of a question began.
enum Begun {
    /// It was read before.
    Known(Vector),
    /// It is being read.
    Waiting,
    /// It will not be read.
    Refused,
}

fn read(model: &Model, text: &str, remembered: &Remembered) -> Option<Vector> {
    let started = Instant::now();
    match model.embed(Side::Question, cut(text)) {
        Ok(vector) => {
            metrics::histogram!("zhengqitong_meaning_duration_seconds").record(started.elapsed());
            let vector: Vector = vector.into();
            lock(remembered).put(text.to_owned(), vector.clone());
            Some(vector)
        }
        Err(cause) => {
            tracing::error!(error = %cause, "the model could not read a question; the turn goes on by words");
            None
        }
    }
}

fn remembered() -> Arc<Remembered> {
    Arc::new(Mutex::new(LruCache::new(REMEMBERED)))
}

fn count(by: &'static str, outcome: &'static str) {
    metrics::counter!("zhengqitong_meanings_total", "by" => by, "outcome" => outcome).increment(1);
}

fn lock(remembered: &Remembered) -> std::sync::MutexGuard<'_, LruCache<String, Vector>> {
    remembered.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The part of a question that is read.
fn cut(text: &str) -> &str {
    text.char_indices().nth(READ_CHARS).map_or(text, |(at, _)| &text[..at])
}

/// How many cores there are.
pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}
