//! `commissioner hand-over`, `ticket reassign`: tickets change hands on an administrator's order.

use super::house::House;
use super::output::Out;
use super::{Misuse, Outcome};
use crate::cli::Order;
use crate::desk::hand_over::{HandOver, HandOverError, Which};
use crate::domain::commissioner::CommissionerId;
use crate::domain::ticket::TicketNumber;

/// `commissioner hand-over`.
pub(crate) async fn all_of(house: &House, id: &str, order: &Order) -> anyhow::Result<Outcome> {
    carry_out(house, Which::AllOf(person(id)?), order).await
}

/// `ticket reassign`.
pub(crate) async fn these(house: &House, numbers: &[String], order: &Order) -> anyhow::Result<Outcome> {
    let number = |text: &String| {
        TicketNumber::parse(text).ok_or_else(|| Misuse(format!("“{text}”不是工单号，应如 ZQ-20261122-0007")))
    };
    let numbers = numbers.iter().map(number).collect::<Result<_, _>>()?;
    carry_out(house, Which::These(numbers), order).await
}

async fn carry_out(house: &House, which: Which, order: &Order) -> anyhow::Result<Outcome> {
    let to = order.to.as_deref().map(person).transpose()?;
    let order = HandOver { which, to, why: order.why.clone(), by: "cli".to_owned() };
    let desk = house.desk().await?;
    let moved = match desk.hand_over(&order).await {
        Ok(moved) => moved,
        Err(HandOverError::Nobody(id)) => {
            Out::note(format!("名册里没有可以办件的“{id}”，没有改动；可用 commissioner list 查看。"));
            return Ok(Outcome::Failed);
        }
        Err(HandOverError::NoTicket(number)) => {
            Out::note(format!("没有工单 {number}，没有改动。"));
            return Ok(Outcome::Failed);
        }
        Err(HandOverError::Refused { number, .. }) => {
            Out::note(format!("工单 {number} 已经结束或没有人可以接手，没有改动。"));
            return Ok(Outcome::Failed);
        }
        Err(other) => return Err(other.into()),
    };
    let mut out = Out::new();
    for (number, to) in &moved {
        out.line(format!("{number} → {to}"))?;
    }
    out.line(format!("已移交 {} 个工单。", moved.len()))?;
    Ok(Outcome::Done)
}

fn person(id: &str) -> anyhow::Result<CommissionerId> {
    Ok(CommissionerId::parse(id).ok_or_else(|| Misuse(format!("专员编号“{id}”不对")))?)
}
