//! Reads a request into a method name and its parameters, in whichever way they were encoded.
//!
//! The real server takes every parameter as text and parses it where it is used. Here they become
//! one JSON object right away, so that the journal looks the same for every encoding.

use std::collections::HashMap;

use axum::{
    body::{Body, Bytes},
    extract::{Form, FromRequest, Query, Request},
    http::{Method, header::CONTENT_TYPE},
};
use serde_json::{Map, Value, json};

use super::reply::Refusal;

/// The real server takes uploads up to 50 MB.
const MAX_BODY_BYTES: usize = 50 << 20;

/// Parameters that are JSON even where they travel as text.
const JSON_PARAMETERS: [&str; 9] = [
    "allowed_updates",
    "caption_entities",
    "commands",
    "entities",
    "link_preview_options",
    "menu_button",
    "reply_markup",
    "reply_parameters",
    "scope",
];

/// Parameters that are numbers even where they travel as text.
const NUMBER_PARAMETERS: [&str; 9] = [
    "chat_id",
    "duration",
    "from_chat_id",
    "limit",
    "message_id",
    "message_thread_id",
    "offset",
    "reply_to_message_id",
    "timeout",
];

/// A file that came with the request.
#[derive(Clone, Debug)]
pub(super) struct Upload {
    pub(super) file_name: Option<String>,
    pub(super) mime_type: Option<String>,
    pub(super) bytes: Vec<u8>,
}

/// What a request brings along.
#[derive(Clone, Debug, Default)]
pub(super) struct Params {
    values: Map<String, Value>,
    uploads: HashMap<String, Upload>,
}

impl Params {
    /// Reads the query string and the body.
    ///
    /// # Errors
    ///
    /// Returns the 400 of the real server for a body that does not parse, 413 for one too large.
    pub(super) async fn read(request: Request) -> Result<Self, Refusal> {
        let mut params = Self::default();
        if let Ok(Query(pairs)) = Query::<Vec<(String, String)>>::try_from_uri(request.uri()) {
            params.take_pairs(pairs);
        }
        if request.method() == Method::GET {
            return Ok(params);
        }
        let content_type = content_type(&request);
        let body = axum::body::to_bytes(request.into_body(), MAX_BODY_BYTES)
            .await
            .map_err(|_| Refusal::new(413, "Request Entity Too Large"))?;
        params.take_body(&content_type, body).await?;
        Ok(params)
    }

    async fn take_body(&mut self, content_type: &str, body: Bytes) -> Result<(), Refusal> {
        if content_type.starts_with("multipart/form-data") {
            self.take_multipart(content_type, body).await
        } else if content_type.starts_with("application/x-www-form-urlencoded") {
            self.take_form(body).await
        } else if body.is_empty() {
            Ok(())
        } else {
            self.take_json(&body)
        }
    }

    fn take_json(&mut self, body: &[u8]) -> Result<(), Refusal> {
        let values: Map<String, Value> =
            serde_json::from_slice(body).map_err(|_| Refusal::bad_request("can't parse JSON object"))?;
        self.values.extend(values.into_iter().filter(|(_, value)| !value.is_null()));
        Ok(())
    }

    async fn take_form(&mut self, body: Bytes) -> Result<(), Refusal> {
        let Form(pairs) = Form::from_request(form_request(body), &())
            .await
            .map_err(|_| Refusal::bad_request("can't parse the form"))?;
        self.take_pairs(pairs);
        Ok(())
    }

    async fn take_multipart(&mut self, content_type: &str, body: Bytes) -> Result<(), Refusal> {
        let malformed = |_| Refusal::bad_request("can't parse multipart/form-data");
        let boundary = multer::parse_boundary(content_type).map_err(malformed)?;
        let whole = futures::stream::once(async { Ok::<_, std::convert::Infallible>(body) });
        let mut parts = multer::Multipart::new(whole, boundary);
        while let Some(part) = parts.next_field().await.map_err(malformed)? {
            let name = part.name().unwrap_or_default().to_owned();
            let file_name = part.file_name().map(str::to_owned);
            let mime_type = part.content_type().map(ToString::to_string);
            let bytes = part.bytes().await.map_err(malformed)?.to_vec();
            if file_name.is_some() || mime_type.is_some() {
                self.uploads.insert(name, Upload { file_name, mime_type, bytes });
            } else {
                let text =
                    String::from_utf8(bytes).map_err(|_| Refusal::bad_request("strings must be encoded in UTF-8"))?;
                self.take_pairs(vec![(name, text)]);
            }
        }
        Ok(())
    }

    fn take_pairs(&mut self, pairs: Vec<(String, String)>) {
        for (name, text) in pairs {
            let value = typed(&name, &text).unwrap_or(Value::String(text));
            self.values.insert(name, value);
        }
    }

    /// A text parameter; empty when it is absent, which Telegram does not tell apart.
    pub(super) fn text(&self, name: &str) -> &str {
        self.values.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        let value = self.values.get(name)?;
        value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
    }

    /// A flag: JSON true, or one of the texts that Telegram takes for it.
    pub(super) fn flag(&self, name: &str) -> bool {
        match self.values.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => ["true", "yes", "1"].contains(&text.to_ascii_lowercase().as_str()),
            _ => false,
        }
    }

    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    pub(super) fn upload(&self, name: &str) -> Option<&Upload> {
        self.uploads.get(name)
    }

    /// All parameters as the journal keeps them.
    pub(super) fn to_json(&self) -> Value {
        let mut all = self.values.clone();
        for (name, upload) in &self.uploads {
            let summary = json!({
                "file_name": upload.file_name,
                "mime_type": upload.mime_type,
                "size": upload.bytes.len(),
            });
            all.insert(name.clone(), summary);
        }
        Value::Object(all)
    }
}

fn content_type(request: &Request) -> String {
    let header = request.headers().get(CONTENT_TYPE);
    header.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

fn form_request(body: Bytes) -> Request {
    Request::post("/")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .expect("the parts are constant")
}

/// The value behind a text, for the parameters that are not text by nature.
fn typed(name: &str, text: &str) -> Option<Value> {
    if JSON_PARAMETERS.contains(&name) {
        serde_json::from_str(text).ok()
    } else if NUMBER_PARAMETERS.contains(&name) {
        text.trim().parse::<i64>().ok().map(Value::from)
    } else {
        None
    }
}
