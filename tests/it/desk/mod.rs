//! Stories: an enterprise asks, a commissioner answers, clocks run. No network, no real time.

mod figures; // what supervisors count
mod hands; // whose tickets they are: unreachable, gone, handed over, a company's own commissioner
mod media; // pictures, files, corrections
mod prepare; // what is gathered before a ticket is opened

use jiff::SignedDuration;
use jiff::civil::{DateTime, date};
use zhengqitong::desk::ports::Files;
use zhengqitong::domain::ticket::{Rating, State};

use crate::support::desk::{TestDesk, local};

fn november(day: i8, hour: i8, minute: i8) -> DateTime {
    date(2026, 11, day).at(hour, minute, 0, 0)
}

/// A company raises a ticket about cancelling a company; it comes to 王专员.
async fn raised(desk: &TestDesk) {
    desk.company().says("简易注销公示要多少天").await;
    desk.company().presses("找专员").await;
    desk.company().presses("确认").await;
    assert_eq!(desk.ticket().await.state, State::Dispatched);
}

#[tokio::test]
async fn a_company_asks_gets_a_source_and_reaches_a_named_person() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    desk.li().presses("签收").await;
    desk.company().says("我们没有员工也没有欠税").await;
    desk.li().replies("可以走简易注销,请先在公示系统发公告。").await;
    desk.company().says("好的明白").await;
    desk.li().presses("办结").await;
    desk.company().presses("非常满意").await;
    let ticket = desk.ticket().await;
    assert_eq!((ticket.state, ticket.rating), (State::Closed, Some(Rating::VerySatisfied)));
    insta::assert_snapshot!(desk.transcript());
}

#[tokio::test]
async fn a_bad_rating_reopens_once_by_itself_and_then_goes_up() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    desk.li().presses("签收").await;
    desk.li().presses("办结").await;
    desk.company().presses("不满意").await;
    assert_eq!((desk.ticket().await.state, desk.ticket().await.reworks), (State::Dispatched, 1));
    desk.li().presses("签收").await;
    desk.li().presses("办结").await;
    desk.company().presses("非常不满意").await;
    let ticket = desk.ticket().await;
    assert_eq!((ticket.state, ticket.assignee.unwrap().as_str()), (State::Escalated, "zhao"));
    desk.zhao().presses("签收").await;
    desk.zhao().replies("我来负责,明天上午到企业现场。").await;
    desk.zhao().presses("办结").await;
    desk.company().presses("不满意").await;
    let ticket = desk.ticket().await;
    assert_eq!((ticket.state, ticket.rating), (State::Closed, Some(Rating::Dissatisfied)), "no loop");
    desk.company().presses("满意").await;
    assert_eq!(desk.ticket().await.rating, Some(Rating::Dissatisfied), "rated once");
}

#[tokio::test]
async fn cards_are_shown_once_inside_working_hours_and_told_to_the_people_concerned() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    let before = desk.li().received().await.len();
    desk.at(november(20, 16, 29)).await;
    assert_eq!(desk.li().received().await.len(), before, "nothing before half an hour is left");
    desk.at(november(20, 16, 31)).await;
    assert!(desk.li().last().await.message.text.contains("黄牌"));
    assert!(desk.zhao().received().await.is_empty(), "a yellow card is between the desk and the commissioner");
    desk.at(november(20, 23, 0)).await;
    desk.at(november(21, 10, 0)).await;
    let quiet = desk.li().received().await.len();
    desk.at(november(23, 9, 0)).await;
    assert_eq!(desk.li().received().await.len(), quiet + 1, "shown on Monday morning, not at night or on Saturday");
    assert!(desk.zhao().last().await.message.text.contains("红牌"));
    assert!(desk.wang().last().await.message.text.contains("红牌"), "the backup is told too");
    insta::assert_snapshot!(desk.transcript());
}

#[tokio::test]
async fn an_answered_consultation_shows_no_card_for_contact_and_opinion() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    desk.li().replies("公示期为二十天。").await;
    assert_eq!(desk.ticket().await.state, State::Replied, "writing signs for the ticket where that was forgotten");
    desk.at(november(20, 16, 59)).await;
    let told = desk.li().received().await;
    assert!(!told.iter().any(|item| item.message.text.contains("首次联系时限")), "{}", desk.transcript());
}

#[tokio::test]
async fn a_ticket_handed_on_comes_to_somebody_who_has_not_had_it() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    desk.li().presses("转办").await;
    desk.li().says("不在我的业务范围").await;
    let ticket = desk.ticket().await;
    assert_eq!(ticket.assignee.as_ref().unwrap().as_str(), "wang");
    desk.li().presses("签收").await;
    assert!(desk.li().last().await.message.text.contains("不由您负责"), "{}", desk.transcript());
    desk.wang().presses("转办").await;
    desk.wang().says("需要区里统筹").await;
    assert_eq!(desk.ticket().await.assignee.unwrap().as_str(), "duty");
    insta::assert_snapshot!(desk.transcript());
}

#[tokio::test]
async fn a_question_outside_hours_is_due_next_working_morning() {
    let desk = TestDesk::new().await;
    desk.at(november(20, 20, 0)).await;
    raised(&desk).await;
    let told = desk.company().last().await.message.text;
    assert!(told.contains("现在不是办公时间") && told.contains("11月23日（周一）11:00"), "{told}");
    assert_eq!(local(desk.ticket().await.opened_at), november(20, 20, 0));
}

#[tokio::test]
async fn what_one_company_raises_is_invisible_to_every_other() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    let number = desk.ticket().await.number.to_string();
    let other = desk.person(9002, "另一家企业");
    other.says(&number).await;
    assert!(other.last().await.message.text.contains("没有找到您名下的工单"));
    other.says("我的诉求").await;
    assert!(!other.last().await.message.text.contains(&number));
    let hostile = format!("withdraw:{number}");
    other.presses_raw(&hostile).await;
    assert_eq!(desk.ticket().await.state, State::Dispatched);
    other.presses_raw(&format!("sign:{number}")).await;
    other.presses_raw(&format!("close:{number}")).await;
    assert_eq!(desk.ticket().await.state, State::Dispatched);
}

#[tokio::test]
async fn the_bot_is_silent_while_a_person_has_the_case_and_fresh_afterwards() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    desk.li().presses("签收").await;
    let heard = desk.company().received().await.len();
    desk.company().says("要什么材料").await;
    assert_eq!(desk.company().received().await.len(), heard, "the bot keeps silent");
    assert!(desk.li().last().await.message.text.contains("要什么材料"));
    desk.company().presses("问新问题").await;
    desk.company().says("食品经营许可证多久能办下来").await;
    assert!(desk.company().last().await.message.text.contains("食品经营许可"));
    desk.passes(SignedDuration::from_mins(16));
    desk.li().presses("办结").await;
    desk.company().says("要什么材料").await;
    let text = desk.company().last().await.message.text;
    assert!(text.starts_with("请问您想了解哪件事的所需材料"), "the context starts afresh: {text}");
}

#[tokio::test]
async fn a_second_wish_for_the_same_thing_shows_the_open_ticket() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    desk.company().presses("找专员").await;
    assert_eq!(desk.ticket().await.state, State::Dispatched, "no second ticket");
    assert!(desk.company().last().await.message.text.contains("目前"));
}

#[tokio::test]
async fn urging_reaches_the_commissioner_once_an_hour() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    desk.company().presses("催办").await;
    assert!(desk.li().last().await.message.text.contains("催办"));
    desk.company().presses("催办").await;
    assert!(desk.company().last().await.message.text.contains("一小时内"));
}

#[tokio::test]
async fn a_company_may_ask_for_a_person_first() {
    let desk = TestDesk::new().await;
    desk.company().says("转人工").await;
    desk.company().says("人工").await;
    assert!(desk.company().last().await.message.text.contains("请先用一句话写下"), "{}", desk.transcript());
    desk.company().says("我们的营业执照注销手续卡在税务清税那一步").await;
    desk.company().says("先问一下，年报什么时候截止").await;
    desk.company().presses("确认").await;
    assert_eq!(desk.ticket().await.submission.question, "我们的营业执照注销手续卡在税务清税那一步");
}

#[tokio::test]
async fn a_commissioner_sees_their_tickets_and_is_asked_which_one_a_message_belongs_to() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    desk.li().presses("签收").await;
    desk.li().says("/progress").await;
    assert!(desk.li().last().await.message.text.contains("您有1个在办工单"), "{}", desk.transcript());
    desk.li().says("请带上公章").await;
    assert!(desk.li().last().await.message.text.contains("要发给哪个工单"), "{}", desk.transcript());
    let number = desk.ticket().await.number;
    let button = format!("{number} 简易注销公示要多少天");
    desk.li().presses(&button).await;
    assert!(desk.company().last().await.message.text.contains("请带上公章"), "{}", desk.transcript());
}

#[tokio::test]
async fn a_button_below_an_earlier_question_does_not_send_what_was_written_since() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    desk.li().presses("签收").await;
    desk.li().says("第一家请带公章").await;
    let first = desk.li().last().await.message.buttons[0][0].data.clone();
    desk.li().says("第二家请带执照").await;
    let second = desk.li().last().await.message.buttons[0][0].data.clone();
    let heard = desk.company().received().await.len();
    desk.li().presses_raw(&first).await;
    assert_eq!(desk.company().received().await.len(), heard, "{}", desk.transcript());
    desk.li().presses_raw(&second).await;
    assert!(desk.company().last().await.message.text.contains("第二家请带执照"), "{}", desk.transcript());
}

#[tokio::test]
async fn the_words_of_a_button_do_what_the_button_does() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    desk.li().says("签收").await;
    assert_eq!(desk.ticket().await.state, State::Signed);
    desk.li().says("办结").await;
    desk.company().says("基本满意").await;
    assert_eq!(desk.ticket().await.rating, Some(Rating::BasicallySatisfied));
    desk.company().says("满意").await;
    assert_eq!(desk.ticket().await.rating, Some(Rating::BasicallySatisfied), "rated once");
}

/// A complaint about something no topic answers, so that it goes to the duty desk.
async fn complained(desk: &TestDesk) {
    desk.company().says("转人工").await;
    desk.company().says("我要投诉窗口乱收费，工作人员推诿").await;
}

#[tokio::test]
async fn a_complaint_may_stay_anonymous_and_shows_what_will_be_sent() {
    let desk = TestDesk::new().await;
    complained(&desk).await;
    let shown = desk.company().last().await.message.text;
    assert!(shown.contains("类别：投诉") && shown.contains("联系人：企业"), "{shown}");
    desk.company().presses("匿名提交").await;
    desk.company().presses("确认").await;
    let ticket = desk.ticket().await;
    assert!(ticket.submission.is_anonymous && ticket.submission.company.is_none());
    let holder = desk.person(503, "值班专员").last().await.message.text;
    assert!(holder.contains("联系人：匿名") && !holder.contains("联系人：企业"), "{holder}");
}

#[tokio::test]
async fn what_goes_its_own_lawful_way_is_told_that_way_and_not_swallowed() {
    let desk = TestDesk::new().await;
    desk.company().says("找专员").await;
    desk.company().says("法院判决书下来半年了对方公司还不付款，你们能帮我执行吗").await;
    let shown = desk.company().last().await.message.text;
    assert!(shown.contains("人民法院") && shown.contains("12368"), "{shown}");
    desk.company().presses("确认").await;
    assert_eq!(desk.ticket().await.state, State::Dispatched);
}

#[tokio::test]
async fn a_second_question_about_the_same_matter_can_join_the_open_ticket() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    let number = desk.ticket().await.number.to_string();
    desk.company().says("简易注销需要满足什么条件").await;
    desk.company().presses("找专员").await;
    desk.company().presses(&format!("补充到 {number}")).await;
    assert_eq!(desk.ticket().await.number.to_string(), number, "no second ticket");
    assert!(desk.li().last().await.message.text.contains("需要满足什么条件"), "{}", desk.transcript());
}

const STREETS: &str = "\
id,name,phone,subdistricts,fields,role,backup,telegram_id,capacity
wang,王专员(示例),,向阳;东山,market;tax,commissioner,li,501,10
li,李专员(示例),,黄务,market;tax,commissioner,wang,502,10
duty,值班专员(示例),,,,commissioner,,503,50
zhao,赵督办(示例),,,,supervisor,,504,50
";

#[tokio::test]
async fn the_subdistrict_is_asked_for_only_when_it_is_missing_and_decides_who_gets_it() {
    let desk = TestDesk::with_roster(STREETS).await;
    desk.company().says("简易注销公示要多少天").await;
    desk.company().presses("找专员").await;
    desk.company().presses("补充所在街道").await;
    desk.company().presses("东山").await;
    let shown = desk.company().last().await;
    assert!(shown.message.text.contains("王专员") && shown.message.text.contains("东山街道"), "{}", desk.transcript());
    assert!(!shown.message.buttons.iter().flatten().any(|button| button.label == "补充所在街道"));
    desk.company().presses("确认").await;
    assert_eq!(desk.ticket().await.assignee.unwrap().as_str(), "wang");
}

#[tokio::test]
async fn a_commissioner_waits_for_the_company_and_the_clocks_stand_still() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    desk.li().presses("签收").await;
    desk.li().replies("我来办，先看一下材料。").await;
    desk.li().presses("更多").await;
    desk.li().presses("等企业补充").await;
    desk.li().says("请补充清税证明").await;
    assert!(desk.company().last().await.message.text.contains("请补充清税证明"), "{}", desk.transcript());
    let heard = desk.li().received().await.len();
    desk.at(november(23, 16, 0)).await;
    assert_eq!(desk.li().received().await.len(), heard, "no card while the company is waited for");
    desk.company().says("清税证明办好了，编号稍后给您").await;
    assert!(desk.ticket().await.waits_since.is_none(), "the company's words end the wait");
    desk.li().presses("更多").await;
    desk.li().presses("附说明办结").await;
    desk.li().says("清税证明已核对，可以在公示系统发布简易注销公告。").await;
    assert!(desk.company().last().await.message.text.contains("可以在公示系统发布"), "{}", desk.transcript());
    assert_eq!(desk.ticket().await.state, State::Closed);
    insta::assert_snapshot!(desk.transcript());
}

#[tokio::test]
async fn a_return_needs_a_reason_and_the_second_one_goes_up() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    desk.li().presses("签收").await;
    desk.li().presses("更多").await;
    desk.li().presses("退单").await;
    desk.li().says("应由行政审批部门办理").await;
    let ticket = desk.ticket().await;
    assert_eq!((ticket.returns, ticket.assignee.as_ref().unwrap().as_str()), (1, "wang"));
    desk.wang().presses("签收").await;
    desk.wang().presses("更多").await;
    desk.wang().presses("退单").await;
    desk.wang().says("也不属于我的业务").await;
    let ticket = desk.ticket().await;
    assert_eq!((ticket.state, ticket.assignee.unwrap().as_str()), (State::Escalated, "zhao"));
    assert!(desk.company().last().await.message.text.contains("赵督办"), "{}", desk.transcript());
}

#[tokio::test]
async fn more_time_needs_a_supervisor_and_the_company_learns_the_new_date() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    desk.li().presses("签收").await;
    desk.li().presses("更多").await;
    desk.li().presses("申请延期").await;
    desk.li().says("需要等税务部门核查结果").await;
    assert!(desk.zhao().last().await.message.text.contains("需要等税务部门核查结果"));
    desk.zhao().presses("同意延期").await;
    assert!(desk.company().last().await.message.text.contains("延至"), "{}", desk.transcript());
    assert!(desk.ticket().await.is_extended);
}

#[tokio::test]
async fn an_internal_note_never_reaches_the_company() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    desk.li().presses("签收").await;
    let heard = desk.company().received().await.len();
    desk.li().presses("更多").await;
    desk.li().presses("内部备注").await;
    desk.li().says("该企业去年有异常记录，先核实").await;
    assert_eq!(desk.company().received().await.len(), heard);
    let kept = desk.store.ticket_messages(&desk.ticket().await.number).await.unwrap();
    assert!(kept.iter().any(|message| message.is_note && message.text.contains("先核实")));
}

#[tokio::test]
async fn who_goes_away_is_covered_at_once_and_gets_back_what_waits() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    desk.li().says("/leave 3天").await;
    let ticket = desk.ticket().await;
    assert_eq!(ticket.assignee.unwrap().as_str(), "wang");
    assert!(desk.wang().last().await.message.text.contains("原专员离岗"), "{}", desk.transcript());
    desk.wang().says("/leave 明天").await;
    assert_eq!(desk.ticket().await.assignee.unwrap().as_str(), "duty");
    desk.li().says("/back").await;
    assert_eq!(desk.ticket().await.assignee.unwrap().as_str(), "li", "{}", desk.transcript());
    insta::assert_snapshot!(desk.transcript());
}

#[tokio::test]
async fn a_missed_first_contact_climbs_from_the_backup_to_the_supervisor() {
    let desk = TestDesk::new().await;
    desk.at(november(20, 9, 0)).await;
    raised(&desk).await;
    desk.at(november(20, 11, 0)).await;
    desk.at(november(20, 11, 30)).await;
    assert_eq!(desk.ticket().await.assignee.unwrap().as_str(), "wang", "{}", desk.transcript());
    assert!(desk.company().last().await.message.text.contains("王专员"));
    desk.at(november(20, 13, 0)).await;
    assert_eq!(desk.ticket().await.assignee.unwrap().as_str(), "zhao");
    insta::assert_snapshot!(desk.transcript());
}

#[tokio::test]
async fn a_supervisor_sees_what_needs_them_and_assigns_it_by_hand() {
    let desk = TestDesk::new().await;
    desk.at(november(20, 9, 0)).await;
    raised(&desk).await;
    desk.li().presses("签收").await;
    desk.zhao().says("/supervise").await;
    assert!(desk.zhao().last().await.message.text.contains("目前没有需要督办的工单"));
    desk.li().says("/supervise").await;
    assert!(desk.li().last().await.message.text.contains("只供督办人员"));
    desk.at(november(20, 10, 45)).await;
    desk.zhao().says("/supervise").await;
    desk.zhao().presses("指派").await;
    desk.zhao().presses("王专员(示例)").await;
    let ticket = desk.ticket().await;
    assert_eq!((ticket.assignee.unwrap().as_str(), ticket.is_assigned_by_hand), ("wang", true));
    assert!(desk.li().last().await.message.text.contains("不必再办理"), "{}", desk.transcript());
    desk.wang().says("/leave 明天").await;
    assert_eq!(desk.ticket().await.assignee.unwrap().as_str(), "wang", "a supervisor's choice stands");
}

#[tokio::test]
async fn a_company_that_has_not_rated_is_asked_and_may_raise_it_again() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    desk.li().presses("签收").await;
    desk.li().presses("办结").await;
    desk.at(november(25, 15, 0)).await;
    assert!(desk.company().last().await.message.text.contains("问题解决了吗"), "{}", desk.transcript());
    desk.company().presses("重新提出").await;
    let ticket = desk.ticket().await;
    assert_eq!((ticket.state, ticket.reopenings, ticket.assignee.unwrap().as_str()), (State::Dispatched, 1, "li"));
}

#[tokio::test]
async fn a_rating_may_be_explained_once_and_the_next_question_is_a_question() {
    let desk = TestDesk::new().await;
    raised(&desk).await;
    desk.li().presses("签收").await;
    desk.li().presses("办结").await;
    desk.company().presses("基本满意").await;
    desk.company().presses("补充说明").await;
    desk.company().says("等了两天才有人联系").await;
    assert!(desk.li().last().await.message.text.contains("等了两天才有人联系"), "{}", desk.transcript());
    desk.company().presses("补充说明").await;
    assert!(desk.company().last().await.message.text.contains("已经记录过"), "{}", desk.transcript());
    desk.company().says("食品经营许可证多久能办下来").await;
    assert!(desk.company().last().await.message.text.contains("食品经营许可"), "{}", desk.transcript());
    assert_eq!(desk.ticket().await.rating, Some(Rating::BasicallySatisfied));
}
