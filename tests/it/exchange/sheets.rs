//! An official with a spreadsheet: exports, edits, imports, and is told what is wrong.

use std::fs;

use encoding_rs::GB18030;

use super::{cells, column, files, save};
use crate::support::installation::Installation;

const TOPIC: &str = "market/cancellation";
const BEFORE: &str = "简易注销公示20日，期满";
const AFTER: &str = "简易注销公示期为20日，期满";

#[test]
fn an_official_edits_a_cell_and_companies_get_the_new_answer() {
    let installation = Installation::new().own_knowledge();
    let book = installation.path().join("主题.xlsx");
    let name = book.to_str().unwrap();
    installation.run(&["topic", "export", name]).succeeds().says(&["已导出 152 个主题"]);
    let file = installation.knowledge(&format!("topics/{TOPIC}.yaml"));
    let before = fs::read_to_string(&file).unwrap();

    let mut sheet = cells(&book);
    let limit = column(&sheet, "办理时限");
    let row = sheet.iter_mut().find(|row| row[0] == TOPIC).unwrap();
    assert!(row[limit].contains(BEFORE));
    row[limit] = row[limit].replacen(BEFORE, AFTER, 1);
    save(&book, &sheet);

    let refused = installation.run(&["topic", "import", name]).ends_with(1);
    refused.complains(&["主题 market/cancellation 已经有了，内容不同", "--replace", "知识目录不变"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
    installation
        .run(&["topic", "import", name, "--replace", "--dry-run"])
        .succeeds()
        .says(&["修改 1 个", "什么也没有写"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), before);

    let imported = installation.run(&["topic", "import", name, "--replace"]).succeeds();
    imported.says(&["修改 market/cancellation", "未变 151 个", "reindex 发布"]);
    let after = fs::read_to_string(&file).unwrap();
    assert_eq!(after, before.replacen(BEFORE, AFTER, 1), "nothing else has changed");
    installation.run(&["check"]).succeeds();
    let question = ["ask", "简易注销公示要多少天"];
    assert!(!installation.run(&question).succeeds().stdout.contains(AFTER), "nothing is published by itself");
    installation.run(&["reindex"]).succeeds().says(&["版次 2"]);
    installation.run(&question).succeeds().says(&[AFTER, "国务院令第746号"]);
}

#[test]
fn every_way_out_and_back_in_changes_nothing() {
    let installation = Installation::new().own_knowledge();
    let before = files(&installation.knowledge(""));
    for target in ["all.xlsx", "all.csv", "all"] {
        let target = installation.path().join(target);
        let target = target.to_str().unwrap();
        installation.run(&["topic", "export", target]).succeeds().says(&["已导出 152 个主题"]);
        installation.run(&["topic", "export", target, "--edition", "1", "--replace"]).succeeds().says(&["152"]);
        let imported =
            installation.run(&["topic", "import", target, "--replace", "--format", "json"]).succeeds().json();
        assert_eq!(imported["counts"]["unchanged"], 152, "{imported}");
        for kind in ["new", "replaced", "draft", "failed"] {
            assert_eq!(imported["counts"][kind], 0, "{target}: {kind}");
        }
        assert!(files(&installation.knowledge("")) == before, "{target} has changed something");
    }
    let some = installation.path().join("人才.csv");
    let some = some.to_str().unwrap();
    installation.run(&["topic", "export", some, "--category", "人才"]).succeeds();
    let text = fs::read_to_string(some).unwrap();
    assert!(text.starts_with("\u{feff}编号,类别,标题*,") && text.contains("\r\ntalent/") && !text.contains("\r\ntax/"));
    installation.run(&["topic", "export", some]).ends_with(2).complains(&["已经有了", "--replace"]);
    installation.run(&["topic", "export", "x.csv", "--category", "人"]).ends_with(2).complains(&["没有类别“人”"]);
    installation.run(&["topic", "export", "x.csv", "--edition", "9"]).ends_with(2).complains(&["没有版次 9"]);
    installation.run(&["topic", "export", "x.docx"]).ends_with(2).complains(&[".xlsx 或 .csv"]);
}

/// Two rows that are right and five that are not, as a spreadsheet in China saves them.
const BROKEN: &str = "\
编号,类别,标题,类型,摘要,主管部门,核对日期,依据文件,申请条件,问题
market/kiosk,,便民服务点备案,办事,便民服务点要备案。,街道办,2026-11-01,示例办法｜待核实,有固定地点,便民点怎么备案\\n便民点要钱吗\\n便民点在哪备案\\n便民点多久办好
Market/Bad,,大写编号,,,,,,,
,外星,没有的类别,,,,,,,
tax/kind,,没有的类型,新闻,,,,,,
tax/date,,不是日期,政策,,,二〇二六年,,,
tax/figure,,数字没有出处,政策,每户补5万元。,税务局,2026-11-01,示例办法｜待核实,是企业,补贴给多少钱一户\\n补贴哪天发到户\\n补贴怎么申报到户\\n补贴归谁发到户
,市场准入,门头招牌,,,,,,,
";

#[test]
fn a_sheet_with_five_faults_gives_five_messages_and_a_file_to_correct() {
    let installation = Installation::bare().own_knowledge();
    let before = files(&installation.knowledge(""));
    // Line breaks within cells, as the sheet has them.
    let text = BROKEN.lines().map(|line| {
        let cells = line.split(',').map(|cell| {
            if cell.contains("\\n") { format!("\"{}\"", cell.replace("\\n", "\n")) } else { cell.to_owned() }
        });
        cells.collect::<Vec<_>>().join(",") + "\r\n"
    });
    let bytes = GB18030.encode(&text.collect::<String>()).0.into_owned();
    let sheet = installation.file("表.csv", bytes);
    let refused = installation.run(&["topic", "import", &sheet]).ends_with(1);
    let told = refused.stderr.lines().filter(|line| line.starts_with("工作表")).count();
    assert_eq!(told, 5, "{}", refused.stderr);
    let refused = refused.complains(&[
        "A3（编号）：“Market/Bad”不能做编号",
        "B4（类别）：没有类别“外星”",
        "D5（类型）：不能是“新闻”",
        "G6（核对日期）：“二〇二六年”不是日期",
        "E7（摘要）：“5万元”没有在 facts 里写明出处",
        "知识目录不变",
        "--partial",
    ]);
    assert!(files(&installation.knowledge("")) == before, "whole or not at all");

    let failed = installation.path().join("表-未通过.csv");
    assert!(refused.stderr.contains("表-未通过.csv"));
    let mut text = fs::read_to_string(&failed).unwrap();
    assert!(text.lines().next().unwrap().ends_with(",问题,不通过的原因"), "{text}");
    assert!(!text.contains("便民点"), "rows that are right are not among them");
    for (wrong, right) in [
        ("Market/Bad", "market/good"),
        ("外星", "税费"),
        ("新闻", "政策"),
        ("二〇二六年,", "2026-11-01,"),
        ("每户补5万元。", "每户补多少以当年通知为准。"),
    ] {
        assert!(text.contains(wrong), "no {wrong} in {text}");
        text = text.replacen(wrong, right, 1);
    }
    fs::write(&failed, text).unwrap();

    let partly = installation.run(&["topic", "import", &sheet, "--partial"]).ends_with(1);
    partly
        .says(&["新主题 market/kiosk", "草稿 market/men-tou-zhao-pai，还缺：类型、摘要", "不通过 5 行"])
        .complains(&["表-未通过-2.csv"]);
    let rest = installation.run(&["topic", "import", failed.to_str().unwrap()]).succeeds();
    rest.says(&["新主题 tax/figure", "草稿 market/good", "草稿 tax/date"]);
    let checked = installation.run(&["check"]).succeeds();
    checked.says(&["154 个主题", "5 份草稿", "drafts/market/men-tou-zhao-pai.yaml:1:1: 提醒:草稿还缺：类型（kind）"]);
    let topic = fs::read_to_string(installation.knowledge("topics/market/kiosk.yaml")).unwrap();
    assert!(topic.contains("status: unverified\n") && topic.contains("confidence: medium\n"), "{topic}");
}

#[test]
fn a_row_with_several_faults_tells_them_all_at_once() {
    let installation = Installation::bare().own_knowledge();
    let long = "甲".repeat(201);
    let sheet = format!("类别,标题,摘要,核对日期\n外星,样例,{long},昨天\n税费,样例,{long},昨天\n");
    let sheet = installation.file("表.csv", sheet);
    let refused = installation.run(&["topic", "import", &sheet, "--dry-run"]).ends_with(1);
    let told = ["A2（类别）", "C2（摘要）", "D2（核对日期）", "C3（摘要）", "D3（核对日期）"];
    assert_eq!(
        refused.stderr.lines().filter(|line| line.starts_with("工作表")).count(),
        told.len(),
        "{}",
        refused.stderr
    );
    refused.complains(&told);
}

#[test]
fn a_template_explains_itself_and_is_not_imported_empty() {
    let installation = Installation::bare().own_knowledge();
    for name in ["模板.xlsx", "模板.csv"] {
        let path = installation.path().join(name);
        let path = path.to_str().unwrap();
        installation.run(&["topic", "template", path]).succeeds().says(&["标 * 的列必填"]);
        installation.run(&["topic", "template", path]).ends_with(2).complains(&["已经有了", "--replace"]);
        installation.run(&["topic", "import", path]).ends_with(2).complains(&["没有可以导入的行"]);
    }
    let sheet = cells(&installation.path().join("模板.xlsx"));
    assert_eq!(sheet.len(), 3);
    assert!(sheet[1][0].starts_with("说明：") && sheet[2][0].starts_with("示例："));
    assert!(sheet[1][column(&sheet, "类型")].contains("可以填：政策、办事、服务"));
    installation.run(&["topic", "template", "x.doc"]).ends_with(2).complains(&[".xlsx 或 .csv"]);
}

#[test]
fn a_draft_grows_into_a_topic() {
    let installation = Installation::bare().own_knowledge();
    let sheet = installation.file("新.csv", "类别,标题,问题\n人才,人才公寓,人才公寓怎么申请\n");
    installation.run(&["topic", "import", &sheet]).succeeds().says(&["草稿 talent/ren-cai-gong-yu，还缺：类型、摘要"]);
    installation.run(&["draft", "publish", "talent/ren-cai-gong-yu"]).ends_with(1).complains(&["缺少 kind"]);
    installation.run(&["draft", "publish", "人才公寓"]).ends_with(2).complains(&["不是主题编号"]);
    // The drafts come out as a sheet, are completed, and come in again.
    let book = installation.path().join("草稿.xlsx");
    let name = book.to_str().unwrap();
    installation.run(&["topic", "export", name, "--category", "talent", "--drafts"]).succeeds();
    let mut rows = cells(&book);
    let complete = [
        ("类型", "办事"),
        ("摘要", "给来芝罘的人才住的房子，条件以当年通知为准。"),
        ("主管部门", "住建局"),
        ("核对日期", "2026/11/1"),
        ("依据文件", "示例人才公寓办法｜待核实"),
        ("咨询电话", "政务服务便民热线｜12345"),
        ("问题", "人才公寓怎么申请\n人才公寓要交房租吗\n来芝罘上班有地方住吗\n人才房在哪儿"),
    ];
    for (header, text) in complete {
        let at = column(&rows, header);
        let row = rows.iter_mut().find(|row| row[0] == "talent/ren-cai-gong-yu").unwrap();
        text.clone_into(&mut row[at]);
    }
    save(&book, &rows);
    installation.run(&["topic", "import", name]).succeeds().says(&["新主题 talent/ren-cai-gong-yu"]);
    assert!(!installation.knowledge("drafts/talent/ren-cai-gong-yu.yaml").exists());
    installation.run(&["check"]).succeeds().says(&["153 个主题"]);
    let topic = installation.knowledge("topics/talent/ren-cai-gong-yu.yaml");
    let draft = installation.knowledge("drafts/talent/ren-cai-gong-yu.yaml");
    fs::rename(&topic, &draft).unwrap();
    let published = installation.run(&["draft", "publish", "talent/ren-cai-gong-yu"]).succeeds();
    published.says(&["topics/talent/ren-cai-gong-yu.yaml"]);
    assert!(topic.exists() && !draft.exists());
}
