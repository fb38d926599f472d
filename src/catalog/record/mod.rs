//! A topic file as it is written: the records, their rules and their JSON Schema.
//!
//! What depends on other values or other files is checked elsewhere; a rule here looks at one value.

use garde::Validate;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod draft;
mod eligibility;
mod facets;
mod style;

pub(crate) use draft::DraftRecord;
pub(crate) use eligibility::{EligibilityRecord, FieldRecord, OperatorRecord, ThresholdRecord};
pub(crate) use facets::{
    ContactRecord, FacetsRecord, FeeRecord, FormRecord, LevelRecord, MaterialRecord, PlaceRecord, TimeLimitRecord,
    UnitRecord, is_phone,
};

use crate::domain::topic::{Citation, Status, TopicKind};

/// The JSON Schema of a topic file, as committed in `schema/topic.schema.json`.
///
/// # Examples
///
/// ```
/// let schema = zhengqitong::catalog::topic_schema();
/// assert_eq!(schema["properties"]["title"]["maxLength"], 40);
/// ```
#[must_use]
pub fn topic_schema() -> serde_json::Value {
    schemars::schema_for!(TopicRecord).to_value()
}

/// A topic (主题): one policy, procedure or service.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schemars(title = "topic")]
#[garde(allow_unvalidated)]
pub(crate) struct TopicRecord {
    /// 正式名称。Official name.
    #[garde(length(chars, min = 1, max = 40))]
    pub(crate) title: String,
    /// 类型。What sort of matter it is.
    pub(crate) kind: KindRecord,
    /// 一句话说清是什么、多少、给谁。What, how much and for whom, in plain words.
    #[garde(length(chars, min = 1, max = 200))]
    pub(crate) summary: String,
    /// 效力状态。Whether it is in force.
    pub(crate) status: StatusRecord,
    /// 从哪天起适用。First day on which it applies.
    #[serde(default)]
    pub(crate) valid_from: Option<Date>,
    /// 适用到哪天（含当天）。Last day on which it applies.
    #[serde(default)]
    pub(crate) valid_to: Option<Date>,
    /// 被什么代替。What replaces it, in words.
    #[serde(default)]
    #[garde(length(chars, min = 1, max = 200))]
    pub(crate) successor: Option<String>,
    /// 被哪个主题代替。The topic that replaces it.
    #[serde(default)]
    pub(crate) successor_topic: Option<String>,
    /// 主管部门。Competent departments.
    #[garde(length(min = 1), inner(length(chars, min = 1, max = 60)))]
    pub(crate) competent: Vec<String>,
    /// 适用对象。Whom it is for.
    #[serde(default)]
    #[garde(inner(length(chars, min = 1, max = 60)))]
    pub(crate) beneficiaries: Vec<String>,
    /// 标题里没有的检索词。Search words that are not in the title.
    #[serde(default)]
    #[garde(inner(length(chars, min = 1, max = 40)))]
    pub(crate) tags: Vec<String>,
    /// 最近核对日期。When the facts were last checked.
    pub(crate) verified_on: Date,
    /// 把握程度。How well the figures are supported.
    pub(crate) confidence: ConfidenceRecord,
    /// 所依据的文件，至少一个。The documents it rests on.
    #[garde(length(min = 1), dive)]
    pub(crate) citations: Vec<CitationRecord>,
    /// 各要素。What can be asked about it.
    #[garde(dive)]
    pub(crate) facets: FacetsRecord,
    /// 机器可读的条件。Machine-readable conditions.
    #[serde(default)]
    #[garde(dive)]
    pub(crate) eligibility: Vec<EligibilityRecord>,
    /// 不同说法的问题，至少四个，最好八个以上。Differently worded questions.
    #[garde(length(min = 4), inner(length(chars, min = 2, max = 200)))]
    pub(crate) questions: Vec<String>,
    /// 看着像本主题、其实属于别的主题的问题。Questions that belong to another topic.
    #[serde(default)]
    #[garde(dive)]
    pub(crate) counter_questions: Vec<CounterRecord>,
    /// 文中每个文号、比例、金额及其出处。Every document number, percentage and amount, with its source.
    #[serde(default)]
    #[garde(dive)]
    pub(crate) facts: Vec<FactRecord>,
}

/// What sort of matter a topic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KindRecord {
    /// 政策：资金、税费、扶持。
    Policy,
    /// 办事：一件要办的事。
    Procedure,
    /// 服务：一个机构或渠道。
    Service,
}

impl From<KindRecord> for TopicKind {
    fn from(kind: KindRecord) -> Self {
        match kind {
            KindRecord::Policy => Self::Policy,
            KindRecord::Procedure => Self::Procedure,
            KindRecord::Service => Self::Service,
        }
    }
}

impl From<TopicKind> for KindRecord {
    fn from(kind: TopicKind) -> Self {
        match kind {
            TopicKind::Policy => Self::Policy,
            TopicKind::Procedure => Self::Procedure,
            TopicKind::Service => Self::Service,
        }
    }
}

/// Whether something is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StatusRecord {
    /// 现行有效。
    Valid,
    /// 暂定有效，可能延续。
    Provisional,
    /// 已到期。
    Expired,
    /// 已废止或被代替。
    Repealed,
    /// 待核：以最新通知为准。
    Unverified,
}

impl From<StatusRecord> for Status {
    fn from(status: StatusRecord) -> Self {
        match status {
            StatusRecord::Valid => Self::Valid,
            StatusRecord::Provisional => Self::Provisional,
            StatusRecord::Expired => Self::Expired,
            StatusRecord::Repealed => Self::Repealed,
            StatusRecord::Unverified => Self::Unverified,
        }
    }
}

impl From<Status> for StatusRecord {
    fn from(status: Status) -> Self {
        match status {
            Status::Valid => Self::Valid,
            Status::Provisional => Self::Provisional,
            Status::Expired => Self::Expired,
            Status::Repealed => Self::Repealed,
            Status::Unverified => Self::Unverified,
        }
    }
}

/// How well the figures of a topic are supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ConfidenceRecord {
    /// 金额、期限、文号都有可靠出处。
    High,
    /// 事情属实，金额和效力要核对最新通知。
    Medium,
}

/// A document that a topic rests on.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct CitationRecord {
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
    /// 施行日期。
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) valid_from: Option<Date>,
    /// 有效期的最后一天。
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) valid_to: Option<Date>,
    /// 效力状态。
    pub(crate) status: StatusRecord,
    /// 链接；只写确知正确的。
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(inner(custom(|url, &()| is_link(url))))]
    pub(crate) url: Option<String>,
}

impl From<&Citation> for CitationRecord {
    fn from(citation: &Citation) -> Self {
        Self {
            title: citation.title.clone(),
            doc_no: citation.doc_no.clone(),
            issuer: citation.issuer.clone(),
            valid_from: citation.valid_from,
            valid_to: citation.valid_to,
            status: citation.status.into(),
            url: citation.url.clone(),
        }
    }
}

fn is_link(url: &str) -> garde::Result {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let is_link =
        rest.is_some_and(|rest| rest.contains('.') && !rest.contains(|c: char| c.is_whitespace() || c.is_control()));
    if is_link { Ok(()) } else { Err(garde::Error::new("不是网址，应以 https:// 开头；不确定就删去")) }
}

/// A question that belongs to another topic.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct CounterRecord {
    /// 问题。
    #[garde(length(chars, min = 2, max = 200))]
    pub(crate) text: String,
    /// 所属主题的编号。
    pub(crate) topic: String,
}

/// A figure with its source.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct FactRecord {
    /// 文号、比例或金额。
    #[garde(length(chars, min = 1, max = 80))]
    pub(crate) figure: String,
    /// 出处。
    #[garde(length(chars, min = 1, max = 200))]
    pub(crate) source: String,
}
