//! Several questions in one message, told apart.
//!
//! Only what people mark themselves is split: question marks, numbers, lines, 另外问一下. A comma is no mark, and a sentence that
//! asks nothing belongs to the question after it: 我们是小餐馆。要办什么证？ stays one.

use super::cue::letters;
use super::facet;

/// Words that begin another question, when they begin a clause.
const CONNECTORS: &str = "另外问一下|另外想问|另外再问|另外|还有就是|还有个问题|还有一个问题|还有一个|还有个事|还有|再问一下|再问下|再问个|再问|再请问|再请教|再就是|\
     顺便问一下|顺便问|顺便|顺带问|顺带|同时想问|同时问|同时|还想问|还想知道|也想问|第二个问题|其次|此外|对了|以及|then|also|besides|and also|by the way|btw";

/// After 还有 these make it 还有没有, 还有效: no connector.
const NOT_AFTER: &str = "吗|没|效|这|不|钱|名额|机会|戏|用";

/// A part with fewer letters asks nothing by itself.
const LETTERS_OF_A_PART: usize = 2;

/// More parts than this are left together.
const PARTS_READ: usize = 8;

/// Splits a message, as it was typed, into its questions; one element when it is one question.
///
/// # Examples
///
/// ```
/// # use zhengqitong::domain::compound::questions;
/// assert_eq!(questions("注销要多久？另外公章丢了怎么补"), ["注销要多久", "公章丢了怎么补"]);
/// assert_eq!(questions("我们是小餐馆。要办什么证？"), ["我们是小餐馆。要办什么证？"]);
/// ```
#[must_use]
pub fn questions(message: &str) -> Vec<String> {
    let parts = numbered(message).unwrap_or_else(|| sentences(message));
    let parts = with_statements_joined(parts);
    if parts.len() < 2 || parts.len() > PARTS_READ { vec![message.trim().to_owned()] } else { parts }
}

/// `1. … 2. …`, also `一、…二、…` and `（1）`.
fn numbered(message: &str) -> Option<Vec<String>> {
    let marks = [['1', '2', '3', '4', '5', '6'], ['一', '二', '三', '四', '五', '六'], ['①', '②', '③', '④', '⑤', '⑥']];
    for row in marks {
        let mut starts = Vec::new();
        let mut from = 0;
        for mark in row {
            let Some((at, end)) = find_mark(message, from, mark) else { break };
            starts.push((at, end));
            from = end;
        }
        if starts.len() >= 2 {
            let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([message.len()]);
            let heading = message[..starts[0].0].trim();
            let parts: Vec<_> =
                starts.iter().zip(ends).map(|((_, start), end)| trimmed(&message[*start..end])).collect();
            // "公司注销：1.要多久 2.要什么材料": the heading names the matter of every part.
            let is_naming = !facet::residue(&super::text::normalise(heading)).is_empty();
            let parts =
                parts.into_iter().map(|part| if is_naming { format!("{} {part}", trimmed(heading)) } else { part });
            return Some(parts.collect());
        }
    }
    None
}

/// A number that begins an item: at the beginning or after a sign, and followed by one.
fn find_mark(message: &str, from: usize, mark: char) -> Option<(usize, usize)> {
    let is_circled = ('①'..='⑳').contains(&mark);
    message[from..].match_indices(mark).find_map(|(at, found)| {
        let (at, end) = (from + at, from + at + found.len());
        let before = message[..at].chars().next_back();
        let mut after = message[end..].chars();
        let sign = after.next();
        let begins = before
            .is_none_or(|c| !c.is_ascii_digit() && (!c.is_alphanumeric() || !mark.is_ascii_digit() || is_wide(c)));
        let is_sign = sign.is_some_and(|c| matches!(c, '.' | '、' | '．' | ')' | '）' | ':' | '：'));
        // 1.5万 is a number.
        let is_decimal = sign == Some('.') && after.next().is_some_and(|c| c.is_ascii_digit());
        if is_circled {
            return Some((at, end));
        }
        (begins && is_sign && !is_decimal).then(|| (at, end + sign.map_or(0, char::len_utf8)))
    })
}

fn is_wide(c: char) -> bool {
    !c.is_ascii()
}

/// Cut after question marks, semicolons and lines, and before connectors.
fn sentences(message: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut is_clause_start = false;
    let mut skip_to = 0;
    for (at, c) in message.char_indices() {
        if at < skip_to {
            continue;
        }
        if is_clause_start
            && at > start
            && let Some(connector) = connector_at(message, at)
        {
            parts.push((start, at));
            start = at + connector;
            skip_to = start;
            is_clause_start = false;
            continue;
        }
        if matches!(c, '?' | '？' | ';' | '；' | '\n') {
            parts.push((start, at + c.len_utf8()));
            start = at + c.len_utf8();
        }
        is_clause_start = !c.is_alphanumeric();
        if is_clause_start
            && start == at + c.len_utf8()
            && let Some(connector) = connector_at(message, start)
        {
            start += connector;
            skip_to = start;
            is_clause_start = false;
        }
    }
    parts.push((start, message.len()));
    parts
        .into_iter()
        .map(|(from, to)| trimmed(&message[from..to]))
        .filter(|part| letters(part) >= LETTERS_OF_A_PART)
        .collect()
}

/// The length of the connector that begins at `at`, with the spaces and commas behind it.
fn connector_at(message: &str, at: usize) -> Option<usize> {
    let rest = &message[at..];
    let lower = rest.get(..rest.len().min(24)).map(str::to_ascii_lowercase);
    let word = CONNECTORS.split('|').find(|word| {
        rest.starts_with(word)
            || lower.as_deref().is_some_and(|lower| word.is_ascii() && lower.starts_with(&format!("{word} ")))
    })?;
    let after = &rest[word.len()..];
    if word.ends_with("还有") && NOT_AFTER.split('|').any(|no| after.starts_with(no)) {
        return None;
    }
    let trimmed = after.trim_start_matches([',', '，', ' ', '、', ':', '：', '。', '.']);
    Some(rest.len() - trimmed.len())
}

/// A part that asks nothing is joined to the next one; at the end, to the one before.
fn with_statements_joined(parts: Vec<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    let mut statement = String::new();
    for part in parts {
        let part = if statement.is_empty() { part } else { format!("{statement}，{part}") };
        if asks(&part) {
            joined.push(part);
            statement = String::new();
        } else {
            statement = part;
        }
    }
    if !statement.is_empty() {
        match joined.last_mut() {
            Some(last) if joined_len(last, &statement) => last.push_str(&format!("，{statement}")),
            _ => joined.push(statement),
        }
    }
    joined
}

/// A short statement at the end belongs to what it follows; a long one may be a matter of its own.
fn joined_len(_last: &str, statement: &str) -> bool {
    facet::residue(&super::text::normalise(statement)).chars().count() < 4
}

/// Words by which something is asked.
const ASKING: &str = "吗|呢|么|怎么|咋|如何|多少|多久|几|哪|什么|啥|谁|能不能|可不可以|是不是|有没有|要不要|行不行|好不好|需不需要|想问|请问|what|how|when|where|\
     which|who|can|is there|do i|does";

fn asks(part: &str) -> bool {
    let normalised = super::text::normalise(part);
    ASKING.split('|').any(|word| normalised.contains(word)) || facet::detect(&normalised).is_some()
}

fn trimmed(part: &str) -> String {
    part.trim().trim_matches(['?', '？', ';', '；', ',', '，', '。', ' ', '、', '\n', '!', '！']).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, expected: &[&str]) {
        assert_eq!(questions(message), expected, "{message}");
    }

    #[test]
    fn questions_marked_by_people_are_told_apart() {
        check("注销要多久？另外公章丢了怎么补", &["注销要多久", "公章丢了怎么补"]);
        check("残保金怎么交？年报什么时候截止？", &["残保金怎么交", "年报什么时候截止"]);
        check("1.高企怎么认定 2.研发加计扣除怎么算", &["高企怎么认定", "研发加计扣除怎么算"]);
        check("一、执照丢了怎么补；二、公章丢了怎么办", &["执照丢了怎么补", "公章丢了怎么办"]);
        check("执照丢了怎么补\n公章丢了怎么办", &["执照丢了怎么补", "公章丢了怎么办"]);
        check("稳岗返还条件是啥，顺便问下扩岗补助给多少", &["稳岗返还条件是啥", "下扩岗补助给多少"]);
    }

    #[test]
    fn one_question_stays_one() {
        for message in [
            "注销要多久",
            "我们是小餐馆。要办什么证？",
            "补贴还有吗，现在还有没有名额",
            "注册资本1.5万够不够，2个人行吗",
            "公司搬家了，营业执照要改吗",
        ] {
            check(message, &[message]);
        }
    }

    #[test]
    fn statements_go_with_the_question_after_them() {
        check("厂子搬到了福山；执照要改吗？社保怎么办？", &["厂子搬到了福山，执照要改吗", "社保怎么办"]);
    }
}
