//! 有帮助 and 没帮助 below an answer.

use zhengqitong::desk::ports::Questions;
use zhengqitong::desk::questions::{FeedbackCounts, OpenQuestion, Reason};

use crate::support::desk::TestDesk;

const QUESTION: &str = "简易注销公示要多少天";

async fn counted(desk: &TestDesk) -> (u64, u64) {
    let FeedbackCounts { helpful, unhelpful } = desk.store.feedback_since(jiff::Timestamp::UNIX_EPOCH).await.unwrap();
    (helpful, unhelpful)
}

async fn kept(desk: &TestDesk) -> Vec<OpenQuestion> {
    desk.store.open_questions().await.unwrap()
}

#[tokio::test]
async fn below_an_answer_stand_a_person_and_two_verdicts_in_one_row() {
    let desk = TestDesk::new().await;
    desk.company().says(QUESTION).await;
    let rows = desk.company().last().await.message.buttons;
    let labels: Vec<_> = rows.last().unwrap().iter().map(|button| button.label.as_str()).collect();
    assert_eq!(labels, ["找专员", "有帮助", "没帮助"]);
    assert!(rows.len() <= 3 && rows.iter().all(|row| row.len() <= 3), "the keyboard stays small: {rows:?}");
    assert!(rows.iter().flatten().all(|button| button.data.len() <= 64));
}

#[tokio::test]
async fn a_verdict_counts_once_and_a_changed_mind_replaces_it() {
    let desk = TestDesk::new().await;
    desk.company().says(QUESTION).await;
    desk.company().presses("有帮助").await;
    assert!(desk.company().last().await.message.text.contains("谢谢您的反馈"), "{}", desk.transcript());
    desk.company().presses("有帮助").await;
    assert!(desk.company().last().await.message.text.contains("已经记下"), "{}", desk.transcript());
    assert_eq!((counted(&desk).await, kept(&desk).await.len()), ((1, 0), 0));
    desk.company().presses("没帮助").await;
    desk.company().presses("没帮助").await;
    let questions = kept(&desk).await;
    assert_eq!((counted(&desk).await, questions.len()), ((0, 1), 1), "{questions:?}");
    assert_eq!((questions[0].text.as_str(), questions[0].reason), (QUESTION, Reason::Unhelpful));
    assert_eq!(questions[0].topic.as_ref().unwrap().as_str(), "market/cancellation");
    desk.company().presses("有帮助").await;
    assert!(desk.company().last().await.message.text.contains("已改为"), "{}", desk.transcript());
    assert_eq!((counted(&desk).await, kept(&desk).await.len()), ((1, 0), 0), "forgotten again");
}

#[tokio::test]
async fn who_was_not_helped_is_offered_a_person_and_what_else_may_be_meant() {
    let desk = TestDesk::new().await;
    let company = desk.company();
    let mut offered = None;
    // Which questions have a second candidate is the index's to say; one of these has.
    for question in ["小微企业所得税优惠", "招毕业生有什么补贴", "企业贷款贴息", "专精特新怎么申报", QUESTION]
    {
        company.says(question).await;
        let has_verdicts = company.last().await.message.buttons.iter().flatten().any(|b| b.label == "没帮助");
        if !has_verdicts {
            continue;
        }
        company.presses("没帮助").await;
        let sorry = company.last().await.message;
        let labels: Vec<_> = sorry.buttons.iter().flatten().map(|button| button.label.clone()).collect();
        assert!(labels.contains(&"找专员".to_owned()), "{sorry:?}");
        assert!(sorry.text.contains("专员") && sorry.text.contains("没有帮上忙"), "{}", sorry.text);
        offered = labels.into_iter().find(|label| label.starts_with("1. ")).map(|label| (question, label));
        if offered.is_some() {
            break;
        }
    }
    let (question, label) = offered.expect("one of the answers had another candidate");
    company.says("1").await;
    let answer = company.last().await.message.text;
    assert!(answer.contains(label.trim_start_matches("1. ")), "{answer}");
    let unhelpful = kept(&desk).await.into_iter().find(|kept| kept.text == question).unwrap();
    assert_eq!(unhelpful.reason, Reason::Unhelpful, "the first answer was wrong all the same");
}

#[tokio::test]
async fn the_words_of_the_buttons_do_the_same() {
    let desk = TestDesk::new().await;
    desk.company().says(QUESTION).await;
    desk.company().says("没帮助").await;
    assert_eq!(counted(&desk).await, (0, 1), "{}", desk.transcript());
    desk.company().presses("找专员").await;
    assert!(desk.company().last().await.message.text.contains(QUESTION), "{}", desk.transcript());
    let questions = kept(&desk).await;
    assert_eq!((questions.len(), questions[0].wants_person), (1, true));
}

#[tokio::test]
async fn verdicts_on_nothing_are_stale() {
    let desk = TestDesk::new().await;
    desk.company().presses_raw("helpful:99").await;
    assert!(desk.company().last().await.message.text.contains("已经过期"));
    desk.company().says("红烧肉怎么做才好吃").await;
    desk.company().presses_raw("unhelpful:1").await;
    assert!(desk.company().last().await.message.text.contains("已经过期"), "only answers are judged");
    desk.person(9002, "另一家企业").presses_raw("helpful:1").await;
    assert_eq!(counted(&desk).await, (0, 0));
}
