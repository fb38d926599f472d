//! The roster as a file.

use super::super::{parse_roster, roster_to_csv};
use super::check;

const HEADER: &str = "id,name,phone,subdistricts,fields,role,backup,telegram_id,capacity";

#[track_caller]
fn check_rows(rows: &str, expected: &[&str]) {
    let problems = parse_roster("roster.csv", format!("{HEADER}\n{rows}").as_bytes(), false).unwrap_err();
    let told: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(told, expected);
    assert!(problems.iter().all(|problem| problem.hint.is_some()));
}

#[test]
fn a_roster_round_trips() {
    let csv = format!(
        "\u{feff}{HEADER}\r\nwang,\"王, 晓\",0535-12345,向阳; 东山,market;tax,commissioner,li,42,30\r\n\r\n\
         li,李宁,,,,supervisor,wang,,1\r\n"
    );
    let roster = parse_roster("roster.csv", csv.as_bytes(), true).unwrap();
    assert_eq!(roster[0].name, "王, 晓");
    assert_eq!(roster[0].subdistricts, ["向阳", "东山"]);
    assert!(roster.iter().all(|commissioner| commissioner.is_sample));
    let again = parse_roster("roster.csv", roster_to_csv(&roster).as_bytes(), true).unwrap();
    assert_eq!(again, roster);
}

#[test]
fn columns_may_stand_in_any_order() {
    let csv = "capacity,telegram_id,backup,role,fields,subdistricts,phone,name,id\n30,,,administrator,,,,王晓,wang\n";
    let roster = parse_roster("roster.csv", csv.as_bytes(), false).unwrap();
    assert_eq!((roster[0].id.as_str(), roster[0].capacity), ("wang", 30));
}

#[test]
fn every_problem_of_every_row_is_told_and_nothing_is_taken() {
    check_rows(
        "wang,,,,market;law,boss,nobody,王,0\n\
         wa ng,李宁,,,,commissioner,,,30\n\
         ,李宁,,,,commissioner,,,\n",
        &[
            "roster.csv:2:2: name：没有写",
            "roster.csv:2:5: fields：没有类别“law”",
            "roster.csv:2:6: role：不能是“boss”",
            "roster.csv:2:8: telegram_id：“王”不是数字编号",
            "roster.csv:2:9: capacity：不能是“0”",
            "roster.csv:3:1: id：“wa ng”不能做编号",
            "roster.csv:4:1: id：没有写",
            "roster.csv:4:9: capacity：没有写",
        ],
    );
}

#[test]
fn rows_that_contradict_each_other_are_told() {
    check_rows(
        "wang,王晓,,,,commissioner,wang,42,30\n\
         wang,李宁,,,,commissioner,zhao,42,1001\n",
        &[
            "roster.csv:2:7: backup：是本人",
            "roster.csv:3:1: id：wang 在第2行已有",
            "roster.csv:3:7: backup：文件里没有 zhao",
            "roster.csv:3:8: telegram_id：与第2行的相同",
            "roster.csv:3:9: capacity：不能是“1001”",
        ],
    );
}

#[test]
fn a_backup_whose_own_row_is_bad_is_still_there() {
    check_rows("wang,王晓,,,,commissioner,li,,30\nli,,,,,commissioner,,,30\n", &["roster.csv:3:2: name：没有写"]);
}

#[test]
fn a_row_with_too_few_fields_is_told() {
    check_rows(
        "wang,王晓,,,,commissioner,,30\n",
        &["roster.csv:2:1: 这一行有8列，应是9列", "roster.csv:2:9: capacity：没有写"],
    );
}

#[test]
fn an_unknown_and_a_missing_column_are_told() {
    let csv = "id,姓名,phone,subdistricts,fields,role,backup,telegram_id,capacity,id\n";
    let told: Vec<_> =
        parse_roster("r.csv", csv.as_bytes(), false).unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(told, ["r.csv:1:1: 缺少列 name", "r.csv:1:2: 不认识的列“姓名”", "r.csv:1:10: 列 id 写了两次"]);
}

#[test]
fn another_encoding_and_an_empty_file_are_told() {
    let told = |bytes: &[u8]| parse_roster("r.csv", bytes, false).unwrap_err()[0].to_string();
    assert_eq!(told(b"id,name\nwang,\xcd\xf5"), "r.csv:2:6: 文件不是 UTF-8 编码");
    assert_eq!(told(b""), "r.csv:1:1: 文件是空的");
}

#[test]
fn the_sample_roster_of_the_folder_is_checked_too() {
    check(
        &[("directory/commissioners.csv", &format!("{HEADER}\nwang,,,,,commissioner,,,30\n"))],
        &["directory/commissioners.csv:2:2: name：没有写"],
    );
}
