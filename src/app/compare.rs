//! Two editions side by side, in plain words.

use super::output::Out;
use crate::desk::comparison::{AnswerChange, Answered, Comparison, FieldChange, TopicChange};
use crate::desk::reply::Status;

/// At most this many lines of a kind are printed; `--format json` has all.
pub(crate) const SHOWN: usize = 50;

/// At most this many lines of one field are printed.
const LINES_SHOWN: usize = 8;

/// Prints a comparison.
pub(crate) fn print(out: &mut Out, comparison: &Comparison, other_files: &[String]) -> std::io::Result<()> {
    let Comparison { topics, other, answers } = comparison;
    out.line(format!(
        "主题：{} → {}，新增 {}，删除 {}，修改 {}。",
        topics.before,
        topics.after,
        topics.added.len(),
        topics.removed.len(),
        topics.changed.len()
    ))?;
    print_some(out, &topics.added, |out, one| out.line(format!("  新增 {} {}", one.topic, one.title)))?;
    print_some(out, &topics.removed, |out, one| out.line(format!("  删除 {} {}", one.topic, one.title)))?;
    print_some(out, &topics.changed, topic)?;
    for change in other {
        field(out, "  ", change)?;
    }
    if !other_files.is_empty() {
        out.line(format!("  其他文件有变化：{}", other_files.join("、")))?;
    }
    let own = match (answers.topic_questions_asked, answers.topic_questions) {
        (0, _) => String::new(),
        (asked, all) if asked < all => format!("和主题自带的 {all} 个问法中的 {asked} 个"),
        (asked, _) => format!("和主题自带的 {asked} 个问法"),
    };
    let changed = answers.changed.len();
    out.line(format!("答复：试问 {} 个标准问{own}，{changed} 个有变化。", answers.golden_asked))?;
    print_some(out, &answers.changed, answer)
}

fn print_some<T>(
    out: &mut Out,
    all: &[T],
    mut print: impl FnMut(&mut Out, &T) -> std::io::Result<()>,
) -> std::io::Result<()> {
    for one in all.iter().take(SHOWN) {
        print(out, one)?;
    }
    if all.len() > SHOWN {
        out.line(format!("  ……另有 {} 项，用 --format json 可以看到全部。", all.len() - SHOWN))?;
    }
    Ok(())
}

fn topic(out: &mut Out, change: &TopicChange) -> std::io::Result<()> {
    let validity = if change.validity_changed { "（有效性有变化）" } else { "" };
    out.line(format!("  修改 {} {}{validity}", change.name.topic, change.name.title))?;
    for change in &change.changes {
        field(out, "    ", change)?;
    }
    let figures = [("增加", &change.figures_added), ("去掉", &change.figures_removed)];
    let figures: Vec<_> = figures
        .into_iter()
        .filter(|(_, figures)| !figures.is_empty())
        .map(|(what, figures)| format!("{what}{}", figures.join("、")))
        .collect();
    if figures.is_empty() { Ok(()) } else { out.line(format!("    数字：{}", figures.join("；"))) }
}

fn field(out: &mut Out, margin: &str, change: &FieldChange) -> std::io::Result<()> {
    let FieldChange { name, removed, added, reordered, .. } = change;
    if *reordered {
        return out.line(format!("{margin}{name}：顺序有变化"));
    }
    if let ([before], [after]) = (removed.as_slice(), added.as_slice()) {
        return out.line(format!("{margin}{name}：{before} → {after}"));
    }
    out.line(format!("{margin}{name}："))?;
    let lines = removed.iter().map(|line| ("-", line)).chain(added.iter().map(|line| ("+", line)));
    for (sign, line) in lines.take(LINES_SHOWN) {
        out.line(format!("{margin}  {sign} {line}"))?;
    }
    let all = removed.len() + added.len();
    if all > LINES_SHOWN {
        out.line(format!("{margin}  ……另有 {} 处", all - LINES_SHOWN))?;
    }
    Ok(())
}

fn answer(out: &mut Out, change: &AnswerChange) -> std::io::Result<()> {
    let kind = if change.is_golden { "标准问" } else { "问法" };
    let AnswerChange { question, before, after, .. } = change;
    out.line(format!("  {kind}“{question}”：{} → {}", outcome(before), outcome(after)))
}

fn outcome(answered: &Answered) -> String {
    let what = match answered.status {
        Status::Answer => "答复",
        Status::Clarify => "反问",
        Status::Decline => "不作答",
        Status::Handoff => "转专员",
        Status::Progress => "查进度",
        Status::Smalltalk => "寒暄",
        Status::Rejected => "拒绝",
    };
    let facet = answered.facet.as_ref().map(|facet| format!(" {facet}")).unwrap_or_default();
    let topics = answered.topics.join("、");
    if topics.is_empty() { what.to_owned() } else { format!("{what} {topics}{facet}") }
}
