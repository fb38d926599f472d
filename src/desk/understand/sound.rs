//! How a message sounds: pinyin, by which typed syllables and homophones are recognised.

use pinyin::ToPinyin;

/// The wish for a person is looked for in this many characters.
const SYLLABLES_READ: usize = 60;

/// The syllables of a key run together: characters by their usual reading, letters and digits as they are.
pub(super) fn syllables(key: &str) -> String {
    key.chars().take(SYLLABLES_READ).fold(String::new(), |mut syllables, c| {
        match c.to_pinyin() {
            Some(reading) => syllables.push_str(reading.plain()),
            None => syllables.push(c),
        }
        syllables
    })
}
