//! The district's rules: pure, synchronous, without a clock.
//!
//! Time comes in as an argument, data as values; nothing here reads a file, a socket or the environment.

pub mod answer;
pub mod calendar;
pub mod commissioner;
pub mod directory;
pub mod dispatch;
pub mod facet;
pub mod lexicon;
pub mod reading;
pub mod route;
pub mod semantic;
pub mod sla;
pub mod text;
pub mod ticket;
pub mod topic;
