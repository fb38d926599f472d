//! The wish for a person: read as signs in a row, against patterns that can be proofread.
//!
//! People ask for a person in countless words, but out of few parts: somebody is fetched, somebody shall speak or call, the
//! machine has failed. The parts are listed by sign, the ways to put them together as patterns; words that only look like a
//! part (人工智能, 找人代办) are listed too and, being longer, take it out of the way.

mod signs;

use std::sync::LazyLock;

use crate::domain::cue::{Cues, closed_up, letters};
use signs::SIGNS;
use signs::Sign::{
    self, Anybody, Ask, Break, Call, CallMe, Complaint, Fault, Fetch, Give, Hire, Intend, Machine, Matter, Me, Nothing,
    Person, Phone, Present, Somebodies, Somebody, Speak, Stranger, Want, Wish, With,
};

static CUES: LazyLock<Cues<Sign>> = LazyLock::new(|| Cues::new(SIGNS));

/// A way to ask for a person.
struct Pattern {
    /// What each step in a row may be.
    steps: &'static [&'static [Sign]],
    /// At most this many letters that no sign covers lie between two steps.
    gap: usize,
    /// Signs that, anywhere in the clause, speak against it.
    unless: &'static [Sign],
    /// Signs that speak against it when they come after it: what somebody is fetched for.
    unless_after: &'static [Sign],
}

/// The ways to ask for a person, within one clause.
const PATTERNS: &[Pattern] = &[
    way(&[&[Wish]], 0, &[], &[Hire]),
    way(&[&[CallMe]], 0, &[Ask, Matter], &[Hire]),
    way(&[&[Fetch], &[Person]], 10, &[Ask], &[Hire]),
    way(&[&[Fetch], &[Somebody]], 12, &[Ask, Matter], &[Hire]),
    way(&[&[Want, Intend, With], &[Person], &[Speak, Call, Present]], 4, &[Hire, Ask, Matter], &[]),
    way(&[&[Person], &[Speak, Call], &[Me]], 3, &[Hire, Ask, Matter], &[]),
    way(&[&[Person], &[With, Want], &[Me]], 3, &[Hire, Ask, Matter], &[]),
    way(&[&[Somebodies], &[Speak, Call, CallMe]], 6, &[Hire], &[]),
    way(&[&[Somebodies], &[With], &[Me]], 4, &[Hire], &[]),
    way(&[&[With], &[Somebody, Person], &[Speak, Call, CallMe]], 6, &[Hire, Ask, Matter], &[]),
    way(&[&[With], &[Me], &[Call]], 4, &[Ask, Matter], &[Hire]),
    way(&[&[Want, With, Give], &[Call]], 3, &[Ask, Hire, Matter], &[]),
    way(&[&[Give], &[Phone]], 4, &[Ask, Hire, Matter], &[]),
    way(&[&[Person, Somebody], &[Phone], &[With], &[Me]], 2, &[Ask, Hire, Matter], &[]),
    way(&[&[Intend, Me], &[Call]], 6, &[Ask, Hire, Matter], &[]),
    way(&[&[Intend], &[Speak, With], &[Person]], 4, &[Ask, Hire, Matter], &[]),
    way(&[&[Want, Intend], &[Anybody], &[Speak, With]], 2, &[Hire, Ask, Matter], &[]),
    way(&[&[Anybody], &[Want], &[Speak, With, Me]], 2, &[Hire, Ask, Matter], &[]),
    way(&[&[Want], &[Somebody]], 8, &[Hire, Ask, Matter], &[]),
    way(&[&[Phone], &[With], &[Me]], 0, &[Hire, Ask, Matter], &[]),
    way(&[&[Intend], &[Person, Somebodies]], 2, &[Hire, Ask, Matter], &[]),
    way(&[&[Fault], &[Machine]], 4, &[Matter], &[]),
    way(&[&[Machine], &[Fault]], 6, &[Matter], &[]),
    way(&[&[Intend], &[Complaint]], 3, &[Ask], &[]),
];

const fn way(
    steps: &'static [&'static [Sign]],
    gap: usize,
    unless: &'static [Sign],
    unless_after: &'static [Sign],
) -> Pattern {
    Pattern { steps, gap, unless, unless_after }
}

/// A clause with a person in it and at most this many letters beside the signs is nothing but the wish.
const LETTERS_BESIDE: usize = 2;

/// A piece: what it says, and how many letters it has.
type Read = (Option<Sign>, usize);

/// Tells whether a normalised message asks for a person; `pinyin` are the syllables of its letters, run together.
///
/// A space between Chinese characters may end a clause or mean nothing (人 工), so both readings are tried.
#[must_use]
pub(super) fn wants_human(message: &str, pinyin: &str) -> bool {
    let closed = closed_up(message);
    let pieces = read(&closed);
    is_wish(&pieces)
        || (closed.len() < message.len() && is_wish(&read(&spaces_as_stops(message))))
        || sounds_like_it(&pieces, message, pinyin)
}

/// A wish for a person with so many letters that belong to no wish says what it is about …
const LETTERS_TELLING: usize = 6;

/// … and so does a complaint with so many.
const LETTERS_COMPLAINING: usize = 3;

/// Tells whether a normalised message that asks for a person also says what about.
#[must_use]
pub fn tells_what_about(message: &str) -> bool {
    let pieces = read(&closed_up(message));
    let is_matter = |sign: &Option<Sign>| matches!(sign, None | Some(Matter | Nothing | Hire | Ask));
    let told: usize = pieces.iter().filter(|(sign, _)| is_matter(sign)).map(|(_, letters)| letters).sum();
    let complains = pieces.iter().any(|(sign, _)| *sign == Some(Complaint));
    told >= if complains { LETTERS_COMPLAINING } else { LETTERS_TELLING }
}

fn read(message: &str) -> Vec<Read> {
    CUES.read(message).iter().map(|piece| (piece.class, letters(piece.text))).collect()
}

/// Spaces beside anything but Latin letters become commas.
fn spaces_as_stops(message: &str) -> String {
    let is_latin = |word: Option<&str>, last: bool| {
        let c = word.and_then(|word| if last { word.chars().next_back() } else { word.chars().next() });
        c.is_some_and(|c| c.is_ascii_alphanumeric())
    };
    let mut text = String::with_capacity(message.len() + 8);
    let mut before = None;
    for word in message.split(' ') {
        if before.is_some() {
            text.push(if is_latin(before, true) && is_latin(Some(word), false) { ' ' } else { '，' });
        }
        text.push_str(word);
        before = Some(word);
    }
    text
}

fn is_wish(pieces: &[Read]) -> bool {
    if pieces.iter().any(|(sign, _)| *sign == Some(Stranger)) {
        return false;
    }
    let clauses: Vec<&[Read]> = pieces.split(|(sign, _)| *sign == Some(Break)).collect();
    clauses.iter().any(|clause| PATTERNS.iter().any(|pattern| pattern.fits(clause)))
        || is_nothing_else(pieces)
        || (clauses.len() > 1 && clauses.iter().any(|clause| is_plain_call(clause)))
}

impl Pattern {
    fn fits(&self, clause: &[Read]) -> bool {
        let holds = |pieces: &[Read], signs: &[Sign]| {
            pieces.iter().any(|(sign, _)| sign.is_some_and(|sign| signs.contains(&sign)))
        };
        !holds(clause, self.unless)
            && (0..clause.len()).any(|start| {
                self.end(&clause[start..]).is_some_and(|end| !holds(&clause[start + end..], self.unless_after))
            })
    }

    /// Where the steps end if they follow each other from the first piece on.
    fn end(&self, pieces: &[Read]) -> Option<usize> {
        let (mut step, mut between) = (0, 0);
        for (at, (sign, letters)) in pieces.iter().enumerate() {
            if sign.is_some_and(|sign| self.steps[step].contains(&sign)) {
                (step, between) = (step + 1, 0);
                if step == self.steps.len() {
                    return Some(at + 1);
                }
            } else if step == 0 {
                return None;
            } else if matches!(sign, None | Some(Matter | Nothing | Hire)) {
                between += letters;
                if between > self.gap {
                    return None;
                }
            }
        }
        None
    }
}

/// A person, or a complaint, and hardly anything that is no sign: 人工, 有没有活人啊急, 领导呢.
fn is_nothing_else(pieces: &[Read]) -> bool {
    let has = |wanted: Sign| pieces.iter().any(|(sign, _)| *sign == Some(wanted));
    let beside: usize =
        pieces.iter().filter(|(sign, _)| matches!(sign, None | Some(Nothing))).map(|(_, letters)| letters).sum();
    let is_called = has(Person)
        || has(Somebodies)
        || (has(Somebody) && (has(Present) || has(Fetch)))
        || has(Complaint)
        || (has(Anybody) && pieces.iter().all(|(sign, _)| is_calling(*sign)));
    is_called && beside <= LETTERS_BESIDE && ![Matter, Hire, Ask].into_iter().any(has)
}

/// One clause of several that is nothing but a person or a complaint.
fn is_plain_call(clause: &[Read]) -> bool {
    let is_beside = |(sign, _): &&Read| matches!(sign, None | Some(Nothing));
    is_nothing_else(clause)
        && !clause.iter().any(|piece| is_beside(&piece))
        && clause.iter().any(|(sign, _)| matches!(sign, Some(Person | Somebodies | Complaint)))
}

/// What a mere call for somebody is made of: 有没有人, 人呢.
fn is_calling(sign: Option<Sign>) -> bool {
    !matches!(sign, Some(Fetch | Fault | Machine | Intend | Phone | Call | Give))
}

/// Syllables by which a person is meant.
const PEOPLE_SOUND: [&str; 5] = ["rengong", "zhenren", "huoren", "zhuanyuan", "kefu"];

/// The same, where whole words are typed in Latin letters: written in characters they would mean something else (招个人).
const LATIN_PEOPLE_SOUND: [&str; 4] = ["zhaogeren", "yourenma", "huangeren", "laigeren"];

/// Syllables that stand around them in a wish.
const AROUND_SOUND: &str = "zhuan|jie|zhao|wo|yao|xiang|fuwu|ge|shuo|you|ma|zai|ba|qing|bangwo|bang|mang|lianxi|lai|de|hua|gen|gei|jiao|\
     huan|a|le|kuai|dian|mei|meiyou|dao|xia|yi|yixia|nimen|ni|hao|xiexie|mafan|zhuanjie|liao|tan|wen|wenwen|dianhua|da|hujiao|women";

/// Syllables that ask for a person wherever they stand: homophones (转仁工).
const SOUNDS: [&str; 9] = [
    "zhuanrengong",
    "zhuanjierengong",
    "zhaorengong",
    "rengongkefu",
    "lianxizhuanyuan",
    "zhenrenkefu",
    "zhuanzhenren",
    "zhuanjiekefu",
    "zhaozhuanyuan",
];

/// Typed pinyin and homophones (人功, 砖员). Where the words themselves are written, the patterns have judged.
fn sounds_like_it(pieces: &[Read], message: &str, pinyin: &str) -> bool {
    let is_spelled = pieces.iter().any(|(sign, _)| matches!(sign, Some(Matter | Wish | Person | Stranger | Hire)));
    if is_spelled {
        return false;
    }
    let names = |people: &[&str]| people.iter().any(|sound| pinyin.contains(sound));
    let is_people = names(&PEOPLE_SOUND) || (message.is_ascii() && names(&LATIN_PEOPLE_SOUND));
    SOUNDS.iter().any(|sound| pinyin.contains(sound)) || (is_people && is_made_of_wishes(pinyin))
}

/// Tells whether syllables can be read as nothing but a wish.
fn is_made_of_wishes(pinyin: &str) -> bool {
    let mut is_reached = vec![false; pinyin.len() + 1];
    is_reached[0] = true;
    let words = || PEOPLE_SOUND.into_iter().chain(LATIN_PEOPLE_SOUND).chain(AROUND_SOUND.split('|'));
    for at in 0..pinyin.len() {
        if !is_reached[at] || !pinyin.is_char_boundary(at) {
            continue;
        }
        for word in words().filter(|word| pinyin[at..].starts_with(word)) {
            is_reached[at + word.len()] = true;
        }
    }
    is_reached[pinyin.len()]
}
