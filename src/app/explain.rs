//! `ask --explain`: why a question was answered, asked back or declined, as a table that an official can follow.

use std::io;

use super::output::Out;
use crate::desk::understand::{CandidateExplanation, Explanation, MatchExplanation, Part, ScopeRecord, TopicRecord};

/// So many terms of each topic are shown; the others count little.
const TERMS_SHOWN: usize = 14;

/// So many candidates are shown.
const CANDIDATES_SHOWN: usize = 5;

/// Prints an explanation.
pub(super) fn print(out: &mut Out, explanation: &Explanation) -> io::Result<()> {
    out.line("── 为什么这样答复 ──")?;
    out.line(format!("读作：{}", explanation.read_as))?;
    if explanation.looked_up != explanation.read_as {
        out.line(format!("检索用词：{}", explanation.looked_up))?;
    }
    for (typed, read_as) in &explanation.corrections {
        out.line(format!("改正：“{typed}”按“{read_as}”理解"))?;
    }
    out.line(format!("依据：{}", if explanation.with_meanings { "词语和语义" } else { "仅词语" }))?;
    out.line(decision(explanation))?;
    scope(out, &explanation.scope, explanation)?;
    candidates(out, &explanation.candidates)?;
    explanation.matches.iter().try_for_each(|found| terms(out, found))
}

fn decision(explanation: &Explanation) -> String {
    let best = explanation.candidates.first().map_or(0.0, |best| best.confidence);
    let names: Vec<_> = explanation.chosen.iter().map(|topic| format!("“{}”", topic.title)).collect();
    let names = names.join("、");
    let open: Vec<_> = explanation.open.iter().map(|topic| topic.topic.as_str()).collect();
    let is_open = explanation.decision == "clarify"
        && explanation.chosen.iter().all(|topic| open.contains(&topic.topic.as_str()));
    match explanation.decision {
        "answer" => {
            format!("结论：按{names}答复，置信度 {best:.3}，不低于答复门槛 {:.3}", explanation.answer_at)
        }
        "clarify" if is_open => format!("结论：反问，{names}都叫得上这个说法，问题里没有别的线索"),
        "clarify" => format!("结论：反问{names}，最高置信度 {best:.3}，低于答复门槛 {:.3}", explanation.answer_at),
        _ => format!(
            "结论：不答，有主题可答的可能性 {:.3}，低于门槛 {:.3}，或只有一个候选而把握不够",
            explanation.scope.probability, explanation.clarify_at
        ),
    }
}

fn scope(out: &mut Out, scope: &ScopeRecord, explanation: &Explanation) -> io::Result<()> {
    out.line("")?;
    out.line(format!(
        "有主题可答的可能性 {:.3}（低于 {:.3} 不答；基数 {:.2}，下列各项相加后换算）",
        scope.probability, explanation.clarify_at, scope.intercept
    ))?;
    out.table(["特征", "数值", "权重", "贡献"], scope.parts.iter().map(part).collect())
}

fn candidates(out: &mut Out, candidates: &[CandidateExplanation]) -> io::Result<()> {
    for candidate in candidates.iter().take(CANDIDATES_SHOWN) {
        out.line("")?;
        out.line(format!(
            "候选 {}  置信度 {:.3}，排序得分 {:.2}",
            name(&candidate.topic),
            candidate.confidence,
            candidate.sum
        ))?;
        out.table(["特征", "数值", "权重", "贡献"], candidate.parts.iter().map(part).collect())?;
    }
    Ok(())
}

fn terms(out: &mut Out, found: &MatchExplanation) -> io::Result<()> {
    out.line("")?;
    out.line(format!("词语明细 {}", name(&found.topic)))?;
    if let Some(question) = &found.question {
        out.line(format!("最接近的问法：{question}"))?;
    }
    let mut terms: Vec<_> = found.terms.iter().collect();
    terms.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let rows = terms.iter().take(TERMS_SHOWN).map(|term| {
        let mut notes = Vec::new();
        notes.extend(term.synonym_of.as_ref().map(|official| format!("“{official}”的同义词")));
        notes.extend(term.by_sound.then(|| "按读音找到".to_owned()));
        notes.extend(term.untitled.then(|| "不在任何标题里".to_owned()));
        notes.extend((term.topics == 0).then(|| "知识里没有".to_owned()));
        [
            term.term.clone(),
            class_name(term.class).to_owned(),
            term.topics.to_string(),
            format!("{:.2}×{:.2}", term.class_weight, term.idf),
            format!("{:.2}", term.weight),
            format!("{:.3}", term.question),
            format!("{:.3}", term.title),
            format!("{:.3}", term.body),
            format!("{:.3}", term.whole),
            notes.join("，"),
        ]
    });
    let heading = ["词", "类别", "主题数", "类别×稀有度", "权重", "问法", "标题", "正文", "全文", "说明"];
    out.table(heading, rows.collect())
}

fn name(topic: &TopicRecord) -> String {
    format!("{}（{}）", topic.title, topic.topic)
}

fn part(part: &Part) -> [String; 4] {
    let feature = feature_name(part.feature).to_owned();
    [feature, format!("{:.3}", part.value), format!("{:.2}", part.weight), format!("{:+.3}", part.part)]
}

/// What a feature is called, for people.
fn feature_name(feature: &str) -> &str {
    match feature {
        "question" => "与最接近问法的词语匹配",
        "title" => "与标题和标签的词语匹配",
        "body" => "与正文的词语匹配",
        "whole" => "与全部内容的词语匹配",
        "coverage" => "问题用词的覆盖面",
        "counter" => "更像反例的程度",
        "meaning_question" => "与最接近问法的语义接近",
        "meaning_questions" => "与几个相近问法的语义接近",
        "meaning_title" => "与标题的语义接近",
        "meaning_body" => "与正文的语义接近",
        "meaning_counter" => "语义上更像反例的程度",
        "share" => "首选占比（取对数）",
        "length" => "问题长度",
        "matched" => "对上的信息量（取对数）",
        "unknown" => "知识里没有的词的比重",
        "outside" => "与范围外事项的匹配",
        "elsewhere" => "提到外地",
        "personal" => "提到个人事务",
        "errand" => "要求代办而非询问",
        other => other,
    }
}

/// What a class of terms is called, for people.
fn class_name(class: &str) -> &str {
    match class {
        "document_number" => "文号",
        "code" => "字母数字",
        "quantity" => "数量日期",
        "word" => "词",
        "long_word" => "长词",
        "single" => "单字词",
        "inner" => "词内字对",
        "cross" => "跨词字对",
        "part" => "词中单字",
        "filler" => "虚词字对",
        "spelling" => "拼音",
        other => other,
    }
}
