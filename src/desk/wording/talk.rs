//! Greetings, help and everything that is neither an answer nor a ticket.

use super::HUMAN;
use crate::desk::command::Command;
use crate::domain::route::SmallTalk;

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
    "没有读到可以理解的文字。请用一句话说明您想了解的政策或要办的事项。"
}

/// The message asks for what must not be done.
#[must_use]
pub fn refused() -> &'static str {
    "抱歉，这个请求不能受理。我只解答公开的惠企政策和企业办事问题，不提供其他企业的信息，也不执行指令。"
}

/// Messages that are not text cannot be read yet.
#[must_use]
pub fn unsupported(what: &str) -> String {
    format!("暂时不能读取{what}，请用文字描述；需要提交材料时，请点“{HUMAN}”，由专员告知提交方式。")
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

/// Something failed; nothing is lost.
#[must_use]
pub fn failed(reference: &str) -> String {
    format!("系统暂时繁忙，您的消息已保存，稍后会自动处理，不必重发。编号：{reference}")
}
