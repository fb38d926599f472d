//! `migrate` and `store`: the database as a whole, without the parts that live on it.

use std::path::Path;

use anyhow::Context;

use super::house::{SystemClock, shown, store_help};
use super::output::Out;
use super::{Misuse, Outcome};
use crate::cli::StoreCommand;
use crate::config::Config;
use crate::desk::ports::Clock;
use crate::domain::calendar::china_time;
use crate::store::{self, BackupError, CopyError};

/// `migrate`.
pub(crate) async fn migrate(config: &Config, check: bool) -> anyhow::Result<Outcome> {
    let url = &config.database_url;
    let missing = store::missing_migrations(url).await.with_context(|| Misuse(store_help(url)))?;
    let mut out = Out::new();
    if missing.is_empty() {
        out.line(format!("数据库 {} 已是最新，不需要升级。", shown(url)))?;
        return Ok(Outcome::Done);
    }
    let steps: Vec<_> = missing.iter().map(ToString::to_string).collect();
    if check {
        out.line(format!("数据库 {} 需要升级，还缺：{}。", shown(url), steps.join("、")))?;
        return Ok(Outcome::Failed);
    }
    store::open(url).await.with_context(|| Misuse(store_help(url)))?.close().await?;
    out.line(format!("数据库 {} 已升级：{}。", shown(url), steps.join("、")))?;
    Ok(Outcome::Done)
}

/// `store`.
pub(crate) async fn run(config: &Config, command: &StoreCommand) -> anyhow::Result<Outcome> {
    match command {
        StoreCommand::Copy { from, to } => copy(from, to).await,
        StoreCommand::Backup { file } => back_up(&config.database_url, file).await,
        StoreCommand::Restore { file } => restore(&config.database_url, file).await,
    }
}

async fn copy(from: &str, to: &str) -> anyhow::Result<Outcome> {
    let tables = match store::copy(from, to).await {
        Ok(tables) => tables,
        Err(cause) => {
            let said = refused_copy(&cause, from, to);
            let is_misuse = matches!(cause, CopyError::Open(_) | CopyError::Same);
            let error = anyhow::Error::new(cause);
            return Err(if is_misuse { error.context(Misuse(said)) } else { error.context(said) });
        }
    };
    let mut out = Out::new();
    let rows = tables.iter().map(|table| {
        let sum = table.sha256.chars().take(16).collect();
        [table.name.to_owned(), table.rows.to_string(), sum]
    });
    out.table(["表", "行数", "校验和（前16位）"], rows.collect())?;
    let total: u64 = tables.iter().map(|table| table.rows).sum();
    out.line(format!("已复制 {total} 行，逐表核对一致：{} → {}", shown(from), shown(to)))?;
    out.line("来源没有改动。请用 --database-url 或配置项 database_url 指向目标后再启动服务。")?;
    Ok(Outcome::Done)
}

fn refused_copy(cause: &CopyError, from: &str, to: &str) -> String {
    match cause {
        CopyError::Open(_) => format!("数据库打不开，没有复制；请检查 {} 和 {}", shown(from), shown(to)),
        CopyError::Same => "来源和目标是同一个数据库，没有复制".to_owned(),
        CopyError::Missing { place } => format!("来源 {place} 不存在，没有复制"),
        CopyError::NotEmpty { place, table } => format!("目标 {place} 不是空的（表 {table} 里有数据），没有复制"),
        CopyError::InUse { place } => format!("{place} 正在使用，没有复制；请先停止服务"),
        _ => "没有复制，目标没有改动".to_owned(),
    }
}

async fn back_up(url: &str, file: &Path) -> anyhow::Result<Outcome> {
    let bytes = store::back_up(url, file).await.map_err(|cause| explained(cause, "没有备份"))?;
    Out::new().line(format!("已备份到 {}（{} KB），检查完好。", file.display(), bytes.div_ceil(1024)))?;
    Ok(Outcome::Done)
}

async fn restore(url: &str, file: &Path) -> anyhow::Result<Outcome> {
    let kept_as = china_time(SystemClock.now()).strftime("before-%Y%m%d-%H%M%S").to_string();
    let kept =
        store::restore(url, file, &kept_as).await.map_err(|cause| explained(cause, "没有恢复，数据库没有改动"))?;
    let mut out = Out::new();
    out.line(format!("已用 {} 恢复数据库 {}。", file.display(), shown(url)))?;
    if let Some(kept) = kept {
        out.line(format!("原来的数据库保留在 {}，确认无误后可以删除。", kept.display()))?;
    }
    Ok(Outcome::Done)
}

/// What happened, why, and what to do.
fn explained(cause: BackupError, what: &str) -> anyhow::Error {
    let (said, is_misuse) = match &cause {
        BackupError::NoFile => {
            ("这里只备份 SQLite 文件；PostgreSQL 请用 pg_dump 和 pg_restore，或用 store copy".to_owned(), true)
        }
        BackupError::Missing { path } => (format!("数据库 {} 不存在", path.display()), false),
        BackupError::Exists { path } => (format!("{} 已存在，请换一个文件名", path.display()), true),
        BackupError::NotABackup { path } => (format!("{} 不是政企通的备份", path.display()), false),
        BackupError::Damaged { path, .. } => (format!("{} 已损坏", path.display()), false),
        BackupError::InUse { path } => (format!("{} 正在使用，请先停止服务", path.display()), false),
        BackupError::File { path, .. } => (format!("{} 无法读写", path.display()), false),
        BackupError::Open(_) | BackupError::Database(_) => ("数据库出错".to_owned(), false),
    };
    let said = format!("{what}：{said}");
    let error = anyhow::Error::new(cause);
    if is_misuse { error.context(Misuse(said)) } else { error.context(said) }
}
