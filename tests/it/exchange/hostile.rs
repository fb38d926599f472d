//! Files that mean harm: none of them fills the memory, runs anything, or writes where it should not.

use std::fs;
use std::io::{Cursor, Write};

use calamine::{Reader, Xlsx, open_workbook};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{cells, column, files, save};
use crate::support::installation::Installation;

/// A workbook whose only sheet unpacks to so many bytes.
fn bomb(bytes: usize) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("xl/workbook.xml", SimpleFileOptions::default()).unwrap();
    zip.write_all(b"<workbook/>").unwrap();
    zip.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).unwrap();
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..bytes >> 20 {
        zip.write_all(&zeros).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_bomb_is_not_unpacked() {
    let installation = Installation::bare().own_knowledge();
    let bytes = bomb(1 << 30);
    assert!(bytes.len() < 2 << 20, "{} bytes", bytes.len());
    let file = installation.file("bomb.xlsx", bytes);
    installation.run(&["topic", "import", &file]).ends_with(2).complains(&["解压后超过 64 MiB"]);
    let large = installation.file("large.csv", vec![b'a'; 17 << 20]);
    installation.run(&["topic", "import", &large]).ends_with(2).complains(&["文件超过 16 MiB"]);
    let broken = installation.file("broken.xlsx", b"PK\x03\x04xl/workbook.xml");
    installation.run(&["topic", "import", &broken]).ends_with(2).complains(&["已损坏"]);
}

#[test]
fn ids_and_names_do_not_lead_out_of_the_folder() {
    let installation = Installation::bare().own_knowledge();
    let before = files(installation.path());
    for id in ["../../x", "market/../../x", "/etc/x", "market/x.yaml", "market/x\u{0}", "drafts/x", "..\\x/y"] {
        let sheet = installation.file("ids.csv", format!("编号,标题\n\"{id}\",越界\n"));
        installation.run(&["topic", "import", &sheet, "--replace"]).ends_with(1).complains(&["A2（编号）"]);
    }
    let text = installation.file("文.md", "# ../../越界\n\n正文\n");
    installation.run(&["topic", "import", &text, "--category", "market", "--name", "../x"]).ends_with(1);
    let kept = |files: &std::collections::BTreeMap<String, Vec<u8>>| {
        files
            .keys()
            .filter(|name| !name.contains("未通过") && !name.starts_with("ids") && !name.starts_with('文'))
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(kept(&files(installation.path())), kept(&before));
    installation.run(&["draft", "publish", "../../x"]).ends_with(2).complains(&["不是主题编号"]);
}

#[test]
fn what_looks_like_a_formula_stays_text() {
    let installation = Installation::bare().own_knowledge();
    let evil = "=cmd|' /C calc'!A0";
    let sheet =
        installation.file("evil.csv", format!("编号,类别,标题,问题\nmarket/evil,,\"{evil}\",\"@SUM(1)\n+1+1\n-1\"\n"));
    installation.run(&["topic", "import", &sheet]).succeeds().says(&["草稿 market/evil"]);
    let draft = fs::read_to_string(installation.knowledge("drafts/market/evil.yaml")).unwrap();
    assert!(draft.contains(evil), "{draft}");

    let book = installation.path().join("out.xlsx");
    let csv = installation.path().join("out.csv");
    for target in [&book, &csv] {
        installation.run(&["topic", "export", target.to_str().unwrap(), "--drafts", "--category", "market"]).succeeds();
    }
    let mut opened: Xlsx<_> = open_workbook(&book).unwrap();
    assert!(opened.worksheet_formula("主题").unwrap().cells().all(|(.., formula)| formula.is_empty()));
    let rows = cells(&book);
    let row = rows.iter().find(|row| row[0] == "market/evil").unwrap();
    assert_eq!(row[column(&rows, "标题")], format!("'{evil}"));
    let text = fs::read_to_string(&csv).unwrap();
    let risky = |cell: &str| cell.trim_start_matches('"').starts_with(['=', '+', '-', '@']);
    assert!(
        text.lines().all(|line| !line.split(',').next().is_some_and(|cell| risky(cell) && line.starts_with("market/")))
    );
    assert!(text.contains(&format!(",'{evil},")) && text.contains(",\"'@SUM(1)"), "{text}");
    // And back again, nothing has become of it.
    for target in [&book, &csv] {
        let back =
            installation.run(&["topic", "import", target.to_str().unwrap(), "--format", "json"]).succeeds().json();
        assert_eq!(back["counts"]["failed"], 0);
        assert_eq!(back["counts"]["replaced"], 0, "{back}");
    }
}

#[test]
fn a_huge_cell_and_a_far_away_cell_are_told() {
    let installation = Installation::bare().own_knowledge();
    let sheet = installation.file("huge.csv", format!("编号,摘要\nmarket/huge,{}\n", "长".repeat(100_000)));
    installation.run(&["topic", "import", &sheet]).ends_with(1).complains(&["第 2 行“摘要”有 100000 个字"]);
    let far = installation.path().join("far.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().write_string(1_048_575, 16_383, "远").unwrap();
    book.save(&far).unwrap();
    installation
        .run(&["topic", "import", far.to_str().unwrap()])
        .ends_with(2)
        .complains(&["第 1048576 行第 16384 列超出范围"]);
}

#[test]
fn scripts_of_a_page_do_not_come_in() {
    let installation = Installation::bare().own_knowledge();
    let page = "<title>办法</title><p onclick=alert(1)>正文&lt;script&gt;x&lt;/script&gt;<script>alert(2)</script><img src=x onerror=alert(3)><a href='javascript:alert(4)'>链接</a>";
    let page = installation.file("page.html", page);
    installation.run(&["topic", "import", &page, "--category", "tax"]).succeeds();
    let text = fs::read_to_string(installation.knowledge("documents/tax/ban-fa.md")).unwrap();
    assert!(!text.contains("alert") && !text.contains("<script>") && text.contains("链接"), "{text}");
    installation.run(&["check"]).succeeds();
}

#[test]
fn a_sheet_with_a_link_to_elsewhere_is_only_text() {
    let installation = Installation::bare().own_knowledge();
    let book = installation.path().join("links.xlsx");
    let rows =
        [["编号", "标题", "问题"], ["tax/link", "链接", "[点这里](file:///etc/passwd)\n<b>粗</b>\n${jndi:ldap://x}"]];
    save(&book, &rows.map(|row| row.map(str::to_owned).to_vec()));
    installation.run(&["topic", "import", book.to_str().unwrap()]).succeeds().says(&["草稿 tax/link"]);
    let draft = fs::read_to_string(installation.knowledge("drafts/tax/link.yaml")).unwrap();
    assert!(draft.contains("[点这里](file:///etc/passwd)"), "{draft}");
}
