//! What is said to who says whether an answer helped.

use super::{HUMAN, person};
use crate::desk::questions::{Reason, Verdict};

/// To who found an answer helpful; `before` is what they had said before.
#[must_use]
pub fn thanks(before: Option<Verdict>) -> &'static str {
    match before {
        None => "谢谢您的反馈，很高兴能帮到您。",
        Some(Verdict::Helpful) => "您的反馈已经记下，谢谢。",
        Some(Verdict::Unhelpful) => "已改为“有帮助”，谢谢您的反馈。",
    }
}

/// To who found it not helpful: what else may be meant, and who will know.
#[must_use]
pub fn sorry(titles: &[&str], commissioner: Option<&str>) -> String {
    let person = person(commissioner);
    let mut text = "谢谢您的反馈，很抱歉没有帮上忙，这个问题已经记下。".to_owned();
    if titles.is_empty() {
        text.push_str(&format!("\n您可以换个说法再问，或点“{HUMAN}”，由{person}在承诺时限内联系您。"));
        return text;
    }
    text.push_str("\n您想问的是不是下面这些？");
    for (number, title) in titles.iter().enumerate() {
        text.push_str(&format!("\n{}. {title}", number + 1));
    }
    text.push_str(&format!("\n请点选，或回复序号；都不是就点“{HUMAN}”，由{person}在承诺时限内联系您。"));
    text
}

/// Why a question is kept, as administrators read it.
#[must_use]
pub fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::PersonWanted => "找专员",
        Reason::AskedBack => "反问未选",
        Reason::Declined => "没有答案",
        Reason::NoneFit => "都不是",
        Reason::Unhelpful => "没帮助",
    }
}
