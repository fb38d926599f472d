//! The desk itself: takes what comes in, decides, commits, and tries again when somebody was faster.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::Date;
use tracing::Instrument;

use super::changes::Changes;
use super::knowledge::Shelf;
use super::message::{Body, Channel, ChatAddress, Incoming};
use super::ports::{Clock, CommitError, RetrieveError, Store, StoreError, Versioned};
use super::questions::Verdict;
use super::reply::{Reply, Status};
use super::scene::{Decided, Scene};
use crate::domain::calendar::{Calendar, china_time};
use crate::domain::sla::{Promises, Rules};

/// How often a decision is made anew when somebody else changed the same things meanwhile.
const ATTEMPTS: u32 = 5;

/// Why a message could not be handled; it is still in the inbox.
#[derive(Debug, thiserror::Error)]
pub enum HandleError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The index failed.
    #[error(transparent)]
    Retrieve(#[from] RetrieveError),
    /// The same things kept changing.
    #[error("gave up after {ATTEMPTS} attempts: the state kept changing")]
    Contended,
}

/// A question from a program: `ask` and `POST /api/v1/ask`.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// The message.
    pub text: String,
    /// The conversation it belongs to; none for a single turn that is not remembered.
    pub session: Option<ChatAddress>,
    /// The day on which the answer shall apply; today when absent.
    pub as_of: Option<Date>,
    /// A trial, such as a list of test questions: nothing is kept of it to learn from.
    pub is_trial: bool,
}

/// The use cases over the ports.
pub struct Desk {
    pub(super) store: Arc<dyn Store>,
    pub(super) shelf: Arc<Shelf>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) calendar: Calendar,
    pub(super) promises: Promises,
    pub(super) group: Option<String>,
}

impl Desk {
    /// Puts the desk together.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, shelf: Arc<Shelf>, clock: Arc<dyn Clock>, calendar: Calendar) -> Self {
        let promises = Promises::shandong_2115(&calendar);
        Self { store, shelf, clock, calendar, promises, group: None }
    }

    /// The same desk with a supervisors' group on Telegram, in which every ticket has a thread.
    #[must_use]
    pub fn with_group(self, group: Option<String>) -> Self {
        Self { group, ..self }
    }

    /// The serving edition's shelf.
    #[must_use]
    pub fn shelf(&self) -> &Arc<Shelf> {
        &self.shelf
    }

    pub(super) fn rules(&self) -> Rules<'_> {
        Rules { calendar: &self.calendar, promises: self.promises }
    }

    /// Handles one message that is stored in the inbox: everything it leads to is committed, answers included, or nothing.
    ///
    /// Handling the same message again is harmless. The reply is for adapters that show it at once; the same text stands in
    /// the outbox of the conversation. `None` when the message had been handled before, or when the desk keeps silent.
    ///
    /// # Errors
    ///
    /// Returns [`HandleError`]; the message stays unhandled.
    pub async fn handle(&self, incoming: &Incoming) -> Result<Option<Reply>, HandleError> {
        let channel: &'static str = incoming.chat.channel.into();
        // Whatever is logged on the way carries the reference that people are told, too.
        let span = tracing::info_span!("turn", reference = incoming.reference(), channel);
        async {
            let started = Instant::now();
            let handled = self.turn(incoming, None, |_| ()).await;
            let elapsed = started.elapsed();
            metrics::histogram!("zhengqitong_turn_duration_seconds", "channel" => channel).record(elapsed);
            if let Ok(reply) = &handled {
                report(reply.as_ref(), elapsed);
            }
            handled
        }
        .instrument(span)
        .await
    }

    /// Answers a program's question. With a session the conversation is remembered; what is said to it is returned, not sent.
    ///
    /// # Errors
    ///
    /// Returns [`HandleError`] when the store or the index fails.
    pub async fn ask(&self, question: &Question) -> Result<Reply, HandleError> {
        let started = Instant::now();
        let at = self.clock.now();
        let chat = question.session.clone().unwrap_or_else(|| ChatAddress::new(Channel::Terminal, ""));
        let incoming = Incoming {
            id: String::new(),
            chat: chat.clone(),
            sender: None,
            at,
            body: Body::Text(question.text.clone()),
            reply_to: None,
            thread: None,
        };
        let reply = if question.session.is_some() {
            let returned = |changes: &mut Changes| {
                changes.handled = None;
                changes.outgoing.retain(|message| message.to != chat);
                if question.is_trial {
                    changes.questions.clear();
                }
            };
            self.turn(&incoming, question.as_of, returned).await?
        } else {
            let mut scene = Scene::open(self, &incoming, Versioned::default(), question.as_of).await?;
            scene.play().await?;
            let Decided { changes, reply } = scene.close();
            if !question.is_trial {
                self.keep_question(changes).await;
            }
            reply
        };
        let mut reply = reply.unwrap_or_else(|| Reply {
            status: Status::Handoff,
            ..Reply::empty(china_time(at).date(), self.shelf.current().number)
        });
        reply.elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        Ok(reply)
    }

    /// Keeps what a turn without a conversation teaches; the answer does not depend on it.
    async fn keep_question(&self, changes: Changes) {
        let Changes { questions, at, .. } = changes;
        if questions.is_empty() {
            return;
        }
        if let Err(cause) = self.store.commit(Changes { questions, at, ..Changes::default() }).await {
            tracing::error!(error = %cause, "a question could not be kept to learn from");
        }
    }

    /// Decides and commits, anew when somebody was faster; `adjust` sees the changes before they are committed.
    async fn turn(
        &self,
        incoming: &Incoming,
        as_of: Option<Date>,
        adjust: impl Fn(&mut Changes),
    ) -> Result<Option<Reply>, HandleError> {
        for _ in 0..ATTEMPTS {
            let dialogue = self.store.dialogue(&incoming.chat).await?;
            let mut scene = Scene::open(self, incoming, dialogue, as_of).await?;
            scene.play().await?;
            let Decided { mut changes, reply } = scene.close();
            adjust(&mut changes);
            let verdicts: Vec<_> = changes.feedback.iter().map(|feedback| feedback.verdict).collect();
            match self.store.commit(changes).await {
                Ok(()) => {
                    count_feedback(&verdicts);
                    return Ok(reply);
                }
                Err(CommitError::AlreadyHandled) => return Ok(None),
                Err(CommitError::Conflict) => {}
                Err(CommitError::Store(cause)) => return Err(cause.into()),
            }
        }
        Err(HandleError::Contended)
    }
}

/// One line a turn: what became of it, never what was said.
fn report(reply: Option<&Reply>, elapsed: Duration) {
    let status: &'static str = reply.map_or("silent", |reply| reply.status.into());
    let topic = reply.and_then(|reply| reply.topic.as_deref());
    let ticket = reply.and_then(|reply| reply.ticket.as_deref());
    tracing::info!(status, topic, ticket, elapsed_us = elapsed.as_micros(), "handled");
}

/// Counts what was thought of answers; a changed mind counts again.
fn count_feedback(verdicts: &[Verdict]) {
    for verdict in verdicts {
        let kind: &'static str = verdict.into();
        metrics::counter!("zhengqitong_feedback_total", "kind" => kind).increment(1);
    }
}
