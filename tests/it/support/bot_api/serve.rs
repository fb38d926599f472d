//! One HTTP request from its address to its answer, with the faults that may strike on the way.

use std::sync::Arc;

use axum::{
    extract::{ConnectInfo, Request, State},
    response::{IntoResponse, Response},
};
use tokio::time::sleep;

use super::{
    call::Params,
    faults::Fault,
    journal::Outcome,
    methods,
    reply::{Refusal, Reply, into_response},
    state::Shared,
    wire::Connection,
};

/// What a request's address names.
enum Target {
    /// `/bot<token>/<method>`
    Method(String),
    /// `/file/bot<token>/<path>`
    File(String),
    WrongToken,
    Nothing,
}

impl Target {
    fn of(path: &str, token: &str) -> Self {
        let path = path.trim_start_matches('/');
        let (is_file, path) = match path.strip_prefix("file/") {
            Some(path) => (true, path),
            None => (false, path),
        };
        match path.strip_prefix("bot").and_then(|path| path.split_once('/')) {
            None => Self::Nothing,
            Some((named, _)) if named != token => Self::WrongToken,
            // Clients that build addresses from segments encode the slash within the path.
            Some((_, rest)) if is_file => Self::File(rest.replace("%2F", "/")),
            Some((_, rest)) => Self::Method(methods::documented_name(rest)),
        }
    }
}

/// What the handler knows: the token to expect and everything else.
#[derive(Clone)]
pub(super) struct Served {
    pub(super) token: Arc<str>,
    pub(super) shared: Arc<Shared>,
}

/// Answers one request.
pub(super) async fn serve(
    State(Served { token, shared }): State<Served>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
) -> Response {
    match Target::of(request.uri().path(), &token) {
        Target::Method(name) => match Params::read(request).await {
            Ok(params) => call(&shared, &connection, &name, &params).await,
            Err(refusal) => refusal.into_response(),
        },
        Target::File(path) => match shared.look(|state| state.files.download(&path)) {
            Some(bytes) => bytes.into_response(),
            None => Refusal::new(404, "Not Found").into_response(),
        },
        Target::WrongToken => Refusal::new(401, "Unauthorized").into_response(),
        Target::Nothing => Refusal::new(404, "Not Found").into_response(),
    }
}

async fn call(shared: &Shared, connection: &Connection, name: &str, params: &Params) -> Response {
    let chat_id = params.integer("chat_id");
    let entry = Entry::open(shared, name, chat_id, params);
    let fault = shared.change(|state| state.faults.strike(name, chat_id));
    if let Some(refusal) = fault.as_ref().and_then(Fault::refusal) {
        return entry.answer(Err(refusal));
    }
    if matches!(fault, Some(Fault::CutBefore)) {
        entry.close(Outcome::Cut);
        connection.hang_up().await;
    }
    let reply = methods::call(shared, name, params).await;
    match fault {
        Some(Fault::CutAfter) => {
            entry.close(Outcome::Cut);
            connection.hang_up().await
        }
        Some(Fault::Slow(delay)) => {
            sleep(delay).await;
            entry.answer(reply)
        }
        _ => entry.answer(reply),
    }
}

/// A request's place in the journal. Dropped without an answer, it was abandoned.
struct Entry<'a> {
    shared: &'a Shared,
    number: usize,
}

impl<'a> Entry<'a> {
    fn open(shared: &'a Shared, name: &str, chat_id: Option<i64>, params: &Params) -> Self {
        let body = params.to_json();
        let number = shared.change(|state| state.journal.open(name, chat_id, body));
        Self { shared, number }
    }

    fn answer(&self, reply: Reply) -> Response {
        let (status, description) = match &reply {
            Ok(_) => (200, None),
            Err(refusal) => (refusal.status, Some(refusal.description.clone())),
        };
        self.close(Outcome::Answered { status, description });
        into_response(reply)
    }

    fn close(&self, outcome: Outcome) {
        self.shared.change(|state| state.journal.close(self.number, outcome));
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        self.close(Outcome::Abandoned);
    }
}
