//! `eval DIR --retrieval`: one table of what words, meanings and both together find.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use serde::Serialize;

use super::corpus::{DEPTH, Metrics, Query, base_of, document_ids, documents, is_corpus, json_lines, judgements};
use super::questions::labelled;
use crate::app::Outcome;
use crate::app::house::House;
use crate::app::output::{Out, progress};
use crate::cli::Format;
use crate::config::Config;
use crate::desk::evaluation::{Found, WAYS, Way, discrimination};
use crate::desk::ports::{Meanings, Retrieve, SemanticVariant};
use crate::domain::text::normalise;
use crate::domain::topic::TopicId;
use crate::search;

/// One question, what is right for it, and what was found.
struct Asked {
    /// Right topics with their grades; empty for what must not be answered.
    relevant: BTreeMap<String, f64>,
    found: Found,
}

/// What asking took.
#[derive(Default)]
struct Cost {
    by_words: Duration,
    by_meaning: Duration,
}

/// One way's figures.
#[derive(Serialize)]
struct Row {
    way: String,
    #[serde(rename = "recall@1")]
    first_right: f64,
    right_in_three: f64,
    #[serde(rename = "mrr@10")]
    reciprocal_rank: f64,
    #[serde(rename = "ndcg@10")]
    gain: f64,
    /// How well the best score tells what has an answer from what has none; null where everything has one.
    auroc: Option<f64>,
}

/// The whole table.
#[derive(Serialize)]
struct Table {
    questions: usize,
    variant: &'static str,
    ways: Vec<Row>,
    words_ms: f64,
    meaning_ms: f64,
}

/// `eval DIR --retrieval`.
pub(crate) async fn retrieval(config: Config, dir: &Path, format: Format) -> anyhow::Result<Outcome> {
    let house = House::open(config).await?;
    house.semantics.be_patient();
    let result = if is_corpus(dir) { of_corpus(&house, dir).await } else { of_labelled(&house, dir).await };
    house.close().await?;
    print(&result?, format)?;
    Ok(Outcome::Done)
}

async fn of_labelled(house: &House, dir: &Path) -> anyhow::Result<Table> {
    let labelled = labelled(dir)?;
    let edition = house.serving().await?.0;
    house.semantics.complete(&edition.meanings).await;
    let words = |text: &str| edition.index.read(&normalise(text)).words;
    let questions = labelled.questions.iter().map(|question| {
        let relevant = question.topics.iter().map(|topic| (topic.to_string(), 1.0)).collect();
        (words(&question.text), relevant)
    });
    let others = labelled.out_of_scope.iter().map(|other| (words(&other.text), BTreeMap::new()));
    let rows: Vec<_> = questions.chain(others).collect();
    let (asked, cost) = ask(&rows, edition.index.as_ref(), edition.meanings.as_ref())?;
    Ok(table(&asked, &HashMap::new(), &cost, edition.meanings.variant()))
}

async fn of_corpus(house: &House, dir: &Path) -> anyhow::Result<Table> {
    let documents = documents(dir)?;
    let queries: Vec<Query> = json_lines(&dir.join("queries.jsonl"))?;
    let judgements = judgements(&dir.join("qrels.tsv"))?;
    let unanswerable = dir.join("unanswerable.jsonl");
    let unanswerable: Vec<Query> = if unanswerable.exists() { json_lines(&unanswerable)? } else { Vec::new() };
    let base = base_of(&documents);
    let ids = document_ids(&documents);
    let index = search::in_memory(&base).context("语料无法建立索引")?;
    // Kept by the folder's name, so that the second look at a corpus is quick.
    let name = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    let folder = house.semantics.scratch(&name.file_name().unwrap_or_default().to_string_lossy())?;
    let meanings = house.semantics.of(&base, Some(folder));
    house.semantics.complete(&meanings).await;
    let answerable = queries.iter().filter_map(|query| {
        let relevant = judgements.get(&query.id)?.clone();
        Some((normalise(&query.text), relevant))
    });
    let others = unanswerable.iter().map(|query| (normalise(&query.text), BTreeMap::new()));
    let rows: Vec<_> = answerable.chain(others).collect();
    let (asked, cost) = ask(&rows, &index, meanings.as_ref())?;
    Ok(table(&asked, &ids, &cost, meanings.variant()))
}

fn ask(
    rows: &[(String, BTreeMap<String, f64>)],
    index: &dyn Retrieve,
    meanings: &dyn Meanings,
) -> anyhow::Result<(Vec<Asked>, Cost)> {
    let mut cost = Cost::default();
    let mut asked = Vec::with_capacity(rows.len());
    let bar = progress("检索");
    for (done, (text, relevant)) in rows.iter().enumerate() {
        bar(done + 1, rows.len());
        let started = Instant::now();
        let words = index.retrieve(text, usize::MAX).context("无法检索")?.hits;
        cost.by_words += started.elapsed();
        let started = Instant::now();
        let near = meanings.similar(text, usize::MAX).unwrap_or_default();
        cost.by_meaning += started.elapsed();
        asked.push(Asked { relevant: relevant.clone(), found: Found { words, meanings: near } });
    }
    Ok((asked, cost))
}

fn table(asked: &[Asked], documents: &HashMap<TopicId, String>, cost: &Cost, variant: SemanticVariant) -> Table {
    let full = asked.iter().filter_map(|asked| asked.found.words.first()).map(|hit| hit.score).fold(0.0, f32::max);
    let has_meanings = asked.iter().any(|asked| !asked.found.meanings.is_empty());
    let ways = WAYS.into_iter().filter(|way| has_meanings || *way == Way::Words);
    let each = |sum: Duration| sum.as_secs_f64() * 1000.0 / count(asked.len());
    Table {
        questions: asked.len(),
        variant: variant.into(),
        ways: ways.map(|way| row(way, asked, documents, full)).collect(),
        words_ms: each(cost.by_words),
        meaning_ms: each(cost.by_meaning),
    }
}

fn row(way: Way, asked: &[Asked], documents: &HashMap<TopicId, String>, full: f32) -> Row {
    let name = |topic: &TopicId| documents.get(topic).cloned().unwrap_or_else(|| topic.to_string());
    let mut metrics = Metrics::default();
    let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
    for Asked { relevant, found } in asked {
        let best = found.best(way, full);
        if relevant.is_empty() {
            unwanted.push(best);
            continue;
        }
        wanted.push(best);
        let ranked: Vec<_> = found.ranked(way, full).iter().take(DEPTH).map(|(topic, _)| name(topic)).collect();
        metrics.add(&ranked.iter().map(String::as_str).collect::<Vec<_>>(), relevant);
    }
    let share = |sum: f64| sum / count(wanted.len());
    Row {
        way: way.to_string(),
        first_right: share(metrics.first_right),
        right_in_three: share(metrics.right_in_three),
        reciprocal_rank: share(metrics.reciprocal_rank),
        gain: share(metrics.gain),
        auroc: discrimination(&wanted, &unwanted),
    }
}

/// A number of questions to divide by.
#[expect(clippy::cast_precision_loss, reason = "counts of questions are small")]
fn count(questions: usize) -> f64 {
    questions.max(1) as f64
}

fn print(table: &Table, format: Format) -> std::io::Result<()> {
    let mut out = Out::new();
    if format == Format::Json {
        return out.pretty(table);
    }
    out.line(format!("问题 {} 个；语义：{}", table.questions, table.variant))?;
    let three = |value: f64| format!("{value:.3}");
    let rows = table.ways.iter().map(|row| {
        let auroc = row.auroc.map_or_else(|| "–".to_owned(), three);
        let figures = [row.first_right, row.right_in_three, row.reciprocal_rank, row.gain].map(three);
        let [first, in_three, rank, gain] = figures;
        [row.way.clone(), first, in_three, rank, gain, auroc]
    });
    out.table(["检索方式", "首选正确", "前三正确", "mrr@10", "ndcg@10", "范围内外 AUROC"], rows.collect())?;
    out.line(format!("每个问题：按词语 {:.2} 毫秒，按语义 {:.1} 毫秒", table.words_ms, table.meaning_ms))
}
