//! The binary: argv → app → exit code.

use std::process::ExitCode;

use zhengqitong::{app, cli::Cli};

fn main() -> ExitCode {
    match Cli::read(std::env::args_os()) {
        Ok(cli) => app::run(&cli),
        Err(not_run) => not_run.tell(),
    }
}
