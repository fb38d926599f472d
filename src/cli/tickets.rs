//! `ticket` and `commissioner`: tickets and the roster.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;

use super::Format;

/// Commands about the roster.
#[derive(Debug, Subcommand)]
pub enum CommissionerCommand {
    /// Replace the roster.
    #[command(about = "导入名册（CSV），替换现有名册；任何一行有误都不导入")]
    Import {
        /// The CSV file.
        #[arg(
            value_name = "FILE",
            help = "CSV:id,name,phone,subdistricts,fields,role,backup,telegram_id,capacity，可加 companies（包联企业）"
        )]
        file: PathBuf,
        /// Only check.
        #[arg(long, help = "只检查，不导入")]
        dry_run: bool,
    },
    /// Show the roster.
    #[command(about = "列出名册")]
    List {
        /// How the result is printed.
        #[arg(long, value_enum, default_value_t, help = "输出格式")]
        format: Format,
    },
    /// Invite a commissioner to bind their Telegram account.
    #[command(about = "生成邀请链接：专员打开后绑定自己的 Telegram 账号，一次有效，72 小时过期")]
    Invite {
        /// Whom.
        #[arg(value_name = "ID", help = "专员编号")]
        id: String,
    },
    /// Give all open tickets of somebody to others.
    #[command(about = "移交一位专员的全部在办工单（写入审计日志，企业和专员都会收到通知）")]
    HandOver {
        /// Whose.
        #[arg(value_name = "ID", help = "原专员编号；可以已不在名册里")]
        id: String,
        /// To whom.
        #[command(flatten)]
        order: Order,
    },
}

/// Commands about tickets.
#[derive(Debug, Subcommand)]
pub enum TicketCommand {
    /// List tickets.
    #[command(about = "列出工单，最新的在前")]
    List {
        /// Only open ones.
        #[arg(long, help = "只列未办结的")]
        open: bool,
        /// Only this commissioner's.
        #[arg(long, value_name = "ID", help = "只列某位专员的")]
        commissioner: Option<String>,
        /// How the result is printed.
        #[arg(long, value_enum, default_value_t, help = "输出格式")]
        format: Format,
    },
    /// Show a ticket with its history.
    #[command(about = "查看一个工单的全部经过")]
    Show {
        /// Its number.
        #[arg(value_name = "ID", help = "工单号，例如 ZQ-20261122-0007")]
        number: String,
        /// How the result is printed.
        #[arg(long, value_enum, default_value_t, help = "输出格式")]
        format: Format,
    },
    /// Give several tickets to somebody.
    #[command(about = "批量改派工单（写入审计日志，企业和专员都会收到通知）")]
    Reassign {
        /// Their numbers.
        #[arg(value_name = "ID", required = true, help = "工单号，可以写多个")]
        numbers: Vec<String>,
        /// To whom.
        #[command(flatten)]
        order: Order,
    },
    /// Figures of a period.
    #[command(about = "办件统计：响应率、解决率、满意率、按时率及其分子分母，全区、分街道、分领域；不含个人信息")]
    Figures(FiguresArgs),
    /// Tickets of a period, one a row.
    #[command(about = "导出工单明细（.xlsx 或 .csv），一行一单；不含企业名称和联系方式，诉求已隐去个人信息")]
    Export {
        /// The file to write.
        #[arg(value_name = "FILE", help = "要写的文件，扩展名 .xlsx 或 .csv")]
        file: PathBuf,
        /// Which tickets.
        #[command(flatten)]
        period: PeriodArgs,
        /// Overwrite it.
        #[arg(long, help = "文件已有时覆盖")]
        replace: bool,
    },
}

/// To whom tickets go, and why.
#[derive(Args, Clone, Debug)]
pub struct Order {
    /// Who gets them.
    #[arg(long, value_name = "ID", help = "接手专员编号（默认按派单规则分配）")]
    pub to: Option<String>,
    /// Why.
    #[arg(long, value_name = "WHY", help = "原因，例如：调离岗位；接手专员会看到")]
    pub why: String,
}

/// Days, both included.
#[derive(Args, Clone, Copy, Debug)]
pub struct PeriodArgs {
    /// The first day.
    #[arg(long, value_name = "DATE", help = "从哪一天提交的起，例如 2026-11-16（默认本周一）")]
    pub from: Option<Date>,
    /// The last day.
    #[arg(long, value_name = "DATE", help = "到哪一天为止，含当天（默认今天）")]
    pub to: Option<Date>,
}

/// Options of `ticket figures`.
#[derive(Args, Clone, Debug)]
pub struct FiguresArgs {
    /// Which tickets.
    #[command(flatten)]
    pub period: PeriodArgs,
    /// How the result is printed.
    #[arg(long, value_enum, default_value_t, help = "输出格式；xlsx 要用 --out 指定文件")]
    pub format: FiguresFormat,
    /// The file to write instead.
    #[arg(long, value_name = "FILE", help = "写入文件（csv、xlsx）")]
    pub out: Option<PathBuf>,
    /// Overwrite it.
    #[arg(long, requires = "out", help = "文件已有时覆盖")]
    pub replace: bool,
}

/// How figures are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FiguresFormat {
    /// For people.
    #[default]
    Table,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
    /// For spreadsheets.
    Xlsx,
}
