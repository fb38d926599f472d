//! What goes around every request: a time limit, security headers, and counting.

use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::refusal::Refusal;
use super::{Web, wording};

/// Longer than any page waits for news.
const TIME_LIMIT: Duration = Duration::from_secs(40);

const HEADERS: [(HeaderName, &str); 7] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    // With `no-referrer` browsers would send `Origin: null` with the form, and it would look foreign.
    (REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

pub(super) async fn guard(State(web): State<Web>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = known_method(request.method());
    let path = request.uri().path();
    let is_hook = web.0.hook.get().is_some_and(|hook| hook.path() == path);
    let route = if is_hook { "webhook" } else { known_route(path) };
    let mut response = match tokio::time::timeout(TIME_LIMIT, next.run(request)).await {
        Ok(response) => response,
        Err(_elapsed) => Refusal::new(StatusCode::GATEWAY_TIMEOUT, "timeout", wording::TOO_SLOW).into_response(),
    };
    protect(response.headers_mut(), web.0.config.secure_cookies);
    let labels = [
        ("route", route.to_owned()),
        ("method", method.to_owned()),
        ("status", response.status().as_u16().to_string()),
    ];
    metrics::histogram!("zhengqitong_http_request_duration_seconds", &labels).record(started.elapsed());
    response
}

fn protect(headers: &mut HeaderMap, is_https: bool) {
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // What is said belongs in no cache; assets say otherwise themselves.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if is_https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}

/// Where there is nothing of ours.
pub(super) const OTHER: &str = "other";

/// Anybody can make addresses up; each would be a new series.
pub(super) fn known_route(path: &str) -> &'static str {
    const ROUTES: [&str; 7] = ["/", "/chat/messages", "/chat/form", "/api/v1/ask", "/healthz", "/readyz", "/metrics"];
    if path.starts_with("/assets/") {
        return "/assets/";
    }
    ROUTES.into_iter().find(|route| *route == path).unwrap_or(OTHER)
}

/// Anybody can make methods up; each would be a new series.
fn known_method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        _ => "other",
    }
}
