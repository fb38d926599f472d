//! One message from one person: what is known, what is decided, what is said.
//!
//! A [`Scene`] reads the state once, lets the handlers decide, and closes into [`Changes`]. Handlers live beside it:
//! `company` (ask, ask on, choose), `several` (several questions at once), `progress` (follow tickets), `raise` (open and
//! dispatch tickets), `prepare` (what goes with them), `relay` (what goes from one side to the other), `learn` (what is kept to learn from), `reception` (urge,
//! take back, rate, reopen), `work` (what commissioners do), `hand_on` (transfer, return, wait, extend, join), `leave` (away
//! and back), `supervise`, `hand_over` (all of somebody's tickets), `figures`, `thread` (in the supervisors' group).

mod buttons;
mod company;
mod figures;
mod hand_on;
mod hand_over;
mod learn;
mod leave;
mod prepare;
mod progress;
mod raise;
mod reception;
mod relay;
mod several;
mod supervise;
mod thread;
mod work;

pub(super) use company::INVITE_LINK;
pub(super) use work::invitation_hash;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::case::Case;
use super::changes::{AuditEntry, Changes, DialogueChange, LeaveChange, ReachChange, TicketMessage};
use super::command::Command;
use super::dialogue::{Dialogue, Pending};
use super::knowledge::Edition;
use super::message::{Body, Button, Channel, ChatAddress, Incoming, Outgoing, Words};
use super::ports::Versioned;
use super::press::Press;
use super::questions::{FeedbackChange, QuestionChange};
use super::reply::{Reply, Status};
use super::service::{Desk, HandleError};
use super::threads::TicketThread;
use super::wording::{self, talk, ticket as ticket_wording};
use crate::domain::calendar::china_time;
use crate::domain::commissioner::{Commissioner, CommissionerId, Role};
use crate::domain::dispatch::Loads;
use crate::domain::sla::{Clock, Deadline};
use crate::domain::ticket::{Action, Actor, Refusal, Ticket, TicketNumber};

/// While a person has the case, the assistant answers for this long after the company asked it to.
pub(super) const ASKING_LASTS: SignedDuration = SignedDuration::from_mins(15);

/// What a message came to.
pub(super) struct Decided {
    pub(super) changes: Changes,
    pub(super) reply: Option<Reply>,
}

/// One message and everything it touches.
pub(super) struct Scene<'a> {
    desk: &'a Desk,
    incoming: &'a Incoming,
    /// The ticket's thread in which all this is said, instead of the writer's own conversation.
    thread: Option<TicketThread>,
    now: Timestamp,
    as_of: Date,
    edition: Arc<Edition>,
    roster: Vec<Commissioner>,
    loads: Loads,
    me: Option<CommissionerId>,
    dialogue: Versioned<Dialogue>,
    other_dialogues: Vec<DialogueChange>,
    cases: BTreeMap<TicketNumber, Case>,
    leaves: Vec<LeaveChange>,
    reaches: Vec<ReachChange>,
    audit: Vec<AuditEntry>,
    said: Vec<TicketMessage>,
    outgoing: Vec<Outgoing>,
    questions: Vec<QuestionChange>,
    feedback: Vec<FeedbackChange>,
    reply: Reply,
    is_silent: bool,
    /// A question that was asked before is asked in corrected words.
    is_corrected: bool,
}

impl<'a> Scene<'a> {
    /// Reads the state; `as_of` is the day on which answers shall apply, today when absent.
    pub(super) async fn open(
        desk: &'a Desk,
        incoming: &'a Incoming,
        dialogue: Versioned<Dialogue>,
        as_of: Option<Date>,
    ) -> Result<Self, HandleError> {
        let now = desk.clock.now();
        let edition = desk.shelf.current();
        let mut roster = desk.store.roster().await?;
        let loads = desk.store.loads().await?;
        let mut reaches = Vec::new();
        let me = roster.iter_mut().find(|person| address_of(person) == incoming.chat).map(|person| {
            // Who writes is reached again.
            if incoming.thread.is_none() && person.unreachable_since.take().is_some() {
                reaches.push(ReachChange { commissioner: person.id.clone(), unreachable_since: None });
            }
            person.id.clone()
        });
        let as_of = as_of.unwrap_or_else(|| china_time(now).date());
        let reply = Reply::empty(as_of, edition.number);
        let thread = match &incoming.thread {
            Some(place) => desk.store.behind_thread(place).await?.as_ref().and_then(TicketThread::of),
            None => None,
        };
        Ok(Self {
            desk,
            incoming,
            thread,
            now,
            as_of,
            edition,
            roster,
            loads,
            me,
            dialogue,
            other_dialogues: Vec::new(),
            cases: BTreeMap::new(),
            leaves: Vec::new(),
            reaches,
            audit: Vec::new(),
            said: Vec::new(),
            outgoing: Vec::new(),
            questions: Vec::new(),
            feedback: Vec::new(),
            reply,
            is_silent: false,
            is_corrected: false,
        })
    }

    /// Lets the right handler decide.
    pub(super) async fn play(&mut self) -> Result<(), HandleError> {
        if self.incoming.thread.is_some() {
            return self.play_in_thread().await;
        }
        match &self.incoming.body {
            Body::Press(data) => {
                let Some(press) = Press::decode(data) else {
                    self.stale();
                    return Ok(());
                };
                self.on_press(&press).await
            }
            Body::Unsupported(what) => {
                self.say(Status::Rejected, talk::unsupported(what), Vec::new());
                Ok(())
            }
            Body::TooLarge(what) => {
                self.say(Status::Rejected, talk::too_large(what), Vec::new());
                Ok(())
            }
            Body::Attached { attachment, caption } => {
                let attachment = Some(attachment.clone());
                self.on_passed(&Words { text: caption.clone(), attachment, is_correction: false }).await
            }
            Body::Corrected { words, attachment } => {
                let (text, attachment) = (words.clone(), attachment.clone());
                self.on_passed(&Words { text, attachment, is_correction: true }).await
            }
            Body::Text(words) => self.on_text(words).await,
        }
    }

    async fn on_text(&mut self, words: &str) -> Result<(), HandleError> {
        if let Some((command, argument)) = Command::parse(words) {
            return self.on_command(command, argument).await;
        }
        if let Some(number) = self.ticket_replied_to().await? {
            return self.on_ticket_words(&number, &words.into()).await;
        }
        if let Some(press) = self.typed_button(words).await? {
            return self.on_press(&press).await;
        }
        match self.dialogue.value.pending.clone() {
            Some(Pending::Question) => return self.on_awaited_question(words).await,
            Some(Pending::Words { purpose, ticket }) => return self.on_awaited_words(purpose, &ticket, words).await,
            Some(Pending::Comment { ticket }) => return self.on_comment_words(&ticket, words).await,
            Some(Pending::LeaveUntil) => return self.on_leave_until(words).await,
            Some(Pending::Company { turn, ticket_kind, is_anonymous }) => {
                self.on_company_named(turn, &ticket_kind, is_anonymous, words);
                return Ok(());
            }
            Some(Pending::Phone { turn, .. }) => return self.on_phone_told(turn, words).await,
            // Their buttons stay good while the conversation goes on.
            Some(Pending::Confirm { .. } | Pending::WhichTicket { .. }) | None => {}
        }
        if self.me.is_some() && self.asks_which_ticket(&words.into()).await? {
            return Ok(());
        }
        self.on_company_words(words).await
    }

    async fn on_command(&mut self, command: Command, argument: &str) -> Result<(), HandleError> {
        match command {
            Command::Start => self.on_start(argument).await,
            Command::Help => {
                self.say(Status::Smalltalk, talk::help(), Vec::new());
                Ok(())
            }
            Command::Human => self.on_human("").await,
            Command::Progress => self.on_progress().await,
            Command::Leave => self.on_leave(argument).await,
            Command::Back => self.on_back().await,
            Command::Supervise => self.on_supervise().await,
            Command::Handover => self.on_hand_over(argument).await,
            Command::Figures => self.on_figures(argument).await,
            Command::New => {
                self.dialogue.value.start_afresh();
                self.dialogue.value.asking_until = Some(self.now + ASKING_LASTS);
                self.say(Status::Smalltalk, talk::afresh().to_owned(), Vec::new());
                Ok(())
            }
        }
    }

    /// Says something to the person who wrote.
    fn say(&mut self, status: Status, words: String, buttons: Vec<Vec<Button>>) {
        self.say_about(status, words, buttons, None);
    }

    fn say_about(&mut self, status: Status, words: String, buttons: Vec<Vec<Button>>, about: Option<&TicketNumber>) {
        if self.thread.is_none() {
            self.dialogue.value.offered = buttons.iter().flatten().cloned().collect();
        }
        let words = match &self.reply.understood_as {
            Some(read_as) if matches!(status, Status::Answer | Status::Clarify | Status::Decline) => {
                wording::answer::read_as(read_as, &words)
            }
            _ => words,
        };
        let words = match status {
            Status::Answer | Status::Clarify | Status::Decline if self.is_corrected => {
                wording::answer::to_corrected(&words)
            }
            _ => words,
        };
        self.reply.status = status;
        self.reply.text = Some(words.clone());
        self.reply.buttons.clone_from(&buttons);
        if let Some(number) = about {
            self.reply.ticket = Some(number.to_string());
        }
        match self.thread.clone() {
            None => self.tell(self.incoming.chat.clone(), words, buttons, about),
            Some(thread) => {
                let names: Vec<_> = self.me.iter().map(|me| self.name_of(Some(me))).collect();
                let words = wording::thread::to(&names, &words);
                self.tell(thread.address(), words, buttons, about.or(Some(&thread.ticket)));
            }
        }
    }

    /// Tells somebody something.
    fn tell(&mut self, to: ChatAddress, words: String, buttons: Vec<Vec<Button>>, about: Option<&TicketNumber>) {
        self.outgoing.push(Outgoing { to, text: words, buttons, about: about.cloned(), attachment: None });
    }

    fn stale(&mut self) {
        self.say(Status::Rejected, talk::stale_button().to_owned(), Vec::new());
    }

    fn refuse(&mut self, refusal: Refusal, number: &TicketNumber) {
        self.reply.reason = Some(refusal.to_string());
        self.say_about(Status::Rejected, ticket_wording::refusal(refusal, number), Vec::new(), Some(number));
    }

    fn commissioner(&self, id: &CommissionerId) -> Option<&Commissioner> {
        self.roster.iter().find(|person| person.id == *id)
    }

    /// The name people are told; the id when the person has left the roster.
    fn name_of(&self, id: Option<&CommissionerId>) -> String {
        id.map_or_else(String::new, |id| {
            self.commissioner(id).map_or_else(|| id.to_string(), |person| person.name.clone())
        })
    }

    /// Where a commissioner is reached.
    fn reach(&self, id: &CommissionerId) -> ChatAddress {
        self.commissioner(id).map_or_else(|| ChatAddress::new(Channel::Desk, id.as_str()), address_of)
    }

    /// The ticket as it stands with what has been decided so far.
    async fn ticket(&mut self, number: &TicketNumber) -> Result<Option<Ticket>, HandleError> {
        if let Some(case) = self.cases.get(number) {
            return Ok(Some(case.ticket.clone()));
        }
        Ok(self.desk.store.ticket(number).await?)
    }

    /// Does something with a ticket, or says why it cannot be done.
    fn act(&mut self, ticket: &mut Ticket, action: &Action, actor: &Actor) -> Result<(), Refusal> {
        let case = self.cases.entry(ticket.number.clone()).or_insert_with(|| Case::of(ticket.clone()));
        case.act(action, actor, self.now, &self.desk.rules())?;
        ticket.clone_from(&case.ticket);
        Ok(())
    }

    fn next_deadline(&self, ticket: &Ticket) -> Option<(Clock, Deadline)> {
        ticket.next_deadline(&self.desk.rules())
    }

    fn title_of(&self, topic: &str) -> Option<String> {
        let id = crate::domain::topic::TopicId::parse(topic)?;
        Some(self.edition.base.topics.get(&id)?.title.clone())
    }

    /// Everything that was decided, to be committed at once.
    pub(super) fn close(mut self) -> Decided {
        self.dialogue.value.last_at = Some(self.now);
        let rules = self.desk.rules();
        let tickets = self.cases.into_values().filter_map(|case| case.into_change(&rules)).collect();
        let mut dialogues = self.other_dialogues;
        dialogues.push(DialogueChange {
            chat: self.incoming.chat.clone(),
            dialogue: self.dialogue.value,
            version: self.dialogue.version,
        });
        let mut changes = Changes {
            handled: Some(self.incoming.id.clone()),
            dialogues,
            tickets,
            ticket_messages: self.said,
            outgoing: self.outgoing,
            leaves: self.leaves,
            reaches: self.reaches,
            looked_into: Vec::new(),
            questions: self.questions,
            feedback: self.feedback,
            audit: self.audit,
            expiry_warnings: Vec::new(),
            figures_sent: Vec::new(),
            at: self.now,
        };
        self.desk.copy_to_threads(&mut changes, &self.roster, self.thread.as_ref());
        Decided { changes, reply: (!self.is_silent).then_some(self.reply) }
    }
}

/// Where a member of the roster is reached: Telegram where bound, otherwise their desk.
pub(super) fn address_of(person: &Commissioner) -> ChatAddress {
    match person.telegram_id {
        Some(id) => ChatAddress::new(Channel::Telegram, id.to_string()),
        None => ChatAddress::new(Channel::Desk, person.id.as_str()),
    }
}

/// Everybody who supervises.
pub(super) fn supervisors(roster: &[Commissioner]) -> impl Iterator<Item = &Commissioner> {
    roster.iter().filter(|person| person.role == Role::Supervisor)
}
