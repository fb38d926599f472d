//! `store`: the database as a whole.

use std::path::PathBuf;

use clap::Subcommand;

/// Commands about the database as a whole.
#[derive(Debug, Subcommand)]
pub enum StoreCommand {
    /// Move everything into another database.
    #[command(
        about = "把全部数据复制到另一个空的数据库，例如从 SQLite 搬到 PostgreSQL，或搬回来；逐表核对校验和",
        after_help = "复制前请先停止服务。密码可以放在环境变量 PGPASSWORD 或 ~/.pgpass 中，不必写进命令。"
    )]
    Copy {
        /// From where.
        #[arg(value_name = "SRC", help = "来源，例如 sqlite://data/zhengqitong.db")]
        from: String,
        /// To where.
        #[arg(value_name = "DST", help = "目标，例如 postgres://zqt@127.0.0.1/zqt；必须是空的")]
        to: String,
    },
    /// Keep a copy of the SQLite file.
    #[command(about = "备份 SQLite 数据库；服务运行时也可以进行")]
    Backup {
        /// Where to.
        #[arg(value_name = "FILE", help = "备份文件，不能是已有的文件")]
        file: PathBuf,
    },
    /// Put a copy back.
    #[command(about = "用备份恢复 SQLite 数据库；请先停止服务，原来的数据库会保留")]
    Restore {
        /// From where.
        #[arg(value_name = "FILE", help = "备份文件")]
        file: PathBuf,
    },
}
