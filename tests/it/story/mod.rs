//! The whole way once, on the real binary: companies, commissioners and a Telegram that a test owns.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod handling;
mod invitation;
mod killed;
mod letters;
mod main_story;
mod media;
mod reindexed;
mod topics;
mod webhook;

use std::path::Path;

use zhengqitong::desk::message::{Channel, ChatAddress};
use zhengqitong::desk::ports::Outbox;
use zhengqitong::store::SqliteStore;

use crate::support::bot_api::{FakeBotApi, Person};
use crate::support::installation::Installation;

/// The commissioner for markets, his backup, and who supervises both.
const ROSTER: &str = "\
id,name,phone,subdistricts,fields,role,backup,telegram_id,capacity
wang,王晓,0535-0000001,,market,commissioner,li,501,30
li,李澜,0535-0000002,,finance,commissioner,wang,502,30
zhao,赵岚,0535-0000003,,,supervisor,,503,30
";

/// A fake Telegram, an installation that knows of it and has the roster, and the people.
struct Stage {
    telegram: FakeBotApi,
    installation: Installation,
    company: Person,
    wang: Person,
    zhao: Person,
}

impl Stage {
    async fn new() -> Self {
        let telegram = FakeBotApi::start().await;
        let installation = Installation::new().on(&telegram);
        let roster = installation.file("roster.csv", ROSTER);
        installation.run(&["commissioner", "import", &roster]).succeeds().says(&["已导入 3 人"]);
        let (company, wang) = (telegram.person(9001, "企业"), telegram.person(501, "王晓"));
        telegram.person(502, "李澜");
        let zhao = telegram.person(503, "赵岚");
        Self { telegram, installation, company, wang, zhao }
    }
}

/// How many messages to a person the program has decided on.
async fn written_to(store: &SqliteStore, person: &Person) -> usize {
    let chat = ChatAddress::new(Channel::Telegram, person.chat_id().to_string());
    let (mut written, mut after) = (0, 0);
    loop {
        let some = store.outgoing_since(&chat, after).await.unwrap();
        let Some(last) = some.last() else { return written };
        (written, after) = (written + some.len(), last.id);
    }
}

/// How many messages a person has got, repeated ones included.
fn received_by(person: &Person) -> usize {
    person.messages().iter().filter(|message| message.from_bot).count()
}

/// Hides what depends on the day and the hour of the test.
fn without_times(bind: impl FnOnce()) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/snapshots"));
    settings.add_filter(r"ZQ-\d{8}-", "ZQ-[日期]-");
    settings.add_filter(r"ZQ-\d+…", "ZQ-…");
    settings.add_filter(r"\d{4}年\d+月\d+日", "[日期]");
    settings.add_filter(r"\d{4}-\d\d-\d\d \d\d:\d\d", "[时刻]");
    settings.add_filter(r"(今天|明天|\d+月\d+日(（周.）)?) ?\d{1,2}:\d\d", "[时限]");
    settings.add_filter(r"现在不是办公时间（[^）]*），最迟", "");
    settings.bind(bind);
}
