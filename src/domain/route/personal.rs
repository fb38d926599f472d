//! Matters of citizens, which the assistant leaves to others: pensions, household registers, identity cards.
//!
//! Only what is plainly a citizen's own is named here, and never where a firm's word stands beside it: the children of a
//! firm's staff, its housing fund account and its work permits are this assistant's business.

use std::sync::LazyLock;

use crate::domain::cue::{Cues, closed_up};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    /// A citizen's own matter.
    Citizen,
    /// Somebody of the family.
    Family,
    /// What is a citizen's own matter when it is about the family or oneself.
    Private,
    /// 我个人, 自己: about oneself.
    Self_,
    /// A firm's word.
    Firm,
}

use Sign::{Citizen, Family, Firm, Private, Self_};

const SIGNS: &[(Sign, &str)] = &[
    (
        Firm,
        "公司|企业|单位|员工|职工|法人|股东|厂|店|商户|个体|合伙|开业|营业|经营|执照|人才|引进|博士|硕士|毕业生|高校|招聘|招用|用人|用工|雇|雇主|劳务|\
         外教|外国专家|来华工作|工作许可|项目|投资|老板|企业家|高管|创业|注册|资质|备案|园区|补贴政策|公章|申请补贴|技能提升|考了证|方案公示|规划公示|随迁|外国人|宠物医院|宠物店|宠物美容|宠物用品|年报|税务登记|发票|工商|经营者|开办|从业|\
         上规|纳税人|残保金|保障金|残疾人就业|社保登记|参保登记|开户|缴存登记|纠纷|仲裁|工伤认定|贷款|贴息|生育津贴",
    ),
    (
        Citizen,
        "退休金|养老金|退休工资|退休年龄|办退休|办身份证|补身份证|换身份证|身份证丢|身份证到期|身份证过期|身份证怎么|身份证去哪|身份证在哪|身份证多久|挂失身份证|临时身份证|居民身份|结婚登记|结婚证|领证结婚|离婚|婚姻登记|婚检|复婚|驾驶证|驾照|科目一|科目二|违章|车辆年检|\
         摇车牌|电动车上牌|电动车牌|摩托车上牌|护照|港澳通行证|通行证签注|出入境证|户口本|给孩子上户口|给宝宝上户口|新生儿上户口|新生儿落户|户籍证明|户口簿|报户口|户口分|\
         居住证|低保|最低生活保障|特困|高龄补贴|高龄津贴|老年证|老年卡|敬老卡|找养老院|住养老院|送养老院|残疾证|残疾补贴|护理补贴|公租房|廉租房|经适房|保障房|租房提取|\
         提取公积金|公积金提取|提公积金|公积金贷款|还房贷|房贷利率|我家房贷|买房首付|商转公|二手房|物业费|小区物业|小区停车|小区里|我们小区|我家小区|业委会|\
         楼上漏水|漏水|邻居|噪音扰民|噪声扰民|广场舞|医保报销|异地就医|医保卡|住院报销|门诊报销|医药费|生二胎|生三胎|准生证|出生证|出生医学|\
         育儿补贴|幼儿园报名|小学报名|小升初|中考|高考|学区|划片|学籍|奖学金|助学贷款|教师资格证|普通话证|公务员考试|考编|事业编|\
         失业金|失业补助金|失业保险金|领失业|灵活就业|个人社保|个体医保|自己交社保|断缴|补缴养老|社保转移|社保卡|个税退税|个税app|专项附加|年终奖个税|\
         丧葬|骨灰|墓地|殡葬|遗产|遗嘱|赡养|抚养权|宠物|养狗证|狗证|快递丢|网购退|消费维权|12306|火车票|公交卡|地铁|信访局|寻人|丢手机|\
         征兵|参军|当兵|入党|党员关系|团员|志愿者证|献血|打疫苗|挂号看病|医院挂号",
    ),
    (
        Family,
        "我爸|我妈|我爹|我娘|我儿子|我闺女|我女儿|我老婆|我老公|我媳妇|我对象|我奶奶|我爷爷|我姥|我孩子|孩子|娃|宝宝|老人|老母亲|老父亲|岳父|岳母|公婆|家里老人|孙子|爸妈|父母",
    ),
    (Private, "社保|医保|公积金|退休|看病|报销|房子|个税|养老|补缴|津贴|住院|上户口"),
    (Self_, "我个人|个人怎么|我自己的|本人的|私人"),
];

static CUES: LazyLock<Cues<Sign>> = LazyLock::new(|| Cues::new(SIGNS));

/// Tells whether a normalised message is about a citizen's own matter.
#[must_use]
pub(super) fn is_personal(message: &str) -> bool {
    let closed = closed_up(message);
    let pieces = CUES.read(&closed);
    let has = |wanted: Sign| pieces.iter().any(|piece| piece.class == Some(wanted));
    !has(Firm) && (has(Citizen) || ((has(Family) || has(Self_)) && has(Private)))
}
