//! `faq_data` on disk → domain values, and all problems found, not just the first.
