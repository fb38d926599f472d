//! Finds topics and passages: a tantivy index over words, characters and character pairs.
//!
//! `build` writes one generation folder an edition and never touches the serving one; `open` checks what it opens; ranking is
//! this crate's own, over tantivy's postings. Absent on purpose: tantivy's query parser (it makes phrases of Chinese text),
//! stored documents (answers come from the edition), and the decision whether a hit is good enough (`domain::answer`).

mod alike;
mod analyzer;
mod confusion;
mod dictionary;
mod english;
mod explain;
mod generation;
mod passage;
mod phrases;
mod pinyin_typing;
mod query;
mod rank;
mod reader;
mod reading;
mod schema;
mod scope;
mod sound;
mod spelling;
mod terms;
mod topics;
mod vocabulary;
mod weights;
mod writer;

pub use analyzer::{ANALYZER_VERSION, Analyzer};
pub use generation::{folder as generation_folder, folders as generation_folders};
pub use schema::{SCHEMA_VERSION, SOUND_TOKENIZER, Stamp, TOKENIZER, tokenizers};
pub use topics::TopicIndex;
pub use writer::{BuildError, OpenError, build, in_memory, open, open_or_build, remove_all_but};

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
