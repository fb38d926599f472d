//! The district's rules: pure, synchronous, without a clock.
//!
//! Time comes in as an argument, data as values; nothing here reads a file, a socket or the environment.

pub mod answer;
pub mod calendar;
pub mod commissioner;
pub mod competence;
pub mod compound;
pub mod correction;
pub mod cue;
pub mod directory;
pub mod document;
pub mod dispatch;
pub mod ending;
pub mod enterprise;
pub mod facet;
pub mod figures;
pub mod lexicon;
pub mod likeness;
pub mod phone;
pub mod privacy;
pub mod reading;
pub mod reference;
pub mod route;
pub mod semantic;
pub mod sla;
pub mod text;
pub mod ticket;
pub mod topic;
