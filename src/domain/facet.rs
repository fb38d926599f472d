//! Which facet (要素) a message asks for, and what is left of it.
//!
//! People ask on with half sentences: "要带啥", "多久下来", "那要钱不". The words that carry the facet are taken out; what is
//! left tells whether the message names a topic of its own.

use super::topic::Facet;

/// Words that carry a facet, the more telling ones first. Normalised text.
const CUES: &[(Facet, &str)] = &[
    (
        Facet::Materials,
        "材料|资料|证件|要件|文件清单|带什么|带啥|带哪些|带些什么|准备什么|准备啥|准备些|准备哪些|备齐|\
    提交什么|提交啥|提交哪些|交什么|交啥|填什么表|什么表|哪些表|需要什么证|documents|materials|\
    paperwork",
    ),
    (
        Facet::TimeLimit,
        "多长时间|多久|几天|多少天|多少个工作日|几个工作日|工作日|时限|要多少时间|什么时候能下来|\
    啥时候能下来|什么时候下来|啥时候下来|什么时候到账|啥时候到账|多会儿|几个月能|几周|办多久|how long",
    ),
    (
        Facet::Contact,
        "电话|号码|联系方式|联系人|找谁|问谁|打给谁|哪个部门|什么部门|哪个单位|归谁管|谁管|咨询谁|phone|\
    contact",
    ),
    (
        Facet::Place,
        "在哪|去哪|到哪里|到哪个地方|到哪儿|哪里办|哪儿办|哪办|哪里交|哪里申请|哪个窗口|几楼|哪个楼|哪栋楼|\
    什么地方|地址|地点|网址|哪个网|什么网站|哪个网站|哪个平台|什么平台|哪个系统|where",
    ),
    (
        Facet::Validity,
        "有效期|几年有效|有效几年|管几年|管多少年|能用几年|用几年|到哪年|到哪一年|到什么时候|到啥时候|\
    哪天到期|什么时候到期|啥时候到期|何时到期|截止到|什么时候截止|还有效|过期没|还在执行|现在还有|\
    今年还有|valid until|expire",
    ),
    (
        Facet::Basis,
        "依据|哪个文件|什么文件|哪份文件|文件号|文号|哪条|哪一条|哪部法|哪条法|什么法|法条|哪里规定|哪个规定|\
    什么规定|谁规定|出处|原文|红头文件|legal basis",
    ),
    (
        Facet::Fee,
        "收费|要钱|花钱|交钱|掏钱|收钱|手续费|工本费|规费|费率|免费|要不要交费|缴费|费用多少|多少费用|花多少|\
    成本多少|fee|cost",
    ),
    (
        Facet::Amount,
        "多少钱|补多少|奖多少|给多少|领多少|拿多少|减多少|扣多少|退多少|返多少|贷多少|省多少|免多少|抵多少|\
    几个点|多少个点|标准|额度|比例|税率是|税率多少|上限|最高多少|最多多少|奖励多少|补贴多少|多大力度|\
    how much",
    ),
    (
        Facet::Conditions,
        "条件|要求|符合|资格|门槛|谁能|谁可以|哪些企业|哪些人|什么样的|什么企业|够不够格|够格|算不算|\
    能不能享受|能享受|可不可以享受|适用|给不给|eligible|requirements|qualify",
    ),
    (
        Facet::Steps,
        "流程|步骤|怎么走|咋走|先后|下一步|第一步|怎么操作|咋操作|怎么办理|怎么申请|咋申请|如何办理|如何申请|\
    怎么弄|咋弄|怎么办|咋办|怎么申报|如何申报|怎么报|怎么搞|咋整|how to apply|how do i",
    ),
];

/// Small words that are left beside a facet and name nothing: "那…呢", "这个…要…".
const FILLER: &str = "单位|企业|公司|拿到|拿|领|享受|那么|那个|这个|这种|那种|的话|请问|大概|一般|到底|具体|需要|都要|还要|要不要|能不能|可以|我们|我这|\
    你们|它|那|这|呢|吗|啊|呀|吧|嘛|不|么|要|得|都|还|又|再|就|是|有|没|给|去|办|问|说|一下|下|些|点|个|\
    啥|什么|哪|东西|多少|我|的|了|能|会|发|看|看看|也|来|着|想|知道|告诉|打|往|上|里|到|走|然后";

/// The facet a message asks for, and its residue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetQuestion {
    /// The facet.
    pub facet: Facet,
    /// What is left when the facet's words and filler are taken out; empty when the message names no topic.
    pub residue: String,
}

/// Finds the facet a normalised message asks for; `None` when it asks for none.
///
/// Of several, the longest cue wins, then the order of the table.
///
/// # Examples
///
/// ```
/// # use zhengqitong::domain::facet::detect;
/// # use zhengqitong::domain::topic::Facet;
/// let question = detect("那要准备啥东西").unwrap();
/// assert_eq!((question.facet, question.residue.as_str()), (Facet::Materials, ""));
/// assert!(detect("那年报呢").is_none());
/// ```
#[must_use]
pub fn detect(message: &str) -> Option<FacetQuestion> {
    let mut best: Option<(Facet, &str)> = None;
    for (facet, cues) in CUES {
        for cue in cues.split('|') {
            let is_longer = best.is_none_or(|(_, other)| cue.chars().count() > other.chars().count());
            if is_longer && message.contains(cue) {
                best = Some((*facet, cue));
            }
        }
    }
    let (facet, cue) = best?;
    Some(FacetQuestion { facet, residue: residue(&message.replace(cue, " ")) })
}

/// What is left of a normalised message without filler, spaces and punctuation.
#[must_use]
pub fn residue(message: &str) -> String {
    let mut rest = message.to_owned();
    for word in FILLER.split('|') {
        rest = rest.replace(word, " ");
    }
    rest.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, expected: Option<Facet>) {
        assert_eq!(detect(message).map(|question| question.facet), expected, "{message}");
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
