//! `POST /api/v1/ask`: one turn for a program.

use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use jiff::civil::Date;
use serde::Deserialize;

use super::record::check_text;
use super::refusal::Refusal;
use super::session::api_chat;
use super::turn::{chain, count_turn};
use super::visitor::Program;
use super::{Web, wording};
use crate::desk::reply::Reply;
use crate::desk::service::Question;

/// An answer that takes longer is no answer.
const LIMIT: Duration = Duration::from_secs(20);

/// The longest session name of a program.
const MAX_SESSION_CHARS: usize = 200;

/// A program's question; other keys, `profile` among them, are ignored.
#[derive(Deserialize)]
pub(super) struct AskRecord {
    text: String,
    session: Option<String>,
    as_of: Option<String>,
}

impl TryFrom<AskRecord> for Question {
    type Error = Refusal;

    fn try_from(record: AskRecord) -> Result<Self, Refusal> {
        check_text(&record.text)?;
        let session = match record.session {
            Some(session) if session.is_empty() || session.chars().count() > MAX_SESSION_CHARS => {
                return Err(Refusal::invalid("invalid_session", wording::WRONG_SESSION));
            }
            session => session.map(|session| api_chat(&session)),
        };
        let as_of = record.as_of.as_deref().map(day).transpose()?;
        Ok(Self { text: record.text, session, as_of, is_trial: false })
    }
}

pub(super) async fn ask(
    State(web): State<Web>,
    _program: Program,
    record: Result<Json<AskRecord>, JsonRejection>,
) -> Result<Json<Reply>, Refusal> {
    let Json(record) = record?;
    let question = Question::try_from(record)?;
    let _place = web.begin()?;
    let started = Instant::now();
    let asked = tokio::time::timeout(LIMIT, web.0.assistant.ask(&question)).await;
    let reply = match asked {
        Ok(Ok(reply)) => reply,
        Ok(Err(cause)) => return Err(failed(&chain(&cause))),
        Err(_elapsed) => return Err(failed("answering took too long")),
    };
    metrics::histogram!("zhengqitong_ask_duration_seconds").record(started.elapsed());
    count_turn("api", Some(&reply));
    Ok(Json(reply))
}

fn failed(error: &str) -> Refusal {
    metrics::counter!("zhengqitong_turn_failures_total", "channel" => "api").increment(1);
    tracing::warn!(error, "a program's question could not be answered");
    Refusal::unavailable(wording::UNAVAILABLE)
}

/// Only `YYYY-MM-DD`: the date parser would also take times and compact forms.
fn day(text: &str) -> Result<Date, Refusal> {
    let day = if text.len() == "2026-11-22".len() { text.parse::<Date>().ok() } else { None };
    day.ok_or_else(|| Refusal::invalid("invalid_as_of", wording::WRONG_DAY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_days_are_taken() {
        assert!(day("2026-11-22").is_ok());
        for wrong in ["2026-13-01", "20261122", "2026-1-2", "2026/11/22", "今天", "", "2026-02-30", "2026-11-22T00:00"]
        {
            assert!(day(wrong).is_err(), "{wrong}");
        }
    }
}
