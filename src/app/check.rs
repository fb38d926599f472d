//! `check`: every problem of the data folder, with its place.

use serde::Serialize;

use super::Outcome;
use super::output::Out;
use crate::catalog::{self, Problem, Severity};
use crate::cli::Format;
use crate::config::Config;
use crate::desk::ports::Clock;
use crate::domain::calendar::china_time;

#[derive(Serialize)]
struct Report {
    errors: usize,
    warnings: usize,
    topics: usize,
    questions: usize,
    drafts: usize,
    problems: Vec<Row>,
}

/// A problem as programs read it.
#[derive(Clone, Serialize)]
pub(crate) struct Row {
    severity: &'static str,
    file: String,
    line: usize,
    column: usize,
    message: String,
    hint: Option<String>,
}

impl Row {
    pub(crate) fn of(problem: &Problem) -> Self {
        Self {
            severity: match problem.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            file: problem.file.display().to_string(),
            line: problem.line,
            column: problem.column,
            message: problem.message.clone(),
            hint: problem.hint.clone(),
        }
    }
}

/// `check`.
pub(crate) fn run(config: &Config, format: Format, schema: bool) -> anyhow::Result<Outcome> {
    let mut out = Out::new();
    if schema {
        out.pretty(&catalog::topic_schema())?;
        return Ok(Outcome::Done);
    }
    let today = china_time(super::house::SystemClock.now()).date();
    let loaded = catalog::load(&config.faq_data, today);
    let is_publishable = loaded.is_publishable();
    let (drafts, problems_of_drafts) = catalog::load_drafts(&config.faq_data, today);
    let lines: Vec<_> = loaded.problems.iter().chain(&problems_of_drafts).map(Row::of).collect();
    let errors = lines.iter().filter(|line| line.severity == "error").count();
    let report = Report {
        errors,
        warnings: lines.len() - errors,
        topics: loaded.base.topics.len(),
        drafts: drafts.len(),
        questions: loaded.base.topics.values().map(|topic| topic.questions.len()).sum(),
        problems: lines,
    };
    match format {
        Format::Json => out.pretty(&report)?,
        Format::Text => print(&mut out, &report)?,
    }
    Ok(if is_publishable { Outcome::Done } else { Outcome::Failed })
}

fn print(out: &mut Out, report: &Report) -> std::io::Result<()> {
    for problem in &report.problems {
        let severity = if problem.severity == "error" { "错误" } else { "提醒" };
        let Row { file, line, column, message, .. } = problem;
        out.line(format!("{file}:{line}:{column}: {severity}:{message}"))?;
        if let Some(hint) = &problem.hint {
            out.line(format!("    {hint}"))?;
        }
    }
    let Report { errors, warnings, topics, questions, drafts, .. } = report;
    let drafts = if *drafts == 0 { String::new() } else { format!("；{drafts} 份草稿（不参与解答）") };
    out.line(format!("{topics} 个主题，{questions} 个问法{drafts}；{errors} 个错误，{warnings} 个提醒。"))
}
