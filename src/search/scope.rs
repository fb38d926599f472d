//! Whose matter a question is, and where: words of other places, of private life, and of errands.

use super::phrases::Phrases;
use crate::domain::lexicon::Lexicon;

/// What a word tells about the scope of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cue {
    Elsewhere,
    Personal,
    Errand,
}

/// The lexicon's scope words, made ready for questions.
pub(super) struct Scope(Phrases<Cue>);

/// What the words of a question tell about its scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ScopeSigns {
    /// It names another place.
    pub(super) is_elsewhere: bool,
    /// It speaks of private life.
    pub(super) is_personal: bool,
    /// It wants something done rather than known.
    pub(super) is_errand: bool,
}

impl Scope {
    /// Prepares `lexicon`.
    pub(super) fn new(lexicon: &Lexicon) -> Self {
        let words = &lexicon.scope;
        let cues =
            [(&words.elsewhere, Cue::Elsewhere), (&words.personal, Cue::Personal), (&words.errands, Cue::Errand)];
        Self(Phrases::new(cues.into_iter().flat_map(|(words, cue)| words.iter().map(move |word| (word.clone(), cue)))))
    }

    /// Looks for the words in a question.
    pub(super) fn signs(&self, question: &str) -> ScopeSigns {
        let found = self.0.find(question);
        let has = |cue| found.iter().any(|(_, found)| *found == cue);
        ScopeSigns { is_elsewhere: has(Cue::Elsewhere), is_personal: has(Cue::Personal), is_errand: has(Cue::Errand) }
    }
}
