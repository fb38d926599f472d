//! Sentences that only the web shows. What the assistant says is the desk's.

/// Questions offered on the empty page.
pub(super) const EXAMPLES: [&str; 5] = [
    "开办企业要准备什么材料？",
    "高新技术企业怎么认定？",
    "招用毕业生有什么补贴？",
    "小微企业贷款有什么政策？",
    "注销公司要多久？",
];

/// Shortcuts below the conversation: what is sent, and what people read.
pub(super) const SHORTCUTS: [(&str, &str); 4] =
    [("/human", "找专员"), ("/progress", "查进度"), ("/new", "新问题"), ("/help", "帮助")];

pub(super) const CROSS_SITE: &str = "为了您的安全，不受理来自其他网站的提交。请在本页面中操作。";
pub(super) const NO_SECRET: &str = "请求没有带上正确的密钥，不予受理。";
pub(super) const TOO_LARGE: &str = "发送的内容太大，请缩短后再发。";
pub(super) const NOT_JSON_TYPE: &str = "请求的内容类型应为 application/json。";
pub(super) const NOT_FORM_TYPE: &str = "请求的内容类型应为 application/x-www-form-urlencoded。";
pub(super) const NOT_JSON: &str = "请求的内容不是有效的 JSON。";
pub(super) const WRONG_FIELDS: &str = "请求缺少必要的字段，或字段类型不对。";
pub(super) const WRONG_QUERY: &str = "网址中的参数有误。";
pub(super) const WRONG_ID: &str = "消息编号有误：应为 1 至 64 个字母、数字、“-”或“_”。";
pub(super) const WRONG_PRESS: &str = "按钮内容有误，请刷新页面后再试。";
pub(super) const WRONG_SESSION: &str = "session 应为 1 至 200 个字符。";
pub(super) const WRONG_DAY: &str = "as_of 应为有效的日期，格式为 YYYY-MM-DD，例如 2026-11-22。";
pub(super) const EMPTY: &str = "请输入您的问题后再发送。";
pub(super) const NO_SESSION: &str = "对话已失效，请刷新页面；如果仍有问题，请允许本网站使用 Cookie。";
pub(super) const NOT_SAVED: &str = "系统暂时无法受理，您的消息没有保存。请稍后再发，急事请拨打12345。";
pub(super) const BUSY: &str = "现在咨询的人较多，您的消息没有受理。请过几秒再发，急事请拨打12345。";
pub(super) const UNAVAILABLE: &str = "系统暂时无法回答，请稍后再试。";
pub(super) const TOO_SLOW: &str = "处理超时，请稍后再试。";
pub(super) const BROKEN: &str = "系统出了问题，请稍后再试，急事请拨打12345。";
pub(super) const NO_SUCH_PAGE: &str = "没有这个页面。";
pub(super) const NO_SUCH_METHOD: &str = "这个地址不支持这种请求方式。";
pub(super) const HISTORY_UNAVAILABLE: &str = "暂时读不到之前的对话，请稍后刷新页面。之前的对话没有丢失。";

/// The text is longer than can be read.
pub(super) fn too_long(limit: usize, chars: usize) -> String {
    format!("一次最多{limit}字，您输入了{chars}字。请分几次发送，或只写要点。")
}

/// Too many messages.
pub(super) fn too_many(wait_secs: u64) -> String {
    format!("您发送得太快了，请{wait_secs}秒后再试。")
}

/// A message that could not be handled in the end.
pub(super) fn given_up(reference: &str) -> String {
    format!("抱歉，您有一条消息多次处理都没有成功（编号：{reference}）。请换个说法重新发送；急事请拨打12345。")
}

/// What the person said cannot be shown again.
pub(super) const UNREADABLE_LINE: &str = "（无法显示的消息）";
