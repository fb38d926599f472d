//! A document file in two: the front matter between two lines of `---`, and the text below.

use super::record::DocumentRecord;
use crate::catalog::edit::emit_any;

/// The two parts of a document file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    /// The front matter as YAML, with an empty line for what stands above, so that places within it are places of the file.
    pub(super) front: String,
    /// The text.
    pub(super) body: &'a str,
    /// The line of the file on which the text begins, from 1.
    pub(super) body_line: usize,
}

/// Why there is no front matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoFront {
    /// The file does not begin with `---`.
    Missing,
    /// There is no second `---`.
    Open,
}

/// Takes `text` apart.
pub(super) fn parts(text: &str) -> Result<Parts<'_>, NoFront> {
    let mut lines = text.split_inclusive('\n');
    let first = lines.next().filter(|line| line.trim_end() == "---").ok_or(NoFront::Missing)?;
    let mut end = first.len();
    let mut number = 1;
    for line in lines {
        number += 1;
        if line.trim_end() == "---" {
            let front = format!("\n{}", &text[first.len()..end]);
            return Ok(Parts { front, body: &text[end + line.len()..], body_line: number + 1 });
        }
        end += line.len();
    }
    Err(NoFront::Open)
}

/// A document file that says `record` and `body`.
pub(super) fn joined(record: &DocumentRecord, body: &str) -> String {
    format!("---\n{}---\n\n{}\n", emit_any(record), body.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_the_front_matter_are_places_of_the_file() {
        let parts = parts("---\ntitle: 办法\n---\n正文\n").unwrap();
        assert_eq!((parts.front.as_str(), parts.body, parts.body_line), ("\ntitle: 办法\n", "正文\n", 4));
    }

    #[test]
    fn what_is_no_front_matter_is_told_apart() {
        assert_eq!(parts("# 办法\n"), Err(NoFront::Missing));
        assert_eq!(parts("---\ntitle: 办法\n"), Err(NoFront::Open));
    }
}
