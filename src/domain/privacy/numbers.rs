//! Numbers and codes that belong to somebody: phones, cards, codes, plates.

use super::{Found, whole};

/// 统一社会信用代码: two characters, six digits, ten characters; spaces and hyphens between.
pub(super) const CREDIT_CODE: &str = r"(?-u:\b)(?:[0-9a-hj-npqrtuwxy][ \-]?){2}(?:[0-9][ \-]?){6}(?:[0-9a-hj-npqrtuwxy][ \-]?){9}[0-9a-hj-npqrtuwxy](?-u:\b)";

/// A licence plate: the province, a letter, five or six letters and digits.
pub(super) const PLATE: &str = r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼] ?[a-hj-np-z] ?[·.\- ]?[a-hj-np-z0-9]{4,5}[a-hj-np-z0-9挂学警]";

/// Seven digits or more, also Chinese ones, with up to two signs between them.
pub(super) const NUMBER: &str =
    r"\+?[0-9零〇○一二三四五六七八九幺](?:[\s\-‐–—.·_()/~,]{0,2}[0-9零〇○一二三四五六七八九幺]){6,}[x×]?";

/// Words after which a short number is a phone.
const PHONE_WORDS: [&str; 10] = ["电话", "手机", "座机", "固话", "联系", "致电", "打", "传真", "微信", "tel"];

/// Those words are looked for in this many characters before the number.
const LOOKED_BACK: usize = 8;

/// Runs of this many digits belong to somebody, unless they are dates or amounts.
const MANY_DIGITS: usize = 11;

pub(super) fn credit_code(found: &Found<'_>) -> Option<(&'static str, usize)> {
    let compact: String = found.part.chars().filter(char::is_ascii_alphanumeric).collect();
    let (body, last) = compact.split_at(compact.len() - 1);
    let is_card = body.bytes().all(|b| b.is_ascii_digit()) && (last == "x" || is_birthday(&body[6..14]));
    whole(found, if is_card { "[身份证号]" } else { "[信用代码]" })
}

fn is_birthday(digits: &str) -> bool {
    let number = |from: usize, to: usize| digits[from..to].parse::<u32>().unwrap_or(0);
    (1900..2100).contains(&number(0, 4)) && (1..=12).contains(&number(4, 6)) && (1..=31).contains(&number(6, 8))
}

/// A long run of letters and digits: a key, a licence, a token.
pub(super) fn code(found: &Found<'_>) -> Option<(&'static str, usize)> {
    let digits = found.part.bytes().filter(u8::is_ascii_digit).count();
    let letters = found.part.bytes().filter(u8::is_ascii_alphabetic).count();
    if digits >= 4 && letters >= 1 && digits + letters >= 15 { whole(found, "[号码]") } else { None }
}

pub(super) fn plate(found: &Found<'_>) -> Option<(&'static str, usize)> {
    let goes_on = found.after.starts_with(|c: char| c.is_ascii_alphanumeric());
    let has_digit = found.part.bytes().any(|b| b.is_ascii_digit());
    if has_digit && !goes_on { whole(found, "[车牌号]") } else { None }
}

pub(super) fn number(found: &Found<'_>) -> Option<(&'static str, usize)> {
    let part = found.part.trim_start_matches('+');
    if are_dates(part) || is_amount(part) {
        return None;
    }
    let digits: String = part.chars().filter_map(digit).collect();
    let ends_in_x = part.ends_with(['x', '×']);
    let local = digits.strip_prefix("0086").or(digits.strip_prefix("86")).filter(|rest| is_mobile(rest));
    let mask = match digits.len() {
        _ if is_mobile(local.unwrap_or(&digits)) => "[手机号]",
        15 | 18 => "[身份证号]",
        17 if ends_in_x => "[身份证号]",
        10..=12 if digits.starts_with('0') || digits.starts_with("400") || digits.starts_with("800") => "[电话]",
        16 | 17 | 19 => "[银行卡号]",
        many if many >= MANY_DIGITS => "[号码]",
        _ if follows_phone_word(found.before) => "[电话]",
        _ => return None,
    };
    // What ends in x without being a card keeps it: 长1234567890123×宽.
    let chars = found.part.chars().count() - usize::from(ends_in_x && mask != "[身份证号]");
    Some((mask, chars))
}

fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && digits.starts_with('1') && digits.as_bytes()[1] >= b'3'
}

fn follows_phone_word(before: &str) -> bool {
    let from = before.char_indices().rev().nth(LOOKED_BACK - 1).map_or(0, |(at, _)| at);
    let near = &before[from..];
    let near = near.rsplit(']').next().unwrap_or(near);
    PHONE_WORDS.iter().any(|word| near.contains(word))
}

/// Nothing but days, such as `2026-01-01 2026-12-31`.
fn are_dates(part: &str) -> bool {
    let numbers: Vec<_> = part.split(|c: char| digit(c).is_none()).filter(|number| !number.is_empty()).collect();
    numbers.len() >= 3
        && numbers.len().is_multiple_of(3)
        && numbers.chunks(3).all(|day| {
            let number = |at: usize| day[at].parse::<u32>().unwrap_or(0);
            day[0].len() == 4
                && (1900..2100).contains(&number(0))
                && (1..=12).contains(&number(1))
                && (1..=31).contains(&number(2))
                && day[1].len() <= 2
                && day[2].len() <= 2
        })
}

/// An amount such as `1,250,000.00`.
fn is_amount(part: &str) -> bool {
    let whole = part.split('.').next().unwrap_or(part);
    let mut groups = whole.split(',');
    let is_digits = |group: &str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    let first = groups.next().unwrap_or_default();
    let rest: Vec<_> = groups.collect();
    is_digits(first) && first.len() <= 3 && !rest.is_empty() && rest.iter().all(|g| g.len() == 3 && is_digits(g))
}

/// The value of a digit, Chinese ones included.
fn digit(c: char) -> Option<char> {
    const CHINESE: &str = "零一二三四五六七八九";
    match c {
        '0'..='9' => Some(c),
        '〇' | '○' => Some('0'),
        '幺' => Some('1'),
        c => CHINESE.chars().zip('0'..='9').find(|(chinese, _)| *chinese == c).map(|(_, digit)| digit),
    }
}
