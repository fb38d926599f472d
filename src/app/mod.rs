//! The composition root: the only place that names concrete adapters and knows them all.
//!
//! One file a command; `house` puts the parts together, `publish` makes editions.

mod check;
mod compare;
mod doctor;
mod drafts;
mod editions;
mod evaluate;
mod explain;
mod figures;
mod gauges;
mod hand_over;
mod hook;
mod house;
mod letters;
mod meanings;
mod model;
mod output;
mod people;
mod publish;
mod reindex;
mod serve;
mod storage;
mod talk;
mod tickets;
mod topic;
mod unanswered;
mod watch;

use std::process::ExitCode;

use anyhow::Context;
use clap::CommandFactory;

use crate::cli::{Cli, Command, CommissionerCommand, DraftCommand, TicketCommand, UnansweredCommand};
use crate::config::{Config, ConfigError};
use crate::telemetry;
use house::House;
use output::Out;

/// How a command ended, when nothing went wrong on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Exit code 0.
    Done,
    /// Exit code 1: what was asked for failed; the command has said why.
    Failed,
}

/// The command cannot be carried out as it was given: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Misuse(pub(crate) String);

/// Runs one command to its end and returns the exit code of the contract: 0 done, 1 failed, 2 misused.
#[must_use]
pub fn run(cli: &Cli) -> ExitCode {
    match try_run(cli) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Failed) => ExitCode::from(1),
        // Whoever reads has seen enough: `zhengqitong ask … | head -1`.
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            Out::complain(&error);
            // Not by the chain: it hides what stands there as a context.
            let is_misuse = error.is::<Misuse>() || error.is::<ConfigError>();
            ExitCode::from(if is_misuse { 2 } else { 1 })
        }
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}

fn try_run(cli: &Cli) -> anyhow::Result<Outcome> {
    if let Command::Completions { shell } = &cli.command {
        let mut script = Vec::new();
        clap_complete::generate(*shell, &mut Cli::command(), "zhengqitong", &mut script);
        Out::new().bytes(&script)?;
        return Ok(Outcome::Done);
    }
    let config = Config::load(&cli.common.overrides())?;
    // One-shot commands speak through their output; logs of the libraries below would only get in the way.
    let filter = if matches!(cli.command, Command::Serve) { config.log_filter.as_str() } else { "error" };
    telemetry::start_logs(filter, config.log_json).map_err(|cause| Misuse(format!("log.filter 有误：{cause}")))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("无法启动运行时")?;
    runtime.block_on(dispatch(cli, config))
}

async fn dispatch(cli: &Cli, config: Config) -> anyhow::Result<Outcome> {
    match &cli.command {
        Command::Check { format, schema } => return check::run(&config, *format, *schema),
        Command::Doctor { format } => return doctor::run(config, *format).await,
        Command::Topic { command } => return topic::run(config, command).await,
        Command::Migrate { check } => return storage::migrate(&config, *check).await,
        Command::Store { command } => return storage::run(&config, command).await,
        Command::Model { command } => return model::run(config, command).await,
        Command::Eval { dir, format, retrieval: true, .. } => return evaluate::retrieval(config, dir, *format).await,
        Command::Eval { dir, format, .. } if evaluate::is_corpus(dir) => return evaluate::corpus(dir, *format),
        _ => {}
    }
    let house = House::open(config).await?;
    if !matches!(cli.command, Command::Serve) {
        house.semantics.be_patient();
    }
    let result = with_house(cli, &house).await;
    let closed = house.close().await;
    let outcome = result?;
    closed?;
    Ok(outcome)
}

async fn with_house(cli: &Cli, house: &House) -> anyhow::Result<Outcome> {
    match &cli.command {
        Command::Serve => serve::run(house).await,
        Command::Chat { session, commissioner } => talk::chat(house, session, commissioner.as_deref()).await,
        Command::Ask(args) => talk::ask(house, args).await,
        Command::Reindex(args) => reindex::run(house, args).await,
        Command::Editions { format } => editions::list(house, *format).await,
        Command::Diff { before, after, format } => editions::diff(house, (*before, *after), *format).await,
        Command::Rollback { number } => editions::roll_back(house, *number).await,
        Command::Eval { dir, format, fit, also, compare, curve, .. } => {
            let (compare, curve) = (compare.as_deref(), curve.as_deref());
            let task = evaluate::Task { dir, also, fit: *fit, compare, curve, format: *format };
            evaluate::questions(house, task).await
        }
        Command::Commissioner { command } => match command {
            CommissionerCommand::Import { file, dry_run } => people::import(house, file, *dry_run).await,
            CommissionerCommand::List { format } => people::list(house, *format).await,
            CommissionerCommand::Invite { id } => people::invite(house, id).await,
            CommissionerCommand::HandOver { id, order } => hand_over::all_of(house, id, order).await,
        },
        Command::Ticket { command } => match command {
            TicketCommand::List { open, commissioner, format } => {
                tickets::list(house, *open, commissioner.as_deref(), *format).await
            }
            TicketCommand::Show { number, format } => tickets::show(house, number, *format).await,
            TicketCommand::Reassign { numbers, order } => hand_over::these(house, numbers, order).await,
            TicketCommand::Figures(args) => figures::run(house, args).await,
            TicketCommand::Export { file, period, replace } => figures::export(house, file, *period, *replace).await,
        },
        Command::DeadLetters { command } => letters::run(house, command).await,
        Command::Unanswered { list, command } => match command {
            None => unanswered::list(house, list).await,
            Some(UnansweredCommand::Show { id, format }) => unanswered::show(house, *id, *format).await,
            Some(UnansweredCommand::Dismiss { id, why }) => unanswered::dismiss(house, *id, why).await,
            Some(UnansweredCommand::Erase { chat }) => unanswered::erase(house, chat).await,
        },
        Command::Draft { command } => match command {
            DraftCommand::FromGroup { id, place } => drafts::from_group(house, *id, place).await,
            DraftCommand::FromTicket { number, place } => drafts::from_ticket(house, number, place).await,
            DraftCommand::List { format } => drafts::list(house, *format).await,
            DraftCommand::Publish { id } => drafts::publish(house, id).await,
        },
        Command::Check { .. }
        | Command::Doctor { .. }
        | Command::Model { .. }
        | Command::Topic { .. }
        | Command::Migrate { .. }
        | Command::Store { .. }
        | Command::Completions { .. } => Ok(Outcome::Done),
    }
}
