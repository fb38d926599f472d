//! `cargo bench --bench reindex [-- --topics N]`: a new edition of N generated topics (100,000) is built and takes over while
//! questions are asked; and bare tantivy indexes the same passages with the same analyzer.
//!
//! Fails when a question fails or is answered from two editions. What `--askers N` threads (1) ask meanwhile is the load.

#![expect(clippy::print_stdout, reason = "figures are what it is for")]

mod measure;

use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::date;
use measure::generated::{Dice, mark, question};
use measure::{Times, bare_indexing, base, memory, option, passages, rate};
use zhengqitong::desk::dialogue::Dialogue;
use zhengqitong::desk::knowledge::{Edition, KnowledgeBase, Shelf};
use zhengqitong::desk::ports::WordsOnly;
use zhengqitong::desk::understand::{Meaning, understand};
use zhengqitong::desk::wording::answer::{MAX_CHARS, View, answer};
use zhengqitong::search::{self, Analyzer, tokenizers};

/// Answers of the new edition that each asker waits for.
const AFTER: usize = 200;

/// What an asker saw, by the edition that answered.
#[derive(Default)]
struct Seen {
    before: Times,
    during: Times,
    after: Times,
    failed: usize,
    mixed: usize,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let topics = option("--topics", 100_000);
    let askers = option("--askers", 1);
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let scratch = tempfile::tempdir()?;
    let first = base(topics, 1);
    let texts = passages(&first);
    println!("{topics} topics, {} passages, {cores} cores, {askers} asking", texts.len());

    let analyzer = Analyzer::new(&first.lexicon);
    let mut bare = Duration::MAX;
    for threads in [1, cores] {
        let dir = scratch.path().join(format!("bare-{threads}"));
        let time = bare_indexing(&dir, tokenizers(&analyzer), &texts, threads)?;
        println!("bare tantivy, {threads} threads: {:.1} s, {:.0} docs/s", time.as_secs_f64(), rate(texts.len(), time));
        std::fs::remove_dir_all(dir)?;
        bare = bare.min(time);
    }
    let documents = texts.len();
    drop(texts);

    let index_dir = scratch.path().join("index");
    let (edition, time) = build(&index_dir, 1, first)?;
    println!("reindex, nobody asks: {:.1} s, {:.0} docs/s", time.as_secs_f64(), rate(documents, time));
    println!("  of bare tantivy's best: {:.0} %", 100.0 * bare.as_secs_f64() / time.as_secs_f64());
    println!("memory: {} MiB, at most {} MiB", memory().0, memory().1);

    let shelf = Arc::new(Shelf::new(edition));
    let (building, over) = (AtomicBool::new(false), AtomicBool::new(false));
    let mut seen = Seen::default();
    let time = std::thread::scope(|scope| -> Result<Duration, Box<dyn std::error::Error>> {
        let (shelf, building, over) = (&*shelf, &building, &over);
        let threads: Vec<_> =
            (0..askers).map(|seed| scope.spawn(move || ask(shelf, topics, seed as u64, building, over))).collect();
        std::thread::sleep(Duration::from_secs(2));
        building.store(true, Ordering::Relaxed);
        let built = build(&index_dir, 2, base(topics, 2));
        // Whether or not it was built, the askers must end.
        let built = built.inspect_err(|_| over.store(true, Ordering::Relaxed));
        let (edition, time) = built?;
        shelf.swap(edition);
        building.store(false, Ordering::Relaxed);
        for thread in threads {
            let Seen { before, during, after, failed, mixed } = thread.join().map_err(|_| "an asker panicked")?;
            seen.before.extend(before);
            seen.during.extend(during);
            seen.after.extend(after);
            seen.failed += failed;
            seen.mixed += mixed;
        }
        Ok(time)
    })?;
    println!("reindex under load: {:.1} s, {:.0} docs/s", time.as_secs_f64(), rate(documents, time));
    for (when, times) in [("before", &seen.before), ("during", &seen.during), ("after", &seen.after)] {
        let (p50, p99) = (times.percentile(50), times.percentile(99));
        println!("  questions {when}: {}, p50 {p50} µs, p99 {p99} µs", times.len());
    }
    println!("  failed: {}, mixed: {}", seen.failed, seen.mixed);
    println!("memory: {} MiB, at most {} MiB", memory().0, memory().1);
    if seen.failed + seen.mixed > 0 {
        Err("questions failed or were answered from two editions".into())
    } else {
        Ok(())
    }
}

/// Builds an edition as `reindex` does: written, synced, opened again with its check sums.
fn build(dir: &Path, number: u32, base: KnowledgeBase) -> Result<(Edition, Duration), search::BuildError> {
    let begun = Instant::now();
    let index = search::build(dir, number, &format!("{number:064}"), &base, &|_, _| {})?;
    let time = begun.elapsed();
    Ok((Edition { number, base, index: Box::new(index), meanings: Arc::new(WordsOnly) }, time))
}

/// Asks about one topic after the other until the second edition has answered often enough.
fn ask(shelf: &Shelf, topics: usize, first: u64, building: &AtomicBool, over: &AtomicBool) -> Seen {
    let mut dice = Dice::new(first);
    let mut seen = Seen::default();
    while seen.after.len() < AFTER && !over.load(Ordering::Relaxed) {
        let question = question(dice.below(topics));
        let is_building = building.load(Ordering::Relaxed);
        let begun = Instant::now();
        let edition = shelf.current();
        let meaning = understand(&question, &Dialogue::default(), &edition, Timestamp::UNIX_EPOCH);
        let found = match &meaning {
            Ok(Meaning::Answer { topic, .. }) => edition.base.topics.get(topic),
            _ => None,
        };
        let text = found.map(|topic| answer(topic, &view()).text);
        let time = begun.elapsed();
        match (text, edition.number) {
            (None, _) => seen.failed += 1,
            (Some(text), number) if !text.contains(&mark(number)) || text.contains(&mark(3 - number)) => {
                seen.mixed += 1;
            }
            (Some(_), 2) => seen.after.add(time),
            (Some(_), _) if is_building => seen.during.add(time),
            (Some(_), _) => seen.before.add(time),
        }
    }
    seen
}

/// A summary, with room for the mark of either edition.
fn view() -> View<'static> {
    View { facets: &[], as_of: date(2026, 11, 22), nearby: &[], asks_subdistrict: false, limit: MAX_CHARS }
}
