//! A desk that repeats what it hears, and fails when it is told to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tokio::sync::watch;
use zhengqitong::channel::Handler;
use zhengqitong::desk::changes::Changes;
use zhengqitong::desk::message::{Body, Button, Incoming, Outgoing};
use zhengqitong::desk::ports::{CommitError, Files};
use zhengqitong::desk::reply::Reply;
use zhengqitong::desk::service::HandleError;

use super::stage::BOUND;

/// Why a lock can be taken.
pub(super) const UNPOISONED: &str = "nobody panics while holding it";

/// What the parrot does instead of answering.
#[derive(Clone, Copy)]
pub(super) enum Mood {
    /// Fails as a desk fails whose state keeps changing.
    Fails,
    Panics,
    /// Never comes back.
    Hangs,
}

/// Answers "收到:…" with a button, in one commit, as the desk does.
pub(super) struct Parrot {
    store: Arc<dyn Files>,
    moods: Mutex<HashMap<String, Mood>>,
    /// Everything that was begun, in order.
    heard: watch::Sender<Vec<Incoming>>,
}

impl Parrot {
    pub(super) fn new(store: Arc<dyn Files>) -> Self {
        Self { store, moods: Mutex::default(), heard: watch::Sender::default() }
    }

    /// From now on reacts so to these words.
    pub(super) fn set_mood(&self, words: &str, mood: Mood) {
        self.moods.lock().expect(UNPOISONED).insert(words.to_owned(), mood);
    }

    /// Waits until `times` turns were begun on these words.
    pub(super) async fn waits_for(&self, words: &str, times: usize) {
        let mut heard = self.heard.subscribe();
        let enough = |heard: &Vec<Incoming>| heard.iter().filter(|incoming| text(incoming) == words).count() >= times;
        let outcome = tokio::time::timeout(BOUND, heard.wait_for(enough)).await;
        outcome.expect("the turn begins in time").expect("the sender is here");
    }

    pub(super) fn heard(&self) -> Vec<Incoming> {
        self.heard.borrow().clone()
    }

    /// The words of one chat in the order in which they were heard.
    pub(super) fn words_of(&self, chat: i64) -> Vec<String> {
        let of_chat = self.heard().into_iter().filter(|incoming| incoming.chat.chat == chat.to_string());
        of_chat.map(|incoming| text(&incoming)).collect()
    }
}

/// The words, or what stands for them.
pub(super) fn text(incoming: &Incoming) -> String {
    match &incoming.body {
        Body::Text(text) => text.clone(),
        Body::Press(data) => format!("[{data}]"),
        Body::Attached { attachment, caption } => format!("<{:?}>{caption}", attachment.kind),
        Body::Corrected { words, .. } => format!("（更正）{words}"),
        Body::TooLarge(what) => format!("<{what}太大>"),
        Body::Unsupported(what) => format!("<{what}>"),
    }
}

#[async_trait]
impl Handler for Parrot {
    async fn handle(&self, incoming: &Incoming) -> Result<Option<Reply>, HandleError> {
        let words = text(incoming);
        self.heard.send_modify(|heard| heard.push(incoming.clone()));
        let mood = self.moods.lock().expect(UNPOISONED).get(&words).copied();
        match mood {
            Some(Mood::Fails) => return Err(HandleError::Contended),
            Some(Mood::Panics) => panic!("the parrot was told to"),
            Some(Mood::Hangs) => std::future::pending().await,
            None => {}
        }
        let button = Button { label: "找专员".to_owned(), data: "human:1".to_owned() };
        let answer = Outgoing {
            to: incoming.chat.clone(),
            text: format!("收到:{words}"),
            buttons: vec![vec![button]],
            about: None,
            attachment: None,
        };
        let changes = Changes {
            handled: Some(incoming.id.clone()),
            outgoing: vec![answer],
            at: incoming.at,
            ..Changes::default()
        };
        match self.store.commit(changes).await {
            Ok(()) | Err(CommitError::AlreadyHandled) => Ok(None),
            Err(CommitError::Store(cause)) => Err(cause.into()),
            Err(CommitError::Conflict) => Err(HandleError::Contended),
        }
    }
}
