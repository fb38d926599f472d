//! Pictures, files, voices, positions and corrections go both ways, and are told of in words where they cannot be shown.

use zhengqitong::desk::message::AttachmentKind;
use zhengqitong::desk::ports::Files;
use zhengqitong::domain::ticket::State;

use super::raised;
use crate::support::desk::TestDesk;

#[tokio::test]
async fn pictures_files_and_corrections_go_both_ways() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    desk.company().attaches(AttachmentKind::Photo, "").await;
    let told = desk.li().last().await.message;
    assert_eq!(told.attachment.unwrap().kind, AttachmentKind::Photo, "it arrives before anybody has signed");
    desk.li().presses("签收").await;
    desk.li().replies_with(AttachmentKind::Document, "请按这份清单准备").await;
    assert_eq!(desk.company().last().await.message.attachment.unwrap().kind, AttachmentKind::Document);
    assert_eq!(desk.ticket().await.state, State::Replied, "a file is a reply");
    let heard = desk.company().received().await.len();
    desk.company().attaches(AttachmentKind::Voice, "").await;
    desk.company().attaches(AttachmentKind::Location, "").await;
    desk.company().says("明天上午九点到").await;
    desk.company().corrects("明天下午两点到").await;
    assert_eq!(desk.company().received().await.len(), heard, "the bot keeps silent");
    let told = desk.li().last().await.message.text;
    assert!(told.contains("企业更正") && told.contains("明天下午两点到"), "{told}");
    desk.company().attaches_too_much().await;
    assert!(desk.company().last().await.message.text.contains("超过20MB"));
    desk.li().attaches(AttachmentKind::Photo, "样表").await;
    let number = desk.ticket().await.number;
    desk.li().presses(&format!("{number} 简易注销公示要多少天")).await;
    let told = desk.company().last().await.message;
    assert!(told.attachment.is_some() && told.text.contains("样表"), "{}", told.text);
    let said = desk.store.ticket_messages(&number).await.unwrap();
    assert_eq!(said.iter().filter(|message| message.attachment.is_some()).count(), 5);
    insta::assert_snapshot!(desk.transcript());
}

#[tokio::test]
async fn what_a_page_cannot_show_is_told_in_words_to_both_sides() {
    let desk = TestDesk::new().await;
    desk.visitor().says("简易注销公示要多少天").await;
    desk.visitor().presses("找专员").await;
    desk.visitor().presses("确认").await;
    desk.li().presses("签收").await;
    desk.li().replies_with(AttachmentKind::Photo, "样表见图").await;
    let told = desk.visitor().last().await.message;
    assert!(
        told.attachment.is_none() && told.text.contains("[图片]") && told.text.contains("样表见图"),
        "{}",
        told.text
    );
    assert!(desk.li().last().await.message.text.contains("看不到附件"), "{}", desk.transcript());
}

#[tokio::test]
async fn without_a_ticket_a_caption_is_a_question_and_a_lone_picture_is_not() {
    let desk = TestDesk::new().await;
    desk.company().attaches(AttachmentKind::Photo, "简易注销公示要多少天").await;
    assert!(desk.company().last().await.message.text.contains("注销"), "{}", desk.transcript());
    desk.company().attaches(AttachmentKind::Photo, "").await;
    assert!(desk.company().last().await.message.text.contains("暂时不能读取图片"), "{}", desk.transcript());
    desk.company().corrects("食品经营许可证多久能办下来").await;
    assert!(desk.company().last().await.message.text.contains("食品经营许可"), "{}", desk.transcript());
}
