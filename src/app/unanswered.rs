//! `unanswered`: what was not answered well, grouped by likeness; and keeping that list in order.

use anyhow::Context;
use jiff::SignedDuration;
use serde::Serialize;

use super::house::House;
use super::output::Out;
use super::{Misuse, Outcome};
use crate::cli::{TableFormat, UnansweredArgs};
use crate::desk::changes::{AuditEntry, Changes};
use crate::desk::knowledge::KnowledgeBase;
use crate::desk::learning::{self, QuestionGroup};
use crate::desk::message::ChatAddress;
use crate::desk::questions::{QuestionChange, Settlement};
use crate::desk::wording;
use crate::domain::calendar::china_time;

/// Questions of a group as people read them take this much of a line.
const QUESTION_SHOWN: usize = 30;

#[derive(Serialize)]
struct Line {
    id: i64,
    question: String,
    count: usize,
    askers: usize,
    first_at: String,
    last_at: String,
    reasons: Vec<ReasonCount>,
    nearest_topic: Option<String>,
    nearest_title: Option<String>,
    draft: Option<String>,
}

#[derive(Serialize)]
struct ReasonCount {
    reason: &'static str,
    count: usize,
}

#[derive(Serialize)]
struct QuestionLine {
    id: i64,
    at: String,
    channel: String,
    reason: &'static str,
    wants_person: bool,
    topic: Option<String>,
    edition: u32,
    question: String,
}

#[derive(Serialize)]
struct Whole {
    #[serde(flatten)]
    group: Line,
    questions: Vec<QuestionLine>,
}

impl House {
    /// The groups of open questions, most asked first, with the knowledge they were compared with. Old questions are swept.
    pub(crate) async fn question_groups(&self) -> anyhow::Result<(Vec<QuestionGroup>, KnowledgeBase)> {
        self.sweep_questions().await?;
        let (edition, _) = self.serving().await?;
        let (questions, now) = (self.store.open_questions().await?, self.clock.now());
        tokio::task::spawn_blocking(move || (learning::group(questions, &edition.base, now), edition.base))
            .await
            .context("归组任务异常结束")
    }

    /// Deletes questions that were kept for as long as they may.
    pub(crate) async fn sweep_questions(&self) -> anyhow::Result<u64> {
        let kept = SignedDuration::from_hours(24 * i64::from(self.config.questions_keep_days));
        Ok(self.store.sweep_questions(self.clock.now() - kept).await?)
    }

    /// The group that a question of this number belongs to.
    pub(crate) async fn question_group(&self, id: i64) -> anyhow::Result<Option<(QuestionGroup, KnowledgeBase)>> {
        let (groups, base) = self.question_groups().await?;
        let group = groups.into_iter().find(|group| group.questions.iter().any(|question| question.id == id));
        if group.is_none() {
            Out::note(format!("没有编号为 {id} 的问题组，可用 unanswered 查看。"));
        }
        Ok(group.map(|group| (group, base)))
    }
}

/// `unanswered`.
pub(crate) async fn list(house: &House, args: &UnansweredArgs) -> anyhow::Result<Outcome> {
    let (groups, base) = house.question_groups().await?;
    let is_wanted = |group: &&QuestionGroup| {
        group.askers >= args.min && args.since.is_none_or(|since| china_time(group.last_at).date() >= since)
    };
    let lines: Vec<_> = groups.iter().filter(is_wanted).map(|group| line(group, &base)).collect();
    let mut out = Out::new();
    match args.format {
        TableFormat::Json => out.pretty(&lines)?,
        TableFormat::Csv => out.csv(
            ["组号", "问题", "次数", "企业数", "首次", "最近", "原因", "最相近的主题", "标题", "草稿"],
            lines.into_iter().map(csv_row).collect(),
        )?,
        TableFormat::Text if lines.is_empty() => out.line("没有符合条件的未答问题。")?,
        TableFormat::Text => {
            let rows = lines.into_iter().map(text_row).collect();
            out.table(["组号", "企业数", "次数", "最近", "问题", "原因", "最相近的主题", "草稿"], rows)?;
            out.line("查看原话：unanswered show 组号；起草：draft from-group 组号；不处理：unanswered dismiss 组号 --why 原因")?;
        }
    }
    Ok(Outcome::Done)
}

/// `unanswered show`.
pub(crate) async fn show(house: &House, id: i64, format: TableFormat) -> anyhow::Result<Outcome> {
    let Some((group, base)) = house.question_group(id).await? else { return Ok(Outcome::Failed) };
    let whole = Whole { group: line(&group, &base), questions: questions(&group) };
    let mut out = Out::new();
    match format {
        TableFormat::Json => out.pretty(&whole)?,
        TableFormat::Csv => {
            let row = |line: QuestionLine| {
                let topic = line.topic.unwrap_or_default();
                let person = if line.wants_person { "是" } else { "" }.to_owned();
                let reason = line.reason.to_owned();
                [
                    line.id.to_string(),
                    line.at,
                    line.channel,
                    reason,
                    person,
                    topic,
                    line.edition.to_string(),
                    line.question,
                ]
            };
            out.csv(
                ["编号", "时间", "渠道", "原因", "要找专员", "猜测的主题", "版次", "问题"],
                whole.questions.into_iter().map(row).collect(),
            )?;
        }
        TableFormat::Text => print(&mut out, &whole)?,
    }
    Ok(Outcome::Done)
}

fn print(out: &mut Out, whole: &Whole) -> std::io::Result<()> {
    let Whole { group, questions } = whole;
    let Line { id, question, count, askers, first_at, last_at, .. } = group;
    out.line(format!("问题组 {id}：{question}"))?;
    out.line(format!("共 {count} 问，{askers} 家企业，{first_at} 至 {last_at}"))?;
    if let (Some(topic), Some(title)) = (&group.nearest_topic, &group.nearest_title) {
        out.line(format!("最相近的主题：{topic}（{title}）"))?;
    }
    if let Some(draft) = &group.draft {
        out.line(format!("已起草：{draft}"))?;
    }
    for line in questions {
        let person = if line.wants_person { "，要找专员" } else { "" };
        let reason = reason(line.reason);
        out.line(format!("  {}  {}  [{reason}{person}]  {}", line.id, line.at, line.question))?;
    }
    Ok(())
}

/// `unanswered dismiss`.
pub(crate) async fn dismiss(house: &House, id: i64, why: &str) -> anyhow::Result<Outcome> {
    if why.trim().is_empty() {
        return Err(Misuse("请用 --why 写明原因".to_owned()).into());
    }
    let Some((group, _)) = house.question_group(id).await? else { return Ok(Outcome::Failed) };
    let detail =
        format!("group {}, {} questions: {}", group.id, group.questions.len(), crate::domain::privacy::mask(why));
    settle(house, &group, Settlement::Dismissed, "questions.dismiss", detail).await?;
    Out::new().line(format!("已不再列出问题组 {}（{} 问）。", group.id, group.questions.len()))?;
    Ok(Outcome::Done)
}

/// Settles all questions of a group, with a line in the audit log.
pub(crate) async fn settle(
    house: &House,
    group: &QuestionGroup,
    settlement: Settlement,
    action: &str,
    detail: String,
) -> anyhow::Result<()> {
    let ids = group.questions.iter().map(|question| question.id).collect();
    let at = house.clock.now();
    let changes = Changes {
        questions: vec![QuestionChange::Settle { ids, settlement }],
        audit: vec![AuditEntry { at, by: "cli".to_owned(), action: action.to_owned(), detail }],
        at,
        ..Changes::default()
    };
    Ok(house.store.commit(changes).await?)
}

/// `unanswered erase`.
pub(crate) async fn erase(house: &House, chat: &str) -> anyhow::Result<Outcome> {
    let address: ChatAddress =
        chat.parse().map_err(|_| Misuse(format!("“{chat}”不是对话，应如 telegram:42、web:编号 或 terminal:会话名")))?;
    let erased = house.store.erase_asker(&address, "cli", house.clock.now()).await?;
    Out::new().line(format!("已删除这个对话留下的 {erased} 个问题及其反馈。"))?;
    Ok(Outcome::Done)
}

fn line(group: &QuestionGroup, base: &KnowledgeBase) -> Line {
    let nearest = group.nearest_topic.as_ref().and_then(|topic| base.topics.get(topic));
    Line {
        id: group.id,
        question: group.representative().to_owned(),
        count: group.questions.len(),
        askers: group.askers,
        first_at: moment(group.first_at),
        last_at: moment(group.last_at),
        reasons: group
            .reasons()
            .into_iter()
            .map(|(reason, count)| ReasonCount { reason: reason.into(), count })
            .collect(),
        nearest_topic: nearest.map(|topic| topic.id.to_string()),
        nearest_title: nearest.map(|topic| topic.title.clone()),
        draft: group.draft.as_ref().map(ToString::to_string),
    }
}

fn questions(group: &QuestionGroup) -> Vec<QuestionLine> {
    let line = |question: &crate::desk::questions::OpenQuestion| QuestionLine {
        id: question.id,
        at: moment(question.at),
        channel: question.channel.to_string(),
        reason: question.reason.into(),
        wants_person: question.wants_person,
        topic: question.topic.as_ref().map(ToString::to_string),
        edition: question.edition,
        question: question.text.clone(),
    };
    group.questions.iter().map(line).collect()
}

fn text_row(line: Line) -> [String; 8] {
    [
        line.id.to_string(),
        line.askers.to_string(),
        line.count.to_string(),
        line.last_at,
        wording::excerpt(&line.question, QUESTION_SHOWN),
        reasons(&line.reasons),
        line.nearest_title.unwrap_or_default(),
        line.draft.unwrap_or_default(),
    ]
}

fn csv_row(line: Line) -> [String; 10] {
    let reasons = reasons(&line.reasons);
    [
        line.id.to_string(),
        line.question,
        line.count.to_string(),
        line.askers.to_string(),
        line.first_at,
        line.last_at,
        reasons,
        line.nearest_topic.unwrap_or_default(),
        line.nearest_title.unwrap_or_default(),
        line.draft.unwrap_or_default(),
    ]
}

fn reason(reason: &str) -> &'static str {
    reason.parse().map(wording::feedback::reason).unwrap_or_default()
}

fn reasons(counts: &[ReasonCount]) -> String {
    counts.iter().map(|count| format!("{} {}", reason(count.reason), count.count)).collect::<Vec<_>>().join("，")
}

fn moment(at: jiff::Timestamp) -> String {
    china_time(at).strftime("%Y-%m-%d %H:%M").to_string()
}
