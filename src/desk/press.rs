//! What buttons carry: short codes that come back when a button is pressed.
//!
//! A code is at most 64 bytes, as Telegram demands, and holds no personal data. It is not trusted: whoever presses must be
//! allowed to, which the desk checks when it comes back.

use super::dialogue::Purpose;
use crate::domain::commissioner::CommissionerId;
use crate::domain::ticket::{Rating, TicketKind, TicketNumber};
use crate::domain::topic::Facet;

/// The meaning of a button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Press {
    /// 找专员: a person is wanted, about this turn.
    Human(u32),
    /// One of the choices of a turn, from 0.
    Choose(u32, usize),
    /// None of the choices of a turn.
    NoneOfThese(u32),
    /// 有帮助: the answer of a turn helped.
    Helpful(u32),
    /// 没帮助: it did not.
    Unhelpful(u32),
    /// A facet of the topic that a turn was answered from.
    Facet(u32, Facet),
    /// The rest of a facet's list, from this line on, of the topic that a turn was answered from.
    More(u32, Facet, usize),
    /// The summary of the topic that a turn was answered from.
    Summary(u32),
    /// 确认: open the ticket.
    Confirm(u32),
    /// Do not open it.
    Cancel(u32),
    /// The ticket to be opened is of this kind.
    Kind(u32, TicketKind),
    /// 签收.
    Sign(TicketNumber),
    /// The company was contacted by phone.
    Contacted(TicketNumber),
    /// 办结.
    Close(TicketNumber),
    /// The message that a question, named by its number, was about belongs to this ticket.
    WriteTo(u32, TicketNumber),
    /// It is a question of one's own.
    AskMyself(u32),
    /// 好差评.
    Rate(TicketNumber, Rating),
    /// Words about the rating come with the next message.
    Comment(TicketNumber),
    /// 催办.
    Urge(TicketNumber),
    /// How it stands.
    Progress(TicketNumber),
    /// Take it back.
    Withdraw(TicketNumber),
    /// Ask the assistant again while a person has the case.
    NewQuestion,
    /// Show the subdistricts to choose from, before a ticket is opened.
    Subdistricts(u32),
    /// One of the subdistricts, from 0.
    Subdistrict(u32, usize),
    /// The company does not want to be named.
    Anonymous(u32),
    /// The company says its name, before a ticket is opened.
    Company(u32),
    /// The company leaves a phone to be called on, before a ticket is opened.
    Phone(u32),
    /// It leaves none.
    NoPhone(u32),
    /// The words of this turn belong to this open ticket.
    Join(u32, TicketNumber),
    /// Raise a closed ticket again.
    Reopen(TicketNumber),
    /// Show what else can be done with a ticket.
    OtherActions(TicketNumber),
    /// Words about a ticket come with the next message: 转办, 退单, 办理意见, …
    Say(Purpose, TicketNumber),
    /// The company is no longer waited for.
    Resume(TicketNumber),
    /// 接手: the backup stands in.
    StandIn(TicketNumber),
    /// 接管: a supervisor takes it.
    TakeOver(TicketNumber),
    /// 同意延期.
    ApproveExtension(TicketNumber),
    /// One of the canned replies, from 0.
    Canned(TicketNumber, usize),
    /// Show to whom a supervisor may give it.
    Choices(TicketNumber),
    /// Give it to this person.
    AssignTo(TicketNumber, CommissionerId),
}

impl Press {
    /// Writes the code.
    #[must_use]
    pub fn encode(&self) -> String {
        match self {
            Self::Human(turn) => format!("human:{turn}"),
            Self::Choose(turn, choice) => format!("choose:{turn}:{choice}"),
            Self::NoneOfThese(turn) => format!("none:{turn}"),
            Self::Helpful(turn) => format!("helpful:{turn}"),
            Self::Unhelpful(turn) => format!("unhelpful:{turn}"),
            Self::Facet(turn, facet) => format!("facet:{turn}:{facet}"),
            Self::More(turn, facet, from) => format!("more:{turn}:{facet}:{from}"),
            Self::Summary(turn) => format!("summary:{turn}"),
            Self::Confirm(turn) => format!("confirm:{turn}"),
            Self::Cancel(turn) => format!("cancel:{turn}"),
            Self::Kind(turn, kind) => format!("kind:{turn}:{kind}"),
            Self::Sign(ticket) => format!("sign:{ticket}"),
            Self::Contacted(ticket) => format!("contacted:{ticket}"),
            Self::Close(ticket) => format!("close:{ticket}"),
            Self::WriteTo(asked, ticket) => format!("write:{asked}:{ticket}"),
            Self::AskMyself(asked) => format!("ask:{asked}"),
            Self::Rate(ticket, rating) => format!("rate:{ticket}:{rating}"),
            Self::Comment(ticket) => format!("comment:{ticket}"),
            Self::Urge(ticket) => format!("urge:{ticket}"),
            Self::Progress(ticket) => format!("progress:{ticket}"),
            Self::Withdraw(ticket) => format!("withdraw:{ticket}"),
            Self::NewQuestion => "new".to_owned(),
            Self::Subdistricts(turn) => format!("streets:{turn}"),
            Self::Subdistrict(turn, street) => format!("street:{turn}:{street}"),
            Self::Anonymous(turn) => format!("anonymous:{turn}"),
            Self::Company(turn) => format!("company:{turn}"),
            Self::Phone(turn) => format!("phone:{turn}"),
            Self::NoPhone(turn) => format!("nophone:{turn}"),
            Self::Join(turn, ticket) => format!("join:{turn}:{ticket}"),
            Self::Reopen(ticket) => format!("reopen:{ticket}"),
            Self::OtherActions(ticket) => format!("actions:{ticket}"),
            Self::Say(Purpose::Transfer, ticket) => format!("transfer:{ticket}"),
            Self::Say(purpose, ticket) => format!("say:{purpose}:{ticket}"),
            Self::Resume(ticket) => format!("resume:{ticket}"),
            Self::StandIn(ticket) => format!("standin:{ticket}"),
            Self::TakeOver(ticket) => format!("takeover:{ticket}"),
            Self::ApproveExtension(ticket) => format!("approve:{ticket}"),
            Self::Canned(ticket, reply) => format!("canned:{ticket}:{reply}"),
            Self::Choices(ticket) => format!("choices:{ticket}"),
            Self::AssignTo(ticket, person) => format!("assign:{ticket}:{person}"),
        }
    }

    /// Reads a code; `None` for anything that [`Press::encode`] does not write.
    #[must_use]
    pub fn decode(data: &str) -> Option<Self> {
        let mut parts = data.split(':');
        let (word, first, second, third) = (parts.next()?, parts.next(), parts.next(), parts.next());
        if parts.next().is_some() || (third.is_some() && word != "more") {
            return None;
        }
        let turn = || first?.parse::<u32>().ok();
        let ticket = || TicketNumber::parse(first?);
        Some(match (word, second) {
            ("human", None) => Self::Human(turn()?),
            ("choose", Some(choice)) => Self::Choose(turn()?, choice.parse().ok()?),
            ("none", None) => Self::NoneOfThese(turn()?),
            ("helpful", None) => Self::Helpful(turn()?),
            ("unhelpful", None) => Self::Unhelpful(turn()?),
            ("facet", Some(facet)) => Self::Facet(turn()?, facet.parse().ok()?),
            ("more", Some(facet)) => Self::More(turn()?, facet.parse().ok()?, third?.parse().ok()?),
            ("summary", None) => Self::Summary(turn()?),
            ("confirm", None) => Self::Confirm(turn()?),
            ("cancel", None) => Self::Cancel(turn()?),
            ("kind", Some(kind)) => Self::Kind(turn()?, kind.parse().ok()?),
            ("sign", None) => Self::Sign(ticket()?),
            ("contacted", None) => Self::Contacted(ticket()?),
            ("transfer", None) => Self::Say(Purpose::Transfer, ticket()?),
            ("close", None) => Self::Close(ticket()?),
            ("write", Some(number)) => Self::WriteTo(turn()?, TicketNumber::parse(number)?),
            ("ask", None) => Self::AskMyself(turn()?),
            ("rate", Some(rating)) => Self::Rate(ticket()?, rating.parse().ok()?),
            ("comment", None) => Self::Comment(ticket()?),
            ("urge", None) => Self::Urge(ticket()?),
            ("progress", None) => Self::Progress(ticket()?),
            ("withdraw", None) => Self::Withdraw(ticket()?),
            ("new", None) => Self::NewQuestion,
            ("streets", None) => Self::Subdistricts(turn()?),
            ("street", Some(street)) => Self::Subdistrict(turn()?, street.parse().ok()?),
            ("anonymous", None) => Self::Anonymous(turn()?),
            ("company", None) => Self::Company(turn()?),
            ("phone", None) => Self::Phone(turn()?),
            ("nophone", None) => Self::NoPhone(turn()?),
            ("join", Some(number)) => Self::Join(turn()?, TicketNumber::parse(number)?),
            ("reopen", None) => Self::Reopen(ticket()?),
            ("actions", None) => Self::OtherActions(ticket()?),
            ("say", Some(number)) => Self::Say(first?.parse().ok()?, TicketNumber::parse(number)?),
            ("resume", None) => Self::Resume(ticket()?),
            ("standin", None) => Self::StandIn(ticket()?),
            ("takeover", None) => Self::TakeOver(ticket()?),
            ("approve", None) => Self::ApproveExtension(ticket()?),
            ("canned", Some(reply)) => Self::Canned(ticket()?, reply.parse().ok()?),
            ("choices", None) => Self::Choices(ticket()?),
            ("assign", Some(person)) => Self::AssignTo(ticket()?, CommissionerId::parse(person)?),
            _ => return None,
        })
    }
}

/// The longest code that can be written fits Telegram's limit.
const _: () = assert!("rate:ZQ-20261122-000000000:very_dissatisfied".len() <= 64);
const _: () = assert!("assign:ZQ-20261122-000000000:12345678901234567890123456789012".len() <= 64);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn every_code_reads_back() {
        let ticket = TicketNumber::parse("ZQ-20261122-0007").unwrap();
        let mut presses = vec![
            Press::Human(3),
            Press::Choose(4, 1),
            Press::NoneOfThese(4),
            Press::Helpful(u32::MAX),
            Press::Unhelpful(u32::MAX),
            Press::More(4_000_000_000, Facet::Conditions, 12),
            Press::Summary(4),
            Press::Confirm(9),
            Press::Cancel(9),
            Press::Sign(ticket.clone()),
            Press::Contacted(ticket.clone()),
            Press::Subdistricts(7),
            Press::Subdistrict(7, 11),
            Press::Anonymous(7),
            Press::Company(7),
            Press::Phone(7),
            Press::NoPhone(7),
            Press::Join(7, ticket.clone()),
            Press::Reopen(ticket.clone()),
            Press::OtherActions(ticket.clone()),
            Press::Resume(ticket.clone()),
            Press::StandIn(ticket.clone()),
            Press::TakeOver(ticket.clone()),
            Press::ApproveExtension(ticket.clone()),
            Press::Canned(ticket.clone(), 2),
            Press::Choices(ticket.clone()),
            Press::AssignTo(ticket.clone(), CommissionerId::parse("wang").unwrap()),
            Press::Close(ticket.clone()),
            Press::WriteTo(u32::MAX, ticket.clone()),
            Press::AskMyself(7),
            Press::Urge(ticket.clone()),
            Press::Comment(ticket.clone()),
            Press::Progress(ticket.clone()),
            Press::Withdraw(ticket.clone()),
            Press::NewQuestion,
        ];
        presses.extend(Facet::iter().map(|facet| Press::Facet(1, facet)));
        presses.extend(TicketKind::iter().map(|kind| Press::Kind(1, kind)));
        presses.extend(Purpose::iter().map(|purpose| Press::Say(purpose, ticket.clone())));
        presses.extend(Rating::iter().map(|rating| Press::Rate(ticket.clone(), rating)));
        for press in presses {
            let code = press.encode();
            assert!(code.len() <= 64, "{code}");
            assert_eq!(Press::decode(&code), Some(press), "{code}");
        }
    }

    proptest! {
        #[test]
        fn hostile_codes_never_panic(data in "\\PC{0,80}") {
            let _ = Press::decode(&data);
        }
    }
}
