//! Numbers, amounts, periods and dates as people write them, made comparable: `三十万`, `30万元` and `300,000` are one amount.
//!
//! What is recognised needs a unit or a size word, so that 六税两费, 一照多址 and 四证齐发 stay words. Absent on purpose: what a
//! number means for a policy; here it is only a term that equals itself however it is written.

use std::ops::Range;

/// A number with its unit, where it stands, and the term by which it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// The same for every way of writing it, such as `=300000`, `=15%`, `=5年` or `=2024-3-5`.
    pub term: String,
}

/// Finds the quantities in a normalised text, from left to right, none within another.
///
/// # Examples
///
/// ```
/// # use zhengqitong::domain::text::quantity::quantities;
/// let terms = |text| quantities(text).into_iter().map(|found| found.term).collect::<Vec<_>>();
/// assert_eq!(terms("三十万以下五年内"), terms("30万元以下5年内"));
/// assert_eq!(terms("税率百分之十五"), ["=15%"]);
/// assert!(terms("六税两费").is_empty());
/// ```
#[must_use]
pub fn quantities(text: &str) -> Vec<Quantity> {
    let reader = Reader::new(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < reader.chars.len() {
        match reader.date(at).or_else(|| reader.quantity(at)) {
            Some((end, term)) => {
                found.push(Quantity { range: reader.byte(at)..reader.byte(end), term: format!("={term}") });
                at = end;
            }
            // A number without a unit is passed over as a whole: `123万` must not be read as `23万` either.
            None => at = reader.number(at).map_or(at + 1, |number| number.end),
        }
    }
    found
}

/// Units by their longest spelling first, with what they are called here; a bare amount of money has no unit.
const UNITS: &[(&str, &str)] = &[
    ("个百分点", "%"),
    ("百分点", "%"),
    ("个点", "%"),
    ("%", "%"),
    ("个工作日", "天"),
    ("工作日", "天"),
    ("自然日", "天"),
    ("小时", "小时"),
    ("个月", "个月"),
    ("周岁", "岁"),
    ("平方米", "平"),
    ("平米", "平"),
    ("年", "年"),
    ("月", "月"),
    ("天", "天"),
    ("日", "天"),
    ("人", "人"),
    ("名", "人"),
    ("岁", "岁"),
    ("平", "平"),
    ("亩", "亩"),
];

/// Characters behind 成 with which it is a word of its own (成立) and not a tenth.
const AFTER_CHENG: &str = "立为本功员长都交";

/// A value without the noise of binary fractions.
fn plain(value: f64) -> String {
    ((value * 10_000.0).round() / 10_000.0).to_string()
}

/// A number that was read.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Number {
    value: f64,
    /// Behind its last character.
    end: usize,
    /// Whether a word such as 百 or 万 gives it a size, so that it is a number even without a unit.
    is_sized: bool,
}

struct Reader {
    chars: Vec<char>,
    /// Byte offset of each character, and of the end.
    offsets: Vec<usize>,
}

impl Reader {
    fn new(text: &str) -> Self {
        let offsets = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        Self { chars: text.chars().collect(), offsets }
    }

    fn byte(&self, at: usize) -> usize {
        self.offsets[at]
    }

    fn char(&self, at: usize) -> Option<char> {
        self.chars.get(at).copied()
    }

    fn has(&self, at: usize, word: &str) -> bool {
        word.chars().zip(at..).all(|(c, at)| self.char(at) == Some(c))
    }

    /// `2024年3月5日`, `2024-03-05`, `2024.3`, `3月5日`.
    fn date(&self, at: usize) -> Option<(usize, String)> {
        let joined = |end: usize, words: &str| {
            let separator = self.char(end).filter(|c| matches!(c, '-' | '/' | '.') || words.contains(*c));
            separator.and_then(|_| self.digits(end + 1))
        };
        let (first, end) = self.digits(at)?;
        if (1900..2100).contains(&first) {
            let (month, end) = joined(end, "年").filter(|(month, _)| (1..=12).contains(month))?;
            if let Some((day, end)) = joined(end, "月").filter(|(day, _)| (1..=31).contains(day)) {
                return Some((self.past(end, "日号"), format!("{first}-{month}-{day}")));
            }
            return (self.char(end) == Some('月')).then(|| (end + 1, format!("{first}-{month}")));
        }
        let is_month = (1..=12).contains(&first) && self.char(end) == Some('月');
        let (day, end) = if is_month { self.digits(end + 1)? } else { return None };
        let end = matches!(self.char(end), Some('日' | '号')).then_some(end + 1)?;
        (1..=31).contains(&day).then(|| (end, format!("{first}-{day}")))
    }

    /// A whole number in plain digits that does not go on to the left.
    fn digits(&self, at: usize) -> Option<(u32, usize)> {
        let is_digit = |at: usize| self.char(at).is_some_and(|c| c.is_ascii_digit());
        let end = (at..at + 5).find(|at| !is_digit(*at)).filter(|end| *end > at)?;
        let digits: String = self.chars[at..end].iter().collect();
        Some((digits.parse().ok()?, end))
    }

    /// One further when one of `words` stands there.
    fn past(&self, at: usize, words: &str) -> usize {
        at + usize::from(self.char(at).is_some_and(|c| words.contains(c)))
    }

    fn quantity(&self, at: usize) -> Option<(usize, String)> {
        if self.has(at, "百分之") {
            let number = self.number(at + 3)?;
            return Some((number.end, format!("{}%", plain(number.value))));
        }
        if self.has(at, "半年") {
            return Some((at + 2, "6个月".to_owned()));
        }
        let number = self.number(at)?;
        let mut end = number.end;
        // 二十多年, 三十来人
        if matches!(self.char(end), Some('多' | '来' | '余')) {
            end += 1;
        }
        if let Some((unit, name)) = UNITS.iter().find(|(unit, _)| self.has(end, unit)) {
            return Some((end + unit.chars().count(), format!("{}{name}", plain(number.value))));
        }
        let is_share =
            self.char(number.end) == Some('成') && !self.char(number.end + 1).is_some_and(|c| AFTER_CHENG.contains(c));
        if is_share {
            return Some((number.end + 1, format!("{}%", plain(number.value * 10.0))));
        }
        let money = [("万元", 10_000.0), ("元", 1.0), ("块钱", 1.0), ("块", 1.0)];
        match money.iter().find(|(word, _)| self.has(number.end, word)) {
            Some((word, size)) => Some((number.end + word.chars().count(), plain(number.value * size))),
            None => number.is_sized.then(|| (number.end, plain(number.value))),
        }
    }

    fn number(&self, at: usize) -> Option<Number> {
        self.latin_number(at).or_else(|| self.chinese_number(at))
    }

    /// `300,000`, `3.5万`, `500万`, `2千`.
    fn latin_number(&self, at: usize) -> Option<Number> {
        let is_digit = |at: usize| self.char(at).is_some_and(|c| c.is_ascii_digit());
        if !is_digit(at) {
            return None;
        }
        let mut end = at;
        let mut text = String::new();
        while let Some(c) = self.char(end) {
            match c {
                '0'..='9' => text.push(c),
                '.' if is_digit(end + 1) && !text.contains('.') => text.push(c),
                ',' if (1..=3).all(|n| is_digit(end + n)) => {}
                _ => break,
            }
            end += 1;
        }
        let mut value: f64 = text.parse().ok()?;
        let digits_end = end;
        let mut size_at = if matches!(self.char(end), Some('多' | '来' | '余')) { end + 1 } else { end };
        while let Some(size) = self.char(size_at).and_then(size_of) {
            value *= size;
            size_at += 1;
            end = size_at;
        }
        Some(Number { value, end, is_sized: end > digits_end })
    }

    /// `三十万`, `一万二`, `两百来万`, `十五`, `二〇二四`.
    fn chinese_number(&self, at: usize) -> Option<Number> {
        let plain: Vec<u32> = self.chars[at..].iter().map_while(|c| digit_of(*c)).take(9).collect();
        let is_followed_by_size = self.char(at + plain.len()).and_then(size_of).is_some();
        if plain.len() >= 2 && !is_followed_by_size {
            let value = plain.iter().fold(0.0, |value, digit| value * 10.0 + f64::from(*digit));
            return Some(Number { value, end: at + plain.len(), is_sized: false });
        }
        let mut sum = Sum::default();
        let mut end = at;
        while let Some(c) = self.char(end) {
            if let Some(digit) = digit_of(c) {
                sum.digit(f64::from(digit));
            } else if let Some(size) = size_of(c) {
                sum.size(size);
            } else if !(matches!(c, '多' | '来' | '余' | '几')
                && end > at
                && self.char(end + 1).and_then(size_of).is_some())
            {
                break;
            }
            end += 1;
        }
        // 万 and 亿 alone are words (万元, 亿达), 十 and a digit alone are numbers.
        let is_number = digit_of(*self.chars.get(at)?).is_some() || self.char(at) == Some('十');
        (end > at && is_number).then(|| Number { value: sum.value(), end, is_sized: sum.last_size >= 100.0 })
    }
}

/// A Chinese number while it is read.
#[derive(Default)]
struct Sum {
    total: f64,
    section: f64,
    digit: Option<f64>,
    last_size: f64,
}

impl Sum {
    fn digit(&mut self, digit: f64) {
        self.digit = Some(digit);
    }

    fn size(&mut self, size: f64) {
        if size >= 10_000.0 {
            let section = self.section + self.digit.take().unwrap_or(0.0);
            self.total += if section == 0.0 { 1.0 } else { section } * size;
            self.section = 0.0;
        } else {
            self.section += self.digit.take().unwrap_or(1.0) * size;
        }
        self.last_size = size;
    }

    /// 一万二 ends with a digit of the next smaller size.
    fn value(&self) -> f64 {
        let rest = match self.digit {
            Some(digit) if self.last_size >= 100.0 && digit > 0.0 => digit * self.last_size / 10.0,
            Some(digit) => digit,
            None => 0.0,
        };
        self.total + self.section + rest
    }
}

fn digit_of(c: char) -> Option<u32> {
    Some(match c {
        '零' | '〇' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '贰' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

fn size_of(c: char) -> Option<f64> {
    Some(match c {
        '十' | '拾' => 10.0,
        '百' | '佰' => 100.0,
        '千' | '仟' => 1_000.0,
        '万' => 10_000.0,
        '亿' => 100_000_000.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let terms: Vec<_> = quantities(text).into_iter().map(|found| found.term).collect();
        assert_eq!(terms, expected, "{text}");
    }

    #[test]
    fn amounts_are_equal_however_they_are_written() {
        for text in ["三十万", "30万", "30万元", "300000元", "300,000元", "叁拾万元", "30万块钱"] {
            check(text, &["=300000"]);
        }
        for text in ["一万二", "1.2万", "12000块", "一万两千"] {
            check(text, &["=12000"]);
        }
        check("两百来万", &["=2000000"]);
        check("八十多万", &["=800000"]);
        check("10多万", &["=100000"]);
        check("2亿元", &["=200000000"]);
    }

    #[test]
    fn periods_shares_people_and_areas_keep_their_unit() {
        check("五年内", &["=5年"]);
        check("两年没开张", &["=2年"]);
        check("半年", &["=6个月"]);
        check("20个工作日", &["=20天"]);
        check("百分之十五", &["=15%"]);
        check("15个点", &["=15%"]);
        check("三成", &["=30%"]);
        check("四十人", &["=40人"]);
        check("三百五十平的火锅店", &["=350平"]);
    }

    #[test]
    fn dates_are_equal_however_they_are_written() {
        for text in ["2024年3月5日", "2024-03-05", "2024/3/5", "2024.3.5"] {
            check(text, &["=2024-3-5"]);
        }
        check("6月30日前", &["=6-30"]);
        check("2026年年报", &["=2026年"]);
        check("二〇二六年", &["=2026年"]);
    }

    #[test]
    fn words_with_numerals_in_them_are_not_numbers() {
        for text in [
            "六税两费",
            "一照多址",
            "一业一证",
            "四证齐发",
            "双百计划",
            "三零服务",
            "一件事",
            "万华",
            "千方百计",
            "公司一成立",
        ] {
            check(text, &[]);
        }
    }

    proptest! {
        #[test]
        fn hostile_text_is_read_without_panic(text in "[零一二十百万亿年月%0-9.,\\-a成半分之多来]{0,60}") {
            for found in quantities(&text) {
                prop_assert!(text.get(found.range).is_some());
            }
        }
    }
}
