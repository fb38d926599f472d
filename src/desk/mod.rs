//! The use cases: ask, escalate, reply, follow up, reindex, administer.
//!
//! The desk knows the domain and its own ports. It decides and returns [`changes::Changes`]; it never sends, and writes only
//! through one commit.

pub mod admin;
mod case;
pub mod changes;
pub mod command;
pub mod comparison;
mod count;
pub mod dialogue;
pub mod editions;
pub mod evaluation;
pub mod expiry;
pub mod figures;
pub mod follow_up;
pub mod golden;
pub mod hand_over;
pub mod knowledge;
pub mod learning;
pub mod lease;
pub mod letters;
pub mod mail;
mod meanings;
pub mod message;
mod moves;
pub mod pace;
pub mod ports;
pub mod press;
pub mod questions;
pub mod reply;
mod scene;
pub mod service;
pub mod table;
pub mod threads;
pub mod understand;
mod unreachable;
pub mod weekly;
pub mod wording;
