//! Texts and captions on their way into a message: parsed, trimmed and measured.
//!
//! Lengths count UTF-16 units, as entities do. The real server counts code points, so it would let
//! a few more emoji through; a bot that stays within ours stays within both.

use serde_json::{Map, Value};

use super::{
    call::Params,
    html::{self, Formatted, utf16_len},
    reply::Refusal,
};

/// The longest text of a message, in UTF-16 units.
const MAX_TEXT: usize = 4096;
/// The longest caption of a photo, document or voice message, in UTF-16 units.
const MAX_CAPTION: usize = 1024;
/// The real server does not even parse what is longer than this.
const MAX_SOURCE_BYTES: usize = 1 << 15;

/// The part of a message that makes up its content: `text` and `entities`, or a medium with its
/// `caption`. Its keys are those of the `Message` object.
pub(super) type Content = Map<String, Value>;

/// The content of a text message.
///
/// # Errors
///
/// Returns the 400 of the real server for an empty, unreadable or overlong text.
pub(super) fn text_content(params: &Params) -> Result<Content, Refusal> {
    if params.text("text").is_empty() {
        return Err(Refusal::bad_request("message text is empty"));
    }
    let formatted = formatted(params, "text", "entities")?;
    if formatted.text.is_empty() {
        return Err(Refusal::bad_request("text must be non-empty"));
    }
    if utf16_len(&formatted.text) > MAX_TEXT {
        return Err(Refusal::bad_request("message is too long"));
    }
    let mut content = Content::new();
    insert(&mut content, "text", "entities", formatted);
    if let Some(options) = params.value("link_preview_options") {
        content.insert("link_preview_options".to_owned(), options.clone());
    }
    Ok(content)
}

/// Adds the caption, where there is one, to a medium.
///
/// # Errors
///
/// Returns the 400 of the real server for an unreadable or overlong caption.
pub(super) fn add_caption(content: &mut Content, params: &Params) -> Result<(), Refusal> {
    let formatted = formatted(params, "caption", "caption_entities")?;
    if utf16_len(&formatted.text) > MAX_CAPTION {
        return Err(Refusal::bad_request("message caption is too long"));
    }
    if !formatted.text.is_empty() {
        insert(content, "caption", "caption_entities", formatted);
    }
    Ok(())
}

fn insert(content: &mut Content, text: &str, entities: &str, formatted: Formatted) {
    content.insert(text.to_owned(), formatted.text.into());
    if !formatted.entities.is_empty() {
        content.insert(entities.to_owned(), formatted.entities.into());
    }
}

fn formatted(params: &Params, text: &str, entities: &str) -> Result<Formatted, Refusal> {
    let source = params.text(text);
    if source.len() > MAX_SOURCE_BYTES {
        return Err(Refusal::bad_request("text is too long"));
    }
    let formatted = match params.text("parse_mode").to_ascii_lowercase().as_str() {
        "" | "none" => Formatted { text: source.to_owned(), entities: given(params, entities) },
        "html" => html::parse(source).map_err(|why| Refusal::cannot_parse_entities(&why))?,
        // The real server knows two kinds of Markdown as well; this one says that it does not.
        _ => return Err(Refusal::bad_request("unsupported parse_mode")),
    };
    Ok(trimmed(formatted))
}

fn given(params: &Params, entities: &str) -> Vec<Value> {
    params.value(entities).and_then(Value::as_array).cloned().unwrap_or_default()
}

/// Telegram drops the blanks around a text, but never those at its beginning that are formatted.
fn trimmed(formatted: Formatted) -> Formatted {
    let first_entity = formatted.entities.iter().filter_map(|entity| entity["offset"].as_u64()).min();
    let blanks = formatted.text.chars().take_while(|character| [' ', '\n'].contains(character)).count();
    let cut = blanks.min(first_entity.map_or(usize::MAX, to_usize));
    let text = formatted.text[cut..].trim_end().to_owned();
    let length = utf16_len(&text);
    let entities = formatted.entities.into_iter().filter_map(|entity| moved(entity, cut, length));
    Formatted { entities: entities.collect(), text }
}

/// The entity moved `by` units to the left and ending within `length`, if anything is left of it.
fn moved(mut entity: Value, by: usize, length: usize) -> Option<Value> {
    let offset = to_usize(entity["offset"].as_u64()?).saturating_sub(by);
    let longest = length.checked_sub(offset).filter(|&longest| longest > 0)?;
    entity["offset"] = offset.into();
    entity["length"] = to_usize(entity["length"].as_u64()?).min(longest).into();
    Some(entity)
}

fn to_usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
