//! `topic import`.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::report::{self, DocumentOutcome, Report};
use super::sources::{self, Sources};
use super::{Misuse, Outcome, export, today};
use crate::app::output::Out;
use crate::catalog::{self, Change, DocumentPlan, Fault, Import, ImportRules, Source};
use crate::cli::{Format, ImportArgs};
use crate::config::Config;
use crate::desk::table::Sheet;

/// `topic import`.
pub(super) async fn run(config: &Config, args: &ImportArgs) -> anyhow::Result<Outcome> {
    let category = args.category.as_deref();
    if let Some(name) = category.filter(|name| catalog::category_named(name).is_none()) {
        return Err(Misuse(format!("没有类别“{name}”，类别只能是 {}", catalog::CATEGORIES.join("、"))).into());
    }
    let sources = sources::gather(args, today()).await?;
    let import =
        catalog::plan(&config.faq_data, &sources.topics, ImportRules { replace: args.replace, today: today() });
    let documents = plan_documents(config, args, &sources);
    let mut report = Report::new(&import, &documents, &sources.unreadable, args.dry_run);
    if report.is_empty() {
        return Err(Misuse(format!("{} 里没有可以导入的行", args.source)).into());
    }
    let may_write = !args.dry_run && (!report.has_failures() || args.partial);
    if may_write {
        let changes: Vec<_> = import.changes().into_iter().chain(changes_of(&documents)).collect();
        catalog::apply(&changes).context("没有导入，知识目录不变")?;
        report.drafts = write_drafts(config, args, &documents)?;
        report.is_written = true;
    }
    if !args.dry_run {
        report.failed_rows = write_failed_rows(&args.source, &sources.topics, &import)?;
    }
    match args.format {
        Format::Json => Out::new().pretty(&report)?,
        Format::Text => report::print(&report, args.partial)?,
    }
    Ok(if report.has_failures() { Outcome::Failed } else { Outcome::Done })
}

fn plan_documents(config: &Config, args: &ImportArgs, sources: &Sources) -> Vec<DocumentOutcome> {
    let mut taken: Vec<PathBuf> = Vec::new();
    let plan = |source: &crate::catalog::DocumentSource| {
        let mut source = source.clone();
        source.category = source.category.and_then(|name| catalog::category_named(&name).map(str::to_owned));
        let planned = catalog::plan_document(&config.faq_data, &source, args.replace, today());
        let planned = planned.and_then(|plan| match taken.contains(&plan.path) {
            true => Err(vec![Fault {
                place: source.place.clone(),
                column: None,
                message: format!("另一个文件也会成为文档 {}", plan.document.id),
                hint: Some("分别导入，用 --name 给它们不同的名字".to_owned()),
            }]),
            false => {
                taken.push(plan.path.clone());
                Ok(plan)
            }
        });
        DocumentOutcome { place: source.place, planned }
    };
    sources.documents.iter().map(plan).collect()
}

fn plans(documents: &[DocumentOutcome]) -> impl Iterator<Item = &DocumentPlan> {
    documents.iter().filter_map(|document| document.planned.as_ref().ok())
}

fn changes_of(documents: &[DocumentOutcome]) -> impl Iterator<Item = Change> {
    plans(documents).filter_map(|plan| plan.change.clone())
}

/// Drafts of topics from the documents, where that was asked for; their ids.
fn write_drafts(config: &Config, args: &ImportArgs, documents: &[DocumentOutcome]) -> anyhow::Result<Vec<String>> {
    let wanted = plans(documents).filter(|_| args.draft);
    let write = |plan: &DocumentPlan| -> anyhow::Result<String> {
        let category = plan.document.id.category();
        let draft = catalog::draft_of(&plan.document);
        let written = catalog::write_draft(&config.faq_data, category, &draft).context("文档已导入，草稿没有写成")?;
        Ok(written.id.to_string())
    };
    wanted.map(write).collect()
}

/// Writes the failed rows beside their source, and says where; nothing where no row failed.
fn write_failed_rows(source: &str, sources: &[Source], import: &Import) -> anyhow::Result<Option<String>> {
    let sheets = named_apart(catalog::failed_rows(sources, import));
    if sheets.is_empty() {
        return Ok(None);
    }
    let path = free_name(source);
    let shown = path.display().to_string();
    super::write(&path, export::bytes(&path, &sheets)?, false).context("不通过的行没有另存")?;
    Ok(Some(shown))
}

/// A name beside the source that is not taken: `主题-未通过.xlsx`.
fn free_name(source: &str) -> PathBuf {
    let is_address = source.contains("://");
    let path = if is_address { Path::new("网页") } else { Path::new(source) };
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let is_csv = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    let ending = if is_csv { "csv" } else { "xlsx" };
    let folder = path.parent().unwrap_or(Path::new(""));
    let names = (1..).map(|count: usize| {
        let number = if count == 1 { String::new() } else { format!("-{count}") };
        folder.join(format!("{stem}-未通过{number}.{ending}"))
    });
    // There are always more numbers than files.
    names.into_iter().find(|path| !path.exists()).unwrap_or_default()
}

/// Sheets under names that a workbook allows: short, without some signs, each once.
fn named_apart(mut sheets: Vec<Sheet>) -> Vec<Sheet> {
    const LONGEST: usize = 24;
    for (at, sheet) in sheets.iter_mut().enumerate() {
        let plain = sheet.name.replace(['[', ']', ':', '*', '?', '/', '\\', '\''], "-");
        let number = if at == 0 { String::new() } else { format!("-{}", at + 1) };
        sheet.name = plain.chars().take(LONGEST).collect::<String>() + &number;
    }
    sheets
}
