//! What the index holds, and the stamp that tells whether this program can read it.
//!
//! A document is a passage: one title, one question, one counter-question or one facet of a topic. All passages share one text
//! field, so a term is looked up once; their kind and topic are fast fields. Nothing is stored: what is shown comes from the
//! edition, not from the index.

use serde::{Deserialize, Serialize};
use tantivy::schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::TokenizerManager;

use super::analyzer::{ANALYZER_VERSION, Analyzer, PassageTokenizer, SoundTokenizer};
use super::terms::JoinedTerms;

/// Goes up with every change to the fields or to what is put into them.
pub const SCHEMA_VERSION: u32 = 3;

/// The name under which `PassageTokenizer` is registered.
pub const TOKENIZER: &str = "zhengqitong";

/// The name under which `SoundTokenizer` is registered.
pub const SOUND_TOKENIZER: &str = "zhengqitong-sound";

/// What part of a topic a passage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    /// Title and tags.
    Title,
    /// A question that the topic answers.
    Question,
    /// A question that looks like the topic and belongs to another.
    Counter,
    /// The summary, a facet, or the documents it rests on.
    Body,
    /// The name of a matter that no topic answers; it belongs to none.
    Outside,
}

/// How many kinds there are.
pub(super) const KINDS: usize = Kind::Outside as usize + 1;

/// The fields of a passage.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    /// The schema they belong to.
    pub(super) schema: Schema,
    /// The text; frequencies, no positions.
    pub(super) text: Field,
    /// How titles and questions sound.
    pub(super) sound: Field,
    /// Ordinal of the topic.
    pub(super) owner: Field,
    /// The [`Kind`] as a number.
    pub(super) kind: Field,
}

impl Fields {
    /// The fields of [`SCHEMA_VERSION`].
    pub(super) fn new() -> Self {
        let mut builder = Schema::builder();
        let indexing = |tokenizer: &str| {
            TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(IndexRecordOption::WithFreqs)
        };
        let text = builder.add_text_field("text", TextOptions::default().set_indexing_options(indexing(TOKENIZER)));
        let by_sound = indexing(SOUND_TOKENIZER).set_fieldnorms(false);
        let sound = builder.add_text_field("sound", TextOptions::default().set_indexing_options(by_sound));
        let owner = builder.add_u64_field("owner", FAST);
        let kind = builder.add_u64_field("kind", FAST);
        Self { schema: builder.build(), text, sound, owner, kind }
    }
}

/// The tokenizers that the schema names ([`TOKENIZER`], [`SOUND_TOKENIZER`]), for whoever indexes text without this module:
/// the benchmarks.
#[must_use]
pub fn tokenizers(analyzer: &Analyzer) -> TokenizerManager {
    // tantivy asks for its default one even where no field names it.
    let tokenizers = TokenizerManager::default();
    tokenizers.register(TOKENIZER, PassageTokenizer(analyzer.clone()));
    tokenizers.register(SOUND_TOKENIZER, SoundTokenizer);
    tokenizers
}

/// The same names for a writer that gets terms which are analysed already and joined.
pub(super) fn joined_tokenizers() -> TokenizerManager {
    let tokenizers = TokenizerManager::default();
    tokenizers.register(TOKENIZER, JoinedTerms);
    tokenizers.register(SOUND_TOKENIZER, JoinedTerms);
    tokenizers
}

/// What an index folder was built from and by; written last, so a folder without it is not an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// [`SCHEMA_VERSION`] of the program that built it.
    pub schema: u32,
    /// [`ANALYZER_VERSION`] of the program that built it.
    pub analyzer: u32,
    /// The edition.
    pub edition: u32,
    /// SHA-256 of the edition's content.
    pub content_sha256: String,
    /// How many topics it holds.
    pub topics: u32,
    /// How many passages it holds.
    pub documents: u32,
}

impl Stamp {
    /// What is out of date compared with this program and the wanted content, if anything.
    pub(super) fn outdated(&self, edition: u32, content_sha256: &str) -> Option<&'static str> {
        if self.schema != SCHEMA_VERSION {
            Some("schema")
        } else if self.analyzer != ANALYZER_VERSION {
            Some("analyzer")
        } else if self.edition != edition {
            Some("edition")
        } else if self.content_sha256 != content_sha256 {
            Some("content")
        } else {
            None
        }
    }
}
