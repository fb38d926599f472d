//! What companies, commissioners and supervisors do, by dice. Each looks at the ticket as it stands when their time comes, as
//! people do, and so may come too late.

#![expect(clippy::unwrap_used, reason = "a year that cannot go on fails")]

use zhengqitong::desk::hand_over::{HandOver, Which};
use zhengqitong::desk::message::{Body, Channel, ChatAddress};
use zhengqitong::desk::ports::{Clock, Files, Outbox};
use zhengqitong::domain::commissioner::{Commissioner, CommissionerId};
use zhengqitong::domain::ticket::{State, Ticket, TicketKind, TicketNumber};

use super::{ASKED_AFTER, Act, Year};
use crate::support::desk::sample_roster;

/// Questions of companies: the labelled ones, third column from the left on.
const QUESTIONS: &str = include_str!("../../eval/questions.tsv");

/// Who blocks the bot, who is taken off the roster, who hands everything over.
const BLOCKS: (&str, i64) = ("zhou", 77);
const REMOVED: &str = "yu";
const HANDS_OVER: &str = "wu";

fn id(text: &str) -> CommissionerId {
    CommissionerId::parse(text).unwrap()
}

fn words(text: &str) -> Body {
    Body::Text(text.to_owned())
}

fn press(what: &str, number: &TicketNumber) -> Body {
    Body::Press(format!("{what}:{number}"))
}

fn address(person: &Commissioner) -> ChatAddress {
    match person.telegram_id {
        Some(telegram_id) => ChatAddress::new(Channel::Telegram, telegram_id.to_string()),
        None => ChatAddress::new(Channel::Desk, person.id.as_str()),
    }
}

impl Year {
    pub(super) async fn carry_out(&mut self, act: Act) {
        match act {
            Act::Look => self.look_again().await,
            Act::LookOnce => self.look().await,
            Act::Raise(number) => self.raise(number).await,
            Act::Work(number) => self.work(&number).await,
            Act::Company(number) => self.company(&number).await,
            Act::Decide(number) => self.decide(&number).await,
            Act::Leave(person, days) => self.leave(person, days).await,
            Act::Block => self.block().await,
            Act::Unblock => self.unblock().await,
            Act::Remove => self.remove().await,
            Act::HandOver => self.hand_over().await,
        }
    }

    async fn raise(&mut self, company: usize) {
        let lines: Vec<&str> = QUESTIONS.lines().skip(1).collect();
        let question = lines[self.dice.below(lines.len())].rsplit('\t').next().unwrap();
        let chat = ChatAddress::new(Channel::Web, format!("company-{company}"));
        self.sends(&chat, "示例企业", words(question)).await;
        // The first turn of a new conversation is the only one that is remembered.
        let mut reply = self.sends(&chat, "示例企业", Body::Press("human:1".to_owned())).await;
        if reply.as_ref().is_some_and(|reply| !reply.buttons.iter().flatten().any(|b| b.label == "确认")) {
            reply = self.sends(&chat, "示例企业", words(&format!("{question}？请专员看看"))).await;
        }
        let turn = reply.iter().flat_map(|reply| reply.buttons.iter().flatten());
        let turn = turn.filter_map(|button| button.data.strip_prefix("confirm:")).next();
        let turn: u32 = turn.expect("a proposal was shown").parse().unwrap();
        if self.happens(60) {
            let street = self.dice.below(12);
            self.sends(&chat, "示例企业", Body::Press(format!("street:{turn}:{street}"))).await;
        }
        let kind = match self.dice.below(100) {
            0..45 => TicketKind::Consultation,
            45..85 => TicketKind::Assistance,
            85..95 => TicketKind::Complaint,
            95..97 => TicketKind::Report,
            _ => TicketKind::Suggestion,
        };
        self.sends(&chat, "示例企业", Body::Press(format!("kind:{turn}:{kind}"))).await;
        if kind.may_be_anonymous() && self.happens(50) {
            self.sends(&chat, "示例企业", Body::Press(format!("anonymous:{turn}"))).await;
        }
        let opened = self.sends(&chat, "示例企业", Body::Press(format!("confirm:{turn}"))).await;
        let number = opened.and_then(|reply| reply.ticket).expect("a ticket was opened");
        let number = TicketNumber::parse(&number).unwrap();
        self.raised += 1;
        self.keep_looking();
        self.plan_signing(&number);
        if self.happens(4) {
            let later = self.between(5, 200);
            self.plan_in(later, Act::Company(number));
        }
    }

    /// Most sign soon; some miss the first contact.
    fn plan_signing(&mut self, number: &TicketNumber) {
        let minutes = if self.happens(94) { self.between(2, 75) } else { self.between(90, 420) };
        self.plan_in(minutes, Act::Work(number.clone()));
    }

    /// Whoever has the ticket does the next thing; who is away does it when back.
    async fn work(&mut self, number: &TicketNumber) {
        let ticket = self.ticket(number).await;
        if !ticket.state.is_open() {
            return;
        }
        let roster = self.store.roster().await.unwrap();
        let Some(holder) = roster.iter().find(|person| Some(&person.id) == ticket.assignee.as_ref()) else {
            return self.plan_in(60, Act::Work(number.clone()));
        };
        if !holder.is_on_duty(self.clock.now()) {
            return self.plan_in(420, Act::Work(number.clone()));
        }
        let chat = address(holder);
        if ticket.state.is_in_hand() {
            self.handle(&chat, &ticket).await;
        } else {
            self.take(&chat, &ticket).await;
        }
    }

    /// A ticket that nobody has signed for: signed, handed on, or sent back.
    async fn take(&mut self, chat: &ChatAddress, ticket: &Ticket) {
        let number = &ticket.number;
        let is_plain = ticket.state == State::Dispatched && !ticket.is_assigned_by_hand;
        if is_plain && ticket.had_by.len() < 4 && self.happens(4) {
            let what = if self.happens(50) { "transfer" } else { "say:return" };
            self.sends(chat, "专员", press(what, number)).await;
            self.sends(chat, "专员", words("不在我的业务范围")).await;
            return self.plan_signing(number);
        }
        self.sends(chat, "专员", press("sign", number)).await;
        let soon = self.between(1, 30);
        self.plan_in(soon, Act::Work(number.clone()));
    }

    /// A ticket in hand: contact, opinion, reply, waiting, more time, and in the end it is closed.
    async fn handle(&mut self, chat: &ChatAddress, ticket: &Ticket) {
        let number = &ticket.number;
        let is_consultation = ticket.submission.kind == TicketKind::Consultation;
        if ticket.contacted_at.is_none() || ticket.state == State::Signed {
            match self.dice.below(10) {
                0..6 => drop(self.sends(chat, "专员", Body::Press(format!("canned:{number}:0"))).await),
                6..8 => {
                    self.sends(chat, "专员", press("say:opinion", number)).await;
                    self.sends(chat, "专员", words("已与主管部门核对，三个工作日内给您结果")).await;
                }
                _ => drop(self.sends(chat, "专员", press("contacted", number)).await),
            }
            let minutes = if is_consultation { self.between(20, 330) } else { self.between(60, 5_500) };
            return self.plan_in(minutes, Act::Work(number.clone()));
        }
        if ticket.waits_since.is_some() {
            return self.plan_in(420, Act::Work(number.clone()));
        }
        if ticket.waits.is_empty() && self.happens(8) {
            self.sends(chat, "专员", press("say:wait", number)).await;
            self.sends(chat, "专员", words("请补充租赁合同")).await;
            if self.happens(70) {
                let later = self.between(60, 1_600);
                self.plan_in(later, Act::Company(number.clone()));
            }
            return self.plan_in(600, Act::Work(number.clone()));
        }
        if !is_consultation && !ticket.is_extended && ticket.extension_reason.is_none() && self.happens(6) {
            self.sends(chat, "专员", press("say:extension", number)).await;
            self.sends(chat, "专员", words("需要现场核查")).await;
            let later = self.between(10, 300);
            self.plan_in(later, Act::Decide(number.clone()));
            let until = self.between(800, 7_000);
            return self.plan_in(until, Act::Work(number.clone()));
        }
        if self.happens(50) {
            self.sends(chat, "专员", press("close", number)).await;
        } else {
            self.sends(chat, "专员", press("say:close", number)).await;
            self.sends(chat, "专员", words("已核实并协调解决")).await;
        }
        self.plan_in(ASKED_AFTER, Act::LookOnce);
        if self.happens(70) {
            let later = self.between(1, 900);
            self.plan_in(later, Act::Company(number.clone()));
        } else if self.happens(10) {
            // After the question whether it is settled.
            self.plan_in(1_500, Act::Company(number.clone()));
        }
    }

    /// The company does what fits the ticket as it stands.
    async fn company(&mut self, number: &TicketNumber) {
        let ticket = self.ticket(number).await;
        let chat: ChatAddress = ticket.submission.chat.parse().unwrap();
        if ticket.waits_since.is_some() {
            self.sends(&chat, "示例企业", words("合同已经补好了")).await;
        } else if ticket.state == State::Closed && ticket.rating.is_none() {
            let rating = match self.dice.below(100) {
                0..58 => "very_satisfied",
                58..82 => "satisfied",
                82..92 => "basically_satisfied",
                92..97 => "dissatisfied",
                _ => "very_dissatisfied",
            };
            let body = if ticket.is_followed_up && self.happens(30) {
                press("reopen", number)
            } else {
                Body::Press(format!("rate:{number}:{rating}"))
            };
            self.sends(&chat, "示例企业", body).await;
            if self.ticket(number).await.state.is_open() {
                self.keep_looking();
                self.plan_signing(number);
            }
        } else if ticket.state.is_open() {
            let what = if self.happens(50) { "urge" } else { "withdraw" };
            self.sends(&chat, "示例企业", press(what, number)).await;
        }
    }

    async fn decide(&mut self, number: &TicketNumber) {
        let supervisor = ChatAddress::new(Channel::Desk, if self.happens(50) { "supa" } else { "supb" });
        if self.happens(80) {
            self.sends(&supervisor, "督办", press("approve", number)).await;
        } else {
            self.sends(&supervisor, "督办", press("say:refuse_extension", number)).await;
            self.sends(&supervisor, "督办", words("请按原时限办理")).await;
        }
    }

    async fn leave(&mut self, person: usize, days: u8) {
        let name = sample_roster()[person].id.clone();
        let roster = self.store.roster().await.unwrap();
        let Some(person) = roster.iter().find(|person| person.id == name && person.is_on_duty(self.clock.now())) else {
            return;
        };
        self.sends(&address(person), "专员", words(&format!("/leave {days}天"))).await;
    }

    /// From now on Telegram takes nothing for them, what has not arrived yet included.
    async fn block(&mut self) {
        let mut roster = self.store.roster().await.unwrap();
        for person in roster.iter_mut().filter(|person| person.id.as_str() == BLOCKS.0) {
            person.telegram_id = Some(BLOCKS.1);
        }
        self.store.replace_roster(&roster, "year", self.clock.now()).await.unwrap();
        // Something that is for them, so that it is noticed.
        self.sends(&ChatAddress::new(Channel::Telegram, BLOCKS.1.to_string()), "专员", words("/progress")).await;
        let lease = jiff::SignedDuration::from_secs(60);
        loop {
            let now = self.clock.now();
            let items = self.store.claim_outgoing(Channel::Telegram, now, lease, 50).await.unwrap();
            if items.is_empty() {
                return self.plan_in(5, Act::LookOnce);
            }
            for item in items {
                self.store
                    .give_up_outgoing(item.id, item.attempts, "Forbidden: bot was blocked by the user", true, now)
                    .await
                    .unwrap();
            }
        }
    }

    async fn unblock(&mut self) {
        let roster = self.store.roster().await.unwrap();
        let person = roster.iter().find(|person| person.id.as_str() == BLOCKS.0).unwrap();
        assert!(person.unreachable_since.is_some(), "it was noticed");
        let chat = address(person);
        self.sends(&chat, "专员", words("/back")).await;
        let roster = self.store.roster().await.unwrap();
        let person = roster.iter().find(|person| person.id.as_str() == BLOCKS.0).unwrap();
        assert_eq!(person.unreachable_since, None, "who writes is reached again");
    }

    async fn remove(&mut self) {
        let mut roster = self.store.roster().await.unwrap();
        roster.retain(|person| person.id.as_str() != REMOVED);
        for person in &mut roster {
            person.backup = person.backup.take().filter(|backup| backup.as_str() != REMOVED);
        }
        self.store.replace_roster(&roster, "year", self.clock.now()).await.unwrap();
        self.desk.follow_up().await.unwrap();
    }

    async fn hand_over(&mut self) {
        let why = "轮岗（示例）".to_owned();
        let order = HandOver { which: Which::AllOf(id(HANDS_OVER)), to: None, why, by: "year".to_owned() };
        self.desk.hand_over(&order).await.unwrap();
    }
}
