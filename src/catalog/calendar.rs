//! `calendar/<year>.json`: public holidays and make-up workdays, in the shape of NateScarlet/holiday-cn.
//!
//! The years that were known when this was built are embedded, and used where the folder has none. How long a working day is
//! belongs to the configuration, so a [`Calendar`] is only made when that is known.

use std::collections::BTreeMap;

use garde::Validate;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use super::bundle::Bundle;
use super::problem::{Place, Report};
use super::yaml::{self, Parsed};
use crate::domain::calendar::{Calendar, CalendarError, WorkingSpan};

/// The years that come with the program.
const SHIPPED: [(i16, &str); 3] = [
    (2024, include_str!("../../faq_data/calendar/2024.json")),
    (2025, include_str!("../../faq_data/calendar/2025.json")),
    (2026, include_str!("../../faq_data/calendar/2026.json")),
];

/// The published holidays of a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolidayYear {
    /// The year.
    pub year: i16,
    /// The days that differ from the plain week, `true` for a day off.
    pub days: Vec<(Date, bool)>,
}

/// Makes the calendar of working days with `spans` and the holidays of `years`.
///
/// # Errors
///
/// Returns [`CalendarError::BadSpans`] when the spans are empty, out of order or overlap.
///
/// # Examples
///
/// ```
/// use jiff::civil::{date, time};
/// use zhengqitong::catalog::{shipped_holidays, working_calendar};
/// use zhengqitong::domain::calendar::WorkingSpan;
///
/// let span = WorkingSpan { start: time(9, 0, 0, 0), end: time(17, 0, 0, 0) };
/// let calendar = working_calendar(&shipped_holidays(), vec![span])?;
/// assert!(calendar.is_working_day(date(2026, 2, 14)));
/// # Ok::<(), zhengqitong::domain::calendar::CalendarError>(())
/// ```
pub fn working_calendar(years: &[HolidayYear], spans: Vec<WorkingSpan>) -> Result<Calendar, CalendarError> {
    let mut calendar = Calendar::new(spans)?;
    for year in years {
        calendar.add_year(year.year, year.days.iter().copied());
    }
    Ok(calendar)
}

/// The holidays that come with the program, for use without a data folder.
#[must_use]
pub fn shipped_holidays() -> Vec<HolidayYear> {
    read_years(&Bundle::default(), &mut Report::new(""))
}

/// Reads the holidays of `bundle`, completed by those that come with the program.
///
/// A current year without any is a warning, as is a coming one in December.
pub(super) fn read(bundle: &Bundle, today: Date, report: &mut Report) -> Vec<HolidayYear> {
    let years = read_years(bundle, report);
    let next = today.year().saturating_add(i16::from(today.month() == 12));
    for year in today.year()..=next {
        if years.iter().all(|known| known.year != year) {
            let file = format!("calendar/{year}.json");
            let warning = report.warning(&file, Place::START, format!("没有{year}年的节假日，只按周一至周五算工作日"));
            warning.hint("按国务院办公厅的放假通知新建这个文件");
        }
    }
    years
}

fn read_years(bundle: &Bundle, report: &mut Report) -> Vec<HolidayYear> {
    let mut years: BTreeMap<i16, HolidayYear> = BTreeMap::new();
    for (path, text) in bundle.files().filter(|(path, _)| path.starts_with("calendar/")) {
        years.extend(year(path, text, report).map(|year| (year.year, year)));
    }
    for (shipped, text) in SHIPPED {
        if !years.contains_key(&shipped) {
            years.extend(year(&format!("calendar/{shipped}.json"), text, report).map(|year| (year.year, year)));
        }
    }
    years.into_values().collect()
}

/// A year as holiday-cn writes it.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
struct YearRecord {
    #[serde(rename = "$schema", default)]
    _schema: Option<String>,
    #[serde(rename = "$id", default)]
    _id: Option<String>,
    /// The year.
    #[garde(range(min = 2000, max = 2100))]
    year: i16,
    /// Links to the notices.
    #[serde(default, rename = "papers")]
    _papers: Vec<String>,
    /// The days that differ from the plain week.
    #[garde(length(min = 1))]
    days: Vec<DayRecord>,
}

/// A day that differs from the plain week.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DayRecord {
    /// The holiday it belongs to.
    #[serde(rename = "name")]
    _name: String,
    /// The day.
    date: Date,
    /// Whether it is off.
    #[serde(rename = "isOffDay")]
    is_off_day: bool,
}

fn year(path: &str, text: &str, report: &mut Report) -> Option<HolidayYear> {
    let file: Parsed<YearRecord> = yaml::read(path, text, report)?;
    let year = file.value.year;
    if path != format!("calendar/{year}.json") {
        let error = report.error(path, file.place("year"), format!("文件名与年份 {year} 不符"));
        error.hint(format!("改名为 {year}.json，或改正 year"));
    }
    let mut days: BTreeMap<Date, bool> = BTreeMap::new();
    for (at, day) in file.value.days.iter().enumerate() {
        let place = file.place(&format!("days[{at}].date"));
        // The days around New Year's Day may lie in the years next to it.
        if (day.date.year() - year).abs() > 1 {
            report.error(path, place, format!("{} 不在{year}年", day.date)).hint("改正日期");
        }
        if days.insert(day.date, day.is_off_day).is_some_and(|before| before != day.is_off_day) {
            report.error(path, place, format!("{} 写了两次，一次放假一次上班", day.date)).hint("按放假通知留一个");
        }
    }
    Some(HolidayYear { year, days: days.into_iter().collect() })
}
