//! Those who talk to a service that keeps dying: in Telegram, which waits for it, and in browsers, which try again.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::header::{COOKIE, SET_COOKIE};
use serde_json::json;

use super::PATIENCE;
use crate::support::bot_api::{FakeBotApi, Person, SentMessage};

/// Questions and the title of what answers each.
pub(super) type Known = Vec<(&'static str, String)>;

/// A browser asks so often in one conversation: more would be refused.
const QUESTIONS_A_PAGE: usize = 5;
/// A browser does not try again at once.
const AGAIN_AFTER: Duration = Duration::from_millis(30);
/// It gives up a request that nobody answers.
const GIVES_UP_AFTER: Duration = Duration::from_secs(5);

/// What everybody outside the process knows.
pub(super) struct Office {
    telegram: FakeBotApi,
    known: Known,
    /// From then on nobody begins with anything new.
    pub(super) over: AtomicBool,
    url: Mutex<Option<String>>,
    accepted: Mutex<BTreeSet<String>>,
}

impl Office {
    pub(super) fn new(telegram: FakeBotApi, known: Known) -> Self {
        Self { telegram, known, over: AtomicBool::new(false), url: Mutex::default(), accepted: Mutex::default() }
    }

    /// Where browsers find it; nowhere while it is dead.
    pub(super) fn opens_at(&self, url: Option<String>) {
        *self.url.lock().unwrap() = url;
    }

    /// Ids of messages that browsers were told are accepted.
    pub(super) fn accepted(&self) -> BTreeSet<String> {
        self.accepted.lock().unwrap().clone()
    }
}

/// What a company has done.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) questions: usize,
    pub(super) tickets: usize,
}

/// Asks one question after the other and raises a ticket about each one; every step waits for what the bot says. Who has asked
/// them all is followed by the next of `companies`.
pub(super) async fn company(office: Arc<Office>, number: i64, companies: i64) -> Vec<(Person, Tally)> {
    let mut all = Vec::new();
    let mut account = 9001 + number;
    while !office.over.load(Ordering::Relaxed) {
        let person = office.telegram.person(account, "企业");
        let tally = asks_everything(&office, &person).await;
        all.push((person, tally));
        account += companies;
    }
    all
}

async fn asks_everything(office: &Office, person: &Person) -> Tally {
    let mut tally = Tally::default();
    let mut seen = 0;
    for (question, title) in &office.known {
        if office.over.load(Ordering::Relaxed) {
            break;
        }
        person.says(question);
        let answer = hears(person, &mut seen, &[title, "核实日期"]).await;
        tally.questions += 1;
        person.presses(&answer, "找专员");
        let proposal = hears(person, &mut seen, &["请核对", question]).await;
        person.presses(&proposal, "确认");
        hears(person, &mut seen, &["已派给服务企业专员", question]).await;
        tally.tickets += 1;
    }
    tally
}

/// Waits for a message with all of `words` after the message `seen`, which it then is.
async fn hears(person: &Person, seen: &mut i32, words: &[&str]) -> SentMessage {
    let heard = async {
        let mut looked_at = *seen;
        loop {
            let news = person.news_after(looked_at, PATIENCE).await;
            looked_at = news.last().map_or(looked_at, |last| last.message_id);
            let fits = |message: &SentMessage| words.iter().all(|word| message.text.contains(word));
            if let Some(found) = news.into_iter().find(fits) {
                return found;
            }
        }
    };
    let heard = tokio::time::timeout(PATIENCE, heard).await;
    let heard = heard.unwrap_or_else(|_| panic!("nothing with {words:?}:\n{}", person.transcript()));
    *seen = heard.message_id;
    heard
}

/// One visitor after the other asks on the page, each question until it is accepted. Returns how many were.
pub(super) async fn visitors(office: Arc<Office>) -> usize {
    let client = reqwest::Client::builder().no_proxy().timeout(GIVES_UP_AFTER).build().unwrap();
    let mut asked = 0;
    let mut again = tokio::time::interval(AGAIN_AFTER);
    again.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while !office.over.load(Ordering::Relaxed) {
        let cookie = loop {
            again.tick().await;
            if let Some(cookie) = opens(&office, &client).await {
                break cookie;
            }
        };
        for _ in 0..QUESTIONS_A_PAGE {
            let id = format!("q{asked}");
            while says(&office, &client, &cookie, &id).await.is_none() {
                again.tick().await;
            }
            office.accepted.lock().unwrap().insert(id);
            asked += 1;
        }
    }
    asked
}

async fn opens(office: &Office, client: &reqwest::Client) -> Option<String> {
    let url = office.url.lock().unwrap().clone()?;
    let page = client.get(url).send().await.ok()?;
    let cookie = page.headers().get(SET_COOKIE)?.to_str().ok()?;
    Some(cookie.split(';').next()?.to_owned())
}

async fn says(office: &Office, client: &reqwest::Client, cookie: &str, id: &str) -> Option<()> {
    let url = office.url.lock().unwrap().clone()?;
    let (question, _) = office.known[id.len() % office.known.len()];
    let post = client.post(format!("{url}/chat/messages")).header(COOKIE, cookie);
    let response = post.json(&json!({ "id": id, "text": question })).send().await.ok()?;
    matches!(response.status().as_u16(), 200 | 202).then_some(())
}
