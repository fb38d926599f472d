//! The facets of a topic file, as they are written.

use garde::Validate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::style;

/// What can be asked about a topic.
#[derive(Clone, Default, Debug, PartialEq, Deserialize, Serialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct FacetsRecord {
    /// 条件。
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[garde(inner(length(chars, min = 1, max = 300)))]
    pub(crate) conditions: Vec<String>,
    /// 标准：给多少、税率、上限。
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[garde(inner(length(chars, min = 1, max = 300)))]
    pub(crate) amount: Vec<String>,
    /// 材料。
    #[serde(default, skip_serializing_if = "Vec::is_empty", serialize_with = "style::lines_of_maps")]
    #[garde(dive)]
    pub(crate) materials: Vec<MaterialRecord>,
    /// 流程，按先后。
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[garde(inner(length(chars, min = 1, max = 300)))]
    pub(crate) steps: Vec<String>,
    /// 时限。
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    pub(crate) time_limit: Option<TimeLimitRecord>,
    /// 地点。
    #[serde(default, skip_serializing_if = "Vec::is_empty", serialize_with = "style::lines_of_maps")]
    #[garde(dive)]
    pub(crate) places: Vec<PlaceRecord>,
    /// 电话：只写公共热线。
    #[serde(default, skip_serializing_if = "Vec::is_empty", serialize_with = "style::lines_of_maps")]
    #[garde(dive)]
    pub(crate) contacts: Vec<ContactRecord>,
    /// 收费。
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "style::map_on_one_line")]
    #[garde(dive)]
    pub(crate) fee: Option<FeeRecord>,
    /// 有效期（政策的或证件的）。
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[garde(inner(length(chars, min = 1, max = 300)))]
    pub(crate) validity: Vec<String>,
    /// 依据。
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[garde(inner(length(chars, min = 1, max = 300)))]
    pub(crate) basis: Vec<String>,
}

impl FacetsRecord {
    /// Tells whether nothing is written at all.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A document to bring.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct MaterialRecord {
    /// 名称。
    #[garde(length(chars, min = 1, max = 120))]
    pub(crate) name: String,
    /// 形式。
    pub(crate) form: FormRecord,
    /// 说明。
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, min = 1, max = 120))]
    pub(crate) note: Option<String>,
    /// 可否容缺后补。
    #[serde(default, skip_serializing_if = "style::is_false")]
    pub(crate) tolerated: bool,
}

/// In which form a document is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FormRecord {
    /// 原件。
    Original,
    /// 复印件。
    Copy,
    /// 网上填写或上传。
    Online,
    /// 原件、复印件都可以。
    Either,
}

/// How long something takes.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct TimeLimitRecord {
    /// 用文字说明。
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[garde(inner(length(chars, min = 1, max = 300)))]
    pub(crate) text: Vec<String>,
    /// 法定天数。
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(range(min = 1, max = 3650))]
    pub(crate) statutory_days: Option<u32>,
    /// 承诺天数。
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(range(min = 0, max = 3650))]
    pub(crate) promised_days: Option<u32>,
    /// 天数的单位；写了天数就要写。
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<UnitRecord>,
}

/// What days are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UnitRecord {
    /// 自然日。
    Calendar,
    /// 工作日。
    Working,
}

/// A place to go to, also online.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct PlaceRecord {
    /// 层级。
    pub(crate) level: LevelRecord,
    /// 名称。
    #[garde(length(chars, min = 1, max = 120))]
    pub(crate) name: String,
}

/// Where a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LevelRecord {
    /// 区级。
    District,
    /// 街道。
    Subdistrict,
    /// 社区。
    Community,
    /// 线上。
    Online,
    /// 手机端。
    Mobile,
}

/// A public hotline.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContactRecord {
    /// 名称。
    #[garde(length(chars, min = 1, max = 60))]
    pub(crate) name: String,
    /// 号码。
    #[garde(custom(|phone, &()| is_phone(phone)))]
    pub(crate) phone: String,
}

/// Accepts what can be dialled: digits, with hyphens, spaces, brackets and a leading plus.
pub(crate) fn is_phone(phone: &str) -> garde::Result {
    let digits = phone.bytes().filter(u8::is_ascii_digit).count();
    let is_phone = (3..=15).contains(&digits)
        && phone.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b' ' | b'(' | b')' | b'+'));
    if is_phone {
        Ok(())
    } else {
        Err(garde::Error::new("不是电话号码，应是 3 至 15 位数字，可以有短横线"))
    }
}

/// What something costs.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct FeeRecord {
    /// 是否收费。
    pub(crate) charged: bool,
    /// 用文字说明。
    #[garde(length(chars, min = 1, max = 200))]
    pub(crate) text: String,
}
