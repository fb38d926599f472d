//! Whether a request was made by our own page.

use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};

/// Where a request came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Our own page, or the person directly.
    Own,
    /// Another site.
    Foreign,
    /// No browser of the last years; nothing tells.
    Untold,
}

/// Judges by `Sec-Fetch-Site`, then by `Origin`.
///
/// Browsers leave out the first over plain http. `public_origin` counts as our own beside the `Host` of the request.
pub(super) fn origin(headers: &HeaderMap, public_origin: Option<&str>) -> Origin {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return if matches!(site, "same-origin" | "none") { Origin::Own } else { Origin::Foreign };
    }
    let Some(origin) = headers.get(ORIGIN) else { return Origin::Untold };
    let origin = origin.to_str().unwrap_or("null");
    if public_origin.is_some_and(|own| own.trim_end_matches('/').eq_ignore_ascii_case(origin)) {
        return Origin::Own;
    }
    let authority = origin.split_once("://").map(|(_scheme, authority)| authority);
    match (authority, text(HOST.as_str())) {
        (Some(authority), Some(host)) if authority.eq_ignore_ascii_case(host) => Origin::Own,
        _ => Origin::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn check(headers: &[(&'static str, &'static str)], expected: Origin) {
        let map = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        assert_eq!(origin(&map, Some("https://zqt.example.cn/")), expected, "{headers:?}");
    }

    #[test]
    fn only_our_own_page_is_our_own() {
        check(&[("sec-fetch-site", "same-origin")], Origin::Own);
        check(&[("sec-fetch-site", "none")], Origin::Own);
        check(&[("sec-fetch-site", "cross-site"), ("origin", "https://zqt.example.cn")], Origin::Foreign);
        check(&[("sec-fetch-site", "same-site")], Origin::Foreign);
        check(&[("origin", "https://zqt.example.cn"), ("host", "10.0.0.3:8080")], Origin::Own);
        check(&[("origin", "http://10.0.0.3:8080"), ("host", "10.0.0.3:8080")], Origin::Own);
        check(&[("origin", "http://evil.example"), ("host", "10.0.0.3:8080")], Origin::Foreign);
        check(&[("origin", "null"), ("host", "null")], Origin::Foreign);
        check(&[("origin", "http://evil.example")], Origin::Foreign);
        check(&[("host", "10.0.0.3:8080")], Origin::Untold);
    }
}
