//! Text as people type it, made comparable.
//!
//! NFKC, traditional to simplified (phrase by phrase), invisible characters, white space and length are settled here, once,
//! before anything looks at a message. The tables are Unicode's and OpenCC's; nothing here knows about policies.

use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use unicode_normalization::UnicodeNormalization;

/// Messages are understood up to this many characters; what follows is kept in the ticket but not searched.
pub const MAX_CHARS: usize = 1000;

static TO_SIMPLIFIED: LazyLock<OpenCC> =
    LazyLock::new(|| OpenCC::from_config(BuiltinConfig::T2s).expect("the built-in tables are part of the binary"));

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

/// Traditional characters to simplified ones, repeated until nothing changes.
///
/// One pass may produce a character that the tables map once more; idempotence is worth the second look.
fn to_simplified(text: &str) -> String {
    let mut simplified = TO_SIMPLIFIED.convert(text);
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

    proptest! {
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
