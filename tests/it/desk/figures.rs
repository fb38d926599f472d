//! What supervisors count: rates with what they are rates of.

use super::{november, raised};
use crate::support::desk::TestDesk;

#[tokio::test]
async fn a_supervisor_asks_for_the_figures_of_a_week() {
    let desk = TestDesk::new().await;
    desk.zhao().says("/figures").await;
    assert!(desk.zhao().last().await.message.text.contains("没有企业提交诉求"));
    raised(&desk).await;
    desk.li().presses("签收").await;
    desk.li().replies("公示期为二十天。").await;
    desk.li().presses("办结").await;
    desk.company().presses("满意").await;
    let other = desk.person(9002, "另一家企业");
    other.says("食品经营许可证怎么办").await;
    other.presses("找专员").await;
    other.presses("确认").await;
    desk.li().says("/figures").await;
    assert!(desk.li().last().await.message.text.contains("只供督办人员"));
    desk.at(november(23, 9, 0)).await;
    desk.zhao().says("/figures 上周").await;
    let told = desk.zhao().last().await.message.text;
    for words in ["提交2、在办1", "响应率 50.0%（1/2）", "满意率 100.0%（1/1）", "市场准入 提交2"]
    {
        assert!(told.contains(words), "no {words} in {told}");
    }
    for personal in ["企业（", "李专员", "9001", "另一家"] {
        assert!(!told.contains(personal), "{personal} in {told}");
    }
    desk.zhao().says("/figures 下周").await;
    assert!(desk.zhao().last().await.message.text.contains("/figures 上周"));
}
