//! What a published document says about itself above its text: 发文机关、文号、成文日期、有效性.
//!
//! Administrations put it into a small table or into lines with a colon. Only labels that say exactly this are believed.

use jiff::civil::Date;

use super::super::figures::figures;
use super::super::record::StatusRecord;
use super::super::sheet::read_date;

/// What was found; everything may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Labels {
    pub(super) title: Option<String>,
    pub(super) doc_no: Option<String>,
    pub(super) issuer: Option<String>,
    pub(super) published_on: Option<Date>,
    pub(super) valid_from: Option<Date>,
    pub(super) valid_to: Option<Date>,
    pub(super) status: Option<StatusRecord>,
}

/// Such things stand in the first lines of a text.
const LOOKED_AT: usize = 40;

/// Reads the labels in `markdown`.
pub(super) fn labels(markdown: &str) -> Labels {
    let mut labels = Labels::default();
    for line in markdown.lines().filter(|line| !line.trim().is_empty()).take(LOOKED_AT) {
        let line = line.replace('\\', "");
        if let Some(row) = line.trim().strip_prefix('|') {
            let cells: Vec<_> = row.split('|').map(str::trim).collect();
            cells.windows(2).for_each(|pair| labels.take(pair[0].trim_end_matches(['：', ':']), pair[1]));
        } else if let Some((label, text)) = line.split_once(['：', ':']) {
            labels.take(label, text.trim());
        } else if labels.doc_no.is_none() && is_number(line.trim()) {
            labels.doc_no = Some(line.trim().to_owned());
        }
    }
    labels
}

impl Labels {
    fn take(&mut self, label: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let label: String =
            label.chars().filter(|c| !c.is_whitespace() && !matches!(c, '【' | '】' | '[' | ']' | '*')).collect();
        let first = |slot: &mut Option<String>| {
            slot.get_or_insert_with(|| text.to_owned());
        };
        let date = read_date(text);
        match label.as_str() {
            "标题" | "名称" | "文件名称" | "信息名称" => first(&mut self.title),
            "文号" | "发文字号" | "文件编号" | "发文文号" => first(&mut self.doc_no),
            "发文机关" | "发布机构" | "发布机关" | "制定机关" | "发文单位" => {
                first(&mut self.issuer)
            }
            "成文日期" | "发文日期" | "发布日期" | "公开日期" => {
                self.published_on = self.published_on.or(date)
            }
            "施行日期" | "实施日期" | "生效日期" => self.valid_from = self.valid_from.or(date),
            "失效日期" | "废止日期" | "有效期至" => self.valid_to = self.valid_to.or(date),
            "有效性" | "效力状态" | "时效性" => self.status = self.status.or(status(text)),
            _ => {}
        }
    }
}

fn status(text: &str) -> Option<StatusRecord> {
    match text {
        "有效" | "现行有效" | "是" => Some(StatusRecord::Valid),
        "失效" | "已失效" | "到期" | "已到期" => Some(StatusRecord::Expired),
        "废止" | "已废止" => Some(StatusRecord::Repealed),
        _ => None,
    }
}

/// Tells whether a line is nothing but the number of a document.
fn is_number(line: &str) -> bool {
    let found = figures(line);
    found.first().is_some_and(|figure| !figure.is_amount() && figure.shown == line)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_table_above_the_text_is_read() {
        let found = labels(
            "| 发文机关： | 示例局 | 文  号 | 示发〔2026〕1号 |\n| --- | --- |\n| 成文日期 | 2026年3月1日 | 有效性 | 有效 |\n\n正文",
        );
        assert_eq!(found.issuer.as_deref(), Some("示例局"));
        assert_eq!(found.doc_no.as_deref(), Some("示发〔2026〕1号"));
        assert_eq!((found.published_on, found.status), (Some(date(2026, 3, 1)), Some(StatusRecord::Valid)));
    }

    #[test]
    fn lines_with_a_colon_and_a_number_alone_are_read() {
        let found = labels(
            "财税〔2018〕76号\n\n【有效期至】：2028-12-31\n\n发布机构：财政部\n\n依据国发〔2024〕3号，注意事项：无",
        );
        assert_eq!(found.doc_no.as_deref(), Some("财税〔2018〕76号"));
        assert_eq!((found.valid_to, found.issuer.as_deref()), (Some(date(2028, 12, 31)), Some("财政部")));
    }

    #[test]
    fn text_that_only_mentions_things_says_nothing() {
        assert_eq!(labels("按发文机关要求办理\n\n本办法有效期至：另行通知"), Labels::default());
    }
}
