//! The command line: names, options and help texts; what they do is the app's business.

mod chinese;
mod knowledge;
mod learning;
mod letters;
mod model;
mod storage;
mod tickets;
mod topic;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub use knowledge::{AskArgs, EditionName, ReindexArgs};
pub use learning::{DraftCommand, DraftPlace, TableFormat, UnansweredArgs, UnansweredCommand};
pub use letters::LettersCommand;
pub use model::ModelCommand;
pub use storage::StoreCommand;
pub use tickets::{CommissionerCommand, FiguresArgs, FiguresFormat, Order, PeriodArgs, TicketCommand};
pub use topic::{ExportArgs, ImportArgs, TopicCommand};

use crate::config::Overrides;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "zhengqitong",
    version,
    about = "政企通：为企业解答惠企政策和办事问题，并转给具名的服务企业专员",
    after_help = "退出码：0 成功；1 要做的事没有做成（发现问题、没有找到）；2 用法或配置有误。\n配置文件 zhengqitong.toml，环境变量 ZHENGQITONG_<节>__<键>，命令行优先。"
)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// Reads a command line, the program's name first.
    ///
    /// # Errors
    ///
    /// When it cannot be understood, or asks for help or the version only.
    pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, NotRun> {
        let matches = chinese::command(Self::command()).try_get_matches_from(words);
        matches.and_then(|matches| Self::from_arg_matches(&matches)).map_err(NotRun)
    }
}

/// A command line that runs nothing: it is wrong, or only asks for help or the version.
#[derive(Debug)]
pub struct NotRun(clap::Error);

impl NotRun {
    /// Says what is wrong on standard error, or what was asked for on standard output; gives the exit code.
    pub fn tell(&self) -> ExitCode {
        match chinese::complaint(&self.0) {
            // Nobody is left to be told that nothing can be told.
            Some(complaint) => drop(std::io::stderr().write_all(complaint.as_bytes())),
            None => drop(self.0.print()),
        }
        ExitCode::from(u8::try_from(self.0.exit_code()).unwrap_or(2))
    }
}

/// Options that every command takes.
#[derive(Args, Clone, Debug)]
pub struct Common {
    /// Configuration file.
    #[arg(long, global = true, value_name = "FILE", help = "配置文件（默认 zhengqitong.toml，没有也可以）")]
    pub config: Option<PathBuf>,
    /// The source of truth.
    #[arg(long, global = true, value_name = "DIR", help = "知识目录（默认 faq_data）")]
    pub faq_data: Option<PathBuf>,
    /// Where index generations are built.
    #[arg(long, global = true, value_name = "DIR", help = "索引目录（默认 index）")]
    pub index_dir: Option<PathBuf>,
    /// Where state lives.
    #[arg(
        long,
        global = true,
        value_name = "URL",
        help = "数据库（默认 sqlite://data/zhengqitong.db；多个进程共用时写 postgres://用户@主机/库名）"
    )]
    pub database_url: Option<String>,
    /// Where the web chat listens.
    #[arg(long, global = true, value_name = "ADDR", help = "网页和接口的监听地址（默认 127.0.0.1:8080）")]
    pub listen: Option<String>,
}

impl Common {
    /// The same, as the configuration wants it.
    #[must_use]
    pub fn overrides(&self) -> Overrides {
        Overrides {
            config: self.config.clone(),
            faq_data: self.faq_data.clone(),
            index_dir: self.index_dir.clone(),
            database_url: self.database_url.clone(),
            listen: self.listen.clone(),
        }
    }
}

/// How results are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Everything that runs.
    #[command(about = "启动服务：网页问答、接口、后台任务；设置了 TELOXIDE_TOKEN 时同时启动 Telegram 机器人")]
    Serve,
    /// The same conversation in the terminal.
    #[command(about = "在终端里对话（与网页、Telegram 相同）")]
    Chat {
        /// The conversation's name.
        #[arg(long, default_value = "local", value_name = "S", help = "会话名")]
        session: String,
        /// Talk as a commissioner.
        #[arg(long, value_name = "ID", help = "以专员身份进入自己的工单桌面，例如 --commissioner duty")]
        commissioner: Option<String>,
    },
    /// One turn, or a batch.
    #[command(about = "问一句，得到一条带出处的答复")]
    Ask(AskArgs),
    /// Validate the knowledge.
    #[command(about = "检查知识目录，列出全部问题（文件：行：列）")]
    Check {
        /// How the result is printed.
        #[arg(long, value_enum, default_value_t, help = "输出格式")]
        format: Format,
        /// Print the JSON Schema of a topic file instead.
        #[arg(long, help = "改为输出主题文件的 JSON Schema")]
        schema: bool,
    },
    /// Publish the knowledge.
    #[command(about = "检查、建索引、核对标准问，发布为新版次；正在运行的服务会自动切换")]
    Reindex(ReindexArgs),
    /// Published editions.
    #[command(about = "列出已发布的版次")]
    Editions {
        /// How the result is printed.
        #[arg(long, value_enum, default_value_t, help = "输出格式")]
        format: Format,
    },
    /// Two editions side by side.
    #[command(about = "比较两个版次：主题的增删改、标准问答复的变化")]
    Diff {
        /// The earlier one.
        #[arg(value_name = "A", help = "版次号，或 work（知识目录现在的内容）")]
        before: EditionName,
        /// The later one.
        #[arg(value_name = "B", help = "版次号，或 work")]
        after: EditionName,
        /// How the result is printed.
        #[arg(long, value_enum, default_value_t, help = "输出格式")]
        format: Format,
    },
    /// Let an earlier edition serve again.
    #[command(about = "让已发布的一个版次重新使用（写入审计日志，不删除任何版次）；正在运行的服务会自动切换")]
    Rollback {
        /// Its number.
        #[arg(value_name = "N", help = "版次号，见 editions")]
        number: u32,
    },
    /// Measure.
    #[command(about = "评测：检索语料（corpus/queries/qrels）或标注问题（questions.tsv）")]
    Eval {
        /// The directory with the data.
        #[arg(value_name = "DIR", help = "评测目录")]
        dir: PathBuf,
        /// How the result is printed.
        #[arg(long, value_enum, default_value_t, help = "输出格式")]
        format: Format,
        /// Fit the calibration to these questions and write it into the knowledge.
        #[arg(long, help = "用这些标注问题拟合置信度，写入 faq_data/calibration.yaml")]
        fit: bool,
        /// Fit to these as well.
        #[arg(long, value_name = "DIR", requires = "fit", help = "拟合时另加的标注问题（可多次给出）")]
        also: Vec<PathBuf>,
        /// A run to compare with.
        #[arg(long, value_name = "FILE", help = "与此前 --format json 的输出比较，明显变差时退出码为 1")]
        compare: Option<PathBuf>,
        /// Draw the curve.
        #[arg(long, value_name = "FILE.svg", help = "把答复率与正确率随门槛变化的曲线画成 SVG")]
        curve: Option<PathBuf>,
        /// Compare ways of retrieval instead.
        #[arg(long, conflicts_with_all = ["fit", "compare", "curve"], help = "改为比较检索方式：按词语、按语义、两者合并")]
        retrieval: bool,
    },
    /// The model that compares meanings.
    #[command(about = "语义检索用的模型：安装、查看、删除；没有模型也能使用，只是少认出一些不同的说法")]
    Model {
        /// What to do.
        #[command(subcommand)]
        command: ModelCommand,
    },
    /// Topics as sheets, documents and pages.
    #[command(about = "主题的表格、文档和网页：导出、填写、导入")]
    Topic {
        /// What to do.
        #[command(subcommand)]
        command: TopicCommand,
    },
    /// The roster.
    #[command(about = "服务企业专员名册")]
    Commissioner {
        /// What to do.
        #[command(subcommand)]
        command: CommissionerCommand,
    },
    /// Tickets.
    #[command(about = "诉求工单")]
    Ticket {
        /// What to do.
        #[command(subcommand)]
        command: TicketCommand,
    },
    /// What was not answered.
    #[command(about = "没有答好的问题：按相近归组，问得最多的在前", args_conflicts_with_subcommands = true)]
    Unanswered {
        /// Which groups.
        #[command(flatten)]
        list: UnansweredArgs,
        /// What to do with one of them.
        #[command(subcommand)]
        command: Option<UnansweredCommand>,
    },
    /// Topic drafts.
    #[command(about = "主题草稿：从未答问题组或办结的工单起草，由人补全后发布")]
    Draft {
        /// What to do.
        #[command(subcommand)]
        command: DraftCommand,
    },
    /// Bring the database up to date.
    #[command(about = "把数据库升级到本版本（启动服务时也会自动进行），或只检查是否需要")]
    Migrate {
        /// Only tell.
        #[arg(long, help = "只检查，不升级；需要升级时退出码为 1")]
        check: bool,
    },
    /// Messages that were given up.
    #[command(about = "没有处理成功、没有送达的消息（死信）：查看、重试、不再提示")]
    DeadLetters {
        /// What to do.
        #[command(subcommand)]
        command: LettersCommand,
    },
    /// The database as a whole.
    #[command(about = "数据库：备份、恢复，在 SQLite 和 PostgreSQL 之间搬迁")]
    Store {
        /// What to do.
        #[command(subcommand)]
        command: StoreCommand,
    },
    /// Check everything that can go wrong.
    #[command(about = "检查配置、数据库、索引、日历、时钟和 Telegram，说明怎么处理")]
    Doctor {
        /// How the result is printed.
        #[arg(long, value_enum, default_value_t, help = "输出格式")]
        format: Format,
    },
    /// Shell completions.
    #[command(about = "输出命令行补全脚本")]
    Completions {
        /// The shell.
        #[arg(value_enum, help = "shell 名称")]
        shell: Shell,
    },
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        chinese::command(Cli::command()).debug_assert();
    }

    /// Every help text, that of the whole program first.
    fn helps(command: &mut clap::Command) -> Vec<String> {
        let own = command.render_long_help().to_string();
        let below = command.get_subcommands_mut().flat_map(helps);
        std::iter::once(own).chain(below).collect()
    }

    #[test]
    fn help_is_chinese_throughout() {
        let mut command = chinese::command(Cli::command());
        command.build();
        let helps = helps(&mut command);
        assert!(helps.len() > 20, "{}", helps.len());
        for help in helps {
            for english in ["Usage", "Options:", "Commands:", "Arguments:", "Possible values", "default:", "Print "] {
                assert!(!help.contains(english), "{english} in\n{help}");
            }
        }
    }

    #[track_caller]
    fn complains(words: &str, expected: &str) {
        let words = std::iter::once("zhengqitong").chain(words.split_whitespace()).map(OsString::from);
        let NotRun(error) = Cli::read(words).unwrap_err();
        let complaint = chinese::complaint(&error).unwrap();
        assert!(complaint.starts_with(&format!("错误：{expected}")), "{complaint}");
        assert_eq!(error.exit_code(), 2);
    }

    #[test]
    fn what_is_wrong_is_told_in_chinese() {
        complains("askk 公司", "没有命令“askk”，是不是 ask\n用法：");
        complains("ask --as-off 1", "没有选项或参数“--as-off”，是不是 --as-of\n用法：");
        complains("ask --format xml 公司", "--format <FORMAT> 不能是“xml”，可以是 text、json\n");
        complains("ask --as-of 明天 公司", "--as-of <DATE> 不能是“明天”，日期写成 2026-12-31 的样子\n");
        complains("rollback", "缺少 <N>\n用法：");
        complains("rollback two", "<N> 不能是“two”\n");
        complains("ask --format", "--format <FORMAT> 后面要写一个值");
    }
}
