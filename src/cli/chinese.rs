//! clap in Chinese: its headings, what it says of possible values, and its complaints.
//!
//! clap has no translations of its own; what it leaves no room for (styles, unknown kinds of errors) stays as it is.

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{Arg, ArgAction, Command};

const TEMPLATE: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";

/// `command` and all below it with Chinese headings.
pub(super) fn command(command: Command) -> Command {
    let is_top = command.get_version().is_some();
    let mut command = command
        .help_template(TEMPLATE)
        .subcommand_help_heading("命令")
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .disable_version_flag(true)
        .mut_args(argument)
        .arg(flag("help", 'h', ArgAction::Help, "显示帮助"));
    if is_top {
        command = command.arg(flag("version", 'V', ArgAction::Version, "显示版本"));
    }
    command.mut_subcommands(self::command)
}

fn flag(name: &'static str, short: char, action: ArgAction, help: &'static str) -> Arg {
    Arg::new(name).short(short).long(name).action(action).help(help).help_heading("选项")
}

/// An argument with its possible values and its default told in its help.
fn argument(argument: Arg) -> Arg {
    let heading = if argument.is_positional() { "参数" } else { "选项" };
    let choices: Vec<_> = argument.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    let is_switch = !argument.get_action().takes_values();
    let defaults: Vec<_> =
        argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    let mut told = Vec::new();
    if !is_switch && !choices.is_empty() {
        told.push(format!("可以是 {}", choices.join("、")));
    }
    if !is_switch && !defaults.is_empty() {
        told.push(format!("默认 {}", defaults.join("、")));
    }
    let help = argument.get_help().map(StyledStr::to_string).unwrap_or_default();
    let help = if told.is_empty() { help } else { format!("{help}（{}）", told.join("；")) };
    argument.help_heading(heading).hide_possible_values(true).hide_default_value(true).help(help)
}

/// What is wrong with a command line, and what would be right; `None` where clap's own words are to be printed, such as help.
pub(super) fn complaint(error: &Error) -> Option<String> {
    let text = |kind| error.get(kind).and_then(words);
    let argument = || text(ContextKind::InvalidArg).unwrap_or_default();
    let value = || text(ContextKind::InvalidValue).unwrap_or_default();
    let what = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            return None;
        }
        ErrorKind::UnknownArgument => format!("没有选项或参数“{}”", argument()),
        ErrorKind::InvalidSubcommand => {
            format!("没有命令“{}”", text(ContextKind::InvalidSubcommand).unwrap_or_default())
        }
        ErrorKind::MissingRequiredArgument => format!("缺少 {}", argument()),
        ErrorKind::MissingSubcommand => "缺少要运行的命令".to_owned(),
        ErrorKind::ArgumentConflict => match text(ContextKind::PriorArg) {
            Some(other) => format!("{} 不能与 {other} 一起使用", argument()),
            None => format!("{} 不能这样使用", argument()),
        },
        ErrorKind::InvalidValue if value().is_empty() => format!("{} 后面要写一个值", argument()),
        ErrorKind::InvalidValue => match text(ContextKind::ValidValue) {
            Some(valid) => format!("{} 不能是“{}”，可以是 {valid}", argument(), value()),
            None => format!("{} 不能是“{}”", argument(), value()),
        },
        ErrorKind::ValueValidation => {
            let ours = |cause: &&dyn std::error::Error| !cause.to_string().is_ascii();
            let hint = if argument().contains("<DATE>") {
                "，日期写成 2026-12-31 的样子".to_owned()
            } else {
                // What a library says of a wrong number is not for people.
                std::error::Error::source(error).filter(ours).map(|cause| format!("：{cause}")).unwrap_or_default()
            };
            format!("{} 不能是“{}”{hint}", argument(), value())
        }
        ErrorKind::TooManyValues => format!("{} 后面多写了“{}”", argument(), value()),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => format!("{} 后面的值个数不对", argument()),
        ErrorKind::NoEquals => format!("{} 要写成 {}=值", argument(), argument()),
        ErrorKind::InvalidUtf8 => "命令行里有不是 UTF-8 的文字".to_owned(),
        _ => return None,
    };
    let nearest = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    let nearest = nearest.into_iter().find_map(text).map(|nearest| format!("，是不是 {nearest}"));
    let usage = text(ContextKind::Usage).map(|usage| {
        let usage = usage.trim().trim_start_matches("Usage:").trim().to_owned();
        format!("用法：{usage}\n")
    });
    Some(format!(
        "错误：{what}{}\n{}加上 --help 看全部选项。\n",
        nearest.unwrap_or_default(),
        usage.unwrap_or_default()
    ))
}

fn words(value: &ContextValue) -> Option<String> {
    let text = match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join("、"),
        ContextValue::StyledStr(text) => text.to_string(),
        ContextValue::StyledStrs(texts) => texts.iter().map(StyledStr::to_string).collect::<Vec<_>>().join("、"),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}
