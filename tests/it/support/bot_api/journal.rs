//! Everything the bot asked of Telegram, in the order in which it asked.

use std::time::{Duration, Instant};

use serde_json::Value;

/// One request that reached the server with the right token.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Since the server was first started.
    pub(crate) at: Duration,
    /// As the documentation spells it: `sendMessage`, whatever the client's spelling.
    pub(crate) method: String,
    /// The chat it is about, where it is about one.
    pub(crate) chat_id: Option<i64>,
    /// The parameters as one JSON object, whether they came as JSON, as a form or as multipart.
    ///
    /// Uploaded files appear as `{"file_name", "mime_type", "size"}` under their part's name.
    pub(crate) body: Value,
    pub(crate) outcome: Outcome,
}

impl Request {
    /// True when the request had its effect and the client was told so.
    pub(crate) fn succeeded(&self) -> bool {
        matches!(self.outcome, Outcome::Answered { status: 200, .. })
    }
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// It is still being worked on, as a long poll is.
    Pending,
    /// The client got an answer; `description` says why it was refused.
    Answered { status: u16, description: Option<String> },
    /// The server hung up, by order of a [`Fault`](super::Fault).
    Cut,
    /// The client went away, or the server was stopped, before there was an answer.
    Abandoned,
}

/// The requests so far.
pub(super) struct Journal {
    since: Instant,
    requests: Vec<Request>,
}

impl Journal {
    pub(super) fn new() -> Self {
        Self { since: Instant::now(), requests: Vec::new() }
    }

    /// Enters a request and returns the number to close it with.
    pub(super) fn open(&mut self, method: &str, chat_id: Option<i64>, body: Value) -> usize {
        self.requests.push(Request {
            at: self.since.elapsed(),
            method: method.to_owned(),
            chat_id,
            body,
            outcome: Outcome::Pending,
        });
        self.requests.len() - 1
    }

    /// Enters how a request ended. The first word counts: a dropped handler comes after it.
    pub(super) fn close(&mut self, number: usize, outcome: Outcome) {
        let entry = &mut self.requests[number].outcome;
        if *entry == Outcome::Pending {
            *entry = outcome;
        }
    }

    pub(super) fn requests(&self) -> &[Request] {
        &self.requests
    }
}
