//! The working calendar against an independent one: the PyPI package chinesecalendar, 2004 to 2026.
//!
//! Needs Python with that package, so a plain `cargo test` leaves it out; `.ci/run` installs the package and runs it.
//! The variable `ORACLE_PYTHON` names the interpreter.

#![expect(clippy::unwrap_used, reason = "a comparison that cannot be made fails")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use jiff::civil::{Date, DateTime, date, time};
use serde::Deserialize;
use zhengqitong::catalog;
use zhengqitong::domain::calendar::{Calendar, WorkingSpan, china_instant, china_time};

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Day { day: Date, is_worked: bool },
    Case { start: DateTime, minutes: i64, due: DateTime },
}

fn oracle() -> Vec<Line> {
    let python = std::env::var("ORACLE_PYTHON").expect("ORACLE_PYTHON names a Python that has chinesecalendar");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/deadlines.py");
    let output = Command::new(&python).arg(script).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn spans() -> Vec<WorkingSpan> {
    let span = |from, to| WorkingSpan { start: time(from, 0, 0, 0), end: time(to, 0, 0, 0) };
    vec![span(9, 12), span(13, 17)]
}

#[test]
fn shipped_holidays_and_every_deadline_agree_with_another_reckoning() {
    let (mut days, mut cases) = (BTreeMap::new(), Vec::new());
    for line in oracle() {
        match line {
            Line::Day { day, is_worked } => drop(days.insert(day, is_worked)),
            Line::Case { start, minutes, due } => cases.push((start, minutes, due)),
        }
    }
    let faq_data = Path::new(env!("CARGO_MANIFEST_DIR")).join("faq_data");
    let loaded = catalog::load(&faq_data, date(2026, 11, 24));
    let shipped = catalog::working_calendar(&loaded.holidays, spans()).unwrap();
    for (day, is_worked) in days.range(date(2024, 1, 1)..) {
        assert_eq!(shipped.is_working_day(*day), *is_worked, "{day}");
    }

    let mut calendar = Calendar::new(spans()).unwrap();
    for year in 2004..=2026 {
        let of_year = days.range(date(year, 1, 1)..=date(year, 12, 31));
        calendar.add_year(year, of_year.map(|(day, is_worked)| (*day, !is_worked)));
    }
    assert!(days.len() > 8_000 && cases.len() == 1_500, "{} days, {} cases", days.len(), cases.len());
    for (start, minutes, due) in cases {
        let ours = china_time(calendar.add_working_minutes(china_instant(start), minutes));
        assert_eq!(ours, due, "{minutes} working minutes from {start}");
        assert_eq!(calendar.working_minutes_between(china_instant(start), china_instant(due)), minutes, "{start}");
    }
}
