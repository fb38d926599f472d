//! Answers, questions back and refusals.

use jiff::civil::Date;

use super::{HUMAN, NONE_OF_THESE, button, day, facet as facet_name, status};
use crate::desk::message::Button;
use crate::desk::press::Press;
use crate::domain::ending::{document_name, documents_ending};
use crate::domain::topic::{Citation, Facet, Standing, Topic};

/// The body of an answer is at most this long; what does not fit is one tap away.
const MAX_CHARS: usize = 600;

/// At most this many facets are offered below an answer.
const FACET_BUTTONS: usize = 6;

/// Sources named below an answer.
const SOURCES: usize = 3;

/// An answer from a topic as of a day: the asked facet first, then the summary, then standing and sources.
#[must_use]
pub fn answer(topic: &Topic, facet: Option<Facet>, as_of: Date) -> String {
    let mut text = format!("【{}】", topic.title);
    if let Some(facet) = facet {
        text.push_str(facet_name(facet));
    }
    for line in standing(topic, as_of).into_iter().chain(documents(topic, as_of)) {
        push_line(&mut text, &line);
    }
    let asked = facet.and_then(|facet| topic.facets.get(&facet).map(|lines| (facet, lines)));
    if let Some((_, lines)) = asked {
        push_lines(&mut text, lines);
    } else {
        if let Some(facet) = facet {
            push_line(&mut text, &missing_facet(facet, topic));
        }
        push_line(&mut text, &topic.summary);
    }
    for line in sources(topic) {
        push_line(&mut text, &line);
    }
    push_line(&mut text, &format!("核实日期：{}。内容由系统检索生成，以原文为准。", topic.verified_on));
    text
}

/// Buttons below an answer: the other facets, then the way to a person.
#[must_use]
pub fn answer_buttons(topic: &Topic, facet: Option<Facet>, turn: u32) -> Vec<Vec<Button>> {
    let others: Vec<_> = topic
        .facets
        .keys()
        .filter(|other| Some(**other) != facet)
        .take(FACET_BUTTONS)
        .map(|other| button(facet_name(*other), &Press::Facet(turn, *other)))
        .collect();
    let mut rows: Vec<_> = others.chunks(3).map(<[Button]>::to_vec).collect();
    rows.push(vec![human(turn)]);
    rows
}

/// The question back when several topics may be meant.
#[must_use]
pub fn clarify(ask: Option<&str>, titles: &[&str]) -> String {
    let mut text = ask.unwrap_or("您想问的是哪一项？").to_owned();
    for (number, title) in titles.iter().enumerate() {
        push_line(&mut text, &format!("{}. {title}", number + 1));
    }
    push_line(&mut text, "请点选，或回复序号；都不是也可以直接找专员。");
    text
}

/// Buttons below a question back.
#[must_use]
pub fn clarify_buttons(titles: &[&str], turn: u32) -> Vec<Vec<Button>> {
    let mut rows: Vec<_> = titles
        .iter()
        .enumerate()
        .map(|(choice, title)| vec![button(format!("{}. {title}", choice + 1), &Press::Choose(turn, choice))])
        .collect();
    rows.push(vec![button(NONE_OF_THESE, &Press::NoneOfThese(turn)), human(turn)]);
    rows
}

/// The refusal: not known, and who will know.
#[must_use]
pub fn decline(commissioner: Option<&str>) -> String {
    let person = commissioner.map_or_else(|| "服务企业专员".to_owned(), |name| format!("服务企业专员{name}"));
    format!(
        "抱歉，现有政策库里没有找到能准确回答这个问题的内容，不敢随意答复。\n您可以换个说法再问，也可以点“{HUMAN}”，由{person}在承诺时限内联系您。"
    )
}

/// The way to a person.
#[must_use]
pub fn human(turn: u32) -> Button {
    button(HUMAN, &Press::Human(turn))
}

fn standing(topic: &Topic, as_of: Date) -> Vec<String> {
    match topic.validity.standing(as_of) {
        Standing::InForce => Vec::new(),
        Standing::EndingSoon(to) => {
            vec![format!("请注意：本政策有效期至{}，{}。", day(to), days_left(to, as_of))]
        }
        Standing::NotYet(from) => vec![format!("请注意：本政策自{}起施行，目前尚未生效。", day(from))],
        Standing::Over(to) => {
            let mut lines = vec![match to {
                Some(to) => format!("请注意：本政策已于{}到期，以下为原政策内容，不能作为现行政策使用。", day(to)),
                None => "请注意：本政策已失效，以下为原政策内容，不能作为现行政策使用。".to_owned(),
            }];
            if let Some(successor) = &topic.validity.successor {
                lines.push(format!("后续政策：{successor}"));
            }
            lines
        }
        Standing::Unverified => {
            vec![format!("请注意：具体标准和是否继续执行，以{}最新通知为准。", competent(topic))]
        }
    }
}

/// What is said of documents that end soon or have run out while the topic goes on.
fn documents(topic: &Topic, as_of: Date) -> Vec<String> {
    let line = |(document, standing): (&Citation, Standing)| {
        let name = document_name(document);
        match standing {
            Standing::EndingSoon(to) => Some(format!("请注意：{name}有效期至{}，{}。", day(to), days_left(to, as_of))),
            Standing::Over(Some(to)) => {
                Some(format!("请注意：{name}已于{}到期，相关内容不能作为现行政策使用。", day(to)))
            }
            _ => None,
        }
    };
    documents_ending(topic, as_of).into_iter().filter_map(line).collect()
}

fn days_left(to: Date, as_of: Date) -> String {
    match (to - as_of).get_days() {
        0 => "当天是最后一天".to_owned(),
        days => format!("还有{days}天"),
    }
}

fn competent(topic: &Topic) -> String {
    if topic.competent.is_empty() { "主管部门".to_owned() } else { topic.competent.join("、") }
}

fn missing_facet(facet: Facet, topic: &Topic) -> String {
    format!("资料中没有写明{}，请向{}核实，或点“{HUMAN}”。", facet_name(facet), competent(topic))
}

fn sources(topic: &Topic) -> Vec<String> {
    topic.citations.iter().take(SOURCES).map(|citation| format!("依据：{}", source(citation))).collect()
}

/// One source: title, number, until when.
#[must_use]
pub fn source(citation: &Citation) -> String {
    let until = match citation.valid_to {
        Some(to) => format!("，有效期至{}", day(to)),
        None => format!("，{}", status(citation.status)),
    };
    format!("{}{until}", document_name(citation))
}

/// One source with everything that is known of it, for whoever keeps the knowledge.
#[must_use]
pub fn whole_source(citation: &Citation) -> String {
    let issuer = citation.issuer.as_ref().map(|issuer| format!("，{issuer}")).unwrap_or_default();
    let from = citation.valid_from.map(|from| format!("，{from}起")).unwrap_or_default();
    let to = citation.valid_to.map(|to| format!("，至{to}")).unwrap_or_default();
    let url = citation.url.as_ref().map(|url| format!("，{url}")).unwrap_or_default();
    format!("{}{issuer}{from}{to}，{}{url}", document_name(citation), status(citation.status))
}

fn push_line(text: &mut String, line: &str) {
    text.push('\n');
    text.push_str(line);
}

/// Adds lines while they fit, and says so when some do not.
fn push_lines(text: &mut String, lines: &[String]) {
    for (at, line) in lines.iter().enumerate() {
        if at > 0 && text.chars().count() + line.chars().count() > MAX_CHARS {
            push_line(text, &format!("……其余{}条请点“{HUMAN}”了解。", lines.len() - at));
            return;
        }
        push_line(text, line);
    }
}
