//! Who talks: a random cookie, and the conversation it stands for.
//!
//! The cookie itself is never stored nor logged; the conversation is named by its hash, from which it cannot be found.

use std::fmt::Write;

use axum::http::{HeaderMap, HeaderValue};
use axum_extra::extract::cookie::CookieJar;
use sha2::{Digest, Sha256};

use crate::desk::message::{Channel, ChatAddress};

/// How long a conversation can be returned to after the last visit.
const LASTS_SECS: u32 = 30 * 24 * 60 * 60;

/// Characters of a hash that name a conversation: 128 bits.
const HASH_CHARS: usize = 32;

/// Bytes of a session id.
const ID_BYTES: usize = 32;

/// A visitor's session.
#[derive(Clone)]
pub(super) struct Session {
    id: String,
}

impl Session {
    /// The session of the request's cookie, if it has one that we could have given.
    pub(super) fn of(headers: &HeaderMap, is_secure: bool) -> Option<Self> {
        let jar = CookieJar::from_headers(headers);
        let id = jar.get(cookie_name(is_secure))?.value();
        let is_ours = id.len() == 2 * ID_BYTES && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_ours.then(|| Self { id: id.to_owned() })
    }

    /// A new session that nobody can guess.
    ///
    /// # Errors
    ///
    /// Returns the system's error when it has no randomness to give.
    pub(super) fn fresh() -> Result<Self, getrandom::Error> {
        Ok(Self { id: random_hex()? })
    }

    /// The conversation.
    pub(super) fn chat(&self) -> ChatAddress {
        ChatAddress::new(Channel::Web, hash(&self.id))
    }

    /// The cookie that brings the visitor back.
    pub(super) fn cookie(&self, is_secure: bool) -> Option<HeaderValue> {
        let secure = if is_secure { "; Secure" } else { "" };
        let (name, id) = (cookie_name(is_secure), &self.id);
        let cookie = format!("{name}={id}; HttpOnly; SameSite=Lax; Path=/; Max-Age={LASTS_SECS}{secure}");
        HeaderValue::from_str(&cookie).ok()
    }
}

/// The conversation of a program's own session name.
pub(super) fn api_chat(session: &str) -> ChatAddress {
    ChatAddress::new(Channel::Web, format!("api-{}", hash(session)))
}

/// The prefix of the text's SHA-256 that names things here.
pub(super) fn hash(text: &str) -> String {
    let mut hex = hex(&Sha256::digest(text));
    hex.truncate(HASH_CHARS);
    hex
}

/// 256 random bits.
pub(super) fn random_hex() -> Result<String, getrandom::Error> {
    let mut bytes = [0; ID_BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(hex(&bytes))
}

/// A browser takes a `__Host-` cookie only from this host over https, so no other subdomain can plant one.
fn cookie_name(is_secure: bool) -> &'static str {
    if is_secure { "__Host-zqt" } else { "zqt" }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_cookie(cookie: &str) -> HeaderMap {
        HeaderMap::from_iter([(axum::http::header::COOKIE, HeaderValue::from_str(cookie).unwrap())])
    }

    #[test]
    fn a_cookie_brings_the_same_conversation_back_and_does_not_name_it() {
        let session = Session::fresh().unwrap();
        let again = Session::of(&with_cookie(&format!("a=b; zqt={}", session.id)), false).unwrap();
        assert_eq!(again.chat(), session.chat());
        assert!(!session.id.contains(&session.chat().chat));
        let header = session.cookie(true).unwrap();
        let header = header.to_str().unwrap();
        for part in ["__Host-zqt=", "HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=2592000"] {
            assert!(header.contains(part), "{header}");
        }
    }

    #[test]
    fn cookies_we_never_gave_are_ignored() {
        for cookie in ["zqt=1", "zqt=", "zqt=../../etc/passwd", "other=1", &format!("zqt={}", "A".repeat(64))] {
            assert!(Session::of(&with_cookie(cookie), false).is_none(), "{cookie}");
        }
    }

    #[test]
    fn programs_cannot_name_a_visitors_conversation() {
        assert!(api_chat("x").chat.starts_with("api-"));
        assert_ne!(api_chat("x"), api_chat("y"));
    }
}
