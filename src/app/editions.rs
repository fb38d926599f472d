//! Published editions: list them, compare two, let an earlier one serve again.

use anyhow::Context;
use serde::Serialize;

use super::compare;
use super::house::{House, Revived};
use super::output::Out;
use super::publish::other_files;
use super::{Misuse, Outcome};
use crate::catalog::{self, Loaded, Severity};
use crate::cli::{EditionName, Format};
use crate::desk::comparison::{Comparison, compare};
use crate::desk::knowledge::Edition;
use crate::desk::ports::RolledBack;
use crate::desk::wording::expiry::ending_line;
use crate::domain::calendar::china_time;
use crate::domain::ending::{Ending, WARNED_DAYS_AHEAD, endings_within};
use crate::search;

#[derive(Serialize)]
struct EditionLine {
    number: u32,
    is_serving: bool,
    /// Since when it serves; null where it does not.
    serving_since: Option<String>,
    is_forced: bool,
    topics: u32,
    published_at: String,
    published_by: String,
    content_sha256: String,
    /// What of the serving edition ends soon.
    ending: Vec<EndingRow>,
}

#[derive(Serialize)]
struct EndingRow {
    topic: String,
    title: String,
    document: Option<String>,
    last_day: String,
    days_left: i32,
}

/// `editions`.
pub(crate) async fn list(house: &House, format: Format) -> anyhow::Result<Outcome> {
    let mark = house.store.serving_mark().await?;
    let since = mark.as_ref().map(|mark| china_time(mark.at).strftime("%Y-%m-%d %H:%M:%S").to_string());
    let (today, ending) = (house.today(), ending_soon(house).await?);
    let row = |ending: &Ending| EndingRow {
        topic: ending.topic.to_string(),
        title: ending.title.clone(),
        document: ending.document.clone(),
        last_day: ending.last_day.to_string(),
        days_left: ending.days_left(today),
    };
    let lines: Vec<_> = house
        .store
        .editions()
        .await?
        .into_iter()
        .map(|edition| EditionLine {
            number: edition.number,
            is_serving: edition.is_serving,
            serving_since: since.clone().filter(|_| edition.is_serving),
            is_forced: edition.is_forced,
            topics: edition.topics,
            published_at: china_time(edition.published_at).strftime("%Y-%m-%d %H:%M:%S").to_string(),
            published_by: edition.published_by,
            content_sha256: edition.content_sha256,
            ending: if edition.is_serving { ending.iter().map(row).collect() } else { Vec::new() },
        })
        .collect();
    let mut out = Out::new();
    if format == Format::Json {
        out.pretty(&lines)?;
        return Ok(Outcome::Done);
    }
    if lines.is_empty() {
        out.line("还没有发布过版次。运行 zhengqitong reindex 发布。")?;
        return Ok(Outcome::Done);
    }
    print(&mut out, lines)?;
    if !ending.is_empty() {
        out.line(format!("提醒：使用中的版次有 {} 项即将到期，请核对是否延续。", ending.len()))?;
        for ending in &ending {
            out.line(format!("  {}", ending_line(ending, today)))?;
        }
    }
    Ok(Outcome::Done)
}

fn print(out: &mut Out, lines: Vec<EditionLine>) -> std::io::Result<()> {
    let rows = lines
        .into_iter()
        .map(|edition| {
            let serving = edition.serving_since.map(|since| format!("使用中，自 {since}")).unwrap_or_default();
            [
                edition.number.to_string(),
                serving,
                edition.topics.to_string(),
                edition.published_at,
                edition.published_by,
                if edition.is_forced { "强制" } else { "" }.to_owned(),
            ]
        })
        .collect();
    out.table(["版次", "状态", "主题", "发布时间", "发布者", "说明"], rows)
}

/// What of the serving edition ends soon.
async fn ending_soon(house: &House) -> anyhow::Result<Vec<Ending>> {
    let Some((_, content)) = house.store.serving_edition().await? else { return Ok(Vec::new()) };
    let bundle = serde_json::from_str(&content).context("数据库中的版次内容无法读取")?;
    let Loaded { base, .. } = catalog::load_bundle(bundle, house.today());
    let days = WARNED_DAYS_AHEAD.into_iter().max().unwrap_or_default();
    Ok(endings_within(base.topics.values(), house.today(), days))
}

/// `rollback`.
pub(crate) async fn roll_back(house: &House, number: u32) -> anyhow::Result<Outcome> {
    let mut out = Out::new();
    let Some((record, content)) = house.store.edition(number).await? else {
        Out::note(format!("没有版次 {number}。已发布的版次见 zhengqitong editions。"));
        return Ok(Outcome::Failed);
    };
    if record.is_serving {
        out.line(format!("版次 {number} 正在使用，没有变化。"))?;
        return Ok(Outcome::Done);
    }
    // An edition that this program cannot serve must not become the serving one.
    let Revived { edition, .. } = house
        .revive(record, content)
        .await
        .with_context(|| format!("版次 {number} 无法使用，没有回退；原版次继续使用"))?;
    match house.store.roll_back(number, "cli", house.clock.now()).await? {
        RolledBack::InsteadOf(before) => {
            let before = before.map(|before| format!("，代替版次 {before}（仍然保留）")).unwrap_or_default();
            out.line(format!("版次 {number} 重新使用{before}：{} 个主题。", edition.base.topics.len()))?;
            out.line("正在运行的服务会自动切换；知识目录没有改动，再次 reindex 会发布知识目录现在的内容。")?;
            Ok(Outcome::Done)
        }
        RolledBack::AlreadyServing => {
            out.line(format!("版次 {number} 正在使用，没有变化。"))?;
            Ok(Outcome::Done)
        }
        RolledBack::NoSuchEdition => {
            Out::note(format!("没有版次 {number}。已发布的版次见 zhengqitong editions。"));
            Ok(Outcome::Failed)
        }
    }
}

#[derive(Serialize)]
struct Difference {
    /// Null is the data folder.
    before: Option<u32>,
    /// Null is the data folder.
    after: Option<u32>,
    #[serde(flatten)]
    comparison: Comparison,
    other_files: Vec<String>,
}

/// `diff`.
pub(crate) async fn diff(house: &House, names: (EditionName, EditionName), format: Format) -> anyhow::Result<Outcome> {
    let (Some(before), Some(after)) = (look_at(house, names.0).await?, look_at(house, names.1).await?) else {
        return Ok(Outcome::Failed);
    };
    // Like is compared with like.
    for revived in [&before, &after] {
        house.semantics.complete(&revived.edition.meanings).await;
    }
    let other_files = other_files(&before.bundle, &after.bundle);
    let work = tokio::task::spawn_blocking(move || compare(&before.edition, &after.edition, 0, &catalog::figures_in));
    let comparison = work.await.context("比较任务异常结束")?.context("无法比较")?;
    let mut out = Out::new();
    if format == Format::Json {
        let (before, after) = (names.0.number(), names.1.number());
        out.pretty(&Difference { before, after, comparison, other_files })?;
    } else {
        out.line(format!("{} → {}", names.0, names.1))?;
        compare::print(&mut out, &comparison, &other_files)?;
    }
    Ok(Outcome::Done)
}

/// The edition, or the data folder; `None` when there is no such edition or the folder has errors, which is told.
async fn look_at(house: &House, name: EditionName) -> anyhow::Result<Option<Revived>> {
    let number = match name {
        EditionName::Number(number) => number,
        EditionName::Work => return work(house).await,
    };
    let found = house.look_at(number).await?;
    if found.is_none() {
        Out::note(format!("没有版次 {number}。已发布的版次见 zhengqitong editions。"));
    }
    Ok(found)
}

async fn work(house: &House) -> anyhow::Result<Option<Revived>> {
    let (dir, today) = (house.config.faq_data.clone(), house.today());
    if !dir.exists() {
        anyhow::bail!(Misuse(format!("知识目录 {} 不存在，请检查 --faq-data", dir.display())));
    }
    let semantics = std::sync::Arc::clone(&house.semantics);
    let read = tokio::task::spawn_blocking(move || -> anyhow::Result<_> {
        let loaded = catalog::load(&dir, today);
        if !loaded.is_publishable() {
            return Ok(Err(loaded.problems));
        }
        let Loaded { base, holidays, bundle, .. } = loaded;
        let index = search::in_memory(&base).context("无法建立索引")?;
        let meanings = semantics.of(&base, None);
        Ok(Ok(Revived { edition: Edition { number: 0, base, index: Box::new(index), meanings }, holidays, bundle }))
    });
    match read.await.context("读取任务异常结束")?? {
        Ok(read) => Ok(Some(read)),
        Err(problems) => {
            let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
            errors.take(compare::SHOWN).for_each(|problem| Out::note(problem.to_string()));
            Out::note("知识目录有错误，无法比较。全部问题见 zhengqitong check。");
            Ok(None)
        }
    }
}
