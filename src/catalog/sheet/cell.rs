//! How cells hold lists and records: one a line, parts between `｜`.
//!
//! A sign that would be taken for a separator stands behind a backslash, so any text survives: `\｜`, `\|`, `\、`, `\n`, `\\`.

use jiff::civil::Date;

/// What separates the parts of a line.
const BAR: char = '｜';

/// A cell that cannot be read: what is wrong, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CellFault {
    pub(crate) message: String,
    pub(crate) hint: String,
}

impl CellFault {
    pub(super) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }
}

/// One line a text.
pub(super) fn list(texts: &[String]) -> String {
    texts.iter().map(|text| escaped(text, &[])).collect::<Vec<_>>().join("\n")
}

/// The texts of a cell, one a line; empty lines are passed over.
pub(super) fn texts(cell: &str) -> Vec<String> {
    lines(cell).map(|(_, line)| unescaped(line)).collect()
}

/// The lines of a cell that hold anything, with their numbers from 1.
pub(super) fn lines(cell: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(cell.lines()).map(|(number, line)| (number, line.trim())).filter(|(_, line)| !line.is_empty())
}

/// Parts as one line, without the empty ones at its end.
pub(super) fn joined(parts: &[String]) -> String {
    let filled = parts.iter().rposition(|part| !part.is_empty()).map_or(0, |last| last + 1);
    let escaped: Vec<_> = parts[..filled].iter().map(|part| escaped(part, &[BAR, '|'])).collect();
    escaped.join("｜")
}

/// The parts of a line.
pub(super) fn parts(line: &str) -> Vec<String> {
    split(line, &[BAR, '|']).into_iter().map(|part| unescaped(part.trim())).collect()
}

/// Words as one text.
pub(super) fn enumerated(words: &[String]) -> String {
    words.iter().map(|word| escaped(word, &['、'])).collect::<Vec<_>>().join("、")
}

/// The words of a text.
pub(super) fn words(text: &str) -> Vec<String> {
    split(text, &['、']).into_iter().map(|word| unescaped(word.trim())).filter(|word| !word.is_empty()).collect()
}

fn escaped(text: &str, separators: &[char]) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '\n' => escaped.push_str("\\n"),
            '\\' => escaped.push_str("\\\\"),
            c if separators.contains(&c) => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Undoes what [`escaped`] does; any other backslash is one.
fn unescaped(text: &str) -> String {
    let mut unescaped = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = if c == '\\' { chars.peek().copied() } else { None };
        match next {
            Some('n') => unescaped.push('\n'),
            Some(sign @ ('\\' | '｜' | '|' | '、')) => unescaped.push(sign),
            _ => {
                unescaped.push(c);
                continue;
            }
        }
        chars.next();
    }
    unescaped
}

/// `text` at every separator that no backslash stands before.
fn split<'a>(text: &'a str, separators: &[char]) -> Vec<&'a str> {
    let mut pieces = Vec::new();
    let (mut start, mut is_escaped) = (0, false);
    for (at, c) in text.char_indices() {
        if is_escaped {
            is_escaped = false;
        } else if c == '\\' {
            is_escaped = true;
        } else if separators.contains(&c) {
            pieces.push(&text[start..at]);
            start = at + c.len_utf8();
        }
    }
    pieces.push(&text[start..]);
    pieces
}

/// A date in any of the ways officials write it.
pub(super) fn date(text: &str) -> Result<Date, CellFault> {
    let plain = text.replace(['年', '月', '/', '.'], "-").replace('日', "");
    let numbers: Option<Vec<i16>> = plain.split('-').map(|number| number.trim().parse().ok()).collect();
    let date = match numbers.as_deref() {
        Some([year, month, day]) => i8::try_from(*month)
            .ok()
            .zip(i8::try_from(*day).ok())
            .and_then(|(month, day)| Date::new(*year, month, day).ok()),
        _ => None,
    };
    date.filter(|date| date.year() > 1900)
        .ok_or_else(|| CellFault::new(format!("“{}”不是日期", shortened(text)), "写成 2026-12-31 的样子"))
}

/// A number of days.
pub(super) fn days(text: &str) -> Result<u32, CellFault> {
    let digits = text.trim_end_matches(['天', '日']).trim();
    digits
        .parse()
        .map_err(|_| CellFault::new(format!("“{}”不是天数", shortened(text)), "只写数字，例如 20；没有就留空"))
}

/// A text for a message.
pub(crate) fn shortened(text: &str) -> String {
    const LONGEST: usize = 30;
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= LONGEST { line.to_owned() } else { line.chars().take(LONGEST).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_are_read_as_officials_write_them() {
        for text in ["2026-12-31", "2026/12/31", "2026.12.31", "2026年12月31日", " 2026-12-31 "] {
            assert_eq!(date(text).unwrap(), jiff::civil::date(2026, 12, 31), "{text}");
        }
        for text in ["2026-13-01", "明年", "46387", "26-1-1", ""] {
            assert!(date(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_backslash_that_means_nothing_is_one() {
        assert_eq!(parts(r"C:\temp｜a\|b|c"), [r"C:\temp", "a|b", "c"]);
    }

    proptest! {
        #[test]
        fn any_text_survives_a_cell(texts in proptest::collection::vec(r"x[a年｜|、\\n\n：]{0,6}x", 1..4)) {
            prop_assert_eq!(&super::texts(&list(&texts)), &texts);
            prop_assert_eq!(&parts(&joined(&texts)), &texts);
            prop_assert_eq!(&words(&enumerated(&texts)), &texts);
        }
    }
}
