//! The use cases: ask, escalate, reply, follow up, reindex, administer.

pub mod changes;
pub mod dialogue;
pub mod knowledge;
pub mod message;
pub mod ports;
