//! One YAML file → a record, or everything that is wrong with it.
//!
//! A file of the right shape is judged by its record's garde rules, all at once. Where the shape is wrong, serde would stop at
//! the first fault; the tree is then held against the record's JSON Schema, which finds the others as well.

use std::borrow::Cow;
use std::fmt::Display;

use garde::Validate;
use garde::i18n::{I18n, InvalidCreditCard, InvalidEmail, InvalidPhoneNumber, InvalidUrl, IpKind, with_i18n};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_saphyr::{Error, Options};

use super::node::{Node, Value};
use super::problem::{Place, Report};
use super::shape;

/// A record with the tree it was read from.
#[derive(Debug)]
pub(super) struct Parsed<T> {
    /// The file, below the data folder.
    pub(super) file: String,
    /// What it says.
    pub(super) value: T,
    tree: Node,
}

impl<T> Parsed<T> {
    /// Where the value at `path` stands, such as `questions[2]`.
    pub(super) fn place(&self, path: &str) -> Place {
        self.tree.place_of(path)
    }
}

/// Reads `text` as a `T` and reports everything that is wrong with it.
///
/// `None` where the shape is wrong. A record that only breaks its rules is returned, so that later checks find more.
pub(super) fn read<T>(file: &str, text: &str, report: &mut Report) -> Option<Parsed<T>>
where
    T: DeserializeOwned + JsonSchema + Validate<Context = ()>,
{
    let tree = match serde_saphyr::from_str_with_options::<Node>(text, options()) {
        Ok(tree) => tree,
        Err(Error::Eof { .. }) => Node { place: Place::START, value: Value::Null },
        Err(error) => {
            report_syntax(file, &error, report);
            return None;
        }
    };
    match serde_saphyr::from_str_with_options::<T>(text, options()) {
        Ok(value) => {
            report_rules(file, &tree, &value, report);
            Some(Parsed { file: file.to_owned(), value, tree })
        }
        Err(_) if tree.value == Value::Null => {
            report.error(file, Place::START, "文件是空的").hint("写入内容，或删去这个文件");
            None
        }
        Err(error) => {
            let faults = shape::faults(&tree, schemars::schema_for!(T).as_value());
            if faults.is_empty() {
                report_syntax(file, &error, report);
            }
            for fault in faults {
                report.error(file, fault.place, fault.message).hint = fault.hint;
            }
            None
        }
    }
}

/// Limits far above any honest file and far below what would hurt.
fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: 200_000,
            max_nodes: 50_000,
            max_depth: 24,
            max_aliases: 100,
            max_anchors: 100,
            max_documents: 2,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 20_000,
            max_replay_stack_depth: 8,
        },
        with_snippet: false,
    }
}

fn report_syntax(file: &str, error: &Error, report: &mut Report) {
    let place = error.location().map_or(Place::START, Place::from);
    let too_much = "文件嵌套太深、内容太多或引用太多，没有读完";
    let (message, hint) = match innermost(error) {
        Error::DuplicateMappingKey { key, .. } => {
            (format!("键 {} 写了两次", key.as_deref().unwrap_or_default()), "合并成一个，或删去一个")
        }
        Error::MultipleDocuments { .. } => {
            ("一个文件里有几份文档（---）".to_owned(), "一个文件只写一份，删去“---”或拆成几个文件")
        }
        Error::UnknownAnchor { .. } => ("引用了不存在的锚点".to_owned(), "以 * 或 & 开头的文字要加引号"),
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => (too_much.to_owned(), TOO_MUCH_HINT),
        // The parser has a limit of nesting of its own.
        Error::ExternalMessage { msg, .. } if msg.contains("recursion limit") => (too_much.to_owned(), TOO_MUCH_HINT),
        Error::ExternalMessage { msg, .. } | Error::Message { msg, .. } => {
            (format!("YAML 语法错误：{msg}"), SYNTAX_HINT)
        }
        other => (format!("YAML 语法错误：{other}"), SYNTAX_HINT),
    };
    report.error(file, place, message).hint(hint);
}

/// The error itself, without the snippet and the use of an alias it may be wrapped in.
fn innermost(error: &Error) -> &Error {
    match error.without_snippet() {
        Error::AliasError { error, .. } => innermost(error),
        other => other,
    }
}

const TOO_MUCH_HINT: &str = "不要用 & 和 * 引用；内容太多时拆成几个文件";

const SYNTAX_HINT: &str =
    "看这一行和上一行：冒号后要有空格，缩进要对齐且不用制表符，引号和括号要成对，含“: ”或“#”的文字要加引号";

fn report_rules<T: Validate<Context = ()>>(file: &str, tree: &Node, value: &T, report: &mut Report) {
    let Err(violations) = with_i18n(Chinese, || value.validate()) else { return };
    for (path, error) in violations.iter() {
        let path = path.to_string();
        let node = tree.find(&path);
        let message = counted(error.message(), &node.value);
        report.error(file, node.place, describe(&path, &message));
    }
}

/// `path：message`, without positions in lists: the line tells them.
pub(super) fn describe(path: &str, message: &str) -> String {
    let mut name = String::with_capacity(path.len());
    let mut is_inside = false;
    for c in path.chars() {
        match c {
            '[' => is_inside = true,
            ']' => is_inside = false,
            _ if !is_inside => name.push(c),
            _ => {}
        }
    }
    let name = name.trim_start_matches('.');
    if name.is_empty() { message.to_owned() } else { format!("{name}：{message}") }
}

/// Completes a limit by its unit and by what is there.
pub(super) fn counted(message: &str, value: &Value) -> String {
    if !message.starts_with("至少") && !message.starts_with("最多") {
        return message.to_owned();
    }
    match value {
        Value::Text(text) => format!("{message}个字，现在是{}个字", text.chars().count()),
        Value::List(items) => format!("{message}项，现在是{}项", items.len()),
        Value::Map(_) | Value::Null => format!("{message}项，现在没有写"),
        Value::Bool(_) | Value::Number(_) => format!("{message}个字"),
    }
}

/// garde's messages in Chinese. Limits of length come without a unit: see [`counted`].
struct Chinese;

impl I18n for Chinese {
    fn length_lower_than(&self, min: usize) -> Cow<'static, str> {
        format!("至少{min}").into()
    }

    fn length_greater_than(&self, max: usize) -> Cow<'static, str> {
        format!("最多{max}").into()
    }

    fn range_lower_than(&self, min: &dyn Display) -> Cow<'static, str> {
        format!("不能小于{min}").into()
    }

    fn range_greater_than(&self, max: &dyn Display) -> Cow<'static, str> {
        format!("不能大于{max}").into()
    }

    fn credit_card_invalid(&self, _: InvalidCreditCard) -> Cow<'static, str> {
        "卡号不对".into()
    }

    fn pattern_no_match(&self, pattern: &dyn Display) -> Cow<'static, str> {
        format!("格式不符（{pattern}）").into()
    }

    fn contains_missing(&self, pattern: &dyn Display) -> Cow<'static, str> {
        format!("应含有“{pattern}”").into()
    }

    fn url_invalid(&self, _: InvalidUrl) -> Cow<'static, str> {
        "不是网址".into()
    }

    fn prefix_missing(&self, pattern: &dyn Display) -> Cow<'static, str> {
        format!("应以“{pattern}”开头").into()
    }

    fn suffix_missing(&self, pattern: &dyn Display) -> Cow<'static, str> {
        format!("应以“{pattern}”结尾").into()
    }

    fn phone_number_invalid(&self, _: InvalidPhoneNumber) -> Cow<'static, str> {
        "不是电话号码".into()
    }

    fn ip_invalid(&self, _: IpKind) -> Cow<'static, str> {
        "不是 IP 地址".into()
    }

    fn matches_field_mismatch(&self, field: &dyn Display) -> Cow<'static, str> {
        format!("应与 {field} 相同").into()
    }

    fn email_invalid(&self, _: InvalidEmail) -> Cow<'static, str> {
        "不是邮箱地址".into()
    }

    fn ascii_invalid(&self) -> Cow<'static, str> {
        "只能用英文字母、数字和半角符号".into()
    }

    fn alphanumeric_invalid(&self) -> Cow<'static, str> {
        "只能用字母和数字".into()
    }

    fn required_not_set(&self) -> Cow<'static, str> {
        "必须填写".into()
    }
}
