//! Two lists of lines: which are gone, which are new.

use std::collections::BTreeMap;

use serde::Serialize;

/// How one field differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// The field, as programs know it.
    pub field: String,
    /// The field, as people call it.
    pub name: String,
    /// Lines that are gone.
    pub removed: Vec<String>,
    /// Lines that are new.
    pub added: Vec<String>,
    /// Whether the same lines stand in another order, and that is all.
    pub reordered: bool,
}

/// The difference between two lists of lines; `None` when they are the same.
pub(super) fn line_change(field: &str, name: &str, before: &[String], after: &[String]) -> Option<FieldChange> {
    if before == after {
        return None;
    }
    let (removed, added) = (without(before, after), without(after, before));
    let reordered = removed.is_empty() && added.is_empty();
    Some(FieldChange { field: field.to_owned(), name: name.to_owned(), removed, added, reordered })
}

/// The lines of `lines` that `others` has not, or has fewer times; in their order.
pub(super) fn without(lines: &[String], others: &[String]) -> Vec<String> {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for other in others {
        *left.entry(other).or_default() += 1;
    }
    let mut gone = Vec::new();
    for line in lines {
        match left.get_mut(line.as_str()) {
            Some(count) if *count > 0 => *count -= 1,
            _ => gone.push(line.clone()),
        }
    }
    gone
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &[&str], after: &[&str], expected: Option<(&[&str], &[&str], bool)>) {
        let lines = |lines: &[&str]| lines.iter().map(ToString::to_string).collect::<Vec<_>>();
        let found = line_change("steps", "办理流程", &lines(before), &lines(after));
        let found = found.map(|change| (change.removed, change.added, change.reordered));
        assert_eq!(found, expected.map(|(removed, added, reordered)| (lines(removed), lines(added), reordered)));
    }

    #[test]
    fn lines_that_came_and_went_are_told_in_their_order() {
        check(&["a", "b"], &["a", "b"], None);
        check(&["a", "b", "c"], &["c", "d", "a"], Some((&["b"], &["d"], false)));
        check(&["a", "a"], &["a"], Some((&["a"], &[], false)));
        check(&["a", "b"], &["b", "a"], Some((&[], &[], true)));
    }
}
