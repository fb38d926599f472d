//! Longer texts: they come in from files, help to find their topics, and are never an answer by themselves.

use std::fs;

use crate::support::installation::{Installation, repository};

#[test]
fn a_page_becomes_a_document_that_helps_to_find_its_topic() {
    let installation = Installation::new().own_knowledge();
    let page = repository("tests/it/exchange/notice.html");
    let page = page.to_str().unwrap();
    let refused = installation.run(&["topic", "import", page]).ends_with(1);
    refused.complains(&["不知道文档属于哪个类别", "--topic"]);
    installation.run(&["topic", "import", page, "--topic", "tax/none"]).ends_with(1).complains(&["没有主题 tax/none"]);

    let args = ["topic", "import", page, "--topic", "market/cancellation", "--name", "shi-li"];
    installation.run(&[&args[..], &["--dry-run"]].concat()).succeeds().says(&["文档 1 份", "什么也没有写"]);
    assert!(!installation.knowledge("documents").exists());
    installation.run(&args).succeeds().says(&["文档 market/shi-li：", "reindex 发布"]);
    let text = fs::read_to_string(installation.knowledge("documents/market/shi-li.md")).unwrap();
    for line in [
        "title: 芝罘区示例企业扶持办法",
        "doc_no: 芝示发〔2026〕1号",
        "issuer: 芝罘区示例局",
        "published_on: 2026-03-01",
        "status: valid",
        "  - market/cancellation",
    ] {
        assert!(text.contains(line), "no {line} in:\n{text}");
    }
    assert!(!text.contains("alert") && !text.contains("版权所有"), "{text}");
    installation.run(&["check"]).succeeds().says(&["0 个错误"]);

    // Words that only the document has.
    let question = ["ask", "芝示发〔2026〕1号示例企业扶持办法", "--format", "json"];
    let before = installation.run(&question).json();
    assert_ne!(before["topic"], "market/cancellation", "{before}");
    installation.run(&["reindex"]).succeeds().says(&["版次 2"]);
    let after = installation.run(&question).json();
    assert_eq!(after["candidates"][0]["topic"], "market/cancellation", "{after}");
    for citation in after["citations"].as_array().into_iter().flatten() {
        assert_ne!(citation["doc_no"], "芝示发〔2026〕1号", "the topic's own citations are given: {after}");
    }
    installation.run(&args).succeeds().says(&["未变"]);
}

#[test]
fn check_finds_what_is_wrong_with_a_document() {
    let installation = Installation::bare().own_knowledge();
    let folder = installation.knowledge("documents/tax");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("a.md"), "---\ntitle: 甲\nstatus: valid\ntopics: [tax/none]\n---\n\n第一条 甲\n").unwrap();
    fs::write(folder.join("b.md"), "没有开头\n").unwrap();
    fs::write(installation.knowledge("documents/README.md"), "what stands here\n").unwrap();
    let checked = installation.run(&["check"]).ends_with(1);
    checked.says(&["documents/tax/a.md:4:10: 错误:没有主题 tax/none", "documents/tax/b.md:1:1: 错误:文档没有写明"]);
}

#[test]
fn a_folder_of_everything_comes_in_together_or_not_at_all() {
    let installation = Installation::bare().own_knowledge();
    let folder = installation.path().join("收到的");
    fs::create_dir_all(folder.join("market")).unwrap();
    let guide = "# 示例指南\n\n## 申请条件\n\n- 有营业执照\n\n## 申请材料\n\n- 营业执照\n";
    fs::write(folder.join("guide.md"), guide).unwrap();
    fs::write(folder.join("rows.csv"), "编号,标题\nmarket/one,一个标题\n").unwrap();
    fs::write(folder.join("market/broken.yaml"), "title: [\n").unwrap();
    let name = folder.to_str().unwrap();
    let args = ["topic", "import", name, "--category", "market", "--draft"];
    let refused = installation.run(&args).ends_with(1);
    refused.complains(&["market/broken.yaml:1:8：YAML 语法错误", "知识目录不变"]);
    assert!(!installation.knowledge("drafts").exists() && !installation.knowledge("documents").exists());
    fs::remove_file(folder.join("market/broken.yaml")).unwrap();
    let imported = installation.run(&args).succeeds();
    imported.says(&["草稿 market/one", "文档 market/shi-li-zhi-nan：2 段", "另整理草稿 market/shi-li-zhi-nan"]);
    let draft = fs::read_to_string(installation.knowledge("drafts/market/shi-li-zhi-nan.yaml")).unwrap();
    assert!(draft.contains("    - 有营业执照\n") && draft.contains("# materials: 营业执照\n"), "{draft}");
    installation.run(&["check"]).succeeds().says(&["2 份草稿", "文档不属于任何主题"]);
}
