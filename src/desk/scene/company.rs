//! What companies do: ask, ask on, choose, follow their tickets.

use super::{ASKING_LASTS, Scene};
use crate::desk::dialogue::{Dialogue, Turn};
use crate::desk::ports::TicketFilter;
use crate::desk::reply::{CandidateRecord, CitationRecord, Status};
use crate::desk::service::HandleError;
use crate::desk::understand::{Meaning, read, understand};
use crate::desk::wording::{answer as wording, excerpt, talk, ticket as ticket_wording};
use crate::domain::answer::Candidate;
use crate::domain::route::SmallTalk;
use crate::domain::ticket::{Ticket, TicketNumber};
use crate::domain::topic::{Citation, Facet, Standing, TopicId, Validity};

/// After this many turns in a row without an answer, the commissioner is offered by name.
const UNSOLVED_BEFORE_OFFER: u32 = 2;

/// Deep links may carry a question's topic: `/start topic_<category>_<slug>`.
const TOPIC_LINK: &str = "topic_";

/// Deep links by which commissioners bind their account: `/start invite_<code>`.
pub(in crate::desk) const INVITE_LINK: &str = "invite_";

impl Scene<'_> {
    /// /start, with or without a deep link.
    pub(super) async fn on_start(&mut self, argument: &str) -> Result<(), HandleError> {
        if let Some(code) = argument.strip_prefix(INVITE_LINK) {
            return self.on_invitation(code).await;
        }
        if let Some(topic) =
            argument.strip_prefix(TOPIC_LINK).and_then(|link| TopicId::parse(&link.replacen('_', "/", 1)))
            && let Some(title) = self.title_of(topic.as_str())
        {
            self.answer(&title, &topic, None, 1.0, &[]);
            return Ok(());
        }
        self.dialogue.value.start_afresh();
        self.say(Status::Smalltalk, talk::welcome(), Vec::new());
        Ok(())
    }

    /// Words that belong to no button, ticket or question of ours.
    pub(super) async fn on_company_words(&mut self, words: &str) -> Result<(), HandleError> {
        let in_hand = self.ticket_in_hand().await?;
        if let Some(ticket) = in_hand {
            self.relay_to_commissioner(&ticket, words, true);
            return Ok(());
        }
        self.on_question(words).await
    }

    /// The ticket of this conversation that a person has taken, unless the company is asking the assistant meanwhile.
    async fn ticket_in_hand(&self) -> Result<Option<Ticket>, HandleError> {
        if self.dialogue.value.asking_until.is_some_and(|until| self.now < until) {
            return Ok(None);
        }
        Ok(self.open_tickets().await?.into_iter().find(|ticket| ticket.state.is_in_hand()))
    }

    /// Open tickets raised in this conversation, newest first.
    pub(super) async fn open_tickets(&self) -> Result<Vec<Ticket>, HandleError> {
        if self.incoming.chat.chat.is_empty() {
            return Ok(Vec::new());
        }
        let filter =
            TicketFilter { chat: Some(self.incoming.chat.to_string()), only_open: true, ..TicketFilter::default() };
        Ok(self.desk.store.tickets(&filter).await?)
    }

    /// A message for the assistant itself.
    pub(super) async fn on_question(&mut self, words: &str) -> Result<(), HandleError> {
        self.reply.understood_as = read(words, &self.edition).understood_as();
        match understand(words, &self.dialogue.value, &self.edition, self.now)? {
            Meaning::Unreadable => {
                self.reply.reason = Some("unreadable".to_owned());
                self.say(Status::Rejected, talk::unreadable().to_owned(), vec![vec![wording::human(0)]]);
            }
            Meaning::Abuse => {
                self.reply.reason = Some("abuse".to_owned());
                self.say(Status::Rejected, talk::refused().to_owned(), vec![vec![wording::human(0)]]);
            }
            Meaning::SmallTalk(kind) => self.small_talk(kind),
            Meaning::Human => self.on_human(words).await?,
            Meaning::Progress => self.on_progress_words(words).await?,
            Meaning::Answer { topic, facet, confidence, candidates } => {
                self.answer(words, &topic, facet, confidence, &candidates);
            }
            Meaning::Clarify { choices, ask, candidates } => self.clarify(words, &choices, ask.as_deref(), &candidates),
            Meaning::Decline { candidates } => self.decline(words, &candidates),
        }
        Ok(())
    }

    fn small_talk(&mut self, kind: SmallTalk) {
        self.say(Status::Smalltalk, talk::small_talk(kind).to_owned(), Vec::new());
    }

    /// Answers from a topic.
    pub(super) fn answer(
        &mut self,
        words: &str,
        topic: &TopicId,
        facet: Option<Facet>,
        confidence: f32,
        candidates: &[Candidate],
    ) {
        let edition = self.edition.clone();
        let Some(found) = edition.base.topics.get(topic) else {
            self.decline(words, candidates);
            return;
        };
        let facet = facet.map(|facet| found.nearest_facet(facet));
        let answer = wording::answer(found, facet, self.as_of);
        let turn = self.dialogue.value.remember(Turn {
            question: words.to_owned(),
            topic: Some(topic.to_string()),
            answered: Some(excerpt(&answer, 300)),
            ..Turn::default()
        });
        self.dialogue.value.unsolved = 0;
        self.reply.confidence = confidence;
        self.reply.topic = Some(topic.to_string());
        self.reply.facet = facet.map(|facet| facet.to_string());
        self.reply.title = Some(found.title.clone());
        self.reply.citations = found.citations.iter().map(|citation| self.citation(citation)).collect();
        self.list_candidates(candidates);
        if self.reply.candidates.is_empty() {
            self.list_candidates(&[Candidate { topic: topic.clone(), confidence }]);
        }
        self.name_commissioner(Some(topic.category()));
        self.say(Status::Answer, answer, wording::answer_buttons(found, facet, turn));
    }

    fn clarify(&mut self, words: &str, choices: &[Candidate], ask: Option<&str>, candidates: &[Candidate]) {
        let edition = self.edition.clone();
        let title = |choice: &Candidate| edition.base.topics.get(&choice.topic).map(|topic| topic.title.as_str());
        let titles: Vec<_> = choices.iter().filter_map(title).collect();
        let turn = self.dialogue.value.remember(Turn {
            question: words.to_owned(),
            choices: choices.iter().map(|choice| choice.topic.to_string()).collect(),
            ..Turn::default()
        });
        self.reply.confidence = choices.first().map_or(0.0, |best| best.confidence);
        self.list_candidates(candidates);
        self.name_commissioner(choices.first().map(|best| best.topic.category()));
        self.say(Status::Clarify, wording::clarify(ask, &titles), wording::clarify_buttons(&titles, turn));
    }

    fn decline(&mut self, words: &str, candidates: &[Candidate]) {
        self.dialogue.value.unsolved += 1;
        let turn = self.dialogue.value.remember(Turn { question: words.to_owned(), ..Turn::default() });
        self.reply.confidence = candidates.first().map_or(0.0, |best| best.confidence);
        self.list_candidates(candidates);
        self.name_commissioner(None);
        let name = self.reply.commissioner.as_ref().map(|person| person.name.clone());
        self.say(Status::Decline, wording::decline(name.as_deref()), vec![vec![wording::human(turn)]]);
    }

    fn list_candidates(&mut self, candidates: &[Candidate]) {
        let topics = &self.edition.base.topics;
        self.reply.candidates = candidates
            .iter()
            .filter_map(|candidate| {
                let topic = topics.get(&candidate.topic)?;
                Some(CandidateRecord {
                    topic: candidate.topic.to_string(),
                    title: topic.title.clone(),
                    confidence: candidate.confidence,
                })
            })
            .collect();
    }

    fn citation(&self, citation: &Citation) -> CitationRecord {
        let validity = Validity {
            status: citation.status,
            from: citation.valid_from,
            to: citation.valid_to,
            successor: None,
            successor_topic: None,
        };
        let status = match validity.standing(self.as_of) {
            Standing::Over(_) if citation.status != crate::domain::topic::Status::Repealed => "expired".to_owned(),
            _ => citation.status.to_string(),
        };
        CitationRecord {
            title: citation.title.clone(),
            doc_no: citation.doc_no.clone(),
            issuer: citation.issuer.clone(),
            valid_from: citation.valid_from,
            valid_to: citation.valid_to,
            status,
            url: citation.url.clone(),
        }
    }

    /// One of the topics that were offered.
    pub(super) fn on_choice(&mut self, turn: u32, choice: usize) {
        let Some(chosen) = self.dialogue.value.turn_numbered(turn).cloned() else {
            self.stale();
            return;
        };
        let Some(topic) = chosen.choices.get(choice).and_then(|topic| TopicId::parse(topic)) else {
            {
                self.stale();
                return;
            }
        };
        let facet =
            crate::domain::facet::detect(&crate::domain::text::normalise(&chosen.question)).map(|asked| asked.facet);
        self.answer(&chosen.question, &topic, facet, 1.0, &[]);
    }

    /// None of the topics that were offered: a person knows.
    pub(super) async fn on_none_of_these(&mut self, turn: u32) -> Result<(), HandleError> {
        self.dialogue.value.unsolved += 1;
        if self.dialogue.value.unsolved >= UNSOLVED_BEFORE_OFFER {
            return self.on_human_about(turn).await;
        }
        let Some(asked) = self.dialogue.value.turn_numbered(turn).cloned() else {
            self.stale();
            return Ok(());
        };
        self.name_commissioner(None);
        let name = self.reply.commissioner.as_ref().map(|person| person.name.clone());
        self.say(Status::Decline, wording::decline(name.as_deref()), vec![vec![wording::human(asked.number)]]);
        Ok(())
    }

    /// Another facet of what was answered.
    pub(super) fn on_facet(&mut self, turn: u32, facet: Facet) {
        let asked = self.dialogue.value.turn_numbered(turn).cloned();
        let topic = asked.as_ref().and_then(|turn| TopicId::parse(turn.topic.as_deref()?));
        let (Some(asked), Some(topic)) = (asked, topic) else {
            self.stale();
            return;
        };
        self.answer(&asked.question, &topic, Some(facet), 1.0, &[]);
    }

    /// How do my tickets stand?
    pub(super) async fn on_progress(&mut self) -> Result<(), HandleError> {
        if self.me.is_some() && self.on_my_tickets().await? {
            return Ok(());
        }
        let filter = TicketFilter { chat: Some(self.incoming.chat.to_string()), limit: 5, ..TicketFilter::default() };
        let tickets = self.desk.store.tickets(&filter).await?;
        let Some(newest) = tickets.first() else {
            self.say(Status::Progress, ticket_wording::no_tickets(), vec![vec![wording::human(0)]]);
            return Ok(());
        };
        let lines: Vec<_> = tickets.iter().map(|ticket| self.progress_of(ticket)).collect();
        let buttons = if newest.state.is_open() { ticket_wording::company_buttons(&newest.number) } else { Vec::new() };
        let number = newest.number.clone();
        self.say_about(Status::Progress, lines.join("\n\n"), buttons, Some(&number));
        Ok(())
    }

    async fn on_progress_words(&mut self, words: &str) -> Result<(), HandleError> {
        match TicketNumber::parse(words) {
            Some(number) => self.on_progress_of(&number).await,
            None => self.on_progress().await,
        }
    }

    fn progress_of(&self, ticket: &Ticket) -> String {
        let name = ticket.assignee.as_ref().map(|id| self.name_of(Some(id)));
        ticket_wording::progress(ticket, name.as_deref(), self.next_deadline(ticket), self.now)
    }

    /// How does this ticket stand? Only one's own.
    pub(super) async fn on_progress_of(&mut self, number: &TicketNumber) -> Result<(), HandleError> {
        let Some(ticket) = self.own_ticket(number).await? else { return Ok(()) };
        let buttons = if ticket.state.is_open() { ticket_wording::company_buttons(number) } else { Vec::new() };
        self.say_about(Status::Progress, self.progress_of(&ticket), buttons, Some(number));
        Ok(())
    }

    /// A ticket of this conversation, or of the commissioner who writes; says so when there is none.
    pub(super) async fn own_ticket(&mut self, number: &TicketNumber) -> Result<Option<Ticket>, HandleError> {
        let chat = self.incoming.chat.to_string();
        let ticket = self
            .ticket(number)
            .await?
            .filter(|ticket| ticket.submission.chat == chat || (self.me.is_some() && ticket.assignee == self.me));
        if ticket.is_none() {
            self.say(Status::Rejected, ticket_wording::no_such_ticket(number), Vec::new());
        }
        Ok(ticket)
    }

    /// The company's own words, after it asked for a person first.
    pub(super) async fn on_awaited_question(&mut self, words: &str) -> Result<(), HandleError> {
        if matches!(understand(words, &Dialogue::default(), &self.edition, self.now)?, Meaning::Human) {
            return self.on_human(words).await;
        }
        self.dialogue.value.pending = None;
        let turn = self.dialogue.value.remember(Turn { question: words.to_owned(), ..Turn::default() });
        self.on_human_about(turn).await
    }

    /// A commissioner's reason for handing a ticket on.
    pub(super) async fn on_awaited_reason(&mut self, ticket: &str, words: &str) -> Result<(), HandleError> {
        self.dialogue.value.pending = None;
        match TicketNumber::parse(ticket) {
            Some(number) => self.transfer(&number, words).await,
            None => self.on_company_words(words).await,
        }
    }

    /// The assistant answers again for a while although a person has the case.
    pub(super) fn ask_the_assistant(&mut self) {
        self.dialogue.value.asking_until = Some(self.now + ASKING_LASTS);
    }
}
