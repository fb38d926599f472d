//! Publishing: load, validate, build, ask the golden questions, compare, record. A failure leaves the old edition serving.
//!
//! What is printed about it is `reindex`'s business; when it is tried is `watch`'s.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Context;
use serde::Serialize;

use super::check;
use super::house::House;
use super::output::progress;
use crate::catalog::{self, Bundle, HolidayYear, Loaded, Problem};
use crate::desk::comparison::{Comparison, compare};
use crate::desk::golden::{GoldenFailure, run_golden};
use crate::desk::knowledge::{Edition, KnowledgeBase};
use crate::desk::ports::{EditionRecord, NewEdition, PublishError};
use crate::search::{self, BuildError};

/// Of the topics' own questions at most this many are asked of both editions on the way to publishing; a dry run, which
/// somebody makes in order to read it, asks [`TOPIC_QUESTIONS_DRY`].
const TOPIC_QUESTIONS: usize = 500;

/// See [`TOPIC_QUESTIONS`].
const TOPIC_QUESTIONS_DRY: usize = 20_000;

/// What is wanted.
#[derive(Clone, Copy)]
pub(crate) struct Wish<'a> {
    /// Publish although golden questions fail, or although the content is that of the serving edition.
    pub(crate) force: bool,
    /// Only report.
    pub(crate) dry_run: bool,
    /// Nobody asked for this content in particular: what was published before and rolled back is not published by itself.
    pub(crate) is_watched: bool,
    /// What the topics mean is worked out before the golden questions are asked, which takes a minute where all of it is new;
    /// otherwise while the edition serves already, by words.
    pub(crate) awaits_meanings: bool,
    /// Who wants it.
    pub(crate) by: &'a str,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// A new edition is recorded and serves.
    Published,
    /// It would have been, had it not been a dry run.
    Publishable,
    /// The content is that of the serving edition.
    Unchanged,
    /// The content is that of an earlier edition, which does not serve.
    Earlier,
    /// The content has errors.
    Problems,
    /// Golden questions lost their answer.
    Golden,
    /// Somebody else published or rolled back meanwhile.
    Superseded,
}

impl Verdict {
    /// Whether what was wanted has come about.
    pub(crate) fn is_good(self) -> bool {
        matches!(self, Self::Published | Self::Publishable | Self::Unchanged)
    }
}

/// A golden question that did not get its answer, as programs read it.
#[derive(Serialize)]
pub(crate) struct GoldenRow {
    pub(crate) question: String,
    pub(crate) expected: Option<String>,
    pub(crate) facet: Option<String>,
    pub(crate) got: String,
}

impl From<GoldenFailure> for GoldenRow {
    fn from(failure: GoldenFailure) -> Self {
        let GoldenFailure { question, expected, facet, got } = failure;
        Self { question, expected, facet: facet.map(|facet| facet.to_string()), got }
    }
}

/// Everything there is to say about an attempt.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) verdict: Verdict,
    /// The edition it became or would become; where nothing differs, the one that has this content.
    pub(crate) edition: Option<u32>,
    /// The serving edition it was compared with.
    pub(crate) compared_with: Option<u32>,
    pub(crate) is_forced: bool,
    pub(crate) content_sha256: String,
    pub(crate) topics: usize,
    pub(crate) questions: usize,
    pub(crate) golden_questions: usize,
    pub(crate) problems: Vec<check::Row>,
    /// The same, with all that is known of each.
    #[serde(skip)]
    pub(crate) told: Vec<Problem>,
    pub(crate) golden_failures: Vec<GoldenRow>,
    pub(crate) comparison: Option<Comparison>,
    /// Files that differ and are neither topics nor compared otherwise.
    pub(crate) other_files: Vec<String>,
}

impl Report {
    fn of(loaded: &Loaded) -> Self {
        let topics = &loaded.base.topics;
        Self {
            verdict: Verdict::Problems,
            edition: None,
            compared_with: None,
            is_forced: false,
            content_sha256: loaded.bundle.content_hash(),
            topics: topics.len(),
            questions: topics.values().map(|topic| topic.questions.len()).sum(),
            golden_questions: loaded.base.golden.len(),
            problems: loaded.problems.iter().map(check::Row::of).collect(),
            told: loaded.problems.clone(),
            golden_failures: Vec::new(),
            comparison: None,
            other_files: Vec::new(),
        }
    }

    /// The report of an attempt that published nothing.
    fn ended(self, verdict: Verdict, edition: Option<u32>) -> Attempt {
        Attempt { report: Self { verdict, edition, ..self }, published: None }
    }
}

/// What an attempt came to.
pub(crate) struct Attempt {
    pub(crate) report: Report,
    /// The new edition and its holidays, where one was published.
    pub(crate) published: Option<(Edition, Vec<HolidayYear>)>,
}

/// Tries to publish the data folder as a new edition. Whatever goes wrong, the serving edition stays as it is.
pub(crate) async fn attempt(house: &House, wish: Wish<'_>) -> anyhow::Result<Attempt> {
    let editions = house.store.editions().await?;
    let serving = editions.iter().find(|edition| edition.is_serving);
    let number = editions.iter().map(|edition| edition.number).max().unwrap_or(0) + 1;
    let (dir, today) = (house.config.faq_data.clone(), house.today());
    let loaded = tokio::task::spawn_blocking(move || catalog::load(&dir, today)).await.context("读取任务异常结束")?;
    let mut report = Report::of(&loaded);
    if let Some((verdict, edition)) = nothing_to_do(&loaded, &report.content_sha256, &editions, wish) {
        return Ok(report.ended(verdict, edition));
    }
    report.compared_with = serving.map(|serving| serving.number);
    let before = match serving {
        Some(serving) => house.store.edition(serving.number).await?,
        None => None,
    };
    let Loaded { base, holidays, bundle, .. } = loaded;
    let candidate = build(house, wish, number, base, serving, &report.content_sha256).await?;
    if wish.awaits_meanings {
        house.semantics.complete(&candidate.meanings).await;
    }
    let candidate = examine(house, wish, candidate, &bundle, before, &mut report).await?;
    let has_failures = !report.golden_failures.is_empty();
    if has_failures && !wish.force {
        return Ok(report.ended(Verdict::Golden, None));
    }
    report.is_forced = has_failures;
    if wish.dry_run {
        return Ok(report.ended(Verdict::Publishable, Some(number)));
    }
    let new = NewEdition {
        number,
        instead_of: report.compared_with,
        content_sha256: report.content_sha256.clone(),
        content: serde_json::to_string(&bundle).context("版次内容无法序列化")?,
        topics: u32::try_from(report.topics).unwrap_or(u32::MAX),
        is_forced: report.is_forced,
        by: wish.by.to_owned(),
        at: house.clock.now(),
    };
    match house.store.publish(&new).await {
        Ok(()) => {
            let published = Some((candidate, holidays));
            Ok(Attempt { published, ..report.ended(Verdict::Published, Some(number)) })
        }
        Err(PublishError::Superseded) => Ok(report.ended(Verdict::Superseded, None)),
        Err(PublishError::Store(cause)) => Err(anyhow::Error::new(cause).context("版次没有写入数据库，原版次继续使用")),
    }
}

/// How the attempt ends before anything is built, if it does, with the edition that has this content already.
fn nothing_to_do(
    loaded: &Loaded,
    content_sha256: &str,
    editions: &[EditionRecord],
    wish: Wish<'_>,
) -> Option<(Verdict, Option<u32>)> {
    if !loaded.is_publishable() {
        return Some((Verdict::Problems, None));
    }
    let mut same = editions.iter().filter(|edition| edition.content_sha256 == content_sha256);
    if let Some(serving) = same.clone().find(|edition| edition.is_serving)
        && !wish.force
    {
        return Some((Verdict::Unchanged, Some(serving.number)));
    }
    let earlier = same.next().filter(|_| wish.is_watched)?;
    Some((Verdict::Earlier, Some(earlier.number)))
}

/// The candidate with its index: in its own folder, or in memory when nothing is to be published.
async fn build(
    house: &House,
    wish: Wish<'_>,
    number: u32,
    base: KnowledgeBase,
    serving: Option<&EditionRecord>,
    content_sha256: &str,
) -> anyhow::Result<Edition> {
    let (dir, sha256, is_dry) = (house.config.index_dir.clone(), content_sha256.to_owned(), wish.dry_run);
    let serving = serving.map(|serving| (serving.number, serving.content_sha256.clone()));
    let semantics = Arc::clone(&house.semantics);
    let work = tokio::task::spawn_blocking(move || -> anyhow::Result<Edition> {
        if is_dry {
            let index = search::in_memory(&base).context("无法建立索引")?;
            let meanings = semantics.of(&base, None);
            return Ok(Edition { number, base, index: Box::new(index), meanings });
        }
        let kept: Vec<_> = serving.iter().map(|(number, sha256)| (*number, sha256.as_str())).collect();
        if let Err(reason) = search::remove_all_but(&dir, &kept) {
            tracing::warn!(%reason, "old generations of the index could not be removed");
        }
        let index = search::open_or_build(&dir, number, &sha256, &base, &progress("建立索引")).map_err(|cause| {
            let help = match &cause {
                BuildError::Busy { .. } => "另一个进程正在建立索引，请等它结束后再试".to_owned(),
                _ => format!("无法在 {} 建立索引，原版次继续使用", dir.display()),
            };
            anyhow::Error::new(cause).context(help)
        })?;
        let meanings = semantics.of_edition(number, &sha256, &base);
        Ok(Edition { number, base, index: Box::new(index), meanings })
    });
    work.await.context("建立索引的任务异常结束")?
}

/// Asks the candidate the golden questions and compares it with the serving edition; fills in the report.
async fn examine(
    house: &House,
    wish: Wish<'_>,
    candidate: Edition,
    bundle: &Bundle,
    before: Option<(EditionRecord, String)>,
    report: &mut Report,
) -> anyhow::Result<Edition> {
    let before = match before {
        Some((record, content)) => match house.revive(record, content).await {
            Ok(revived) => {
                // Like is compared with like.
                if wish.awaits_meanings {
                    house.semantics.complete(&revived.edition.meanings).await;
                }
                Some(revived)
            }
            // What cannot be read any more must not stand in the way of what mends it.
            Err(reason) => {
                tracing::warn!(reason = format!("{reason:#}"), "the serving edition cannot be compared with");
                None
            }
        },
        None => None,
    };
    if let Some(before) = &before {
        report.other_files = other_files(&before.bundle, bundle);
    }
    let questions = if wish.dry_run { TOPIC_QUESTIONS_DRY } else { TOPIC_QUESTIONS };
    let work = tokio::task::spawn_blocking(move || -> anyhow::Result<_> {
        let failures = run_golden(&candidate).context("标准问无法运行")?;
        let comparison = before
            .map(|before| compare(&before.edition, &candidate, questions, &catalog::figures_in))
            .transpose()
            .context("无法与使用中的版次比较")?;
        Ok((candidate, failures, comparison))
    });
    let (candidate, failures, comparison) = work.await.context("比较任务异常结束")??;
    report.golden_failures = failures.into_iter().map(GoldenRow::from).collect();
    report.comparison = comparison;
    Ok(candidate)
}

/// Files that differ and are not compared by what they mean.
pub(crate) fn other_files(before: &Bundle, after: &Bundle) -> Vec<String> {
    let is_compared = |path: &str| {
        ["topics/", "lexicon/"].iter().any(|folder| path.starts_with(folder))
            || ["golden.yaml", "calibration.yaml"].contains(&path)
    };
    let paths: BTreeSet<_> = before.files().chain(after.files()).map(|(path, _)| path).collect();
    paths
        .into_iter()
        .filter(|path| !is_compared(path) && before.text(path) != after.text(path))
        .map(str::to_owned)
        .collect()
}
