//! `topic`: topics as sheets that officials fill in, and what comes in from documents and pages.

mod export;
mod import;
mod report;
mod sources;

use std::path::Path;

use anyhow::Context;
use jiff::civil::Date;

pub(super) use export::bytes;

use super::house::SystemClock;
use super::{Misuse, Outcome};
use crate::catalog::{self, Change};
use crate::cli::TopicCommand;
use crate::config::Config;
use crate::desk::ports::Clock;
use crate::domain::calendar::china_time;

/// Runs a command about topics.
pub(crate) async fn run(config: Config, command: &TopicCommand) -> anyhow::Result<Outcome> {
    match command {
        TopicCommand::Template { file, replace } => export::template(file, *replace),
        TopicCommand::Export(args) => export::run(config, args).await,
        TopicCommand::Import(args) => import::run(&config, args).await,
    }
}

/// Today in China.
fn today() -> Date {
    china_time(SystemClock.now()).date()
}

/// Writes a file that must not be there, unless `replace`.
pub(super) fn write(path: &Path, content: Vec<u8>, replace: bool) -> anyhow::Result<()> {
    let path = path.to_owned();
    if path.exists() && !replace {
        return Err(Misuse(format!("{} 已经有了；要覆盖它，加上 --replace", path.display())).into());
    }
    let shown = path.display().to_string();
    let change = if path.exists() { Change::Replace { path, content } } else { Change::Create { path, content } };
    catalog::apply(&[change]).with_context(|| format!("{shown} 没有写成"))
}
