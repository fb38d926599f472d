//! The text of a document as passages: one an article (第…条), or what stands below a heading.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::domain::document::DocumentPassage;

/// A passage is ended before it becomes longer, unless one paragraph is.
const LONGEST: usize = 600;

/// Chapters and sections stand above articles and below headings.
const CHAPTER_LEVEL: usize = 7;
const SECTION_LEVEL: usize = 8;

/// The passages of `body`, and the lines of it, from 0, that hold markup of web pages, which is passed over.
pub(super) fn passages(body: &str) -> (Vec<DocumentPassage>, Vec<usize>) {
    let (lines, markup) = lines(body);
    let mut split = Split::default();
    for line in lines {
        split.line(line);
    }
    split.end_passage();
    (split.passages, markup)
}

/// A line of text without markup, with its level where it is a heading.
struct TextLine {
    level: Option<usize>,
    text: String,
}

fn lines(body: &str) -> (Vec<TextLine>, Vec<usize>) {
    let mut lines = Vec::new();
    let mut markup = Vec::new();
    let mut text = String::new();
    let mut level = None;
    for (event, range) in Parser::new_ext(body, Options::ENABLE_TABLES).into_offset_iter() {
        let mut end = |text: &mut String, level: Option<usize>| {
            for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
                lines.push(TextLine { level, text: line.to_owned() });
            }
            text.clear();
        };
        match event {
            Event::Start(Tag::Heading { level: found, .. }) => {
                end(&mut text, None);
                level = Some(number_of(found));
            }
            Event::End(TagEnd::Heading(_)) => end(&mut text, level.take()),
            Event::End(TagEnd::TableCell) => text.push(' '),
            Event::Start(Tag::Item | Tag::Paragraph | Tag::CodeBlock(_) | Tag::TableRow | Tag::TableHead)
            | Event::End(TagEnd::Item | TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::TableRow | TagEnd::TableHead)
            | Event::Rule => end(&mut text, None),
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak => text.push('\n'),
            Event::Html(_) | Event::InlineHtml(_) => markup.push(body[..range.start].matches('\n').count()),
            _ => {}
        }
    }
    lines.extend(
        text.lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| TextLine { level: None, text: line.trim().to_owned() }),
    );
    markup.dedup();
    (lines, markup)
}

fn number_of(level: HeadingLevel) -> usize {
    level as usize
}

#[derive(Default)]
struct Split {
    passages: Vec<DocumentPassage>,
    /// The headings above, with their levels.
    headings: Vec<(usize, String)>,
    lines: Vec<String>,
    length: usize,
}

impl Split {
    fn line(&mut self, line: TextLine) {
        let level = line.level.or_else(|| {
            let levels = [("章", CHAPTER_LEVEL), ("编", CHAPTER_LEVEL), ("节", SECTION_LEVEL)];
            levels.into_iter().find(|(unit, _)| is_numbered(&line.text, unit)).map(|(_, level)| level)
        });
        if let Some(level) = level {
            self.end_passage();
            self.headings.retain(|(above, _)| *above < level);
            self.headings.push((level, line.text));
            return;
        }
        let length = line.text.chars().count();
        if is_numbered(&line.text, "条") || self.length + length > LONGEST {
            self.end_passage();
        }
        self.length += length;
        self.lines.push(line.text);
    }

    fn end_passage(&mut self) {
        self.length = 0;
        let lines = std::mem::take(&mut self.lines);
        if lines.is_empty() {
            return;
        }
        let heading = self.headings.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" ");
        self.passages.push(DocumentPassage { heading, text: lines.join("\n") });
    }
}

/// Tells whether `line` begins with a number of its own, such as `第十二条`, and does not just mention one.
fn is_numbered(line: &str, unit: &str) -> bool {
    const DIGITS: &str = "零〇一二三四五六七八九十百千两0123456789０１２３４５６７８９";
    const MENTIONS: &str = "规的所第和或、至款项之中及与";
    let Some(rest) = line.strip_prefix('第') else { return false };
    let rest = rest.trim_start();
    let number = rest.trim_start_matches(|c: char| DIGITS.contains(c) || c == ' ');
    let Some(after) = number.strip_prefix(unit).filter(|_| number.len() < rest.len()) else { return false };
    after.chars().next().is_none_or(|next| !MENTIONS.contains(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: &[(&str, &str)]) {
        let (passages, _) = passages(body);
        let found: Vec<_> = passages.iter().map(|passage| (passage.heading.as_str(), passage.text.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn articles_are_passages_below_their_chapters() {
        check(
            "为了试验，制定本办法。\n\n第一章 总则\n\n第一条 甲。\n第二条　乙。\n\n第二款写在这里。\n\n第二章 附则\n\n第三条 丙。",
            &[
                ("", "为了试验，制定本办法。"),
                ("第一章 总则", "第一条 甲。"),
                ("第一章 总则", "第二条　乙。\n第二款写在这里。"),
                ("第二章 附则", "第三条 丙。"),
            ],
        );
    }

    #[test]
    fn headings_carry_those_above_them() {
        check(
            "## 申报\n\n### 条件\n\n- 一\n- *二*\n\n### 材料\n\n[表](https://a.cn)\n\n## 附则\n\n无",
            &[("申报 条件", "一\n二"), ("申报 材料", "表"), ("附则", "无")],
        );
    }

    #[test]
    fn rows_of_tables_are_lines() {
        check("| 项目 | 标准 |\n| --- | --- |\n| 贷款 | 2\\|3 |\n", &[("", "项目 标准\n贷款 2|3")]);
    }

    #[test]
    fn mentions_of_articles_begin_no_passage() {
        check("第一条 甲\n\n第一条规定的情形，按第三条办。", &[("", "第一条 甲\n第一条规定的情形，按第三条办。")]);
        assert!(is_numbered("第 二十 条 x", "条") && is_numbered("第12条", "条") && !is_numbered("第条", "条"));
    }

    #[test]
    fn long_texts_are_divided_between_paragraphs() {
        let paragraph = "长".repeat(250);
        let (passages, _) = passages(&[paragraph.as_str(); 5].join("\n\n"));
        assert_eq!(passages.iter().map(|it| it.text.lines().count()).collect::<Vec<_>>(), [2, 2, 1]);
    }

    #[test]
    fn markup_of_web_pages_is_passed_over_and_told() {
        let (passages, markup) = passages("好\n\n<script>alert(1)</script>\n\n一<b>二</b>");
        assert_eq!(passages[0].text, "好\n一二");
        assert_eq!(markup, [2, 4]);
    }
}
