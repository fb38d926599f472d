//! In which subdistrict a company says it is.

use crate::desk::knowledge::Edition;
use crate::domain::cue::letters;
use crate::domain::facet;
use crate::domain::text;

/// A subdistrict that a message names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subdistrict {
    /// Its short name, as the roster and the service points write it.
    pub name: String,
    /// Whether the message says nothing else.
    pub is_all: bool,
}

/// Words before the bare name of a subdistrict: 我们在毓璜顶.
const BEFORE: [&str; 6] = ["在", "位于", "是", "属于", "住", "靠近"];

/// After a subdistrict's name these say that it is one.
const AFTER: [&str; 3] = ["街道", "街办", "办事处"];

/// More letters than this beside the name say something else.
const LETTERS_BESIDE: usize = 1;

/// The subdistrict that a message names as the company's own; `None` when it names none that the edition knows.
///
/// A bare name counts only after 在 and the like, or when it is the whole message: 幸福 and 向阳 are words of their own.
#[must_use]
pub fn subdistrict(raw: &str, edition: &Edition) -> Option<Subdistrict> {
    let message = text::normalise(raw);
    let mut names: Vec<&str> =
        edition.base.service_points.iter().filter_map(|point| point.subdistrict.as_deref()).collect();
    // 芝罘岛 before a shorter name within it.
    names.sort_unstable_by_key(|name| std::cmp::Reverse(name.len()));
    names.dedup();
    names.into_iter().find_map(|name| {
        let at = message.find(name)?;
        let (before, after) = (&message[..at], &message[at + name.len()..]);
        let suffix = AFTER.into_iter().find(|suffix| after.starts_with(suffix)).unwrap_or_default();
        let rest = format!("{before} {}", &after[suffix.len()..]);
        let is_all = letters(&facet::residue(&rest)) <= LETTERS_BESIDE && facet::detect(&rest).is_none();
        let is_named =
            !suffix.is_empty() || BEFORE.into_iter().any(|word| before.ends_with(word)) || letters(&rest) == 0;
        is_named.then(|| Subdistrict { name: name.to_owned(), is_all })
    })
}
