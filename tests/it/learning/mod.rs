//! What was not answered well teaches: feedback, kept questions, groups, drafts, and the sixth company that is answered.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod around; // the whole way on the real binary, from the first question to the published topic
mod feedback; // buttons below answers, in one process
mod kept; // which questions are kept, and what they no longer say
