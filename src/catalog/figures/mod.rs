//! The figures in a text: document numbers, percentages and amounts of money.
//!
//! An answer must not state a figure without a source, so every figure in a topic has to be declared in its `facts` or as the
//! number of a citation. Figures are compared by what they mean: `2万元` is `20000元`, `财税[2018]76号` is `财税〔2018〕76号`.
//! Days, headcounts and scores are not looked at.

mod amount;
mod document;
mod number;

use amount::amounts;
use document::{DocumentNumber, document_numbers};

/// A figure as it stands in a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Figure {
    /// How it is written.
    pub(super) shown: String,
    meaning: Meaning,
}

#[derive(Clone, Debug, PartialEq)]
enum Meaning {
    Document(DocumentNumber),
    /// In millionths of one.
    Share(i128),
    /// Percentage points, in millionths of one.
    Points(i128),
    /// In millionths of a unit of the currency.
    Money(i128, &'static str),
}

impl Figure {
    /// Tells whether the figure is an amount or a percentage rather than the number of a document.
    pub(super) fn is_amount(&self) -> bool {
        !matches!(self.meaning, Meaning::Document(_))
    }

    /// Tells whether `other` means the same.
    ///
    /// A document number may leave out the first issuers: `公告2023年第7号` is `财政部 税务总局公告2023年第7号`.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (&self.meaning, &other.meaning) {
            (Meaning::Document(a), Meaning::Document(b)) => a.is_same(b),
            (a, b) => a == b,
        }
    }
}

/// Every figure in `text`, document numbers first.
pub(super) fn figures(text: &str) -> Vec<Figure> {
    let chars: Vec<char> = text.chars().map(plain).collect();
    let mut figures = document_numbers(&chars);
    figures.extend(amounts(&chars));
    figures
}

/// Full-width digits, letters and signs as plain ones; brackets around years as one kind.
fn plain(c: char) -> char {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '％' => '%',
        '．' => '.',
        '[' | '［' | '【' | '(' | '（' | '〔' | '﹝' => '〔',
        ']' | '］' | '】' | ')' | '）' | '〕' | '﹞' => '〕',
        '～' | '~' | '〜' | '—' | '–' | '－' => '-',
        '\u{3000}' => ' ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<_> = figures(text).into_iter().map(|figure| figure.shown).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[track_caller]
    fn check_same(a: &str, b: &str, expected: bool) {
        let (a, b) = (figures(a), figures(b));
        assert_eq!(a[0].is_same(&b[0]), expected, "{a:?} {b:?}");
    }

    #[test]
    fn percentages_and_money_are_found_with_their_units() {
        check("按100％扣除,最高500万元,税率1.5%", &["100%", "500万元", "1.5%"]);
    }

    #[test]
    fn both_ends_of_a_range_are_figures() {
        check("补贴3万至5万元,或2-5%", &["3万元", "5万元", "2%", "5%"]);
        check("1000—3000元", &["1000元", "3000元"]);
        check("1、500元;2026-12-31前付5%", &["500元", "5%"]);
    }

    #[test]
    fn thousands_are_grouped_by_commas() {
        check_same("1,000元", "1000元", true);
        check("第1,2类每类300元", &["300元"]);
    }

    #[test]
    fn shares_in_words_are_figures() {
        check("减按百分之十五缴纳,滞纳金万分之五", &["百分之十五", "万分之五"]);
        check_same("百分之十五", "15%", true);
        check_same("万分之五", "0.5‰", true);
    }

    #[test]
    fn percentage_points_are_not_percentages() {
        check("贴息1.5个百分点", &["1.5个百分点"]);
        check_same("1.5个百分点", "1.50个百分点", true);
        check_same("1个百分点", "1%", false);
    }

    #[test]
    fn money_in_words_is_a_figure_but_vague_money_is_not() {
        check("注册资本三十万元", &["三十万元"]);
        check_same("三十万元", "30万元", true);
        check("几万元、数十万元、上千元、多元、一元化、每万元", &[]);
    }

    #[test]
    fn days_people_scores_and_dates_are_no_figures() {
        check("2026-12-31前20个工作日内,300人,70分,2026年元旦,10元件", &[]);
    }

    #[test]
    fn document_numbers_are_found_in_every_notation() {
        check("依据财税〔2018〕76号", &["财税〔2018〕76号"]);
        check("财政部 税务总局公告2023年第7号", &["财政部 税务总局公告2023年第7号"]);
        check("见国务院令第746号第3条和财税〔2018〕76号", &["国务院令第746号", "财税〔2018〕76号"]);
        check("在3号窗口,坐12号线", &[]);
    }

    #[test]
    fn brackets_and_spaces_do_not_make_another_document() {
        check_same("财税[2018]76号", "财税 〔2018〕 76号", true);
        check_same("财税〔2018〕76号", "财税〔2018〕77号", false);
        check_same("财税〔2018〕76号", "国发〔2018〕76号", false);
    }

    #[test]
    fn the_first_issuers_may_be_left_out() {
        check_same("公告2023年第7号", "财政部 税务总局公告2023年第7号", true);
        check_same("2023年第7号公告", "财政部 税务总局公告2023年第7号", true);
        check_same("令第775号", "国务院令第775号", true);
    }

    #[test]
    fn money_is_compared_by_value_and_currency() {
        check_same("2万元", "20000元", true);
        check_same("100万美元", "100万元", false);
    }
}
