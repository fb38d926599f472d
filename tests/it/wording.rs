//! Every sentence that people read: polite, short, literal, and punctuated as Chinese is.
//!
//! Looks at string literals: closely at those of [`HOMES`], and at all others for the punctuation. What stands in braces is filled
//! in at run time and not looked at.

use std::fmt::Write as _;

use crate::support::source::{Source, sources};

/// Where sentences live: the desk's, and the web page's own.
const HOMES: [&str; 2] = ["src/desk/wording/", "src/web/wording.rs"];

/// Words that companies and commissioners should not have to know; compared in lower case.
const JARGON: [&str; 14] = [
    "系统异常",
    "未知错误",
    "内部错误",
    "报错",
    "服务器",
    "数据库",
    "索引",
    "接口",
    "后台",
    "缓存",
    "null",
    "undefined",
    "error",
    "exception",
];

/// Half-width signs that have a full-width twin in Chinese text, wherever they stand.
const HALF_WIDTH: [char; 7] = [',', ';', '?', '!', '(', ')', '"'];

/// Half-width signs that are a slip beside a Chinese character, in any text.
const SLIPS: [char; 7] = [',', ';', ':', '?', '!', '(', ')'];

/// Signs that end a sentence, or announce what comes below it.
const ENDS: [char; 6] = ['。', '？', '…', '：', '”', '）'];

/// A line without a full stop is a sentence all the same if it has a comma and more characters than any label.
const LONGEST_LABEL: usize = 14;

fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// What is wrong with one literal.
fn faults(literal: &str) -> Vec<String> {
    let (text, ends_open) = without_placeholders(literal);
    let mut faults = Vec::new();
    for sign in HALF_WIDTH.into_iter().chain(['！']).filter(|sign| text.contains(*sign)) {
        faults.push(match sign {
            '!' | '！' => "no exclamation marks".to_owned(),
            sign => format!("`{sign}` is half-width"),
        });
    }
    let characters: Vec<_> = text.chars().collect();
    if characters.windows(2).any(|pair| pair[1] == ':' && is_chinese(pair[0])) {
        faults.push("`:` is half-width".to_owned());
    }
    let lower = text.to_lowercase();
    faults.extend(JARGON.iter().filter(|word| lower.contains(*word)).map(|word| format!("“{word}” is jargon")));
    let last = text.lines().count().saturating_sub(1);
    for (at, line) in text.lines().enumerate() {
        let is_filled_in = at == last && ends_open;
        if is_sentence(line) && !is_filled_in && !line.trim_end().ends_with(ENDS) && !line.ends_with(FILLED) {
            faults.push(format!("“{line}” has no end"));
        }
    }
    faults
}

/// Half-width punctuation right beside a Chinese character.
fn slips(literal: &str) -> Vec<String> {
    let characters: Vec<_> = without_placeholders(literal).0.chars().collect();
    let beside = characters.windows(2).filter(|pair| {
        // A colon or a closing parenthesis before a Chinese character may end something in Latin letters.
        let opens = SLIPS.contains(&pair[0]) && !matches!(pair[0], ':' | ')') && is_chinese(pair[1]);
        opens || is_chinese(pair[0]) && SLIPS.contains(&pair[1])
    });
    beside.map(|pair| format!("half-width punctuation in “{}{}”", pair[0], pair[1])).collect()
}

/// Stands for what is filled in.
const FILLED: char = '\u{fffc}';

/// The literal with [`FILLED`] for every placeholder, and whether it ends with one.
fn without_placeholders(literal: &str) -> (String, bool) {
    let mut text = String::new();
    let mut depth = 0;
    for c in literal.chars() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                text.push(FILLED);
            }
            c if depth == 0 => text.push(c),
            _ => {}
        }
    }
    let ends_open = text.ends_with(FILLED);
    (text, ends_open)
}

fn is_sentence(line: &str) -> bool {
    let chinese = line.chars().filter(|c| is_chinese(*c)).count();
    chinese > 0 && (line.contains(['。', '；', '？']) || (line.contains('，') && chinese > LONGEST_LABEL))
}

/// Chinese with punctuation is a sentence; words alone may be a list to compare with.
fn reads_as_sentence(literal: &str) -> bool {
    literal.contains(is_chinese) && literal.contains(['，', '。', '；', '：', '？', '（', '、', ',', ';', ':'])
}

fn report(found: impl Iterator<Item = (String, usize, String)>) -> String {
    found.fold(String::new(), |mut report, (path, line, fault)| {
        let _ = write!(report, "\n{path}:{line}: {fault}");
        report
    })
}

fn each_literal(sources: &[Source]) -> impl Iterator<Item = (&str, usize, &str)> {
    sources.iter().flat_map(|source| source.literals().map(|(line, text)| (source.path.as_str(), line, text)))
}

fn is_home(source: &Source) -> bool {
    HOMES.iter().any(|home| source.path.starts_with(home))
}

#[test]
fn sentences_are_written_properly() {
    let sources: Vec<_> = sources("src").into_iter().filter(is_home).collect();
    let found = each_literal(&sources)
        .flat_map(|(path, line, text)| faults(text).into_iter().map(move |fault| (path.to_owned(), line, fault)));
    let report = report(found);
    assert!(report.is_empty(), "{report}");
}

#[test]
fn the_desk_keeps_its_sentences_in_wording() {
    let sources: Vec<_> = sources("src/desk").into_iter().filter(|source| !is_home(source)).collect();
    let found = each_literal(&sources)
        .filter(|(_, _, text)| reads_as_sentence(text))
        .map(|(path, line, text)| (path.to_owned(), line, format!("“{text}” belongs to {}", HOMES[0])));
    let report = report(found);
    assert!(report.is_empty(), "{report}");
}

#[test]
fn chinese_is_punctuated_as_chinese_everywhere() {
    let sources = sources("src");
    let found = each_literal(&sources)
        .flat_map(|(path, line, text)| slips(text).into_iter().map(move |slip| (path.to_owned(), line, slip)));
    let report = report(found);
    assert!(report.is_empty(), "{report}");
}

/// The page tells cautions and sources from the rest by how their lines begin.
#[test]
fn the_page_knows_how_lines_begin() {
    let wording: String = sources("src/desk/wording").iter().flat_map(Source::literals).map(|(_, text)| text).collect();
    let script = include_str!("../../src/web/assets/chat.js");
    let page = include_str!("../../src/web/page.rs");
    let beginnings: Vec<_> = script.split("startsWith(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let marks: Vec<_> = beginnings.into_iter().filter(|beginning| beginning.ends_with('：')).collect();
    assert!(!marks.is_empty(), "the page no longer looks at how lines begin: drop this test");
    for mark in marks {
        assert!(wording.contains(mark), "no sentence begins with “{mark}” any more");
        assert!(page.contains(mark), "page.rs and chat.js disagree about “{mark}”");
    }
}

#[test]
fn bad_sentences_are_found() {
    let check = |literal: &str, expected: &[&str]| assert_eq!(faults(literal), expected, "{literal}");
    check("您好,请稍候。", &["`,` is half-width"]);
    check("办结了！", &["no exclamation marks"]);
    check("目前:{state}", &["`:` is half-width"]);
    check("系统异常，请重试。", &["“系统异常” is jargon"]);
    check("读到 NULL 值", &["“null” is jargon"]);
    check("请先签收；再答复", &["“请先签收；再答复” has no end"]);
    check("已经记录您的评价，工单已经自动重办\n谢谢。", &["“已经记录您的评价，工单已经自动重办” has no end"]);
}

#[test]
fn slips_are_found() {
    for slip in ["配置有误:{cause}", "请先运行 check,再发布,谢谢", "默认(可省略)", "（默认 index)。好?"]
    {
        assert_ne!(slips(slip), [""; 0], "{slip}");
    }
    for fine in [
        "每行一个 JSON：{\"id\",\"text\"}；“-”为标准输入",
        "CSV:id,name",
        "127.0.0.1:8080",
        "unit: working（工作日）",
        "a,b",
    ] {
        assert_eq!(slips(fine), [""; 0], "{fine}");
    }
}

#[test]
fn good_sentences_and_labels_pass() {
    for literal in [
        "已退回，等待重新派单",
        "{}前联系您",
        "%H:%M",
        "工单 {}（“{}”）",
        "{}\n已签收。“回复”本消息，内容会转给企业。{}",
        "可用这些命令：",
    ] {
        assert_eq!(faults(literal), [""; 0], "{literal}");
    }
}
