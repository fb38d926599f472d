//! Stories about drafts: kept apart from what is published, and told what they lack.

use std::fs;

use super::super::{Bundle, Draft, Severity, WriteDraftError, load, load_drafts, write_draft};
use super::{ANNUAL_REPORT, TODAY, put};
use crate::domain::topic::{Facet, TopicKind};

#[test]
fn a_draft_says_what_it_lacks_and_is_never_part_of_an_edition() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "topics/market/annual-report.yaml", ANNUAL_REPORT);
    let before = load(dir.path(), TODAY).bundle.content_hash();
    let draft = Draft {
        title: "门头招牌备案".to_owned(),
        kind: Some(TopicKind::Procedure),
        questions: vec!["换招牌要不要备案".to_owned()],
        facets: [(Facet::Steps, vec!["先问城管".to_owned()]), (Facet::Materials, vec!["效果图".to_owned()])].into(),
        notes: vec!["问过 3 次".to_owned()],
        ..Draft::default()
    };
    let written = write_draft(dir.path(), "market", &draft).unwrap();
    assert_eq!(written.id.as_str(), "market/men-tou-zhao-pai-bei-an");
    let text = fs::read_to_string(&written.path).unwrap();
    assert!(text.starts_with("# 问过 3 次\n# materials: 效果图\ntitle: 门头招牌备案\n"), "{text}");

    let (states, problems) = load_drafts(dir.path(), TODAY);
    assert_eq!(
        states[0].lacks,
        ["summary", "status", "competent", "verified_on", "confidence", "citations", "questions"]
    );
    assert!(!states[0].is_ready);
    assert!(problems.iter().all(|problem| problem.severity == Severity::Warning));
    assert!(problems[0].to_string().contains("草稿还缺：摘要（summary）、状态（status）"), "{problems:?}");
    let after: Bundle = load(dir.path(), TODAY).bundle;
    assert_eq!(after.content_hash(), before, "a draft does not make a new edition");
    assert!(load(dir.path(), TODAY).problems.iter().all(|problem| !problem.file.to_string_lossy().contains("drafts")));
}

#[test]
fn a_complete_draft_is_judged_like_a_topic() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "drafts/market/good.yaml", ANNUAL_REPORT);
    put(dir.path(), "drafts/market/figure.yaml", &ANNUAL_REPORT.replace("的年报。", "的年报，逾期罚5万元。"));
    put(dir.path(), "drafts/market/broken.yaml", "title: [\n");
    put(dir.path(), "drafts/nowhere/x.yaml", "title: x\n");
    let (states, problems) = load_drafts(dir.path(), TODAY);
    let ready: Vec<_> = states.iter().map(|state| (state.id.to_string(), state.is_ready)).collect();
    assert_eq!(ready, [("market/figure".to_owned(), false), ("market/good".to_owned(), true)]);
    let told: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    for (told, part) in
        told.iter().zip(["broken.yaml:1:8: YAML 语法错误", "“5万元”没有在 facts 里写明出处", "没有类别 nowhere"])
    {
        assert!(told.contains(part), "{told}");
    }
}

#[test]
fn drafts_of_one_title_get_names_of_their_own() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "topics/tax/nian-bao.yaml", ANNUAL_REPORT);
    let draft = Draft { title: "年报".to_owned(), ..Draft::default() };
    let ids: Vec<_> = (0..2).map(|_| write_draft(dir.path(), "tax", &draft).unwrap().id.to_string()).collect();
    assert_eq!(ids, ["tax/nian-bao-2", "tax/nian-bao-3"]);
}

#[test]
fn hostile_titles_and_categories_write_nothing_outside() {
    let dir = tempfile::tempdir().unwrap();
    let draft = |title: &str| Draft { title: title.to_owned(), ..Draft::default() };
    assert!(matches!(write_draft(dir.path(), "../tax", &draft("年报")), Err(WriteDraftError::Category(_))));
    assert!(matches!(write_draft(dir.path(), "tax", &draft("../..")), Err(WriteDraftError::Title(_))));
    let written = write_draft(dir.path(), "tax", &draft("../../x")).unwrap();
    assert_eq!(written.path, dir.path().join("drafts/tax/x.yaml"));
}
