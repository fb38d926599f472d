//! `eval`: retrieval on a corpus, or answers on labelled messages.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::house::House;
use super::output::{Out, progress};
use super::{Misuse, Outcome};
use crate::cli::Format;
use crate::desk::evaluation::{Fit, Labelled, Report, Share, evaluate, fit};
use crate::desk::knowledge::{Edition, KnowledgeBase};
use crate::desk::ports::Retrieve;
use crate::domain::answer::Calibration;
use crate::domain::lexicon::Lexicon;
use crate::domain::text::normalise;
use crate::domain::topic::{Status, Topic, TopicId, TopicKind, Validity};
use crate::search;

/// Results that count.
const DEPTH: usize = 10;

/// Tells whether `dir` holds a corpus with queries and judgements.
pub(crate) fn is_corpus(dir: &Path) -> bool {
    dir.join("corpus.jsonl").exists()
}

#[derive(Deserialize)]
struct Document {
    id: String,
    title: Option<String>,
    text: String,
}

#[derive(Deserialize)]
struct Query {
    id: String,
    text: String,
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
    let documents: Vec<Document> = json_lines(&dir.join("corpus.jsonl"))?;
    let queries: Vec<Query> = json_lines(&dir.join("queries.jsonl"))?;
    let judgements = judgements(&dir.join("qrels.tsv"))?;
    let ids: HashMap<TopicId, &str> =
        documents.iter().enumerate().map(|(number, document)| (topic_id(number), document.id.as_str())).collect();
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
        let hits = index.retrieve(&normalise(&query.text), DEPTH).context("语料无法检索")?;
        latencies.push(u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX));
        let ranked: Vec<_> = hits.iter().filter_map(|hit| ids.get(&hit.topic).copied()).collect();
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
struct Metrics {
    recall: [f64; 3],
    reciprocal_rank: f64,
    gain: f64,
}

impl Metrics {
    /// Adds one query; `relevant` holds grades above zero.
    fn add(&mut self, ranked: &[&str], relevant: &BTreeMap<String, f64>) {
        let found = |depth: usize| ranked.iter().take(depth).filter(|id| relevant.contains_key(**id)).count();
        for (sum, depth) in self.recall.iter_mut().zip([1, 5, DEPTH]) {
            *sum += share(found(depth), relevant.len());
        }
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
fn base_of(documents: &[Document]) -> KnowledgeBase {
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
        calibration: Calibration { intercept: 0.0, weights: [0.0; 6], answer_at: 1.0, clarify_at: 1.0 },
        service_points: Vec::new(),
    }
}

fn json_lines<T: for<'de> Deserialize<'de>>(path: &Path) -> anyhow::Result<Vec<T>> {
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

fn judgements(path: &Path) -> anyhow::Result<HashMap<String, BTreeMap<String, f64>>> {
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

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| Misuse(format!("无法读取 {}", path.display())))
}

/// `eval DIR` with labelled messages; `fitting` writes `calibration.yaml` and measures with it.
pub(crate) async fn questions(house: &House, dir: &Path, format: Format, fitting: bool) -> anyhow::Result<Outcome> {
    let labelled = labelled(dir)?;
    let mut edition = if fitting { house.draft().await? } else { house.serving().await?.0 };
    if fitting {
        let fit = fit(&edition, &labelled).context("无法拟合")?;
        write_calibration(house, &fit)?;
        edition.base.calibration = fit.calibration;
    }
    let started = Instant::now();
    let report = evaluate(&edition, &labelled).context("无法评测")?;
    let seconds = started.elapsed().as_secs_f64();
    let mut out = Out::new();
    match format {
        Format::Json => out.pretty(&report)?,
        Format::Text => print_report(&mut out, &report, seconds)?,
    }
    Ok(Outcome::Done)
}

fn labelled(dir: &Path) -> anyhow::Result<Labelled> {
    type Reader = fn(&mut Labelled, &str) -> Result<(), crate::desk::evaluation::LabelError>;
    let mut labelled = Labelled::default();
    let files: [(&str, Reader); 4] = [
        ("questions.tsv", Labelled::read_questions),
        ("out_of_scope.tsv", Labelled::read_out_of_scope),
        ("followups.tsv", Labelled::read_follow_ups),
        ("human.tsv", Labelled::read_wishes),
    ];
    for (name, reader) in files {
        let path = dir.join(name);
        // Only the questions are indispensable.
        if name != "questions.tsv" && !path.exists() {
            continue;
        }
        reader(&mut labelled, &read(&path)?).with_context(|| Misuse(format!("{} 有误", path.display())))?;
    }
    Ok(labelled)
}

fn write_calibration(house: &House, fit: &Fit) -> anyhow::Result<()> {
    let Calibration { intercept, weights, answer_at, clarify_at } = &fit.calibration;
    let [question, title, body, coverage, lead, length] = weights;
    let text = format!(
        "# Turns match features into a confidence; fitted by `zhengqitong eval DIR --fit`, cross-validated by topic.\n\
         intercept: {intercept:.4}\n\
         weights: {{question: {question:.4}, title: {title:.4}, body: {body:.4}, coverage: {coverage:.4}, lead: {lead:.4}, length: {length:.4}}}\n\
         answer_at: {answer_at:.4}\n\
         clarify_at: {clarify_at:.4}\n\
         fitted_on: {}\n\
         notes: >-\n  Out of fold: calibration error {:.3}, {:.1} % of the in-scope questions answered, {:.1} % of all answers wrong.\n",
        house.today(),
        fit.calibration_error,
        fit.answered * 100.0,
        fit.wrong * 100.0,
    );
    let path = house.config.faq_data.join("calibration.yaml");
    std::fs::write(&path, text).with_context(|| format!("无法写入 {}", path.display()))
}

fn print_report(out: &mut Out, report: &Report, seconds: f64) -> std::io::Result<()> {
    let line = |name: &str, share: &Share| {
        format!("{name} {:.3} [{:.3}, {:.3}] ({}/{})", share.share, share.low, share.high, share.hits, share.of)
    };
    let shares = [
        ("首选正确", &report.top1),
        ("前三正确", &report.top3),
        ("直接答复", &report.answered),
        ("答复中有误", &report.wrong),
        ("反问", &report.clarified),
        ("答对或反问含正确项", &report.served),
        ("不答", &report.declined),
        ("范围外被答复", &report.out_of_scope_answered),
        ("追问要素正确", &report.follow_ups),
        ("换题识别", &report.switches),
        ("要人识别", &report.human),
        ("要人误判", &report.human_false),
    ];
    for (name, share) in shares {
        out.line(line(name, share))?;
    }
    for (kind, share) in &report.out_of_scope {
        out.line(line(&format!("  范围外 {kind}"), share))?;
    }
    out.line(format!("置信度校准误差 {:.3}；用时 {seconds:.2} 秒", report.calibration_error))?;
    for mistake in &report.errors {
        out.line(format!("  {}  {}  应为 {}，实际 {}", mistake.id, mistake.text, mistake.expected, mistake.got))?;
    }
    Ok(())
}

impl House {
    /// The data folder as it stands, indexed in memory: for fitting, before anything is published.
    async fn draft(&self) -> anyhow::Result<Edition> {
        let (dir, today) = (self.config.faq_data.clone(), self.today());
        tokio::task::spawn_blocking(move || {
            let loaded = crate::catalog::load(&dir, today);
            anyhow::ensure!(loaded.is_publishable(), "知识目录有错误，请先运行 check");
            let index = search::in_memory(&loaded.base).context("无法建立索引")?;
            Ok(Edition { number: 0, base: loaded.base, index: Box::new(index) })
        })
        .await
        .context("建立索引的任务异常结束")?
    }
}
