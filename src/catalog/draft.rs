//! Topic drafts below `drafts/`: written as material for a person, checked like a topic, moved to `topics/` when they are whole.
//!
//! Lines that begin with `#~` are the program's own notes to that person; they are left out when the draft is published. Absent:
//! what a draft says (the desk's), imports of many, publishing an edition.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::bundle::{Bundle, MAX_FILE_BYTES};
use super::edit::{Change, ChangeError, apply, draft_path, topic_path};
use super::problem::{Problem, Severity};
use super::{known::CATEGORIES, parse, start};
use crate::desk::learning::TopicDraft;
use crate::domain::calendar::china_time;
use crate::domain::topic::TopicId;

/// The folder of drafts, below the data folder. The loader leaves it alone.
const DRAFTS: &str = "drafts";

/// How lines begin that are left out when the draft is published.
const NOTE: &str = "#~";

/// A draft could not be read, written or moved.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// There is no such draft.
    #[error("there is no draft at `{}`", .0.display())]
    Missing(PathBuf),
    /// A file of this id exists already.
    #[error("`{}` exists already", .0.display())]
    Taken(PathBuf),
    /// It is a link, a folder or something else that is not read.
    #[error("`{}` is not an ordinary file of at most {} KiB in UTF-8", .0.display(), MAX_FILE_BYTES / 1024)]
    NotAFile(PathBuf),
    /// The file could not be read.
    #[error("could not read `{}`", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: io::Error,
    },
    /// The files could not be written.
    #[error("could not change the folder of drafts")]
    Write(#[source] ChangeError),
}

impl From<ChangeError> for DraftError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Exists { path } => Self::Taken(path),
            other @ ChangeError::Write { .. } => Self::Write(other),
        }
    }
}

/// Tells whether there is a topic or a draft with this id.
#[must_use]
pub fn is_taken(dir: &Path, id: &TopicId) -> bool {
    [draft_path(dir, id), topic_path(dir, id)].iter().any(|path| path.symlink_metadata().is_ok())
}

/// The drafts below the data folder at `dir`, by id; files in wrong places are left out.
#[must_use]
pub fn drafts(dir: &Path) -> Vec<TopicId> {
    let mut ids: Vec<_> = CATEGORIES
        .iter()
        .flat_map(|category| {
            let entries = fs::read_dir(dir.join(DRAFTS).join(category)).into_iter().flatten().flatten();
            entries.filter_map(move |entry| {
                let name = entry.file_name().into_string().ok()?;
                TopicId::parse(&format!("{category}/{}", name.strip_suffix(".yaml")?))
            })
        })
        .collect();
    ids.sort();
    ids
}

/// Writes a new draft and returns its path.
///
/// # Errors
///
/// Returns [`DraftError`] when the id is in use or the file cannot be written.
pub fn begin_draft(dir: &Path, draft: &TopicDraft) -> Result<PathBuf, DraftError> {
    let path = draft_path(dir, &draft.id);
    if is_taken(dir, &draft.id) {
        return Err(DraftError::Taken(path));
    }
    apply(&[Change::Create { path: path.clone(), content: render(draft).into_bytes() }])?;
    Ok(path)
}

/// Checks a draft as a topic beside all others, as of `today`: what [`super::load`] would find if it stood under `topics/`.
///
/// Only problems that the draft brings are told, with its own place. Without errors it may be published.
///
/// # Errors
///
/// Returns [`DraftError`] when there is no such draft or it cannot be read.
pub fn check_draft(dir: &Path, id: &TopicId, today: Date) -> Result<Vec<Problem>, DraftError> {
    let text = read(&draft_path(dir, id))?;
    let name = format!("topics/{id}.yaml");
    let mut report = start(dir);
    let bundle = Bundle::read(dir, &mut report);
    let shown = |path: &str| start(dir).shown(path);
    let (as_topic, as_draft) = (shown(&name), shown(&format!("{DRAFTS}/{id}.yaml")));
    let without = parse(bundle.clone(), today, start(dir)).problems;
    let with = parse(bundle.with(name, text), today, start(dir)).problems;
    let mut problems: Vec<_> = with.into_iter().filter(|problem| !without.contains(problem)).collect();
    for problem in problems.iter_mut().filter(|problem| problem.file == as_topic) {
        problem.file.clone_from(&as_draft);
    }
    Ok(problems)
}

/// Moves a draft to `topics/`, without the program's notes; returns its new path. To be called after [`check_draft`].
///
/// # Errors
///
/// Returns [`DraftError`]; the draft is where it was.
pub fn move_draft(dir: &Path, id: &TopicId) -> Result<PathBuf, DraftError> {
    let (from, to) = (draft_path(dir, id), topic_path(dir, id));
    let text = read(&from)?;
    let lines = text.lines().filter(|line| !line.trim_start().starts_with(NOTE));
    let content = lines.fold(String::new(), |text, line| text + line + "\n").into_bytes();
    apply(&[Change::Create { path: to.clone(), content }, Change::Remove { path: from }])?;
    Ok(to)
}

/// Deletes a draft that was just written, because nobody could be told of it.
pub fn take_back_draft(dir: &Path, id: &TopicId) {
    let _gone_already = fs::remove_file(draft_path(dir, id));
}

/// Tells whether any problem stands in the way.
#[must_use]
pub fn has_errors(problems: &[Problem]) -> bool {
    problems.iter().any(|problem| problem.severity == Severity::Error)
}

fn read(path: &Path) -> Result<String, DraftError> {
    let cause = |cause| DraftError::Read { path: path.to_owned(), cause };
    let data = match path.symlink_metadata() {
        Ok(data) => data,
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => {
            return Err(DraftError::Missing(path.to_owned()));
        }
        Err(other) => return Err(cause(other)),
    };
    if !data.is_file() || data.len() > MAX_FILE_BYTES {
        return Err(DraftError::NotAFile(path.to_owned()));
    }
    let text = String::from_utf8(fs::read(path).map_err(cause)?);
    text.map_err(|_not_utf8| DraftError::NotAFile(path.to_owned()))
}

/// The text of a draft: what is known as values, what is missing as notes.
fn render(draft: &TopicDraft) -> String {
    let mut text = String::new();
    let mut note = |words: &str| text.push_str(&format!("{NOTE} {}\n", one_line(words)));
    note(&format!("草稿：来自 {}。补全后运行 zhengqitong draft publish {}。", origin(draft), draft.id));
    note(
        "待补的内容：去掉那一行开头的“#~ ”再填写。其余以“#~”开头的行是说明，发布时自动删去。写法见 faq_data/README.md。",
    );
    if let Some((count, askers, first, last)) = draft.asked {
        let day = |at| china_time(at).date();
        note(&format!("共{count}问，来自{askers}个不同的对话，{}至{}。", day(first), day(last)));
    }
    if let Some((topic, title)) = &draft.nearest {
        note(&format!("最相近的主题：{topic}（{title}）。如果属于那个主题，请改那个文件，不要另建。"));
    }
    for words in &draft.material {
        note("专员的答复（已隐去个人信息，核实后改写进 summary 和 facets）：");
        for line in words.lines().filter(|line| !line.trim().is_empty()) {
            note(&format!("  {line}"));
        }
    }
    for (key, missing) in [
        ("title", "正式名称，最多40字"),
        ("kind", "policy（政策）、procedure（办事）或 service（服务）"),
        ("summary", "用平常的话说清是什么、多少、给谁，最多200字"),
    ] {
        note(&format!("待补 {key}：{missing}"));
        note(&format!("{key}:"));
    }
    text.push_str("status: unverified\n");
    list(&mut text, "competent", &draft.competent, "主管部门", "按最相近的主题填写，请核对");
    text.push_str(REST);
    list(
        &mut text,
        "questions",
        &draft.questions,
        "不同说法的问题",
        "企业的原话；至少四个，最好八个以上，补上不同说法",
    );
    for words in &draft.masked_questions {
        text.push_str(&format!("{NOTE} 含个人信息的问题，改写后再用：{}\n", one_line(words)));
    }
    text
}

/// What nobody but a person can fill in.
const REST: &str = "\
#~ 待补 verified_on：实际核对的日期，例如 2026-11-22
#~ verified_on:
confidence: medium
#~ 待补 citations：所依据的文件，至少一个；不确定的文号和链接不要写
#~ citations:
#~   - {title: 文件名称, doc_no: 文号, issuer: 发文机关, status: unverified}
#~ 待补 facets：至少一项；没有核实的数字不要写
#~ facets:
#~   conditions: [ \"…\" ]
#~   contacts:
#~     - {name: 政务服务便民热线, phone: \"12345\"}
";

fn list(text: &mut String, key: &str, values: &[String], missing: &str, known: &str) {
    if values.is_empty() {
        text.push_str(&format!("{NOTE} 待补 {key}：{missing}\n{NOTE} {key}: [ ]\n"));
        return;
    }
    text.push_str(&format!("{NOTE} {key}：{known}\n{key}:\n"));
    for value in values {
        text.push_str(&format!("  - {}\n", quoted(value)));
    }
}

fn origin(draft: &TopicDraft) -> String {
    match draft.origin.strip_prefix("group ") {
        Some(id) => format!("未答问题组 {id}"),
        None => format!("工单 {}", draft.origin),
    }
}

/// A JSON string, which is YAML as well, whatever it holds.
fn quoted(words: &str) -> String {
    serde_json::Value::from(one_line(words)).to_string()
}

/// Words without anything that could end a line.
fn one_line(words: &str) -> String {
    let is_break = |c: char| c.is_control() || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}');
    words.split(is_break).map(str::trim_end).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn sample(questions: &[&str]) -> TopicDraft {
        TopicDraft {
            id: TopicId::parse("market/drones").unwrap(),
            origin: "group 17".to_owned(),
            asked: Some((5, 5, Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH)),
            questions: questions.iter().map(|words| (*words).to_owned()).collect(),
            masked_questions: vec!["我叫[姓名]，无人机\nstatus: valid".to_owned()],
            material: vec!["先在平台登记。\ntitle: 恶意\u{2028}kind: policy".to_owned()],
            competent: vec!["区行政审批服务局".to_owned()],
            nearest: None,
        }
    }

    /// A data folder with one whole topic.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let topic = Path::new(env!("CARGO_MANIFEST_DIR")).join("faq_data/topics/market/seal-engraving.yaml");
        fs::create_dir_all(folder.path().join("topics/market")).unwrap();
        fs::copy(topic, folder.path().join("topics/market/seal-engraving.yaml")).unwrap();
        folder
    }

    #[test]
    fn a_draft_says_everything_that_is_missing_and_goes_when_it_is_whole() {
        let (folder, today) = (folder(), date(2026, 11, 22));
        let dir = folder.path();
        let draft = sample(&["无人机飞行要报备吗", "飞无人机要审批吗", "无人机在哪登记", "无人机\"报备\": 找谁 # 急"]);
        let path = begin_draft(dir, &draft).unwrap();
        assert!(matches!(begin_draft(dir, &draft), Err(DraftError::Taken(_))));
        assert_eq!(drafts(dir), std::slice::from_ref(&draft.id));
        let problems = check_draft(dir, &draft.id, today).unwrap();
        for key in ["title", "kind", "summary", "verified_on", "citations", "facets"] {
            let missing = problems.iter().find(|problem| problem.message.contains(&format!("缺少 {key}")));
            assert!(
                missing.is_some_and(|problem| problem.file.ends_with("drafts/market/drones.yaml")),
                "{problems:#?}"
            );
        }
        assert!(has_errors(&problems));
        let text = fs::read_to_string(&path).unwrap();
        let whole = text
            .replace("#~ title:", "title: 无人机飞行报备")
            .replace("#~ kind:", "kind: procedure")
            .replace("#~ summary:", "summary: 企业飞无人机要先实名登记，再按空域规定报备。")
            .replace("#~ verified_on:", "verified_on: 2026-11-22")
            .replace("#~ citations:", "citations:")
            .replace("#~   - {title: 文件名称, doc_no: 文号, issuer: 发文机关,", "  - {title: 有关规定,")
            .replace("#~ facets:", "facets:")
            .replace("#~   contacts:", "  contacts:")
            .replace("#~     - {name: 政务", "    - {name: 政务");
        fs::write(&path, whole).unwrap();
        let problems = check_draft(dir, &draft.id, today).unwrap();
        assert!(!has_errors(&problems), "{problems:#?}");
        let moved = move_draft(dir, &draft.id).unwrap();
        assert!(!path.exists() && drafts(dir).is_empty());
        let text = fs::read_to_string(moved).unwrap();
        assert!(!text.contains(NOTE) && text.contains("title: 无人机飞行报备"), "{text}");
        let loaded = super::super::load(dir, today);
        assert_eq!(loaded.base.topics[&draft.id].questions, draft.questions);
    }

    #[test]
    fn a_draft_that_repeats_a_question_of_a_topic_is_refused() {
        let folder = folder();
        let topic = super::super::load(folder.path(), date(2026, 11, 22)).base.topics;
        let known = topic.values().next().unwrap().questions[0].clone();
        let draft = sample(&[&known]);
        begin_draft(folder.path(), &draft).unwrap();
        let problems = check_draft(folder.path(), &draft.id, date(2026, 11, 22)).unwrap();
        assert!(has_errors(&problems));
        assert!(problems.iter().all(|problem| !problem.file.ends_with("golden.yaml")), "{problems:#?}");
    }

    #[test]
    fn drafts_are_no_part_of_an_edition() {
        let folder = folder();
        let today = date(2026, 11, 22);
        let before = super::super::load(folder.path(), today);
        begin_draft(folder.path(), &sample(&["无人机飞行要报备吗"])).unwrap();
        fs::write(folder.path().join("drafts/market/broken.yaml"), "title: [").unwrap();
        let after = super::super::load(folder.path(), today);
        assert_eq!((after.bundle.content_hash(), after.problems), (before.bundle.content_hash(), before.problems));
    }

    #[test]
    fn what_is_no_draft_is_told() {
        let folder = folder();
        let id = TopicId::parse("market/nothing").unwrap();
        assert!(matches!(check_draft(folder.path(), &id, date(2026, 11, 22)), Err(DraftError::Missing(_))));
        #[cfg(unix)]
        {
            fs::create_dir_all(folder.path().join("drafts/market")).unwrap();
            std::os::unix::fs::symlink("/etc/passwd", draft_path(folder.path(), &id)).unwrap();
            assert!(matches!(move_draft(folder.path(), &id), Err(DraftError::NotAFile(_))));
        }
    }

    proptest! {
        #[test]
        fn whatever_people_wrote_stays_a_question(words in "[\\PC\n\r\t\u{85}\u{2028}\"'#:\\-{}&*!|>%@`]{1,60}") {
            let text = render(&TopicDraft { material: vec![words.clone()], ..sample(&[&words]) });
            let value: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
            let keys: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
            prop_assert_eq!(keys, ["competent", "confidence", "questions", "status"]);
            prop_assert_eq!(value["questions"][0].as_str().unwrap(), one_line(&words));
            prop_assert_eq!(&value["status"], "unverified");
        }
    }
}
