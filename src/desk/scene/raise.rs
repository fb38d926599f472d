//! From the wish for a person to a ticket with a name and a deadline. What the company does afterwards is `reception`'s.

use super::Scene;
use crate::desk::case::Case;
use crate::desk::dialogue::{Pending, Turn};
use crate::desk::questions::Reason;
use crate::desk::reply::{CommissionerRecord, Status};
use crate::desk::service::HandleError;
use crate::desk::wording::{self, opening, ticket as ticket_wording};
use crate::domain::calendar::china_time;
use crate::domain::commissioner::CommissionerId;
use crate::domain::competence;
use crate::domain::dispatch::{Assignment, Request, dispatch, own_commissioner};
use crate::domain::route::tells_what_about;
use crate::domain::text;
use crate::domain::ticket::{Action, Actor, Refusal, Submission, Ticket, TicketKind, TicketNumber};
use crate::domain::topic::TopicId;

/// Names of companies have so many characters.
const MIN_NAME: usize = 2;
const MAX_NAME: usize = 60;

/// How a ticket would be opened.
pub(super) struct Proposal {
    pub(super) kind: TicketKind,
    pub(super) is_anonymous: bool,
    /// An open ticket about the same matter.
    alike: Option<TicketNumber>,
}

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
                self.say(Status::Handoff, opening::what_about().to_owned(), Vec::new());
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
        let open = self.open_tickets().await?;
        if let Some(same) = open.iter().find(|open| text::key(&open.submission.question) == key) {
            return self.on_progress_of(&same.number).await;
        }
        self.keep(turn.number, Reason::PersonWanted, None);
        let alike = open.into_iter().find(|open| is_alike(open, turn)).map(|open| open.number);
        let proposal = Proposal { kind: kind_of(&turn.question), is_anonymous: false, alike };
        self.propose_as(turn, &proposal);
        Ok(())
    }

    pub(super) fn propose_as(&mut self, turn: &Turn, proposal: &Proposal) {
        let kind = proposal.kind;
        let topic = turn.topic.as_deref().and_then(TopicId::parse);
        let company = self.company_name();
        let own = company.as_deref().filter(|_| !proposal.is_anonymous);
        self.name_commissioner_for(topic.as_ref().map(TopicId::category), own);
        let person = self.reply.commissioner.clone();
        let name = person.as_ref().map_or("", |person| person.name.as_str());
        let why = person.as_ref().map(|person| person.why.clone()).unwrap_or_default();
        let title = turn.topic.as_deref().and_then(|topic| self.title_of(topic));
        let attachments: Vec<_> = self.kept_attachments().into_iter().map(|kept| kept.attachment).collect();
        let words = opening::confirm(&opening::Confirmation {
            question: &turn.question,
            title: title.as_deref(),
            kind,
            commissioner: name,
            why: &why,
            company: company.as_deref().filter(|_| !proposal.is_anonymous),
            is_anonymous: proposal.is_anonymous,
            phone: self.dialogue.value.phone.as_deref().filter(|_| !proposal.is_anonymous),
            subdistrict: self.dialogue.value.subdistrict.as_deref(),
            attachments: &attachments,
            alike: proposal.alike.as_ref(),
            lawful_way: competence::outside(&turn.question),
        });
        let offer = opening::Offer {
            kind,
            may_be_anonymous: kind.may_be_anonymous() && !proposal.is_anonymous,
            asks_subdistrict: self.dialogue.value.subdistrict.is_none() && !self.streets().is_empty(),
            asks_company: self.dialogue.value.company.is_none() && !proposal.is_anonymous,
            asks_phone: self.dialogue.value.phone.is_none()
                && !self.dialogue.value.leaves_no_phone
                && !proposal.is_anonymous,
            alike: proposal.alike.as_ref(),
        };
        let buttons = opening::confirm_buttons(turn.number, &offer);
        self.await_confirmation(turn, proposal);
        self.say(Status::Handoff, words, buttons);
    }

    pub(super) fn await_confirmation(&mut self, turn: &Turn, proposal: &Proposal) {
        self.dialogue.value.pending = Some(Pending::Confirm {
            turn: turn.number,
            question: turn.question.clone(),
            topic: turn.topic.clone(),
            answered: turn.answered.clone(),
            ticket_kind: proposal.kind.to_string(),
            is_anonymous: proposal.is_anonymous,
        });
    }

    /// The subdistricts that the roster knows, in order.
    fn streets(&self) -> Vec<String> {
        let streets: std::collections::BTreeSet<_> =
            self.roster.iter().flat_map(|person| person.subdistricts.iter().cloned()).collect();
        streets.into_iter().collect()
    }

    /// The turn that is being proposed, as it was proposed last; says so when its buttons are too old.
    pub(super) fn proposed(&mut self, turn: u32) -> Option<(Turn, Proposal)> {
        let known = self.dialogue.value.turn_numbered(turn).cloned();
        let Some(asked) = known else {
            self.stale();
            return None;
        };
        let mut proposal = Proposal { kind: kind_of(&asked.question), is_anonymous: false, alike: None };
        if let Some(
            Pending::Confirm { turn: awaited, ticket_kind, is_anonymous, .. }
            | Pending::Company { turn: awaited, ticket_kind, is_anonymous }
            | Pending::Phone { turn: awaited, ticket_kind, is_anonymous },
        ) = &self.dialogue.value.pending
            && *awaited == turn
        {
            proposal.kind = ticket_kind.parse().unwrap_or(proposal.kind);
            proposal.is_anonymous = *is_anonymous;
        }
        Some((asked, proposal))
    }

    /// Shows the subdistricts to choose from.
    pub(super) fn on_subdistricts(&mut self, turn: u32) {
        let buttons = opening::street_buttons(turn, &self.streets());
        self.say(Status::Handoff, opening::which_street().to_owned(), buttons);
    }

    /// The company's subdistrict: remembered, and the choice of the commissioner shown anew.
    pub(super) fn on_subdistrict(&mut self, turn: u32, street: usize) {
        let Some(street) = self.streets().into_iter().nth(street) else {
            self.stale();
            return;
        };
        let Some((asked, proposal)) = self.proposed(turn) else { return };
        self.dialogue.value.subdistrict = Some(street);
        self.propose_as(&asked, &proposal);
    }

    /// The company does not want to be named, where the kind allows it.
    pub(super) fn on_anonymous(&mut self, turn: u32) {
        let Some((asked, mut proposal)) = self.proposed(turn) else { return };
        proposal.is_anonymous = proposal.kind.may_be_anonymous();
        self.propose_as(&asked, &proposal);
    }

    /// Under which name the company writes: what it said, or what its messenger shows.
    fn company_name(&self) -> Option<String> {
        self.dialogue.value.company.clone().or_else(|| self.incoming.sender.clone())
    }

    /// Asks for the company's name.
    pub(super) fn on_which_company(&mut self, turn: u32) {
        let Some((_, proposal)) = self.proposed(turn) else { return };
        let ticket_kind = proposal.kind.to_string();
        self.dialogue.value.pending = Some(Pending::Company { turn, ticket_kind, is_anonymous: proposal.is_anonymous });
        self.say(Status::Handoff, opening::which_company().to_owned(), Vec::new());
    }

    /// The company's name or credit code has come: remembered, and the choice of the commissioner shown anew.
    pub(super) fn on_company_named(&mut self, turn: u32, kind: &str, is_anonymous: bool, words: &str) {
        let name = words.trim();
        if !(MIN_NAME..=MAX_NAME).contains(&name.chars().count()) || name.contains('\n') {
            self.say(Status::Rejected, opening::bad_company().to_owned(), Vec::new());
            return;
        }
        self.dialogue.value.pending = None;
        self.dialogue.value.company = Some(name.to_owned());
        let Some((asked, mut proposal)) = self.proposed(turn) else { return };
        proposal.kind = kind.parse().unwrap_or(proposal.kind);
        proposal.is_anonymous = is_anonymous;
        self.propose_as(&asked, &proposal);
    }

    /// What was asked belongs to a ticket that is open already: it is added there, and none is opened.
    pub(super) async fn on_join(&mut self, turn: u32, number: &TicketNumber) -> Result<(), HandleError> {
        let Some(asked) = self.dialogue.value.turn_numbered(turn).cloned() else {
            self.stale();
            return Ok(());
        };
        let Some(ticket) = self.ticket_of_company(number).await? else { return Ok(()) };
        if !ticket.state.is_open() {
            self.refuse(Refusal::NotOpen, number);
            return Ok(());
        }
        self.dialogue.value.pending = None;
        self.relay_to_commissioner(&ticket, &asked.question.as_str().into(), false);
        self.pass_on_kept(&ticket);
        Ok(())
    }

    /// Another kind was chosen before confirming.
    pub(super) fn on_kind(&mut self, turn: u32, kind: TicketKind) {
        let Some((asked, mut proposal)) = self.proposed(turn) else { return };
        proposal.kind = kind;
        proposal.is_anonymous &= kind.may_be_anonymous();
        self.propose_as(&asked, &proposal);
    }

    /// The ticket is not opened after all.
    pub(super) fn on_cancel(&mut self, turn: u32) {
        match self.dialogue.value.pending.take() {
            Some(
                Pending::Confirm { turn: awaited, .. }
                | Pending::Company { turn: awaited, .. }
                | Pending::Phone { turn: awaited, .. },
            ) if awaited == turn => {
                self.dialogue.value.attached.clear();
                self.say(Status::Handoff, opening::cancelled(), Vec::new());
            }
            other => {
                self.dialogue.value.pending = other;
                self.stale();
            }
        }
    }

    /// Confirmed: the ticket is opened, dispatched, and both sides are told.
    pub(super) async fn on_confirm(&mut self, turn: u32) -> Result<(), HandleError> {
        // Whoever was asked for more and confirms instead has said enough.
        if let Some(Pending::Company { turn: awaited, .. } | Pending::Phone { turn: awaited, .. }) =
            self.dialogue.value.pending
            && awaited == turn
            && let Some((asked, proposal)) = self.proposed(turn)
        {
            self.await_confirmation(&asked, &proposal);
        }
        match self.dialogue.value.pending.take() {
            Some(Pending::Confirm { turn: awaited, question, topic, answered, ticket_kind, is_anonymous })
                if awaited == turn =>
            {
                let submission = Submission {
                    kind: ticket_kind.parse().unwrap_or(TicketKind::Consultation),
                    question,
                    topic: topic.as_deref().and_then(TopicId::parse),
                    answered,
                    chat: self.incoming.chat.to_string(),
                    company: self.company_name().filter(|_| !is_anonymous),
                    contact: self.dialogue.value.phone.clone().filter(|_| !is_anonymous),
                    is_anonymous,
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
        let Some(case) = Case::submitted(number.clone(), submission, self.now) else {
            self.stale();
            return Ok(());
        };
        let mut ticket = case.ticket.clone();
        self.cases.insert(number.clone(), case);
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
        self.pass_on_kept(&ticket);
        Ok(())
    }

    /// Gives a ticket to somebody, never to one of `exclude`; `None` only when the roster is empty.
    pub(super) fn dispatch(&mut self, ticket: &mut Ticket, exclude: &[CommissionerId]) -> Option<CommissionerId> {
        let Assignment { commissioner, reasons } = self.choose(
            ticket.submission.topic.as_ref().map(TopicId::category),
            ticket.submission.subdistrict.as_deref(),
            ticket.submission.company.as_deref(),
            exclude,
        )?;
        let reasons = reasons.iter().map(wording::reason).collect();
        self.act(ticket, &Action::Dispatch { to: commissioner.clone(), reasons }, &Actor::System).ok()?;
        Some(commissioner)
    }

    /// Who would get a ticket now, without giving it.
    pub(super) fn would_get(&self, ticket: &Ticket, exclude: &[CommissionerId]) -> Option<CommissionerId> {
        let category = ticket.submission.topic.as_ref().map(TopicId::category);
        let (subdistrict, company) = (ticket.submission.subdistrict.as_deref(), ticket.submission.company.as_deref());
        Some(self.choose(category, subdistrict, company, exclude)?.commissioner)
    }

    fn choose(
        &self,
        category: Option<&str>,
        subdistrict: Option<&str>,
        company: Option<&str>,
        exclude: &[CommissionerId],
    ) -> Option<Assignment> {
        let own = company.and_then(|company| own_commissioner(&self.roster, company));
        let request = Request { category, subdistrict, own, exclude };
        dispatch(&self.roster, &self.loads, &request, self.now)
    }

    /// Puts into the reply who would take the case, so that a person with a name is always in sight.
    pub(super) fn name_commissioner(&mut self, category: Option<&str>) {
        let company = self.dialogue.value.company.clone();
        self.name_commissioner_for(category, company.as_deref());
    }

    fn name_commissioner_for(&mut self, category: Option<&str>, company: Option<&str>) {
        let subdistrict = self.dialogue.value.subdistrict.clone();
        self.reply.commissioner =
            self.choose(category, subdistrict.as_deref(), company, &[]).map(|assignment| CommissionerRecord {
                id: assignment.commissioner.to_string(),
                name: self.name_of(Some(&assignment.commissioner)),
                why: assignment.reasons.iter().map(wording::reason).collect(),
            });
    }
}

/// Whether an open ticket is about what was asked in `turn`: the same topic.
fn is_alike(open: &Ticket, turn: &Turn) -> bool {
    turn.topic.is_some() && open.submission.topic.as_ref().map(TopicId::as_str) == turn.topic.as_deref()
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
