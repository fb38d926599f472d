//! What officials write in cells for the words of a topic file.

use serde::de::DeserializeOwned;

use super::super::record::{
    ConfidenceRecord, FieldRecord, FormRecord, KindRecord, LevelRecord, OperatorRecord, StatusRecord, UnitRecord,
};

/// A word of a topic file and what officials write for it.
pub(super) type Words<T> = [(T, &'static str)];

pub(super) const KINDS: &Words<KindRecord> =
    &[(KindRecord::Policy, "政策"), (KindRecord::Procedure, "办事"), (KindRecord::Service, "服务")];

pub(super) const STATUSES: &Words<StatusRecord> = &[
    (StatusRecord::Valid, "现行有效"),
    (StatusRecord::Provisional, "暂定有效"),
    (StatusRecord::Expired, "已到期"),
    (StatusRecord::Repealed, "已废止"),
    (StatusRecord::Unverified, "待核实"),
];

pub(super) const CONFIDENCES: &Words<ConfidenceRecord> =
    &[(ConfidenceRecord::High, "高"), (ConfidenceRecord::Medium, "中")];

pub(super) const FORMS: &Words<FormRecord> = &[
    (FormRecord::Original, "原件"),
    (FormRecord::Copy, "复印件"),
    (FormRecord::Online, "网上提交"),
    (FormRecord::Either, "原件或复印件"),
];

pub(super) const UNITS: &Words<UnitRecord> = &[(UnitRecord::Working, "工作日"), (UnitRecord::Calendar, "自然日")];

pub(super) const LEVELS: &Words<LevelRecord> = &[
    (LevelRecord::District, "区级"),
    (LevelRecord::Subdistrict, "街道"),
    (LevelRecord::Community, "社区"),
    (LevelRecord::Online, "线上"),
    (LevelRecord::Mobile, "手机端"),
];

pub(super) const CHARGES: &Words<bool> = &[(true, "收费"), (false, "不收费")];

pub(super) const OPERATORS: &Words<OperatorRecord> = &[
    (OperatorRecord::Le, "≤"),
    (OperatorRecord::Ge, "≥"),
    (OperatorRecord::Lt, "<"),
    (OperatorRecord::Gt, ">"),
    (OperatorRecord::Eq, "="),
    (OperatorRecord::NoneOf, "不属于"),
    (OperatorRecord::OneOf, "属于"),
];

pub(super) const FIELDS: &Words<FieldRecord> = &[
    (FieldRecord::Employees, "从业人数"),
    (FieldRecord::AnnualRevenueWan, "年营业收入（万元）"),
    (FieldRecord::TotalAssetsWan, "资产总额（万元）"),
    (FieldRecord::TaxableIncomeWan, "年应纳税所得额（万元）"),
    (FieldRecord::RegisteredCapitalWan, "注册资本（万元）"),
    (FieldRecord::RegisteredMonths, "注册月数"),
    (FieldRecord::RdExpenseWan, "研发费用（万元）"),
    (FieldRecord::RdExpensePercent, "研发费用占比（%）"),
    (FieldRecord::RdStaffPercent, "科技人员占比（%）"),
    (FieldRecord::HitechIncomePercent, "高新收入占比（%）"),
    (FieldRecord::MonthlySalesWan, "月销售额（万元）"),
    (FieldRecord::LayoffPercent, "裁员率（%）"),
    (FieldRecord::InsuredMonths, "参保月数"),
    (FieldRecord::Taxpayer, "纳税人类型"),
    (FieldRecord::Scale, "企业规模"),
    (FieldRecord::Entity, "主体类型"),
    (FieldRecord::Certificate, "资质"),
    (FieldRecord::Industry, "行业"),
];

/// The words that [`FieldRecord::words`] allows, and what officials write for them.
pub(super) const VALUES: &Words<&str> = &[
    ("small_scale", "小规模纳税人"),
    ("general", "一般纳税人"),
    ("micro", "微型企业"),
    ("small", "小型企业"),
    ("medium", "中型企业"),
    ("large", "大型企业"),
    ("company", "公司"),
    ("individual_business", "个体工商户"),
    ("foreign_invested", "外商投资企业"),
    ("hitech", "高新技术企业"),
    ("tech_sme", "科技型中小企业"),
    ("innovative_sme", "创新型中小企业"),
    ("specialized_new", "专精特新中小企业"),
    ("little_giant", "专精特新小巨人企业"),
];

/// What officials write for `value`; empty where the table has none, which the tests rule out.
pub(super) fn word_of<T: PartialEq + Copy>(words: &Words<T>, value: T) -> &'static str {
    words.iter().find(|(other, _)| *other == value).map_or("", |(_, word)| word)
}

/// What `word` stands for: as officials write it, or as a topic file does.
pub(super) fn meaning_of<T: Copy + DeserializeOwned>(words: &Words<T>, word: &str) -> Option<T> {
    let known = words.iter().find(|(_, known)| *known == word).map(|(value, _)| *value);
    known.or_else(|| serde_json::from_value(serde_json::Value::String(word.to_owned())).ok())
}

/// The words to choose from.
pub(super) fn all<T>(words: &Words<T>) -> Vec<String> {
    words.iter().map(|(_, word)| (*word).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_allowed_word_of_a_condition_has_a_name() {
        for (field, _) in FIELDS {
            for word in field.words().unwrap_or_default() {
                assert!(!word_of(VALUES, *word).is_empty(), "{word} has no name for officials");
            }
        }
    }

    #[test]
    fn words_of_officials_and_of_files_mean_the_same() {
        assert_eq!(meaning_of(STATUSES, "已废止"), Some(StatusRecord::Repealed));
        assert_eq!(meaning_of(STATUSES, "repealed"), Some(StatusRecord::Repealed));
        assert_eq!(meaning_of(STATUSES, "作废"), None);
    }
}
