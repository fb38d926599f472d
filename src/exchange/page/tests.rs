//! Pages as administrations publish them, and as nobody should.

use super::*;

#[track_caller]
fn check(html: &str, expected: &str) {
    assert_eq!(Page::read(html, Url::parse("https://example.gov.cn/a/b.html").ok().as_ref()).markdown, expected);
}

#[test]
fn a_page_of_an_administration_loses_its_frame() {
    let page = Page::read(include_str!("../../../tests/it/exchange/notice.html"), None);
    assert_eq!(page.title.as_deref(), Some("芝罘区示例企业扶持办法"));
    assert_eq!(page.published.as_deref(), Some("2026-03-05 10:00"));
    let text = &page.markdown;
    for gone in ["alert", "首页", "分享", "版权所有", "color", "隐藏", "搜索"] {
        assert!(!text.contains(gone), "{gone} in:\n{text}");
    }
    for kept in
        ["| 发文机关 | 芝罘区示例局 | 文号 | 芝示发〔2026〕1号 |", "第一章 总则", "第二条 示例企业每年可以申报一次。"]
    {
        assert!(text.contains(kept), "no {kept} in:\n{text}");
    }
}

#[test]
fn headings_lists_and_links_become_markdown() {
    check(
        "<h2>甲</h2><p>一<b>二</b>\n三<br>四<ul><li>五<li><p>六</p></ul><ol><li>七</ol><a href='../c.pdf'>附件</a> <a href='javascript:x()'>八</a>",
        "## 甲\n\n一二 三\n\n四\n\n- 五\n- 六\n1. 七\n\n[附件](https://example.gov.cn/c.pdf) 八\n",
    );
}

#[test]
fn every_row_of_a_table_can_be_read_alone() {
    check(
        "<table><tr><th>项目<th colspan=2>标准</tr><tr><td rowspan=2>贷款</td><td>一档</td><td>1</td></tr><tr><td>二档</td><td>2|3</td></tr></table>",
        "| 项目 | 标准 | 标准 |\n| --- | --- | --- |\n| 贷款 | 一档 | 1 |\n| 贷款 | 二档 | 2\\|3 |\n",
    );
}

#[test]
fn a_table_that_arranges_the_page_becomes_paragraphs() {
    check("<table><tr><td><p>第一条 甲</p></td></tr><tr><td>第二条 乙</td></tr></table>", "第一条 甲\n\n第二条 乙\n");
    check(
        "<table><tr><td>左<td><table><tr><td>项目<td>标准</table></table>",
        "左\n\n\\| 项目 \\| 标准 \\| \\| --- \\| --- \\|\n".replace("\\|", "|").as_str(),
    );
}

#[test]
fn what_looks_like_markup_in_the_text_stays_text() {
    check(
        "<p>1. 甲 # *乙* &lt;script&gt;alert(1)&lt;/script&gt;",
        "1\\. 甲 \\# \\*乙\\* \\<script\\>alert(1)\\</script\\>\n",
    );
    check("<p>- 不是列表", "\\- 不是列表\n");
}

#[test]
fn hostile_pages_are_read_to_their_end() {
    let deep = "<div>".repeat(200_000) + "底" + &"</b>".repeat(200_000);
    check(&deep, "底\n");
    let tables = "<table><tr><td>".repeat(20_000) + "底";
    assert!(Page::read(&tables, None).markdown.contains('底'));
    let wide = "<table><tr>".to_owned() + &"<td colspan=9999 rowspan=9999>x".repeat(2_000);
    assert!(Page::read(&wide, None).markdown.len() < 100_000);
    check(
        "<p>好<script>alert('</p>')</script><style>p{}</style><!-- 不 --><p hidden>隐</p><p style='display: none'>藏",
        "好\n",
    );
    check("", "");
}

#[test]
fn the_window_title_is_the_last_resort() {
    let title = |html: &str| Page::read(html, None).title;
    assert_eq!(title("<title>办法_芝罘区人民政府</title>").as_deref(), Some("办法"));
    assert_eq!(title("<title>网站</title><h1> 关于\n办法 </h1>").as_deref(), Some("关于 办法"));
    assert_eq!(title("<meta name=ArticleTitle content='通知'><h1>别的</h1>").as_deref(), Some("通知"));
    assert_eq!(title("<p>无"), None);
}
