//! The use cases: ask, escalate, reply, follow up, reindex, administer.

pub mod knowledge;
pub mod ports;
