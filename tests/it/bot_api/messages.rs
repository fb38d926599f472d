//! Sends, edits and files as teloxide sees them, and what is refused.

use serde_json::{Value, json};
use teloxide::{
    ApiError, RequestError,
    net::Download as _,
    payloads::{
        CopyMessageSetters as _, EditMessageTextSetters as _, SendDocumentSetters as _, SendMessageSetters as _,
        SendVoiceSetters as _,
    },
    prelude::Requester as _,
    types::{
        ChatAction, ChatId, FileId, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, MessageEntityKind,
        MessageId, ParseMode, ReplyParameters,
    },
};

use super::{bot, call, callback_keyboard, refusal};
use crate::support::bot_api::{Action, Attachment, FakeBotApi, Medium};

const CHAT: ChatId = ChatId(1001);

#[tokio::test]
async fn html_with_buttons_and_a_reply_parses() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(CHAT.0, "企业");
    let bot = bot(&telegram);
    company.says("高企补多少");
    let question = &company.messages()[0];
    let keyboard = InlineKeyboardMarkup::new([[
        InlineKeyboardButton::callback("找专员", "desk"),
        InlineKeyboardButton::url("原文", "https://example.org/a".parse().unwrap()),
    ]]);
    let sent = bot
        .send_message(CHAT, "\n<b>奖补</b> &lt;20万&gt; <a href=\"https://example.org\">来源</a> ")
        .parse_mode(ParseMode::Html)
        .reply_parameters(ReplyParameters::new(MessageId(question.message_id)))
        .reply_markup(keyboard.clone())
        .await
        .unwrap();
    assert_eq!(sent.text(), Some("奖补 <20万> 来源"));
    assert_eq!(sent.reply_markup(), Some(&keyboard));
    assert_eq!(sent.reply_to_message().and_then(|m| m.text()), Some("高企补多少"));
    let entities = sent.entities().unwrap();
    assert_eq!((entities[0].offset, entities[0].length), (0, 2));
    assert_eq!(entities[0].kind, MessageEntityKind::Bold);
    assert!(matches!(&entities[1].kind, MessageEntityKind::TextLink { .. }), "{entities:?}");

    let seen = company.next_message().await;
    assert_eq!(seen.links, ["https://example.org/"]);
    assert_eq!(seen.reply_to, Some(question.message_id));
    assert_eq!(seen.action_of("找专员"), &Action::Data("desk".to_owned()));
    assert_eq!(seen.buttons[0][1].text, "原文");
}

#[tokio::test]
async fn each_chat_counts_its_own_messages() {
    let telegram = FakeBotApi::start().await;
    telegram.person(1, "甲");
    telegram.person(2, "乙");
    let bot = bot(&telegram);
    for chat in [ChatId(1), ChatId(2)] {
        assert_eq!(bot.send_message(chat, "您好").await.unwrap().id, MessageId(1));
        assert_eq!(bot.send_message(chat, "您好").await.unwrap().id, MessageId(2));
    }
}

#[tokio::test]
async fn edits_are_seen_and_drop_the_keyboard() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(CHAT.0, "企业");
    let bot = bot(&telegram);
    let keyboard = InlineKeyboardMarkup::new([[InlineKeyboardButton::callback("确认", "yes")]]);
    let sent = bot.send_message(CHAT, "确认吗？").reply_markup(keyboard.clone()).await.unwrap();

    let same = bot.edit_message_text(CHAT, sent.id, "确认吗？").reply_markup(keyboard).await;
    let error = same.expect_err("nothing changes");
    assert!(matches!(error, RequestError::Api(ApiError::MessageNotModified)), "{error:?}");

    let edited = bot.edit_message_text(CHAT, sent.id, "已确认").await.unwrap();
    assert!(edited.edit_date().is_some() && edited.reply_markup().is_none());
    let seen = company.waits_for(|message| message.edited, "the edit").await;
    assert_eq!((seen.text.as_str(), seen.buttons.len()), ("已确认", 0));
    let error = bot.edit_message_reply_markup(CHAT, sent.id).await.expect_err("there is none left");
    assert!(matches!(error, RequestError::Api(ApiError::MessageNotModified)), "{error:?}");

    bot.delete_message(CHAT, sent.id).await.unwrap();
    assert!(company.messages().is_empty());
    let error = bot.delete_message(CHAT, sent.id).await.expect_err("it is gone");
    assert!(matches!(error, RequestError::Api(ApiError::MessageToDeleteNotFound)), "{error:?}");
}

#[tokio::test]
async fn files_travel_both_ways() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(CHAT.0, "企业");
    let bot = bot(&telegram);
    company.attaches(Attachment::document("名单.csv", "甲,乙".as_bytes()).caption("请看"));
    company.attaches(Attachment::voice(7));
    company.attaches(Attachment::photo());
    let updates = bot.get_updates().await.unwrap();
    let messages: Vec<_> = updates
        .into_iter()
        .map(|update| match update.kind {
            teloxide::types::UpdateKind::Message(message) => message,
            other => panic!("{other:?}"),
        })
        .collect();
    let document = messages[0].document().unwrap();
    assert_eq!(document.file_name.as_deref(), Some("名单.csv"));
    assert_eq!(messages[0].caption(), Some("请看"));
    assert_eq!(messages[1].voice().unwrap().duration.seconds(), 7);
    assert_eq!(messages[2].photo().unwrap().len(), 1);

    let file = bot.get_file(document.file.id.clone()).await.unwrap();
    let mut bytes = Vec::new();
    bot.download_file(&file.path, &mut bytes).await.unwrap();
    assert_eq!(bytes, "甲,乙".as_bytes());

    let upload = InputFile::memory("回执").file_name("回执.txt");
    let sent = bot.send_document(CHAT, upload).caption("<i>回执</i>").parse_mode(ParseMode::Html);
    let sent = sent.await.unwrap();
    assert_eq!(sent.document().unwrap().file_name.as_deref(), Some("回执.txt"));
    assert_eq!(sent.caption(), Some("回执"));
    let voice = InputFile::file_id(messages[1].voice().unwrap().file.id.clone());
    let again = bot.send_voice(CHAT, voice).duration(7).await.unwrap();
    assert_eq!(again.voice().unwrap().file.id, messages[1].voice().unwrap().file.id);
    bot.send_photo(CHAT, InputFile::memory("像素")).await.unwrap();
    assert_eq!(company.unread().last().unwrap().medium, Some(Medium::Photo));
}

#[tokio::test]
async fn large_and_unknown_files_are_refused() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(CHAT.0, "企业");
    let bot = bot(&telegram);
    company.attaches(Attachment::document("视频.mp4", b"...").claiming(21 << 20));
    let updates = call(&telegram, "getUpdates", json!({})).await;
    let id = updates["result"][0]["message"]["document"]["file_id"].as_str().unwrap().to_owned();
    let refused = bot.get_file(FileId(id)).await.expect_err("20 MB is the bound");
    assert_eq!(refused.to_string(), "A Telegram's error: Unknown error: \"Bad Request: file is too big\"");
    let unknown = bot.send_photo(CHAT, InputFile::file_id(FileId("nothing".into()))).await;
    let error = unknown.expect_err("there is no such file");
    assert!(matches!(error, RequestError::Api(ApiError::WrongFileIdOrUrl)), "{error:?}");
}

#[tokio::test]
async fn messages_are_copied_and_forwarded() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(CHAT.0, "企业");
    let commissioner = telegram.person(2002, "专员");
    let bot = bot(&telegram);
    company.attaches(Attachment::photo().caption("现场照片"));
    let source = MessageId(company.messages()[0].message_id);
    let to = ChatId(2002);
    let forwarded = bot.forward_message(to, CHAT, source).await.unwrap();
    assert_eq!(forwarded.forward_from_user().unwrap().first_name, "企业");
    bot.copy_message(to, CHAT, source).caption("企业发来的照片").await.unwrap();
    bot.send_chat_action(to, ChatAction::Typing).await.unwrap();
    let missing = bot.copy_message(to, CHAT, MessageId(99)).await.expect_err("no such message");
    assert!(matches!(missing, RequestError::Api(ApiError::MessageToCopyNotFound)), "{missing:?}");
    insta::assert_snapshot!(commissioner.transcript(), @r"
    bot (forwarded): <photo> 现场照片
    bot: <photo> 企业发来的照片
    ");
}

#[tokio::test]
async fn what_the_real_server_refuses_is_refused_in_its_words() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(CHAT.0, "企业");
    company.says("在吗");
    call(&telegram, "sendPhoto", json!({ "chat_id": 1001 })).await;
    let text = |text: &str| json!({ "chat_id": 1001, "text": text });
    let with = |key: &str, value: Value| {
        let mut body = text("您好");
        body[key] = value;
        body
    };
    let cases = [
        ("sendMessage", text(""), "message text is empty"),
        ("sendMessage", text(" \n "), "text must be non-empty"),
        ("sendMessage", text(&"政".repeat(4096)), "ok"),
        ("sendMessage", text(&"政".repeat(4097)), "message is too long"),
        ("sendMessage", text(&"🏭".repeat(2049)), "message is too long"),
        ("sendMessage", json!({ "text": "您好" }), "chat_id is empty"),
        ("sendMessage", json!({ "chat_id": 9, "text": "您好" }), "chat not found"),
        ("sendMessage", with("reply_parameters", json!({ "message_id": 99 })), "message to be replied not found"),
        ("sendMessage", with("reply_markup", callback_keyboard("签收", &"单".repeat(21))), "ok"),
        ("sendMessage", with("reply_markup", callback_keyboard("签收", &"单".repeat(22))), "BUTTON_DATA_INVALID"),
        (
            "sendMessage",
            with("reply_markup", json!({ "inline_keyboard": [[{ "text": "空" }]] })),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            "sendMessage",
            with("reply_markup", json!({ "inline_keyboard": [{}] })),
            "field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array of Arrays",
        ),
        ("sendMessage", with("parse_mode", json!("BBCode")), "unsupported parse_mode"),
        ("sendPhoto", json!({ "chat_id": 1001 }), "there is no photo in the request"),
        ("sendPhoto", json!({ "chat_id": 1001, "caption": "长".repeat(1025) }), "message caption is too long"),
        ("editMessageText", with("message_id", json!(1)), "message can't be edited"),
        ("editMessageText", with("message_id", json!(99)), "message to edit not found"),
        ("editMessageCaption", with("message_id", json!(2)), "there is no caption in the message to edit"),
        ("sendChatAction", json!({ "chat_id": 1001, "action": "yawn" }), "wrong parameter action in request"),
        (
            "answerCallbackQuery",
            json!({ "callback_query_id": "1" }),
            "query is too old and response timeout expired or query ID is invalid",
        ),
        ("getFile", json!({ "file_id": "x" }), "wrong file_id or the file is temporarily unavailable"),
    ];
    for (method, body, expected) in cases {
        let refused = refusal(&telegram, method, body).await;
        let refused = refused.strip_prefix("Bad Request: ").unwrap_or(&refused);
        assert_eq!(refused, expected, "{method}");
    }
}

#[tokio::test]
async fn html_that_does_not_parse_is_refused() {
    let telegram = FakeBotApi::start().await;
    telegram.person(CHAT.0, "企业");
    let cases = [
        ("<p>段落</p>", "Unsupported start tag \"p\" at byte offset 0"),
        ("3 < 5", "Unsupported start tag \"\" at byte offset 2"),
        ("税<b>率", "Can't find end tag corresponding to start tag \"b\""),
        ("税</b>率", "Unexpected end tag at byte offset 3"),
        ("<b><i>税</b></i>", "Unmatched end tag at byte offset 9, expected \"</i>\", found \"</b>\""),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<span class=\"x\">税</span>", "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0"),
        ("甲&乙", "Unescaped \"&\" at byte offset 3"),
        ("甲&nbsp;乙", "Unescaped \"&\" at byte offset 3"),
    ];
    for (html, complaint) in cases {
        let body = json!({ "chat_id": 1001, "text": html, "parse_mode": "HTML" });
        let refused = refusal(&telegram, "sendMessage", body).await;
        assert_eq!(refused, format!("Bad Request: can't parse entities: {complaint}"));
    }
    let error =
        bot(&telegram).send_message(CHAT, "<x>").parse_mode(ParseMode::Html).await.expect_err("there is no such tag");
    assert!(matches!(error, RequestError::Api(ApiError::CantParseEntities(_))), "{error:?}");
}

#[tokio::test]
async fn html_that_parses_leaves_plain_text_and_entities() {
    let telegram = FakeBotApi::start().await;
    telegram.person(CHAT.0, "企业");
    let html = "<b>一<i>二</i></b>🏭<u>三</u> <code>a&amp;b</code> &#20013;&#x56FD; \
        <blockquote expandable>引</blockquote><span class='tg-spoiler'>密</span><a href='x y'>断</a>";
    let body = json!({ "chat_id": 1001, "text": html, "parse_mode": "html" });
    let message = call(&telegram, "sendMessage", body).await["result"].clone();
    assert_eq!(message["text"], "一二🏭三 a&b 中国 引密断");
    let entities = message["entities"].as_array().unwrap();
    let ranges = entities.iter().map(|e| format!("{} {}+{}", e["type"], e["offset"], e["length"]));
    insta::assert_snapshot!(ranges.collect::<Vec<_>>().join("\n"), @r#"
    "bold" 0+2
    "italic" 1+1
    "underline" 4+1
    "code" 6+3
    "expandable_blockquote" 13+1
    "spoiler" 14+1
    "#);
}
