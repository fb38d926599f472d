//! What a method gives back: a result, or a refusal in Telegram's words.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// The outcome of one Bot API method.
pub(super) type Reply = Result<Value, Refusal>;

/// A refused request, as Telegram words it.
///
/// Clients tell refusals apart by the description, so it must be spelled exactly as the real
/// server spells it, including the small letter after the colon.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) description: String,
    parameters: Option<Value>,
}

impl Refusal {
    pub(super) fn new(status: u16, description: impl Into<String>) -> Self {
        Self { status, description: description.into(), parameters: None }
    }

    /// 400, with the prefix that every such description has.
    pub(super) fn bad_request(why: impl AsRef<str>) -> Self {
        Self::new(400, format!("Bad Request: {}", why.as_ref()))
    }

    /// 400 for markup that cannot be read; `why` is the parser's complaint.
    pub(super) fn cannot_parse_entities(why: &str) -> Self {
        Self::bad_request(format!("can't parse entities: {why}"))
    }

    /// 403, for good until the person comes back by themselves.
    pub(super) fn blocked() -> Self {
        Self::new(403, "Forbidden: bot was blocked by the user")
    }

    /// 429 with the number of seconds to keep quiet.
    pub(super) fn too_many_requests(retry_after: u32) -> Self {
        Self {
            parameters: Some(json!({ "retry_after": retry_after })),
            ..Self::new(429, format!("Too Many Requests: retry after {retry_after}"))
        }
    }

    /// 400 for a group that became a supergroup with another id.
    pub(super) fn migrated(to: i64) -> Self {
        Self {
            parameters: Some(json!({ "migrate_to_chat_id": to })),
            ..Self::bad_request("group chat was upgraded to a supergroup chat")
        }
    }

    fn retry_after(&self) -> Option<HeaderValue> {
        let seconds = self.parameters.as_ref()?.get("retry_after")?;
        HeaderValue::from_str(&seconds.to_string()).ok()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut body = json!({
            "ok": false,
            "error_code": self.status,
            "description": self.description,
        });
        if let Some(parameters) = &self.parameters {
            body["parameters"] = parameters.clone();
        }
        let status = StatusCode::from_u16(self.status).expect("refusals carry HTTP statuses");
        let mut response = (status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after() {
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
        response
    }
}

/// Wraps a result as the real server does.
pub(super) fn into_response(reply: Reply) -> Response {
    match reply {
        Ok(result) => Json(json!({ "ok": true, "result": result })).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}
