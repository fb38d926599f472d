//! What another service posts to us, such as Telegram's updates. Whose it is and what it means is not known here.

use async_trait::async_trait;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::refusal::{Refusal, no_such_page};
use super::{Web, guard, wording};

/// What is posted is smaller by far.
const MAX_BODY: usize = 1024 * 1024;

/// Takes what another service posts.
#[async_trait]
pub trait Hook: Send + Sync {
    /// Where it is posted to, such as `/telegram`.
    fn path(&self) -> &str;

    /// The header, in lower case, in which whoever posts shows a secret.
    fn secret_header(&self) -> &'static str;

    /// Whether that is the secret.
    fn admits(&self, shown: &[u8]) -> bool;

    /// Takes one request.
    async fn take(&self, body: &[u8]) -> Taken;
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is kept: 200, and it need not be posted again.
    Kept,
    /// It cannot be understood: 400.
    Damaged,
    /// It could not be kept: 503, to be posted again.
    NotKept,
}

/// Whether a hook at `path` would never be reached.
#[must_use]
pub fn is_taken(path: &str) -> bool {
    guard::known_route(path) != guard::OTHER
}

/// A request that none of our pages is meant by.
pub(super) async fn serve(State(web): State<Web>, request: Request) -> Response {
    match web.0.hook.get().filter(|hook| hook.path() == request.uri().path()) {
        Some(hook) if request.method() == Method::POST => take(&**hook, request).await,
        _ => no_such_page().await.into_response(),
    }
}

/// Nothing is read of a request before it has shown the secret.
async fn take(hook: &dyn Hook, request: Request) -> Response {
    let shown = request.headers().get(hook.secret_header());
    if !shown.is_some_and(|shown| hook.admits(shown.as_bytes())) {
        // Anybody can do so as often as they like: counted among the requests, and not written down each time.
        tracing::debug!("somebody without the secret posted to the webhook; refused");
        return Refusal::new(StatusCode::UNAUTHORIZED, "unauthorized", wording::NO_SECRET).into_response();
    }
    let Ok(body) = to_bytes(request.into_body(), MAX_BODY).await else {
        tracing::error!("what was posted to the webhook is too long or was cut off; refused");
        return Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", wording::TOO_LARGE).into_response();
    };
    match hook.take(&body).await {
        Taken::Kept => StatusCode::OK.into_response(),
        Taken::Damaged => Refusal::new(StatusCode::BAD_REQUEST, "bad_request", wording::NOT_JSON).into_response(),
        Taken::NotKept => Refusal::unavailable(wording::UNAVAILABLE).into_response(),
    }
}
