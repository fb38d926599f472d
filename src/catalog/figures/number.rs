//! Numbers in Arabic and Chinese digits, as exact millionths.

/// One, as numbers are kept here.
pub(super) const ONE: i128 = 1_000_000;

/// A number read from a text.
pub(super) struct Number {
    /// In millionths.
    pub(super) value: i128,
    /// The character after it.
    pub(super) end: usize,
}

/// Reads a number in Arabic digits at `start`: `12`, `1,000`, `1.5`.
pub(super) fn arabic(chars: &[char], start: usize) -> Option<Number> {
    let mut end = start;
    let mut value: i128 = 0;
    while let Some(digit) = digit(chars, end) {
        value = value.checked_mul(10)?.checked_add(digit)?;
        end += 1;
        if end - start <= 3 || chars[start..end].contains(&',') {
            while let Some(group) = group_of_three(chars, end) {
                value = value.checked_mul(1000)?.checked_add(group)?;
                end += 4;
            }
        }
    }
    if end == start {
        return None;
    }
    let mut value = value.checked_mul(ONE)?;
    if chars.get(end) == Some(&'.') && digit(chars, end + 1).is_some() {
        end += 1;
        let mut scale = ONE;
        while let Some(digit) = digit(chars, end) {
            scale /= 10;
            value += digit * scale;
            end += 1;
        }
    }
    Some(Number { value, end })
}

/// Reads a number in Chinese digits at `start`: `十五`, `三百二十`, `两千`, `三点五`; no 万 or 亿.
pub(super) fn chinese(chars: &[char], start: usize) -> Option<Number> {
    let (mut total, mut digit, mut has_digit, mut end) = (0, 0, false, start);
    while let Some(c) = chars.get(end) {
        if let Some(value) = chinese_digit(*c) {
            digit = value;
            has_digit = true;
        } else if let Some(unit) = small_unit(*c) {
            if !has_digit && (total > 0 || unit != 10) {
                break;
            }
            total += if has_digit { digit } else { 1 } * unit;
            (digit, has_digit) = (0, false);
        } else {
            break;
        }
        end += 1;
    }
    if end == start {
        return None;
    }
    let mut value = (total + digit) * ONE;
    if chars.get(end) == Some(&'点') {
        let mut scale = ONE;
        while let Some(digit) = chars.get(end + 1).copied().and_then(chinese_digit) {
            scale /= 10;
            value += digit * scale;
            end += 1;
        }
        end += usize::from(scale < ONE);
    }
    Some(Number { value, end })
}

/// Reads 十, 百, 千, 万 and 亿 at `start` as one factor: `千万`, `万亿`; 1 where there are none.
pub(super) fn magnitude(chars: &[char], start: usize) -> (i128, usize) {
    let (mut factor, mut end) = (1_i128, start);
    while let Some(unit) = chars.get(end).copied().and_then(unit) {
        factor = factor.saturating_mul(unit);
        end += 1;
    }
    (factor, end)
}

/// The first character at or after `start` that is not a space.
pub(super) fn skip_spaces(chars: &[char], start: usize) -> usize {
    start + chars.iter().skip(start).take_while(|c| c.is_whitespace()).count()
}

fn digit(chars: &[char], at: usize) -> Option<i128> {
    chars.get(at).and_then(|c| c.to_digit(10)).map(i128::from)
}

/// The value of `,ddd` at `start`, not followed by another digit.
fn group_of_three(chars: &[char], start: usize) -> Option<i128> {
    if chars.get(start) != Some(&',') || digit(chars, start + 4).is_some() {
        return None;
    }
    Some(digit(chars, start + 1)? * 100 + digit(chars, start + 2)? * 10 + digit(chars, start + 3)?)
}

fn chinese_digit(c: char) -> Option<i128> {
    const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let c = match c {
        '〇' => '零',
        '两' => '二',
        other => other,
    };
    DIGITS.iter().zip(0..).find(|(digit, _)| **digit == c).map(|(_, value)| value)
}

fn small_unit(c: char) -> Option<i128> {
    match c {
        '十' => Some(10),
        '百' => Some(100),
        '千' => Some(1000),
        _ => None,
    }
}

fn unit(c: char) -> Option<i128> {
    match c {
        '万' => Some(10_000),
        '亿' => Some(100_000_000),
        other => small_unit(other),
    }
}
