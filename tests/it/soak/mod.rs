//! Tests that hurt: replicas of the real binary over one database, under load, while they are killed, frozen and cut off.
//!
//! `docs/soak.md` says what is done to them and how to read the report. `cargo test` lives through less than a minute of it;
//! `just soak` through as many as one likes. `SOAK_SEED` decides what goes wrong and who does what.

#![expect(clippy::unwrap_used, reason = "a run that cannot go on fails")]

mod faults;
mod house;
mod overdue;
mod post_mortem;
mod reckoning;
mod report;
mod stage;
mod talk;
mod telegram;
mod throughput;
mod web;

use jiff::civil::time;
use zhengqitong::catalog::{shipped_holidays, working_calendar};
use zhengqitong::domain::calendar::{Calendar, WorkingSpan};

use self::report::Report;
use self::stage::Stage;

/// Cards are shown in working time only, and a run may be at any hour.
const OFFICE_HOURS: &str = "00:00-23:59";

/// Seconds of load in `cargo test`.
const FEW: u64 = 15;
const SEED: u64 = 2026;

fn office_calendar() -> Calendar {
    let span = WorkingSpan { start: time(0, 0, 0, 0), end: time(23, 59, 0, 0) };
    working_calendar(&shipped_holidays(), vec![span]).unwrap()
}

/// The first ticket number in a text; empty when there is none.
fn number_in(text: &str) -> String {
    let Some(at) = text.find("ZQ-") else { return String::new() };
    text[at..].chars().take_while(|char| char.is_ascii_alphanumeric() || *char == '-').collect()
}

#[expect(clippy::disallowed_methods, reason = "whoever runs the test may ask for more of it")]
fn asked_for(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_killed_frozen_and_cut_off_lose_nothing() {
    let (seed, seconds) = (asked_for("SOAK_SEED").unwrap_or(SEED), asked_for("SOAK_SECONDS").unwrap_or(FEW));
    eprintln!("SOAK_SEED={seed} SOAK_SECONDS={seconds}");
    let report: Report = Stage::new(seed, seconds).await.lives_through().await;
    eprintln!("{report}");
    assert_eq!(report.lost, 0, "{report}");
    assert_eq!((report.ended_by_themselves, report.asked_which), (0, 0), "{report}");
    // A chat has one message under way at a time, so what goes wrong repeats at most one.
    assert!(report.telegram.most_in_a_chat <= report.explained, "{report}");
    // Short runs have few messages and much that goes wrong.
    assert!(report.telegram.doubled <= 10 + report.telegram.written / 10, "that is too many: {report}");
    assert!(report.tickets.raised > 0 && report.turns > report.tickets.raised, "{report}");
}
