//! Folders on disk, and bundles that stand for them.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::super::{Bundle, MAX_FILE_BYTES, load, load_bundle};
use super::{ANNUAL_REPORT, QUIET, TODAY};

const TOPIC: &str = "topics/market/annual-report.yaml";

/// A sound data folder called `faq_data`, changed by `change`; compares all problems.
#[track_caller]
fn check_folder(change: impl FnOnce(&Path), expected: &[&str]) {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("faq_data");
    for (path, text) in QUIET.into_iter().chain([(TOPIC, ANNUAL_REPORT), ("README.md", "说明")]) {
        fs::create_dir_all(dir.join(path).parent().unwrap()).unwrap();
        fs::write(dir.join(path), text).unwrap();
    }
    change(&dir);
    let told: Vec<_> = load(&dir, TODAY).problems.iter().map(ToString::to_string).collect();
    assert_eq!(told, expected);
}

#[test]
fn a_sound_folder_has_no_problems() {
    check_folder(|_| {}, &[]);
}

#[test]
fn a_missing_folder_and_an_empty_one_say_what_to_do() {
    let parent = tempfile::tempdir().unwrap();
    let told = |dir: &Path| {
        let loaded = load(dir, TODAY);
        assert!(!loaded.is_publishable());
        loaded
            .problems
            .into_iter()
            .filter(|problem| problem.file == Path::new(dir.file_name().unwrap()))
            .collect::<Vec<_>>()
    };
    let missing = told(&parent.path().join("faq_data"));
    assert_eq!(missing[0].to_string(), "faq_data:1:1: 文件或文件夹不存在");
    let empty = told(parent.path());
    assert!(empty[0].to_string().ends_with(":1:1: 没有任何主题文件"), "{empty:?}");
    assert!(empty[0].hint.as_deref().unwrap().contains("topics/"));
}

#[test]
fn a_file_in_another_encoding_is_told_with_the_place_of_the_first_bad_character() {
    check_folder(
        |dir| fs::write(dir.join("golden.yaml"), b"# \xe5\xa5\xbd\n- \xe5\xa5\xbd\xcd\xf5\n").unwrap(),
        &["faq_data/golden.yaml:2:4: 文件不是 UTF-8 编码，没有读取"],
    );
}

#[test]
fn a_byte_order_mark_is_no_problem() {
    check_folder(|dir| fs::write(dir.join(TOPIC), format!("\u{feff}{ANNUAL_REPORT}")).unwrap(), &[]);
}

#[test]
fn windows_line_ends_are_no_problem() {
    check_folder(|dir| fs::write(dir.join(TOPIC), ANNUAL_REPORT.replace('\n', "\r\n")).unwrap(), &[]);
}

#[test]
fn an_oversized_file_is_refused() {
    let size = usize::try_from(MAX_FILE_BYTES).unwrap();
    check_folder(
        |dir| fs::write(dir.join("lexicon/user_words.txt"), "#".repeat(size + 1)).unwrap(),
        &["faq_data/lexicon/user_words.txt:1:1: 文件超过 256 KiB，没有读取"],
    );
    check_folder(|dir| fs::write(dir.join("lexicon/user_words.txt"), "#".repeat(size)).unwrap(), &[]);
}

#[test]
fn a_link_that_leads_out_of_the_folder_is_refused_and_one_within_is_followed() {
    check_folder(
        |dir| {
            fs::write(dir.with_file_name("secret.yaml"), "{}").unwrap();
            symlink("../secret.yaml", dir.join("topics/market/secret.yaml").parent().unwrap().join("../../x.yaml"))
                .unwrap();
            fs::rename(dir.join("golden.yaml"), dir.join(".golden")).unwrap();
            symlink(".golden", dir.join("golden.yaml")).unwrap();
        },
        &["faq_data/x.yaml:1:1: 链接指向数据文件夹之外，没有读取"],
    );
}

#[test]
fn a_dangling_link_and_a_loop_of_links_are_told() {
    check_folder(
        |dir| {
            symlink("nowhere.yaml", dir.join("topics/market/lost.yaml")).unwrap();
            symlink("..", dir.join("directory/again")).unwrap();
        },
        &[
            "faq_data/directory/again:1:1: 链接绕回上层文件夹，没有读取",
            "faq_data/topics/market/lost.yaml:1:1: 文件或文件夹不存在",
        ],
    );
}

#[test]
fn folders_that_are_too_deep_are_not_entered() {
    check_folder(
        |dir| fs::create_dir_all(dir.join("topics/market/a/b/c/d")).unwrap(),
        &["faq_data/topics/market/a/b/c:1:1: 文件夹太深，没有读取"],
    );
}

#[test]
fn what_is_no_file_and_what_is_unknown_is_told() {
    check_folder(
        |dir| {
            let _socket = std::os::unix::net::UnixListener::bind(dir.join("socket.yaml")).unwrap();
            fs::write(dir.join("topics/market/notes.docx"), "x").unwrap();
            fs::write(dir.join("topics/market/.annual-report.yaml.swp"), "x").unwrap();
        },
        &[
            "faq_data/socket.yaml:1:1: 不是普通文件，没有读取",
            "faq_data/topics/market/notes.docx:1:1: 不认识的文件，不会被读取",
        ],
    );
}

#[test]
fn a_bundle_rebuilds_the_same_without_the_folder() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("faq_data");
    fs::create_dir_all(dir.join("topics/market")).unwrap();
    fs::write(dir.join(TOPIC), ANNUAL_REPORT).unwrap();
    fs::write(dir.join("golden.yaml"), "- {question: 年报哪天截止, topic: market/annual-report}").unwrap();
    let loaded = load(&dir, TODAY);
    let kept = serde_json::to_string(&loaded.bundle).unwrap();
    drop(parent);
    let bundle: Bundle = serde_json::from_str(&kept).unwrap();
    let again = load_bundle(bundle.clone(), TODAY);
    assert_eq!(again.base, loaded.base);
    assert_eq!(again.problems, loaded.problems);
    assert_eq!(again.bundle.content_hash(), loaded.bundle.content_hash());
}

#[test]
fn the_content_hash_moves_with_text_and_path() {
    let hash = |files: &[(&str, &str)]| files.iter().copied().collect::<Bundle>().content_hash();
    let all = [hash(&[]), hash(&[("a", "b")]), hash(&[("a", "c")]), hash(&[("ab", "")]), hash(&[("a", ""), ("b", "")])];
    assert!((1..all.len()).all(|at| !all[..at].contains(&all[at])));
    assert_eq!(all[0].len(), 64);
}
