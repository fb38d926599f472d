//! How a message was read, where that is not how it was typed.

/// A mistyped or half-typed stretch of a message, and what it was taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// As it was typed.
    pub typed: String,
    /// What it was taken for.
    pub read_as: String,
}

/// A message as it is looked up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// What it is looked up by, words and meaning: for an English message, its Chinese gloss.
    pub words: String,
    /// The message itself, mended: for finding facets, and showing it back.
    pub text: String,
    /// What was mended, from left to right.
    pub corrections: Vec<Correction>,
}

impl Reading {
    /// A message that is taken as it was typed.
    #[must_use]
    pub fn as_typed(message: &str) -> Self {
        Self { words: message.to_owned(), text: message.to_owned(), corrections: Vec::new() }
    }

    /// What the mistyped words were taken for, to be shown back; `None` when nothing was mended.
    ///
    /// # Examples
    ///
    /// ```
    /// # use zhengqitong::domain::reading::{Correction, Reading};
    /// let mended = Correction { typed: "注消".to_owned(), read_as: "注销".to_owned() };
    /// let reading = Reading { corrections: vec![mended], ..Reading::as_typed("注销公司") };
    /// assert_eq!(reading.understood_as().as_deref(), Some("注销"));
    /// assert_eq!(Reading::as_typed("注销公司").understood_as(), None);
    /// ```
    #[must_use]
    pub fn understood_as(&self) -> Option<String> {
        let words: Vec<_> = self.corrections.iter().map(|correction| correction.read_as.as_str()).collect();
        (!words.is_empty()).then(|| words.join("、"))
    }
}
