//! Questions that were not answered well, and the drafts that are made of them.

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;

use super::Format;

/// How tables are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
}

/// Options of `unanswered`.
#[derive(Args, Clone, Debug)]
pub struct UnansweredArgs {
    /// Only groups with a question from this day on.
    #[arg(long, value_name = "DATE", help = "只列这一天以来还有人问的，例如 2026-11-01")]
    pub since: Option<Date>,
    /// Only groups that this many have asked.
    #[arg(long, value_name = "N", default_value_t = 1, help = "只列至少这么多家企业问过的")]
    pub min: usize,
    /// How the result is printed.
    #[arg(long, value_enum, default_value_t, help = "输出格式")]
    pub format: TableFormat,
}

/// Commands about groups of questions.
#[derive(Debug, Subcommand)]
pub enum UnansweredCommand {
    /// Show a group.
    #[command(about = "查看一组问题的全部原话（已隐去个人信息）")]
    Show {
        /// Its number.
        #[arg(value_name = "ID", help = "组号，见 unanswered")]
        id: i64,
        /// How the result is printed.
        #[arg(long, value_enum, default_value_t, help = "输出格式")]
        format: TableFormat,
    },
    /// Dismiss a group.
    #[command(about = "不再列出一组问题（写入审计日志）")]
    Dismiss {
        /// Its number.
        #[arg(value_name = "ID", help = "组号，见 unanswered")]
        id: i64,
        /// Why.
        #[arg(long, value_name = "WHY", help = "原因，例如：与企业服务无关")]
        why: String,
    },
    /// Erase what one conversation asked.
    #[command(about = "应要求删除一个对话留下的全部问题和反馈（写入审计日志）")]
    Erase {
        /// The conversation.
        #[arg(value_name = "CHAT", help = "对话，例如 telegram:42")]
        chat: String,
    },
}

/// Commands about drafts.
#[derive(Debug, Subcommand)]
pub enum DraftCommand {
    /// Begin a topic from a group.
    #[command(about = "从一组未答问题起草主题")]
    FromGroup {
        /// The group's number.
        #[arg(value_name = "ID", help = "组号，见 unanswered")]
        id: i64,
        /// Where to put it.
        #[command(flatten)]
        place: DraftPlace,
    },
    /// Begin a topic from a ticket.
    #[command(about = "从办结的工单起草主题")]
    FromTicket {
        /// The ticket's number.
        #[arg(value_name = "ID", help = "工单号，例如 ZQ-20261122-0007")]
        number: String,
        /// Where to put it.
        #[command(flatten)]
        place: DraftPlace,
    },
    /// List drafts.
    #[command(about = "列出草稿，以及各缺什么")]
    List {
        /// How the result is printed.
        #[arg(long, value_enum, default_value_t, help = "输出格式")]
        format: Format,
    },
    /// Make a draft a topic.
    #[command(about = "检查补全的草稿，移入 topics/；之后用 reindex 发布")]
    Publish {
        /// Its id.
        #[arg(value_name = "ID", help = "主题编号，例如 market/wu-ren-ji")]
        id: String,
    },
}

/// The id of a new draft.
#[derive(Args, Clone, Debug)]
pub struct DraftPlace {
    /// The category.
    #[arg(long, value_name = "CATEGORY", help = "类别，例如 market（默认取最相近主题的类别）")]
    pub category: Option<String>,
    /// The name within it.
    #[arg(long, value_name = "NAME", help = "文件名，小写字母、数字和短横线（默认由问题的拼音组成）")]
    pub name: Option<String>,
}
