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

const SUPERVISED: &str = "\
id,name,phone,subdistricts,fields,role,backup,telegram_id,capacity
li,李专员(示例),,,market;tax,commissioner,,502,10
zhao,赵督办(示例),,,,supervisor,,504,50
sun,孙管理(示例),,,,administrator,,505,50
";

#[tokio::test]
async fn last_weeks_figures_come_once_on_the_first_working_morning() {
    let desk = TestDesk::with_roster(SUPERVISED).await;
    raised(&desk).await;
    desk.li().presses("签收").await;
    assert_eq!(desk.sends_weekly_figures().await, 0, "a week without tickets is not told of on its Friday");
    desk.at(november(22, 10, 0)).await;
    assert_eq!(desk.sends_weekly_figures().await, 0, "not on a Sunday");
    desk.at(november(23, 8, 59)).await;
    assert_eq!(desk.sends_weekly_figures().await, 0, "not before the office opens");
    desk.at(november(23, 9, 0)).await;
    assert_eq!(desk.sends_weekly_figures().await, 2, "the supervisor and the administrator, by either process");
    for reader in [desk.zhao(), desk.person(505, "孙管理")] {
        let told = reader.last().await.message.text;
        assert!(told.contains("11月16日") && told.contains("提交1"), "{told}");
    }
    assert!(!desk.li().last().await.message.text.contains("办件统计"), "{}", desk.transcript());
    desk.at(november(24, 9, 0)).await;
    assert_eq!(desk.sends_weekly_figures().await, 0, "once");
    desk.at(november(30, 9, 0)).await;
    assert_eq!(desk.sends_weekly_figures().await, 2, "every week, also one without tickets");
}

#[tokio::test]
async fn figures_that_were_missed_on_monday_come_later_in_the_week() {
    let desk = TestDesk::with_roster(SUPERVISED).await;
    raised(&desk).await;
    desk.li().replies("公示期为二十天。").await;
    desk.li().presses("办结").await;
    desk.company().presses("满意").await;
    desk.at(november(25, 16, 0)).await;
    assert_eq!(desk.sends_weekly_figures().await, 2);
}
