//! The chat for browsers without a script: a form is sent, the page comes back.

use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::Web;
use super::chat::{check_id, unsaved};
use super::page::Draft;
use super::record::Said;
use super::refusal::Refusal;
use super::session::hash;
use super::turn::Taken;
use super::visitor::{Sender, Visitor};
use crate::desk::wording::talk;

/// The conversation's end on the page.
const LATEST: &str = "/#latest";

/// Characters of the hash that tells what one page sends apart.
const CONTENT_CHARS: usize = 16;

/// A form as the browser sends it: the button that was pressed, or the words.
#[derive(Deserialize)]
pub(super) struct FormRecord {
    /// Given with the page.
    id: String,
    text: Option<String>,
    /// Data and label of a message's button, with a space between.
    press: Option<String>,
    /// A shortcut's command and label, with a space between.
    shortcut: Option<String>,
}

impl FormRecord {
    fn said(&self) -> Result<Said, Refusal> {
        let split = |value: &str| {
            let (data, label) = value.split_once(' ').unwrap_or((value, value));
            (data.to_owned(), label.to_owned())
        };
        if let Some((press, label)) = self.press.as_deref().map(split) {
            return Said::press(&press, &label);
        }
        if let Some((command, label)) = self.shortcut.as_deref().map(split) {
            return Said::text(&command, Some(&label));
        }
        Said::text(self.text.as_deref().unwrap_or_default(), None)
    }

    /// One page may send several things, each once: what browsers repeat is the same, what people do on going back is not.
    fn message_id(&self, said: &Said) -> Result<String, Refusal> {
        check_id(&self.id)?;
        let mut content = hash(&serde_json::to_string(said).unwrap_or_default());
        content.truncate(CONTENT_CHARS);
        Ok(format!("f-{}-{content}", self.id))
    }
}

/// `GET /chat/form`: somebody reloaded after an error.
pub(super) async fn back() -> Redirect {
    Redirect::to("/")
}

/// `POST /chat/form`
pub(super) async fn say(
    State(web): State<Web>,
    sender: Result<Sender, Refusal>,
    headers: axum::http::HeaderMap,
    form: Result<Form<FormRecord>, FormRejection>,
) -> Response {
    let draft = form.as_ref().ok().and_then(|Form(form)| form.text.clone()).unwrap_or_default();
    let visitor = match sender {
        Ok(Sender(visitor)) => visitor,
        // Another site learns nothing from the answer, and plants nothing.
        Err(refusal) if refusal.status == StatusCode::FORBIDDEN => return refusal.into_response(),
        Err(refusal) => match Visitor::of(&headers, &web) {
            Ok(visitor) => return web.page_with(&visitor, refused(&refusal, draft)).await,
            Err(refusal) => return refusal.into_response(),
        },
    };
    match web.take_form(&visitor, form).await {
        Ok(Taken::Handled) => visitor.welcome(Redirect::to(LATEST).into_response()),
        Ok(Taken::Saved(reference)) => {
            let notice =
                Draft { status: StatusCode::ACCEPTED, notice: Some(talk::failed(&reference)), text: String::new() };
            web.page_with(&visitor, notice).await
        }
        Err(refusal) => web.page_with(&visitor, refused(&refusal, draft)).await,
    }
}

impl Web {
    async fn take_form(
        &self,
        visitor: &Visitor,
        form: Result<Form<FormRecord>, FormRejection>,
    ) -> Result<Taken, Refusal> {
        let Form(form) = form?;
        let said = form.said()?;
        let id = form.message_id(&said)?;
        let _place = self.begin()?;
        self.take(&visitor.session, &id, &said).await.map_err(|cause| unsaved(&cause))
    }
}

/// The page with a sentence, and with the words that were not taken.
fn refused(refusal: &Refusal, text: String) -> Draft {
    Draft { status: refusal.status, notice: Some(refusal.message.clone()), text }
}
