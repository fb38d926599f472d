//! A site to visit: the web part over a real store in memory, an assistant that echoes, and a clock moved by hand.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use metrics_exporter_prometheus::PrometheusHandle;
use reqwest::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use zhengqitong::desk::changes::Changes;
use zhengqitong::desk::message::{Body, Button, Channel, ChatAddress, Incoming, Outgoing};
use zhengqitong::desk::ports::{Clock, CommitError, Files, RetrieveError, Store};
use zhengqitong::desk::reply::{Reply, Status};
use zhengqitong::desk::service::{HandleError, Question};
use zhengqitong::store::SqliteStore;
use zhengqitong::tasks::Tasks;
use zhengqitong::telemetry;
use zhengqitong::web::{Assistant, Web, WebConfig};

/// A clock that only moves when told to.
pub(super) struct HandClock(AtomicI64);

impl HandClock {
    pub(super) fn advance(&self, by: SignedDuration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// Answers every message by repeating it.
pub(super) struct Echo {
    store: Arc<dyn Store>,
    clock: Arc<HandClock>,
    pub(super) handled: AtomicU32,
    pub(super) is_broken: AtomicBool,
    pub(super) has_edition: AtomicBool,
}

#[async_trait]
impl Assistant for Echo {
    async fn handle(&self, incoming: &Incoming) -> Result<Option<Reply>, HandleError> {
        // Long enough that two requests at the same time meet here.
        tokio::time::sleep(Duration::from_millis(30)).await;
        if self.is_broken.load(Ordering::SeqCst) {
            return Err(HandleError::Retrieve(RetrieveError("the index is gone".into())));
        }
        let words = match &incoming.body {
            Body::Text(words) | Body::Press(words) => words,
            other => panic!("a browser sends no {other:?}"),
        };
        let mut changes = told(&incoming.chat, &format!("您说:{words}"), self.clock.now());
        changes.handled = Some(incoming.id.clone());
        match self.store.commit(changes).await {
            Ok(()) => {}
            Err(CommitError::AlreadyHandled) => return Ok(None),
            Err(CommitError::Store(cause)) => return Err(cause.into()),
            Err(CommitError::Conflict) => return Err(HandleError::Contended),
        }
        self.handled.fetch_add(1, Ordering::SeqCst);
        Ok(Some(Reply::empty(date(2026, 11, 22), 3)))
    }

    async fn ask(&self, question: &Question) -> Result<Reply, HandleError> {
        if self.is_broken.load(Ordering::SeqCst) {
            return Err(HandleError::Retrieve(RetrieveError("the index is gone".into())));
        }
        let chat = question.session.as_ref().map(ToString::to_string);
        Ok(Reply {
            status: Status::Answer,
            text: Some(question.text.clone()),
            topic: chat,
            ..Reply::empty(question.as_of.unwrap_or(date(2026, 11, 22)), 3)
        })
    }

    fn edition(&self) -> Option<u32> {
        self.has_edition.load(Ordering::SeqCst).then_some(3)
    }
}

/// One message to a conversation, with a button.
fn told(chat: &ChatAddress, text: &str, at: Timestamp) -> Changes {
    let button = Button { label: "找专员".to_owned(), data: "human:1".to_owned() };
    let outgoing = Outgoing {
        to: chat.clone(),
        text: text.to_owned(),
        buttons: vec![vec![button]],
        about: None,
        attachment: None,
    };
    Changes { outgoing: vec![outgoing], at, ..Changes::default() }
}

pub(super) struct Site {
    pub(super) address: String,
    pub(super) store: Arc<SqliteStore>,
    pub(super) clock: Arc<HandClock>,
    pub(super) echo: Arc<Echo>,
    pub(super) web: Web,
    pub(super) tasks: Tasks,
}

impl Site {
    pub(super) async fn open() -> Self {
        let config = WebConfig {
            wait: Duration::from_millis(400),
            look_every: Duration::from_millis(40),
            ..WebConfig::default()
        };
        Self::open_with(config).await
    }

    pub(super) async fn open_with(config: WebConfig) -> Self {
        let store = Arc::new(SqliteStore::open("sqlite::memory:").await.unwrap());
        let clock = Arc::new(HandClock(AtomicI64::new(1_795_312_800_000)));
        let echo = Arc::new(Echo {
            store: store.clone(),
            clock: clock.clone(),
            handled: AtomicU32::new(0),
            is_broken: AtomicBool::new(false),
            has_edition: AtomicBool::new(true),
        });
        let web = Web::new(config, store.clone(), echo.clone(), prometheus(), clock.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let mut tasks = Tasks::default();
        let (server, stop) = (web.clone(), tasks.stop());
        tasks.start("web", async move { server.serve(listener, stop).await.unwrap() });
        Self { address, store, clock, echo, web, tasks }
    }

    /// Starts the worker that handles leftovers.
    pub(super) fn start_worker(&mut self) {
        let (web, stop) = (self.web.clone(), self.tasks.stop());
        self.tasks.start("web worker", async move { web.run_worker(stop).await });
    }

    /// Somebody who has opened the page.
    pub(super) async fn visitor(&self) -> Visitor {
        let client = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        let mut visitor = Visitor { client, address: self.address.clone(), cookie: String::new() };
        let response = visitor.client.get(&visitor.address).send().await.unwrap();
        let cookie = response.headers()[SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().clone_into(&mut visitor.cookie);
        visitor
    }

    /// Something a commissioner writes to a visitor.
    pub(super) async fn write_to(&self, visitor: &Visitor, text: &str) {
        self.store.commit(told(&visitor.chat(), text, self.clock.now())).await.unwrap();
    }

    pub(super) fn handled(&self) -> u32 {
        self.echo.handled.load(Ordering::SeqCst)
    }
}

pub(super) struct Visitor {
    pub(super) client: Client,
    pub(super) address: String,
    pub(super) cookie: String,
}

impl Visitor {
    /// The conversation: the beginning of the hash of the cookie's value.
    pub(super) fn chat(&self) -> ChatAddress {
        use sha2::{Digest, Sha256};
        use std::fmt::Write;
        let (_, value) = self.cookie.split_once('=').unwrap();
        let hash = Sha256::digest(value).iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        });
        ChatAddress::new(Channel::Web, &hash[..32])
    }

    pub(super) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.address)).header(COOKIE, &self.cookie)
    }

    pub(super) fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.address)).header(COOKIE, &self.cookie)
    }

    pub(super) async fn page(&self) -> String {
        self.get("/").send().await.unwrap().text().await.unwrap()
    }

    pub(super) async fn say(&self, id: &str, text: &str) -> (u16, Value) {
        let record = json!({"id": id, "text": text, "after": 0});
        read(self.post("/chat/messages").json(&record)).await
    }

    pub(super) async fn news(&self, after: i64) -> (u16, Value) {
        read(self.get(&format!("/chat/messages?after={after}"))).await
    }

    /// What a browser without a script sends.
    pub(super) async fn submit(&self, fields: &[(&str, &str)]) -> Response {
        let body =
            fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&");
        let form = "application/x-www-form-urlencoded";
        self.post("/chat/form").header(CONTENT_TYPE, form).body(body).send().await.unwrap()
    }
}

pub(super) async fn read(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// The texts of an answer's messages.
pub(super) fn texts(answer: &Value) -> Vec<&str> {
    answer["messages"].as_array().unwrap().iter().map(|message| message["text"].as_str().unwrap()).collect()
}

pub(super) fn encoded(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut encoded, byte| {
        write!(encoded, "%{byte:02X}").unwrap();
        encoded
    })
}

/// The suite is one process: whoever comes first installs the recorder.
fn prometheus() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| telemetry::start_metrics().unwrap()).clone()
}
