//! The use cases: ask, escalate, reply, follow up, reindex, administer.
//!
//! The desk knows the domain and its own ports. It decides and returns [`changes::Changes`]; it never sends, and writes only
//! through one commit.

pub mod message;
pub mod command;
pub mod press;
pub mod dialogue;
pub mod changes;
pub mod ports;
pub mod knowledge;
pub mod understand;
pub mod reply;
pub mod wording;
pub mod service;
