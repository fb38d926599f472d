//! The supervisors' group: one topic a ticket, worked on there as in one's own chat, and nothing lost when a topic is.

use std::time::Duration;

use super::{Stage, without_times};
use crate::support::bot_api::{FakeBotApi, Group, Person, SentMessage};

const GROUP: i64 = -1_001_234_567_890;
const QUESTION: &str = "我们公司没有债务，想简易注销，公示要多少天？";
const ADVICE: &str = "可以走简易注销，请先在公示系统发公告。";
const THANKS: &str = "好的，我们也没有欠税。";
const NOTE: &str = "企业账户已清，下周一回访。";

/// The group and its members; the guest is in it without being on the roster.
struct Desk {
    group: Group,
    wang: Person,
    guest: Person,
}

impl Desk {
    fn new(stage: &Stage) -> Self {
        let group = stage.telegram.group(GROUP, "督办群");
        let guest = stage.telegram.person(9100, "访客");
        Self { wang: stage.wang.in_group(&group), guest: guest.in_group(&group), group }
    }

    async fn one_topic(&self, telegram: &FakeBotApi, is_closed: bool, what: &str) {
        let wanted = |topics: &[crate::support::bot_api::Topic]| matches!(topics, [topic] if topic.is_closed == is_closed && topic.name.starts_with("ZQ-") && topic.name.ends_with(" 咨询"));
        self.group.topics_become(telegram, wanted, what).await;
    }
}

/// The company raises a ticket; its card stands in a topic of its own.
async fn raised(stage: &Stage, desk: &Desk) -> SentMessage {
    stage.company.says(QUESTION);
    let answer = stage.company.waits_for_text("企业注销与简易注销").await;
    stage.company.presses(&answer, "找专员");
    let proposal = stage.company.waits_for_text("请核对").await;
    stage.company.presses(&proposal, "确认");
    stage.company.waits_for_text("已派给服务企业专员王晓").await;
    stage.wang.waits_for_text("新工单").await;
    let card = desk.wang.waits_for_text("新工单").await;
    assert!(card.text.starts_with("致王晓：") && card.has_button("签收"), "{}", card.text);
    desk.one_topic(&stage.telegram, false, "a topic for the ticket").await;
    card
}

/// Signed, answered, noted and closed, all in the topic.
async fn worked_on(stage: &Stage, desk: &Desk, card: &SentMessage) {
    desk.guest.presses(card, "签收");
    desk.guest.waits_for_text("只供名册中的").await;
    desk.wang.presses(card, "签收");
    stage.company.waits_for_text("王晓已签收").await;
    let in_hand = desk.wang.waits_for_text("已签收").await;
    desk.guest.replies_to(card, "我来答复企业。");
    desk.wang.says_beside(card, "这家我熟，我来。");
    desk.wang.replies_to(&in_hand, ADVICE);
    stage.company.waits_for_text(ADVICE).await;
    desk.wang.waits_for_text("已转给企业").await;
    stage.company.says(THANKS);
    let thanked = desk.wang.waits_for_text(THANKS).await;
    desk.wang.presses(&thanked, "更多");
    let actions = desk.wang.waits_for_text("请选择操作").await;
    desk.wang.presses(&actions, "内部备注");
    let asked = desk.wang.waits_for_text("请写内部备注").await;
    desk.wang.says_beside(&asked, NOTE);
    let noted = desk.wang.waits_for_text("已记录内部备注").await;
    desk.wang.presses(&noted, "办结");
    desk.wang.waits_for_text("已请企业评价").await;
    desk.one_topic(&stage.telegram, true, "the topic to be closed with the ticket").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_worked_on_in_its_topic_which_follows_it_and_is_made_anew() {
    let mut stage = Stage::new().await;
    stage.installation = stage.installation.told("ZHENGQITONG_TELEGRAM__GROUP", GROUP.to_string());
    let desk = Desk::new(&stage);
    let serving = stage.installation.serve();
    let card = raised(&stage, &desk).await;
    worked_on(&stage, &desk, &card).await;

    let closed = stage.company.waits_for_text("已办结").await;
    stage.company.presses(&closed, "不满意");
    desk.wang.waits_for_text("已自动重办（第1次）").await;
    desk.one_topic(&stage.telegram, false, "the topic to be opened again with the ticket").await;

    // Somebody deletes it; what comes next makes another one, and both sides go on.
    let lost = desk.group.topics().remove(0).thread;
    desk.group.loses_topic(lost);
    let again = stage.wang.waits_for_text("已自动重办（第1次）").await;
    stage.wang.presses(&again, "签收");
    let in_hand = desk.wang.waits_for_text("已签收").await;
    assert_ne!(in_hand.thread, Some(lost));
    desk.one_topic(&stage.telegram, false, "another topic instead of the one that was deleted").await;
    desk.wang.replies_to(&in_hand, "我已协调窗口，明天上午直接来找我。");
    stage.company.waits_for_text("我已协调窗口").await;
    let passed_on = desk.wang.waits_for_text("已转给企业").await;
    desk.wang.presses(&passed_on, "办结");
    desk.one_topic(&stage.telegram, true, "the new topic to be closed").await;

    stage.telegram.wait_until_confirmed().await;
    serving.stop();
    let heard = stage.company.transcript();
    for inside in [NOTE, "我来答复企业", "这家我熟"] {
        assert!(!heard.contains(inside), "{heard}");
    }
    assert_eq!(stage.telegram.requests_of("createForumTopic").len(), 2);
    without_times(|| insta::assert_snapshot!("topics_transcript", desk.wang.transcript()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_takes_nothing_loses_nothing() {
    let mut stage = Stage::new().await;
    stage.installation = stage.installation.told("ZHENGQITONG_TELEGRAM__GROUP", GROUP.to_string());
    let group = stage.telegram.group(GROUP, "督办群");
    group.lets_the_bot_manage_topics(false);
    let serving = stage.installation.serve();
    stage.company.says(QUESTION);
    let answer = stage.company.waits_for_text("企业注销与简易注销").await;
    stage.company.presses(&answer, "找专员");
    let proposal = stage.company.waits_for_text("请核对").await;
    stage.company.presses(&proposal, "确认");
    let card = stage.wang.waits_for_text("新工单").await;
    serving.logs("telegram.group", Duration::from_secs(30)).await;
    stage.wang.replies_to(&card, ADVICE);
    stage.company.waits_for_text(ADVICE).await;
    serving.stop();
    assert!(group.topics().is_empty());
    assert!(!stage.telegram.transcript().contains("没有送达"), "{}", stage.telegram.transcript());
}
