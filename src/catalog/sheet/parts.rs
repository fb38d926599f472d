//! Records of a topic file as lines of a cell: `营业执照｜复印件｜说明：加盖公章｜可容缺`.
//!
//! What every record has stands first; the rest is labelled or a word of its own, in any order.

use super::super::record::{
    CitationRecord, ContactRecord, CounterRecord, EligibilityRecord, FactRecord, FeeRecord, MaterialRecord,
    PlaceRecord, ThresholdRecord,
};
use super::cell::{CellFault, date, enumerated, joined, parts, shortened, words};
use super::words::{CHARGES, FIELDS, FORMS, LEVELS, OPERATORS, STATUSES, VALUES, Words, all, meaning_of, word_of};

/// A record that stands on a line of a cell.
pub(super) trait Line: Sized {
    fn line(&self) -> String;
    fn read(line: &str) -> Result<Self, CellFault>;
}

/// One record a line.
pub(super) fn cell<T: Line>(records: &[T]) -> String {
    records.iter().map(Line::line).collect::<Vec<_>>().join("\n")
}

/// The mark of a document that may be handed in later.
const TOLERATED: &str = "可容缺";

impl Line for MaterialRecord {
    fn line(&self) -> String {
        let mut parts = vec![self.name.clone(), word_of(FORMS, self.form).to_owned()];
        parts.extend(self.note.as_ref().map(|note| format!("说明：{note}")));
        parts.extend(self.tolerated.then(|| TOLERATED.to_owned()));
        joined(&parts)
    }

    fn read(line: &str) -> Result<Self, CellFault> {
        let mut rest = Rest::new(line, "营业执照｜复印件｜说明：加盖公章｜可容缺");
        let name = rest.first("材料名称")?;
        let (mut form, mut note, mut tolerated) = (None, None, false);
        for part in rest.parts {
            match labelled(&part, &["说明"]) {
                Some((_, text)) => note = Some(text),
                None if part == TOLERATED => tolerated = true,
                None => form = Some(chosen(FORMS, &part)?),
            }
        }
        let form = form.ok_or_else(|| CellFault::new(format!("“{}”没有写形式", shortened(&name)), one_of(FORMS)))?;
        Ok(Self { name, form, note, tolerated })
    }
}

impl Line for PlaceRecord {
    fn line(&self) -> String {
        joined(&[word_of(LEVELS, self.level).to_owned(), self.name.clone()])
    }

    fn read(line: &str) -> Result<Self, CellFault> {
        let [level, name] = Rest::new(line, "区级｜芝罘区政务服务中心综合窗口").all(["层级", "名称"])?;
        Ok(Self { level: chosen(LEVELS, &level)?, name })
    }
}

impl Line for ContactRecord {
    fn line(&self) -> String {
        joined(&[self.name.clone(), self.phone.clone()])
    }

    fn read(line: &str) -> Result<Self, CellFault> {
        let [name, phone] = Rest::new(line, "政务服务便民热线｜12345").all(["名称", "号码"])?;
        Ok(Self { name, phone })
    }
}

impl Line for FeeRecord {
    fn line(&self) -> String {
        joined(&[word_of(CHARGES, self.charged).to_owned(), self.text.clone()])
    }

    fn read(line: &str) -> Result<Self, CellFault> {
        let [charged, text] = Rest::new(line, "不收费｜办理登记不收费").all(["收费或不收费", "说明"])?;
        Ok(Self { charged: chosen(CHARGES, &charged)?, text })
    }
}

impl Line for CounterRecord {
    fn line(&self) -> String {
        joined(&[self.text.clone(), self.topic.clone()])
    }

    fn read(line: &str) -> Result<Self, CellFault> {
        let [text, topic] =
            Rest::new(line, "员工户口怎么迁｜talent/household-registration").all(["问题", "所属主题的编号"])?;
        Ok(Self { text, topic })
    }
}

impl Line for FactRecord {
    fn line(&self) -> String {
        joined(&[self.figure.clone(), self.source.clone()])
    }

    fn read(line: &str) -> Result<Self, CellFault> {
        let [figure, source] = Rest::new(line, "15%｜《企业所得税法》第28条").all(["数字", "出处"])?;
        Ok(Self { figure, source })
    }
}

impl Line for CitationRecord {
    fn line(&self) -> String {
        let label = |label: &str, text: Option<String>| text.map(|text| format!("{label}：{text}"));
        let mut parts = vec![self.title.clone(), word_of(STATUSES, self.status).to_owned()];
        parts.extend(label("文号", self.doc_no.clone()));
        parts.extend(label("机关", self.issuer.clone()));
        parts.extend(label("施行", self.valid_from.map(|date| date.to_string())));
        parts.extend(label("到期", self.valid_to.map(|date| date.to_string())));
        parts.extend(label("链接", self.url.clone()));
        joined(&parts)
    }

    fn read(line: &str) -> Result<Self, CellFault> {
        let mut rest = Rest::new(
            line,
            "文件名称｜现行有效｜文号：……｜机关：……｜施行：2026-01-01｜到期：2028-12-31｜链接：https://……",
        );
        let title = rest.first("文件名称")?;
        let mut status = None;
        let [mut doc_no, mut issuer, mut url] = [const { None }; 3];
        let [mut from, mut to] = [None; 2];
        for part in rest.parts {
            match labelled(&part, &["文号", "机关", "施行", "到期", "链接"]) {
                Some(("文号", text)) => doc_no = Some(text),
                Some(("机关", text)) => issuer = Some(text),
                Some(("施行", text)) => from = Some(date(&text)?),
                Some(("到期", text)) => to = Some(date(&text)?),
                Some((_, text)) => url = Some(text),
                None => status = Some(chosen(STATUSES, &part)?),
            }
        }
        let status =
            status.ok_or_else(|| CellFault::new(format!("“{}”没有写状态", shortened(&title)), one_of(STATUSES)))?;
        Ok(Self { title, doc_no, issuer, valid_from: from, valid_to: to, status, url })
    }
}

impl Line for EligibilityRecord {
    fn line(&self) -> String {
        let value = match &self.value {
            ThresholdRecord::Number(number) => number.to_string(),
            ThresholdRecord::Words(words) => {
                let names: Vec<_> = words.iter().map(|word| name_of_value(word)).collect();
                enumerated(&names)
            }
        };
        let condition = format!("{} {} {value}", word_of(FIELDS, self.field), word_of(OPERATORS, self.op));
        joined(&[self.text.clone(), condition])
    }

    fn read(line: &str) -> Result<Self, CellFault> {
        let [text, condition] =
            Rest::new(line, "从业人数不超过300人｜从业人数 ≤ 300").all(["条件的文字", "指标、比较和数值"])?;
        let fault = || {
            let names = FIELDS.iter().map(|(_, name)| *name).collect::<Vec<_>>().join("、");
            CellFault::new(
                format!("看不懂“{}”", shortened(&condition)),
                format!("写成“从业人数 ≤ 300”或“企业规模 属于 小型企业、微型企业”；指标只能是 {names}"),
            )
        };
        let (field, rest) = FIELDS
            .iter()
            .find_map(|(field, name)| Some((*field, condition.strip_prefix(name)?.trim())))
            .ok_or_else(fault)?;
        let (op, value) =
            OPERATORS.iter().find_map(|(op, word)| Some((*op, rest.strip_prefix(word)?.trim()))).ok_or_else(fault)?;
        let value = if field.words().is_none() {
            ThresholdRecord::Number(value.trim_end_matches(['%', '％']).trim().parse().map_err(|_| fault())?)
        } else {
            ThresholdRecord::Words(words(value).iter().map(|word| meaning_of_value(word)).collect())
        };
        Ok(Self { field, op, value, text })
    }
}

/// What officials write for a word of a condition; free words stand for themselves.
fn name_of_value(word: &str) -> String {
    VALUES.iter().find(|(known, _)| *known == word).map_or(word, |(_, name)| name).to_owned()
}

fn meaning_of_value(name: &str) -> String {
    VALUES.iter().find(|(_, known)| *known == name).map_or(name, |(word, _)| word).to_owned()
}

/// The parts of a line that have not been read yet.
struct Rest {
    parts: std::vec::IntoIter<String>,
    /// How such a line is written.
    example: &'static str,
}

impl Rest {
    fn new(line: &str, example: &'static str) -> Self {
        Self { parts: parts(line).into_iter(), example }
    }

    fn first(&mut self, what: &str) -> Result<String, CellFault> {
        self.parts.next().filter(|part| !part.is_empty()).ok_or_else(|| self.fault(what))
    }

    /// Exactly the parts called `names`.
    fn all<const N: usize>(mut self, names: [&str; N]) -> Result<[String; N], CellFault> {
        let mut all = [const { String::new() }; N];
        for (part, name) in all.iter_mut().zip(names) {
            *part = self.first(name)?;
        }
        match self.parts.next().filter(|part| !part.is_empty()) {
            Some(more) => Err(CellFault::new(format!("多出“{}”", shortened(&more)), self.hint())),
            None => Ok(all),
        }
    }

    fn fault(&self, what: &str) -> CellFault {
        CellFault::new(format!("没有写{what}"), self.hint())
    }

    fn hint(&self) -> String {
        format!("每行写一个，用“｜”隔开，例如：{}", self.example)
    }
}

/// The label and the text of `part`, where it begins with one of `labels`.
fn labelled<'a>(part: &str, labels: &[&'a str]) -> Option<(&'a str, String)> {
    let (label, text) = part.split_once(['：', ':'])?;
    let label = labels.iter().find(|known| **known == label.trim())?;
    (!text.trim().is_empty()).then(|| (*label, text.trim().to_owned()))
}

/// What `word` stands for, or a fault that names the words to choose from.
pub(super) fn chosen<T: Copy + serde::de::DeserializeOwned>(words: &Words<T>, word: &str) -> Result<T, CellFault> {
    meaning_of(words, word).ok_or_else(|| CellFault::new(format!("不能是“{}”", shortened(word)), one_of(words)))
}

fn one_of<T>(words: &Words<T>) -> String {
    format!("只能是 {}", all(words).join("、"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads `line` and writes it again.
    #[track_caller]
    fn check<T: Line>(line: &str, expected: &str) {
        let written = T::read(line).map(|record| record.line()).unwrap_or_else(|fault| fault.message);
        assert_eq!(written, expected, "{line}");
    }

    #[test]
    fn labels_and_marks_may_stand_in_any_order() {
        check::<MaterialRecord>("营业执照|可容缺|说明:盖章 | 复印件", "营业执照｜复印件｜说明：盖章｜可容缺");
        check::<CitationRecord>(
            "办法｜链接：https://a.cn/b?c=1:2｜到期：2028年1月2日｜待核实｜文号：国发〔2024〕3号",
            "办法｜待核实｜文号：国发〔2024〕3号｜到期：2028-01-02｜链接：https://a.cn/b?c=1:2",
        );
    }

    #[test]
    fn conditions_are_read_in_words() {
        check::<EligibilityRecord>("不超过300人｜从业人数≤300", "不超过300人｜从业人数 ≤ 300");
        check::<EligibilityRecord>("占比｜研发费用占比（%） ≥ 2.5%", "占比｜研发费用占比（%） ≥ 2.5");
        check::<EligibilityRecord>("小微｜企业规模 属于 小型企业、微型企业", "小微｜企业规模 属于 小型企业、微型企业");
        check::<EligibilityRecord>("除外｜行业 不属于 烟草", "除外｜行业 不属于 烟草");
        check::<EligibilityRecord>("人少｜人数 ≤ 3", "看不懂“人数 ≤ 3”");
    }

    #[test]
    fn what_is_missing_or_too_much_is_told() {
        check::<MaterialRecord>("营业执照", "“营业执照”没有写形式");
        check::<MaterialRecord>("营业执照｜照片", "不能是“照片”");
        check::<ContactRecord>("热线", "没有写号码");
        check::<ContactRecord>("热线｜12345｜另一个", "多出“另一个”");
        check::<PlaceRecord>("市级｜大厅", "不能是“市级”");
        check::<CitationRecord>("办法｜施行：明年｜现行有效", "“明年”不是日期");
    }
}
