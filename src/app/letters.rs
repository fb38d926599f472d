//! `dead-letters`: what was given up is shown, tried again, or dismissed.

use serde::Serialize;

use super::house::House;
use super::output::Out;
use super::{Misuse, Outcome};
use crate::cli::{Format, LettersCommand};
use crate::desk::letters::{DeadLetter, LetterId, LetterOrder};
use crate::domain::calendar::china_time;

/// So many are shown, and tried again by `--all`.
const MOST: u32 = 1_000;

#[derive(Serialize)]
struct Line {
    id: String,
    at: String,
    channel: String,
    reference: Option<String>,
    ticket: Option<String>,
    attempts: u32,
    error: String,
}

impl From<DeadLetter> for Line {
    fn from(letter: DeadLetter) -> Self {
        Self {
            id: letter.id.to_string(),
            at: china_time(letter.at).strftime("%Y-%m-%d %H:%M").to_string(),
            channel: letter.channel.to_string(),
            reference: letter.reference,
            ticket: letter.about.map(|number| number.to_string()),
            attempts: letter.attempts,
            error: letter.error,
        }
    }
}

/// `dead-letters`.
pub(crate) async fn run(house: &House, command: &LettersCommand) -> anyhow::Result<Outcome> {
    match command {
        LettersCommand::List { format } => list(house, *format).await,
        LettersCommand::Retry { all: true, .. } => {
            let letters = house.store.dead_letters(MOST).await?;
            let ids: Vec<_> = letters.iter().map(|letter| letter.id).collect();
            settle(house, &ids, LetterOrder::Retry).await
        }
        LettersCommand::Retry { ids, .. } => settle(house, &read_ids(ids)?, LetterOrder::Retry).await,
        LettersCommand::Dismiss { ids } => settle(house, &read_ids(ids)?, LetterOrder::Dismiss).await,
    }
}

fn read_ids(texts: &[String]) -> Result<Vec<LetterId>, Misuse> {
    let id = |text: &String| text.parse().map_err(|_| Misuse(format!("“{text}”不是编号，应如 in-12 或 out-7")));
    texts.iter().map(id).collect()
}

async fn list(house: &House, format: Format) -> anyhow::Result<Outcome> {
    let lines: Vec<_> = house.store.dead_letters(MOST).await?.into_iter().map(Line::from).collect();
    let mut out = Out::new();
    if format == Format::Json {
        out.pretty(&lines)?;
    } else if lines.is_empty() {
        out.line("没有处理失败或送不到的消息。")?;
    } else {
        let rows = lines.into_iter().map(|line| {
            let named = line.ticket.or(line.reference).unwrap_or_default();
            [line.id, line.at, line.channel, named, line.attempts.to_string(), line.error]
        });
        out.table(["编号", "时间", "渠道", "工单或参考号", "次数", "原因"], rows.collect())?;
        out.line("重新处理或发送用 dead-letters retry 编号，不再提示用 dead-letters dismiss 编号。")?;
    }
    Ok(Outcome::Done)
}

async fn settle(house: &House, ids: &[LetterId], order: LetterOrder) -> anyhow::Result<Outcome> {
    let mut out = Out::new();
    let mut missing = 0;
    for id in ids {
        let is_settled = house.store.settle_letter(*id, order, "cli", house.clock.now()).await?;
        missing += usize::from(!is_settled);
        out.line(match (is_settled, order) {
            (true, LetterOrder::Retry) => format!("{id}：已放回，运行中的服务会重新处理或发送。"),
            (true, LetterOrder::Dismiss) => format!("{id}：不再提示。"),
            (false, _) => format!("{id}：没有这条消息，或已经处理。"),
        })?;
    }
    if ids.is_empty() {
        out.line("没有处理失败或送不到的消息。")?;
    }
    Ok(if missing == 0 { Outcome::Done } else { Outcome::Failed })
}
