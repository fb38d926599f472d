//! The front matter of a document as it is written.

use garde::Validate;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::record::StatusRecord;

/// What stands above the text of a document.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct DocumentRecord {
    /// 文件名称。
    #[garde(length(chars, min = 1, max = 120))]
    pub(crate) title: String,
    /// 文号。
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, min = 1, max = 80))]
    pub(crate) doc_no: Option<String>,
    /// 发文机关。
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, min = 1, max = 120))]
    pub(crate) issuer: Option<String>,
    /// 发布日期。
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) published_on: Option<Date>,
    /// 施行日期。
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) valid_from: Option<Date>,
    /// 有效期的最后一天。
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) valid_to: Option<Date>,
    /// 效力状态。
    pub(crate) status: StatusRecord,
    /// 来源：网址，或文字说明。
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, min = 1, max = 500))]
    pub(crate) source: Option<String>,
    /// 取得日期。
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retrieved_on: Option<Date>,
    /// 所属主题的编号。
    #[serde(default)]
    pub(crate) topics: Vec<String>,
}
