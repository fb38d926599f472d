//! `draft`: topics begun from what companies asked, completed by a person, and moved to the knowledge. Nothing is published
//! by itself: `publish` only puts the file in its place, `reindex` makes an edition of it.

use std::error::Error as _;
use std::path::Path;

use anyhow::Context;
use serde::Serialize;

use super::house::House;
use super::output::Out;
use super::{Misuse, Outcome, unanswered};
use crate::catalog::{self, CATEGORIES, DraftError, Problem, Severity};
use crate::cli::{DraftPlace, Format};
use crate::desk::changes::{AuditEntry, Changes};
use crate::desk::knowledge::KnowledgeBase;
use crate::desk::learning::{self, DraftRefusal, Origin, TopicDraft};
use crate::desk::questions::{QuestionChange, Settlement};
use crate::domain::ticket::TicketNumber;
use crate::domain::topic::TopicId;

#[derive(Serialize)]
struct Line {
    id: String,
    file: String,
    errors: usize,
    warnings: usize,
}

/// `draft from-group`.
pub(crate) async fn from_group(house: &House, id: i64, place: &DraftPlace) -> anyhow::Result<Outcome> {
    let Some((group, base)) = house.question_group(id).await? else { return Ok(Outcome::Failed) };
    let dir = house.config.faq_data.clone();
    if let Some(draft) = group.draft.as_ref().filter(|draft| catalog::draft_path(&dir, draft).exists()) {
        Out::note(format!("这一组已经起草：{}。", catalog::draft_path(&dir, draft).display()));
        return Ok(Outcome::Failed);
    }
    let Some(draft) = begin(&dir, Origin::Group(&group), place, &base)? else { return Ok(Outcome::Failed) };
    let detail = format!("{} from group {}, {} questions", draft.id, group.id, group.questions.len());
    let settlement = Settlement::Drafted(draft.id.clone());
    let noted = unanswered::settle(house, &group, settlement, "draft.write", detail).await;
    finish(&dir, &draft, noted)
}

/// `draft from-ticket`.
pub(crate) async fn from_ticket(house: &House, number: &str, place: &DraftPlace) -> anyhow::Result<Outcome> {
    let parsed =
        TicketNumber::parse(number).ok_or_else(|| Misuse(format!("“{number}”不是工单号，应如 ZQ-20261122-0007")))?;
    let Some(ticket) = house.store.ticket(&parsed).await? else {
        Out::note(format!("没有工单 {parsed}。"));
        return Ok(Outcome::Failed);
    };
    let messages = house.store.ticket_messages(&parsed).await?;
    let (edition, _) = house.serving().await?;
    let dir = house.config.faq_data.clone();
    let origin = Origin::Ticket(&ticket, &messages);
    let Some(draft) = begin(&dir, origin, place, &edition.base)? else { return Ok(Outcome::Failed) };
    let noted = note(house, "draft.write", format!("{} from {parsed}", draft.id), Vec::new()).await;
    finish(&dir, &draft, noted)
}

/// Writes the file of a new draft, or says why not.
fn begin(
    dir: &Path,
    origin: Origin<'_>,
    place: &DraftPlace,
    base: &KnowledgeBase,
) -> anyhow::Result<Option<TopicDraft>> {
    if let Some(category) = place.category.as_deref().filter(|category| !CATEGORIES.contains(category)) {
        let all = CATEGORIES.join("、");
        return Err(Misuse(format!("没有类别 {category}，应是其中之一：{all}")).into());
    }
    let is_taken = |id: &TopicId| catalog::is_taken(dir, id) || base.topics.contains_key(id);
    let draft = match learning::draft(origin, place.category.as_deref(), place.name.as_deref(), base, is_taken) {
        Ok(draft) => draft,
        Err(refusal) => {
            Out::note(explain(refusal));
            return Ok(None);
        }
    };
    match catalog::begin_draft(dir, &draft) {
        Ok(_) => Ok(Some(draft)),
        Err(error @ (DraftError::Taken(_) | DraftError::Missing(_) | DraftError::NotAFile(_))) => {
            Out::note(explain_error(&error));
            Ok(None)
        }
        Err(error) => Err(anyhow::Error::new(error).context("草稿没有写成")),
    }
}

/// Tells where the draft is; a draft that could not be noted in the audit log is taken back.
fn finish(dir: &Path, draft: &TopicDraft, noted: anyhow::Result<()>) -> anyhow::Result<Outcome> {
    if noted.is_err() {
        catalog::take_back_draft(dir, &draft.id);
    }
    noted.context("草稿没有写成")?;
    let mut out = Out::new();
    out.line(format!("已起草：{}", catalog::draft_path(dir, &draft.id).display()))?;
    if let Some((topic, title)) = &draft.nearest {
        out.line(format!("最相近的主题是 {topic}（{title}）；如果属于那个主题，请改那个文件。"))?;
    }
    out.line(format!("请核实并补全，再运行 zhengqitong draft publish {}，最后 reindex。", draft.id))?;
    Ok(Outcome::Done)
}

fn explain(refusal: DraftRefusal) -> String {
    match refusal {
        DraftRefusal::NoCategory => {
            format!("看不出属于哪个类别，请用 --category 指明：{}", CATEGORIES.join("、"))
        }
        DraftRefusal::BadName => {
            "文件名不能用或已被占用：只用小写英文字母、数字和短横线，用 --name 另起一个。".to_owned()
        }
        DraftRefusal::NotClosed => "这个工单还没有办结，办结后才能起草。".to_owned(),
        DraftRefusal::NoFreeName => "自动取的文件名都已被占用，请用 --name 另起一个。".to_owned(),
    }
}

fn explain_error(error: &DraftError) -> String {
    match error {
        DraftError::Missing(path) => format!("没有草稿 {}，可用 draft list 查看。", path.display()),
        DraftError::Taken(path) => format!("{} 已经存在，没有覆盖。", path.display()),
        DraftError::NotAFile(path) => format!("{} 不是普通的 UTF-8 文本文件，或者太大。", path.display()),
        DraftError::Read { path, cause } => format!("{} 无法读取：{cause}", path.display()),
        DraftError::Write(error) => {
            format!("草稿没有写成：{}", error.source().map_or_else(String::new, ToString::to_string))
        }
    }
}

/// `draft list`.
pub(crate) async fn list(house: &House, format: Format) -> anyhow::Result<Outcome> {
    let (dir, today) = (house.config.faq_data.clone(), house.today());
    let checked = tokio::task::spawn_blocking(move || {
        let check = |id: TopicId| {
            let problems = catalog::check_draft(&dir, &id, today);
            let file = catalog::draft_path(&dir, &id).display().to_string();
            problems.map(|problems| {
                let errors = count(&problems, Severity::Error);
                Line { id: id.to_string(), file, errors, warnings: problems.len() - errors }
            })
        };
        catalog::drafts(&dir).into_iter().map(check).collect::<Result<Vec<_>, _>>()
    });
    let lines = checked.await.context("检查任务异常结束")?.context("草稿无法读取")?;
    let mut out = Out::new();
    if format == Format::Json {
        out.pretty(&lines)?;
    } else if lines.is_empty() {
        out.line("没有草稿。")?;
    } else {
        let state = |line: &Line| match line.errors {
            0 => "可以发布".to_owned(),
            errors => format!("还有 {errors} 处待补或待改"),
        };
        let rows = lines.iter().map(|line| [line.id.clone(), line.file.clone(), state(line)]).collect();
        out.table(["主题编号", "文件", "状态"], rows)?;
    }
    Ok(Outcome::Done)
}

fn count(problems: &[Problem], severity: Severity) -> usize {
    problems.iter().filter(|problem| problem.severity == severity).count()
}

/// `draft publish`.
pub(crate) async fn publish(house: &House, id: &str) -> anyhow::Result<Outcome> {
    let topic = TopicId::parse(id)
        .filter(|topic| CATEGORIES.contains(&topic.category()))
        .ok_or_else(|| Misuse(format!("“{id}”不是主题编号，应如 market/wu-ren-ji，可用 draft list 查看")))?;
    let (dir, today) = (house.config.faq_data.clone(), house.today());
    let work = {
        let (dir, topic) = (dir.clone(), topic.clone());
        tokio::task::spawn_blocking(move || catalog::check_draft(&dir, &topic, today))
    };
    let problems = match work.await.context("检查任务异常结束")? {
        Ok(problems) => problems,
        Err(error) => {
            Out::note(explain_error(&error));
            return Ok(Outcome::Failed);
        }
    };
    tell(&problems);
    if catalog::has_errors(&problems) {
        let errors = count(&problems, Severity::Error);
        Out::note(format!("草稿还有 {errors} 处错误，没有发布。"));
        return Ok(Outcome::Failed);
    }
    let published = vec![QuestionChange::Published { topic: topic.clone() }];
    let moved = match catalog::move_draft(&dir, &topic) {
        Ok(moved) => moved,
        Err(error) => {
            Out::note(explain_error(&error));
            return Ok(Outcome::Failed);
        }
    };
    note(house, "draft.publish", topic.to_string(), published)
        .await
        .with_context(|| format!("草稿已移到 {}，但没有写入审计日志", moved.display()))?;
    Out::new().line(format!("已移到 {}。运行 zhengqitong reindex 后对外答复。", moved.display()))?;
    Ok(Outcome::Done)
}

fn tell(problems: &[Problem]) {
    for problem in problems {
        let severity = if problem.severity == Severity::Error { "错误" } else { "提醒" };
        let Problem { file, line, column, message, .. } = problem;
        Out::note(format!("{}:{line}:{column}: {severity}：{message}", file.display()));
        if let Some(hint) = &problem.hint {
            Out::note(format!("    {hint}"));
        }
    }
}

async fn note(house: &House, action: &str, detail: String, questions: Vec<QuestionChange>) -> anyhow::Result<()> {
    let at = house.clock.now();
    let audit = vec![AuditEntry { at, by: "cli".to_owned(), action: action.to_owned(), detail }];
    Ok(house.store.commit(Changes { questions, audit, at, ..Changes::default() }).await?)
}
