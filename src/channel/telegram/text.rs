//! Texts as Telegram takes them: in parts that are short enough, and as HTML.

use teloxide::utils::html;

/// Telegram's limit, in UTF-16 units.
pub(super) const MAX_UNITS: usize = 4096;

/// Cuts a text into parts of at most `max_units` UTF-16 units, at line ends where there are any.
///
/// Parts that would show nothing are left out.
pub(super) fn split(text: &str, max_units: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text.trim_end();
    while !rest.is_empty() {
        let (part, more) = cut(rest, max_units);
        let shown = part.trim_start_matches('\n').trim_end();
        if !shown.is_empty() {
            parts.push(shown);
        }
        rest = more;
    }
    parts
}

/// The first part and what follows it.
fn cut(text: &str, max_units: usize) -> (&str, &str) {
    let mut units = 0;
    let mut line_end = None;
    for (at, character) in text.char_indices() {
        if character == '\n' && at > 0 {
            line_end = Some(at);
        }
        units += character.len_utf16();
        if units > max_units {
            return match line_end {
                Some(end) => (&text[..end], &text[end + 1..]),
                // A line longer than a message, or a limit shorter than a character: at least one goes along.
                None => text.split_at(at.max(text.chars().next().map_or(0, char::len_utf8))),
            };
        }
    }
    (text, "")
}

/// The text with everything escaped, and headings in 【】 bold: at the beginning, and after an empty line.
pub(super) fn to_html(text: &str) -> String {
    let before = std::iter::once("").chain(text.split('\n'));
    let lines = text.split('\n').zip(before).map(|(line, before)| {
        let is_heading = before.is_empty() && line.starts_with('【');
        if is_heading { format!("<b>{}</b>", html::escape(line)) } else { html::escape(line) }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn long_texts_are_cut_at_line_ends() {
        assert_eq!(split("一二\n三四\n五", 5), ["一二\n三四", "五"]);
        assert_eq!(split("一二三四五六", 4), ["一二三四", "五六"]);
        assert_eq!(split("😀😀😀", 4), ["😀😀", "😀"]);
        assert_eq!(split("一\n\n\n\n\n\n二", 3), ["一", "二"]);
        assert!(split(" \n ", 10).is_empty());
    }

    #[test]
    fn markup_in_texts_is_only_text() {
        assert_eq!(to_html("【<芝罘>】\n1 < 2 & 3"), "<b>【&lt;芝罘&gt;】</b>\n1 &lt; 2 &amp; 3");
        assert_eq!(to_html("a\n【b】"), "a\n【b】");
        assert_eq!(to_html("【a】\n\n【b】\nc"), "<b>【a】</b>\n\n<b>【b】</b>\nc");
    }

    proptest! {
        #[test]
        fn no_part_is_too_long_and_nothing_is_lost(text in "[a一😀\n ]{0,60}", max_units in 2_usize..9) {
            let parts = split(&text, max_units);
            for part in &parts {
                prop_assert!(part.encode_utf16().count() <= max_units);
                prop_assert!(!part.trim().is_empty());
            }
            let shown = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(shown(&parts.concat()), shown(&text));
        }
    }
}
