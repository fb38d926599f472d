//! Percentages, percentage points and amounts of money in a text.

use super::number::{Number, ONE, arabic, chinese, magnitude, skip_spaces};
use super::{Figure, Meaning};

/// Currencies, longer words first.
const CURRENCIES: [(&str, &str); 9] = [
    ("人民币", "元"),
    ("美元", "美元"),
    ("欧元", "欧元"),
    ("港元", "港元"),
    ("港币", "港元"),
    ("日元", "日元"),
    ("英镑", "英镑"),
    ("元", "元"),
    ("块钱", "元"),
];

/// Words that begin with 元 and are no money.
const NOT_MONEY: [char; 8] = ['旦', '件', '宵', '素', '器', '首', '老', '宇'];

/// Every percentage and amount of money, in order.
pub(super) fn amounts(chars: &[char]) -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let found = share_in_words(chars, at).or_else(|| quantity(chars, at)).or_else(|| money_in_words(chars, at));
        match found {
            Some((found, end)) => {
                figures.extend(found);
                at = end;
            }
            None => at = after_number(chars, at),
        }
    }
    figures
}

/// Past a number that is no figure, so that its tail is not read as another number.
fn after_number(chars: &[char], at: usize) -> usize {
    arabic(chars, at).map_or(at + 1, |number| number.end)
}

/// What stands behind a number.
#[derive(Clone, Copy)]
enum Unit {
    Share(i128),
    Points,
    Money(i128, &'static str),
}

/// A number with a unit at `start`, or both ends of a range that share one.
fn quantity(chars: &[char], start: usize) -> Option<(Vec<Figure>, usize)> {
    let number = arabic(chars, start)?;
    if let Some((unit, end)) = unit(chars, number.end) {
        return Some((vec![figure(chars, start, &number, end, unit)], end));
    }
    let (factor, own_end) = magnitude(chars, number.end);
    let second_start = range_sign(chars, own_end)?;
    let second = arabic(chars, second_start)?;
    let (unit, end) = unit(chars, second.end)?;
    let unit_of_first = match unit {
        Unit::Money(_, currency) if own_end > number.end => Unit::Money(factor, currency),
        other => other,
    };
    let mut first = figure(chars, start, &number, number.end, unit_of_first);
    first.shown.push_str(&shown_unit(chars, number.end, own_end, second.end, end));
    Some((vec![first, figure(chars, second_start, &second, end, unit)], end))
}

/// The unit of the first end of a range: its own magnitude with the currency of the second, or all of the second's.
fn shown_unit(chars: &[char], own: usize, own_end: usize, shared: usize, end: usize) -> String {
    if own_end == own {
        return chars[shared..end].iter().collect();
    }
    let currency = magnitude(chars, skip_spaces(chars, shared)).1;
    chars[own..own_end].iter().chain(&chars[currency..end]).collect()
}

fn range_sign(chars: &[char], start: usize) -> Option<usize> {
    let at = skip_spaces(chars, start);
    let signs = chars[at..].iter().take_while(|c| matches!(c, '-' | '至' | '到')).count();
    (signs > 0).then(|| skip_spaces(chars, at + signs))
}

fn figure(chars: &[char], start: usize, number: &Number, end: usize, unit: Unit) -> Figure {
    let meaning = match unit {
        Unit::Share(per) => Meaning::Share(number.value / per),
        Unit::Points => Meaning::Points(number.value),
        Unit::Money(factor, currency) => Meaning::Money(number.value.saturating_mul(factor), currency),
    };
    Figure { shown: chars[start..end].iter().collect(), meaning }
}

fn unit(chars: &[char], start: usize) -> Option<(Unit, usize)> {
    let at = skip_spaces(chars, start);
    match chars.get(at) {
        Some('%') => return Some((Unit::Share(100), at + 1)),
        Some('‰') => return Some((Unit::Share(1000), at + 1)),
        _ => {}
    }
    for word in ["个百分点", "百分点"] {
        if starts_with(chars, at, word) {
            return Some((Unit::Points, at + word.chars().count()));
        }
    }
    let (factor, at) = magnitude(chars, at);
    let (currency, end) = currency(chars, at)?;
    Some((Unit::Money(factor, currency), end))
}

fn starts_with(chars: &[char], start: usize, word: &str) -> bool {
    word.chars().enumerate().all(|(at, c)| chars.get(start + at) == Some(&c))
}

fn currency(chars: &[char], start: usize) -> Option<(&'static str, usize)> {
    let (word, currency) = CURRENCIES.iter().find(|(word, _)| starts_with(chars, start, word))?;
    let end = start + word.chars().count();
    let is_other_word = *word == "元" && chars.get(end).is_some_and(|c| NOT_MONEY.contains(c));
    (!is_other_word).then_some((*currency, end))
}

/// `百分之十五`, `千分之三`, `万分之五`.
fn share_in_words(chars: &[char], start: usize) -> Option<(Vec<Figure>, usize)> {
    let per = match chars.get(start)? {
        '百' => 100,
        '千' => 1000,
        '万' => 10_000,
        _ => return None,
    };
    if chars.get(start + 1..start + 3)? != ['分', '之'] {
        return None;
    }
    let number = arabic(chars, start + 3).or_else(|| chinese(chars, start + 3))?;
    let shown = chars[start..number.end].iter().collect();
    Some((vec![Figure { shown, meaning: Meaning::Share(number.value / per) }], number.end))
}

/// `三十万元`; not `几万元`, `数十万元` or `一元`, which are vague or no money.
fn money_in_words(chars: &[char], start: usize) -> Option<(Vec<Figure>, usize)> {
    let is_tail = start > 0 && "几数上近成每第多百千万亿十零一二三四五六七八九两".contains(chars[start - 1]);
    if is_tail {
        return None;
    }
    let number = chinese(chars, start)?;
    let (factor, at) = magnitude(chars, number.end);
    let (currency, end) = currency(chars, at)?;
    let is_large = number.value.saturating_mul(factor) >= 100 * ONE;
    let shown = chars[start..end].iter().collect();
    let meaning = Meaning::Money(number.value.saturating_mul(factor), currency);
    is_large.then(|| (vec![Figure { shown, meaning }], end))
}
