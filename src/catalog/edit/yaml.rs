//! A record as the text of a topic file, in the layout of the shipped ones.

use serde::Serialize;
use serde_saphyr::SerializerOptions;

use super::super::record::DraftRecord;

/// Wide enough that no line is broken: a break within Chinese text would be read back as a space.
const NEVER_WRAPPED: usize = 1 << 20;

fn options() -> SerializerOptions {
    serde_saphyr::ser_options! {
        compact_list_indent: false,
        min_fold_chars: 1,
        folded_wrap_chars: NEVER_WRAPPED,
        prefer_block_scalars: false,
        // Without the quotes that only YAML 1.1 needs around dates; the shipped files have none.
        yaml_12: true,
        no_lang_directive: true,
    }
}

/// `record` as YAML, `notes` as comments above it.
pub(crate) fn emit(record: &DraftRecord, notes: &[String]) -> String {
    // Whatever a parser might take for a line break must not end the comment.
    let is_break = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let lines = notes.iter().flat_map(|note| note.lines());
    let comments: String = lines.map(|line| format!("# {}\n", line.replace(is_break, " ").trim())).collect();
    // The crate ends what it folds with a line break, which would become part of the summary. All other lines are indented.
    comments + &emit_any(record).replacen("summary: >\n", "summary: >-\n", 1)
}

/// Any record as YAML in the same layout.
pub(crate) fn emit_any(record: &impl Serialize) -> String {
    serde_saphyr::to_string_with_options(record, options()).expect("texts, numbers and words can be written")
}
