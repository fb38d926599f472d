//! A commissioner binds a Telegram account.

use super::ROSTER;
use crate::support::bot_api::FakeBotApi;
use crate::support::installation::Installation;

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_binds_one_account_once() {
    let telegram = FakeBotApi::start().await;
    let installation = Installation::new().on(&telegram);
    let roster = installation.file("roster.csv", ROSTER.replace(",501,", ",,"));
    installation.run(&["commissioner", "import", &roster]).succeeds().says(&["1 人没有填写 telegram_id"]);
    let invited = installation.run(&["commissioner", "invite", "wang"]).succeeds().says(&["https://t.me/", "王晓"]);
    let (_, parameter) = invited.stdout.lines().next().unwrap().split_once("?start=").unwrap();

    let (wang, stranger) = (telegram.person(7001, "王晓"), telegram.person(7002, "路人"));
    let serving = installation.serve();
    stranger.opens_link("invite_0123456789abcdef");
    assert!(stranger.next_message().await.text.contains("无效"));
    wang.opens_link(parameter);
    assert!(wang.next_message().await.text.contains("王晓，您好。您的账号已绑定"));
    stranger.opens_link(parameter);
    assert!(stranger.next_message().await.text.contains("已使用"));

    let company = telegram.person(9001, "企业");
    company.says("公司没有债务，想走简易注销");
    let answer = company.next_message().await;
    company.presses(&answer, "找专员");
    let proposal = company.waits_for_text("请核对").await;
    company.presses(&proposal, "确认");
    wang.waits_for_text("新工单").await;
    serving.stop();
    let roster = installation.run(&["commissioner", "list", "--format", "json"]).succeeds().json();
    let bound = roster.as_array().unwrap().iter().find(|person| person["id"] == "wang").unwrap();
    assert_eq!(bound["telegram_id"], 7001);
}
