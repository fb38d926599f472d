//! `dead-letters`: messages that were given up.

use clap::Subcommand;

use super::Format;

/// What to do about dead letters.
#[derive(Debug, Subcommand)]
pub enum LettersCommand {
    /// Show them.
    #[command(about = "列出没有处理成功、没有送达的消息：原因、次数、编号，不含内容")]
    List {
        /// How the result is printed.
        #[arg(long, value_enum, default_value_t, help = "输出格式")]
        format: Format,
    },
    /// Try them again.
    #[command(about = "重新处理或重新发送（写入审计日志）")]
    Retry {
        /// Which.
        #[arg(value_name = "ID", required_unless_present = "all", help = "编号，见 list，例如 in-12、out-7")]
        ids: Vec<String>,
        /// All of them.
        #[arg(long, conflicts_with = "ids", help = "全部")]
        all: bool,
    },
    /// Nobody needs to look at them any more.
    #[command(about = "不再提示（写入审计日志）；消息仍保留")]
    Dismiss {
        /// Which.
        #[arg(value_name = "ID", required = true, help = "编号，见 list")]
        ids: Vec<String>,
    },
}
