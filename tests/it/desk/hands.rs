//! Whose tickets they are: somebody cannot be reached, leaves the roster, hands over; a company has its own commissioner.

use zhengqitong::desk::ports::Files;
use zhengqitong::domain::ticket::{EventKind, State};

use super::{STREETS, november, raised};
use crate::support::desk::TestDesk;

#[tokio::test]
async fn a_commissioner_who_blocked_the_bot_is_noticed_and_the_backup_is_tried() {
    let desk = TestDesk::new().await;
    desk.li().blocks_the_bot();
    raised(&desk).await;
    desk.looks_into_undelivered().await;
    let ticket = desk.ticket().await;
    assert_eq!(ticket.assignee.as_ref().unwrap().as_str(), "wang", "{}", desk.transcript());
    let history = desk.store.ticket_history(&ticket.number).await.unwrap();
    let why = |kind: &EventKind| matches!(kind, EventKind::Transferred { reason } if reason.contains("消息送不到"));
    assert!(history.iter().any(|event| why(&event.kind)), "the reason is kept");
    assert!(desk.company().last().await.message.text.contains("王专员"));
    let told = desk.zhao().received().await;
    assert!(told.len() == 1 && told[0].message.text.contains("消息送不到李专员"), "{}", desk.transcript());
    desk.wang().blocks_the_bot();
    desk.company().presses("催办").await;
    desk.looks_into_undelivered().await;
    assert_eq!(desk.ticket().await.assignee.unwrap().as_str(), "duty", "after the backup the rules go on");
    assert_eq!(desk.zhao().received().await.len(), 2, "one message about each of the two");
    desk.li().unblocks_the_bot();
    desk.li().says("/back").await;
    let roster = desk.store.roster().await.unwrap();
    let reached: Vec<_> = roster.iter().filter(|person| person.unreachable_since.is_none()).collect();
    assert!(reached.iter().any(|person| person.id.as_str() == "li"), "who writes is reached again");
    insta::assert_snapshot!(desk.transcript());
}

#[tokio::test]
async fn a_company_that_cannot_be_reached_is_told_of_to_whoever_has_its_ticket() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    desk.li().presses("签收").await;
    desk.company().blocks_the_bot();
    desk.li().replies("请带上公章").await;
    desk.looks_into_undelivered().await;
    let told = desk.li().last().await.message;
    assert!(told.text.contains("消息没有送达") && told.text.contains("简易注销"), "{}", told.text);
    assert_eq!(desk.ticket().await.assignee.unwrap().as_str(), "li", "the ticket stays");
    let said = desk.store.ticket_messages(&desk.ticket().await.number).await.unwrap();
    assert!(said.iter().any(|message| message.is_note && message.text.contains("没有送达")));
}

#[tokio::test]
async fn who_is_taken_off_the_roster_is_nobody_at_once_and_their_tickets_go_to_others() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    desk.li().presses("签收").await;
    let others: String =
        STREETS.lines().filter(|line| !line.starts_with("li,")).map(|line| format!("{line}\n")).collect();
    desk.replaces_roster(&others.replace("commissioner,li,", "commissioner,,").replace("向阳;东山", "")).await;
    desk.li().presses("办结").await;
    assert_eq!(desk.ticket().await.state, State::Signed, "{}", desk.transcript());
    let refused = desk.li().last().await.message.text;
    assert!(refused.contains("没有找到"), "{refused}");
    desk.li().says("/leave 明天").await;
    assert!(desk.li().last().await.message.text.contains("只供服务企业专员使用"));
    desk.at(november(20, 20, 0)).await;
    let ticket = desk.ticket().await;
    assert_eq!(ticket.assignee.as_ref().unwrap().as_str(), "wang", "even at night nobody is stranded");
    assert!(desk.wang().last().await.message.text.contains("不再承担"), "{}", desk.transcript());
    assert!(desk.company().last().await.message.text.contains("王专员"));
}

#[tokio::test]
async fn a_supervisor_hands_over_what_a_leaving_commissioner_has() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    desk.li().presses("签收").await;
    let other = desk.person(9002, "另一家企业");
    other.says("食品经营许可证怎么办").await;
    other.presses("找专员").await;
    other.presses("确认").await;
    desk.wang().says("/handover li").await;
    assert!(desk.wang().last().await.message.text.contains("只供督办人员"));
    desk.zhao().says("/handover").await;
    assert!(desk.zhao().last().await.message.text.contains("/handover 原专员"));
    desk.zhao().says("/handover 李专员 duty 调离岗位").await;
    assert!(desk.zhao().last().await.message.text.contains("已移交李专员"), "{}", desk.transcript());
    let moved = desk.tickets_of("duty").await;
    assert!(!moved.is_empty() && moved.iter().all(|ticket| ticket.is_assigned_by_hand));
    assert!(desk.tickets_of("li").await.is_empty());
    assert!(desk.li().last().await.message.text.contains("您不必再办理"));
    let count = moved.len();
    let back = desk.hands_over("duty", None, "值班结束").await;
    assert_eq!(back.len(), count, "by the rules");
    assert!(desk.tickets_of("duty").await.is_empty());
    let audit = desk.audit_lines("ticket.hand_over").await;
    assert_eq!(audit.len(), 2 * count, "{audit:?}");
    assert!(audit[0].contains("zhao") && audit[count].contains("cli"), "{audit:?}");
}

const OWN: &str = "\
id,name,phone,subdistricts,fields,role,backup,telegram_id,capacity,companies
wang,王专员(示例),,,market;tax,commissioner,li,501,10,
li,李专员(示例),,,market;tax,commissioner,wang,502,10,
duty,值班专员(示例),,,,commissioner,,503,50,示例机械有限公司;91350100M000100Y43
zhao,赵督办(示例),,,,supervisor,,504,50,
";

#[tokio::test]
async fn a_company_with_a_commissioner_of_its_own_reaches_them_first() {
    let desk = TestDesk::with_roster(OWN).await;
    desk.company().says("简易注销公示要多少天").await;
    desk.company().presses("找专员").await;
    desk.company().presses("补充企业名称").await;
    desk.company().says("示例机械有限公司").await;
    let shown = desk.company().last().await.message;
    assert!(shown.text.contains("值班专员") && shown.text.contains("包联专员"), "{}", shown.text);
    assert!(!shown.buttons.iter().flatten().any(|button| button.label == "补充企业名称"));
    desk.company().presses("确认").await;
    let ticket = desk.ticket().await;
    assert_eq!(ticket.assignee.unwrap().as_str(), "duty");
    assert_eq!(ticket.submission.company.as_deref(), Some("示例机械有限公司"));
}

#[tokio::test]
async fn a_link_from_its_commissioner_says_which_company_it_is() {
    let desk = TestDesk::with_roster(OWN).await;
    desk.company().says("/start company_91350100M000100Y43").await;
    desk.company().says("简易注销公示要多少天").await;
    desk.company().presses("找专员").await;
    assert!(desk.company().last().await.message.text.contains("包联专员"), "{}", desk.transcript());
    let other = desk.person(9002, "另一家企业");
    other.says("/start company_91350100M000100Y44").await;
    other.says("简易注销公示要多少天").await;
    other.presses("找专员").await;
    assert!(!other.last().await.message.text.contains("包联专员"), "a wrong code is nobody's");
}

#[tokio::test]
async fn a_reply_to_a_copy_that_nobody_has_recorded_still_finds_its_ticket() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    desk.li().replies_to_the_copy("公示期为二十天").await;
    let ticket = desk.ticket().await;
    assert_eq!(ticket.state, State::Replied, "writing signs for it: {}", desk.transcript());
    assert!(desk.company().last().await.message.text.contains("公示期为二十天"), "{}", desk.transcript());
    desk.company().says("还有别的办法吗").await;
    assert!(desk.li().last().await.message.text.contains("还有别的办法吗"));
    desk.company().replies_to_the_copy("好的").await;
    assert_eq!(desk.li().last().await.message.text.matches("好的").count(), 1, "{}", desk.transcript());
}
