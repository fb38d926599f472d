//! `reindex`: what an attempt to publish came to, for people and for programs.

use super::compare::{self, SHOWN};
use super::house::House;
use super::output::Out;
use super::publish::{self, Attempt, Report, Verdict, Wish};
use super::{Outcome, watch};
use crate::catalog::Severity;
use crate::cli::{Format, ReindexArgs};

/// `reindex`.
pub(crate) async fn run(house: &House, args: &ReindexArgs) -> anyhow::Result<Outcome> {
    if args.watch {
        return watch::run(house, args.format).await;
    }
    let wish = Wish { force: args.force, dry_run: args.dry_run, is_watched: false, awaits_meanings: true, by: "cli" };
    let Attempt { report, .. } = publish::attempt(house, wish).await?;
    tell(&report, args.format)?;
    Ok(if report.verdict.is_good() { Outcome::Done } else { Outcome::Failed })
}

/// Prints the report.
pub(crate) fn tell(report: &Report, format: Format) -> std::io::Result<()> {
    let mut out = Out::new();
    if format == Format::Json {
        return out.pretty(report);
    }
    if let (Some(comparison), Some(number)) = (&report.comparison, report.compared_with) {
        out.line(format!("与使用中的版次 {number} 比较："))?;
        compare::print(&mut out, comparison, &report.other_files)?;
    }
    explain(report);
    match (report.verdict, report.edition) {
        (Verdict::Published, Some(number)) => out.line(format!("已发布版次 {number}：{}。", size(report))),
        (Verdict::Publishable, Some(number)) => {
            out.line(format!("可以发布为版次 {number}：{}。这次只检查，没有发布。", size(report)))
        }
        (Verdict::Unchanged, Some(number)) => out.line(format!("内容与版次 {number} 相同，没有重新发布。")),
        _ => Ok(()),
    }
}

fn size(report: &Report) -> String {
    let Report { topics, questions, golden_questions, .. } = report;
    format!("{topics} 个主题，{questions} 个问法，{golden_questions} 个标准问")
}

/// Says, beside the result, why nothing was published, or what was overruled.
pub(crate) fn explain(report: &Report) {
    for failure in report.golden_failures.iter().take(SHOWN) {
        let facet = failure.facet.as_ref().map(|facet| format!(" {facet}")).unwrap_or_default();
        let expected = failure.expected.as_deref().unwrap_or("不应答复");
        Out::note(format!("标准问“{}”应为 {expected}{facet}，实际为 {}", failure.question, failure.got));
    }
    let failures = report.golden_failures.len();
    match report.verdict {
        Verdict::Problems => {
            let errors = report.told.iter().filter(|problem| problem.severity == Severity::Error);
            for problem in errors.take(SHOWN) {
                Out::note(problem.to_string());
                if let Some(hint) = &problem.hint {
                    Out::note(format!("    {hint}"));
                }
            }
            Out::note("知识目录有错误，没有发布；原版次继续使用。全部问题见 zhengqitong check。");
        }
        Verdict::Golden => Out::note(format!(
            "{failures}个标准问没有通过，没有发布；原版次继续使用。确认无误后可用 reindex --force 发布。"
        )),
        Verdict::Superseded => {
            Out::note("另一个进程同时发布或回退了版次，这次没有发布；请再运行一次 reindex。");
        }
        Verdict::Earlier => {
            let number = report.edition.unwrap_or_default();
            Out::note(format!(
                "内容与版次 {number} 相同，该版次现在没有使用，不会自动重新发布；需要时请运行 rollback {number} 或 reindex。"
            ));
        }
        Verdict::Published if report.is_forced => {
            Out::note(format!("{failures}个标准问没有通过，已按 --force 发布，并写入审计日志。"));
        }
        Verdict::Published | Verdict::Publishable | Verdict::Unchanged => {}
    }
}
