//! Everything the server remembers, behind one lock, and the way to wait for it to change.
//!
//! The state outlives a stop of the server, as Telegram outlives a network that is down.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::watch, time::timeout};

use super::{
    call::Params,
    chats::{Chat, Message},
    faults::FaultScript,
    files::Files,
    journal::Journal,
    limits::FloodLimits,
    profile::Profile,
    reply::Refusal,
    transcript,
    updates::UpdateQueue,
    webhook::Webhook,
};

/// The state and the news of its changes.
pub(super) struct Shared {
    state: Mutex<State>,
    changes: watch::Sender<u64>,
}

impl Shared {
    pub(super) fn new() -> Self {
        Self { state: Mutex::new(State::new()), changes: watch::Sender::new(0) }
    }

    /// A test that panicked while it held the lock must not hide its message behind a second panic.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn look<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        look(&self.lock())
    }

    /// Changes the state and wakes everyone who waits for a change.
    pub(super) fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let result = change(&mut self.lock());
        self.changes.send_modify(|version| *version += 1);
        result
    }

    /// Waits until `ready` gives something, at most for `bound`.
    ///
    /// `ready` may change the state, but others are not woken by what it changes.
    pub(super) async fn wait_until<R>(
        &self,
        bound: Duration,
        mut ready: impl FnMut(&mut State) -> Option<R>,
    ) -> Option<R> {
        // Subscribing comes first: what changes from here on is not missed.
        let mut changes = self.changes.subscribe();
        let waiting = async {
            loop {
                if let Some(result) = ready(&mut self.lock()) {
                    return Some(result);
                }
                changes.changed().await.ok()?;
            }
        };
        timeout(bound, waiting).await.ok().flatten()
    }
}

/// What the server remembers.
pub(super) struct State {
    pub(super) profile: Profile,
    pub(super) chats: BTreeMap<i64, Chat>,
    pub(super) files: Files,
    pub(super) updates: UpdateQueue,
    pub(super) webhook: Webhook,
    /// Presses by the id of their callback query.
    pub(super) presses: HashMap<String, Press>,
    pub(super) faults: FaultScript,
    pub(super) limits: FloodLimits,
    pub(super) journal: Journal,
}

/// A press of a button, for as long as the server lives.
#[derive(Debug)]
pub(super) struct Press {
    pub(super) chat_id: i64,
    pub(super) button: String,
    pub(super) answered: bool,
}

impl State {
    fn new() -> Self {
        Self {
            profile: Profile::default(),
            chats: BTreeMap::new(),
            files: Files::default(),
            updates: UpdateQueue::new(),
            webhook: Webhook::default(),
            presses: HashMap::new(),
            faults: FaultScript::default(),
            limits: FloodLimits::new(),
            journal: Journal::new(),
        }
    }

    /// A registered person's chat.
    pub(super) fn chat(&mut self, id: i64) -> &mut Chat {
        self.chats.get_mut(&id).expect("a person's chat is registered with the person")
    }

    /// The chat that a parameter names.
    ///
    /// # Errors
    ///
    /// Returns 400 when no such person ever wrote to the bot.
    pub(super) fn named_chat(&mut self, params: &Params, name: &str) -> Result<&mut Chat, Refusal> {
        if params.value(name).is_none() {
            return Err(Refusal::bad_request(format!("{name} is empty")));
        }
        let chat = params.integer(name).and_then(|id| self.chats.get_mut(&id));
        chat.ok_or_else(|| Refusal::bad_request("chat not found"))
    }

    /// The chat that `chat_id` names, when the bot may speak there.
    ///
    /// # Errors
    ///
    /// Returns 400 for an unknown chat and 403 where the bot is blocked.
    pub(super) fn open_chat(&mut self, params: &Params) -> Result<&mut Chat, Refusal> {
        let chat = self.named_chat(params, "chat_id")?;
        if chat.blocked { Err(Refusal::blocked()) } else { Ok(chat) }
    }

    /// A person says something: adds the message and its update, and returns the update's id.
    ///
    /// # Panics
    ///
    /// Panics when the person has blocked the bot, for then nobody can write in that chat.
    pub(super) fn hear(&mut self, chat_id: i64, message: Message, twice: bool) -> u32 {
        let chat = self.chat(chat_id);
        assert!(!chat.blocked, "{} has blocked the bot and cannot write to it", chat.first_name);
        let id = chat.add(message);
        let object = chat.message_json(id);
        self.updates.push("message", &object, twice)
    }

    /// What a test that waited in vain wants to see.
    pub(super) fn scene(&self) -> String {
        let latest = self.journal.requests().iter().rev().take(10).rev();
        let latest: Vec<String> =
            latest.map(|request| format!("{} {:?} {:?}", request.method, request.chat_id, request.outcome)).collect();
        format!(
            "\n--- transcript ---\n{}\n--- latest requests ---\n{}\n--- {} updates unconfirmed ---",
            transcript::of_all(self),
            latest.join("\n"),
            self.updates.unconfirmed(),
        )
    }
}
