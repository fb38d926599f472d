//! What both benchmarks stand on: generated knowledge as values, bare tantivy, percentiles, memory.

#![allow(dead_code, reason = "each benchmark uses a part of it")]

#[path = "../../tests/it/support/generated.rs"]
pub(crate) mod generated;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::civil::date;
use tantivy::schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::TokenizerManager;
use tantivy::{Index, TantivyDocument};
use zhengqitong::desk::knowledge::KnowledgeBase;
use zhengqitong::domain::answer::Calibration;
use zhengqitong::domain::lexicon::Lexicon;
use zhengqitong::domain::topic::{Citation, Facet, Status, Topic, TopicId, TopicKind, Validity};
use zhengqitong::search::{SOUND_TOKENIZER, TOKENIZER};

use generated::Generated;

/// `topics` generated topics as edition `edition` has them.
pub(crate) fn base(topics: usize, edition: u32) -> KnowledgeBase {
    base_of((0..topics).map(|number| domain_topic(generated::topic(number, edition))))
}

/// A knowledge base of `topics`.
pub(crate) fn base_of(topics: impl Iterator<Item = Topic>) -> KnowledgeBase {
    let stop_words = ["的", "和", "在", "对"].map(str::to_owned).to_vec();
    KnowledgeBase {
        topics: topics.map(|topic| (topic.id.clone(), topic)).collect(),
        lexicon: Lexicon { stop_words, ..Lexicon::default() },
        golden: Vec::new(),
        calibration: Calibration::default(),
        documents: BTreeMap::new(),
        service_points: Vec::new(),
    }
}

fn domain_topic(generated: Generated) -> Topic {
    let Generated { id, title, summary, conditions, steps, questions } = generated;
    let facets = BTreeMap::from([(Facet::Conditions, vec![conditions]), (Facet::Steps, vec![steps])]);
    Topic { facets, questions, ..topic(&id, title, summary) }
}

/// A topic with nothing but a title and a summary.
pub(crate) fn topic(id: &str, title: String, summary: String) -> Topic {
    let citation = Citation {
        title: title.clone(),
        doc_no: None,
        issuer: None,
        valid_from: None,
        valid_to: None,
        status: Status::Valid,
        url: None,
    };
    Topic {
        id: TopicId::parse(id).expect("a generated id is one"),
        title,
        kind: TopicKind::Procedure,
        summary,
        validity: Validity { status: Status::Valid, from: None, to: None, successor: None, successor_topic: None },
        competent: vec!["测试局".to_owned()],
        beneficiaries: Vec::new(),
        tags: Vec::new(),
        citations: vec![citation],
        facets: BTreeMap::new(),
        eligibility: Vec::new(),
        questions: Vec::new(),
        counter_questions: Vec::new(),
        verified_on: date(2026, 11, 1),
        is_well_supported: true,
    }
}

/// A passage as it is indexed: the ordinal of its topic, its kind, its text.
pub(crate) type Passage = (u64, u64, String);

/// The passages of `base`, the same ones that the index has.
pub(crate) fn passages(base: &KnowledgeBase) -> Vec<Passage> {
    let mut passages = Vec::new();
    for (owner, topic) in (0..).zip(base.topics.values()) {
        passages.push((owner, 0, topic.title.clone()));
        passages.extend(topic.questions.iter().map(|question| (owner, 1, question.clone())));
        let facets = topic.facets.values().map(|lines| lines.join("\n"));
        let documents = topic.citations.iter().map(|citation| citation.title.clone());
        let bodies = [topic.summary.clone()].into_iter().chain(facets).chain(documents);
        passages.extend(bodies.filter(|body| !body.is_empty()).map(|body| (owner, 3, body)));
    }
    passages
}

/// Indexes `passages` as anybody would with tantivy and the same analyzer; returns how long it took.
pub(crate) fn bare_indexing(
    dir: &Path,
    tokenizers: TokenizerManager,
    passages: &[Passage],
    threads: usize,
) -> tantivy::Result<Duration> {
    let mut builder = Schema::builder();
    let indexing = |tokenizer: &str| {
        TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(IndexRecordOption::WithFreqs)
    };
    let text = builder.add_text_field("text", TextOptions::default().set_indexing_options(indexing(TOKENIZER)));
    let by_sound = indexing(SOUND_TOKENIZER).set_fieldnorms(false);
    let sound = builder.add_text_field("sound", TextOptions::default().set_indexing_options(by_sound));
    let owner = builder.add_u64_field("owner", FAST);
    let kind = builder.add_u64_field("kind", FAST);
    fs::create_dir_all(dir).expect("a folder for the index can be made");
    let mut index = Index::create_in_dir(dir, builder.build())?;
    index.set_tokenizers(tokenizers);
    let begun = Instant::now();
    let mut writer = index.writer_with_num_threads::<TantivyDocument>(threads, threads * (128 << 20))?;
    for passage in passages {
        writer.add_document(document(passage, text, sound, owner, kind))?;
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    Ok(begun.elapsed())
}

fn document((of, what, passage): &Passage, text: Field, sound: Field, owner: Field, kind: Field) -> TantivyDocument {
    let mut document = TantivyDocument::new();
    document.add_text(text, passage);
    if *what < 2 {
        document.add_text(sound, passage);
    }
    document.add_u64(owner, *of);
    document.add_u64(kind, *what);
    document
}

/// Times of many runs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The time that `share` percent of the runs stayed within, in microseconds.
    pub(crate) fn percentile(&self, share: usize) -> u128 {
        let mut times = self.0.clone();
        times.sort_unstable();
        let at = (times.len() * share / 100).min(times.len().saturating_sub(1));
        times.get(at).map_or(0, Duration::as_micros)
    }
}

/// How many a second.
#[expect(clippy::cast_precision_loss, reason = "counts are small")]
pub(crate) fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

/// The memory that the process holds now, and the most that it has held, in MiB.
pub(crate) fn memory() -> (u64, u64) {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |key: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(key));
        line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
    };
    (of("VmRSS:"), of("VmHWM:"))
}

/// The number after `name` on the command line, such as `--topics 1000`.
pub(crate) fn option(name: &str, default: usize) -> usize {
    let mut arguments = std::env::args().skip_while(|argument| argument != name).skip(1);
    arguments.next().and_then(|value| value.parse().ok()).unwrap_or(default)
}
