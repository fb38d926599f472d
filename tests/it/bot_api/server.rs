//! Addresses, encodings, the bot's profile, and a server that goes away and comes back.

use serde_json::{Value, json};
use teloxide::{
    ApiError, Bot, RequestError,
    payloads::{GetUpdatesSetters as _, SetMyCommandsSetters as _, SetMyDescriptionSetters as _},
    prelude::{Request as _, Requester as _},
    types::{BotCommand, BotCommandScope, ChatId, MenuButton},
};

use super::{bot, call, refusal};
use crate::support::bot_api::{FakeBotApi, Outcome};

#[tokio::test]
async fn get_me_parses() {
    let telegram = FakeBotApi::start().await;
    let me = bot(&telegram).get_me().await.expect("teloxide understands getMe");
    assert!(me.is_bot);
    assert_eq!(me.username(), "zhengqitong_bot");
}

#[tokio::test]
async fn method_may_be_spelled_in_any_case() {
    let telegram = FakeBotApi::start().await;
    for method in ["getMe", "GetMe", "getme", "GETME"] {
        assert_eq!(call(&telegram, method, json!({})).await["ok"], true, "{method}");
    }
    assert_eq!(telegram.requests_of("getMe").len(), 4, "the journal has one spelling");
}

#[tokio::test]
async fn wrong_token_and_unknown_method_are_told_apart() {
    let telegram = FakeBotApi::start().await;
    let stranger = Bot::new("7000000001:somebody-elses").set_api_url(telegram.url().parse().expect("it is an address"));
    let error = stranger.get_me().await.expect_err("the token is wrong");
    assert!(matches!(error, RequestError::Api(ApiError::InvalidToken)), "{error:?}");
    let answer = call(&telegram, "makeCoffee", json!({})).await;
    let expected = json!({
        "ok": false, "error_code": 404, "description": "Not Found: method not found",
    });
    assert_eq!(answer, expected);
}

#[tokio::test]
async fn json_form_multipart_and_query_mean_the_same() {
    let telegram = FakeBotApi::start().await;
    telegram.person(1001, "企业");
    let url = format!("{}/bot{}/sendMessage", telegram.url(), telegram.token());
    let markup = super::callback_keyboard("找专员", "desk");
    let fields =
        [("chat_id", "1001".to_owned()), ("text", "您好&再见".to_owned()), ("reply_markup", markup.to_string())];
    let client = reqwest::Client::new();
    let multipart =
        fields.iter().cloned().fold(reqwest::multipart::Form::new(), |form, (name, value)| form.text(name, value));
    let json = json!({ "chat_id": 1001, "text": "您好&再见", "reply_markup": markup });
    for request in [
        client.post(&url).json(&json),
        client.post(&url).form(&fields),
        client.post(&url).multipart(multipart),
        client.get(&url).query(&fields),
    ] {
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["result"]["text"], "您好&再见", "{answer}");
    }
    for request in telegram.requests_of("sendMessage") {
        assert_eq!((request.chat_id, &request.body), (Some(1001), &json));
        assert_eq!(request.outcome, Outcome::Answered { status: 200, description: None });
    }
}

#[tokio::test]
async fn profile_is_kept_and_checked() {
    let telegram = FakeBotApi::start().await;
    let bot = bot(&telegram);
    let commands = [BotCommand::new("start", "开始"), BotCommand::new("ask", "问政策")];
    bot.set_my_commands(commands.clone()).await.unwrap();
    let scope = BotCommandScope::Chat { chat_id: ChatId(1).into() };
    bot.set_my_commands([BotCommand::new("sign", "签收")]).scope(scope).await.unwrap();
    bot.set_my_description().description("政策问答").await.unwrap();
    bot.set_chat_menu_button().await.unwrap();
    assert_eq!(bot.get_my_commands().await.unwrap(), commands);

    let profile = telegram.profile();
    assert_eq!(profile.commands[1], ("ask".to_owned(), "问政策".to_owned()));
    assert_eq!(profile.description, "政策问答");
    assert_eq!(profile.short_description, "");
    let button: MenuButton = serde_json::from_value(profile.menu_button.unwrap()).unwrap();
    assert_eq!(button, MenuButton::Default);

    bot.delete_my_commands().await.unwrap();
    assert_eq!(bot.get_my_commands().await.unwrap(), []);
    let long = json!({ "short_description": "长".repeat(121) });
    let refused = refusal(&telegram, "setMyShortDescription", long).await;
    assert_eq!(refused, "Bad Request: short description is too long");
    let upper = json!({ "commands": [{ "command": "Ask", "description": "问" }] });
    assert_eq!(refusal(&telegram, "setMyCommands", upper).await, "Bad Request: BOT_COMMAND_INVALID",);
}

#[tokio::test]
async fn stopped_server_is_unreachable_and_keeps_its_state() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(1001, "企业");
    let bot = bot(&telegram);
    bot.send_message(ChatId(1001), "一").await.unwrap();

    telegram.stop().await;
    company.says("在吗");
    let error = bot.send_message(ChatId(1001), "二").await.expect_err("nobody listens");
    assert!(matches!(error, RequestError::Network(_)), "{error:?}");

    telegram.restart().await;
    bot.send_message(ChatId(1001), "三").await.unwrap();
    insta::assert_snapshot!(company.transcript(), @r"
    bot: 一
    企业: 在吗
    bot: 三
    ");
}

#[tokio::test]
async fn stopping_cuts_a_waiting_poll() {
    let telegram = FakeBotApi::start().await;
    let stop = async {
        telegram.wait_for_request(|request| request.method == "getUpdates", "the poll").await;
        telegram.stop().await;
    };
    let (polled, ()) = tokio::join!(bot(&telegram).get_updates().timeout(15).send(), stop);
    assert!(matches!(polled, Err(RequestError::Network(_))), "{polled:?}");
    assert_eq!(telegram.requests()[0].outcome, Outcome::Abandoned);
}
