//! How the parts of a topic file are laid out when they are written: as the shipped files are.
//!
//! A record of few short values stands on one line, short words side by side, the summary folded. Reading takes any layout.

use serde::{Serialize, Serializer};
use serde_saphyr::{FlowMap, FlowSeq, FoldStr};

/// Short words side by side: `[高企, 国高]`.
pub(super) fn side_by_side<S: Serializer>(words: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    FlowSeq(words).serialize(serializer)
}

/// One record a line: `- {name: 营业执照, form: copy}`.
pub(super) fn lines_of_maps<T: Serialize, S: Serializer>(records: &[T], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(records.iter().map(FlowMap))
}

/// A record on one line: `{charged: false, text: 不收费}`.
pub(super) fn map_on_one_line<T: Serialize, S: Serializer>(
    record: &Option<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    record.as_ref().map(FlowMap).serialize(serializer)
}

/// A longer text below its key.
#[expect(clippy::ref_option, reason = "serde hands fields over like this")]
pub(super) fn folded<S: Serializer>(text: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    text.as_deref().map(FoldStr).serialize(serializer)
}

/// A number without a needless fraction: `300`, `2.5`.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over like this")]
#[expect(
    clippy::cast_possible_truncation,
    reason = "numbers with a fraction and beyond what is exact are left as they are"
)]
pub(super) fn shortest<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    let is_whole = number.fract() == 0.0 && number.abs() < 1e15;
    if is_whole { serializer.serialize_i64(*number as i64) } else { serializer.serialize_f64(*number) }
}

/// Tells whether a mark is not set, and need not be written.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over like this")]
pub(super) fn is_false(mark: &bool) -> bool {
    !mark
}
