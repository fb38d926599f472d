//! Questions and the topics they must find.

use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::fixture::{base, base_of, topic};
use super::*;
use crate::desk::knowledge::{Edition, KnowledgeBase, Shelf};
use crate::desk::ports::{Retrieve, WordsOnly};
use crate::domain::answer::TopicHit;
use crate::domain::text::normalise;

const SHA: &str = "0123456789abcdef";

/// A message as it is read, and what is found for it.
fn hits(index: &TopicIndex, message: &str) -> Vec<TopicHit> {
    index.retrieve(&index.read(&normalise(message)).words, 5).unwrap().hits
}

fn first(index: &TopicIndex, question: &str) -> Option<String> {
    hits(index, question).first().map(|hit| hit.topic.to_string())
}

#[track_caller]
fn check(question: &str, expected: &str) {
    let index = in_memory(&base()).unwrap();
    assert_eq!(first(&index, question).as_deref(), Some(expected), "{question}");
}

#[test]
fn a_run_of_chinese_text_is_found_without_spaces() {
    check("我们公司的公章不小心丢了应该怎么补办呢", "market/seal-engraving");
}

#[test]
fn one_word_is_enough() {
    check("年报", "market/annual-report");
}

#[test]
fn a_document_number_is_found_however_it_is_written() {
    for question in ["国科发火〔2016〕32号", "国科发火[2016]32号说了什么", "国科发火2016年第32号", "2016 32号文"]
    {
        check(question, "innovation/hitech-certification");
    }
    check("财政部公告2023年第7号", "tax/rd-super-deduction");
}

#[test]
fn a_code_is_found_however_it_is_written() {
    for question in ["PPR-9087", "ppr9087", "ＰＰＲ 9087 是什么"] {
        check(question, "market/seal-engraving");
    }
}

#[test]
fn a_variant_finds_the_official_term() {
    check("高企认定", "innovation/hitech-certification");
    check("hi-tech company", "innovation/hitech-certification");
}

#[test]
fn traditional_characters_are_found() {
    check("研發費用加計扣除", "tax/rd-super-deduction");
}

#[test]
fn a_counter_question_leads_to_the_topic_it_belongs_to() {
    check("高新技术企业的所得税按多少交", "tax/hitech-cit");
}

#[test]
fn spaces_and_punctuation_change_nothing() {
    let index = in_memory(&base()).unwrap();
    for other in ["公章 丢了怎么办", "公章丢了怎么办?", "公章丢了怎么办？？", " 公章丢了\u{200b}怎么办。"]
    {
        assert_eq!(hits(&index, other), hits(&index, "公章丢了怎么办"), "{other}");
    }
}

#[test]
fn unknown_words_and_filler_find_nothing() {
    let index = in_memory(&base()).unwrap();
    for question in ["", "？？", "😂", "的了吗", "xyzzy", "饕餮"] {
        assert_eq!(hits(&index, question), [], "{question}");
    }
}

#[test]
fn an_empty_knowledge_base_finds_nothing() {
    let index = in_memory(&base_of(Vec::new())).unwrap();
    assert_eq!(hits(&index, "公章"), []);
}

#[test]
fn no_more_hits_than_asked_for_and_best_first() {
    let index = in_memory(&base()).unwrap();
    let hits = index.retrieve("企业", 2).unwrap().hits;
    assert_eq!(hits.len(), 2);
    assert!(hits[0].score >= hits[1].score);
    assert_eq!(index.retrieve("企业", 0).unwrap().hits, []);
}

#[test]
fn evidence_lies_between_zero_and_one() {
    let index = in_memory(&base()).unwrap();
    for question in ["高企", "公章丢了怎么补", "企业企业企业", "年报什么时候报"] {
        for hit in hits(&index, question) {
            let evidence = hit.evidence;
            let shares = [evidence.question, evidence.title, evidence.body, evidence.whole, evidence.coverage];
            for share in shares {
                assert!((0.0..=1.0).contains(&share), "{question}: {hit:?}");
            }
        }
    }
}

fn build_quietly(dir: &Path, edition: u32, base: &KnowledgeBase) -> TopicIndex {
    build(dir, edition, SHA, base, &|_, _| {}).unwrap()
}

#[test]
fn a_built_index_opens_again_and_answers_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let steps = Cell::new((0, 0));
    let built = build(dir.path(), 1, SHA, &base(), &|done, all| steps.set((done, all))).unwrap();
    assert_eq!(steps.get(), (built.passages(), built.passages()));
    let opened = open(dir.path(), 1, SHA, &base()).unwrap();
    assert_eq!(opened.retrieve("公章", 5).unwrap(), built.retrieve("公章", 5).unwrap());
    assert_eq!(first(&opened, "公章").as_deref(), Some("market/seal-engraving"));
}

#[test]
fn another_edition_or_content_is_missing() {
    let dir = tempfile::tempdir().unwrap();
    build_quietly(dir.path(), 1, &base());
    for (edition, sha) in [(2, SHA), (1, "fedcba9876543210")] {
        assert!(matches!(open(dir.path(), edition, sha, &base()), Err(OpenError::Missing { .. })));
    }
}

#[track_caller]
fn check_spoilt(spoil: impl Fn(&Path), is_expected: impl Fn(&OpenError) -> bool) {
    let dir = tempfile::tempdir().unwrap();
    build_quietly(dir.path(), 1, &base());
    let folder = dir.path().join("gen-1-01234567");
    spoil(&folder);
    let error = open(dir.path(), 1, SHA, &base()).err().unwrap();
    assert!(is_expected(&error), "{error:?}");
    let rebuilt = open_or_build(dir.path(), 1, SHA, &base(), &|_, _| {}).unwrap();
    assert_eq!(first(&rebuilt, "公章").as_deref(), Some("market/seal-engraving"));
    assert!(open(dir.path(), 1, SHA, &base()).is_ok());
}

fn edit_stamp(folder: &Path, from: &str, to: &str) {
    let path = folder.join("stamp.json");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(&path, text.replace(from, to)).unwrap();
}

#[test]
fn another_schema_is_stale_and_built_again() {
    let is_stale = |error: &OpenError| matches!(error, OpenError::Stale { what: "schema", .. });
    let current = format!("\"schema\": {SCHEMA_VERSION}");
    check_spoilt(|folder| edit_stamp(folder, &current, "\"schema\": 999"), is_stale);
}

#[test]
fn content_behind_the_same_folder_name_is_stale() {
    let is_stale = |error: &OpenError| matches!(error, OpenError::Stale { what: "content", .. });
    check_spoilt(|folder| edit_stamp(folder, SHA, "01234567ffff"), is_stale);
}

fn is_damaged(error: &OpenError) -> bool {
    matches!(error, OpenError::Damaged { .. })
}

fn index_file(folder: &Path, extension: &str) -> std::path::PathBuf {
    let mut paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.find(|path| path.extension().is_some_and(|found| found == extension)).unwrap()
}

#[test]
fn a_changed_byte_is_damage() {
    for extension in ["idx", "term", "fast", "fieldnorm"] {
        let spoil = |folder: &Path| {
            let path = index_file(folder, extension);
            let mut bytes = fs::read(&path).unwrap();
            let middle = bytes.len() / 3;
            bytes[middle] ^= 0x55;
            fs::write(&path, bytes).unwrap();
        };
        check_spoilt(spoil, is_damaged);
    }
}

#[test]
fn a_truncated_or_missing_file_is_damage() {
    check_spoilt(|folder| fs::write(index_file(folder, "idx"), []).unwrap(), is_damaged);
    check_spoilt(|folder| fs::remove_file(index_file(folder, "term")).unwrap(), is_damaged);
    check_spoilt(|folder| fs::remove_file(folder.join("meta.json")).unwrap(), is_damaged);
    check_spoilt(|folder| fs::remove_file(folder.join("stamp.json")).unwrap(), is_damaged);
    check_spoilt(|folder| fs::write(folder.join("stamp.json"), "{").unwrap(), is_damaged);
}

#[test]
fn an_interrupted_build_leaves_the_old_generation_and_is_cleaned_up_by_the_next() {
    let dir = tempfile::tempdir().unwrap();
    drop(build_quietly(dir.path(), 1, &base()));
    let unfinished = dir.path().join("gen-2-01234567.tmp");
    fs::create_dir(&unfinished).unwrap();
    fs::write(unfinished.join("half.idx"), b"half").unwrap();
    assert!(matches!(open(dir.path(), 2, SHA, &base()), Err(OpenError::Missing { .. })));
    assert!(open(dir.path(), 1, SHA, &base()).is_ok());
    build_quietly(dir.path(), 3, &base());
    assert!(!unfinished.exists());
}

#[test]
fn a_build_that_fails_on_the_way_leaves_the_old_generation() {
    let dir = tempfile::tempdir().unwrap();
    drop(build_quietly(dir.path(), 1, &base()));
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        build(dir.path(), 1, SHA, &base(), &|_, _| panic!("power cut"))
    }));
    assert!(panicked.is_err());
    assert!(open(dir.path(), 1, SHA, &base()).is_ok());
    build_quietly(dir.path(), 1, &base());
}

#[test]
fn only_named_and_open_generations_stay() {
    let dir = tempfile::tempdir().unwrap();
    let left = || [1, 2, 3].map(|edition| dir.path().join(format!("gen-{edition}-01234567")).exists());
    let open_one = build_quietly(dir.path(), 1, &base());
    drop(build_quietly(dir.path(), 2, &base()));
    drop(build_quietly(dir.path(), 3, &base()));
    assert_eq!(left(), [true; 3], "building removes nothing");
    remove_all_but(dir.path(), &[(3, SHA)]).unwrap();
    assert_eq!(left(), [true, false, true]);
    drop(open_one);
    remove_all_but(dir.path(), &[(3, SHA), (4, SHA)]).unwrap();
    assert_eq!(left(), [false, false, true]);
    remove_all_but(&dir.path().join("nothing"), &[]).unwrap();
}

#[test]
fn two_builders_do_not_meet() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path();
    let refused = Cell::new(false);
    let progress = |_, _| {
        let second = build(path, 2, SHA, &base(), &|_, _| {});
        refused.set(matches!(second, Err(BuildError::Busy { .. })));
    };
    build(path, 1, SHA, &base(), &progress).unwrap();
    assert!(refused.get());
}

#[test]
fn while_generations_are_swapped_a_question_sees_one_of_them_whole() {
    let old = base_of(vec![topic("market/old", "公章", &[], &["公章在哪里刻"])]);
    let new = base_of(vec![topic("market/new", "公章", &[], &["公章在哪里刻"])]);
    let dir = tempfile::tempdir().unwrap();
    let edition = |number: u32| {
        let base = if number.is_multiple_of(2) { &new } else { &old };
        Edition {
            number,
            base: base.clone(),
            index: Box::new(build_quietly(dir.path(), number, base)),
            meanings: Arc::new(WordsOnly),
        }
    };
    let shelf = Arc::new(Shelf::new(edition(1)));
    let is_over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let askers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let mut asked = 0;
                    while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                        let current = shelf.current();
                        let hits = current.index.retrieve("公章在哪里刻", 5).unwrap().hits;
                        let expected = if current.number.is_multiple_of(2) { "market/new" } else { "market/old" };
                        assert_eq!(hits.iter().map(|hit| hit.topic.as_str()).collect::<Vec<_>>(), [expected]);
                        asked += 1;
                    }
                    asked
                })
            })
            .collect();
        for number in 2..8 {
            shelf.swap(edition(number));
        }
        is_over.store(true, std::sync::atomic::Ordering::Relaxed);
        for asker in askers {
            assert!(asker.join().unwrap() > 0);
        }
    });
}
