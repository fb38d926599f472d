//! `cargo bench --bench ask`: one question through the whole desk, against bare tantivy's time for the naive query with ten
//! documents fetched; the same passages, one thread, warm.
//!
//! Two shapes of knowledge: `documents`, one passage of 150 to 400 characters a topic, the worst case for ranking by topic; and
//! `topics`, nine passages each, as the shipped knowledge is made, in few words that occur nearly everywhere: the worst case for
//! both.

#![expect(clippy::print_stdout, reason = "figures are what it is for")]

mod measure;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use jieba_rs::Jieba;
use jiff::Timestamp;
use measure::generated::Dice;
use measure::{Times, base, base_of, memory, option, passages, topic};
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer};
use tantivy::{Index, IndexReader, TantivyDocument, Term};
use zhengqitong::catalog::{shipped_holidays, working_calendar};
use zhengqitong::desk::knowledge::{Edition, KnowledgeBase, Shelf};
use zhengqitong::desk::ports::{Clock, Retrieve, WordsOnly};
use zhengqitong::desk::service::{Desk, Question};
use zhengqitong::domain::calendar::WorkingSpan;
use zhengqitong::domain::text::normalise;
use zhengqitong::search;
use zhengqitong::store::SqliteStore;

type Error = Box<dyn std::error::Error>;

/// The field's words, most of which occur in a few percent of the documents.
const WORDS: &str = include_str!("../faq_data/lexicon/user_words.txt");

/// Passages that one generated topic becomes.
const PASSAGES_A_TOPIC: usize = 9;

/// The clock stands still: what is measured does not depend on it.
struct StandingClock(Timestamp);

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}

fn main() -> Result<(), Error> {
    let questions = option("--questions", 2_000);
    println!("{questions} questions of 6 to 25 characters, one thread, warm; µs p50 / p99");
    let words: Vec<&str> = WORDS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    for count in [10_000, 100_000] {
        measure("documents", documents(count, &words), &made_questions(questions, Some(&words)))?;
        measure("topics", base(count / PASSAGES_A_TOPIC, 1), &made_questions(questions, None))?;
    }
    Ok(())
}

/// One passage a topic, of 150 to 400 characters.
fn documents(count: usize, words: &[&str]) -> KnowledgeBase {
    base_of((0..count).map(|number| {
        let mut dice = Dice::new(number as u64);
        let length = 150 + dice.below(250);
        let mut document = topic(&format!("market/d{number:06}"), String::new(), dice.text_of(words, length));
        document.citations.clear();
        document
    }))
}

fn measure(shape: &str, base: KnowledgeBase, questions: &[String]) -> Result<(), Error> {
    let texts: Vec<String> =
        passages(&base).into_iter().map(|(_, _, text)| text).filter(|text| !text.is_empty()).collect();
    println!("{shape}: {} passages, {} topics", texts.len(), base.topics.len());

    let naive = Bare::new(&texts)?;
    drop(texts);
    let mut times = Times::default();
    for is_warm in [false, true] {
        for question in questions {
            let begun = Instant::now();
            black_box(naive.ask(question)?);
            if is_warm {
                times.add(begun.elapsed());
            }
        }
    }
    report("bare tantivy, query and ten documents", &times);
    drop(naive);

    let index = search::in_memory(&base)?;
    let mut times = Times::default();
    for is_warm in [false, true] {
        for question in questions {
            let begun = Instant::now();
            black_box(index.retrieve(&normalise(question), 10)?);
            if is_warm {
                times.add(begun.elapsed());
            }
        }
    }
    report("retrieval alone", &times);

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite://{}", folder.path().join("state.db").display());
    let store = Arc::new(runtime.block_on(SqliteStore::open(&url))?);
    let desk =
        desk(Arc::clone(&store), Edition { number: 1, base, index: Box::new(index), meanings: Arc::new(WordsOnly) })?;
    let mut times = Times::default();
    for is_warm in [false, true] {
        for question in questions {
            let question = Question { text: question.clone(), ..Question::default() };
            let begun = Instant::now();
            black_box(runtime.block_on(desk.ask(&question))?);
            if is_warm {
                times.add(begun.elapsed());
            }
        }
    }
    report("ask in process", &times);
    println!("  memory: {} MiB, at most {} MiB", memory().0, memory().1);
    runtime.block_on(store.close())?;
    Ok(())
}

fn report(what: &str, times: &Times) {
    println!("  {what}: {} / {}", times.percentile(50), times.percentile(99));
}

fn desk(store: Arc<SqliteStore>, edition: Edition) -> Result<Desk, Error> {
    let clock = Arc::new(StandingClock("2026-11-20T07:00:00Z".parse()?));
    let span = WorkingSpan { start: jiff::civil::time(9, 0, 0, 0), end: jiff::civil::time(17, 0, 0, 0) };
    let calendar = working_calendar(&shipped_holidays(), vec![span])?;
    Ok(Desk::new(store, Arc::new(Shelf::new(edition)), clock, calendar))
}

/// Questions of 6 to 25 characters, from `words` or from the words of generated topics.
fn made_questions(count: usize, words: Option<&[&str]>) -> Vec<String> {
    let mut dice = Dice::new(7);
    (0..count)
        .map(|_| {
            let length = 6 + dice.below(20);
            let text = words.map_or_else(|| dice.clone().text(length), |words| dice.clone().text_of(words, length));
            dice.next();
            text.chars().filter(|c| !matches!(c, '，' | '。')).take(length).collect()
        })
        .collect()
}

/// tantivy as its examples use it, with jieba's words.
struct Bare {
    jieba: Arc<Jieba>,
    text: Field,
    reader: IndexReader,
}

impl Bare {
    fn new(texts: &[String]) -> Result<Self, Error> {
        let jieba = Arc::new(Jieba::new());
        let mut builder = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("jieba")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let text = builder.add_text_field("text", TextOptions::default().set_indexing_options(indexing) | STORED);
        let index = Index::create_in_ram(builder.build());
        index.tokenizers().register("jieba", TextAnalyzer::from(Words(Arc::clone(&jieba))));
        let mut writer = index.writer_with_num_threads::<TantivyDocument>(1, 256 << 20)?;
        for passage in texts {
            let mut document = TantivyDocument::new();
            document.add_text(text, passage);
            writer.add_document(document)?;
        }
        writer.commit()?;
        let segments = index.searchable_segment_ids()?;
        if segments.len() > 1 {
            writer.merge(&segments).wait()?;
        }
        writer.wait_merging_threads()?;
        Ok(Self { jieba, text, reader: index.reader()? })
    }

    /// The ten best documents for any of the question's words, fetched.
    fn ask(&self, question: &str) -> Result<usize, Error> {
        let words = self.jieba.cut(question, false);
        let clauses = words
            .iter()
            .map(|word| {
                let term = Term::from_field_text(self.text, word.word);
                let query: Box<dyn Query> = Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
                (Occur::Should, query)
            })
            .collect();
        let searcher = self.reader.searcher();
        let found = searcher.search(&BooleanQuery::new(clauses), &TopDocs::with_limit(10).order_by_score())?;
        let mut fetched = 0;
        for (_, address) in found {
            let document: TantivyDocument = searcher.doc(address)?;
            fetched += document.len();
        }
        Ok(fetched)
    }
}

#[derive(Clone)]
struct Words(Arc<Jieba>);

struct WordStream {
    words: std::vec::IntoIter<String>,
    token: Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream {
        let words: Vec<_> = self.0.cut(text, false).iter().map(|token| token.word.to_owned()).collect();
        WordStream { words: words.into_iter(), token: Token::default() }
    }
}

impl TokenStream for WordStream {
    fn advance(&mut self) -> bool {
        let Some(text) = self.words.next() else { return false };
        self.token = Token { text, position: self.token.position.wrapping_add(1), ..Token::default() };
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
