//! The machine-readable conditions of a topic file, as they are written.

use garde::Validate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::style;
use crate::domain::topic::NumberOperator;

/// A machine-readable condition.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct EligibilityRecord {
    /// 看哪一项。
    pub(crate) field: FieldRecord,
    /// 怎么比。
    pub(crate) op: OperatorRecord,
    /// 数字，或一列词。
    pub(crate) value: ThresholdRecord,
    /// 条件的文字。
    #[garde(length(chars, min = 1, max = 200))]
    pub(crate) text: String,
}

/// What a condition measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub(crate) enum FieldRecord {
    Employees,
    AnnualRevenueWan,
    TotalAssetsWan,
    TaxableIncomeWan,
    RegisteredCapitalWan,
    RegisteredMonths,
    RdExpenseWan,
    RdExpensePercent,
    RdStaffPercent,
    HitechIncomePercent,
    MonthlySalesWan,
    LayoffPercent,
    InsuredMonths,
    Taxpayer,
    Scale,
    Entity,
    Certificate,
    Industry,
}

impl FieldRecord {
    /// The words a field may hold: `None` for numbers, an empty list for free words.
    pub(crate) fn words(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Taxpayer => Some(&["small_scale", "general"]),
            Self::Scale => Some(&["micro", "small", "medium", "large"]),
            Self::Entity => Some(&["company", "individual_business", "foreign_invested"]),
            Self::Certificate => Some(&["hitech", "tech_sme", "innovative_sme", "specialized_new", "little_giant"]),
            Self::Industry => Some(&[]),
            _ => None,
        }
    }
}

/// How a condition compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OperatorRecord {
    Lt,
    Le,
    Eq,
    Ge,
    Gt,
    OneOf,
    NoneOf,
}

impl OperatorRecord {
    /// The comparison of numbers, where it is one.
    pub(crate) fn of_numbers(self) -> Option<NumberOperator> {
        match self {
            Self::Lt => Some(NumberOperator::Lt),
            Self::Le => Some(NumberOperator::Le),
            Self::Eq => Some(NumberOperator::Eq),
            Self::Ge => Some(NumberOperator::Ge),
            Self::Gt => Some(NumberOperator::Gt),
            Self::OneOf | Self::NoneOf => None,
        }
    }
}

/// What a condition compares with.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum ThresholdRecord {
    /// 数字。
    Number(#[serde(serialize_with = "style::shortest")] f64),
    /// 一列词。
    Words(Vec<String>),
}
