//! Which questions are kept to learn from, why, and what they no longer say.

use zhengqitong::desk::ports::Questions;
use zhengqitong::desk::questions::{OpenQuestion, Reason};

use crate::support::desk::{TestDesk, Voice};

const UNKNOWN: &str = "红烧肉怎么做才好吃";

/// Questions that may be asked back; which of them is, is the index's to say.
const OPEN: [&str; 6] = ["补贴怎么申请", "许可证怎么办", "专精特新", "贷款", "门头招牌要审批吗", "备案要多久"];

async fn kept(desk: &TestDesk) -> Vec<OpenQuestion> {
    desk.store.open_questions().await.unwrap()
}

/// Asks until the desk asks back, and returns the question.
async fn is_asked_back(company: &Voice<'_>) -> &'static str {
    for question in OPEN {
        company.says("/new").await;
        company.says(question).await;
        if company.last().await.message.buttons.iter().flatten().any(|button| button.label == "都不是") {
            return question;
        }
    }
    panic!("none of {OPEN:?} is asked back")
}

fn reason_of(kept: &[OpenQuestion], question: &str) -> Option<Reason> {
    kept.iter().find(|kept| kept.text == question).map(|kept| kept.reason)
}

#[tokio::test]
async fn what_is_declined_is_kept_and_a_wish_for_a_person_is_noted() {
    let desk = TestDesk::new().await;
    desk.company().says(UNKNOWN).await;
    desk.company().says("您好").await;
    desk.company().says("我的诉求").await;
    let questions = kept(&desk).await;
    assert_eq!(questions.len(), 1, "small talk and progress teach nothing: {questions:?}");
    assert_eq!((questions[0].reason, questions[0].wants_person), (Reason::Declined, false));
    desk.company().presses("找专员").await;
    let questions = kept(&desk).await;
    assert_eq!((questions.len(), questions[0].reason, questions[0].wants_person), (1, Reason::Declined, true));
}

#[tokio::test]
async fn an_answer_followed_by_a_wish_for_a_person_is_kept() {
    let desk = TestDesk::new().await;
    desk.company().says("简易注销公示要多少天").await;
    assert!(kept(&desk).await.is_empty(), "a good answer teaches nothing");
    desk.company().presses("找专员").await;
    assert_eq!(reason_of(&kept(&desk).await, "简易注销公示要多少天"), Some(Reason::PersonWanted));
}

#[tokio::test]
async fn a_question_back_is_kept_until_something_is_chosen() {
    let desk = TestDesk::new().await;
    let company = desk.company();
    let question = is_asked_back(&company).await;
    assert_eq!(reason_of(&kept(&desk).await, question), Some(Reason::AskedBack));
    company.says("1").await;
    assert_eq!(reason_of(&kept(&desk).await, question), None, "{}", desk.transcript());
}

#[tokio::test]
async fn none_of_these_is_kept_as_such() {
    let desk = TestDesk::new().await;
    let company = desk.company();
    let question = is_asked_back(&company).await;
    company.presses("都不是").await;
    assert_eq!(reason_of(&kept(&desk).await, question), Some(Reason::NoneFit));
}

#[tokio::test]
async fn what_is_kept_holds_no_name_and_no_number() {
    let desk = TestDesk::new().await;
    desk.company().says("我叫张三丰，电话138 0000 1234，身份证370602199001011234，红烧肉怎么做才好吃").await;
    let questions = kept(&desk).await;
    assert_eq!(questions[0].text, "我叫[姓名]，电话[手机号]，身份证[身份证号]，红烧肉怎么做才好吃");
    let asker = questions[0].asker.clone().unwrap();
    assert!(!asker.contains("9001") && !format!("{questions:?}").contains("9001"), "{questions:?}");
    desk.company().says("今天天气怎么样呢").await;
    desk.person(9002, "另一家企业").says(UNKNOWN).await;
    let askers: Vec<_> = kept(&desk).await.into_iter().filter_map(|kept| kept.asker).collect();
    assert!(askers.first() == Some(&asker) && askers.last() != Some(&asker), "{askers:?}");
}

#[tokio::test]
async fn a_person_who_has_the_case_is_not_overheard() {
    let desk = TestDesk::new().await;
    desk.company().says("简易注销公示要多少天").await;
    desk.company().presses("找专员").await;
    desk.company().presses("确认").await;
    desk.li().presses("签收").await;
    let before = kept(&desk).await.len();
    desk.company().says(UNKNOWN).await;
    assert_eq!(kept(&desk).await.len(), before, "what goes to the commissioner is not for the assistant");
}
