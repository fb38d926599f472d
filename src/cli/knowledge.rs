//! Options of commands about the knowledge: asking it, publishing it, naming an edition.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use jiff::civil::Date;

use super::Format;

/// Options of `reindex`.
#[derive(Args, Clone, Copy, Debug)]
pub struct ReindexArgs {
    /// Publish although golden questions fail.
    #[arg(long, help = "标准问未通过也发布（写入审计日志）")]
    pub force: bool,
    /// Only report.
    #[arg(long, conflicts_with = "force", help = "只检查并报告与使用中版次的差别，不发布")]
    pub dry_run: bool,
    /// Go on: publish whenever the knowledge changes.
    #[arg(long, conflicts_with_all = ["force", "dry_run"], help = "持续留意知识目录，有变化且通过检查就发布")]
    pub watch: bool,
    /// How the result is printed.
    #[arg(long, value_enum, default_value_t, help = "输出格式")]
    pub format: Format,
}

/// An edition, or the data folder as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditionName {
    /// A published edition.
    Number(u32),
    /// The data folder.
    Work,
}

impl EditionName {
    /// The number of a published edition.
    #[must_use]
    pub fn number(self) -> Option<u32> {
        match self {
            Self::Number(number) => Some(number),
            Self::Work => None,
        }
    }
}

impl FromStr for EditionName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "work" => Ok(Self::Work),
            number => number.parse().map(Self::Number).map_err(|_| "应为版次号，或 work（知识目录）"),
        }
    }
}

impl fmt::Display for EditionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "版次 {number}"),
            Self::Work => f.write_str("知识目录"),
        }
    }
}

/// Options of `ask`.
#[derive(Args, Debug)]
pub struct AskArgs {
    /// The question.
    #[arg(value_name = "TEXT", required_unless_present = "batch", help = "要问的话")]
    pub text: Option<String>,
    /// The conversation it belongs to.
    #[arg(long, value_name = "S", conflicts_with = "batch", help = "会话名：同名的多次提问算同一段对话")]
    pub session: Option<String>,
    /// The day on which the answer shall apply.
    #[arg(long, value_name = "DATE", help = "按哪一天的有效性答复，例如 2026-12-31（默认今天）")]
    pub as_of: Option<Date>,
    /// One question a line.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "text",
        help = "每行一个 JSON：{\"id\",\"text\",\"session\"?}；“-”为标准输入"
    )]
    pub batch: Option<PathBuf>,
    /// How the result is printed.
    #[arg(long, value_enum, default_value_t, help = "输出格式")]
    pub format: Format,
    /// Say why.
    #[arg(long, conflicts_with = "batch", help = "说明依据：每个词、每项特征的分值和门槛")]
    pub explain: bool,
}
