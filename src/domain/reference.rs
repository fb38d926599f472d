//! What a message says about the choices that were offered: this one, all of them, none of them.

use super::cue::letters;

/// Which of the choices that were offered is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    /// This one, from 0.
    Choice(usize),
    /// All of them.
    All,
    /// None of them.
    None,
}

/// Words before a choice that only say that it is one.
const BEFORE: &str = "我要看|我想看|我要问|我想问的是|我问的是|我想问|我选择|我选|我要|我想|我说的是|应该是|就是|是|选择|选项|选|点|就|那个|那|要|问|看看|看|按|\
     回复|请|option|number|no.|no|the|answer";

/// Words after a choice that only say that it is one.
const AFTER: &str = "那个|这个|的|呢|吧|啊|呀|哈|嘛|了|one|please|,|.|。|、|:|;|!|?|)|]";

/// Kinds of things that are counted as choices: 第二个, 第二项.
const CLASSIFIERS: &str = "个问题|个选项|个|项|条|种|款|件|样|类|号|选项";

/// Words for a choice by its place; `true` where it counts from the end.
const PLACES: &[(&str, usize, bool)] = &[
    ("最前面", 0, false),
    ("最上面", 0, false),
    ("前面那", 0, false),
    ("上面那", 0, false),
    ("前一个", 0, false),
    ("上一个", 0, false),
    ("头一个", 0, false),
    ("前者", 0, false),
    ("首个", 0, false),
    ("first", 0, false),
    ("second", 1, false),
    ("third", 2, false),
    ("倒数第二", 1, true),
    ("倒数第一", 0, true),
    ("最后一", 0, true),
    ("最后那", 0, true),
    ("最后的", 0, true),
    ("最下面", 0, true),
    ("后面那", 0, true),
    ("下面那", 0, true),
    ("后一个", 0, true),
    ("后者", 0, true),
    ("last", 0, true),
];

/// Ways to say that none of them is meant.
const NONE: &str = "都不是|都不对|都不像|都不相关|都不沾边|都不符|都不准|全不是|全不对|没有一个|没一个|一个都不|一个也不|一个都没|哪个都不|哪个也不|不是这些|\
     不是这几|不在里面|不在上面|里面没有|上面没有|没有我要|没有我想|没有我问|没我要的|没我想问|都没有|都不要|noneofth|noneofabove|neither";

/// Ways to say that all of them are meant.
const ALL: &str = "都要|都想|都看|都说|都讲|都问|都有|都介绍|都给我|全要|全部|全都|两个都|三个都|几个都|一起说|一块说|分别说|bothofthem|both|allofthem";

/// A message that speaks of all or none of the choices has at most this many letters beside saying so.
const LETTERS_BESIDE: usize = 6;

/// Reads which of `count` choices a normalised message means, and what it says besides: 第二个的材料呢.
///
/// `None` when it does not speak of the choices.
///
/// # Examples
///
/// ```
/// # use zhengqitong::domain::reference::{Reference, reference};
/// assert_eq!(reference("第二个的材料呢", 3), Some((Reference::Choice(1), "材料呢")));
/// assert_eq!(reference("选b", 3), Some((Reference::Choice(1), "")));
/// assert_eq!(reference("以上都不对", 3), Some((Reference::None, "")));
/// assert_eq!(reference("2万块够吗", 3), None);
/// ```
#[must_use]
pub fn reference(message: &str, count: usize) -> Option<(Reference, &str)> {
    if count == 0 {
        return None;
    }
    let said = strip_start(message, BEFORE);
    let chosen = by_place(said, count).or_else(|| by_number(said, message));
    if let Some((index, rest)) = chosen {
        return (index < count).then(|| (Reference::Choice(index), strip_start(rest, AFTER)));
    }
    let key: String = message.chars().filter(|c| c.is_alphanumeric()).collect();
    let says = |words: &str| words.split('|').find(|word| key.contains(word)).map(letters);
    let is_brief = |length: usize| letters(&key) <= length + LETTERS_BESIDE;
    if says(NONE).is_some_and(is_brief) {
        return Some((Reference::None, ""));
    }
    says(ALL).is_some_and(is_brief).then_some((Reference::All, ""))
}

fn by_place(said: &str, count: usize) -> Option<(usize, &str)> {
    let (word, place, is_from_end) = PLACES.iter().find(|(word, ..)| said.starts_with(word))?;
    let index = if *is_from_end { count.checked_sub(place + 1)? } else { *place };
    Some((index, strip_start(&said[word.len()..], CLASSIFIERS)))
}

/// `第二个…`, or a bare number or letter that is the whole message.
fn by_number<'t>(said: &'t str, message: &'t str) -> Option<(usize, &'t str)> {
    let is_ordinal = said.starts_with('第');
    let numeral = said.strip_prefix('第').unwrap_or(said);
    let first = numeral.chars().next()?;
    let index = number(first)?;
    let rest = &numeral[first.len_utf8()..];
    let after = strip_start(rest, CLASSIFIERS);
    let is_counted = after.len() < rest.len();
    let is_whole = letters(strip_start(after, AFTER)) == 0;
    let is_choice = if first.is_ascii_alphabetic() { is_whole } else { is_whole || (is_ordinal && is_counted) };
    // A letter alone is a choice; one at the beginning of a word is not.
    (is_choice && (is_whole || letters(message) <= 20)).then_some((index, after))
}

fn number(c: char) -> Option<usize> {
    match c {
        '1'..='9' => Some(c as usize - '1' as usize),
        'a'..='h' => Some(c as usize - 'a' as usize),
        _ => "一二三四五六七八九".chars().position(|numeral| numeral == c),
    }
}

/// Takes any of `words` off the beginning, as often as one stands there, with spaces.
fn strip_start<'t>(text: &'t str, words: &str) -> &'t str {
    let mut rest = text.trim_start();
    while let Some(word) = words.split('|').find(|word| rest.starts_with(word)) {
        rest = rest[word.len()..].trim_start();
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, count: usize, expected: Option<(Reference, &str)>) {
        assert_eq!(reference(&crate::domain::text::normalise(message), count), expected, "{message}");
    }

    #[test]
    fn a_choice_is_named_by_number_letter_or_place() {
        for message in [
            "2",
            "②",
            "二",
            "第二个",
            "我选第2个",
            "选B",
            "B",
            "2吧",
            "就第二项",
            "第二个吧",
            "选项2",
            "后面那个",
            "最后一个",
        ] {
            check(message, 2, Some((Reference::Choice(1), "")));
        }
        for message in ["1", "第一个", "前面那个", "上面那个", "A", "the first one"] {
            check(message, 2, Some((Reference::Choice(0), "")));
        }
    }

    #[test]
    fn what_is_asked_about_the_choice_is_kept() {
        check("第一个要多久", 2, Some((Reference::Choice(0), "要多久")));
        check("最后一个去哪办", 3, Some((Reference::Choice(2), "去哪办")));
    }

    #[test]
    fn all_and_none_are_told() {
        for message in ["都不是", "以上都不对", "没有我要的", "都不是啊你再看看", "none of these"]
        {
            check(message, 3, Some((Reference::None, "")));
        }
        check("两个都想知道", 2, Some((Reference::All, "")));
    }

    #[test]
    fn numbers_that_are_no_choice_stay_questions() {
        for message in
            ["2万块够吗", "一般纳税人", "第一步怎么走", "两年一次吗", "9", "第五个", "a类纳税人", "一个人能开公司吗"]
        {
            check(message, 4, None);
        }
    }
}
