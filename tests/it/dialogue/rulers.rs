//! Labelled messages of our own (`tests/dialogue`): how many are understood.

use zhengqitong::desk::dialogue::Dialogue;
use zhengqitong::desk::evaluation::{Labelled, Outcome, Report, evaluate};
use zhengqitong::desk::understand::{Meaning, understand};
use zhengqitong::domain::facet;
use zhengqitong::domain::route::Abuse;
use zhengqitong::domain::text::normalise;

use crate::support::desk::edition;

const HUMAN: &str = include_str!("../../dialogue/human.tsv");
const DEVELOPMENT_HUMAN: &str = include_str!("../../eval/human.tsv");
const FOLLOW_UPS: &str = include_str!("../../dialogue/followups.tsv");
const FACETS: &str = include_str!("../../dialogue/facets.tsv");
const GUARD: &str = include_str!("../../dialogue/guard.tsv");

/// What did not come out as expected, for people.
fn wrong_rows(report: &Report) -> Vec<&Outcome> {
    report.rows.iter().filter(|row| !row.is_right).collect()
}

/// Rows below the heading.
fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().skip(1).map(|line| line.split('\t').collect())
}

#[test]
fn a_wish_for_a_person_is_told_from_what_only_looks_like_it() {
    let mut labelled = Labelled::default();
    labelled.read_wishes(HUMAN).unwrap();
    labelled.read_wishes(DEVELOPMENT_HUMAN).unwrap();
    let report = evaluate(&edition(), &labelled).unwrap();
    assert!(report.human.of >= 150 && report.human_false.of >= 150, "a ruler worth its name");
    assert!(report.human.share >= 0.97, "{:#?}", wrong_rows(&report));
    assert!(report.human_false.share <= 0.03, "{:#?}", wrong_rows(&report));
}

#[test]
fn half_sentences_name_their_facet() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for row in rows(FACETS) {
        let [_, expected, text] = row[..] else { panic!("{row:?}") };
        count += 1;
        let got = facet::detect(&normalise(text)).map(|question| question.asked.facet.to_string());
        if got.as_deref() != Some(expected) {
            wrong.push(format!("{text}: {expected}, got {got:?}"));
        }
    }
    assert!(wrong.len() * 100 <= count * 3, "{} of {count}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn follow_ups_changes_of_topic_and_corrections_are_understood() {
    let mut labelled = Labelled::default();
    labelled.read_follow_ups(FOLLOW_UPS).unwrap();
    let report = evaluate(&edition(), &labelled).unwrap();
    assert!(
        report.follow_ups.share >= 0.93,
        "{} of {}\n{:#?}",
        report.follow_ups.hits,
        report.follow_ups.of,
        wrong_rows(&report)
    );
    assert!(
        report.switches.share >= 0.9,
        "{} of {}\n{:#?}",
        report.switches.hits,
        report.switches.of,
        wrong_rows(&report)
    );
}

#[test]
fn what_must_not_be_answered_is_taken_for_what_it_is() {
    let edition = edition();
    for row in rows(GUARD) {
        let [_, expected, text] = row[..] else { panic!("{row:?}") };
        let meaning = understand(text, &Dialogue::default(), &edition, jiff::Timestamp::UNIX_EPOCH).unwrap();
        let got = match &meaning {
            Meaning::Abuse(Abuse::Code) => "code",
            Meaning::Abuse(Abuse::Injection) => "injection",
            Meaning::Abuse(Abuse::OthersData) => "others_data",
            Meaning::Abuse(Abuse::Fraud) => "fraud",
            Meaning::Abuse(Abuse::Insult) => "insult",
            Meaning::Unreadable => "unreadable",
            Meaning::Personal => "personal",
            Meaning::SmallTalk(_) => "chat",
            Meaning::Human => "human",
            _ => "question",
        };
        assert_eq!(got, expected, "{text}");
    }
}

#[test]
fn no_question_of_the_knowledge_itself_is_turned_away() {
    let edition = edition();
    let mut turned_away = Vec::new();
    let mut count = 0;
    for topic in edition.base.topics.values() {
        for question in &topic.questions {
            count += 1;
            if zhengqitong::desk::understand::routed_elsewhere(question) {
                turned_away.push(question.as_str());
            }
        }
    }
    assert!(turned_away.len() * 100 <= count, "{} of {count}:\n{}", turned_away.len(), turned_away.join("\n"));
}
