//! What is said instead of an answer: questions back, refusals, the offer of a person by name.

use super::answer::human;
use super::{HUMAN, NONE_OF_THESE, button, excerpt, facet as facet_name};
use crate::desk::message::Button;
use crate::desk::press::Press;
use crate::domain::topic::Facet;

/// The company's words are quoted up to this length.
const QUOTE_CHARS: usize = 40;

/// Who would help, and when: named in a refusal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Helper {
    /// The commissioner's name; empty when nobody is on the roster.
    pub name: String,
    /// Why this one.
    pub why: Vec<String>,
    /// Office hours in words.
    pub hours: String,
    /// Until when they will have been in touch.
    pub by: String,
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

/// The question back after an answer that was not what was asked for.
#[must_use]
pub fn not_that() -> &'static str {
    "抱歉，刚才没有答到点子上。您想问的是下面哪一项？"
}

/// A facet was asked for, and nothing says of what.
#[must_use]
pub fn which_matter(facet: Facet) -> String {
    format!("请问您想了解哪件事的{}？请写上事项名称，例如“公司注销”“高新技术企业认定”。", facet_name(facet))
}

/// The refusal: not known, and who will know.
#[must_use]
pub fn decline(helper: &Helper) -> String {
    format!(
        "抱歉，现有政策库里没有找到能准确回答这个问题的内容，不敢随意答复。\n您可以换个说法再问，也可以点“{HUMAN}”，由{}在承诺时限内联系您。",
        person(helper)
    )
}

/// The refusal after others: the person is offered by name, with hours and deadline.
#[must_use]
pub fn decline_again(helper: &Helper) -> String {
    let why = if helper.why.is_empty() { String::new() } else { format!("（{}）", helper.why.join("；")) };
    format!(
        "抱歉，连续没有答上来，不耽误您的时间，建议由人来答复：\n{}{why}，办公时间为工作日{}。\n现在点“{HUMAN}”并确认，{}前会联系您。",
        person(helper),
        helper.hours,
        helper.by
    )
}

fn person(helper: &Helper) -> String {
    format!("服务企业专员{}", helper.name)
}

/// What could not be answered of several questions.
#[must_use]
pub fn unanswered(questions: &[String]) -> String {
    format!("没有找到能准确回答的内容：{}。可以换个说法单独再问，或点“{HUMAN}”。", quoted(questions))
}

/// Questions beyond the number that is answered at once.
#[must_use]
pub fn left_over(questions: &[String]) -> String {
    format!("一次最多回答三个问题，其余请再发一次：{}。", quoted(questions))
}

fn quoted(questions: &[String]) -> String {
    questions.iter().map(|question| format!("“{}”", excerpt(question, QUOTE_CHARS))).collect::<Vec<_>>().join("、")
}

fn push_line(text: &mut String, line: &str) {
    text.push('\n');
    text.push_str(line);
}
