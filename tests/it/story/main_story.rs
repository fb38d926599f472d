//! A company asks, gets a sourced answer, reaches a named commissioner, is answered, and has the last word.

use zhengqitong::store::SqliteStore;

use super::{Stage, received_by, without_times, written_to};
use crate::support::bot_api::{Fault, SentMessage};
use crate::support::installation::Run;

const QUESTION: &str = "我们公司没有债务，想简易注销，公示要多少天？";
const ADVICE: &str = "可以走简易注销，请先在公示系统发公告。";
const THANKS: &str = "好的，我们也没有欠税。";
const SECOND_ADVICE: &str = "公告期满后二十日内来窗口提交。";
const LAST_ADVICE: &str = "我已协调窗口，明天上午直接来找我。";
const RATINGS: [&str; 5] = ["非常满意", "满意", "基本满意", "不满意", "非常不满意"];

impl Stage {
    /// The whole story; returns the ticket's number.
    async fn told(&self) -> String {
        self.asks().await;
        let (number, assigned) = self.raises().await;
        self.is_answered(&assigned).await;
        self.is_reopened_twice(&number).await;
        number
    }

    async fn asks(&self) {
        self.company.says("/start");
        let welcome = self.company.waits_for_text("政企通").await;
        assert_eq!(welcome.text.lines().count(), 4, "{}", welcome.text);
        self.company.says(QUESTION);
        let answer = self.company.waits_for_text("企业注销与简易注销").await;
        assert!(answer.text.contains("依据：") && answer.text.contains("国务院令第746号"), "{}", answer.text);
        assert!(answer.has_button("找专员") && answer.has_button("所需材料"), "{:?}", answer.button_texts());
        self.company.presses(&answer, "找专员");
    }

    async fn raises(&self) -> (String, SentMessage) {
        let proposal = self.company.waits_for_text("请核对").await;
        assert!(proposal.text.contains(QUESTION) && proposal.text.contains("王晓"), "{}", proposal.text);
        self.company.presses(&proposal, "确认");
        let opened = self.company.waits_for_text("已派给服务企业专员王晓").await;
        let number = number_in(&opened.text);
        let assigned = self.wang.waits_for_text("新工单").await;
        assert!(assigned.text.contains(&number) && assigned.text.contains(QUESTION), "{}", assigned.text);
        assert!(assigned.has_button("签收") && assigned.has_button("转办"));
        (number, assigned)
    }

    async fn is_answered(&self, assigned: &SentMessage) {
        self.wang.presses(assigned, "签收");
        let in_hand = self.wang.waits_for_text("已签收").await;
        assert!(in_hand.has_button("办结") && in_hand.has_button("转办"));
        self.company.waits_for_text("王晓已签收").await;
        self.wang.replies_to(assigned, ADVICE);
        self.company.waits_for_text(ADVICE).await;
        self.wang.waits_for_text("已转给企业").await;
        self.company.says(THANKS);
        let more = self.wang.waits_for_text(THANKS).await;
        self.wang.presses(&more, "办结");
        self.wang.waits_for_text("已请企业评价").await;
    }

    /// The first bad rating reopens the ticket by itself, the second one under the supervisor.
    async fn is_reopened_twice(&self, number: &str) {
        let closed = self.company.waits_for_text("已办结").await;
        assert_eq!(closed.button_texts(), RATINGS);
        self.company.presses(&closed, "非常不满意");
        self.company.waits_for_text("由专员王晓重办").await;
        let again = self.wang.waits_for_text("已自动重办（第1次）").await;
        assert!(again.text.contains(number));
        self.wang.presses(&again, "签收");
        self.company.waits_for_text("王晓已签收").await;
        self.wang.replies_to(&again, SECOND_ADVICE);
        self.company.waits_for_text(SECOND_ADVICE).await;
        let in_hand = self.wang.waits_for_text("已转给企业").await;
        self.wang.presses(&in_hand, "办结");
        let closed = self.company.waits_for_text("已办结").await;
        self.company.presses(&closed, "非常不满意");
        self.company.waits_for_text("已提级由督办人员赵岚处理").await;
        let supervised = self.zhao.waits_for_text("第2次").await;
        self.zhao.presses(&supervised, "签收");
        self.company.waits_for_text("赵岚已签收").await;
        self.zhao.replies_to(&supervised, LAST_ADVICE);
        self.company.waits_for_text(LAST_ADVICE).await;
        let in_hand = self.zhao.waits_for_text("已转给企业").await;
        self.zhao.presses(&in_hand, "办结");
        let closed = self.company.waits_for_text("已办结").await;
        self.company.presses(&closed, "满意");
        self.company.waits_for_text("已记录您的评价：满意").await;
        self.zhao.waits_for_text("企业评价：满意").await;
    }

    fn shows(&self, number: &str) -> Run {
        self.installation.run(&["ticket", "show", number]).succeeds()
    }
}

fn number_in(text: &str) -> String {
    let at = text.find("ZQ-").expect("a ticket number");
    text[at..].chars().take_while(|char| char.is_ascii_alphanumeric() || *char == '-').collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_asks_reaches_a_named_person_and_has_the_last_word() {
    let stage = Stage::new().await;
    let serving = stage.installation.serve();
    let number = stage.told().await;
    stage.telegram.wait_until_confirmed().await;
    serving.stop();
    assert!(stage.telegram.unanswered_presses().is_empty(), "{:?}", stage.telegram.unanswered_presses());
    let history = stage.shows(&number).stdout;
    without_times(|| {
        insta::assert_snapshot!("story_transcript", stage.telegram.transcript());
        insta::assert_snapshot!("story_ticket_show", history);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_story_on_a_bad_day_has_one_ticket_and_one_history() {
    let stage = Stage::new().await;
    stage.telegram.deliver_every_update_twice(true);
    let (company, wang) = (stage.company.chat_id(), stage.wang.chat_id());
    stage.telegram.plan(Fault::CutAfter.on("sendMessage").in_chat(company));
    stage.telegram.plan(Fault::ParseError.on("sendMessage").in_chat(company));
    stage.telegram.plan(Fault::TooManyRequests { retry_after: 1 }.on("sendMessage").in_chat(company));
    stage.telegram.plan(Fault::CutBefore.on("sendMessage").in_chat(wang));
    stage.telegram.plan(Fault::ServerError(500).on("sendMessage").in_chat(wang));
    stage.telegram.plan(Fault::ServerError(502).on("getUpdates"));
    stage.telegram.plan(Fault::CutAfter.on("getUpdates"));
    let serving = stage.installation.serve();
    let number = stage.told().await;
    stage.telegram.wait_until_confirmed().await;
    serving.stop();
    assert!(stage.telegram.faults_left().is_empty(), "{:?}", stage.telegram.faults_left());

    let tickets = stage.installation.run(&["ticket", "list", "--format", "json"]).succeeds().json();
    assert_eq!(tickets.as_array().unwrap().len(), 1, "{tickets}");
    assert_eq!((&tickets[0]["number"], &tickets[0]["state"]), (&number.into(), &"已办结".into()));
    let shown = stage.installation.run(&["ticket", "show", tickets[0]["number"].as_str().unwrap(), "--format", "json"]);
    let shown = shown.succeeds().json();
    let history: Vec<_> =
        shown["history"].as_array().unwrap().iter().map(|step| step["what"].as_str().unwrap()).collect();
    let round = ["签收", "首次联系", "反馈办理意见", "答复", "办结", "评价"];
    let expected = [&["提交", "派单"][..], &round, &["重办"], &round, &["重办", "提级"], &round].concat();
    assert_eq!(history, expected);
    let words: Vec<_> =
        shown["messages"].as_array().unwrap().iter().map(|message| message["text"].as_str().unwrap()).collect();
    assert_eq!(words, [ADVICE, THANKS, SECOND_ADVICE, LAST_ADVICE]);
    // What was delivered twice is told once; only the message whose answer was cut off is sent again.
    let store = SqliteStore::open(&stage.installation.database_url()).await.unwrap();
    for (person, again) in [(&stage.company, 1), (&stage.wang, 0), (&stage.zhao, 0)] {
        let (written, received) = (written_to(&store, person).await, received_by(person));
        assert!((written..=written + again).contains(&received), "{received} of {written}:\n{}", person.transcript());
    }
    store.close().await.unwrap();
}
