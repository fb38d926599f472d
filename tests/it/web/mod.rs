//! The web part over real HTTP on the loopback: a thin wire test, nothing about the desk's rules.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod chat;
mod page;
mod programs;
mod site;
