//! Personal data in what people type, and how it is masked before anything is kept to learn from or logged.
//!
//! What identifies somebody is replaced by a word in brackets that says what stood there; the rest stays readable. When in
//! doubt more is masked than needed. Absent: names without a word that announces them, postal addresses, company names.

mod names;
mod numbers;

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::text::is_invisible;

/// What stands in place of personal data.
pub const MASKS: [&str; 12] = [
    "[链接]",
    "[邮箱]",
    "[账号]",
    "[信用代码]",
    "[身份证号]",
    "[证件号]",
    "[手机号]",
    "[电话]",
    "[银行卡号]",
    "[号码]",
    "[车牌号]",
    "[姓名]",
];

/// Masking is repeated at most this often; what stands beside a mask may only now be seen for what it is.
const ROUNDS: usize = 6;

/// A URL is kept where it holds nothing that could be somebody's: no query, no account, no long code.
const CODE_CHARS: usize = 16;

/// One kind of personal data: a pattern over the folded text, and what a match is.
struct Rule {
    pattern: Regex,
    /// The mask, and how many characters of the match's last group it replaces; `None` when it is nothing personal.
    judge: fn(&Found<'_>) -> Option<(&'static str, usize)>,
}

/// A match, folded.
struct Found<'a> {
    /// What stands before the part that would be masked.
    before: &'a str,
    /// The part that would be masked.
    part: &'a str,
    /// What stands after it.
    after: &'a str,
    /// The words that announce it, where the pattern has them.
    lead: &'a str,
}

/// The name of an account behind the name of what it is for.
const ACCOUNT: &str =
    r"(?:抖音|钉钉|微信|v信|(?-u:\b)(?:wechat|weixin|vx|wx|qq))[: 号码是为]{0,5}([a-z0-9][a-z0-9_\-]{5,})";

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let rule = |pattern: &str, judge| Rule { pattern: Regex::new(pattern).expect("the patterns are constants"), judge };
    vec![
        rule(r"(?:https?://|ftp://|www\.)[!-~]+", url),
        rule(r"[a-z0-9._%+\-]+ ?@ ?[a-z0-9\-]+(?: ?\. ?[a-z0-9\-]+)+", |found| whole(found, "[邮箱]")),
        rule(numbers::CREDIT_CODE, numbers::credit_code),
        rule(r"(?-u:\b)[0-9a-z_\-]{15,}(?-u:\b)", numbers::code),
        rule(ACCOUNT, |found| whole(found, "[账号]")),
        rule(r"(?-u:\b)[a-z]{1,2}[0-9]{7,9}(?-u:\b)", |found| whole(found, "[证件号]")),
        rule(numbers::PLATE, numbers::plate),
        rule(numbers::NUMBER, numbers::number),
        rule(&names::announced_pattern(), names::announced),
        rule(&names::titled_pattern(), |found| whole(found, "[姓名]")),
    ]
});

/// Replaces personal data by what it is: `[手机号]`, `[姓名]` and the other [`MASKS`].
///
/// Phone and identity card numbers, credit codes, bank cards, licence plates, e-mail addresses, links with codes, accounts,
/// and names that are announced (我叫, 联系人) are masked, also when written with full-width digits, Chinese digits or
/// separators. Public short numbers (12345), dates, amounts and document numbers stay. Idempotent. Invisible characters go.
///
/// # Examples
///
/// ```
/// # use zhengqitong::domain::privacy::mask;
/// assert_eq!(mask("我叫张三，电话138 0000 1234，想问鲁政发〔2024〕12号"), "我叫[姓名]，电话[手机号]，想问鲁政发〔2024〕12号");
/// assert_eq!(mask("打12345还是12366"), "打12345还是12366");
/// ```
#[must_use]
pub fn mask(text: &str) -> String {
    let mut masked: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    for _ in 0..ROUNDS {
        let next = RULES.iter().fold(masked.clone(), |text, rule| rule.apply(&text));
        if next == masked {
            break;
        }
        masked = next;
    }
    masked
}

/// A clause with a mask and at most so many letters beside it only says who asks: `我叫[姓名]`, `我的电话是[手机号]`.
const LETTERS_OF_AN_INTRODUCTION: usize = 5;

/// The text without its masks and without clauses that are little else, for comparing.
#[must_use]
pub fn without_masks(text: &str) -> String {
    let is_end = |c: char| "，。；！？,;!?\n".contains(c);
    let clauses = text.split_inclusive(is_end).filter_map(|clause| {
        let rest = MASKS.iter().fold(clause.to_owned(), |clause, mask| clause.replace(mask, " "));
        let letters = rest.chars().filter(|c| c.is_alphanumeric()).count();
        (rest == clause || letters > LETTERS_OF_AN_INTRODUCTION).then_some(rest)
    });
    clauses.collect()
}

/// The text without personal data, for searching: who asks, and how to reach them, says nothing about what is asked.
///
/// # Examples
///
/// ```
/// # use zhengqitong::domain::privacy::impersonal;
/// assert_eq!(impersonal("残保金怎么交，我的电话13800001234"), "残保金怎么交，");
/// ```
#[must_use]
pub fn impersonal(text: &str) -> String {
    without_masks(&mask(text)).trim().to_owned()
}

/// Tells whether something was masked in `text`.
#[must_use]
pub fn is_masked(text: &str) -> bool {
    MASKS.iter().any(|mask| text.contains(mask))
}

impl Rule {
    fn apply(&self, text: &str) -> String {
        let original: Vec<char> = text.chars().collect();
        let folded: String = original.iter().map(|c| fold(*c)).collect();
        let mut masked = String::with_capacity(text.len());
        let mut kept = 0;
        for captures in self.pattern.captures_iter(&folded) {
            let last = (0..captures.len()).rev().find_map(|group| captures.get(group));
            let (Some(whole), Some(part)) = (captures.get(0), last) else { continue };
            let found = Found {
                before: &folded[..part.start()],
                part: part.as_str(),
                after: &folded[part.end()..],
                lead: &folded[whole.start()..part.start()],
            };
            let Some((word, chars)) = (self.judge)(&found) else { continue };
            // Folding keeps the number of characters, not of bytes.
            let start = found.before.chars().count();
            masked.extend(&original[kept..start]);
            masked.push_str(word);
            kept = start + chars;
        }
        masked.extend(&original[kept..]);
        masked
    }
}

/// The plain lower-case form of a character, where that is a single one.
fn fold(c: char) -> char {
    let single = |mut chars: Box<dyn Iterator<Item = char>>| chars.next().filter(|_| chars.next().is_none());
    let plain = single(Box::new(std::iter::once(c).nfkc())).unwrap_or(c);
    single(Box::new(plain.to_lowercase())).unwrap_or(plain)
}

#[expect(clippy::unnecessary_wraps, reason = "judges have one signature")]
fn whole(found: &Found<'_>, mask: &'static str) -> Option<(&'static str, usize)> {
    Some((mask, found.part.chars().count()))
}

fn url(found: &Found<'_>) -> Option<(&'static str, usize)> {
    let is_code = |part: &str| {
        part.len() >= CODE_CHARS
            && part.bytes().any(|b| b.is_ascii_digit())
            && part.bytes().any(|b| b.is_ascii_alphabetic())
    };
    let is_private =
        found.part.contains(['?', '#', '@', '=']) || found.part.split(['/', '.', ':']).skip(1).any(is_code);
    if is_private { whole(found, "[链接]") } else { None }
}

#[cfg(test)]
mod tests;
