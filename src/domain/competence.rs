//! What a service commissioner may not decide, and the lawful way for it.
//!
//! Drawn after the limits that Chinese service hotlines publish alike: matters of litigation, arbitration, discipline, administrative
//! reconsideration, disclosure and petitions go their own lawful ways. The company is told the way; nothing is swallowed.

/// A lawful way outside the desk's competence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumIter)]
pub enum LawfulWay {
    /// Courts (诉讼) and enforcement of judgments.
    Court,
    /// Arbitration (仲裁).
    Arbitration,
    /// Administrative reconsideration (行政复议).
    Reconsideration,
    /// Requests for government information (政府信息公开).
    Disclosure,
    /// Petitions (信访).
    Petition,
    /// Discipline and supervision of officials (纪检监察).
    Discipline,
    /// Crimes (报警).
    Police,
}

/// Words that lead there, the more telling ways first.
const CUES: &[(LawfulWay, &[&str])] = &[
    (LawfulWay::Police, &["报警", "报案", "被诈骗", "被骗了钱", "敲诈", "合同诈骗", "立案侦查"]),
    (LawfulWay::Discipline, &["受贿", "索贿", "索要好处", "吃拿卡要", "贪污", "纪检", "监委", "违纪"]),
    (LawfulWay::Reconsideration, &["行政复议", "申请复议", "复议"]),
    (LawfulWay::Disclosure, &["信息公开申请", "申请信息公开", "政府信息公开", "依申请公开"]),
    (LawfulWay::Petition, &["信访", "上访"]),
    (LawfulWay::Arbitration, &["仲裁"]),
    (LawfulWay::Court, &["起诉", "诉讼", "打官司", "法院", "判决", "强制执行", "上诉", "开庭"]),
];

/// The lawful way that a matter needs, when its own words say so; `None` when the desk may take it.
///
/// # Examples
///
/// ```
/// # use zhengqitong::domain::competence::{LawfulWay, outside};
/// assert_eq!(outside("合同纠纷法院判决了对方不执行怎么办"), Some(LawfulWay::Court));
/// assert_eq!(outside("简易注销公示要多久"), None);
/// ```
#[must_use]
pub fn outside(words: &str) -> Option<LawfulWay> {
    CUES.iter().find(|(_, cues)| cues.iter().any(|cue| words.contains(cue))).map(|(way, _)| *way)
}
