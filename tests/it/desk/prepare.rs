//! What is gathered before a ticket is opened: attachments, a phone, corrected words. Pressing 确认 is always enough.

use zhengqitong::desk::message::AttachmentKind;
use zhengqitong::desk::ports::Files;

use crate::support::desk::TestDesk;

const QUESTION: &str = "简易注销公示要多少天";
const PHONE: &str = "13800001234";

#[tokio::test]
async fn what_was_sent_before_goes_with_the_ticket() {
    let desk = TestDesk::new().await;
    desk.company().attaches(AttachmentKind::Photo, "").await;
    desk.company().says(QUESTION).await;
    desk.company().presses("找专员").await;
    assert!(desk.company().last().await.message.text.contains("附件：1张图片"), "{}", desk.transcript());
    desk.company().attaches(AttachmentKind::Document, "这是清税证明").await;
    let shown = desk.company().last().await.message;
    assert!(shown.text.contains("附件：1张图片、1个文件"), "{}", desk.transcript());
    desk.company().presses("确认").await;
    let told: Vec<_> =
        desk.li().received().await.into_iter().filter(|item| item.message.attachment.is_some()).collect();
    assert_eq!(told.len(), 2, "{}", desk.transcript());
    assert!(told[1].message.text.contains("这是清税证明"), "{}", desk.transcript());
    let said = desk.store.ticket_messages(&desk.ticket().await.number).await.unwrap();
    assert_eq!(said.iter().filter(|message| message.attachment.is_some()).count(), 2);
    insta::assert_snapshot!(desk.transcript());
}

#[tokio::test]
async fn what_was_sent_before_goes_nowhere_when_the_company_cancels() {
    let desk = TestDesk::new().await;
    desk.company().attaches(AttachmentKind::Voice, "").await;
    desk.company().says(QUESTION).await;
    desk.company().presses("找专员").await;
    desk.company().presses("取消").await;
    assert!(desk.li().received().await.is_empty(), "{}", desk.transcript());
    desk.company().presses("找专员").await;
    assert!(!desk.company().last().await.message.text.contains("附件"), "{}", desk.transcript());
    desk.company().presses("确认").await;
    let sent = desk.li().received().await;
    assert!(sent.iter().all(|item| item.message.attachment.is_none()), "{}", desk.transcript());
}

#[tokio::test]
async fn a_phone_is_offered_once_and_never_stands_in_the_way() {
    let desk = TestDesk::new().await;
    desk.company().says(QUESTION).await;
    desk.company().presses("找专员").await;
    desk.company().presses("补充电话").await;
    desk.company().says("138000").await;
    assert!(desk.company().last().await.message.text.contains("没有读懂电话"), "{}", desk.transcript());
    desk.company().says("１３８ 0000 1234").await;
    assert!(desk.company().last().await.message.text.contains(PHONE), "{}", desk.transcript());
    desk.company().presses("确认").await;
    assert_eq!(desk.ticket().await.submission.contact.as_deref(), Some(PHONE));
    assert!(desk.li().last().await.message.text.contains(&format!("联系电话：{PHONE}")), "{}", desk.transcript());

    let other = desk.person(9002, "另一家企业");
    other.says(QUESTION).await;
    other.presses("找专员").await;
    other.presses("补充电话").await;
    other.presses("确认").await;
    assert!(other.last().await.message.text.contains("已派给"), "asked for a phone, confirming is enough");

    let third = desk.person(9003, "第三家企业");
    third.says(QUESTION).await;
    third.presses("找专员").await;
    third.presses("补充电话").await;
    third.presses("不留电话").await;
    let shown = third.last().await.message;
    assert!(shown.buttons.iter().flatten().all(|button| button.label != "补充电话"), "{}", desk.transcript());
    third.presses("确认").await;
    assert!(third.last().await.message.text.contains("已派给"), "{}", desk.transcript());
}

#[tokio::test]
async fn who_stays_unnamed_is_not_asked_for_a_phone_and_leaves_none() {
    let desk = TestDesk::new().await;
    desk.company().says("转人工").await;
    desk.company().says("我要投诉窗口乱收费，工作人员推诿").await;
    desk.company().presses("补充电话").await;
    desk.company().says(PHONE).await;
    desk.company().presses("匿名提交").await;
    let shown = desk.company().last().await.message;
    assert!(!shown.text.contains(PHONE), "{}", shown.text);
    assert!(shown.buttons.iter().flatten().all(|button| button.label != "补充电话"), "{}", desk.transcript());
    desk.company().presses("确认").await;
    assert_eq!(desk.ticket().await.submission.contact, None);
    let told = desk.person(503, "值班专员").last().await.message.text;
    assert!(!told.contains(PHONE), "{told}");
}

#[tokio::test]
async fn a_corrected_question_is_answered_anew_and_only_once() {
    let desk = TestDesk::new().await;
    desk.company().says(QUESTION).await;
    desk.company().corrects("食品经营许可证多久能办下来").await;
    let told = desk.company().last().await.message.text;
    assert!(told.starts_with("按您更正后的问题答复：") && told.contains("食品经营许可"), "{told}");
    let heard = desk.company().received().await.len();
    desk.company().corrects("食品经营许可证多久能办下来？").await;
    assert_eq!(desk.company().received().await.len(), heard, "the same words again are no other question");
    desk.company().says("要什么材料").await;
    let told = desk.company().last().await.message.text;
    assert!(!told.contains("更正") && told.contains("食品经营许可"), "{told}");
}
