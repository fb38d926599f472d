//! A report for people: every target with its interval, then groups, confusions and what went wrong.

use std::io;

use crate::app::output::Out;
use crate::desk::evaluation::{Comparison, Fits, Group, Report, Share};

/// A measure with what is aimed at.
struct Line<'a> {
    name: &'a str,
    share: &'a Share,
    target: Target,
}

#[derive(Clone, Copy)]
enum Target {
    AtLeast(f64),
    AtMost(f64),
    None,
}

impl Line<'_> {
    fn text(&self) -> String {
        let Share { share, low, high, hits, of } = self.share;
        let (target, is_met) = match self.target {
            Target::AtLeast(target) => (format!("目标 ≥ {target}"), *share >= target),
            Target::AtMost(target) => (format!("目标 ≤ {target}"), *share <= target),
            Target::None => (String::new(), true),
        };
        let verdict = match (self.target, is_met) {
            (Target::None, _) => "",
            (_, true) => "，达到",
            (_, false) => "，未达到",
        };
        format!("{} {share:.3} [{low:.3}, {high:.3}] ({hits}/{of})  {target}{verdict}", self.name)
    }
}

/// Prints a report.
pub(super) fn report(out: &mut Out, report: &Report, seconds: f64) -> io::Result<()> {
    let lines = [
        line("首选正确", &report.top1, Target::AtLeast(0.95)),
        line("前三正确", &report.top3, Target::AtLeast(0.99)),
        line("直接答复", &report.answered, Target::AtLeast(0.88)),
        line("答复中有误", &report.wrong, Target::AtMost(0.03)),
        line("反问", &report.clarified, Target::None),
        line("答对或反问含正确项", &report.served, Target::AtLeast(0.95)),
        line("不答", &report.declined, Target::None),
        line("范围外被答复", &report.out_of_scope_answered, Target::AtMost(0.03)),
        line("追问要素正确", &report.follow_ups, Target::AtLeast(0.93)),
        line("换题识别", &report.switches, Target::AtLeast(0.9)),
        line("要人识别", &report.human, Target::AtLeast(0.97)),
        line("要人误判", &report.human_false, Target::AtMost(0.03)),
    ];
    for line in lines.iter().filter(|line| line.share.of > 0) {
        out.line(line.text())?;
    }
    for (kind, share) in &report.out_of_scope {
        let target = if matches!(kind.as_str(), "attack" | "garbage") { Target::AtMost(0.0) } else { Target::None };
        let name = format!("  范围外 {kind}");
        out.line(line(&name, share, target).text())?;
    }
    let is_met = if report.calibration_error <= 0.05 { "达到" } else { "未达到" };
    out.line(format!("置信度校准误差 {:.3}  目标 ≤ 0.05，{is_met}；用时 {seconds:.2} 秒", report.calibration_error))?;
    groups(out, "问法", &report.styles)?;
    groups(out, "类别", &report.categories)?;
    if !report.confusions.is_empty() {
        out.line("")?;
        let rows = report
            .confusions
            .iter()
            .map(|confusion| [confusion.expected.clone(), confusion.got.clone(), confusion.count.to_string()]);
        out.table(["应为", "首选", "次数"], rows.collect())?;
    }
    out.line("")?;
    for mistake in report.mistakes() {
        out.line(format!("  {}  {}  应为 {}，实际 {}", mistake.id, mistake.text, mistake.expected, mistake.got))?;
    }
    Ok(())
}

fn line<'a>(name: &'a str, share: &'a Share, target: Target) -> Line<'a> {
    Line { name, share, target }
}

fn groups(out: &mut Out, name: &str, groups: &[Group]) -> io::Result<()> {
    if groups.is_empty() {
        return Ok(());
    }
    let cell = |share: &Share| format!("{:.3} [{:.3}, {:.3}]", share.share, share.low, share.high);
    let rows = groups.iter().map(|group| {
        [group.name.clone(), group.top1.of.to_string(), cell(&group.top1), cell(&group.answered), cell(&group.served)]
    });
    out.line("")?;
    out.table([name, "条数", "首选正确", "直接答复", "答对或反问含正确项"], rows.collect())
}

/// Prints how a run differs from another.
pub(super) fn changes(out: &mut Out, changes: &[Comparison]) -> io::Result<()> {
    out.line("")?;
    out.line("与基准相比（配对自助法，95 % 区间）")?;
    let rows = changes.iter().map(|change| {
        [
            change.measure.to_owned(),
            change.rows.to_string(),
            format!("{:.3}", change.before),
            format!("{:.3}", change.now),
            format!("{:+.3} [{:+.3}, {:+.3}]", change.now - change.before, change.low, change.high),
            if change.is_worse { "变差" } else { "" }.to_owned(),
        ]
    });
    out.table(["指标", "条数", "基准", "现在", "变化", ""], rows.collect())
}

/// Tells how well fitted models do on questions of the knowledge itself that were taken out of it.
pub(super) fn fits(fits: &Fits) {
    let variants = [("仅词语", Some(&fits.words)), ("词语和语义", fits.meanings.as_ref())];
    for (name, fit) in variants.into_iter().filter_map(|(name, fit)| Some((name, fit?))) {
        Out::note(format!("知识自有问法（逐个抽出后再问），{name}："));
        for (what, share) in [
            ("首选正确", &fit.own.top1),
            ("前三正确", &fit.own.top3),
            ("已答复", &fit.own.answered),
            ("答复有误", &fit.own.wrong),
        ] {
            Out::note(format!(
                "  {what} {:.3}（{:.3}–{:.3}，{}/{}）",
                share.share, share.low, share.high, share.hits, share.of
            ));
        }
    }
}
