//! The stylesheet, the script and the icon: part of the binary.

use std::sync::LazyLock;

use axum::extract::{Path, RawQuery};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::refusal::no_such_page;
use super::session::hash;

/// A file that the page loads.
pub(super) struct Asset {
    name: &'static str,
    content_type: &'static str,
    text: &'static str,
    /// Of its content; part of its address on the page, so that it may be kept for ever.
    version: LazyLock<String>,
}

pub(super) static STYLE: Asset = Asset {
    name: "chat.css",
    content_type: "text/css; charset=utf-8",
    text: include_str!("assets/chat.css"),
    version: LazyLock::new(|| hash(include_str!("assets/chat.css"))),
};

pub(super) static SCRIPT: Asset = Asset {
    name: "chat.js",
    content_type: "text/javascript; charset=utf-8",
    text: include_str!("assets/chat.js"),
    version: LazyLock::new(|| hash(include_str!("assets/chat.js"))),
};

pub(super) static ICON: Asset = Asset {
    name: "icon.svg",
    content_type: "image/svg+xml",
    text: include_str!("assets/icon.svg"),
    version: LazyLock::new(|| hash(include_str!("assets/icon.svg"))),
};

impl Asset {
    /// Where the page finds it.
    pub(super) fn address(&self) -> String {
        format!("/assets/{}?v={}", self.name, *self.version)
    }

    fn respond(&self, query: Option<&str>, headers: &HeaderMap) -> Response {
        let tag = format!("\"{}\"", *self.version);
        let is_lasting = query.and_then(|query| query.strip_prefix("v=")) == Some(self.version.as_str());
        let caching = if is_lasting { "public, max-age=31536000, immutable" } else { "public, no-cache" };
        let known = headers.get(IF_NONE_MATCH).and_then(|tags| tags.to_str().ok()).is_some_and(|tags| {
            tags.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
        });
        let mut response = if known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            ([(CONTENT_TYPE, self.content_type)], self.text).into_response()
        };
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(caching));
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            response.headers_mut().insert(ETAG, tag);
        }
        response
    }
}

pub(super) async fn serve(Path(name): Path<String>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    match [&STYLE, &SCRIPT, &ICON].into_iter().find(|asset| asset.name == name) {
        Some(asset) => asset.respond(query.as_deref(), &headers),
        None => no_such_page().await.into_response(),
    }
}

/// `GET /favicon.ico`, which browsers ask for whatever the page says.
pub(super) async fn icon(headers: HeaderMap) -> Response {
    ICON.respond(None, &headers)
}

/// `GET /robots.txt`: the page may be found, the rest is nothing to read.
pub(super) async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /api/\nDisallow: /chat/\nDisallow: /metrics\n"
}
