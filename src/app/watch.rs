//! Watching the data folder: a change that can be published is, anything else is told and the old edition goes on.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use notify_debouncer_full::notify::{EventKind, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, new_debouncer};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::Outcome;
use super::house::House;
use super::output::Out;
use super::publish::{self, Attempt, Report, Verdict, Wish};
use super::reindex;
use crate::catalog::Severity;
use crate::cli::Format;

/// Whoever saves several files at once is given this long to finish.
const QUIET_FOR: Duration = Duration::from_millis(500);

/// What failed for another reason than the knowledge itself is tried again after this time.
const TRIED_AGAIN_AFTER: Duration = Duration::from_secs(30);

/// `reindex --watch`: until Ctrl-C or SIGTERM.
pub(crate) async fn run(house: &House, format: Format) -> anyhow::Result<Outcome> {
    let stop = CancellationToken::new();
    let mut terminate =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).context("无法接收停止信号")?;
    Out::note(format!("正在留意 {} 的变化，按 Ctrl-C 停止。", house.config.faq_data.display()));
    let watching = follow(house, &stop, |tried| match tried {
        Ok(report) if report.verdict == Verdict::Unchanged => Ok(()),
        // One line an attempt, so that a program can read them as they come.
        Ok(report) if format == Format::Json => Out::new().json(report),
        Ok(report) => reindex::tell(report, format),
        Err(cause) => {
            Out::complain(cause);
            Ok(())
        }
    });
    tokio::select! {
        ended = watching => ended.map(|()| Outcome::Done),
        interrupted = tokio::signal::ctrl_c() => {
            interrupted.context("无法接收停止信号")?;
            Ok(Outcome::Done)
        }
        _ = terminate.recv() => Ok(Outcome::Done),
    }
}

/// The same within `serve`, telling the log; ends only when asked to, since nothing else depends on it.
pub(crate) async fn serve(house: House, stop: CancellationToken) {
    let followed = follow(&house, &stop, |tried| {
        match tried {
            Ok(report) => log(report),
            Err(cause) => tracing::error!(error = format!("{cause:#}"), "the knowledge was not published"),
        }
        Ok(())
    });
    if let Err(cause) = followed.await {
        tracing::error!(error = format!("{cause:#}"), "the data folder is no longer watched; publish with `reindex`");
        stop.cancelled().await;
    }
}

fn log(report: &Report) {
    match report.verdict {
        Verdict::Published => tracing::info!(edition = report.edition, topics = report.topics, "published by watching"),
        Verdict::Unchanged | Verdict::Publishable => {}
        Verdict::Earlier => tracing::warn!(
            edition = report.edition,
            "the data folder holds an earlier edition, which is not published by itself"
        ),
        Verdict::Superseded => tracing::warn!("another edition was published meanwhile; trying at the next change"),
        Verdict::Problems => {
            for problem in report.told.iter().filter(|problem| problem.severity == Severity::Error) {
                tracing::error!(place = %format_args!("{}:{}:{}", problem.file.display(), problem.line, problem.column),
                    problem = problem.message, "the knowledge has an error");
            }
            tracing::error!("the knowledge was not published; the present edition goes on");
        }
        Verdict::Golden => {
            for failure in &report.golden_failures {
                tracing::error!(question = failure.question, got = failure.got, "a golden question lost its answer");
            }
            tracing::error!("the knowledge was not published; the present edition goes on");
        }
    }
}

/// Tries to publish now, after every change of the data folder, and again where something else stood in the way; until `stop`.
async fn follow(
    house: &House,
    stop: &CancellationToken,
    tell: impl Fn(&anyhow::Result<Report>) -> std::io::Result<()>,
) -> anyhow::Result<()> {
    let changed = Arc::new(Notify::new());
    let _watcher = watch(&house.config.faq_data, Arc::clone(&changed))
        .with_context(|| format!("无法留意 {} 的变化", house.config.faq_data.display()))?;
    let mut tried = None;
    loop {
        let wish = Wish { force: false, dry_run: false, is_watched: true, awaits_meanings: true, by: "watcher" };
        let attempt = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            attempt = publish::attempt(house, wish) => attempt.map(|Attempt { report, .. }| report),
        };
        let is_passing = attempt.as_ref().map_or(true, |report| report.verdict == Verdict::Superseded);
        // What was tried in vain and is still the same needs not be told again.
        let content = attempt.as_ref().ok().map(|report| (report.content_sha256.clone(), report.problems.len()));
        if content.is_none() || content != tried {
            tell(&attempt)?;
        }
        tried = content;
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = changed.notified() => {}
            () = tokio::time::sleep(TRIED_AGAIN_AFTER), if is_passing => {}
        }
    }
}

/// Wakes `changed` once a burst of changes in `folder` is over. Reading a file is no change.
fn watch(folder: &Path, changed: Arc<Notify>) -> notify_debouncer_full::notify::Result<impl Sized + use<>> {
    let is_change = |kind: &EventKind| !matches!(kind, EventKind::Access(_));
    let mut debouncer = new_debouncer(QUIET_FOR, None, move |result: DebounceEventResult| match result {
        Ok(events) if events.iter().any(|event| is_change(&event.kind)) => changed.notify_one(),
        Ok(_) => {}
        // Something was missed, perhaps a change.
        Err(_) => changed.notify_one(),
    })?;
    debouncer.watch(folder, RecursiveMode::Recursive)?;
    Ok(debouncer)
}
