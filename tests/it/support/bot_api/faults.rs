//! Things that go wrong on purpose.

use std::time::Duration;

use axum::http::StatusCode;

use super::reply::Refusal;

/// What goes wrong with a request.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// 429 with `parameters.retry_after`.
    TooManyRequests { retry_after: u32 },
    /// 400 that says "retry after N" in its text only, as some of Telegram's data centres do.
    TooManyInText { retry_after: u32 },
    /// 400 with this description; the prefix "Bad Request: " is added when it is missing.
    BadRequest(&'static str),
    /// 400 as for markup that does not parse.
    ParseError,
    /// 403: the person has blocked the bot.
    Forbidden,
    /// 400 with `parameters.migrate_to_chat_id`.
    Migrated { to: i64 },
    /// A 5xx without effect. teloxide sleeps ten seconds on each of these.
    ServerError(u16),
    /// The connection is cut before the request has any effect.
    CutBefore,
    /// The request has its effect, then the connection is cut without an answer.
    CutAfter,
    /// The request has its effect at once, its answer comes this much later.
    ///
    /// A client that gives up meanwhile has been obeyed all the same: the case in which a plain
    /// retry sends twice.
    Slow(Duration),
}

impl Fault {
    /// Plans this fault for the next call of `method`; `"*"` is any method except `getUpdates`.
    pub(crate) fn on(self, method: &str) -> PlannedFault {
        PlannedFault { fault: self, method: method.to_owned(), chat_id: None, left: 1 }
    }

    /// The refusal to answer with, for the faults that are one.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        let refusal = match self {
            Self::TooManyRequests { retry_after } => Refusal::too_many_requests(*retry_after),
            Self::TooManyInText { retry_after } => {
                Refusal::bad_request(format!("Too Many Requests: retry after {retry_after}"))
            }
            Self::BadRequest(why) => Refusal::bad_request(why.strip_prefix("Bad Request: ").unwrap_or(why)),
            Self::ParseError => Refusal::cannot_parse_entities("Unsupported start tag \"x\" at byte offset 0"),
            Self::Forbidden => Refusal::blocked(),
            Self::Migrated { to } => Refusal::migrated(*to),
            Self::ServerError(status) => Refusal::new(*status, reason_phrase(*status)),
            Self::CutBefore | Self::CutAfter | Self::Slow(_) => return None,
        };
        Some(refusal)
    }
}

fn reason_phrase(status: u16) -> &'static str {
    StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Internal Server Error")
}

/// A fault waiting for the requests it is meant for.
#[derive(Clone, Debug)]
pub(crate) struct PlannedFault {
    fault: Fault,
    method: String,
    chat_id: Option<i64>,
    left: usize,
}

impl PlannedFault {
    /// Leaves the requests about other chats alone.
    pub(crate) fn in_chat(self, chat_id: i64) -> Self {
        Self { chat_id: Some(chat_id), ..self }
    }

    /// Meets this many requests instead of one.
    pub(crate) fn times(self, times: usize) -> Self {
        Self { left: times, ..self }
    }

    fn matches(&self, method: &str, chat_id: Option<i64>) -> bool {
        let any = self.method == "*" && method != "getUpdates";
        (any || self.method.eq_ignore_ascii_case(method)) && (self.chat_id.is_none() || self.chat_id == chat_id)
    }
}

/// The planned faults. Among several that match a request, the one planned first strikes.
#[derive(Default)]
pub(super) struct FaultScript {
    planned: Vec<PlannedFault>,
}

impl FaultScript {
    pub(super) fn plan(&mut self, fault: PlannedFault) {
        self.planned.push(fault);
    }

    /// Takes the fault for this request, if one is planned.
    pub(super) fn strike(&mut self, method: &str, chat_id: Option<i64>) -> Option<Fault> {
        let planned = self.planned.iter_mut().find(|planned| planned.matches(method, chat_id))?;
        planned.left = planned.left.saturating_sub(1);
        let fault = planned.fault.clone();
        self.planned.retain(|planned| planned.left > 0);
        Some(fault)
    }

    pub(super) fn waiting(&self) -> &[PlannedFault] {
        &self.planned
    }

    pub(super) fn clear(&mut self) {
        self.planned.clear();
    }
}
