//! The binary: argv → app → exit code.
fn main() {}
