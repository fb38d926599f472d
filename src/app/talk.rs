//! `ask` and `chat`: the conversation from the command line.

use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal, Read, stdin};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::house::House;
use super::output::Out;
use super::{Misuse, Outcome};
use crate::cli::{AskArgs, Format};
use crate::desk::message::{Body, Button, Channel, ChatAddress, Incoming};
use crate::desk::ports::Received;
use crate::desk::reply::{Reply, Status};
use crate::desk::service::{Desk, Question};
use crate::desk::understand::{Explanation, explain};
use crate::domain::commissioner::CommissionerId;

/// One line of a batch.
#[derive(Deserialize)]
struct BatchLine {
    id: serde_json::Value,
    text: String,
    session: Option<String>,
}

/// A reply with the id of its line.
#[derive(Serialize)]
struct BatchReply {
    id: serde_json::Value,
    #[serde(flatten)]
    reply: Reply,
}

/// A reply, and why it is what it is.
#[derive(Serialize)]
struct Explained {
    #[serde(flatten)]
    reply: Reply,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Explanation>,
}

/// `ask`.
pub(crate) async fn ask(house: &House, args: &AskArgs) -> anyhow::Result<Outcome> {
    let desk = house.desk().await?;
    if let Some(file) = &args.batch {
        return batch(&desk, file, args.as_of).await;
    }
    let question = Question {
        text: args.text.clone().unwrap_or_default(),
        session: args.session.as_ref().map(|session| ChatAddress::new(Channel::Terminal, session)),
        as_of: args.as_of,
        is_trial: false,
    };
    let reply = desk.ask(&question).await.context("没有得到答复")?;
    let nothing_found = reply.status == Status::Decline;
    let explanation = if args.explain {
        let edition = house.serving().await?.0;
        Some(explain(&question.text, &edition).context("无法说明依据")?)
    } else {
        None
    };
    let mut out = Out::new();
    match args.format {
        Format::Json => out.json(&Explained { reply, explanation })?,
        Format::Text => {
            print(&mut out, reply.text.as_deref().unwrap_or_default(), &reply.buttons)?;
            explanation.iter().try_for_each(|explanation| super::explain::print(&mut out, explanation))?;
        }
    }
    Ok(if nothing_found && args.format == Format::Text { Outcome::Failed } else { Outcome::Done })
}

/// Conversations of one batch are its own: a second run starts afresh. Nothing of a batch is kept to learn from.
async fn batch(desk: &Desk, file: &Path, as_of: Option<Date>) -> anyhow::Result<Outcome> {
    let input: Box<dyn Read> = if file == Path::new("-") {
        Box::new(stdin())
    } else {
        Box::new(File::open(file).with_context(|| Misuse(format!("无法读取 {}", file.display())))?)
    };
    let mut nonce = [0_u8; 8];
    getrandom::fill(&mut nonce).context("系统随机数不可用")?;
    let run = u64::from_le_bytes(nonce);
    let mut out = Out::new();
    for (number, line) in BufReader::new(input).lines().enumerate() {
        let line = line.with_context(|| Misuse(format!("第 {} 行不是 UTF-8 文本", number + 1)))?;
        if line.trim().is_empty() {
            continue;
        }
        let line: BatchLine =
            serde_json::from_str(&line).with_context(|| Misuse(format!("第 {} 行不是有效的 JSON", number + 1)))?;
        let session =
            line.session.map(|session| ChatAddress::new(Channel::Terminal, format!("batch-{run:x}-{session}")));
        let question = Question { text: line.text, session, as_of, is_trial: true };
        let reply = desk.ask(&question).await.context("没有得到答复")?;
        out.json(&BatchReply { id: line.id, reply })?;
    }
    Ok(Outcome::Done)
}

/// `chat`: a conversation through inbox and outbox, as on every other channel.
pub(crate) async fn chat(house: &House, session: &str, commissioner: Option<&str>) -> anyhow::Result<Outcome> {
    let desk = house.desk().await?;
    let chat = match commissioner {
        Some(id) => {
            let id = CommissionerId::parse(id).ok_or_else(|| Misuse(format!("专员编号“{id}”不对")))?;
            ChatAddress::new(Channel::Desk, id.as_str())
        }
        None => ChatAddress::new(Channel::Terminal, session),
    };
    let mut conversation = Conversation { house, desk, chat, seen: 0, buttons: Vec::new() };
    conversation.run().await
}

struct Conversation<'a> {
    house: &'a House,
    desk: Arc<Desk>,
    chat: ChatAddress,
    seen: i64,
    buttons: Vec<Button>,
}

impl Conversation<'_> {
    async fn run(&mut self) -> anyhow::Result<Outcome> {
        let mut out = Out::new();
        if stdin().is_terminal() {
            out.line("直接提问即可；按钮可以输入编号（#1）或按钮上的字。空行刷新，Ctrl-D 退出。")?;
        }
        self.show_new(&mut out).await?;
        let mut lines = tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(tokio::io::stdin()));
        loop {
            if stdin().is_terminal() {
                out.prompt("> ")?;
            }
            let Some(line) = lines.next_line().await.context("无法读取输入")? else { return Ok(Outcome::Done) };
            if !line.trim().is_empty() {
                self.say(line.trim()).await?;
            }
            self.show_new(&mut out).await?;
        }
    }

    async fn say(&self, words: &str) -> anyhow::Result<()> {
        let pressed = words.strip_prefix('#').and_then(|number| number.parse::<usize>().ok());
        let pressed = pressed.and_then(|number| self.buttons.get(number.checked_sub(1)?));
        let body = match pressed {
            Some(button) => Body::Press(button.data.clone()),
            None => Body::Text(words.to_owned()),
        };
        let at = self.house.clock.now();
        let mut nonce = [0_u8; 8];
        getrandom::fill(&mut nonce).context("系统随机数不可用")?;
        let id = format!("{}:{:x}", self.chat, u64::from_le_bytes(nonce));
        let received = Received { id: id.clone(), chat: self.chat.clone(), payload: words.to_owned(), at };
        self.house.store.receive(&[received]).await?;
        let incoming = Incoming { id, chat: self.chat.clone(), sender: None, at, body, reply_to: None, thread: None };
        self.desk.handle(&incoming).await.context("消息已保存，但没有处理完")?;
        Ok(())
    }

    /// Prints what was written to this conversation since the last time.
    async fn show_new(&mut self, out: &mut Out) -> anyhow::Result<()> {
        for item in self.house.store.outgoing_since(&self.chat, self.seen).await? {
            self.seen = item.id;
            print(out, &item.message.text, &item.message.buttons)?;
            if !item.message.buttons.is_empty() {
                self.buttons = item.message.buttons.into_iter().flatten().collect();
            }
        }
        Ok(())
    }
}

fn print(out: &mut Out, text: &str, buttons: &[Vec<Button>]) -> std::io::Result<()> {
    out.line(text)?;
    let labels: Vec<_> =
        buttons.iter().flatten().enumerate().map(|(at, button)| format!("[#{} {}]", at + 1, button.label)).collect();
    if !labels.is_empty() {
        out.line(labels.join(" "))?;
    }
    out.line("")
}
