//! Changes to `faq_data`: records become YAML, and files appear whole or not at all.
//!
//! Nothing here publishes: what is written stands in the folder until `reindex`. Nothing is overwritten unless the caller says
//! so, and what a file means is judged by the loader, not here.

mod draft;
mod files;
mod slug;
mod splice;
mod yaml;

pub(super) use draft::topic_path;
pub use draft::{Draft, WriteDraftError, WrittenDraft, draft_path, write_draft};
pub use files::{Change, ChangeError, apply};
pub(super) use slug::slug;
pub(super) use splice::splice;
pub(super) use yaml::{emit, emit_any};
