//! Greetings, help and everything that is neither an answer nor a ticket.

use super::HUMAN;
use crate::desk::command::Command;
use crate::desk::message::Attachment;
use crate::domain::route::{Abuse, SmallTalk};

/// What /start says: what this is, how to ask, what stands below an answer, how to reach a person.
#[must_use]
pub fn welcome() -> String {
    format!(
        "您好，这里是芝罘区“政企通”，为企业解答惠企政策和办事问题。\n直接用平常的话提问即可，例如“注销公司要多久”“高企补贴还有吗”。\n每条答复都写明文号、有效期和核实日期；可以接着问“要什么材料”。\n任何时候点“{HUMAN}”或说“找专员”，会有具名的服务企业专员按时限联系您。"
    )
}

/// What /help says.
#[must_use]
pub fn help() -> String {
    use strum::IntoEnumIterator;
    let mut text = "您可以直接提问，也可以使用这些命令：".to_owned();
    for command in Command::iter().filter(|command| command.is_for_companies()) {
        text.push_str(&format!("\n/{command} {}", describe(command)));
    }
    text.push_str("\n请不要发送身份证号、银行卡号等个人信息。");
    text
}

/// One line about a command, for the menu.
#[must_use]
pub fn describe(command: Command) -> &'static str {
    match command {
        Command::Start => "开始使用",
        Command::Help => "使用说明",
        Command::Human => "找服务企业专员",
        Command::Progress => "查看我的诉求进度",
        Command::New => "换个问题重新问",
        Command::Leave => "登记离岗（专员用）",
        Command::Back => "登记返岗（专员用）",
        Command::Supervise => "查看需要督办的工单（督办人员用）",
        Command::Figures => "查看办件统计（督办人员用）",
        Command::Handover => "移交一位专员的在办工单（督办人员用）",
    }
}

/// A reply to small talk, in one line.
#[must_use]
pub fn small_talk(kind: SmallTalk) -> &'static str {
    match kind {
        SmallTalk::Greeting => "您好，我在。请直接说您想了解的惠企政策或要办的事项。",
        SmallTalk::Thanks => "不客气。还有政策或办事问题，随时可以问我。",
        SmallTalk::Farewell => "再见，祝您生意顺利。",
        SmallTalk::Identity => {
            "我是芝罘区“政企通”的自动问答助手，不是真人，只解答惠企政策和企业办事问题；需要真人时，请点“找专员”。"
        }
        SmallTalk::Acknowledgement => "好的。还有问题可以接着问。",
        SmallTalk::Chat => "这个话题我帮不上忙。我可以解答惠企政策和企业办事问题。",
    }
}

/// The message has nothing readable.
#[must_use]
pub fn unreadable() -> &'static str {
    "没有读到可以理解的文字。请用一句话说明您想了解的政策或要办的事项，例如“注销公司要多久”。"
}

/// The message asks for what must not be done.
#[must_use]
pub fn refused(kind: Abuse) -> &'static str {
    match kind {
        Abuse::Code => "收到的像是一段代码，不能处理。请用一句话说明您想了解的政策或要办的事项。",
        Abuse::Injection => {
            "抱歉，这个请求不能受理。我只解答公开的惠企政策和企业办事问题，不执行其他指令，也不代为发布消息。"
        }
        Abuse::OthersData => {
            "抱歉，不能提供其他企业或个人的信息，也不能提供系统内部的资料。本企业的办理情况，可以说“查进度”或找专员。"
        }
        Abuse::Fraud => {
            "抱歉，弄虚作假的事不能协助，骗取补贴、虚开发票等要承担法律责任。需要了解正规的申报条件，可以直接问我。"
        }
        Abuse::Insult => "抱歉没有帮上您的忙。请说说遇到的是什么事，或点“找专员”，由服务企业专员联系您。",
    }
}

/// The company's subdistrict is kept.
#[must_use]
pub fn subdistrict_kept() -> &'static str {
    "好的，已记下您所在的街道，之后优先列出本街道的办事点。请说您的问题。"
}

/// The message is about a citizen's own matter.
#[must_use]
pub fn personal() -> &'static str {
    "这像是个人事项，不在企业服务范围内，不敢随意答复。个人社保、户籍、证件等事项请拨打12345，或到政务服务大厅咨询。如果是为企业办理，请说明是企业的事。"
}

/// The message is too long to be one question.
#[must_use]
pub fn too_long() -> &'static str {
    "内容较长，一次没法准确理解。请用一两句话写下最想问的问题；如果要把全文交给专员，请点“找专员”，原文会一并转交。"
}

/// Messages that are not text cannot be read yet.
#[must_use]
pub fn unsupported(what: &str) -> String {
    format!("暂时不能读取{what}，请用文字描述；需要提交材料时，请点“{HUMAN}”，由专员告知提交方式。")
}

/// Something attached is kept for a ticket.
#[must_use]
pub fn kept_for_a_ticket(what: &str) -> String {
    format!("已收到，但暂时不能读取{what}的内容，请用文字写下您的问题；点“{HUMAN}”提交诉求时，会把它一并转给专员。")
}

/// So much is attached that no more is kept.
#[must_use]
pub fn too_many_kept(most: usize) -> String {
    format!("提交前最多保留{most}个附件，这一个没有保留，请在提交诉求后再发。")
}

/// What was sent is too large to be passed on.
#[must_use]
pub fn too_large(what: &str) -> String {
    format!("这份{what}超过20MB，没有转交。请压缩、截取需要的部分或分成几份再发，也可以用文字说明。")
}

/// What was told, and that something attached can no longer be had.
#[must_use]
pub fn attachment_lost(told: &str, attached: &Attachment) -> String {
    format!("{told}\n{}\n附件已无法读取，请对方重新发送。", super::in_brackets(attached)).trim_start().to_owned()
}

/// The button belongs to a message that is too old.
#[must_use]
pub fn stale_button() -> &'static str {
    "这个按钮已经过期，请重新提问。"
}

/// The conversation starts afresh.
#[must_use]
pub fn afresh() -> &'static str {
    "好的，请说您的新问题。"
}

/// To somebody who sends without pause.
#[must_use]
pub fn too_fast() -> &'static str {
    "您发送得太快了，刚才的部分消息没有处理。请一分钟后再发，可以把几句话合成一条。"
}

/// Something failed; nothing is lost.
#[must_use]
pub fn failed(reference: &str) -> String {
    format!("系统暂时繁忙，您的消息已保存，稍后会自动处理，不必重发。编号：{reference}")
}
