//! 政企通: answers companies' questions about policies with sources, and hands them to a named service commissioner.
//!
//! `main → app → { channel, web, search, semantic, store, catalog, exchange } → desk → domain`: see ARCHITECTURE.md.

pub mod domain;
pub mod desk;
pub mod catalog;
pub mod exchange;
pub mod search;
pub mod semantic;
pub mod store;
pub mod channel;
pub mod web;
pub mod config;
pub mod tasks;
pub mod telemetry;
pub mod cli;
pub mod app;
