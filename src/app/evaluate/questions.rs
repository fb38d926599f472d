//! `eval` on labelled messages: how good and how honest the answers are; fitting.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;

use serde::Serialize;

use super::{calibration_file, curve, print, read};
use crate::app::house::House;
use crate::app::meanings::DRAFT;
use crate::app::output::Out;
use crate::app::{Misuse, Outcome};
use crate::cli::Format;
use crate::desk::evaluation::{Comparison, Labelled, Report, compare, evaluate, fit};
use crate::desk::knowledge::{Edition, KnowledgeBase};
use crate::desk::ports::SemanticVariant;
use crate::domain::answer::Calibration;
use crate::search;

/// What `eval` on labelled messages is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Task<'a> {
    /// The labelled messages.
    pub(crate) dir: &'a Path,
    /// Further ones, for fitting only.
    pub(crate) also: &'a [PathBuf],
    /// Whether to write `calibration.yaml` and measure with it.
    pub(crate) fit: bool,
    /// A run to compare with, as `--format json` printed it.
    pub(crate) compare: Option<&'a Path>,
    /// Where to draw the coverage/precision curve.
    pub(crate) curve: Option<&'a Path>,
    /// How the result is printed.
    pub(crate) format: Format,
}

/// `eval DIR` with labelled messages.
pub(crate) async fn questions(house: &House, task: Task<'_>) -> anyhow::Result<Outcome> {
    let labelled = labelled(task.dir)?;
    let mut edition = if task.fit { house.draft().await? } else { house.serving().await?.0 };
    house.semantics.complete(&edition.meanings).await;
    if task.fit {
        edition.base.calibration = fitted(house, &edition, &labelled, task.also)?;
    }
    let started = Instant::now();
    let report = evaluate(&edition, &labelled).context("无法评测")?;
    let seconds = started.elapsed().as_secs_f64();
    if let Some(path) = task.curve {
        let calibration = &edition.base.calibration;
        let model = match edition.meanings.variant() {
            SemanticVariant::Lexical => &calibration.words,
            SemanticVariant::Model | SemanticVariant::Endpoint => &calibration.meanings,
        };
        std::fs::write(path, curve::svg(&report.curve, model.answer_at))
            .with_context(|| format!("无法写入 {}", path.display()))?;
    }
    let changes = task.compare.map(|base| compared(base, &report)).transpose()?;
    let mut out = Out::new();
    match task.format {
        Format::Json => out.pretty(&Printed { report: &report, changes: changes.as_deref() })?,
        Format::Text => {
            print::report(&mut out, &report, seconds)?;
            changes.iter().try_for_each(|changes| print::changes(&mut out, changes))?;
        }
    }
    let is_worse = changes.is_some_and(|changes| changes.iter().any(|change| change.is_worse));
    Ok(if is_worse { Outcome::Failed } else { Outcome::Done })
}

/// What `--format json` prints.
#[derive(Serialize)]
struct Printed<'a> {
    #[serde(flatten)]
    report: &'a Report,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<&'a [Comparison]>,
}

/// The changes against a run that was printed before.
fn compared(base: &Path, report: &Report) -> anyhow::Result<Vec<Comparison>> {
    let before: Report = serde_json::from_str(&read(base)?)
        .with_context(|| Misuse(format!("{} 不是 eval --format json 的输出", base.display())))?;
    Ok(compare(&before, report))
}

pub(super) fn labelled(dir: &Path) -> anyhow::Result<Labelled> {
    type Reader = fn(&mut Labelled, &str) -> Result<(), crate::desk::evaluation::LabelError>;
    let mut labelled = Labelled::default();
    let files: [(&str, Reader); 4] = [
        ("questions.tsv", Labelled::read_questions),
        ("out_of_scope.tsv", Labelled::read_out_of_scope),
        ("followups.tsv", Labelled::read_follow_ups),
        ("human.tsv", Labelled::read_wishes),
    ];
    for (name, reader) in files {
        let path = dir.join(name);
        // Only the questions are indispensable.
        if name != "questions.tsv" && !path.exists() {
            continue;
        }
        reader(&mut labelled, &read(&path)?).with_context(|| Misuse(format!("{} 有误", path.display())))?;
    }
    Ok(labelled)
}

/// Fits the calibration, writes it, and returns it.
fn fitted(house: &House, edition: &Edition, labelled: &Labelled, also: &[PathBuf]) -> anyhow::Result<Calibration> {
    let also = also.iter().map(|dir| self::labelled(dir)).collect::<Result<Vec<_>, _>>()?;
    let sets: Vec<Labelled> = std::iter::once(labelled.clone()).chain(also).collect();
    let index = |base: KnowledgeBase| -> Result<Edition, Box<dyn std::error::Error + Send + Sync>> {
        let index = search::in_memory(&base)?;
        let meanings = house.semantics.of(&base, None);
        Ok(Edition { number: 0, base, index: Box::new(index), meanings })
    };
    let fits = fit(edition, &sets, &index).context("无法拟合")?;
    print::fits(&fits);
    let kept = edition.base.calibration.meanings.clone();
    calibration_file::write(&house.config.faq_data, &fits, &kept, house.today())?;
    Ok(Calibration { words: fits.words.model, meanings: fits.meanings.map_or(kept, |fit| fit.model) })
}

impl House {
    /// The data folder as it stands, indexed in memory: for fitting, before anything is published.
    async fn draft(&self) -> anyhow::Result<Edition> {
        let (dir, today, semantics) = (self.config.faq_data.clone(), self.today(), Arc::clone(&self.semantics));
        let folder = semantics.scratch(DRAFT)?;
        tokio::task::spawn_blocking(move || {
            let loaded = crate::catalog::load(&dir, today);
            anyhow::ensure!(loaded.is_publishable(), "知识目录有错误，请先运行 check");
            let index = search::in_memory(&loaded.base).context("无法建立索引")?;
            let meanings = semantics.of(&loaded.base, Some(folder));
            Ok(Edition { number: 0, base: loaded.base, index: Box::new(index), meanings })
        })
        .await
        .context("建立索引的任务异常结束")?
    }
}
