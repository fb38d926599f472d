//! Each planned fault arrives at teloxide as the error that the real thing would be.

use std::time::{Duration, Instant};

use teloxide::{
    ApiError, RequestError,
    prelude::{Bot, Requester as _},
    types::{ChatId, Message, Seconds},
};

use super::bot;
use crate::support::bot_api::{FakeBotApi, Fault, Outcome, Person, PlannedFault, Request};

const CHAT: ChatId = ChatId(1001);

async fn say(bot: &Bot) -> Result<Message, RequestError> {
    bot.send_message(CHAT, "您好").await
}

/// Sends once into the fault and once after it; returns the error and what the person then sees.
async fn meet(fault: PlannedFault) -> (RequestError, usize) {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(CHAT.0, "企业");
    let bot = bot(&telegram);
    // A client treats a connection that has been of use before differently when it breaks.
    bot.get_me().await.expect("nothing is wrong yet");
    telegram.plan(fault);
    let error = say(&bot).await.expect_err("the fault strikes");
    assert!(telegram.faults_left().is_empty(), "it struck");
    let seen = company.messages().len();
    say(&bot).await.expect("it struck only once");
    (error, seen)
}

#[tokio::test]
async fn retry_after_is_a_parameter_or_only_in_the_text() {
    let (error, seen) = meet(Fault::TooManyRequests { retry_after: 3 }.on("sendMessage")).await;
    let three = Seconds::from_seconds(3);
    assert!(matches!(error, RequestError::RetryAfter(after) if after == three), "{error:?}");
    assert_eq!(seen, 0);
    let (error, _) = meet(Fault::TooManyInText { retry_after: 5 }.on("sendMessage")).await;
    assert!(
        matches!(&error, RequestError::Api(ApiError::Unknown(text))
        if text == "Bad Request: Too Many Requests: retry after 5"),
        "{error:?}"
    );
}

#[tokio::test]
async fn refusals_are_the_right_variants() {
    let (error, _) = meet(Fault::Forbidden.on("SENDMESSAGE")).await;
    assert!(matches!(error, RequestError::Api(ApiError::BotBlocked)), "{error:?}");
    let (error, _) = meet(Fault::ParseError.on("sendMessage")).await;
    assert!(matches!(error, RequestError::Api(ApiError::CantParseEntities(_))), "{error:?}");
    let (error, _) = meet(Fault::BadRequest("chat not found").on("*")).await;
    assert!(matches!(error, RequestError::Api(ApiError::ChatNotFound)), "{error:?}");
    let (error, _) = meet(Fault::Migrated { to: -100 }.on("sendMessage")).await;
    assert!(matches!(error, RequestError::MigrateToChatId(ChatId(-100))), "{error:?}");
}

#[tokio::test]
async fn cut_connection_is_a_network_error_with_or_without_effect() {
    let (error, seen) = meet(Fault::CutBefore.on("sendMessage")).await;
    assert!(matches!(error, RequestError::Network(_)), "{error:?}");
    assert_eq!(seen, 0);
    let (error, seen) = meet(Fault::CutAfter.on("sendMessage")).await;
    assert!(matches!(error, RequestError::Network(_)), "{error:?}");
    assert_eq!(seen, 1, "the person has got it all the same");
}

#[tokio::test]
async fn server_error_costs_teloxide_ten_seconds() {
    let (error, seen) = meet(Fault::ServerError(502).on("sendMessage")).await;
    assert!(matches!(&error, RequestError::Api(ApiError::Unknown(text)) if text == "Bad Gateway"));
    assert_eq!(seen, 0);
}

#[tokio::test]
async fn slow_answer_has_its_effect_at_once() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(CHAT.0, "企业");
    telegram.plan(Fault::Slow(Duration::from_mins(1)).on("sendMessage"));
    let client = reqwest::Client::builder().timeout(Duration::from_secs(1)).build().unwrap();
    let impatient =
        Bot::with_client(telegram.token(), client).set_api_url(telegram.url().parse().expect("it is an address"));
    let error = say(&impatient).await.expect_err("the client gives up");
    assert!(matches!(&error, RequestError::Network(cause) if cause.is_timeout()), "{error:?}");
    assert_eq!(company.next_message().await.text, "您好");
    let abandoned = |request: &Request| request.outcome == Outcome::Abandoned;
    telegram.wait_for_request(abandoned, "the server to notice").await;
}

#[tokio::test]
async fn fault_keeps_to_its_method_chat_and_count() {
    let telegram = FakeBotApi::start().await;
    telegram.person(CHAT.0, "企业");
    telegram.person(2002, "专员");
    let bot = bot(&telegram);
    telegram.plan(Fault::Forbidden.on("sendMessage").in_chat(2002).times(2));
    bot.get_me().await.expect("another method");
    bot.get_updates().await.expect("another method");
    say(&bot).await.expect("another chat");
    for _ in 0..2 {
        bot.send_message(ChatId(2002), "您好").await.expect_err("it strikes twice");
    }
    bot.send_message(ChatId(2002), "您好").await.expect("and is used up");
    telegram.plan(Fault::Forbidden.on("*").times(9));
    telegram.forget_faults();
    say(&bot).await.expect("it was called off");
}

#[tokio::test]
async fn blocked_person_cannot_be_written_to() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(CHAT.0, "企业");
    let bot = bot(&telegram);
    company.blocks_the_bot();
    let error = say(&bot).await.expect_err("it is blocked");
    assert!(matches!(error, RequestError::Api(ApiError::BotBlocked)), "{error:?}");
    company.unblocks_the_bot();
    say(&bot).await.unwrap();
}

#[tokio::test]
async fn too_many_messages_are_refused() {
    let telegram = FakeBotApi::start().await;
    let bot = bot(&telegram);
    let one_chat = telegram.person(CHAT.0, "企业");
    let begun = Instant::now();
    let (sent, error) = until_refused(&bot, &[one_chat]).await;
    assert!(matches!(error, RequestError::RetryAfter(_)), "{error:?}");
    // A slow machine lets the bucket refill by one message a second.
    assert!((20..=21 + begun.elapsed().as_secs()).contains(&sent), "{sent} messages to one chat");

    let telegram = FakeBotApi::start().await;
    let bot = super::bot(&telegram);
    let people: Vec<Person> = (1..=40).map(|id| telegram.person(id, "企业")).collect();
    let begun = Instant::now();
    let (sent, _) = until_refused(&bot, &people).await;
    let refilled = 30 * (1 + begun.elapsed().as_secs());
    assert!((30..=30 + refilled).contains(&sent), "{sent} messages overall");

    telegram.enforce_limits(false);
    for person in people.iter().cycle().take(100) {
        bot.send_message(ChatId(person.chat_id()), "您好").await.expect("nobody counts");
    }
}

/// Sends to these people in turn until Telegram has enough.
async fn until_refused(bot: &Bot, people: &[Person]) -> (u64, RequestError) {
    let mut sent = 0;
    for person in people.iter().cycle() {
        match bot.send_message(ChatId(person.chat_id()), "您好").await {
            Ok(_) => sent += 1,
            Err(error) => return (sent, error),
        }
    }
    unreachable!("the people go round in a circle")
}
