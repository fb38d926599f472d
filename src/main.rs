//! The binary: argv → app → exit code.

use std::process::ExitCode;

use clap::Parser;
use zhengqitong::{app, cli::Cli};

fn main() -> ExitCode {
    app::run(&Cli::parse())
}
