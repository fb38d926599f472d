//! What cannot be read as words: signs only, one character over and over, keys struck at random, filler.

use crate::domain::cue::letters;

/// Characters that say nothing by themselves, however many stand in a row.
const FILLER_ONLY: &str = "的了吧嘎吗呢啊呀嘛哦噢嗯呃额这那个就是啥哈嘿唉哎喂么之乎者也哼唔咯呐呗嘞哒咩嘻喔诶欸咦哇";

/// A number of fewer digits than this is no code of a firm or a document.
const DIGITS_OF_A_CODE: usize = 15;

/// Tells whether a normalised message holds nothing that could be a question; `key` are its letters and digits.
#[must_use]
pub(super) fn is_unreadable(message: &str, key: &str) -> bool {
    let chars = letters(key);
    let is_placeholder = message.starts_with('[') && message.ends_with(']') && chars <= 6;
    if chars <= 1 || is_placeholder {
        return true;
    }
    let is_number = key.chars().all(|c| c.is_ascii_digit());
    (is_number && chars < DIGITS_OF_A_CODE)
        || key.chars().all(|c| FILLER_ONLY.contains(c))
        || is_one_thing_over_and_over(key)
        || is_keyboard_mash(message, key)
        || is_foreign(key)
}

/// One to three characters over and over: 哈哈哈哈, abcabcabc, 测试测试测试.
fn is_one_thing_over_and_over(key: &str) -> bool {
    let chars: Vec<char> = key.chars().collect();
    (1..=3).any(|length| chars.len() >= length * 3 && chars.iter().enumerate().all(|(at, c)| *c == chars[at % length]))
}

/// Neighbours on a keyboard.
const KEYBOARD_ROWS: [&str; 6] = ["qwert", "asdf", "zxcv", "qazwsx", "hjkl", "poiuy"];

/// Latin letters, perhaps with digits, that are neither pinyin nor English: most of them stand in words that nobody can say.
fn is_keyboard_mash(message: &str, key: &str) -> bool {
    if key.len() < 5 || !key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
        return false;
    }
    if KEYBOARD_ROWS.iter().any(|row| key.contains(row)) {
        return true;
    }
    let digits = key.bytes().filter(u8::is_ascii_digit).count();
    if digits * 2 > key.len() {
        return digits < DIGITS_OF_A_CODE && key.len() < DIGITS_OF_A_CODE && !has_document_shape(key);
    }
    let words: Vec<&str> =
        message.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_one_word = words.len() == 1;
    let mashed: usize = words.iter().filter(|word| is_unspeakable(word, is_one_word)).map(|word| word.len()).sum();
    mashed * 2 > key.len()
}

/// Consonants for too long, or too few vowels. Among other words three letters without a vowel are enough; alone they may be
/// initials.
fn is_unspeakable(word: &str, is_alone: bool) -> bool {
    let (mut run, mut longest, mut vowels) = (0, 0, 0);
    for b in word.bytes().filter(u8::is_ascii_alphabetic) {
        // In pinyin v stands for ü.
        let is_vowel = b"aeiouv".contains(&b);
        run = if is_vowel { 0 } else { run + 1 };
        vowels += usize::from(is_vowel);
        longest = longest.max(run);
    }
    longest >= 5 || (word.len() >= 8 && vowels * 6 < word.len()) || (!is_alone && word.len() >= 3 && vowels == 0)
}

/// A few letters before a number: ZQ20261122, PPR9087, GB33358.
fn has_document_shape(key: &str) -> bool {
    let letters = key.bytes().take_while(u8::is_ascii_alphabetic).count();
    (1..=5).contains(&letters) && key.bytes().skip(letters).all(|b| b.is_ascii_digit())
}

/// Neither Chinese nor Latin letters nor digits.
fn is_foreign(key: &str) -> bool {
    !key.chars().any(|c| c.is_ascii_alphanumeric() || ('\u{3400}'..='\u{9fff}').contains(&c) || c > '\u{1ffff}')
}
