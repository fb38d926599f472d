//! Corrections: 不是这个，我问的是…; 说错了，是…; 不对.

use super::cue::letters;

/// A message that takes back what was said before, by either side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Correction<'t> {
    /// What is not meant, where it is named: 不是**注销**，是变更.
    pub denied: Option<&'t str>,
    /// What is meant; empty when only the denial is there.
    pub meant: &'t str,
    /// Whether what was said before is denied, not just said anew: 我问的是….
    pub is_denial: bool,
}

/// What introduces the thing that is meant.
const MEANT: &str = "我想问的其实是|我其实想问的是|我其实想问|其实我想问的是|其实我想问|其实我问的是|其实我是想问|其实我要问|我真正想问的是|我想问的是|我要问的是|\
     我想问的|我想了解的是|我想知道的是|我要的是|我要办的是|我要查的是|我问的是|我问的|我是问|我是想问|我是要问|我说的是|我是说|我想说的是|我指的是|\
     我的意思是|意思是|我是指|是指|应该是|改成问|改问|而是|i meant|i mean|i was asking about|i am asking about|i'm asking about";

/// What takes back what was said, when it stands at the beginning.
const DENIAL: &str = "不是不是|不是这个意思|不是这意思|不是这个事|不是这事|不是这个|不是这些|不是这项|不是那个|不是我要的|不是我想要的|不是我问的|不是的|不是啊|不是呀|\
     不是哦|不是吧|不对不对|不对啊|不对呀|不对吧|不对|不准|错了错了|错了|你错了|说错了|我说错了|说错啦|搞错了|你搞错了|我搞错了|打错了|打错字了|弄错了|问错了|\
     我问错了|理解错了|你理解错了|你理解错|没理解|没听懂|你没听懂|你没懂|没问这个|我没问这个|我没问|不是问这个|我不是问这个|我问的不是这个|我不是说这个|\
     答非所问|所答非所问|驴唇不对马嘴|牛头不对马嘴|跑题了|跑偏了|文不对题|口误|打字打错了|都不是|都不对|以上都不是|以上都不对|no no|not this|not that|wrong|\
     that's wrong|that is wrong|no";

/// Small words between the denial and what is meant.
const BETWEEN: &str = ",|.|。|;|!|?|、|:|~| |啊|呀|哦|哈|了|吧|我|是|要|问|想|说|的|应该|其实|而|就";

/// Reads a normalised message as a correction; `None` when it is none.
///
/// Only sensible where something was said before.
///
/// # Examples
///
/// ```
/// # use zhengqitong::domain::correction::correction;
/// assert_eq!(correction("不是这个,我问的是公章").unwrap().meant, "公章");
/// assert_eq!(correction("不是注销,是变更").unwrap().denied, Some("注销"));
/// assert_eq!(correction("不对").unwrap().meant, "");
/// assert!(correction("不对外营业的食堂要办证吗").is_none());
/// ```
#[must_use]
pub fn correction(message: &str) -> Option<Correction<'_>> {
    let message = message.trim();
    if let Some(found) = not_this_but_that(message) {
        return Some(found);
    }
    if let Some((at, word)) = first_of(message, MEANT) {
        let (before, meant) = (&message[..at], message[at + word.len()..].trim_start_matches([' ', ',', ':', '是']));
        // What stands before must be nothing, a denial, or small words.
        let is_denial = letters(strip(before, DENIAL)) <= 2;
        let is_plain = is_denial || before.starts_with("不是") || before.starts_with("我不是");
        if is_plain && letters(meant) > 0 {
            return Some(Correction {
                denied: if is_denial { None } else { denied(before) },
                meant,
                is_denial: letters(before) > 2,
            });
        }
    }
    let word = DENIAL.split('|').find(|word| message.starts_with(word))?;
    let rest = &message[word.len()..];
    // "no" begins many an English word, and 不对 a few Chinese ones.
    let ends = rest.is_empty()
        || rest.starts_with([
            ' ', ',', '.', '。', ';', '!', '?', '~', '我', '是', '、', ':', '应', '而', '啊', '呀', '吧', '了',
        ]);
    ends.then(|| Correction { denied: None, meant: strip(rest, BETWEEN), is_denial: true })
}

/// 不是X，是Y: both named.
fn not_this_but_that(message: &str) -> Option<Correction<'_>> {
    let rest = ["我不是问", "我不是说", "我问的不是", "不是问", "不是说", "我不问", "我不是要", "不是要", "不是"]
        .into_iter()
        .find_map(|word| message.strip_prefix(word))?;
    if rest.contains("是不是") || rest.starts_with("不是") {
        return None;
    }
    let (at, word) = joint(rest)?;
    let (denied, meant) = (rest[..at].trim_end_matches([' ', ',', '。', ';']).trim(), &rest[at + word.len()..]);
    let is_pointer = matches!(denied, "这个" | "这" | "那个" | "这些" | "这个意思" | "这事" | "");
    let meant = strip(meant, BETWEEN);
    let is_short = letters(denied) <= 12 && letters(message) <= 30;
    (is_short && letters(meant) > 0).then_some(Correction {
        denied: (!is_pointer).then_some(denied),
        meant,
        is_denial: true,
    })
}

/// What joins the two: after a sign any of several words, without one only 而是 or 是.
const JOINTS: &str = "而是|我问的是|我说的是|问的是|我要|我是|是问|是说|是|要";

fn joint(rest: &str) -> Option<(usize, &'static str)> {
    let after_sign = |at: usize| rest[..at].ends_with([' ', ',', '。', ';']);
    let joined = JOINTS
        .split('|')
        .filter_map(|word| Some((rest.match_indices(word).map(|(at, _)| at).find(|at| after_sign(*at))?, word)))
        .min_by_key(|(at, word)| (*at, usize::MAX - word.len()));
    joined.or_else(|| ["而是", "是"].into_iter().find_map(|word| Some((rest.find(word)?, word))))
}

/// The thing that is denied before what is meant: 我不是问注销.
fn denied(before: &str) -> Option<&str> {
    let named =
        ["我不是问", "我不是说", "不是问", "不是说", "不是"].into_iter().find_map(|word| before.strip_prefix(word))?;
    let named = named.trim_matches([' ', ',', '。', '.', ';']);
    (letters(named) > 0 && !named.starts_with('这') && !named.starts_with('那')).then_some(named)
}

/// The earliest of `words` in `text`, the longest where several begin there.
fn first_of<'w>(text: &str, words: &'w str) -> Option<(usize, &'w str)> {
    words
        .split('|')
        .filter_map(|word| Some((text.find(word)?, word)))
        .min_by_key(|(at, word)| (*at, usize::MAX - word.len()))
}

/// Takes any of `words` off the beginning, as often as one stands there.
fn strip<'t>(text: &'t str, words: &str) -> &'t str {
    let mut rest = text.trim();
    while let Some(word) = words.split('|').find(|word| rest.starts_with(word)) {
        rest = &rest[word.len()..];
    }
    rest.trim()
}

/// What introduces a question of its own: then nothing said before is meant.
const NEW_TOPIC: &str = "换个问题|换一个问题|换个话题|问个别的|问别的|问点别的|另一个问题|另外一个问题|新问题|下一个问题|再问个别的|说点别的|new question|\
     another question|next question|different question";

/// Reads a normalised message that begins with 换个问题: what follows is the question, perhaps nothing.
///
/// # Examples
///
/// ```
/// # use zhengqitong::domain::correction::new_topic;
/// assert_eq!(new_topic("换个问题,残保金怎么交"), Some("残保金怎么交"));
/// assert_eq!(new_topic("残保金怎么交"), None);
/// ```
#[must_use]
pub fn new_topic(message: &str) -> Option<&str> {
    let (at, word) = first_of(message, NEW_TOPIC)?;
    (letters(&message[..at]) <= 4).then(|| {
        message[at + word.len()..]
            .trim_start_matches([' ', ',', '.', '。', ':', ';', '!', '?', '吧', '啊', '哈', '了', '、'])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, expected: Option<(Option<&str>, &str)>) {
        let normalised = crate::domain::text::normalise(message);
        let got = correction(&normalised).map(|found| (found.denied.map(str::to_owned), found.meant.to_owned()));
        let expected = expected.map(|(denied, meant)| (denied.map(str::to_owned), meant.to_owned()));
        assert_eq!(got, expected, "{message}");
    }

    #[test]
    fn what_is_meant_follows_the_denial() {
        check("不是这个，我问的是个体户", Some((None, "个体户")));
        check("说错了，是公积金", Some((None, "公积金")));
        check("不对，我要办食品证", Some((None, "办食品证")));
        check("不是不是 我想问的是年报", Some((None, "年报")));
        check("我问的是专利", Some((None, "专利")));
        check("你理解错了，我是说变更地址", Some((None, "变更地址")));
        check("其实我想问公章丢了咋办", Some((None, "公章丢了咋办")));
    }

    #[test]
    fn both_sides_may_be_named() {
        check("不是公司，是个体户", Some((Some("公司"), "个体户")));
        check("我不是问材料，是问时间", Some((Some("材料"), "时间")));
        check("不是省级的是国家级的", Some((Some("省级的"), "国家级的")));
    }

    #[test]
    fn a_bare_denial_leaves_nothing() {
        for message in ["不对", "不是这个意思。", "答非所问", "错了", "不是的"] {
            check(message, Some((None, "")));
        }
    }

    #[test]
    fn questions_that_begin_alike_are_no_corrections() {
        for message in [
            "不对外营业的食堂要办证吗",
            "不是本地人能开公司吗",
            "错了的年报怎么改",
            "不是法人本人是不是可以办",
            "是不是要交税",
            "nonprofit tax",
        ] {
            check(message, None);
        }
    }
}
