//! Document numbers (文号) in a text: `财税〔2018〕76号`, `公告2023年第7号`, `国务院令第746号`.

use super::{Figure, Meaning};

/// How far back the issuer of a document is looked for.
const MAX_ISSUER_CHARS: usize = 40;

/// Words that may stand before an issuer and do not belong to it.
const LEAD_INS: [&str; 9] = ["依据", "根据", "按照", "参照", "按", "的", "为", "号和", "条和"];

/// The number of a document, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DocumentNumber {
    /// The words before the number, without spaces; may begin with words that do not belong to it.
    issuer: Vec<char>,
    year: Option<u32>,
    number: u32,
}

impl DocumentNumber {
    /// Tells whether two numbers are the same document: same year and number, and issuers that end alike.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let alike = self.issuer.iter().rev().zip(other.issuer.iter().rev()).take_while(|(a, b)| a == b).count();
        let needed = self.issuer.len().min(other.issuer.len()).min(2);
        (self.year, self.number) == (other.year, other.number) && alike >= needed
    }
}

/// Every document number, in order.
pub(super) fn document_numbers(chars: &[char]) -> Vec<Figure> {
    (0..chars.len()).filter(|at| chars[*at] == '号').filter_map(|at| ending_at(chars, at)).collect()
}

/// The document number whose 号 stands at `sign`.
fn ending_at(chars: &[char], sign: usize) -> Option<Figure> {
    let (number, start) = digits_before(chars, sign, 5)?;
    let mut at = before_spaces(chars, start);
    let has_ordinal = at > 0 && chars[at - 1] == '第';
    if has_ordinal {
        at = before_spaces(chars, at - 1);
    }
    let (year, issuer_end) = match chars.get(at.checked_sub(1)?)? {
        '〕' => year_before(chars, at - 1)
            .filter(|(_, start)| *start > 0 && chars[start - 1] == '〔')
            .map(|(y, s)| (Some(y), s - 1))?,
        '年' if has_ordinal => year_before(chars, at - 1).map(|(year, start)| (Some(year), start))?,
        '令' if has_ordinal => (None, at),
        _ => return None,
    };
    let issuer_start = issuer_start(chars, issuer_end);
    let mut issuer: Vec<char> =
        chars[issuer_start..issuer_end].iter().filter(|c| !c.is_whitespace()).copied().collect();
    let kind = ["公告", "令"].into_iter().find(|kind| starts_with(&chars[sign + 1..], kind));
    let end = sign + 1 + kind.map_or(0, |kind| kind.chars().count());
    issuer.extend(kind.unwrap_or_default().chars());
    if issuer.is_empty() {
        return None;
    }
    let shown = chars[issuer_start..end].iter().collect();
    Some(Figure { shown, meaning: Meaning::Document(DocumentNumber { issuer, year, number }) })
}

/// A number of at most `most` digits that ends before `end`, with its start.
fn digits_before(chars: &[char], end: usize, most: usize) -> Option<(u32, usize)> {
    let end = before_spaces(chars, end);
    let count = chars[..end].iter().rev().take_while(|c| c.is_ascii_digit()).count();
    let number = chars[end - count..end].iter().collect::<String>();
    (1..=most).contains(&count).then(|| number.parse().ok().map(|number| (number, end - count)))?
}

fn year_before(chars: &[char], end: usize) -> Option<(u32, usize)> {
    digits_before(chars, end, 4).filter(|(year, _)| (1949..=2100).contains(year))
}

/// Where the issuer that ends before `end` begins.
fn issuer_start(chars: &[char], end: usize) -> usize {
    let is_part = |c: &&char| c.is_alphabetic() || **c == ' ';
    let count = chars[..end].iter().rev().take(MAX_ISSUER_CHARS).take_while(is_part).count();
    let after_lead_ins = (end - count..end).filter_map(|at| {
        let word = LEAD_INS.iter().find(|word| starts_with(&chars[at..end], word))?;
        Some(at + word.chars().count())
    });
    let mut start = after_lead_ins.max().unwrap_or(end - count);
    while start < end && matches!(chars[start], ' ' | '和' | '及' | '与' | '或' | '见') {
        start += 1;
    }
    start
}

fn before_spaces(chars: &[char], end: usize) -> usize {
    end - chars[..end].iter().rev().take_while(|c| c.is_whitespace()).count()
}

fn starts_with(chars: &[char], word: &str) -> bool {
    word.chars().enumerate().all(|(at, c)| chars.get(at) == Some(&c))
}
