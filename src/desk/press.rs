//! What buttons carry: short codes that come back when a button is pressed.
//!
//! A code is at most 64 bytes, as Telegram demands, and holds no personal data. It is not trusted: whoever presses must be
//! allowed to, which the desk checks when it comes back.

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
    /// 转办.
    Transfer(TicketNumber),
    /// 办结.
    Close(TicketNumber),
    /// The pending message belongs to this ticket.
    WriteTo(TicketNumber),
    /// The pending message is a question of one's own.
    AskMyself,
    /// 好差评.
    Rate(TicketNumber, Rating),
    /// 催办.
    Urge(TicketNumber),
    /// How it stands.
    Progress(TicketNumber),
    /// Take it back.
    Withdraw(TicketNumber),
    /// Ask the assistant again while a person has the case.
    NewQuestion,
}

impl Press {
    /// Writes the code.
    #[must_use]
    pub fn encode(&self) -> String {
        match self {
            Self::Human(turn) => format!("human:{turn}"),
            Self::Choose(turn, choice) => format!("choose:{turn}:{choice}"),
            Self::NoneOfThese(turn) => format!("none:{turn}"),
            Self::Facet(turn, facet) => format!("facet:{turn}:{facet}"),
            Self::More(turn, facet, from) => format!("more:{turn}:{facet}:{from}"),
            Self::Summary(turn) => format!("summary:{turn}"),
            Self::Confirm(turn) => format!("confirm:{turn}"),
            Self::Cancel(turn) => format!("cancel:{turn}"),
            Self::Kind(turn, kind) => format!("kind:{turn}:{kind}"),
            Self::Sign(ticket) => format!("sign:{ticket}"),
            Self::Contacted(ticket) => format!("contacted:{ticket}"),
            Self::Transfer(ticket) => format!("transfer:{ticket}"),
            Self::Close(ticket) => format!("close:{ticket}"),
            Self::WriteTo(ticket) => format!("write:{ticket}"),
            Self::AskMyself => "ask".to_owned(),
            Self::Rate(ticket, rating) => format!("rate:{ticket}:{rating}"),
            Self::Urge(ticket) => format!("urge:{ticket}"),
            Self::Progress(ticket) => format!("progress:{ticket}"),
            Self::Withdraw(ticket) => format!("withdraw:{ticket}"),
            Self::NewQuestion => "new".to_owned(),
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
            ("facet", Some(facet)) => Self::Facet(turn()?, facet.parse().ok()?),
            ("more", Some(facet)) => Self::More(turn()?, facet.parse().ok()?, third?.parse().ok()?),
            ("summary", None) => Self::Summary(turn()?),
            ("confirm", None) => Self::Confirm(turn()?),
            ("cancel", None) => Self::Cancel(turn()?),
            ("kind", Some(kind)) => Self::Kind(turn()?, kind.parse().ok()?),
            ("sign", None) => Self::Sign(ticket()?),
            ("contacted", None) => Self::Contacted(ticket()?),
            ("transfer", None) => Self::Transfer(ticket()?),
            ("close", None) => Self::Close(ticket()?),
            ("write", None) => Self::WriteTo(ticket()?),
            ("ask", None) => Self::AskMyself,
            ("rate", Some(rating)) => Self::Rate(ticket()?, rating.parse().ok()?),
            ("urge", None) => Self::Urge(ticket()?),
            ("progress", None) => Self::Progress(ticket()?),
            ("withdraw", None) => Self::Withdraw(ticket()?),
            ("new", None) => Self::NewQuestion,
            _ => return None,
        })
    }
}

/// The longest code that can be written fits Telegram's limit.
const _: () = assert!("rate:ZQ-20261122-000000000:very_dissatisfied".len() <= 64);

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
            Press::More(4_000_000_000, Facet::Conditions, 12),
            Press::Summary(4),
            Press::Confirm(9),
            Press::Cancel(9),
            Press::Sign(ticket.clone()),
            Press::Contacted(ticket.clone()),
            Press::Transfer(ticket.clone()),
            Press::Close(ticket.clone()),
            Press::WriteTo(ticket.clone()),
            Press::AskMyself,
            Press::Urge(ticket.clone()),
            Press::Progress(ticket.clone()),
            Press::Withdraw(ticket.clone()),
            Press::NewQuestion,
        ];
        presses.extend(Facet::iter().map(|facet| Press::Facet(1, facet)));
        presses.extend(TicketKind::iter().map(|kind| Press::Kind(1, kind)));
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
