//! Refusals as programs and people read them: a code, and a sentence. Never the cause.

use std::any::Any;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::{FormRejection, JsonRejection, QueryRejection};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::wording;

/// Why a request is not served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) retry_after_secs: Option<u64>,
}

#[derive(Serialize)]
struct RefusalRecord<'a> {
    error: ErrorRecord<'a>,
}

#[derive(Serialize)]
struct ErrorRecord<'a> {
    code: &'a str,
    message: &'a str,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), retry_after_secs: None }
    }

    /// A field is wrong.
    pub(super) fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message)
    }

    pub(super) fn too_many(wait: Duration) -> Self {
        let secs = wait.as_secs() + 1;
        let refusal = Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", wording::too_many(secs));
        Self { retry_after_secs: Some(secs), ..refusal }
    }

    /// Something behind us failed; `retry_after_secs` invites to try again.
    pub(super) fn unavailable(message: &str) -> Self {
        let refusal = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message);
        Self { retry_after_secs: Some(5), ..refusal }
    }

    fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", wording::TOO_LARGE)
    }

    fn bad_request(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", message)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let record = RefusalRecord { error: ErrorRecord { code: self.code, message: &self.message } };
        let mut response = (self.status, Json(record)).into_response();
        if let Some(secs) = self.retry_after_secs {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(secs));
        }
        response
    }
}

impl From<JsonRejection> for Refusal {
    fn from(rejection: JsonRejection) -> Self {
        match rejection {
            JsonRejection::MissingJsonContentType(_) => {
                Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", wording::NOT_JSON_TYPE)
            }
            JsonRejection::JsonDataError(_) => Self::invalid("invalid_fields", wording::WRONG_FIELDS),
            other if other.status() == StatusCode::PAYLOAD_TOO_LARGE => Self::too_large(),
            _ => Self::bad_request(wording::NOT_JSON),
        }
    }
}

impl From<FormRejection> for Refusal {
    fn from(rejection: FormRejection) -> Self {
        match rejection {
            FormRejection::InvalidFormContentType(_) => {
                Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", wording::NOT_FORM_TYPE)
            }
            other if other.status() == StatusCode::PAYLOAD_TOO_LARGE => Self::too_large(),
            _ => Self::invalid("invalid_fields", wording::WRONG_FIELDS),
        }
    }
}

impl From<QueryRejection> for Refusal {
    fn from(_rejection: QueryRejection) -> Self {
        Self::bad_request(wording::WRONG_QUERY)
    }
}

pub(super) async fn no_such_page() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "not_found", wording::NO_SUCH_PAGE)
}

pub(super) async fn no_such_method() -> Refusal {
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", wording::NO_SUCH_METHOD)
}

/// Our bug; the panic itself is reported where it happened.
pub(super) fn panicked(_panic: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a request handler panicked");
    Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", wording::BROKEN).into_response()
}
