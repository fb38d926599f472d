//! More than words, on the real binary: what is attached before and after a ticket is raised, and what is put right afterwards.

use super::{Stage, without_times};
use crate::support::bot_api::{Attachment, Person};

const QUESTION: &str = "简易注销公示要多少天";

/// The person's own message with these words.
fn own(person: &Person, words: &str) -> crate::support::bot_api::SentMessage {
    let found = person.messages().into_iter().rfind(|message| !message.from_bot && message.text == words);
    found.unwrap_or_else(|| panic!("{words} was never said"))
}

impl Stage {
    /// A picture alone, a question that is put right, a proposal that counts what goes with it.
    async fn gathers(&self) {
        self.company.attaches(Attachment::photo());
        self.company.waits_for_text("暂时不能读取图片").await;
        self.company.says("食品经营许可证多久能办下来");
        self.company.waits_for_text("食品经营许可").await;
        self.company.edits(&own(&self.company, "食品经营许可证多久能办下来"), QUESTION);
        let answer = self.company.waits_for_text("按您更正后的问题答复").await;
        assert!(answer.text.contains("企业注销与简易注销"), "{}", answer.text);
        self.company.presses(&answer, "找专员");
        let proposal = self.company.waits_for_text("附件：1张图片").await;
        self.company.attaches(Attachment::document("清税证明.pdf", b"%PDF").caption("这是清税证明"));
        self.company.waits_for_text("附件：1张图片、1个文件").await;
        self.company.presses(&proposal, "补充电话");
        self.company.waits_for_text("电话").await;
        self.company.says("138000");
        self.company.waits_for_text("没有读懂电话").await;
        self.company.says("13800001234");
        let proposal = self.company.waits_for_text("13800001234").await;
        self.company.presses(&proposal, "确认");
        self.company.waits_for_text("已派给服务企业专员王晓").await;
    }

    /// Both sides attach and put right; what is too large is told.
    async fn exchanges(&self) {
        let assigned = self.wang.waits_for_text("新工单").await;
        assert!(assigned.text.contains("联系电话：13800001234"), "{}", assigned.text);
        let (photo, document) = (self.wang.next_message().await, self.wang.next_message().await);
        assert!(photo.text.contains("企业发来图片") && document.text.contains("这是清税证明"));
        self.wang.presses(&assigned, "签收");
        self.company.waits_for_text("王晓已签收").await;
        self.wang.waits_for_text("已签收").await;
        self.company.attaches(Attachment::voice(12));
        self.wang.waits_for_text("企业发来语音").await;
        self.company.attaches(Attachment::video(30).claiming(21 * 1024 * 1024));
        self.company.waits_for_text("超过20MB").await;
        self.company.says("明天上午九点到");
        self.wang.waits_for_text("明天上午九点到").await;
        self.company.edits(&own(&self.company, "明天上午九点到"), "明天下午两点到");
        let corrected = self.wang.waits_for_text("企业更正").await;
        assert!(corrected.text.contains("明天下午两点到"), "{}", corrected.text);
        self.wang.attaches(Attachment::photo().caption("样表"));
        let which = self.wang.waits_for_text("要发给哪个工单").await;
        let ticket = which.button_texts().into_iter().find(|text| text.contains("ZQ-")).unwrap();
        self.wang.presses(&which, ticket);
        self.company.waits_for_text("样表").await;
        let passed_on = self.wang.waits_for_text("已转给企业").await;
        self.wang.presses(&passed_on, "办结");
        self.company.waits_for_text("已办结").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_files_and_corrections_go_with_the_ticket_and_both_ways() {
    let stage = Stage::new().await;
    let serving = stage.installation.serve();
    stage.gathers().await;
    stage.exchanges().await;
    stage.telegram.wait_until_confirmed().await;
    serving.stop();
    without_times(|| insta::assert_snapshot!("media_transcript", stage.telegram.transcript()));
}
