//! Which facet (要素) a message asks for, and what is left of it.
//!
//! People ask on with half sentences: "要带啥", "多久下来", "那要钱不". The words that carry the facet are told from those that
//! name nothing; what is left tells whether the message names a topic of its own.

mod cues;

use std::sync::LazyLock;

use super::cue::{Cues, Piece, closed_up};
use super::topic::Facet;

/// What a stretch of a message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    /// Asks for a facet: 多久, 带啥.
    Asks(Facet),
    /// Names a facet: 材料, 时间.
    Names(Facet),
    /// Asks for money, whether one pays it or gets it: 多少钱.
    Money,
    /// 它, 这个政策: what was talked about.
    Pointer,
    /// 公司, 补贴, 办: a word of nearly every topic, which names none beside a facet.
    Generic,
    /// 开公司, 登记: a word of many topics, which may name one.
    Matter,
    /// 个体户, 专科, 研发占比: who or what is held against a condition or an amount; otherwise a name like any other.
    Subject,
    /// Small words.
    Filler,
    /// A word that holds a facet's word and means something else: 新材料.
    Taken,
}

static CUES: LazyLock<Cues<Sign>> = LazyLock::new(|| Cues::new(cues::WORDS));

/// What a message asks for: the facet, and whether that depends on the topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The facet.
    pub facet: Facet,
    /// 多少钱: a fee for what one has to pay, an amount for what one gets.
    pub is_money: bool,
}

/// The facets a message asks for, and its residue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetQuestion {
    /// The facet that is asked for in the first place.
    pub asked: Asked,
    /// Further facets that are asked for in so many words, in their order.
    pub also: Vec<Facet>,
    /// What is left when the facet's words and filler are taken out; empty when the message names no topic.
    pub residue: String,
    /// Whether it points at what was talked about: 它, 这个政策.
    pub is_pointing: bool,
    /// Whether it names something that nearly every topic is about: 公司, 登记.
    pub names_generic: bool,
}

/// Finds the facet a normalised message asks for; `None` when it asks for none.
///
/// Question words win over other words that ask, and those over words that name; among equals the longer one, then the earlier.
///
/// # Examples
///
/// ```
/// # use zhengqitong::domain::facet::detect;
/// # use zhengqitong::domain::topic::Facet;
/// let question = detect("那要准备啥东西").unwrap();
/// assert_eq!((question.asked.facet, question.residue.as_str()), (Facet::Materials, ""));
/// assert_eq!(detect("交了材料多久有结果").unwrap().asked.facet, Facet::TimeLimit);
/// assert!(detect("那年报呢").is_none());
/// ```
#[must_use]
pub fn detect(message: &str) -> Option<FacetQuestion> {
    let closed = closed_up(message);
    let pieces = CUES.read(&closed);
    let main = pieces
        .iter()
        .enumerate()
        .filter_map(|(at, piece)| Some((rank(piece)?, at)))
        .max_by_key(|((strength, length), at)| (*strength, *length, usize::MAX - at))?;
    let at = main.1;
    let asked = asked(pieces[at].class?)?;
    let mut also = Vec::new();
    for piece in &pieces {
        if let Some(Sign::Asks(facet)) = piece.class
            && facet != asked.facet
            && !also.contains(&facet)
        {
            also.push(facet);
        }
    }
    // When something ends may be said of the rule or of its handling: 年报什么时候截止.
    let is_of_an_end = pieces[at].text.contains(['截', '晚', '前']) || pieces[at].text.contains("到几");
    if asked.facet == Facet::Validity && is_of_an_end && !also.contains(&Facet::TimeLimit) {
        also.push(Facet::TimeLimit);
    }
    let has = |sign: Sign| pieces.iter().any(|piece| piece.class == Some(sign));
    let (is_pointing, names_generic) = (has(Sign::Pointer), has(Sign::Matter));
    let is_about_subjects = matches!(asked.facet, Facet::Conditions | Facet::Amount) && !asked.is_money;
    Some(FacetQuestion { asked, also, residue: rest_of(&pieces, is_about_subjects), is_pointing, names_generic })
}

/// Characters of question words: 多久 asks more than 能办吗.
const QUESTION_WORDS: &str = "哪啥什谁多几怎咋何";

/// How much a piece tells about the facet: its strength, then its length.
fn rank(piece: &Piece<'_, Sign>) -> Option<(u8, usize)> {
    let is_open = piece.text.chars().any(|c| QUESTION_WORDS.contains(c));
    let strength = match piece.class? {
        Sign::Asks(_) | Sign::Money if is_open => 3,
        Sign::Asks(_) | Sign::Money => 2,
        Sign::Names(_) => 1,
        _ => return None,
    };
    Some((strength, piece.text.chars().count()))
}

fn asked(sign: Sign) -> Option<Asked> {
    match sign {
        Sign::Asks(facet) | Sign::Names(facet) => Some(Asked { facet, is_money: false }),
        Sign::Money => Some(Asked { facet: Facet::Amount, is_money: true }),
        _ => None,
    }
}

/// What is left of a normalised message without facets, filler, spaces and punctuation: what may name a topic.
#[must_use]
pub fn residue(message: &str) -> String {
    let closed = closed_up(message);
    rest_of(&CUES.read(&closed), false)
}

/// Ways to move on to another topic.
const MOVING_ON: &str = "呢|咋样|怎么样|怎样|也说|也讲|也介绍|也问|说说|讲讲|如何|来着|行不|可以不|有没有|那|还有|再说|what about|how about";

/// Tells whether a normalised message sounds like moving on to another topic: 那年报呢.
#[must_use]
pub fn is_moving_on(message: &str) -> bool {
    MOVING_ON.split('|').any(|word| message.contains(word))
}

/// Single characters that are never part of a name.
const PARTICLES: &str = "那这的了吗呢啊呀吧嘛不么没要得都还又再就也是有我你您它去来到从在往着过能会想说问看跟和与及由被把按请哈哦噢喔嗯啥哪几另每给";

fn rest_of(pieces: &[Piece<'_, Sign>], is_about_subjects: bool) -> String {
    let is_rest = |piece: &Piece<'_, Sign>| match piece.class {
        None => piece.text.chars().any(|c| c.is_alphanumeric() && !c.is_ascii_digit()),
        Some(Sign::Taken) => true,
        Some(Sign::Subject) => !is_about_subjects,
        _ => false,
    };
    // 高|企, 报|关: a small word beside what no cue covers is part of a name.
    let joins = |piece: &Piece<'_, Sign>| {
        let mut chars = piece.text.chars();
        let single = chars.next().filter(|_| chars.next().is_none());
        matches!(piece.class, Some(Sign::Generic | Sign::Filler | Sign::Names(_)))
            && single.is_some_and(|c| !PARTICLES.contains(c) && !c.is_ascii())
    };
    let beside = |at: usize| {
        let before = at.checked_sub(1).and_then(|at| pieces.get(at));
        [before, pieces.get(at + 1)]
            .into_iter()
            .flatten()
            .any(|piece| is_rest(piece) && piece.class != Some(Sign::Subject))
    };
    let mut rest = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        if is_rest(piece) || (joins(piece) && beside(at)) {
            rest.extend(piece.text.chars().filter(|c| c.is_alphanumeric() && !c.is_ascii_digit()));
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, expected: Option<Facet>) {
        assert_eq!(detect(message).map(|question| question.asked.facet), expected, "{message}");
    }

    #[test]
    fn half_sentences_name_their_facet() {
        check("都要带哪些", Some(Facet::Materials));
        check("大概得多久", Some(Facet::TimeLimit));
        check("在哪个窗口交", Some(Facet::Place));
        check("有没有咨询电话", Some(Facet::Contact));
        check("要交手续费吗", Some(Facet::Fee));
        check("最高能补多少", Some(Facet::Amount));
        check("这个到什么时候截止", Some(Facet::Validity));
        check("文号是什么", Some(Facet::Basis));
        check("我们够格吗", Some(Facet::Conditions));
        check("接下来怎么操作", Some(Facet::Steps));
    }

    #[test]
    fn a_plain_topic_names_no_facet() {
        check("那商标呢", None);
    }
}
