//! What companies do: ask, ask on, choose.

use super::{ASKING_LASTS, Scene, learn};
use crate::desk::command::Command;
use crate::desk::dialogue::{Dialogue, Turn};
use crate::desk::ports::TicketFilter;
use crate::desk::questions::Reason;
use crate::desk::reply::{CandidateRecord, CitationRecord, Status};
use crate::desk::service::HandleError;
use crate::desk::understand::{self, Meaning, read, understand};
use crate::desk::wording::answer::{Composed, MAX_CHARS, View};
use crate::desk::wording::back::{self, Helper};
use crate::desk::wording::{answer as wording, excerpt, moment, talk, ticket as ticket_wording};
use crate::domain::answer::Candidate;
use crate::domain::correction::correction;
use crate::domain::directory::ServicePoint;
use crate::domain::enterprise::CreditCode;
use crate::domain::route::names_tickets;
use crate::domain::sla::Clock;
use crate::domain::text;
use crate::domain::ticket::{Ticket, TicketKind};
use crate::domain::topic::{Citation, Facet, Standing, Topic, TopicId, Validity};

/// After this many turns in a row without an answer, the commissioner is offered by name.
const UNSOLVED_BEFORE_OFFER: u32 = 2;

/// So much of an answer is kept for a ticket.
pub(super) const ANSWER_KEPT: usize = 300;

/// Deep links may carry a question's topic: `/start topic_<category>_<slug>`.
const TOPIC_LINK: &str = "topic_";

/// Deep links that a commissioner gives to a company of theirs: `/start company_<credit code>`.
const COMPANY_LINK: &str = "company_";

/// Deep links by which commissioners bind their account: `/start invite_<code>`.
pub(in crate::desk) const INVITE_LINK: &str = "invite_";

impl Scene<'_> {
    /// /start, with or without a deep link.
    pub(super) async fn on_start(&mut self, argument: &str) -> Result<(), HandleError> {
        if let Some(code) = argument.strip_prefix(INVITE_LINK) {
            return self.on_invitation(code).await;
        }
        if let Some(code) = argument.strip_prefix(COMPANY_LINK).and_then(CreditCode::parse) {
            self.dialogue.value.company = Some(code.as_str().to_owned());
        }
        if let Some(topic) =
            argument.strip_prefix(TOPIC_LINK).and_then(|link| TopicId::parse(&link.replacen('_', "/", 1)))
            && let Some(title) = self.title_of(topic.as_str())
        {
            self.answer(&title, &topic, &[], 1.0, &[]);
            return Ok(());
        }
        self.dialogue.value.start_afresh();
        self.say(Status::Smalltalk, talk::welcome(), Vec::new());
        Ok(())
    }

    /// Words that belong to no button, ticket or question of ours.
    pub(super) async fn on_company_words(&mut self, words: &str) -> Result<(), HandleError> {
        if names_tickets(&text::key(words)) {
            return self.on_progress_words(words).await;
        }
        if let Some(ticket) = self.ticket_in_hand().await? {
            self.relay_to_commissioner(&ticket, &words.into(), true);
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
        if self.learns_subdistrict(words) {
            return Ok(());
        }
        let edition = self.edition.clone();
        self.reply.understood_as = read(words, &edition).understood_as();
        match understand(words, &self.dialogue.value, &edition, self.now)? {
            Meaning::Unreadable => self.reject("unreadable", talk::unreadable(), 0),
            Meaning::TooLong => {
                let turn = self.remember(Turn { question: words.to_owned(), ..Turn::default() });
                self.reject("too_long", talk::too_long(), turn);
            }
            Meaning::Abuse(kind) => self.reject(kind.into(), talk::refused(kind), 0),
            Meaning::Personal => {
                self.reply.reason = Some("personal".to_owned());
                self.name_commissioner(None);
                self.say(Status::Decline, talk::personal().to_owned(), vec![vec![wording::human(0)]]);
            }
            Meaning::SmallTalk(kind) => self.say(Status::Smalltalk, talk::small_talk(kind).to_owned(), Vec::new()),
            Meaning::Afresh => self.on_command(Command::New, "").await?,
            Meaning::Human => self.on_human(words).await?,
            Meaning::Progress => self.on_progress_words(words).await?,
            Meaning::Answer { topic, facet, also, confidence, candidates } => {
                let facets: Vec<_> = facet.into_iter().chain(also).collect();
                self.answer(words, &topic, &facets, confidence, &candidates);
            }
            Meaning::Several { answers, unanswered, left } => self.several(&answers, &unanswered, &left),
            Meaning::Clarify { choices, ask, candidates } => self.clarify(words, &choices, ask.as_deref(), &candidates),
            Meaning::NoneOfThese(turn) => self.on_none_of_these(turn).await?,
            Meaning::Denied { choices } => self.denied(words, &choices),
            Meaning::WhichMatter(facet) => self.which_matter(words, facet),
            Meaning::Decline { candidates } => self.decline(words, &candidates),
        }
        Ok(())
    }

    fn reject(&mut self, reason: &str, text: &str, turn: u32) {
        self.reply.reason = Some(reason.to_owned());
        self.say(Status::Rejected, text.to_owned(), vec![vec![wording::human(turn)]]);
    }

    /// Adds a turn; one that takes back the turn before remembers what was not meant.
    fn remember(&mut self, mut turn: Turn) -> u32 {
        let is_denial = correction(&text::normalise(&turn.question)).is_some_and(|correction| correction.is_denial);
        if is_denial && let Some(before) = self.dialogue.value.context(self.now) {
            turn.not_meant = before.topic.iter().chain(&before.not_meant).cloned().collect();
        }
        self.dialogue.value.remember(turn)
    }

    /// Answers from a topic.
    pub(super) fn answer(
        &mut self,
        words: &str,
        topic: &TopicId,
        facets: &[Facet],
        confidence: f32,
        candidates: &[Candidate],
    ) {
        let edition = self.edition.clone();
        let Some(found) = edition.base.topics.get(topic) else {
            self.decline(words, candidates);
            return;
        };
        let composed = self.compose(found, facets);
        let turn = self.remember(Turn {
            question: words.to_owned(),
            topic: Some(topic.to_string()),
            facet: facets.first().map(ToString::to_string),
            answered: Some(excerpt(&composed.text, ANSWER_KEPT)),
            others: learn::others(topic, candidates),
            ..Turn::default()
        });
        self.dialogue.value.unsolved = 0;
        self.report_answer(found, facets.first().copied(), confidence, candidates);
        self.name_commissioner(Some(topic.category()));
        let buttons = wording::answer_buttons(found, facets, composed.cut, turn);
        self.say(Status::Answer, composed.text, buttons);
    }

    fn compose(&self, topic: &Topic, facets: &[Facet]) -> Composed {
        wording::answer(topic, &self.view(topic, facets, &self.nearby(topic)))
    }

    pub(super) fn view<'v>(&self, topic: &Topic, facets: &'v [Facet], nearby: &'v [&'v ServicePoint]) -> View<'v> {
        let serves = |point: &ServicePoint| point.serves.iter().any(|category| category == topic.id.category());
        let asks_subdistrict =
            self.dialogue.value.subdistrict.is_none() && self.edition.base.service_points.iter().any(serves);
        View { facets, as_of: self.as_of, nearby, asks_subdistrict, limit: MAX_CHARS }
    }

    /// Service points of the company's subdistrict that can help with a topic.
    pub(super) fn nearby(&self, topic: &Topic) -> Vec<&ServicePoint> {
        let Some(street) = self.dialogue.value.subdistrict.as_deref() else { return Vec::new() };
        let points = self.edition.base.service_points.iter();
        points
            .filter(|point| point.subdistrict.as_deref() == Some(street))
            .filter(|point| point.serves.iter().any(|category| category == topic.id.category()))
            .collect()
    }

    /// Puts into the reply what was answered.
    pub(super) fn report_answer(
        &mut self,
        topic: &Topic,
        facet: Option<Facet>,
        confidence: f32,
        candidates: &[Candidate],
    ) {
        self.reply.confidence = confidence;
        self.reply.topic = Some(topic.id.to_string());
        self.reply.facet = facet.map(|facet| facet.to_string());
        self.reply.title = Some(topic.title.clone());
        self.reply.citations = topic.citations.iter().map(|citation| self.citation(citation)).collect();
        self.list_candidates(candidates);
        if self.reply.candidates.is_empty() {
            self.list_candidates(&[Candidate { topic: topic.id.clone(), confidence }]);
        }
    }

    fn clarify(&mut self, words: &str, choices: &[Candidate], ask: Option<&str>, candidates: &[Candidate]) {
        let edition = self.edition.clone();
        let title = |choice: &Candidate| edition.base.topics.get(&choice.topic).map(|topic| topic.title.as_str());
        let titles: Vec<_> = choices.iter().filter_map(title).collect();
        let turn = self.remember(Turn {
            question: words.to_owned(),
            choices: choices.iter().map(|choice| choice.topic.to_string()).collect(),
            ..Turn::default()
        });
        self.keep(turn, Reason::AskedBack, None);
        self.reply.confidence = choices.first().map_or(0.0, |best| best.confidence);
        self.list_candidates(candidates);
        self.name_commissioner(choices.first().map(|best| best.topic.category()));
        self.say(Status::Clarify, back::clarify(ask, &titles), back::clarify_buttons(&titles, turn));
    }

    /// The last answer was not it: what else may have been meant, about the same words.
    fn denied(&mut self, words: &str, choices: &[Candidate]) {
        self.dialogue.value.unsolved += 1;
        let before = self.dialogue.value.context(self.now).cloned().unwrap_or_default();
        let not_meant: Vec<_> = before.topic.iter().chain(&before.not_meant).cloned().collect();
        let is_offer = choices.len() > 1 && self.dialogue.value.unsolved < UNSOLVED_BEFORE_OFFER;
        if is_offer {
            self.clarify(&before.question, choices, Some(back::not_that()), choices);
        } else {
            self.refuse_to_guess(if before.question.is_empty() { words } else { &before.question }, choices);
        }
        if let Some(turn) = self.dialogue.value.turns.last_mut() {
            turn.not_meant = not_meant;
        }
    }

    fn which_matter(&mut self, words: &str, facet: Facet) {
        let turn =
            self.remember(Turn { question: words.to_owned(), facet: Some(facet.to_string()), ..Turn::default() });
        self.reply.facet = Some(facet.to_string());
        self.name_commissioner(None);
        self.say(Status::Decline, back::which_matter(facet), vec![vec![wording::human(turn)]]);
    }

    fn decline(&mut self, words: &str, candidates: &[Candidate]) {
        self.dialogue.value.unsolved += 1;
        self.refuse_to_guess(words, candidates);
    }

    /// Not known; after several such turns the person is offered with hours and deadline.
    fn refuse_to_guess(&mut self, words: &str, candidates: &[Candidate]) {
        let turn = self.remember(Turn { question: words.to_owned(), ..Turn::default() });
        self.keep(turn, Reason::Declined, learn::guess(candidates));
        self.reply.confidence = candidates.first().map_or(0.0, |best| best.confidence);
        self.list_candidates(candidates);
        self.name_commissioner(None);
        let is_again = self.dialogue.value.unsolved >= UNSOLVED_BEFORE_OFFER;
        let helper = self.helper();
        let text = if is_again { back::decline_again(&helper) } else { back::decline(&helper) };
        self.say(Status::Decline, text, vec![vec![wording::human(turn)]]);
    }

    /// Whoever is named in the reply, with office hours and the time of the first contact if asked for now.
    fn helper(&self) -> Helper {
        let due = self.desk.rules().deadline(Clock::FirstContact, TicketKind::Consultation, false, self.now, 0).due_at;
        let person = self.reply.commissioner.clone();
        Helper {
            name: person.as_ref().map(|person| person.name.clone()).unwrap_or_default(),
            why: person.map(|person| person.why).unwrap_or_default(),
            hours: ticket_wording::office_hours(&self.desk.calendar),
            by: moment(due, self.now),
        }
    }

    /// A message that says in which subdistrict the company is: kept, and if that is all, the places of the last topic are shown.
    fn learns_subdistrict(&mut self, words: &str) -> bool {
        let Some(told) = understand::subdistrict(words, &self.edition) else { return false };
        self.dialogue.value.subdistrict = Some(told.name);
        if !told.is_all {
            return false;
        }
        let before = self.dialogue.value.context(self.now).cloned();
        match before.as_ref().and_then(|turn| TopicId::parse(turn.topic.as_deref()?)) {
            Some(topic) => self.answer(words, &topic, &[Facet::Place], 1.0, &[]),
            None => self.say(Status::Smalltalk, talk::subdistrict_kept().to_owned(), Vec::new()),
        }
        true
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

    /// One of the topics that were offered, about what was asked then.
    pub(super) fn on_choice(&mut self, turn: u32, choice: usize) {
        let chosen = self.dialogue.value.turn_numbered(turn).cloned();
        let topic = chosen.as_ref().and_then(|turn| TopicId::parse(turn.choices.get(choice)?));
        let (Some(chosen), Some(topic)) = (chosen, topic) else {
            self.stale();
            return;
        };
        self.no_longer(turn, Reason::AskedBack);
        self.no_longer(turn, Reason::NoneFit);
        let facets = understand::facets_asked(&chosen.question, self.edition.base.topics.get(&topic));
        self.answer(&chosen.question, &topic, &facets, 1.0, &[]);
    }

    /// None of the topics that were offered: a person knows.
    pub(super) async fn on_none_of_these(&mut self, turn: u32) -> Result<(), HandleError> {
        self.dialogue.value.unsolved += 1;
        self.keep(turn, Reason::NoneFit, None);
        self.on_human_about(turn).await
    }

    /// Another facet of what was answered.
    pub(super) fn on_facet(&mut self, turn: u32, facet: Facet) {
        self.answer_turn(turn, &[facet]);
    }

    /// The summary of what was answered.
    pub(super) fn on_summary(&mut self, turn: u32) {
        self.answer_turn(turn, &[]);
    }

    fn answer_turn(&mut self, turn: u32, facets: &[Facet]) {
        match self.topic_of(turn) {
            Some((question, topic)) => self.answer(&question, &topic, facets, 1.0, &[]),
            None => self.stale(),
        }
    }

    /// The rest of a list that was cut.
    pub(super) fn on_more(&mut self, turn: u32, facet: Facet, from: usize) {
        let edition = self.edition.clone();
        let found = self.topic_of(turn).and_then(|(_, topic)| edition.base.topics.get(&topic));
        let Some(topic) = found else {
            self.stale();
            return;
        };
        let composed = wording::more(topic, facet, from);
        self.report_answer(topic, Some(facet), 1.0, &[]);
        self.name_commissioner(Some(topic.id.category()));
        let buttons = wording::answer_buttons(topic, &[facet], composed.cut, turn);
        self.say(Status::Answer, composed.text, buttons);
    }

    fn topic_of(&self, turn: u32) -> Option<(String, TopicId)> {
        let asked = self.dialogue.value.turn_numbered(turn)?;
        Some((asked.question.clone(), TopicId::parse(asked.topic.as_deref()?)?))
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

    /// The assistant answers again for a while although a person has the case.
    pub(super) fn ask_the_assistant(&mut self) {
        self.dialogue.value.asking_until = Some(self.now + ASKING_LASTS);
    }
}
