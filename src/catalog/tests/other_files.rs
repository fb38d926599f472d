//! Golden questions, calibration, directory and calendar.

use jiff::civil::{date, time};

use super::super::{Bundle, Severity, load_bundle, shipped_holidays, working_calendar};
use super::{ANNUAL_REPORT, TODAY, check, loaded};
use crate::domain::calendar::WorkingSpan;
use crate::domain::directory::Level;

#[test]
fn golden_questions_name_topics_that_exist_and_agree_with_them() {
    let golden = "\
- {question: 年报截止日是哪天, topic: market/annual-report, facet: time_limit}
- {question: 怎么刻章, topic: market/seal, facet: null}
- {question: 今天天气怎么样, topic: null}
- {question: 今天天气怎么样?, topic: null}
- {question: 年报要交钱吗, topic: null}
- {question: 年报多少钱, facet: price}
";
    check(&[("golden.yaml", golden)], &["golden.yaml:6:28: facet：不能是“price”"]);
    let golden = golden.replace(", facet: price", "");
    check(
        &[("golden.yaml", &golden)],
        &[
            "golden.yaml:2:27: 没有主题 market/seal",
            "?golden.yaml:4:14: 与第3行的问题相同",
            "?golden.yaml:5:14: 这个问题写在 faq_data/topics/market/annual-report.yaml:19，主题却不是 market/annual-report",
        ],
    );
    assert_eq!(loaded(&[("golden.yaml", &golden)]).base.golden.len(), 5);
}

#[test]
fn a_calibration_with_crossed_thresholds_or_unknown_features_is_told() {
    let text = "\
words:
  ranking: {question: 4, title: 1}
  scope: {share: 1, length: 2}
  intercept: -4
  answer_at: 0.3
  clarify_at: 0.7
meanings:
  ranking: {meaning_title: 4}
  scope: {outside: -3}
  intercept: -4
  answer_at: 0.8
  clarify_at: 0.2
fitted_on: 302 questions
notes: 试用
";
    check(&[("calibration.yaml", text)], &["calibration.yaml:6:15: clarify_at 大于 answer_at，永远不会反问"]);
    let text = text.replace("0.7", "0.1").replace("length", "width").replace("answer_at: 0.8", "answer_at: 8");
    check(
        &[("calibration.yaml", &text)],
        &[
            "calibration.yaml:3:28: 没有叫 words.scope.width 的特征",
            "calibration.yaml:11:14: meanings.answer_at：不能大于1",
        ],
    );
}

#[test]
fn a_folder_without_the_optional_files_is_told_what_it_lacks() {
    let bundle: Bundle = [("topics/market/annual-report.yaml", ANNUAL_REPORT)].into_iter().collect();
    let loaded = load_bundle(bundle, TODAY);
    assert_eq!(loaded.problems.len(), 8, "{:?}", loaded.problems);
    assert!(loaded.problems.iter().all(|problem| problem.severity == Severity::Warning && problem.hint.is_some()));
    assert!(loaded.is_publishable());
    let words = &loaded.base.calibration.words;
    assert!(words.answer_at > words.clarify_at);
}

#[test]
fn service_points_and_departments_are_read() {
    let points = "\
- {id: centre, level: district, name: 政务服务中心, subdistrict: null, address: 示例路1号, lat: 37.5, lon: 121.4, hours: 工作日, phone: '12345', serves: [market], sample: true}
- {id: centre, level: community, name: 社区站, address: 示例路2号, lat: 37.5, hours: 工作日, serves: [law]}
";
    check(
        &[("directory/service_points.yaml", points)],
        &[
            "directory/service_points.yaml:2:3: lat 和 lon 只写了一个",
            "directory/service_points.yaml:2:3: 街道和社区的办事点要写 subdistrict",
            "directory/service_points.yaml:2:8: id centre 在第1行已有",
            "directory/service_points.yaml:2:93: 没有类别 law",
        ],
    );
    let departments =
        "- {id: tax, name: 芝罘区税务局, short: 税务局, hotline: '12366', topics_categories: [tax, trade]}\n";
    let loaded = loaded(&[("directory/service_points.yaml", points), ("directory/departments.yaml", departments)]);
    assert_eq!(loaded.base.service_points[0].level, Level::District);
    assert_eq!(loaded.base.service_points[0].coordinates, Some((37.5, 121.4)));
    assert!(loaded.base.service_points[0].is_sample && !loaded.base.service_points[1].is_sample);
    assert_eq!(loaded.departments[0].short_name, "税务局");
}

#[test]
fn holidays_of_the_folder_come_before_those_of_the_program() {
    let year = r#"{"$schema": "x", "year": 2026, "papers": [], "days": [{"name": "元旦", "date": "2026-01-02", "isOffDay": true}]}"#;
    let loaded = loaded(&[("calendar/2026.json", year)]);
    let years: Vec<_> = loaded.holidays.iter().map(|year| (year.year, year.days.len())).collect();
    assert_eq!(years.last(), Some(&(2026, 1)));
    assert_eq!(years.len(), 3);
    assert_eq!(loaded.problems, []);
}

#[test]
fn broken_holidays_are_told() {
    let year = r#"{"year": 2027, "days": [
  {"name": "元旦", "date": "2027-01-01", "isOffDay": true},
  {"name": "元旦", "date": "2027-01-01", "isOffDay": false},
  {"name": "元旦", "date": "2017-01-01", "isOffDay": false}]}"#;
    check(
        &[("calendar/2028.json", year)],
        &[
            "calendar/2028.json:1:10: 文件名与年份 2027 不符",
            "calendar/2028.json:3:26: 2027-01-01 写了两次，一次放假一次上班",
            "calendar/2028.json:4:26: 2017-01-01 不在2027年",
        ],
    );
}

#[test]
fn a_year_without_holidays_is_a_warning_from_december_before() {
    let bundle = loaded(&[]).bundle;
    let told = |today| load_bundle(bundle.clone(), today).problems.iter().map(ToString::to_string).collect::<Vec<_>>();
    let warning = "faq_data/calendar/2027.json:1:1: 没有2027年的节假日，只按周一至周五算工作日";
    assert_eq!(told(date(2026, 11, 30)), [""; 0]);
    assert_eq!(told(date(2026, 12, 1)), [warning]);
    assert_eq!(told(date(2027, 3, 1)), [warning]);
}

#[test]
fn the_years_of_the_program_know_make_up_days_and_holidays() {
    let span = WorkingSpan { start: time(9, 0, 0, 0), end: time(17, 0, 0, 0) };
    let calendar = working_calendar(&shipped_holidays(), vec![span]).unwrap();
    assert!((2024..=2026).all(|year| calendar.has_year(year)));
    assert!(calendar.is_working_day(date(2026, 2, 14)), "make-up Saturday");
    assert!(!calendar.is_working_day(date(2026, 10, 1)), "National Day");
}
