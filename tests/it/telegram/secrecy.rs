//! The token, names and texts are not told to anybody who reads logs or errors.

use zhengqitong::channel::telegram::{Fault, Link, LookUpError, user_name};

use super::parrot::Mood;
use super::stage::{Log, Stage};
use crate::support::bot_api;

/// The part of a token that must not be read anywhere.
fn secret(token: &str) -> &str {
    token.split_once(':').expect("a token has two parts").1
}

#[tokio::test]
async fn the_token_is_in_no_error() {
    for token in ["7000000001:short", "7000000001:AAwrongwrongwrongwrongwrongwrongwron"] {
        let mut stage = Stage::new().await;
        stage.token = token.to_owned();
        let refused = user_name(&stage.config()).await.unwrap_err();
        assert!(matches!(refused, LookUpError::Fault(Fault::WrongToken)));
        stage.telegram.stop().await;
        let unreached = user_name(&stage.config()).await.unwrap_err();
        for told in [format!("{refused} {refused:?}"), format!("{unreached} {unreached:?}")] {
            assert!(!told.contains(secret(token)), "{told}");
        }
    }
}

#[tokio::test]
async fn neither_token_nor_names_nor_words_are_logged() {
    let log = Log::default();
    let listening = log.listen();
    let stage = Stage::new().await;
    let company = stage.telegram.person(7, "欧阳");
    let mut process = stage.starts();
    process.parrot.set_mood("甲乙丙丁", Mood::Fails);
    stage.telegram.plan(bot_api::Fault::Forbidden.on("sendMessage"));
    stage.telegram.plan(bot_api::Fault::CutAfter.on("sendMessage"));
    company.says("戊己庚辛");
    company.says("壬癸子丑");
    company.waits_for_text("壬癸子丑").await;
    company.says("甲乙丙丁");
    process.parrot.waits_for("甲乙丙丁", 1).await;
    stage.telegram.stop().await;
    process.link_becomes(|link| matches!(link, Link::Down(_))).await;
    process.stops().await;
    drop(listening);
    let told = log.text();
    let ours: Vec<&str> = told.lines().filter(|line| line.contains("zhengqitong::channel")).collect();
    assert!(ours.iter().any(|line| line.contains("given up")), "{ours:#?}");
    assert!(ours.iter().any(|line| line.contains("no updates from Telegram")), "{ours:#?}");
    let leaks = |secret: &str| told.lines().find(|line| line.contains(secret)).map(str::to_owned);
    assert_eq!(leaks(secret(&stage.token)), None);
    for words in ["欧阳", "甲乙丙丁", "戊己庚辛", "壬癸子丑"] {
        assert!(!ours.iter().any(|line| line.contains(words)), "{words}");
    }
}
