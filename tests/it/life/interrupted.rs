//! A reindex that dies, fails or meets another one leaves the old edition, whole.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{CANCELLATION, editions};
use crate::support::generated::{mark, question, write_folder};
use crate::support::installation::Installation;

const TOPICS: usize = 120;
const BEFORE: &str = "简易注销公示20日，期满";
const AFTER: &str = "简易注销公示期为20日，期满";

/// Names in the index folder that begin with `begin` and end with `end`.
fn generations(installation: &Installation, begin: &str, end: &str) -> usize {
    let Ok(entries) = fs::read_dir(installation.path().join("index")) else { return 0 };
    let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with(begin) && name.ends_with(end)).count()
}

/// How many bytes the files below a folder hold.
fn bytes_below(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .map(|entry| if entry.path().is_dir() { bytes_below(&entry.path()) } else { entry.metadata().unwrap().len() })
        .sum()
}

/// Asks a generated question and asserts that the answer is whole and from `edition`.
#[track_caller]
fn answers_from(installation: &Installation, edition: u32) {
    let reply = installation.run(&["ask", &question(7), "--format", "json"]).succeeds().json();
    assert_eq!((&reply["status"], &reply["edition"]), (&"answer".into(), &edition.into()), "{reply}");
    let text = reply["text"].as_str().unwrap();
    assert!(text.contains(&mark(edition)) && !text.contains(&mark(3 - edition)), "{reply}");
}

#[test]
fn killed_while_it_builds_and_while_it_compares_it_leaves_the_old_edition() {
    let installation = Installation::bare().with_generated(TOPICS);
    installation.run(&["reindex"]).succeeds().says(&["已发布版次 1"]);
    write_folder(&installation.knowledge(""), TOPICS, 2);
    let (building, built) = (".tmp", "");
    for (stage, ends) in [("building", building), ("comparing", built)] {
        let mut reindex = installation.start(&["reindex"]);
        let is_there = || {
            let unfinished = generations(&installation, "gen-2-", ".tmp");
            if ends.is_empty() { generations(&installation, "gen-2-", "") > unfinished } else { unfinished > 0 }
        };
        assert!(reindex.runs_until(is_there), "it was over before it was seen {stage}");
        reindex.kill_9();
        assert_eq!(editions(&installation), (vec![1], Some(1)), "killed while {stage}");
        answers_from(&installation, 1);
    }
    installation.run(&["reindex"]).succeeds().says(&["已发布版次 2"]);
    assert_eq!(generations(&installation, "gen-", ".tmp"), 0, "what was left is cleared away");
    answers_from(&installation, 2);
}

/// Killed at any moment, also in the middle of recording the edition: it is published or it is not.
#[test]
fn killed_at_any_moment_it_is_published_whole_or_not_at_all() {
    let installation = Installation::bare().with_generated(TOPICS);
    installation.run(&["reindex"]).succeeds();
    write_folder(&installation.knowledge(""), TOPICS, 2);
    let wal = installation.path().join("zhengqitong.db-wal");
    let size = |path: &Path| fs::metadata(path).map_or(0, |data| data.len());
    let before = size(&wal);
    let mut reindex = installation.start(&["reindex"]);
    // The edition's content is by far the largest thing that is ever written there.
    reindex.runs_until(|| size(&wal) > before + 16_384);
    reindex.kill_9();
    match editions(&installation) {
        (all, Some(1)) if all == [1] => answers_from(&installation, 1),
        (all, Some(2)) if all == [2, 1] => answers_from(&installation, 2),
        other => panic!("neither: {other:?}"),
    }
}

#[test]
fn an_index_folder_that_cannot_be_written_leaves_the_old_edition() {
    let installation = Installation::new().own_knowledge();
    installation.edit(CANCELLATION, BEFORE, AFTER);
    let file = installation.file("no-folder", "a file, so nothing can be created below it");
    let refused = installation.run(&["reindex", "--index-dir", &file]).ends_with(1);
    refused.complains(&["no-folder", "建立索引", "原版次继续使用"]);
    assert_eq!(editions(&installation), (vec![1], Some(1)));
    // Whoever only asks gets an answer all the same: the index is then kept in memory.
    let asked = installation.run(&["ask", "简易注销公示要多少天", "--index-dir", &file]).succeeds();
    asked.says(&[BEFORE]);
    installation.run(&["reindex"]).succeeds().says(&["已发布版次 2"]);
}

#[test]
fn a_disk_that_is_full_leaves_the_old_edition() {
    let installation = Installation::new().own_knowledge();
    installation.edit(CANCELLATION, BEFORE, AFTER);
    let folder = fs::read_dir(installation.path().join("index")).unwrap();
    let generation = folder.map(|entry| entry.unwrap().path()).find(|path| path.is_dir()).unwrap();
    let files = fs::read_dir(generation).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len());
    let largest = files.max().unwrap();
    // First the index does not fit, then the index does and the edition does not.
    let whole = bytes_below(&installation.knowledge(""));
    assert!(whole > largest + largest / 4, "the content of an edition is larger than any file of its index");
    for limit in [largest / 2, largest + largest / 8] {
        let refused = installation.run_with_full_disk(limit, &["reindex"]).ends_with(1);
        refused.complains(&["原版次继续使用"]);
        assert_eq!(editions(&installation), (vec![1], Some(1)), "with files of at most {limit} bytes");
        installation.run(&["ask", "简易注销公示要多少天"]).succeeds().says(&[BEFORE]);
    }
    installation.run(&["reindex"]).succeeds().says(&["已发布版次 2"]);
    installation.run(&["ask", "简易注销公示要多少天"]).succeeds().says(&[AFTER]);
}

#[test]
fn two_at_once_publish_one_edition() {
    let installation = Installation::new().own_knowledge();
    installation.edit(CANCELLATION, BEFORE, AFTER);
    let both =
        [installation.start(&["reindex", "--format", "json"]), installation.start(&["reindex", "--format", "json"])];
    let mut verdicts = Vec::new();
    for run in both.map(super::super::support::started::Started::ends) {
        // One that found the other building says so, and has nothing to report.
        let verdict = if run.stdout.is_empty() {
            assert!(run.stderr.contains("另一个进程正在建立索引"), "{}", run.stderr);
            "busy".to_owned()
        } else {
            let report: Value = serde_json::from_str(&run.stdout).unwrap();
            report["verdict"].as_str().unwrap().to_owned()
        };
        assert_eq!(
            run.code == 0,
            ["published", "unchanged"].contains(&verdict.as_str()),
            "{verdict} ends with {}",
            run.code
        );
        verdicts.push(verdict);
    }
    assert_eq!(verdicts.iter().filter(|verdict| *verdict == "published").count(), 1, "{verdicts:?}");
    assert_eq!(editions(&installation), (vec![2, 1], Some(2)), "{verdicts:?}");
    installation.run(&["ask", "简易注销公示要多少天"]).succeeds().says(&[AFTER]);
}
