//! Text as people type it, made comparable.
//!
//! NFKC, traditional to simplified (phrase by phrase), invisible characters, white space and length are settled here, once,
//! before anything looks at a message. The tables are Unicode's and OpenCC's; nothing here knows about policies.

pub mod quantity;

use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use unicode_normalization::UnicodeNormalization;

/// Messages are understood up to this many characters; what follows is kept in the ticket but not searched.
pub const MAX_CHARS: usize = 1000;

static TO_SIMPLIFIED: LazyLock<OpenCC> =
    LazyLock::new(|| OpenCC::from_config(BuiltinConfig::T2s).expect("the built-in tables are part of the binary"));

/// Besides the characters, this one turns Taiwan's words into the mainland's (列印, 軟體).
static FROM_TAIWAN: LazyLock<OpenCC> =
    LazyLock::new(|| OpenCC::from_config(BuiltinConfig::Tw2sp).expect("the built-in tables are part of the binary"));

/// Makes a message comparable: NFKC, simplified characters, lower case, single spaces, no invisible characters.
///
/// Keeps punctuation and words in order, so the result can be shown back. Idempotent. At most [`MAX_CHARS`] characters.
///
/// # Examples
///
/// ```
/// # use zhengqitong::domain::text::normalise;
/// assert_eq!(normalise("  申請\u{200b}高新技術企業 ５０％ ? "), "申请高新技术企业 50% ?");
/// ```
#[must_use]
pub fn normalise(raw: &str) -> String {
    let visible = raw.chars().take(MAX_CHARS * 4).filter(|c| !is_invisible(*c));
    let folded: String = visible.nfkc().filter(|c| !is_invisible(*c)).flat_map(char::to_lowercase).nfkc().collect();
    let simplified = to_simplified(&folded);
    let mut text = String::with_capacity(simplified.len());
    for word in simplified.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
    let cut = text.char_indices().nth(MAX_CHARS).map_or(text.len(), |(at, _)| at);
    text.truncate(cut);
    text.truncate(text.trim_end().len());
    text
}

/// The letters, digits and Chinese characters of a message, without spaces and punctuation.
///
/// Two messages with the same key are the same question: `"公章 丢了"` and `"公章丢了?"`.
#[must_use]
pub fn key(raw: &str) -> String {
    normalise(raw).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Politeness and openings that say nothing about the matter, at either end of a message; longer ones first.
const COURTESIES: &[&str] = &[
    "我想咨询一下",
    "想咨询一下",
    "我想请问一下",
    "请问一下",
    "我想问一下",
    "想问一下",
    "我想问下",
    "想问下",
    "请教一下",
    "咨询一下",
    "了解一下",
    "打听一下",
    "问一下",
    "麻烦问下",
    "不好意思",
    "打扰一下",
    "打扰了",
    "大家好",
    "你们好",
    "你好",
    "您好",
    "请问",
    "请教",
    "咨询",
    "麻烦",
    "劳驾",
    "谢谢您",
    "谢谢你",
    "谢谢",
    "多谢",
    "感谢",
    "拜托",
    "在吗",
    "有人吗",
    "喂",
    "哈喽",
    "hello",
    "hi",
    "急急急",
    "急",
    "please",
    "thank you",
    "thanks",
];

/// What is left of a normalised message for matching: repeated characters once, without courtesies at its ends.
///
/// A message of nothing but courtesies stays as it is. Idempotent; digits are never touched.
///
/// # Examples
///
/// ```
/// # use zhengqitong::domain::text::essence;
/// assert_eq!(essence("喂喂喂喂 您好,请问公章丢了怎么办????谢谢"), "公章丢了怎么办?");
/// ```
#[must_use]
pub fn essence(message: &str) -> String {
    let squeezed = squeeze(message);
    let mut rest = squeezed.as_str();
    loop {
        let bare = rest
            .trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | '!' | ';' | ':' | '~' | '、' | '。'));
        let shorter = COURTESIES.iter().find_map(|word| {
            let rest = bare.strip_prefix(word).or_else(|| bare.strip_suffix(word))?;
            (!cuts_a_word(bare, rest)).then_some(rest)
        });
        match shorter {
            Some(shorter) if shorter.chars().any(char::is_alphanumeric) => rest = shorter,
            _ => return bare.to_owned(),
        }
    }
}

/// Tells whether taking `rest` out of `text` cuts a Latin word in two.
fn cuts_a_word(text: &str, rest: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '-');
    let at_end = text.starts_with(rest);
    let (inner, outer) = if at_end {
        (rest.chars().next_back(), text[rest.len()..].chars().next())
    } else {
        (rest.chars().next(), text[..text.len() - rest.len()].chars().next_back())
    };
    is_letter(inner) && is_letter(outer)
}

/// Characters that stand three times or more in a row once, punctuation from twice on; digits as they are.
fn squeeze(message: &str) -> String {
    let chars: Vec<char> = message.chars().collect();
    let mut squeezed = String::with_capacity(message.len());
    for run in chars.chunk_by(|a, b| a == b) {
        let is_emphasis = !run[0].is_numeric() && (run.len() >= 3 || !run[0].is_alphanumeric());
        squeezed.extend(if is_emphasis { &run[..1] } else { run });
    }
    squeezed
}

/// Traditional characters to simplified ones, repeated until nothing changes.
///
/// One pass may produce a character that the tables map once more; idempotence is worth the second look.
fn to_simplified(text: &str) -> String {
    let mut simplified = TO_SIMPLIFIED.convert(text);
    if simplified != text {
        simplified = TO_SIMPLIFIED.convert(&FROM_TAIWAN.convert(text));
    }
    for _ in 0..3 {
        let again = TO_SIMPLIFIED.convert(&simplified);
        if again == simplified {
            break;
        }
        simplified = again;
    }
    simplified
}

/// Characters that take no room and only disturb matching: zero-width, bidirectional marks, variation selectors, tags.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
        || (c.is_control() && !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(raw: &str, expected: &str) {
        assert_eq!(normalise(raw), expected, "normalise({raw:?})");
    }

    #[test]
    fn full_width_letters_and_digits_become_plain() {
        check("ＡＢＣ　１２３", "abc 123");
    }

    #[test]
    fn traditional_phrases_become_simplified() {
        check("營業執照遺失補領", "营业执照遗失补领");
    }

    #[test]
    fn only_invisible_characters_leave_nothing() {
        check("\u{200b}\u{feff}\u{202e}", "");
    }

    #[test]
    fn long_messages_are_cut_at_the_limit() {
        assert_eq!(normalise(&"字".repeat(MAX_CHARS + 5)).chars().count(), MAX_CHARS);
    }

    #[test]
    fn space_and_question_mark_do_not_change_the_key() {
        assert_eq!(key("公章 丢了怎么办"), key("公章丢了怎么办?"));
    }

    #[test]
    fn words_of_taiwan_become_those_of_the_mainland() {
        check("RCEP原產地證書可以自己列印嗎", "rcep原产地证书可以自己打印吗");
    }

    #[track_caller]
    fn check_essence(raw: &str, expected: &str) {
        assert_eq!(essence(&normalise(raw)), expected, "essence({raw:?})");
    }

    #[test]
    fn emphasis_and_politeness_are_left_out() {
        check_essence("喂喂喂喂,在吗？？？？", "在吗?");
        check_essence("你好，我想咨询一下高企怎么认定，谢谢！！！", "高企怎么认定");
        check_essence("急急急!!! 公章丢了", "公章丢了");
        check_essence("highway toll please", "highway toll");
        check_essence("hi, hi-tech company", "hi-tech company");
        check_essence("12333打不通", "12333打不通");
        check_essence("谢谢", "谢谢");
    }

    proptest! {
        #[test]
        fn essence_is_idempotent(raw in "[你好请问喂急谢在吗,.?! 1a公章]{0,40}") {
            let once = essence(&normalise(&raw));
            prop_assert_eq!(essence(&once), once);
        }

        #[test]
        fn essence_of_anything_does_not_panic(raw in "\\PC{0,80}") {
            let _ = essence(&normalise(&raw));
        }

        #[test]
        fn normalise_is_idempotent(raw in "\\PC{0,80}") {
            let once = normalise(&raw);
            prop_assert_eq!(normalise(&once), once);
        }

        #[test]
        fn normalise_is_idempotent_on_chinese(raw in "[\u{4e00}-\u{9fff}\u{f900}-\u{faff}\u{200b} 　]{0,60}") {
            let once = normalise(&raw);
            prop_assert_eq!(normalise(&once), once);
        }
    }
}
