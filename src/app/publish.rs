//! Publishing: load, validate, build, ask the golden questions, record, swap. A failure leaves the old edition serving.

use anyhow::Context;
use serde::Serialize;

use super::Outcome;
use super::house::House;
use super::output::{Out, progress};
use crate::catalog::{self, HolidayYear, Loaded, Problem, Severity};
use crate::cli::Format;
use crate::desk::golden::{GoldenFailure, run_golden};
use crate::desk::knowledge::Edition;
use crate::desk::ports::{Editions, NewEdition};
use crate::domain::calendar::china_time;
use crate::search;

/// At most this many problems or failures are printed; `check` prints all.
const SHOWN: usize = 50;

/// How an attempt to publish ended.
pub(crate) enum Publication {
    /// A new edition is recorded.
    Published {
        /// The edition, ready to serve.
        edition: Box<Edition>,
        /// Its holidays.
        holidays: Vec<HolidayYear>,
    },
    /// The content is that of the serving edition.
    Unchanged {
        /// Its number.
        number: u32,
    },
    /// The content has errors.
    Problems(Vec<Problem>),
    /// Golden questions lost their answer.
    Golden(Vec<GoldenFailure>),
}

impl Publication {
    /// Says why nothing was published.
    pub(crate) fn explain(&self) {
        match self {
            Self::Problems(problems) => {
                for problem in problems.iter().filter(|problem| problem.severity == Severity::Error).take(SHOWN) {
                    Out::note(problem.to_string());
                    if let Some(hint) = &problem.hint {
                        Out::note(format!("    {hint}"));
                    }
                }
                Out::note("知识目录有错误，没有发布；原版次继续使用。全部问题见 zhengqitong check。");
            }
            Self::Golden(failures) => {
                for failure in failures.iter().take(SHOWN) {
                    let expected = failure.expected.as_deref().unwrap_or("不应答复");
                    Out::note(format!("标准问“{}”应为 {expected}，实际为 {}", failure.question, failure.got));
                }
                Out::note(format!(
                    "{}个标准问没有通过，没有发布；原版次继续使用。确认无误后可用 reindex --force 发布。",
                    failures.len()
                ));
            }
            Self::Published { .. } | Self::Unchanged { .. } => {}
        }
    }
}

/// Publishes the data folder as a new edition, unless something stands in the way; `force` overrules golden questions.
pub(crate) async fn publish(house: &House, force: bool, by: &str) -> anyhow::Result<Publication> {
    let (dir, index_dir, today) = (house.config.faq_data.clone(), house.config.index_dir.clone(), house.today());
    let latest = house.store.editions().await?;
    let serving = latest.iter().find(|edition| edition.is_serving).cloned();
    let number = latest.iter().map(|edition| edition.number).max().unwrap_or(0) + 1;
    let work = tokio::task::spawn_blocking(move || -> anyhow::Result<_> {
        let loaded = catalog::load(&dir, today);
        if !loaded.is_publishable() {
            return Ok(Err(Publication::Problems(loaded.problems)));
        }
        let Loaded { base, holidays, bundle, .. } = loaded;
        let content_sha256 = bundle.content_hash();
        if let Some(serving) = serving.filter(|serving| serving.content_sha256 == content_sha256 && !force) {
            return Ok(Err(Publication::Unchanged { number: serving.number }));
        }
        let index = search::build(&index_dir, number, &content_sha256, &base, &progress("建立索引"))
            .with_context(|| format!("无法在 {} 建立索引", index_dir.display()))?;
        let edition = Edition { number, base, index: Box::new(index) };
        let failures = run_golden(&edition).context("标准问无法运行")?;
        if !failures.is_empty() && !force {
            return Ok(Err(Publication::Golden(failures)));
        }
        let content = serde_json::to_string(&bundle).context("版次内容无法序列化")?;
        Ok(Ok((edition, holidays, content_sha256, content, !failures.is_empty())))
    });
    let (edition, holidays, content_sha256, content, is_forced) = match work.await.context("发布任务异常结束")??
    {
        Ok(ready) => ready,
        Err(refused) => return Ok(refused),
    };
    let new = NewEdition {
        content_sha256: content_sha256.clone(),
        content,
        topics: u32::try_from(edition.base.topics.len()).unwrap_or(u32::MAX),
        is_forced,
        by: by.to_owned(),
        at: house.clock.now(),
    };
    let published = house.store.publish(&new).await.context("版次没有写入数据库，原版次继续使用")?;
    anyhow::ensure!(published == number, "另一个进程同时发布了版次，请再运行一次 reindex");
    Ok(Publication::Published { edition: Box::new(edition), holidays })
}

/// `reindex`.
pub(crate) async fn run(house: &House, force: bool) -> anyhow::Result<Outcome> {
    match publish(house, force, "cli").await? {
        Publication::Published { edition, .. } => {
            let questions: usize = edition.base.topics.values().map(|topic| topic.questions.len()).sum();
            Out::new().line(format!(
                "已发布版次 {}：{} 个主题，{questions} 个问法，{} 个标准问。",
                edition.number,
                edition.base.topics.len(),
                edition.base.golden.len()
            ))?;
            Ok(Outcome::Done)
        }
        Publication::Unchanged { number } => {
            Out::new().line(format!("内容与版次 {number} 相同，没有重新发布。"))?;
            Ok(Outcome::Done)
        }
        refused => {
            refused.explain();
            Ok(Outcome::Failed)
        }
    }
}

#[derive(Serialize)]
struct EditionLine {
    number: u32,
    is_serving: bool,
    is_forced: bool,
    topics: u32,
    published_at: String,
    published_by: String,
    content_sha256: String,
}

/// `editions`.
pub(crate) async fn list(house: &House, format: Format) -> anyhow::Result<Outcome> {
    let lines: Vec<_> = house
        .store
        .editions()
        .await?
        .into_iter()
        .map(|edition| EditionLine {
            number: edition.number,
            is_serving: edition.is_serving,
            is_forced: edition.is_forced,
            topics: edition.topics,
            published_at: china_time(edition.published_at).strftime("%Y-%m-%d %H:%M:%S").to_string(),
            published_by: edition.published_by,
            content_sha256: edition.content_sha256,
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
    let rows = lines
        .into_iter()
        .map(|edition| {
            [
                edition.number.to_string(),
                if edition.is_serving { "使用中" } else { "" }.to_owned(),
                edition.topics.to_string(),
                edition.published_at,
                edition.published_by,
                if edition.is_forced { "强制" } else { "" }.to_owned(),
            ]
        })
        .collect();
    out.table(["版次", "状态", "主题", "发布时间", "发布者", "说明"], rows)?;
    Ok(Outcome::Done)
}
