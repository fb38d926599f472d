//! `topic`: topics as sheets, and what comes in from documents and pages.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Format;

/// Commands about topics.
#[derive(Debug, Subcommand)]
pub enum TopicCommand {
    /// An empty sheet to fill in.
    #[command(about = "导出空白主题表（.xlsx 或 .csv）：每列有说明，附一行示例；填好后用 topic import 导入")]
    Template {
        /// The file to write.
        #[arg(value_name = "FILE", help = "要写的文件，扩展名 .xlsx 或 .csv")]
        file: PathBuf,
        /// Overwrite it.
        #[arg(long, help = "文件已有时覆盖")]
        replace: bool,
    },
    /// The topics as a sheet, or as files.
    #[command(about = "导出主题：表格（.xlsx、.csv）一行一个，或文件夹一个主题一个文件；不改动再导入，什么也不会变")]
    Export(ExportArgs),
    /// Sheets, documents and pages into the knowledge.
    #[command(
        about = "导入主题表、主题文件、文档（.md、.html）或网页",
        long_about = "导入主题表（.xlsx、.csv）、主题文件（.yaml）、文档（.md、.html）、装有它们的文件夹，或一个网址。\n\n\
            表格的每一行成为一个主题（faq_data/topics）；必填的列没填全的，先存为草稿（faq_data/drafts），check 会说明还缺什么。\
            新主题没有写明出处的，状态按“待核实”导入。文档和网页成为文件正文（faq_data/documents），按条和标题分段，帮助找到所属的主题。\n\n\
            有一处不通过就什么也不写，全部问题一次列出，不通过的行另存一个文件（多一列原因），改好后可直接导入；\
            加上 --partial 则先写通过的。已有的主题、草稿、文档内容不同时，加上 --replace 才会改。导入不会发布，发布用 reindex。"
    )]
    Import(ImportArgs),
}

/// Options of `topic export`.
#[derive(Args, Debug)]
pub struct ExportArgs {
    /// The file or folder to write.
    #[arg(value_name = "TARGET", help = "要写的文件（.xlsx、.csv）或文件夹")]
    pub target: PathBuf,
    /// Only topics of this category.
    #[arg(long, value_name = "C", help = "只导出一个类别，例如 talent 或 人才")]
    pub category: Option<String>,
    /// A published edition instead of the folder.
    #[arg(long, value_name = "N", help = "导出已发布的某个版次（默认导出知识目录现在的内容）")]
    pub edition: Option<u32>,
    /// Drafts as well.
    #[arg(long, conflicts_with = "edition", help = "连同草稿一起导出")]
    pub drafts: bool,
    /// Overwrite what is there.
    #[arg(long, help = "文件已有时覆盖")]
    pub replace: bool,
}

/// Options of `topic import`.
#[derive(Args, Debug)]
pub struct ImportArgs {
    /// What to import.
    #[arg(value_name = "SOURCE", help = "文件、文件夹，或以 http:// 或 https:// 开头的网址")]
    pub source: String,
    /// Only check.
    #[arg(long, help = "只检查并说明会怎样，什么也不写")]
    pub dry_run: bool,
    /// Import what can be imported.
    #[arg(long, help = "有不通过的行时，仍导入其余的行")]
    pub partial: bool,
    /// Change what is there.
    #[arg(long, help = "已有的主题、草稿、文档内容不同时，改成导入的内容")]
    pub replace: bool,
    /// How the result is printed.
    #[arg(long, value_enum, default_value_t, help = "输出格式")]
    pub format: Format,
    /// The topics that a document belongs to.
    #[arg(long = "topic", value_name = "ID", help = "文档所属的主题，可以写多次")]
    pub topics: Vec<String>,
    /// The category of a document.
    #[arg(long, value_name = "C", help = "文档的类别（默认取所属主题的类别）")]
    pub category: Option<String>,
    /// The file name of a document.
    #[arg(long, value_name = "SLUG", help = "文档的英文短名（默认按标题的拼音）")]
    pub name: Option<String>,
    /// The title of a document.
    #[arg(long, value_name = "T", help = "文档的标题（默认取自文档）")]
    pub title: Option<String>,
    /// Begin a topic from a document.
    #[arg(long, help = "另按文档的标题、出处和各段整理一份主题草稿")]
    pub draft: bool,
    /// Read from addresses inside.
    #[arg(long, help = "允许读取内网或本机的网址（默认不允许）")]
    pub allow_private: bool,
}
