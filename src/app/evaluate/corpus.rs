//! `eval` on a corpus with queries and judgements: retrieval alone.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::read;
use crate::app::output::{Out, progress};
use crate::app::{Misuse, Outcome};
use crate::cli::Format;
use crate::desk::knowledge::KnowledgeBase;
use crate::desk::ports::Retrieve;
use crate::domain::answer::Calibration;
use crate::domain::lexicon::Lexicon;
use crate::domain::text::normalise;
use crate::domain::topic::{Status, Topic, TopicId, TopicKind, Validity};
use crate::search;

/// Results that count.
pub(super) const DEPTH: usize = 10;

/// Tells whether `dir` holds a corpus with queries and judgements.
pub(crate) fn is_corpus(dir: &Path) -> bool {
    dir.join("corpus.jsonl").exists()
}

#[derive(Deserialize)]
pub(super) struct Document {
    id: String,
    title: Option<String>,
    text: String,
}

#[derive(Deserialize)]
pub(super) struct Query {
    pub(super) id: String,
    pub(super) text: String,
}

/// The figures of the contract.
#[derive(Serialize)]
struct CorpusReport {
    docs: usize,
    queries: usize,
    index_seconds: f64,
    #[serde(rename = "recall@1")]
    recall_at_1: f64,
    #[serde(rename = "recall@5")]
    recall_at_5: f64,
    #[serde(rename = "recall@10")]
    recall_at_10: f64,
    #[serde(rename = "mrr@10")]
    mrr_at_10: f64,
    #[serde(rename = "ndcg@10")]
    ndcg_at_10: f64,
    latency_p50_us: u64,
    latency_p95_us: u64,
    latency_p99_us: u64,
}

/// `eval DIR` with `corpus.jsonl`, `queries.jsonl` and `qrels.tsv`.
pub(crate) fn corpus(dir: &Path, format: Format) -> anyhow::Result<Outcome> {
    let documents = documents(dir)?;
    let queries: Vec<Query> = json_lines(&dir.join("queries.jsonl"))?;
    let judgements = judgements(&dir.join("qrels.tsv"))?;
    let ids = document_ids(&documents);
    let base = base_of(&documents);
    let started = Instant::now();
    let index = search::in_memory(&base).context("语料无法建立索引")?;
    let index_seconds = started.elapsed().as_secs_f64();
    let bar = progress("检索");
    let (mut sums, mut latencies, mut judged) = (Metrics::default(), Vec::new(), 0);
    for (done, query) in queries.iter().enumerate() {
        bar(done + 1, queries.len());
        let Some(relevant) = judgements.get(&query.id) else { continue };
        let started = Instant::now();
        let found = index.retrieve(&normalise(&query.text), DEPTH).context("语料无法检索")?;
        latencies.push(u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX));
        let ranked: Vec<_> = found.hits.iter().filter_map(|hit| ids.get(&hit.topic).map(String::as_str)).collect();
        sums.add(&ranked, relevant);
        judged += 1;
    }
    latencies.sort_unstable();
    let percentile =
        |share: usize| latencies.get((latencies.len() * share / 100).min(latencies.len().saturating_sub(1)));
    let mean = |sum: f64| sum / f64::from(u32::try_from(judged).unwrap_or(u32::MAX)).max(1.0);
    let report = CorpusReport {
        docs: documents.len(),
        queries: judged,
        index_seconds,
        recall_at_1: mean(sums.recall[0]),
        recall_at_5: mean(sums.recall[1]),
        recall_at_10: mean(sums.recall[2]),
        mrr_at_10: mean(sums.reciprocal_rank),
        ndcg_at_10: mean(sums.gain),
        latency_p50_us: percentile(50).copied().unwrap_or(0),
        latency_p95_us: percentile(95).copied().unwrap_or(0),
        latency_p99_us: percentile(99).copied().unwrap_or(0),
    };
    print_corpus(&report, format)?;
    Ok(Outcome::Done)
}

/// The documents of a corpus.
pub(super) fn documents(dir: &Path) -> anyhow::Result<Vec<Document>> {
    json_lines(&dir.join("corpus.jsonl"))
}

/// The documents' own ids by the topics made of them.
pub(super) fn document_ids(documents: &[Document]) -> HashMap<TopicId, String> {
    documents.iter().enumerate().map(|(number, document)| (topic_id(number), document.id.clone())).collect()
}

fn print_corpus(report: &CorpusReport, format: Format) -> std::io::Result<()> {
    let mut out = Out::new();
    if format == Format::Json {
        return out.pretty(report);
    }
    out.line(format!("文档 {}，查询 {}，建索引 {:.2} 秒", report.docs, report.queries, report.index_seconds))?;
    out.line(format!(
        "recall@1 {:.3}  recall@5 {:.3}  recall@10 {:.3}  mrr@10 {:.3}  ndcg@10 {:.3}",
        report.recall_at_1, report.recall_at_5, report.recall_at_10, report.mrr_at_10, report.ndcg_at_10
    ))?;
    out.line(format!(
        "延迟（微秒） p50 {}  p95 {}  p99 {}",
        report.latency_p50_us, report.latency_p95_us, report.latency_p99_us
    ))
}

#[derive(Default)]
pub(super) struct Metrics {
    recall: [f64; 3],
    /// Queries whose first result is right.
    pub(super) first_right: f64,
    /// Queries with a right one among the first three results.
    pub(super) right_in_three: f64,
    pub(super) reciprocal_rank: f64,
    pub(super) gain: f64,
}

impl Metrics {
    /// Adds one query; `relevant` holds grades above zero.
    pub(super) fn add(&mut self, ranked: &[&str], relevant: &BTreeMap<String, f64>) {
        let found = |depth: usize| ranked.iter().take(depth).filter(|id| relevant.contains_key(**id)).count();
        for (sum, depth) in self.recall.iter_mut().zip([1, 5, DEPTH]) {
            *sum += share(found(depth), relevant.len());
        }
        self.first_right += share(found(1).min(1), 1);
        self.right_in_three += share(found(3).min(1), 1);
        if let Some(first) = ranked.iter().position(|id| relevant.contains_key(*id)) {
            self.reciprocal_rank += share(1, first + 1);
        }
        let discounted = |grades: &mut dyn Iterator<Item = f64>| {
            (2_u32..).zip(grades.take(DEPTH)).map(|(rank, grade)| grade / f64::from(rank).log2()).sum::<f64>()
        };
        let mut ideal: Vec<f64> = relevant.values().copied().collect();
        ideal.sort_by(|a, b| b.total_cmp(a));
        let got = discounted(&mut ranked.iter().map(|id| relevant.get(*id).copied().unwrap_or(0.0)));
        let best = discounted(&mut ideal.into_iter());
        self.gain += if best > 0.0 { got / best } else { 0.0 };
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn topic_id(number: usize) -> TopicId {
    TopicId::parse(&format!("corpus/d{number}")).expect("a number makes a slug")
}

/// Every document as a topic of its own: the ranking under test is the one that answers companies.
pub(super) fn base_of(documents: &[Document]) -> KnowledgeBase {
    let topics = documents.iter().enumerate().map(|(number, document)| {
        let id = topic_id(number);
        let validity = Validity { status: Status::Valid, from: None, to: None, successor: None, successor_topic: None };
        let topic = Topic {
            id: id.clone(),
            title: document.title.clone().unwrap_or_default(),
            kind: TopicKind::Policy,
            summary: document.text.clone(),
            validity,
            competent: Vec::new(),
            beneficiaries: Vec::new(),
            tags: Vec::new(),
            citations: Vec::new(),
            facets: BTreeMap::new(),
            eligibility: Vec::new(),
            questions: Vec::new(),
            counter_questions: Vec::new(),
            verified_on: jiff::civil::Date::ZERO,
            is_well_supported: false,
        };
        (id, topic)
    });
    KnowledgeBase {
        topics: topics.collect(),
        documents: std::collections::BTreeMap::new(),
        lexicon: Lexicon::default(),
        golden: Vec::new(),
        calibration: Calibration::default(),
        service_points: Vec::new(),
    }
}

pub(super) fn json_lines<T: for<'de> Deserialize<'de>>(path: &Path) -> anyhow::Result<Vec<T>> {
    let text = read(path)?;
    (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            serde_json::from_str(line)
                .with_context(|| Misuse(format!("{}：{number}： 不是有效的 JSON 行", path.display())))
        })
        .collect()
}

pub(super) fn judgements(path: &Path) -> anyhow::Result<HashMap<String, BTreeMap<String, f64>>> {
    let mut judgements: HashMap<String, BTreeMap<String, f64>> = HashMap::new();
    for (number, line) in (1..).zip(read(path)?.lines()) {
        let columns: Vec<_> = line.split('\t').collect();
        let [query, document, grade] = columns[..] else {
            anyhow::bail!(Misuse(format!("{}：{number}： 应为 查询、文档、等级 三列", path.display())));
        };
        let Ok(grade) = grade.trim().parse::<f64>() else {
            if number == 1 {
                continue;
            }
            anyhow::bail!(Misuse(format!("{}：{number}： 等级应为数字", path.display())));
        };
        if grade > 0.0 {
            judgements.entry(query.to_owned()).or_default().insert(document.to_owned(), grade);
        }
    }
    Ok(judgements)
}
