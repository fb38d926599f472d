//! Messages from the outbox to Telegram, and what becomes of those that Telegram does not take.

use std::time::Duration;

use zhengqitong::desk::changes::Changes;
use zhengqitong::desk::message::{Attachment, AttachmentKind, Button, Channel, ChatAddress, Outgoing};
use zhengqitong::desk::ports::{Clock, Files, Outbox};

use super::stage::Stage;
use crate::support::bot_api::{self, FakeBotApi, Fault, Medium, PlannedFault, Request};

fn sends(telegram: &FakeBotApi) -> Vec<Request> {
    telegram.requests_of("sendMessage")
}

/// With this fault planned, the message arrives once all the same, and so does the next one, after it.
async fn arrives_in_spite_of(fault: PlannedFault) -> Stage {
    let stage = Stage::new().await;
    let company = stage.telegram.person(7, "甲");
    stage.telegram.plan(fault);
    stage.writes(7, &["一", "二"]).await;
    let process = stage.starts();
    assert_eq!(company.next_message().await.text, "一");
    assert_eq!(company.next_message().await.text, "二");
    stage.outbox_becomes(|backlog| backlog.waiting == 0).await;
    process.stops().await;
    assert!(stage.telegram.faults_left().is_empty());
    assert!(company.unread().is_empty(), "{}", stage.telegram.transcript());
    assert_eq!(stage.outbox_dead().await, 0);
    stage
}

#[tokio::test]
async fn a_429_is_waited_out() {
    let stage = arrives_in_spite_of(Fault::TooManyRequests { retry_after: 1 }.on("sendMessage")).await;
    let sends = sends(&stage.telegram);
    assert!(sends[1].at >= sends[0].at + Duration::from_secs(1));
}

#[tokio::test]
async fn a_400_that_says_retry_after_is_waited_out() {
    let stage = arrives_in_spite_of(Fault::TooManyInText { retry_after: 1 }.on("sendMessage")).await;
    let sends = sends(&stage.telegram);
    assert!(sends[1].at >= sends[0].at + Duration::from_secs(1));
}

#[tokio::test]
async fn a_connection_cut_before_the_request_was_read_costs_nothing() {
    arrives_in_spite_of(Fault::CutBefore.on("sendMessage").times(2)).await;
}

#[tokio::test]
async fn what_does_not_parse_is_sent_as_plain_text() {
    let stage = arrives_in_spite_of(Fault::ParseError.on("sendMessage")).await;
    let sends = sends(&stage.telegram);
    assert_eq!(sends[0].body["parse_mode"], "HTML");
    assert!(sends[1].body.get("parse_mode").is_none());
    assert_eq!(sends[2].body["parse_mode"], "HTML");
}

#[tokio::test]
async fn a_connection_cut_before_the_answer_repeats_one_message_and_no_more() {
    let stage = Stage::new().await;
    let company = stage.telegram.person(7, "甲");
    stage.telegram.plan(Fault::CutAfter.on("sendMessage"));
    stage.writes(7, &["一", "二"]).await;
    let process = stage.starts();
    company.waits_for_text("二").await;
    process.stops().await;
    let texts: Vec<String> = company.messages().into_iter().map(|message| message.text).collect();
    assert_eq!(texts, ["一", "一", "二"]);
}

#[tokio::test]
async fn a_server_error_holds_up_its_chat_only() {
    let stage = Stage::new().await;
    let (one, other) = (stage.telegram.person(7, "甲"), stage.telegram.person(8, "乙"));
    stage.telegram.plan(Fault::ServerError(502).on("sendMessage").in_chat(7));
    stage.writes(7, &["一"]).await;
    stage.writes(8, &["一"]).await;
    let process = stage.starts();
    other.next_message().await;
    assert!(one.unread().is_empty());
    one.next_message().await;
    process.stops().await;
    assert_eq!(stage.outbox_dead().await, 0);
}

/// With this fault planned, the message is given up and does not hold up the next one.
async fn is_given_up_for(fault: PlannedFault) {
    let stage = Stage::new().await;
    let company = stage.telegram.person(7, "甲");
    stage.telegram.plan(fault);
    stage.writes(7, &["一", "二"]).await;
    let process = stage.starts();
    assert_eq!(company.next_message().await.text, "二");
    stage.outbox_becomes(|backlog| backlog.waiting == 0).await;
    process.stops().await;
    assert_eq!(stage.outbox_dead().await, 1);
    assert_eq!(sends(&stage.telegram).len(), 2);
}

#[tokio::test]
async fn what_can_never_arrive_is_given_up_at_once() {
    is_given_up_for(Fault::Forbidden.on("sendMessage")).await;
    is_given_up_for(Fault::Migrated { to: -100_500 }.on("sendMessage")).await;
    is_given_up_for(Fault::BadRequest("chat not found").on("sendMessage")).await;
    is_given_up_for(Fault::BadRequest("BUTTON_DATA_INVALID").on("sendMessage")).await;
}

#[tokio::test]
async fn a_long_text_goes_in_parts_with_the_buttons_below_the_last() {
    let stage = Stage::new().await;
    let company = stage.telegram.person(7, "甲");
    let line = format!("{}<&>\n", "政".repeat(96));
    let text = format!("【标题】\n{}", line.repeat(90));
    let button = Button { label: "确认".to_owned(), data: "confirm:1".to_owned() };
    let message = Outgoing {
        to: ChatAddress::new(Channel::Telegram, "7"),
        text: text.clone(),
        buttons: vec![vec![button]],
        about: None,
        attachment: None,
    };
    let changes = Changes { outgoing: vec![message], at: stage.clock.now(), ..Changes::default() };
    stage.store.commit(changes).await.unwrap();
    stage.telegram.plan(Fault::CutBefore.on("sendMessage"));
    let process = stage.starts();
    let last = company.waits_for(|message| message.has_button("确认"), "the last part").await;
    process.stops().await;
    let parts = company.messages();
    assert_eq!(parts.len(), 3);
    assert!(parts[..2].iter().all(|part| part.buttons.is_empty()));
    assert_eq!(parts[2], last);
    let shown: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
    assert_eq!(shown.join("\n"), text.trim_end());
    assert!(sends(&stage.telegram)[1].body["text"].as_str().unwrap().starts_with("<b>【标题】</b>\n"));
    assert!(sends(&stage.telegram).iter().all(|send| send.body["link_preview_options"]["is_disabled"] == true));
}

#[tokio::test]
async fn a_part_that_failed_does_not_repeat_those_before_it() {
    let stage = Stage::new().await;
    let company = stage.telegram.person(7, "甲");
    let (one, two) = ("一".repeat(4096), "二".repeat(4096));
    stage.writes(7, &[&format!("{one}\n{two}")]).await;
    stage.telegram.plan(Fault::Slow(Duration::ZERO).on("sendMessage"));
    stage.telegram.plan(Fault::TooManyRequests { retry_after: 1 }.on("sendMessage"));
    let process = stage.starts();
    assert_eq!(company.next_message().await.text, one);
    assert_eq!(company.next_message().await.text, two);
    stage.outbox_becomes(|backlog| backlog.waiting == 0).await;
    process.stops().await;
    assert_eq!((sends(&stage.telegram).len(), company.messages().len()), (3, 2));
}

/// The client takes ten seconds over a 502. A claim that ended meanwhile is nobody's to put back: were it, the message would be
/// taken up a third time while the second one is still at it.
#[tokio::test]
async fn a_failure_that_comes_after_the_lease_leaves_the_next_claim_alone() {
    let stage = Stage::new().await;
    let company = stage.telegram.person(7, "甲");
    stage.telegram.plan(Fault::ServerError(502).on("sendMessage").times(2));
    stage.writes(7, &["一"]).await;
    let process = stage.starts();
    stage.telegram.wait_for_request(|request| request.method == "sendMessage", "the first attempt").await;
    // The second claim begins well after the first, so that it also fails well after it.
    tokio::time::sleep(Duration::from_secs(2)).await;
    stage.clock.advance(61);
    assert_eq!(company.next_message().await.text, "一");
    process.stops().await;
    let begun: Vec<_> = sends(&stage.telegram).iter().map(|send| send.at).collect();
    assert_eq!(begun.len(), 3);
    assert!(begun[2] >= begun[1] + Duration::from_secs(10), "taken up while it was in hand: {begun:?}");
    assert!(company.unread().is_empty());
}

/// Stopped (`SIGSTOP`) while it waits for its turn, a process goes on to find that its claim is no longer surely its own.
#[tokio::test]
async fn no_part_is_begun_after_a_pause_that_may_outlast_the_lease() {
    let mut stage = Stage::new().await;
    stage.send_lease = Duration::from_secs(3);
    let company = stage.telegram.person(7, "甲");
    let words: Vec<String> = ["一", "二", "三", "四", "五", "六"].map(|word| word.repeat(4096)).to_vec();
    stage.writes(7, &[&words.join("\n")]).await;
    let process = stage.starts();
    for part in &words[..4] {
        assert_eq!(company.next_message().await.text, *part);
    }
    // Everything runs on this thread, and the fifth part waits for its turn.
    std::thread::sleep(Duration::from_secs(2));
    for part in &words[4..] {
        assert_eq!(company.next_message().await.text, *part);
    }
    stage.outbox_becomes(|backlog| backlog.waiting == 0).await;
    process.stops().await;
    let to = ChatAddress::new(Channel::Telegram, "7");
    let attempts = stage.store.outgoing_since(&to, 0).await.unwrap()[0].attempts;
    assert!(attempts >= 2, "the message was claimed again before its fifth part was sent");
    assert_eq!(sends(&stage.telegram).len(), 6, "no part is sent twice");
}

#[tokio::test]
async fn an_address_that_is_none_is_given_up() {
    let stage = Stage::new().await;
    let to = ChatAddress::new(Channel::Telegram, "unknown");
    let message = Outgoing { to, text: "在".to_owned(), buttons: vec![], about: None, attachment: None };
    let changes = Changes { outgoing: vec![message], at: stage.clock.now(), ..Changes::default() };
    stage.store.commit(changes).await.unwrap();
    let process = stage.starts();
    stage.outbox_becomes(|backlog| backlog.dead == 1).await;
    process.stops().await;
    assert!(sends(&stage.telegram).is_empty());
}

#[tokio::test]
async fn many_chats_are_served_below_the_limits() {
    let stage = Stage::new().await;
    let people: Vec<_> = (100..140).map(|id| stage.telegram.person(id, "甲")).collect();
    for person in &people {
        stage.writes(person.chat_id(), &["一", "二"]).await;
    }
    let process = stage.starts();
    for person in &people {
        assert_eq!(person.next_message().await.text, "一");
        assert_eq!(person.next_message().await.text, "二");
    }
    process.stops().await;
    assert!(sends(&stage.telegram).iter().all(Request::succeeded), "a limit was hit");
}

/// Something attached, to chat 7.
fn attached(kind: AttachmentKind, reference: &str, text: &str) -> Outgoing {
    let attachment = Some(Attachment { kind, reference: reference.to_owned(), name: None });
    let button = Button { label: "签收".to_owned(), data: "sign:ZQ-20261122-0007".to_owned() };
    let to = ChatAddress::new(Channel::Telegram, "7");
    Outgoing { to, text: text.to_owned(), buttons: vec![vec![button]], about: None, attachment }
}

#[tokio::test]
async fn what_is_attached_is_sent_by_its_id_with_the_words_below_it_where_they_fit() {
    let stage = Stage::new().await;
    let company = stage.telegram.person(7, "甲");
    company.attaches(bot_api::Attachment::photo());
    company.attaches(bot_api::Attachment::video(3));
    let long = "长".repeat(1100);
    let outgoing = vec![
        attached(AttachmentKind::Photo, "photo-file-id-1", "厂房 <示例>"),
        attached(AttachmentKind::Video, "video-file-id-2", &long),
        attached(AttachmentKind::Location, "37.54,121.39", "办事点"),
        attached(AttachmentKind::Document, "unknown", "清单"),
    ];
    stage.store.commit(Changes { outgoing, at: stage.clock.now(), ..Changes::default() }).await.unwrap();
    let process = stage.starts();
    stage.outbox_becomes(|backlog| backlog.waiting == 0).await;
    process.stops().await;
    assert_eq!(stage.outbox_dead().await, 0);
    assert_eq!(stage.telegram.requests_of("sendLocation").len(), 1);
    let told: Vec<_> = company.messages().into_iter().filter(|message| message.from_bot).collect();
    let shown: Vec<_> = told.iter().map(|message| (message.medium, message.has_button("签收"))).collect();
    let (photo, video) = (Some(Medium::Photo), Some(Medium::Video));
    assert_eq!(shown[..6], [(photo, true), (None, false), (video, true), (None, false), (None, true), (None, true)]);
    assert_eq!((told[0].text.as_str(), told[1].text.as_str()), ("厂房 <示例>", long.as_str()));
    assert!(told[5].text.contains("附件已无法读取"), "{}", told[5].text);
}
