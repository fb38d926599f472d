//! Questions kept to learn from, and feedback: counted once, settled, swept and erased.

use super::sample::{at, kept, saying, telegram, web};
use super::{Store, contract, in_file};
use crate::desk::changes::Changes;
use crate::desk::message::{Channel, ChatAddress};
use crate::desk::ports::Questions;
use crate::desk::questions::{
    FeedbackChange, FeedbackCounts, OpenQuestion, QuestionChange, Reason, Settlement, Verdict,
};
use crate::domain::topic::TopicId;

contract!(
    a_turn_is_kept_once_and_forgotten_when_it_is_answered_after_all,
    feedback_counts_once_and_a_changed_mind_replaces,
    settled_questions_are_no_longer_listed,
    what_is_old_is_swept,
    one_conversation_can_be_erased,
);

async fn commit(store: &impl Store, questions: Vec<QuestionChange>) {
    store.commit(Changes { questions, ..saying(0, Vec::new()) }).await.unwrap();
}

async fn texts(store: &impl Store) -> Vec<String> {
    store.open_questions().await.unwrap().into_iter().map(|question| question.text).collect()
}

fn said(chat: &ChatAddress, turn: u32, verdict: Verdict, seconds: i64) -> Changes {
    let feedback = vec![FeedbackChange { chat: chat.clone(), turn, verdict, topic: None, edition: 1 }];
    Changes { feedback, ..saying(seconds, Vec::new()) }
}

async fn a_turn_is_kept_once_and_forgotten_when_it_is_answered_after_all(store: &impl Store) {
    let (one, two, nobody) = (telegram("1"), web("1"), ChatAddress::new(Channel::Terminal, ""));
    commit(store, vec![kept(&one, 1, "甲", Reason::AskedBack, 1), kept(&two, 1, "乙", Reason::Declined, 2)]).await;
    commit(store, vec![kept(&one, 1, "甲", Reason::NoneFit, 3), kept(&one, 2, "丙", Reason::Declined, 4)]).await;
    commit(store, vec![kept(&nobody, 1, "丁", Reason::Declined, 5), kept(&nobody, 1, "戊", Reason::Declined, 6)]).await;
    let open = store.open_questions().await.unwrap();
    let shown: Vec<_> = open.iter().map(|question| (question.text.as_str(), question.reason, question.at)).collect();
    assert_eq!(
        shown,
        [
            ("甲", Reason::NoneFit, at(1)),
            ("乙", Reason::Declined, at(2)),
            ("丙", Reason::Declined, at(4)),
            ("丁", Reason::Declined, at(5)),
            ("戊", Reason::Declined, at(6)),
        ],
        "the first time of asking stays"
    );
    assert_eq!(open[0].asker, open[2].asker);
    assert!(open[0].asker.as_ref().is_some_and(|asker| asker.len() == 32) && open[0].asker != open[1].asker);
    assert_eq!((&open[3].asker, open[0].edition), (&None, 3));
    assert_eq!(open[0].topic, TopicId::parse("innovation/hitech-certification"));
    commit(store, vec![QuestionChange::Forget { chat: one, turn: 1 }]).await;
    assert_eq!(texts(store).await, ["乙", "丙", "丁", "戊"]);
}

async fn feedback_counts_once_and_a_changed_mind_replaces(store: &impl Store) {
    let chat = telegram("1");
    for (turn, verdict, seconds) in [
        (1, Verdict::Helpful, 1),
        (1, Verdict::Helpful, 2),
        (2, Verdict::Unhelpful, 3),
        (3, Verdict::Unhelpful, 4),
        (3, Verdict::Helpful, 50),
    ] {
        store.commit(said(&chat, turn, verdict, seconds)).await.unwrap();
    }
    let since = async |seconds| store.feedback_since(at(seconds)).await.unwrap();
    assert_eq!(since(0).await, FeedbackCounts { helpful: 2, unhelpful: 1 });
    assert_eq!(since(10).await, FeedbackCounts { helpful: 1, unhelpful: 0 });
}

fn ids(open: &[OpenQuestion]) -> Vec<i64> {
    open.iter().map(|question| question.id).collect()
}

async fn settled_questions_are_no_longer_listed(store: &impl Store) {
    let chat = telegram("1");
    commit(store, (1..=4).map(|turn| kept(&chat, turn, "问", Reason::Declined, turn.into())).collect()).await;
    let open = store.open_questions().await.unwrap();
    let (topic, numbers) = (TopicId::parse("market/drones").unwrap(), ids(&open));
    let dismissed = QuestionChange::Settle { ids: numbers[..1].to_vec(), settlement: Settlement::Dismissed };
    let settlement = Settlement::Drafted(topic.clone());
    let drafted = QuestionChange::Settle { ids: numbers[..3].to_vec(), settlement };
    commit(store, vec![dismissed, drafted]).await;
    let open = store.open_questions().await.unwrap();
    assert_eq!(ids(&open), numbers[1..], "what is dismissed is not drafted from");
    assert_eq!(open.iter().filter(|question| question.draft.as_ref() == Some(&topic)).count(), 2);
    commit(store, vec![QuestionChange::Published { topic }]).await;
    assert_eq!(ids(&store.open_questions().await.unwrap()), numbers[3..]);
    commit(store, vec![kept(&chat, 9, "新", Reason::Declined, 20)]).await;
    let newest = store.open_questions().await.unwrap().pop().unwrap();
    assert!(newest.id > numbers[3], "numbers are not used twice");
}

async fn what_is_old_is_swept(store: &impl Store) {
    let chat = telegram("1");
    commit(store, vec![kept(&chat, 1, "旧", Reason::Declined, 10), kept(&chat, 2, "新", Reason::Declined, 20)]).await;
    store.commit(said(&chat, 3, Verdict::Helpful, 10)).await.unwrap();
    assert_eq!(store.sweep_questions(at(20)).await.unwrap(), 1);
    assert_eq!(texts(store).await, ["新"]);
    assert_eq!(store.feedback_since(at(0)).await.unwrap(), FeedbackCounts::default());
    assert_eq!(store.sweep_questions(at(20)).await.unwrap(), 0);
}

async fn one_conversation_can_be_erased(store: &impl Store) {
    let (one, other) = (telegram("1"), telegram("2"));
    commit(store, vec![kept(&one, 1, "甲", Reason::Declined, 1), kept(&other, 1, "乙", Reason::Declined, 2)]).await;
    store.commit(said(&one, 1, Verdict::Unhelpful, 1)).await.unwrap();
    assert_eq!(store.erase_asker(&one, "cli", at(3)).await.unwrap(), 1);
    assert_eq!(texts(store).await, ["乙"]);
    assert_eq!(store.feedback_since(at(0)).await.unwrap(), FeedbackCounts::default());
}

/// All bytes of a store's files.
fn bytes(folder: &tempfile::TempDir) -> Vec<u8> {
    let files = std::fs::read_dir(folder.path().join("data")).unwrap();
    files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
}

#[tokio::test]
async fn what_is_erased_is_no_longer_in_the_file() {
    let (store, folder) = in_file().await;
    let marked = "冷库用电有优惠吗请勿外传";
    let has = |bytes: Vec<u8>| bytes.windows(marked.len()).any(|part| part == marked.as_bytes());
    commit(&store, vec![kept(&telegram("77001"), 1, marked, Reason::Declined, 1)]).await;
    assert!(has(bytes(&folder)));
    store.erase_asker(&telegram("77001"), "cli", at(2)).await.unwrap();
    store.close().await.unwrap();
    let left = bytes(&folder);
    assert!(!left.windows(5).any(|part| part == b"77001"), "a chat stands in the file");
    assert!(!has(left));
}
