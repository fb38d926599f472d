//! Stories about sheets that come in: what becomes of a row, and what its author is told.

use std::fs;
use std::path::Path;

use super::super::record::DraftRecord;
use super::super::{
    Bundle, DraftError, Import, ImportRules, Outcome, Source, apply, check_draft, export, failed_rows, has_errors,
    load, load_drafts, move_draft, plan, template,
};
use super::{ANNUAL_REPORT, QUIET, TODAY, other_topic, put};
use crate::desk::table::{Sheet, Table, TableRow};
use crate::domain::topic::TopicId;

/// A folder with one topic, `market/annual-report`.
fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    QUIET.iter().for_each(|(name, text)| put(dir.path(), name, text));
    put(dir.path(), "topics/market/annual-report.yaml", ANNUAL_REPORT);
    dir
}

/// A sheet as it comes back from a spreadsheet.
fn table(sheet: &Sheet) -> Table {
    let headers = sheet.columns.iter().map(|column| column.header.clone()).collect();
    let cells = std::iter::once(headers).chain(sheet.rows.iter().cloned());
    let rows = (1..).zip(cells).map(|(number, cells)| TableRow { number, cells }).collect();
    Table { name: sheet.name.clone(), rows }
}

/// A sheet of these columns and rows.
fn sheet(headers: &[&str], rows: &[&[&str]]) -> Source {
    let text = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect();
    let rows = std::iter::once(headers).chain(rows.iter().copied());
    let rows = (1..).zip(rows).map(|(number, cells)| TableRow { number, cells: text(cells) }).collect();
    Source::Table(Table { name: "主题".to_owned(), rows })
}

fn planned(dir: &Path, source: Source, replace: bool) -> Import {
    plan(dir, &[source], ImportRules { replace, today: TODAY })
}

/// Every fault as `place：message`.
fn told(import: &Import) -> Vec<String> {
    let of_items = import.items.iter().flat_map(|item| match &item.outcome {
        Outcome::Failed(faults) => faults.clone(),
        _ => Vec::new(),
    });
    import
        .sheet_faults
        .iter()
        .cloned()
        .chain(of_items)
        .map(|fault| format!("{}：{}", fault.place, fault.message))
        .collect()
}

#[test]
fn the_export_of_every_shipped_topic_changes_nothing() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("faq_data");
    let bundle = load(&dir, TODAY).bundle;
    let (sheets, unreadable) = export(&bundle, &Bundle::default(), None);
    assert!(unreadable.is_empty() && sheets[0].rows.len() >= 151);
    let import = planned(&dir, Source::Table(table(&sheets[0])), false);
    assert_eq!(told(&import), [""; 0]);
    assert!(import.remarks.is_empty() && import.changes().is_empty());
    assert_eq!(import.counts(), [0, 0, 0, sheets[0].rows.len(), 0]);
}

#[test]
fn every_shipped_topic_comes_into_an_empty_folder_as_it_was() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("faq_data");
    let bundle = load(&dir, TODAY).bundle;
    let (sheets, _) = export(&bundle, &Bundle::default(), None);
    let empty = tempfile::tempdir().unwrap();
    let import = planned(empty.path(), Source::Table(table(&sheets[0])), false);
    assert_eq!(told(&import), [""; 0]);
    apply(&import.changes()).unwrap();
    let read = |text: &str| serde_saphyr::from_str::<DraftRecord>(text).unwrap();
    for (path, text) in bundle.files().filter(|(path, _)| path.starts_with("topics/")) {
        let there = fs::read_to_string(empty.path().join(path)).unwrap();
        assert_eq!(read(&there), read(text), "{path}");
    }
}

#[test]
fn an_empty_template_holds_no_topic() {
    let dir = folder();
    let [topics, help] = &template()[..] else { panic!("two sheets") };
    assert_eq!(topics.rows.len(), 2);
    let sources = [Source::Table(table(topics)), Source::Table(table(help))];
    let import = plan(dir.path(), &sources, ImportRules { replace: false, today: TODAY });
    assert!(import.items.is_empty() && import.remarks.is_empty(), "{:?}", import.remarks);
    // The sample is a topic that could be imported, were it not marked.
    let mut sample = table(topics);
    sample.rows[2].cells[0] = "talent/example".to_owned();
    sample.rows[2].cells[31] = String::new();
    let import = planned(dir.path(), Source::Table(sample), false);
    assert_eq!((told(&import), import.counts()), (Vec::new(), [1, 0, 0, 0, 0]));
}

#[test]
fn an_edited_cell_changes_its_key_and_nothing_else() {
    let dir = folder();
    let row: &[&str] = &["market/annual-report", "每年报一次。"];
    let refused = planned(dir.path(), sheet(&["编号", "摘要*"], &[row]), false);
    assert_eq!(told(&refused), ["工作表“主题”第2行：主题 market/annual-report 已经有了，内容不同"]);
    assert!(refused.changes().is_empty());
    let import = planned(dir.path(), sheet(&["编号", "摘要*"], &[row]), true);
    assert_eq!(import.counts(), [0, 1, 0, 0, 0]);
    apply(&import.changes()).unwrap();
    let text = fs::read_to_string(dir.path().join("topics/market/annual-report.yaml")).unwrap();
    let expected = ANNUAL_REPORT
        .replace("summary: 每年1月1日至6月30日，企业要在公示系统报送上一年度的年报。", "summary: >-\n  每年报一次。");
    assert_eq!(text, expected);
    assert_eq!(planned(dir.path(), sheet(&["编号", "摘要*"], &[row]), false).counts(), [0, 0, 0, 1, 0]);
}

const HEADERS: [&str; 9] = ["编号", "类别", "标题", "类型", "摘要", "主管部门", "核对日期", "依据文件", "申请条件"];

#[test]
fn every_fault_of_every_row_is_told_at_its_cell() {
    let dir = folder();
    let good = |id: &'static str| {
        [id, "", "公章刻制", "办事", "刻公章要备案。", "公安局", "2026-11-01", "办法｜待核实", "要营业执照"]
    };
    let rows = [
        ["../../x", "", "越界", "办事", "", "", "", "", ""],
        ["market/a", "税费", "类别不同", "", "", "", "", "", ""],
        ["market/b", "", "坏格子", "新闻", "", "", "明年", "办法\n条例｜有效", ""],
        ["market/c", "", "数字没有出处", "办事", "罚款5万元。", "公安局", "2026-11-01", "办法｜待核实", "要营业执照"],
        good("market/d"),
        good("market/d"),
        ["", "", "没有类别", "", "", "", "", "", ""],
        ["market/annual-report", "", "企业年报公示", "", "", "", "", "", "=cmd()"],
    ];
    let rows: Vec<&[&str]> = rows.iter().map(<[&str; 9]>::as_slice).collect();
    let mut headers = HEADERS.to_vec();
    headers.push("问题");
    let questions = "公章怎么刻\n刻章要钱吗\n公章丢了怎么办\n刻章去哪里";
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| [*row, &[questions]].concat()).collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let import = planned(dir.path(), sheet(&headers, &rows), true);
    let told = told(&import);
    for expected in [
        "A2（编号）：“../../x”不能做编号",
        "B3（类别）：类别“税费”与编号 market/a 不一致",
        "D4（类型）：不能是“新闻”",
        "G4（核对日期）：“明年”不是日期",
        "H4（依据文件）：第1行：“办法”没有写状态",
        "H4（依据文件）：第2行：不能是“有效”",
        "E5（摘要）：“5万元”没有在 facts 里写明出处",
        "A7（编号）：编号 market/d 与工作表“主题”第6行的相同",
        "A8（编号）：没有写编号，也没有写类别",
        "第9行：已有主题 market/annual-report 不能缺 类型、摘要",
    ] {
        assert!(told.iter().any(|told| told.contains(expected)), "no {expected} in {told:#?}");
    }
    let failed = failed_rows(&[sheet(&headers, &rows)], &import);
    assert_eq!(failed[0].columns.last().unwrap().header, "不通过的原因");
    let reasons: Vec<_> = failed[0].rows.iter().map(|row| row.last().unwrap().clone()).collect();
    assert_eq!(
        reasons[0],
        "编号：“../../x”不能做编号（写成 类别/英文短名，只用小写字母、数字和短横线，例如 talent/talent-card；不会写就留空）"
    );
    assert_eq!(failed[0].rows[0][..9], ["../../x", "", "越界", "办事", "", "", "", "", ""]);
    // Questions that two rows share are told at one of them, which takes it out of the way of the other.
    assert!(import.counts()[4] >= 7, "{told:#?}");
}

#[test]
fn a_question_that_is_there_already_is_told_whichever_file_comes_later() {
    let dir = folder();
    put(dir.path(), "topics/tax/seal.yaml", &other_topic());
    let row = |id| Source::Topic {
        name: "new.yaml".to_owned(),
        id: TopicId::parse(id).unwrap(),
        text: ANNUAL_REPORT.replace("年报", "印章").replace("印章在哪个网站填", "公章在哪个网站填"),
    };
    for id in ["delivery/early", "trade/late"] {
        let import = planned(dir.path(), row(id), false);
        let told = told(&import);
        assert!(told.len() == 1 && told[0].contains("问题“公章在哪个网站填”与"), "{id}: {told:?}");
    }
}

#[test]
fn a_row_that_lacks_something_becomes_a_draft_and_later_a_topic() {
    let dir = folder();
    let row: &[&str] = &["", "人才", "人才公寓", "", "", "", "", "", ""];
    let import = planned(dir.path(), sheet(&HEADERS, &[row]), false);
    assert_eq!(import.counts(), [0, 0, 1, 0, 0]);
    let Outcome::Draft(lacks) = &import.items[0].outcome else { panic!("{:?}", import.items[0]) };
    assert_eq!(lacks[..4], ["类型", "摘要", "主管部门", "核对日期"]);
    apply(&import.changes()).unwrap();
    let id = TopicId::parse("talent/ren-cai-gong-yu").unwrap();
    let draft = dir.path().join("drafts/talent/ren-cai-gong-yu.yaml");
    assert!(fs::read_to_string(&draft).unwrap().contains("status: unverified"));
    assert_eq!(planned(dir.path(), sheet(&HEADERS, &[row]), false).counts(), [0, 0, 0, 1, 0], "once is enough");
    let lacking = check_draft(dir.path(), &id, TODAY).unwrap();
    assert!(lacking.iter().any(|problem| problem.message.contains("缺少 summary")), "{lacking:?}");

    let complete =
        ["", "人才", "人才公寓", "办事", "给人才住的房子。", "住建局", "2026-11-01", "办法｜现行有效", "是人才"];
    let mut headers = HEADERS.to_vec();
    headers.extend(["问题", "状态"]);
    let row = [complete.as_slice(), &["公寓怎么申请\n公寓多少钱\n公寓在哪\n公寓住多久", "现行有效"]].concat();
    let import = planned(dir.path(), sheet(&headers, &[&row]), false);
    assert_eq!((told(&import), import.counts()), (Vec::new(), [1, 0, 0, 0, 0]));
    assert_eq!(import.items[0].remarks[0].message, "没有写明出处，按“待核实”导入");
    apply(&import.changes()).unwrap();
    let topic = fs::read_to_string(dir.path().join("topics/talent/ren-cai-gong-yu.yaml")).unwrap();
    assert!(topic.contains("status: unverified\n") && topic.contains("confidence: medium\n"), "{topic}");
    assert!(!draft.exists(), "the draft has become the topic");
    assert!(load(dir.path(), TODAY).is_publishable());
}

#[test]
fn a_source_lets_a_new_topic_say_that_it_is_in_force() {
    let dir = folder();
    let cells = ["tax/x", "", "甲", "政策", "甲。", "税务局", "2026-11-01", "办法｜现行有效｜机关：税务总局", "乙"];
    let mut headers = HEADERS.to_vec();
    headers.extend(["问题", "状态", "把握程度"]);
    let row = [cells.as_slice(), &["甲一\n甲二\n甲三\n甲四", "现行有效", "高"]].concat();
    apply(&planned(dir.path(), sheet(&headers, &[&row]), false).changes()).unwrap();
    let topic = fs::read_to_string(dir.path().join("topics/tax/x.yaml")).unwrap();
    assert!(topic.contains("status: valid\n") && topic.contains("confidence: high\n"), "{topic}");
}

#[test]
fn a_draft_completed_by_hand_becomes_a_topic() {
    let dir = folder();
    let text = other_topic();
    put(dir.path(), "drafts/market/seal.yaml", &text);
    let id = TopicId::parse("market/seal").unwrap();
    assert!(load_drafts(dir.path(), TODAY).0[0].is_ready);
    assert!(!has_errors(&check_draft(dir.path(), &id, TODAY).unwrap()));
    move_draft(dir.path(), &id).unwrap();
    assert_eq!(fs::read_to_string(dir.path().join("topics/market/seal.yaml")).unwrap(), text);
    assert!(load_drafts(dir.path(), TODAY).0.is_empty());
    assert!(matches!(check_draft(dir.path(), &id, TODAY), Err(DraftError::Missing(_))));
    put(dir.path(), "drafts/market/annual-report.yaml", &ANNUAL_REPORT.replace("办事", "x").replace("12315", "12345"));
    let taken = move_draft(dir.path(), &TopicId::parse("market/annual-report").unwrap());
    assert!(matches!(taken, Err(DraftError::Taken(_))), "{taken:?}");
}

#[test]
fn a_sheet_about_something_else_says_what_is_missing() {
    let dir = folder();
    let import = planned(dir.path(), sheet(&["姓名", "电话"], &[&["王", "1"]]), false);
    assert_eq!(told(&import), ["工作表“主题”：第一行没有“编号”“标题”这样的列名"]);
    let import = planned(dir.path(), sheet(&["编号", "摘要", "摘要", "口号"], &[&["market/x"]]), false);
    assert_eq!(told(&import), ["工作表“主题”C1（摘要）：列“摘要”写了两次"]);
    assert_eq!(import.remarks[0].message, "不认识的列“口号”，没有读取");
}

#[test]
fn cells_that_no_spreadsheet_writes_by_itself_are_told() {
    let dir = folder();
    let huge = "长".repeat(40_000);
    let import = planned(dir.path(), sheet(&["编号", "摘要", "标题"], &[&["tax/x", &huge, "#REF!"]]), false);
    assert_eq!(
        told(&import),
        [
            "工作表“主题”B2（摘要）：这一格有40000个字，最多32767个",
            "工作表“主题”C2（标题）：这一格是出错的公式（#REF!）"
        ]
    );
    let import = planned(dir.path(), sheet(&["编号", "标题"], &[&["tax/x", &"长".repeat(50)]]), false);
    assert_eq!(
        told(&import),
        ["工作表“主题”B2（标题）：最多40个字，现在是50个字"],
        "drafts follow the rules of values"
    );
}
