//! An edit of a topic file that keeps what it does not touch: only the keys with another value are written anew, so that a
//! review shows the edit and nothing else. Comments within a key that is written anew are lost.

use super::super::record::DraftRecord;
use super::yaml::emit;

/// The key that is edited key by key itself.
const NESTED: &str = "facets";

/// `text`, a topic file that says `before`, changed to say `after`: the keys whose values are the same stay as they are written.
pub(crate) fn splice(text: &str, before: &DraftRecord, after: &DraftRecord) -> String {
    if before == after {
        return text.to_owned();
    }
    let (written, new) = (emit(before, &[]), emit(after, &[]));
    let spliced = spliced(text, &written, &new, "").unwrap_or_default();
    // The old text may have been laid out in a way that cannot be taken apart by lines, such as one map in braces.
    if serde_saphyr::from_str::<DraftRecord>(&spliced).is_ok_and(|read| read == *after) { spliced } else { new }
}

/// `old` with the keys of `after` that differ from those of `before`, which is what `old` says in our own layout.
///
/// Keys stand behind `indent`.
fn spliced(old: &str, before: &str, after: &str, indent: &str) -> Option<String> {
    let ((head, old), (_, before), (_, after)) =
        (blocks(old, indent)?, blocks(before, indent)?, blocks(after, indent)?);
    let mut result: Vec<(&str, String)> = Vec::new();
    for (key, text) in old {
        match (find(&before, key), find(&after, key)) {
            (before, after) if before == after => result.push((key, text.to_owned())),
            (Some(before), Some(new)) if key == NESTED => {
                result.push((key, nested(text, before, new).unwrap_or_else(|| new.to_owned())));
            }
            (_, Some(new)) => result.push((key, new.to_owned())),
            (_, None) => {}
        }
    }
    // A key that was not there comes after the one it follows in our own layout.
    let mut at = 0;
    for (key, text) in after {
        match result.iter().position(|(other, _)| *other == key) {
            Some(there) => at = there + 1,
            None => {
                result.insert(at, (key, text.to_owned()));
                at += 1;
            }
        }
    }
    Some(head.to_owned() + &result.into_iter().map(|(_, text)| text).collect::<String>())
}

/// The same within a key: its line, and the keys below.
fn nested(old: &str, before: &str, after: &str) -> Option<String> {
    let (line, old) = old.split_once('\n')?;
    let (before, after) = (before.split_once('\n')?.1, after.split_once('\n')?.1);
    Some(format!("{line}\n{}", spliced(old, before, after, "  ")?))
}

fn find<'a>(blocks: &[Block<'a>], key: &str) -> Option<&'a str> {
    blocks.iter().find(|(other, _)| *other == key).map(|(_, text)| *text)
}

/// A key and its lines.
type Block<'a> = (&'a str, &'a str);

/// What stands before the first key behind `indent`, and each such key with its lines; `None` where a line belongs to no key.
fn blocks<'a>(text: &'a str, indent: &str) -> Option<(&'a str, Vec<Block<'a>>)> {
    let mut starts: Vec<(usize, &str)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let key = line.strip_prefix(indent).filter(|key| key.starts_with(|c: char| c.is_ascii_lowercase()));
        if let Some(key) = key {
            starts.push((at, key.split_once(':')?.0));
        } else if starts.is_empty() && !line.trim().is_empty() && !line.trim_start().starts_with('#') {
            return None;
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([text.len()]);
    let first = starts.first()?.0;
    let blocks = starts.iter().zip(ends).map(|((start, key), end)| (*key, &text[*start..end])).collect();
    Some((&text[..first], blocks))
}
