//! What else a ticket may go through, on the real binary: handed on, sent back, prolonged, noted, waiting, urged, withdrawn,
//! covered while somebody is away, taken from who cannot be reached, handed over, counted.

use super::{ROSTER, Stage, without_times};
use crate::support::bot_api::{Person, SentMessage};

const QUESTION: &str = "简易注销公示要多少天";
const NOTE: &str = "该企业去年有异常记录，先核实";

impl Stage {
    /// A company raises a ticket; whoever gets it is shown the card.
    async fn raises_one(&self, company: &Person, question: &str, holder: &Person) -> SentMessage {
        company.says(question);
        let answer = company.waits_for(|message| message.has_button("找专员"), "an answer").await;
        company.presses(&answer, "找专员");
        let proposal = company.waits_for_text("请核对").await;
        company.presses(&proposal, "确认");
        company.waits_for_text("已派给").await;
        holder.waits_for_text("新工单").await
    }
}

/// Presses 更多 and one of the actions behind it, answers what is asked for, and hears that it is done.
async fn does(person: &Person, action: &str, words: &str, said: &str) {
    let shown = person.messages().into_iter().rev().find(|message| message.from_bot && message.has_button("更多"));
    person.presses(&shown.unwrap(), "更多");
    let actions = person.waits_for_text("请选择操作").await;
    person.presses(&actions, action);
    person.waits_for_text("请写").await;
    person.says(words);
    person.waits_for_text(said).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_prolonged_waits_is_noted_urged_sent_back_and_goes_up() {
    let stage = Stage::new().await;
    let li = stage.telegram.person(502, "李澜");
    let roster = stage.installation.file("both.csv", ROSTER.replace(",,finance,", ",,market,"));
    stage.installation.run(&["commissioner", "import", &roster]).succeeds();
    let serving = stage.installation.serve();
    let card = stage.raises_one(&stage.company, QUESTION, &li).await;
    li.presses(&card, "签收");
    let in_hand = stage.company.waits_for_text("李澜已签收").await;
    li.waits_for_text("已签收").await;
    does(&li, "内部备注", NOTE, "已记录内部备注").await;
    does(&li, "申请延期", "需要等税务部门核查结果", "延期申请已提交").await;
    let asked = stage.zhao.waits_for_text("需要等税务部门核查结果").await;
    stage.zhao.presses(&asked, "同意延期");
    stage.company.waits_for_text("延至").await;
    li.waits_for_text("已同意延期").await;
    does(&li, "等企业补充", "请补充清税证明", "已转给企业").await;
    stage.company.waits_for_text("请补充清税证明").await;
    stage.company.says("清税证明办好了");
    li.waits_for_text("清税证明办好了").await;
    stage.company.presses(&in_hand, "催办");
    li.waits_for_text("催办").await;
    stage.company.presses(&in_hand, "催办");
    stage.company.waits_for_text("一小时内").await;
    stage.company.says("我的诉求");
    stage.company.waits_for_text("ZQ-").await;
    does(&li, "退单", "应由行政审批部门办理", "ZQ-").await;
    let card = stage.wang.waits_for_text("新工单").await;
    stage.wang.presses(&card, "签收");
    stage.wang.waits_for_text("已签收").await;
    does(&stage.wang, "退单", "也不属于我的业务", "ZQ-").await;
    stage.zhao.waits_for_text("ZQ-").await;
    let told = stage.company.waits_for_text("赵岚").await;
    stage.company.presses(&told, "撤回");
    stage.company.waits_for_text("撤回").await;
    stage.telegram.wait_until_confirmed().await;
    serving.stop();
    assert!(!stage.company.transcript().contains(NOTE));
    without_times(|| insta::assert_snapshot!("handling_transcript", stage.telegram.transcript()));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_away_unreachable_or_leaving_keeps_no_ticket_from_being_worked_on() {
    let stage = Stage::new().await;
    let li = stage.telegram.person(502, "李澜");
    let other = stage.telegram.person(9002, "另一家企业");
    let serving = stage.installation.serve();
    stage.raises_one(&stage.company, QUESTION, &stage.wang).await;
    stage.wang.says("/leave 3天");
    let card = li.waits_for_text("原专员离岗").await;
    stage.wang.waits_for_text("已登记离岗").await;
    stage.wang.says("/back");
    stage.wang.waits_for_text("对口专员已返岗").await;
    stage.wang.waits_for_text("已登记返岗").await;
    li.presses(&card, "签收");
    li.waits_for_text("不由您负责").await;

    // Blocked: noticed when the next message does not arrive, and the next commissioner is tried.
    stage.wang.blocks_the_bot();
    other.says("我们公司要办营业执照变更，要什么材料");
    let answer = other.waits_for(|message| message.has_button("找专员"), "an answer").await;
    other.presses(&answer, "找专员");
    let proposal = other.waits_for_text("请核对").await;
    other.presses(&proposal, "确认");
    other.waits_for_text("已派给").await;
    stage.zhao.waits_for_text("消息送不到王晓").await;
    let passed_on = li.waits_for_text("消息送不到").await;
    li.waits_for_text("消息送不到").await;
    other.waits_for_text("李澜").await;
    li.presses(&passed_on, "签收");
    other.waits_for_text("李澜已签收").await;
    li.waits_for_text("已签收").await;

    // A supervisor hands over what somebody has; the figures are for supervisors only.
    li.says("/figures");
    li.waits_for_text("只供督办人员").await;
    stage.zhao.says("/handover li zhao 调离岗位");
    stage.zhao.waits_for_text("已移交李澜").await;
    stage.zhao.says("/figures");
    stage.zhao.waits_for_text("提交2").await;
    stage.telegram.wait_until_confirmed().await;
    serving.stop();
    let figures = stage.installation.run(&["ticket", "figures", "--format", "csv"]).succeeds().stdout;
    assert!(figures.contains("市场准入"), "{figures}");
    without_times(|| insta::assert_snapshot!("hands_transcript", stage.telegram.transcript()));
}
