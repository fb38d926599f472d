//! A Telegram that a test owns: a Bot API server on this machine, and the people in its chats.
//!
//! Built after the real server's source (github.com/tdlib/telegram-bot-api, in the spring of 2026),
//! down to the wording of its refusals, because clients tell errors apart by that wording. It knows
//! private chats, and groups with topics. What it leaves out is said at the head of each file.
//!
//! ```ignore
//! let telegram = FakeBotApi::start().await;
//! let company = telegram.person(1001, "企业");
//! // start the bot with telegram.token() and telegram.url()
//! company.says("高企怎么申报？");
//! let answer = company.waits_for_text("高新技术企业").await;
//! company.presses(&answer, "找专员");
//! ```

mod call; // request → parameters
mod chats; // who said what
mod faults; // what goes wrong on purpose
mod files; // photos, documents, voices
mod formatting; // texts and captions
mod group; // groups with topics
mod html; // Telegram's HTML subset
mod journal; // what was asked
mod keyboard; // buttons
mod limits; // flood limits
mod methods; // the API itself
mod person; // the people
mod polling; // getUpdates
mod profile; // getMe, commands, descriptions
mod reply; // result or refusal
mod sent; // a message as a test sees it
mod serve; // one HTTP request
mod state; // all of it behind one lock
mod transcript; // chats as text
mod updates; // the queue
mod webhook; // the other way to get updates
mod wire; // connections that can be cut

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, PoisonError},
};

use axum::{Router, routing::any};
use serde_json::Value;
use tokio::{
    net::{TcpListener, TcpSocket},
    task::JoinSet,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{
    chats::{BOT_ID, Chat},
    person::WAIT_BOUND,
    serve::Served,
    state::Shared,
    wire::{Connection, Door},
};
pub(crate) use self::{
    faults::{Fault, PlannedFault},
    files::Medium,
    group::{Group, Topic},
    journal::{Outcome, Request},
    keyboard::Action,
    person::{Attachment, Person},
    sent::SentMessage,
};

/// The fake server. Clones are handles to the same one; it ends with the test's runtime.
#[derive(Clone)]
pub(crate) struct FakeBotApi {
    shared: Arc<Shared>,
    token: Arc<str>,
    address: SocketAddr,
    /// Keeps the port for us while the server is stopped: bound, but not listening.
    _reserved: Arc<TcpSocket>,
    running: Arc<std::sync::Mutex<Option<Running>>>,
}

/// What belongs to the server between a start and a stop.
struct Running {
    stop: CancellationToken,
    open_lines: TaskTracker,
    tasks: JoinSet<()>,
}

/// What the bot says about itself.
#[derive(Clone, Debug)]
pub(crate) struct BotProfile {
    /// `(command, description)` in the default scope.
    pub(crate) commands: Vec<(String, String)>,
    pub(crate) description: String,
    pub(crate) short_description: String,
    /// The default menu button as it was set.
    pub(crate) menu_button: Option<Value>,
}

/// Starting, stopping, and where it is.
impl FakeBotApi {
    /// Starts a server with no people on a free port of 127.0.0.1.
    pub(crate) async fn start() -> Self {
        let reserved = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        let address = reserved.local_addr().expect("the socket is bound");
        let telegram = Self {
            shared: Arc::new(Shared::new()),
            token: format!("{BOT_ID}:AAFakeTokenForTestsOnly-0123456789").into(),
            address,
            _reserved: Arc::new(reserved),
            running: Arc::default(),
        };
        telegram.restart().await;
        telegram
    }

    /// The address to give to a client, as in `TELOXIDE_API_URL`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Makes Telegram unreachable: cuts every connection and refuses new ones. The state stays.
    pub(crate) async fn stop(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(mut running) = running {
            running.stop.cancel();
            running.tasks.shutdown().await;
            running.open_lines.close();
            running.open_lines.wait().await;
        }
    }

    /// Listens (again), on the same port and with everything as it was.
    #[expect(clippy::unused_async, reason = "binding needs the runtime, as an async fn says")]
    pub(crate) async fn restart(&self) {
        let listener = bind(self.address).listen(1024).expect("the port is reserved for us");
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(running.is_none(), "the server is running already");
        *running = Some(self.run(listener));
    }

    fn run(&self, listener: TcpListener) -> Running {
        let (stop, open_lines) = (CancellationToken::new(), TaskTracker::new());
        let served = Served { token: Arc::clone(&self.token), shared: Arc::clone(&self.shared) };
        let app = Router::new().fallback(any(serve::serve)).with_state(served);
        let app = app.into_make_service_with_connect_info::<Connection>();
        let door = Door::new(listener, stop.clone(), open_lines.clone());
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            axum::serve(door, app).await.expect("serving never ends by itself");
        });
        tasks.spawn(webhook::deliver(Arc::clone(&self.shared)));
        Running { stop, open_lines, tasks }
    }
}

/// People, and how updates reach the bot.
impl FakeBotApi {
    /// Registers a private chat: this person has pressed the bot's start button before.
    ///
    /// Their user id is the chat's id. Asked again for a known id, returns the same person.
    pub(crate) fn person(&self, chat_id: i64, first_name: &str) -> Person {
        self.shared.change(|state| {
            state.chats.entry(chat_id).or_insert_with(|| Chat::new(chat_id, first_name));
        });
        Person::new(Arc::clone(&self.shared), chat_id)
    }

    /// Pushes an update of any kind, even one that no client understands, and returns its id.
    pub(crate) fn push_update(&self, kind: &str, body: &Value) -> u32 {
        self.shared.change(|state| state.updates.push(kind, body, false))
    }

    /// From now on delivers every update doubled, and once more after it was confirmed.
    pub(crate) fn deliver_every_update_twice(&self, twice: bool) {
        self.shared.change(|state| state.updates.twice = twice);
    }

    /// From now on delivers the last update of a batch first.
    pub(crate) fn deliver_out_of_order(&self, reversed: bool) {
        self.shared.change(|state| state.updates.reversed = reversed);
    }

    /// Every update with a lower id has been confirmed.
    pub(crate) fn confirmed_below(&self) -> u32 {
        self.shared.look(|state| state.updates.confirmed_below())
    }

    /// Waits until the bot has confirmed every update, by offset or by answering the webhook.
    ///
    /// # Panics
    ///
    /// Panics with the transcript when that does not happen in time.
    pub(crate) async fn wait_until_confirmed(&self) {
        let all = |state: &mut state::State| (state.updates.unconfirmed() == 0).then_some(());
        self.wait("every update to be confirmed", all).await;
    }
}

/// Faults and limits.
impl FakeBotApi {
    /// Plans a fault: `plan(Fault::Forbidden.on("sendMessage").in_chat(7).times(2))`.
    pub(crate) fn plan(&self, fault: PlannedFault) {
        self.shared.change(|state| state.faults.plan(fault));
    }

    /// The faults that have not struck yet. A test of a fault ends by asserting there are none.
    pub(crate) fn faults_left(&self) -> Vec<PlannedFault> {
        self.shared.look(|state| state.faults.waiting().to_vec())
    }

    pub(crate) fn forget_faults(&self) {
        self.shared.change(|state| state.faults.clear());
    }

    /// Turns the flood limits off or on; they are on at first.
    pub(crate) fn enforce_limits(&self, enforced: bool) {
        self.shared.change(|state| state.limits.enforced = enforced);
    }
}

/// What happened.
impl FakeBotApi {
    /// Every request in the order of arrival, polls included.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.shared.look(|state| state.journal.requests().to_vec())
    }

    /// The requests of one method, spelled as documented.
    pub(crate) fn requests_of(&self, method: &str) -> Vec<Request> {
        let mut requests = self.requests();
        requests.retain(|request| request.method == method);
        requests
    }

    /// Waits for a request, past ones included.
    ///
    /// # Panics
    ///
    /// Panics with `what` and the transcript when there is none in time.
    pub(crate) async fn wait_for_request(&self, wanted: impl Fn(&Request) -> bool, what: &str) -> Request {
        let found = |state: &mut state::State| state.journal.requests().iter().find(|request| wanted(request)).cloned();
        self.wait(what, found).await
    }

    /// The buttons that were pressed without an `answerCallbackQuery`: their clocks still spin.
    pub(crate) fn unanswered_presses(&self) -> Vec<String> {
        self.shared.look(|state| {
            let presses = state.presses.values().filter(|press| !press.answered);
            presses.map(|press| press.button.clone()).collect()
        })
    }

    pub(crate) fn profile(&self) -> BotProfile {
        self.shared.look(|state| BotProfile {
            commands: state.profile.default_commands(),
            description: state.profile.description.clone(),
            short_description: state.profile.short_description.clone(),
            menu_button: state.profile.menu_button(None).cloned(),
        })
    }

    /// All chats as text, one after the other.
    pub(crate) fn transcript(&self) -> String {
        self.shared.look(transcript::of_all)
    }

    async fn wait<R>(&self, what: &str, ready: impl FnMut(&mut state::State) -> Option<R>) -> R {
        let found = self.shared.wait_until(WAIT_BOUND, ready).await;
        found.unwrap_or_else(|| panic!("waited in vain for {what}{}", self.shared.look(state::State::scene)))
    }
}

/// A socket that shares its port with the one that keeps it reserved.
fn bind(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().expect("there are sockets to be had");
    socket.set_reuseaddr(true).expect("a fresh socket takes options");
    socket.bind(address).expect("the port is free or reserved for us");
    socket
}
