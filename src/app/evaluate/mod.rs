//! `eval`: retrieval on a corpus, or answers on labelled messages.

mod calibration_file;
mod corpus;
mod curve;
mod print;
mod questions;
mod retrieval;

use std::path::Path;

use anyhow::Context;

pub(crate) use corpus::{corpus, is_corpus};
pub(crate) use questions::{Task, questions};
pub(crate) use retrieval::retrieval;

use super::Misuse;

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| Misuse(format!("无法读取 {}", path.display())))
}
