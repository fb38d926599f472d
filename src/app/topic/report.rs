//! What became of an import, for people and for programs.

use serde::Serialize;

use crate::app::output::Out;
use crate::catalog::{DocumentPlan, Fault, Import, Item, Outcome};

/// A document that came in, and what becomes of it.
pub(super) struct DocumentOutcome {
    pub(super) place: String,
    pub(super) planned: Result<DocumentPlan, Vec<Fault>>,
}

/// The whole report; serialises as `--format json` prints it.
#[derive(Serialize)]
pub(super) struct Report {
    dry_run: bool,
    /// Whether anything was written into the data folder.
    #[serde(rename = "written")]
    pub(super) is_written: bool,
    counts: Counts,
    topics: Vec<Line>,
    documents: Vec<Line>,
    /// What is wrong with sheets and files as a whole.
    faults: Vec<Told>,
    remarks: Vec<Told>,
    /// Drafts made from documents.
    pub(super) drafts: Vec<String>,
    /// The file with the rows that were not imported.
    pub(super) failed_rows: Option<String>,
}

#[derive(Default, Serialize)]
struct Counts {
    new: usize,
    replaced: usize,
    draft: usize,
    unchanged: usize,
    failed: usize,
    documents: usize,
}

#[derive(Serialize)]
struct Line {
    place: String,
    id: Option<String>,
    outcome: &'static str,
    lacks: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    passages: Option<usize>,
    faults: Vec<Told>,
    remarks: Vec<Told>,
}

#[derive(Clone, Serialize)]
struct Told {
    place: String,
    message: String,
    hint: Option<String>,
}

impl From<&Fault> for Told {
    fn from(fault: &Fault) -> Self {
        Self { place: fault.place.clone(), message: fault.message.clone(), hint: fault.hint.clone() }
    }
}

impl Report {
    /// The report before anything is written.
    pub(super) fn new(
        import: &Import,
        documents: &[DocumentOutcome],
        unreadable: &[(String, String)],
        dry_run: bool,
    ) -> Self {
        let [new, replaced, draft, unchanged, failed] = import.counts();
        let unreadable =
            unreadable.iter().map(|(place, reason)| Told { place: place.clone(), message: reason.clone(), hint: None });
        let documents: Vec<_> = documents.iter().map(document_line).collect();
        let changed = documents.iter().filter(|line| matches!(line.outcome, "new" | "replaced")).count();
        Self {
            dry_run,
            is_written: false,
            counts: Counts { new, replaced, draft, unchanged, failed, documents: changed },
            topics: import.items.iter().map(topic_line).collect(),
            documents,
            faults: import.sheet_faults.iter().map(Told::from).chain(unreadable).collect(),
            remarks: import.remarks.iter().map(Told::from).collect(),
            drafts: Vec::new(),
            failed_rows: None,
        }
    }

    /// Tells whether there was nothing to import at all.
    pub(super) fn is_empty(&self) -> bool {
        self.topics.is_empty() && self.documents.is_empty() && self.faults.is_empty()
    }

    /// Tells whether anything cannot be imported.
    pub(super) fn has_failures(&self) -> bool {
        !self.faults.is_empty() || self.topics.iter().chain(&self.documents).any(|line| line.outcome == "failed")
    }
}

fn topic_line(item: &Item) -> Line {
    let (outcome, lacks, faults) = match &item.outcome {
        Outcome::Unchanged => ("unchanged", Vec::new(), &[][..]),
        Outcome::New => ("new", Vec::new(), &[][..]),
        Outcome::Replaced => ("replaced", Vec::new(), &[][..]),
        Outcome::Draft(lacks) => ("draft", lacks.clone(), &[][..]),
        Outcome::Failed(faults) => ("failed", Vec::new(), faults.as_slice()),
    };
    Line {
        place: item.place.clone(),
        id: item.id.as_ref().map(ToString::to_string),
        outcome,
        lacks,
        passages: None,
        faults: faults.iter().map(Told::from).collect(),
        remarks: item.remarks.iter().map(Told::from).collect(),
    }
}

fn document_line(document: &DocumentOutcome) -> Line {
    let line = Line {
        place: document.place.clone(),
        id: None,
        outcome: "failed",
        lacks: Vec::new(),
        passages: None,
        faults: Vec::new(),
        remarks: Vec::new(),
    };
    match &document.planned {
        Ok(plan) => Line {
            id: Some(plan.document.id.to_string()),
            outcome: match plan.change {
                None => "unchanged",
                Some(crate::catalog::Change::Replace { .. }) => "replaced",
                Some(_) => "new",
            },
            passages: Some(plan.document.passages.len()),
            remarks: plan.remarks.iter().map(Told::from).collect(),
            ..line
        },
        Err(faults) => Line { faults: faults.iter().map(Told::from).collect(), ..line },
    }
}

/// One fault with what to do, on standard error.
fn note(told: &Told) {
    Out::note(format!("{}：{}", told.place, told.message));
    if let Some(hint) = &told.hint {
        Out::note(format!("    {hint}"));
    }
}

/// The report for people: what is wrong on standard error, what becomes of the rest on standard output.
pub(super) fn print(report: &Report, is_partial: bool) -> std::io::Result<()> {
    let lines = || report.topics.iter().chain(&report.documents);
    report.faults.iter().chain(lines().flat_map(|line| &line.faults)).for_each(note);
    let mut out = Out::new();
    for remark in report.remarks.iter().chain(lines().flat_map(|line| &line.remarks)) {
        out.line(format!("{}：提醒：{}", remark.place, remark.message))?;
        if let Some(hint) = &remark.hint {
            out.line(format!("    {hint}"))?;
        }
    }
    for line in lines() {
        let id = line.id.as_deref().unwrap_or_default();
        match line.outcome {
            "new" | "replaced" if line.passages.is_some() => {
                out.line(format!("文档 {id}：{} 段", line.passages.unwrap_or_default()))?;
            }
            "new" => out.line(format!("新主题 {id}"))?,
            "replaced" => out.line(format!("修改 {id}"))?,
            "draft" => out.line(format!("草稿 {id}，还缺：{}", line.lacks.join("、")))?,
            _ => {}
        }
    }
    report.drafts.iter().try_for_each(|id| out.line(format!("另整理草稿 {id}，补全后用 draft publish 移入")))?;
    summary(report, is_partial, &mut out)
}

fn summary(report: &Report, is_partial: bool, out: &mut Out) -> std::io::Result<()> {
    let Counts { new, replaced, draft, unchanged, failed, documents } = &report.counts;
    let counts = format!(
        "新增主题 {new} 个，修改 {replaced} 个，草稿 {draft} 份，文档 {documents} 份，未变 {unchanged} 个，不通过 {failed} 行。"
    );
    if let Some(path) = &report.failed_rows {
        Out::note(format!("不通过的行和原因已另存为 {path}，改好后可直接导入它。"));
    }
    match (report.dry_run, report.is_written) {
        (true, _) => out.line(format!("检查：{counts}什么也没有写（--dry-run）。")),
        (false, true) if new + replaced + documents > 0 => {
            out.line(format!("已导入：{counts}运行 zhengqitong check 检查，再运行 zhengqitong reindex 发布。"))
        }
        (false, true) => out.line(format!("已导入：{counts}")),
        (false, false) => {
            Out::note(format!("没有导入，知识目录不变：{counts}"));
            if !is_partial {
                Out::note("要先导入其余的行，加上 --partial。");
            }
            Ok(())
        }
    }
}
