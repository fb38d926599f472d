//! Who makes a request, and whether they may.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::origin::{Origin, origin};
use super::refusal::Refusal;
use super::session::Session;
use super::{Web, wording};

/// A visitor of the chat page.
pub(super) struct Visitor {
    pub(super) session: Session,
    /// Whether the session began with this request.
    is_new: bool,
    is_secure: bool,
}

impl Visitor {
    /// The visitor of a request; one that we do not know gets a new session.
    ///
    /// # Errors
    ///
    /// Refuses when the system has no randomness to give.
    pub(super) fn of(headers: &HeaderMap, web: &Web) -> Result<Self, Refusal> {
        let is_secure = web.0.config.secure_cookies;
        if let Some(session) = Session::of(headers, is_secure) {
            return Ok(Self { session, is_new: false, is_secure });
        }
        let session = Session::fresh().map_err(|cause| {
            tracing::error!(error = %cause, "the system gives no randomness");
            Refusal::unavailable(wording::UNAVAILABLE)
        })?;
        Ok(Self { session, is_new: true, is_secure })
    }

    /// Gives the cookie, which also renews it.
    pub(super) fn welcome(&self, mut response: Response) -> Response {
        if let Some(cookie) = self.session.cookie(self.is_secure) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        response
    }

    /// Gives the cookie to those who do not have it.
    pub(super) fn welcome_new(&self, response: Response) -> Response {
        if self.is_new { self.welcome(response) } else { response }
    }
}

/// A visitor who sends something from our own page, not too often.
pub(super) struct Sender(pub(super) Visitor);

impl FromRequestParts<Web> for Sender {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Refusal> {
        refuse_foreign(&parts.headers, web)?;
        admit_address(parts, web)?;
        let visitor = Visitor::of(&parts.headers, web)?;
        web.0.limits.admit_session(&visitor.session.chat().chat).map_err(|wait| limited("session", wait))?;
        Ok(Self(visitor))
    }
}

/// A program that asks, not too often.
pub(super) struct Program;

impl FromRequestParts<Web> for Program {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Refusal> {
        refuse_foreign(&parts.headers, web)?;
        admit_address(parts, web)?;
        Ok(Self)
    }
}

fn refuse_foreign(headers: &HeaderMap, web: &Web) -> Result<(), Refusal> {
    match origin(headers, web.0.config.public_origin.as_deref()) {
        Origin::Own | Origin::Untold => Ok(()),
        Origin::Foreign => Err(Refusal::new(StatusCode::FORBIDDEN, "cross_site", wording::CROSS_SITE)),
    }
}

fn admit_address(parts: &Parts, web: &Web) -> Result<(), Refusal> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let told = if web.0.config.trusts_proxy { forwarded_for(&parts.headers) } else { None };
    let Some(address) = told.or(peer) else { return Ok(()) };
    web.0.limits.admit_address(address).map_err(|wait| limited("address", wait))
}

/// The last address: the one that the proxy before us saw. Those before it are what the visitor claims.
fn forwarded_for(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

fn limited(by: &'static str, wait: std::time::Duration) -> Refusal {
    metrics::counter!("zhengqitong_rate_limited_total", "by" => by).increment(1);
    Refusal::too_many(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_proxy_says_counts() {
        let mut headers = HeaderMap::new();
        assert_eq!(forwarded_for(&headers), None);
        headers.append("x-forwarded-for", "1.1.1.1".parse().unwrap());
        headers.append("x-forwarded-for", "2.2.2.2, 203.0.113.7".parse().unwrap());
        assert_eq!(forwarded_for(&headers), Some(IpAddr::from([203, 0, 113, 7])));
        headers.append("x-forwarded-for", "nonsense".parse().unwrap());
        assert_eq!(forwarded_for(&headers), None);
    }
}
