//! Telegram's HTML subset, read as the real server reads it (tdlib, `parse_html`).
//!
//! One deliberate difference: the real server takes an `&` that begins no known reference
//! literally, although the documentation forbids it. Here it is refused, because such a text was
//! not escaped, and the next person's `&lt;` would come out as `<`.
//! Left out: `tg-time`, and the language of `<pre><code class=…>`.

use serde_json::{Value, json};

/// Plain text with its formatting beside it, as messages carry it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Formatted {
    pub(super) text: String,
    /// `MessageEntity` objects; offsets and lengths count UTF-16 units.
    pub(super) entities: Vec<Value>,
}

/// Reads HTML.
///
/// # Errors
///
/// Returns the complaint that follows "can't parse entities: " in the refusal.
pub(super) fn parse(html: &str) -> Result<Formatted, String> {
    let mut reader = Reader { html, at: 0, text: String::new(), open: vec![], entities: vec![] };
    while let Some(character) = reader.peek() {
        match character {
            '&' => {
                let character = reader.reference()?;
                reader.text.push(character);
            }
            '<' if reader.rest().starts_with("</") => reader.end_tag()?,
            '<' => reader.start_tag()?,
            other => {
                reader.text.push(other);
                reader.at += other.len_utf8();
            }
        }
    }
    reader.finish()
}

/// The length that Telegram counts in.
pub(super) fn utf16_len(text: &str) -> usize {
    text.encode_utf16().count()
}

struct Reader<'a> {
    html: &'a str,
    /// The byte offset of what comes next.
    at: usize,
    text: String,
    open: Vec<OpenTag>,
    entities: Vec<Value>,
}

struct OpenTag {
    name: String,
    /// The value of the one attribute that means something for this tag.
    argument: String,
    /// Where its text begins, in bytes of the plain text.
    begins_at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.html[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Takes characters as long as `wanted` holds.
    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let taken: String = self.rest().chars().take_while(|&character| wanted(character)).collect();
        self.at += taken.len();
        taken
    }

    /// A character reference such as `&lt;` or `&#x41;`.
    fn reference(&mut self) -> Result<char, String> {
        let begins_at = self.at;
        let (name, length) = match self.rest()[1..].split_once(';') {
            Some((name, _)) => (name, name.len() + 2),
            None => ("", 0),
        };
        let character = match name {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            _ => numeric_reference(name),
        };
        self.at += length;
        character.ok_or_else(|| format!("Unescaped \"&\" at byte offset {begins_at}"))
    }

    fn start_tag(&mut self) -> Result<(), String> {
        let begins_at = self.at;
        self.at += 1;
        let name = self.take_while(|c| !c.is_whitespace() && c != '>').to_lowercase();
        if self.peek().is_none() {
            return Err(format!("Unclosed start tag at byte offset {begins_at}"));
        }
        if !is_supported(&name) {
            return Err(format!("Unsupported start tag \"{name}\" at byte offset {begins_at}"));
        }
        let mut argument = String::new();
        while let Some((attribute, value)) = self.attribute(&name, begins_at)? {
            match (name.as_str(), attribute.as_str()) {
                ("a", "href") | ("span", "class") | ("tg-emoji", "emoji-id") => argument = value,
                ("blockquote", "expandable") => argument = attribute,
                _ => {}
            }
        }
        if name == "span" && argument != "tg-spoiler" {
            let rule = "Tag \"span\" must have class \"tg-spoiler\"";
            return Err(format!("{rule} at byte offset {begins_at}"));
        }
        self.open.push(OpenTag { name, argument, begins_at: self.text.len() });
        Ok(())
    }

    /// One attribute, or `None` past the tag's closing bracket.
    fn attribute(&mut self, tag: &str, begins_at: usize) -> Result<Option<(String, String)>, String> {
        let unclosed = || format!("Unclosed start tag \"{tag}\" at byte offset {begins_at}");
        self.take_while(char::is_whitespace);
        if self.peek() == Some('>') {
            self.at += 1;
            return Ok(None);
        }
        let name = self.take_while(|c| !c.is_whitespace() && !"=>/\"'".contains(c));
        if name.is_empty() {
            let complaint = format!("Empty attribute name in the tag \"{tag}\"");
            return Err(format!("{complaint} at byte offset {begins_at}"));
        }
        self.take_while(char::is_whitespace);
        match self.peek() {
            None => return Err(unclosed()),
            Some('=') => self.at += 1,
            Some(_) => return Ok(Some((name, String::new()))),
        }
        self.take_while(char::is_whitespace);
        let value = self.attribute_value()?;
        self.peek().ok_or_else(unclosed)?;
        Ok(Some((name, value)))
    }

    fn attribute_value(&mut self) -> Result<String, String> {
        let begins_at = self.at;
        let Some(quote @ ('"' | '\'')) = self.peek() else {
            let token = self.take_while(|c| c.is_ascii_alphanumeric() || ".-".contains(c));
            return match self.peek() {
                Some(next) if !next.is_whitespace() && next != '>' => {
                    Err(format!("Unexpected end of name token at byte offset {begins_at}"))
                }
                _ => Ok(token.to_lowercase()),
            };
        };
        self.at += 1;
        let mut value = String::new();
        while let Some(character) = self.peek().filter(|&character| character != quote) {
            if character == '&' {
                value.push(self.reference()?);
            } else {
                value.push(character);
                self.at += character.len_utf8();
            }
        }
        self.at = self.html.len().min(self.at + 1);
        Ok(value)
    }

    fn end_tag(&mut self) -> Result<(), String> {
        let begins_at = self.at;
        let Some(open) = self.open.pop() else {
            return Err(format!("Unexpected end tag at byte offset {begins_at}"));
        };
        self.at += 2;
        let name = self.take_while(|c| !c.is_whitespace() && c != '>').to_lowercase();
        self.take_while(char::is_whitespace);
        if self.peek() != Some('>') {
            return Err(format!("Unclosed end tag at byte offset {begins_at}"));
        }
        self.at += 1;
        if name != open.name {
            return Err(format!(
                "Unmatched end tag at byte offset {begins_at}, expected \"</{}>\", found \"</{name}>\"",
                open.name
            ));
        }
        self.entities.extend(self.entity(&open));
        Ok(())
    }

    /// The entity of a tag that has just ended; empty tags and dead links leave none.
    fn entity(&self, tag: &OpenTag) -> Option<Value> {
        let content = &self.text[tag.begins_at..];
        let mut entity = json!({
            "type": entity_type(tag),
            "offset": utf16_len(&self.text[..tag.begins_at]),
            "length": utf16_len(content),
        });
        match tag.name.as_str() {
            "a" => {
                let link = if tag.argument.is_empty() { content } else { &tag.argument };
                entity["url"] = checked_link(link)?.into();
            }
            "tg-emoji" => entity["custom_emoji_id"] = tag.argument.as_str().into(),
            _ => {}
        }
        (!content.is_empty()).then_some(entity)
    }

    fn finish(mut self) -> Result<Formatted, String> {
        if let Some(open) = self.open.last() {
            let complaint = "Can't find end tag corresponding to start tag";
            return Err(format!("{complaint} \"{}\"", open.name));
        }
        let position = |entity: &Value| (entity["offset"].as_u64(), std::cmp::Reverse(entity["length"].as_u64()));
        self.entities.sort_by_key(position);
        Ok(Formatted { text: self.text, entities: self.entities })
    }
}

fn numeric_reference(name: &str) -> Option<char> {
    let number = name.strip_prefix('#')?;
    let code = match number.strip_prefix('x') {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
        None => number.parse(),
    };
    code.ok().filter(|&code| code != 0).and_then(char::from_u32)
}

fn is_supported(tag: &str) -> bool {
    const TAGS: [&str; 16] = [
        "a",
        "b",
        "strong",
        "i",
        "em",
        "s",
        "strike",
        "del",
        "u",
        "ins",
        "tg-spoiler",
        "tg-emoji",
        "span",
        "pre",
        "code",
        "blockquote",
    ];
    TAGS.contains(&tag)
}

fn entity_type(tag: &OpenTag) -> &'static str {
    match tag.name.as_str() {
        "b" | "strong" => "bold",
        "i" | "em" => "italic",
        "s" | "strike" | "del" => "strikethrough",
        "u" | "ins" => "underline",
        "a" => "text_link",
        "pre" => "pre",
        "code" => "code",
        "blockquote" if tag.argument.is_empty() => "blockquote",
        "blockquote" => "expandable_blockquote",
        "tg-emoji" => "custom_emoji",
        _ => "spoiler",
    }
}

/// The link as Telegram keeps it; a broken one silently becomes plain text, there as here.
fn checked_link(link: &str) -> Option<String> {
    let with_scheme = if link.contains(':') { link.to_owned() } else { format!("http://{link}") };
    let url = reqwest::Url::parse(&with_scheme).ok()?;
    let known = ["http", "https", "tg", "ton", "tonsite"].contains(&url.scheme());
    known.then(|| url.to_string())
}
