//! What can go wrong between us and Telegram, sorted by what is to be done about it.
//!
//! The client's own errors are not passed on: they quote addresses, which hold the token, and answers, which hold names and
//! texts. What is kept of them here is safe to log and to store.

use teloxide::{ApiError, RequestError};

/// So much of Telegram's own words is kept.
const MAX_WORDS: usize = 160;

/// Why Telegram did not do what it was asked to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The token is wrong or was revoked; an operator must act.
    #[error("Telegram does not know this bot: check the token (TELOXIDE_TOKEN) and the address of the Bot API")]
    WrongToken,
    /// Somebody else reads the updates of the same bot.
    #[error("another program receives this bot's updates ({0})")]
    Conflict(String),
    /// Too many requests; to be repeated after this many seconds.
    #[error("Telegram asks to wait for {0} s")]
    Flood(u32),
    /// The chat is a supergroup now.
    #[error("the group has become the supergroup {0}")]
    Migrated(i64),
    /// The person cannot be reached: the bot is blocked, or the account or chat is gone.
    #[error("the person cannot be reached ({0})")]
    Unreachable(String),
    /// The thread of a group was deleted.
    #[error("the thread is gone ({0})")]
    ThreadGone(String),
    /// The thread of a group is closed for us.
    #[error("the thread is closed ({0})")]
    ThreadClosed(String),
    /// The thread of a group is open or closed already.
    #[error("the thread is so already ({0})")]
    ThreadUnchanged(String),
    /// The markup of a text was not understood.
    #[error("the markup was not understood ({0})")]
    Markup(String),
    /// The request is not acceptable and never will be.
    #[error("the request was refused ({0})")]
    Refused(String),
    /// Telegram failed.
    #[error("Telegram failed ({0})")]
    Server(String),
    /// Telegram was not reached, or its answer did not arrive; the request may have had its effect.
    #[error("Telegram was not reached ({0})")]
    Network(&'static str),
    /// The answer was not what the Bot API promises.
    #[error("the answer could not be read")]
    Garbled,
}

impl Fault {
    /// One word for metrics.
    pub fn class(&self) -> &'static str {
        match self {
            Self::WrongToken => "wrong_token",
            Self::Conflict(_) => "conflict",
            Self::Flood(_) => "flood",
            Self::Migrated(_) => "migrated",
            Self::Unreachable(_) => "unreachable",
            Self::ThreadGone(_) => "thread_gone",
            Self::ThreadClosed(_) => "thread_closed",
            Self::ThreadUnchanged(_) => "thread_unchanged",
            Self::Markup(_) => "markup",
            Self::Refused(_) => "refused",
            Self::Server(_) => "server",
            Self::Network(_) => "network",
            Self::Garbled => "garbled",
        }
    }

    /// Counts the error.
    pub(super) fn count(&self) {
        metrics::counter!("zhengqitong_telegram_api_errors_total", "class" => self.class()).increment(1);
    }

    /// Sorts by Telegram's own words, for the client does not tell the status.
    fn of_words(words: &str) -> Self {
        let kept = || words.chars().take(MAX_WORDS).collect::<String>();
        let lower = words.to_ascii_lowercase();
        let says = |what: &str| lower.contains(what);
        if let Some(secs) = retry_after(&lower) {
            return Self::Flood(secs);
        }
        match lower.split(':').next().unwrap_or_default() {
            "conflict" => Self::Conflict(kept()),
            "forbidden" | "unauthorized" => Self::Unreachable(kept()),
            "bad request" if says("can't parse entities") => Self::Markup(kept()),
            "bad request" if THREAD_GONE.iter().any(|gone| says(gone)) => Self::ThreadGone(kept()),
            "bad request" if says("topic_closed") => Self::ThreadClosed(kept()),
            "bad request" if says("topic_not_modified") => Self::ThreadUnchanged(kept()),
            "bad request" if GONE.iter().any(|gone| says(gone)) => Self::Unreachable(kept()),
            "bad request" | "not found" | "request entity too large" | "method not allowed" => Self::Refused(kept()),
            _ => Self::Server(kept()),
        }
    }
}

/// Bad requests that mean a thread that was deleted.
const THREAD_GONE: [&str; 4] = ["message thread not found", "topic_deleted", "topic_id_invalid", "thread not found"];

/// Bad requests that mean the person, not the message.
const GONE: [&str; 8] = [
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "user_is_blocked",
    "input_user_deactivated",
    "group is deactivated",
    "chat_write_forbidden",
    "have no rights to send",
];

/// The seconds in "…retry after N".
fn retry_after(lower: &str) -> Option<u32> {
    let (_, rest) = lower.split_once("retry after ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

impl From<RequestError> for Fault {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Api(ApiError::InvalidToken) => Self::WrongToken,
            // Telegram's words for most kinds are their `Display`; the unknown ones are wrapped in the client's own.
            RequestError::Api(ApiError::Unknown(words)) => Self::of_words(&words),
            RequestError::Api(known) => Self::of_words(&known.to_string()),
            RequestError::MigrateToChatId(chat) => Self::Migrated(chat.0),
            RequestError::RetryAfter(wait) => Self::Flood(wait.seconds()),
            RequestError::Network(cause) if cause.is_timeout() => Self::Network("timed out"),
            RequestError::Network(cause) if cause.is_connect() => Self::Network("could not connect"),
            RequestError::Network(_) | RequestError::Io(_) => Self::Network("the connection was lost"),
            RequestError::InvalidJson { .. } => Self::Garbled,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[track_caller]
    fn check(words: &str, class: &str) {
        let error: ApiError = serde_json::from_value(words.into()).unwrap();
        assert_eq!(Fault::from(RequestError::Api(error)).class(), class, "{words}");
    }

    #[test]
    fn telegrams_words_are_told_apart() {
        check("Unauthorized", "wrong_token");
        check("Not Found", "wrong_token");
        check("Not Found: method not found", "refused");
        check(
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            "conflict",
        );
        check("Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first", "conflict");
        check("Bad Request: Too Many Requests: retry after 7", "flood");
        check("Too Many Requests: retry after 7", "flood");
        check("Forbidden: bot was blocked by the user", "unreachable");
        check("Forbidden: user is deactivated", "unreachable");
        check("Unauthorized: bot can't initiate conversation with a user", "unreachable");
        check("Bad Request: chat not found", "unreachable");
        check("Bad Request: PEER_ID_INVALID", "unreachable");
        check("Bad Request: can't parse entities: Unsupported start tag \"x\"", "markup");
        check("Bad Request: message is too long", "refused");
        check("Bad Request: message thread not found", "thread_gone");
        check("Bad Request: TOPIC_DELETED", "thread_gone");
        check("Bad Request: TOPIC_ID_INVALID", "thread_gone");
        check("Bad Request: TOPIC_CLOSED", "thread_closed");
        check("Bad Request: TOPIC_NOT_MODIFIED", "thread_unchanged");
        check("Bad Request: the chat is not a forum", "refused");
        check("Bad Request: not enough rights to create a topic", "refused");
        check("Bad Request: something new", "refused");
        check("Bad Gateway", "server");
        check("Internal Server Error", "server");
        check("Gateway Timeout", "server");
    }

    #[test]
    fn an_answer_that_is_no_json_is_not_quoted() {
        let source = Arc::new(serde_json::from_str::<bool>("王五").unwrap_err());
        let fault = Fault::from(RequestError::InvalidJson { source, raw: "王五".into() });
        assert!(!format!("{fault} {fault:?}").contains('王'));
    }
}
