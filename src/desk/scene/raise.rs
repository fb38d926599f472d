//! From the wish for a person to a ticket with a name and a deadline; and what the company does with it afterwards.

use super::{Draft, Scene, supervisors};
use crate::desk::changes::{DialogueChange, TicketMessage};
use crate::desk::dialogue::{Pending, Turn};
use crate::desk::message::ChatAddress;
use crate::desk::reply::{CommissionerRecord, Status};
use crate::desk::service::HandleError;
use crate::desk::wording::{self, ticket as ticket_wording};
use crate::domain::calendar::china_time;
use crate::domain::commissioner::CommissionerId;
use crate::domain::dispatch::{Assignment, Request, dispatch};
use crate::domain::route::tells_what_about;
use crate::domain::text;
use crate::domain::ticket::{
    Action, Actor, Event, REWORKS_UNSUPERVISED, Rating, Submission, Ticket, TicketKind, TicketNumber,
};
use crate::domain::topic::TopicId;

impl Scene<'_> {
    /// A person is wanted, in words.
    pub(super) async fn on_human(&mut self, words: &str) -> Result<(), HandleError> {
        let is_telling = tells_what_about(&text::normalise(words));
        let about = self.dialogue.value.context(self.now).cloned();
        match about {
            Some(turn) if !is_telling => self.propose(&turn).await,
            _ if is_telling => {
                let turn = Turn { question: words.to_owned(), ..Turn::default() };
                let number = self.dialogue.value.remember(turn);
                self.on_human_about(number).await
            }
            _ => {
                self.dialogue.value.pending = Some(Pending::Question);
                self.name_commissioner(None);
                self.say(Status::Handoff, ticket_wording::what_about().to_owned(), Vec::new());
                Ok(())
            }
        }
    }

    /// A person is wanted about a turn: the button below an answer, a question back or a refusal.
    pub(super) async fn on_human_about(&mut self, turn: u32) -> Result<(), HandleError> {
        match self.dialogue.value.turn_numbered(turn).cloned() {
            Some(turn) => self.propose(&turn).await,
            None => Box::pin(self.on_human("")).await,
        }
    }

    /// Shows what will be sent to whom; nothing is opened before it is confirmed.
    async fn propose(&mut self, turn: &Turn) -> Result<(), HandleError> {
        let key = text::key(&turn.question);
        let same = self.open_tickets().await?.into_iter().find(|open| text::key(&open.submission.question) == key);
        if let Some(open) = same {
            return self.on_progress_of(&open.number).await;
        }
        self.propose_as(turn, kind_of(&turn.question));
        Ok(())
    }

    fn propose_as(&mut self, turn: &Turn, kind: TicketKind) {
        let topic = turn.topic.as_deref().and_then(TopicId::parse);
        self.name_commissioner(topic.as_ref().map(TopicId::category));
        let person = self.reply.commissioner.clone();
        let name = person.as_ref().map_or("", |person| person.name.as_str());
        let why = person.as_ref().map(|person| person.why.clone()).unwrap_or_default();
        let title = turn.topic.as_deref().and_then(|topic| self.title_of(topic));
        let words = ticket_wording::confirm(&turn.question, title.as_deref(), kind, name, &why);
        self.dialogue.value.pending = Some(Pending::Confirm {
            turn: turn.number,
            question: turn.question.clone(),
            topic: turn.topic.clone(),
            answered: turn.answered.clone(),
            ticket_kind: kind.to_string(),
        });
        self.say(Status::Handoff, words, ticket_wording::confirm_buttons(turn.number, kind));
    }

    /// Another kind was chosen before confirming.
    pub(super) fn on_kind(&mut self, turn: u32, kind: TicketKind) {
        let Some(turn) = self.dialogue.value.turn_numbered(turn).cloned() else {
            self.stale();
            return;
        };
        self.propose_as(&turn, kind);
    }

    /// The ticket is not opened after all.
    pub(super) fn on_cancel(&mut self, turn: u32) {
        match self.dialogue.value.pending.take() {
            Some(Pending::Confirm { turn: awaited, .. }) if awaited == turn => {
                self.say(Status::Handoff, ticket_wording::cancelled(), Vec::new());
            }
            other => {
                self.dialogue.value.pending = other;
                self.stale();
            }
        }
    }

    /// Confirmed: the ticket is opened, dispatched, and both sides are told.
    pub(super) async fn on_confirm(&mut self, turn: u32) -> Result<(), HandleError> {
        match self.dialogue.value.pending.take() {
            Some(Pending::Confirm { turn: awaited, question, topic, answered, ticket_kind }) if awaited == turn => {
                let submission = Submission {
                    kind: ticket_kind.parse().unwrap_or(TicketKind::Consultation),
                    question,
                    topic: topic.as_deref().and_then(TopicId::parse),
                    answered,
                    chat: self.incoming.chat.to_string(),
                    company: self.incoming.sender.clone(),
                    subdistrict: self.dialogue.value.subdistrict.clone(),
                };
                self.open_ticket(submission).await
            }
            other => {
                self.dialogue.value.pending = other;
                self.stale();
                Ok(())
            }
        }
    }

    async fn open_ticket(&mut self, submission: Submission) -> Result<(), HandleError> {
        let day = china_time(self.now).date();
        let number = TicketNumber::new(day, self.desk.store.next_ticket_sequence(day).await?);
        let submitted = Event::submitted(number.clone(), submission, self.now);
        let Some(mut ticket) = Ticket::replay([&submitted]) else {
            self.stale();
            return Ok(());
        };
        let draft = Draft { ticket: ticket.clone(), version: 0, events: vec![submitted] };
        self.drafts.insert(number.clone(), draft);
        let title = ticket.submission.topic.as_ref().and_then(|topic| self.title_of(topic.as_str()));
        let assigned = self.dispatch(&mut ticket, &[]);
        let next = self.next_deadline(&ticket);
        let name = self.name_of(assigned.as_ref());
        self.dialogue.value.unsolved = 0;
        self.reply.commissioner = assigned.as_ref().map(|id| CommissionerRecord {
            id: id.to_string(),
            name: name.clone(),
            why: ticket.reasons.clone(),
        });
        let words = ticket_wording::opened(&ticket, &name, next, &self.desk.calendar, self.now);
        self.say_about(Status::Handoff, words, ticket_wording::company_buttons(&number), Some(&number));
        if let Some(id) = assigned {
            let words = ticket_wording::assigned(&ticket, title.as_deref(), next, self.now);
            let to = self.reach(&id);
            self.tell(to, words, ticket_wording::assigned_buttons(&number), Some(&number));
        }
        Ok(())
    }

    /// Gives a ticket to somebody, never to one of `exclude`; `None` only when the roster is empty.
    pub(super) fn dispatch(&mut self, ticket: &mut Ticket, exclude: &[CommissionerId]) -> Option<CommissionerId> {
        let Assignment { commissioner, reasons } = self.choose(
            ticket.submission.topic.as_ref().map(TopicId::category),
            ticket.submission.subdistrict.as_deref(),
            exclude,
        )?;
        let reasons = reasons.iter().map(wording::reason).collect();
        self.act(ticket, &Action::Dispatch { to: commissioner.clone(), reasons }, &Actor::System).ok()?;
        Some(commissioner)
    }

    fn choose(
        &self,
        category: Option<&str>,
        subdistrict: Option<&str>,
        exclude: &[CommissionerId],
    ) -> Option<Assignment> {
        let request = Request { category, subdistrict, own: None, exclude };
        dispatch(&self.roster, &self.loads, &request, self.now)
    }

    /// Puts into the reply who would take the case, so that a person with a name is always in sight.
    pub(super) fn name_commissioner(&mut self, category: Option<&str>) {
        let subdistrict = self.dialogue.value.subdistrict.clone();
        self.reply.commissioner =
            self.choose(category, subdistrict.as_deref(), &[]).map(|assignment| CommissionerRecord {
                id: assignment.commissioner.to_string(),
                name: self.name_of(Some(&assignment.commissioner)),
                why: assignment.reasons.iter().map(wording::reason).collect(),
            });
    }

    /// The company's words go to the commissioner; when `is_direct`, the assistant keeps silent.
    pub(super) fn relay_to_commissioner(&mut self, ticket: &Ticket, words: &str, is_direct: bool) {
        let Some(holder) = ticket.assignee.clone() else {
            self.stale();
            return;
        };
        let to = self.reach(&holder);
        let buttons = if ticket.state.is_in_hand() {
            ticket_wording::in_hand_buttons(&ticket.number)
        } else {
            ticket_wording::assigned_buttons(&ticket.number)
        };
        self.tell(to, ticket_wording::from_company(ticket, words), buttons, Some(&ticket.number));
        self.said.push(TicketMessage {
            ticket: ticket.number.clone(),
            at: self.now,
            from: Actor::Company,
            text: words.to_owned(),
        });
        self.reply.ticket = Some(ticket.number.to_string());
        self.reply.status = Status::Handoff;
        if is_direct {
            self.is_silent = true;
        } else {
            let words = ticket_wording::passed_on_to_commissioner(ticket, &self.name_of(Some(&holder)));
            self.say_about(Status::Handoff, words, Vec::new(), Some(&ticket.number));
        }
    }

    /// How the company found it.
    pub(super) async fn on_rate(&mut self, number: &TicketNumber, rating: Rating) -> Result<(), HandleError> {
        let Some(mut ticket) = self.ticket_of_company(number).await? else { return Ok(()) };
        if let Err(refusal) = self.act(&mut ticket, &Action::Rate(rating), &Actor::Company) {
            self.refuse(refusal, number);
            return Ok(());
        }
        if ticket.state.is_open() {
            self.rework(&mut ticket, rating);
            return Ok(());
        }
        if let Some(holder) = ticket.assignee.clone() {
            let to = self.reach(&holder);
            self.tell(to, ticket_wording::rated(&ticket, rating), Vec::new(), Some(number));
        }
        let words = ticket_wording::rated_for_company(&ticket, rating);
        self.say_about(Status::Progress, words, Vec::new(), Some(number));
        Ok(())
    }

    /// Reopened by a bad rating: the first time by itself, then under a supervisor.
    fn rework(&mut self, ticket: &mut Ticket, rating: Rating) {
        let supervisor = (ticket.reworks > REWORKS_UNSUPERVISED).then(|| self.supervisor()).flatten();
        let is_supervised = supervisor.is_some();
        let former = ticket.assignee.clone().filter(|_| is_supervised);
        if let Some(to) = supervisor {
            let reason = ticket_wording::supervised_rework(ticket.reworks);
            let escalation = Action::Escalate { to, reason };
            if let Err(refusal) = self.act(ticket, &escalation, &Actor::System) {
                tracing::error!(ticket.number = %ticket.number, %refusal, "a reworked ticket could not be escalated");
            }
        }
        let next = self.next_deadline(ticket);
        let number = ticket.number.clone();
        let holder = ticket.assignee.clone();
        if let Some(former) = &former {
            let words = ticket_wording::taken_over(ticket, rating, &self.name_of(holder.as_ref()));
            let to = self.reach(former);
            self.tell(to, words, Vec::new(), Some(&number));
        }
        if let Some(holder) = &holder {
            let mut words = ticket_wording::reworked(ticket, rating, next, self.now);
            if is_supervised {
                let title = ticket.submission.topic.as_ref().and_then(|topic| self.title_of(topic.as_str()));
                words = format!("{words}\n\n{}", ticket_wording::assigned(ticket, title.as_deref(), None, self.now));
            }
            let to = self.reach(holder);
            self.tell(to, words, ticket_wording::assigned_buttons(&number), Some(&number));
        }
        let name = self.name_of(holder.as_ref());
        let words = ticket_wording::reworked_for_company(ticket, rating, &name, is_supervised, next, self.now);
        self.say_about(Status::Progress, words, ticket_wording::company_buttons(&number), Some(&number));
    }

    /// The first supervisor on duty; failing that, the first one.
    fn supervisor(&self) -> Option<CommissionerId> {
        let on_duty = supervisors(&self.roster).find(|person| person.is_on_duty(self.now));
        on_duty.or_else(|| supervisors(&self.roster).next()).map(|person| person.id.clone())
    }

    /// The company urges.
    pub(super) async fn on_urge(&mut self, number: &TicketNumber) -> Result<(), HandleError> {
        let Some(mut ticket) = self.ticket_of_company(number).await? else { return Ok(()) };
        if let Err(refusal) = self.act(&mut ticket, &Action::Urge, &Actor::Company) {
            self.refuse(refusal, number);
            return Ok(());
        }
        let holder = ticket.assignee.clone();
        if let Some(holder) = &holder {
            let words = ticket_wording::urged(&ticket, self.next_deadline(&ticket), self.now);
            let to = self.reach(holder);
            self.tell(to, words, ticket_wording::assigned_buttons(number), Some(number));
        }
        let words = ticket_wording::urged_for_company(&ticket, &self.name_of(holder.as_ref()));
        self.say_about(Status::Progress, words, Vec::new(), Some(number));
        Ok(())
    }

    /// The company takes it back.
    pub(super) async fn on_withdraw(&mut self, number: &TicketNumber) -> Result<(), HandleError> {
        let Some(mut ticket) = self.ticket_of_company(number).await? else { return Ok(()) };
        if let Err(refusal) = self.act(&mut ticket, &Action::Withdraw, &Actor::Company) {
            self.refuse(refusal, number);
            return Ok(());
        }
        if let Some(holder) = ticket.assignee.clone() {
            let to = self.reach(&holder);
            self.tell(to, ticket_wording::withdrawn(&ticket), Vec::new(), Some(number));
        }
        self.dialogue.value.start_afresh();
        self.say_about(Status::Progress, ticket_wording::withdrawn_for_company(&ticket), Vec::new(), Some(number));
        Ok(())
    }

    /// A ticket that was raised in this conversation; says so when there is none.
    async fn ticket_of_company(&mut self, number: &TicketNumber) -> Result<Option<Ticket>, HandleError> {
        let chat = self.incoming.chat.to_string();
        let ticket = self.ticket(number).await?.filter(|ticket| ticket.submission.chat == chat);
        if ticket.is_none() {
            self.say(Status::Rejected, ticket_wording::no_such_ticket(number), Vec::new());
        }
        Ok(ticket)
    }

    /// After closing, the company's next question starts with a fresh context.
    pub(super) async fn start_company_afresh(&mut self, ticket: &Ticket) -> Result<(), HandleError> {
        let Ok(chat) = ticket.submission.chat.parse::<ChatAddress>() else { return Ok(()) };
        if chat == self.incoming.chat {
            self.dialogue.value.start_afresh();
            return Ok(());
        }
        let mut read = self.desk.store.dialogue(&chat).await?;
        read.value.start_afresh();
        self.other_dialogues.push(DialogueChange { chat, dialogue: read.value, version: read.version });
        Ok(())
    }
}

/// What a company wants, by its own words; it can be changed before confirming.
fn kind_of(question: &str) -> TicketKind {
    let has = |words: &[&str]| words.iter().any(|word| question.contains(word));
    if has(&["举报"]) {
        TicketKind::Report
    } else if has(&["投诉", "乱收费", "推诿", "踢皮球", "态度差", "刁难"]) {
        TicketKind::Complaint
    } else if has(&["建议"]) {
        TicketKind::Suggestion
    } else if has(&["求助", "帮忙解决", "卡住了", "办不下来", "帮我协调", "协调一下"]) {
        TicketKind::Assistance
    } else {
        TicketKind::Consultation
    }
}
