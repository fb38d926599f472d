//! The binary: argv → app → exit code.

use std::process::ExitCode;

use clap::Parser;
use zhengqitong::cli::Cli;

fn main() -> ExitCode {
    let _ = Cli::parse();
    ExitCode::SUCCESS
}
