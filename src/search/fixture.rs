//! A small knowledge base for this folder's tests.

use std::collections::BTreeMap;

use jiff::civil::date;

use crate::desk::knowledge::KnowledgeBase;
use crate::domain::answer::Calibration;
use crate::domain::lexicon::{Lexicon, SynonymGroup};
use crate::domain::topic::{Citation, CounterQuestion, Facet, Status, Topic, TopicId, TopicKind, Validity};

/// A topic with what searching looks at.
pub(super) fn topic(id: &str, title: &str, tags: &[&str], questions: &[&str]) -> Topic {
    Topic {
        id: TopicId::parse(id).unwrap(),
        title: title.to_owned(),
        kind: TopicKind::Policy,
        summary: String::new(),
        validity: Validity { status: Status::Valid, from: None, to: None, successor: None, successor_topic: None },
        competent: Vec::new(),
        beneficiaries: Vec::new(),
        tags: tags.iter().map(ToString::to_string).collect(),
        citations: Vec::new(),
        facets: BTreeMap::new(),
        eligibility: Vec::new(),
        questions: questions.iter().map(ToString::to_string).collect(),
        counter_questions: Vec::new(),
        verified_on: date(2026, 11, 22),
        is_well_supported: true,
    }
}

/// A knowledge base of `topics` with a lexicon.
pub(super) fn base_of(topics: Vec<Topic>) -> KnowledgeBase {
    let lexicon = Lexicon {
        synonyms: vec![SynonymGroup {
            canonical: "高新技术企业".to_owned(),
            variants: vec!["高企".to_owned(), "hi-tech company".to_owned()],
            weight: 0.8,
        }],
        confusables: Vec::new(),
        user_words: ["高新技术企业", "高企", "研发费用", "加计扣除"].map(str::to_owned).to_vec(),
        stop_words: ["的", "了", "吗", "请问", "什么"].map(str::to_owned).to_vec(),
        ..Lexicon::default()
    };
    let topics = topics.into_iter().map(|topic| (topic.id.clone(), topic)).collect();
    KnowledgeBase {
        topics,
        documents: BTreeMap::new(),
        lexicon,
        golden: Vec::new(),
        calibration: Calibration::default(),
        service_points: Vec::new(),
    }
}

/// Five topics, among them two that are easily mixed up.
pub(super) fn base() -> KnowledgeBase {
    let mut certification =
        topic("innovation/hitech-certification", "高新技术企业认定", &["国高"], &["高新技术企业认定要满足哪些条件"]);
    certification.citations.push(Citation {
        title: "高新技术企业认定管理办法".to_owned(),
        doc_no: Some("国科发火〔2016〕32号".to_owned()),
        issuer: None,
        valid_from: None,
        valid_to: None,
        status: Status::Valid,
        url: None,
    });
    certification.counter_questions.push(CounterQuestion {
        text: "高新技术企业的所得税按多少交".to_owned(),
        topic: TopicId::parse("tax/hitech-cit").unwrap(),
    });
    let tax = topic("tax/hitech-cit", "高新技术企业减按15%税率缴纳企业所得税", &[], &["高企税率是多少"]);
    let mut deduction = topic("tax/rd-super-deduction", "研发费用加计扣除", &[], &["研发费用能加计扣除多少"]);
    deduction.facets.insert(Facet::Basis, vec!["财政部 税务总局公告2023年第7号".to_owned()]);
    let seal = topic("market/seal-engraving", "公章刻制备案", &["PPR-9087"], &["公章丢了怎么补", "公司的章去哪里刻"]);
    let report = topic("market/annual-report", "企业年报公示", &[], &["年报什么时候报", "忘了报年报怎么办"]);
    base_of(vec![certification, tax, deduction, seal, report])
}
