//! A real server that speaks `/v1/embeddings`.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::date;
use zhengqitong::catalog;
use zhengqitong::desk::knowledge::KnowledgeBase;
use zhengqitong::desk::ports::{Meanings, SemanticVariant};
use zhengqitong::domain::text::normalise;
use zhengqitong::semantic::{
    EditionMeanings, Effort, EndpointConfig, Reader, Side, Watch, prepare_by_endpoint, prepare_by_model, probe,
};

use crate::model::{SAME, cosine, is_kept_whole};
use crate::provision::{Server, model};
use crate::support::installation::repository;

/// At least so many texts are compared.
const TEXTS: usize = 240;

const SILENT: Watch<'static> = Watch { progress: &|_, _| {}, stops: &|| false };

fn config(server: &Server) -> EndpointConfig {
    EndpointConfig {
        url: server.url.parse().unwrap(),
        question_model: "e5-query".to_owned(),
        passage_model: "e5-passage".to_owned(),
        key: Some("not looked at".to_owned().into()),
        limit: Duration::from_secs(5),
    }
}

/// A few topics of the shipped knowledge: the server reads one text at a time.
fn few_topics() -> KnowledgeBase {
    let mut base = catalog::load(&repository("faq_data"), date(2026, 11, 22)).base;
    let few = ["market/cancellation", "market/annual-report", "innovation/hitech-certification"];
    base.topics.retain(|id, _| few.contains(&id.as_str()));
    assert_eq!(base.topics.len(), few.len());
    base
}

/// The development questions, as they are read; without those whose words are read in parts here.
fn questions() -> Vec<String> {
    let rows = std::fs::read_to_string(repository("tests/eval/questions.tsv")).unwrap();
    rows.lines()
        .skip(1)
        .filter_map(|row| row.split('\t').next_back())
        .map(normalise)
        .filter(|text| is_kept_whole(text))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_and_the_model_inside_agree_on_every_question() {
    let (server, model) = (Server::start().await, model());
    let client = reqwest::Client::new();
    let texts = questions();
    assert!(texts.len() >= TEXTS, "{}", texts.len());
    let mut worst = (1.0_f32, String::new());
    for text in texts {
        let body = serde_json::json!({"model": "e5-query", "input": [text], "encoding_format": "float"});
        let response = client.post(format!("{}/embeddings", server.url)).json(&body).send().await.unwrap();
        let response: serde_json::Value = response.json().await.unwrap();
        let theirs: Vec<f32> = serde_json::from_value(response["data"][0]["embedding"].clone()).unwrap();
        let near = cosine(&theirs, &model.embed(Side::Question, &text).unwrap());
        if near < worst.0 {
            worst = (near, text);
        }
    }
    eprintln!("the least alike: {} at {}", worst.1, worst.0);
    assert!(worst.0 > SAME, "{worst:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_server_goes_the_model_inside_takes_over_and_without_it_words() {
    let mut server = Server::start().await;
    assert_eq!(probe(config(&server)).await.unwrap(), 384);
    let reader = Arc::new(Reader::new(Some(config(&server))).unwrap());
    let base = few_topics();
    let folder = tempfile::tempdir().unwrap();
    let meanings = EditionMeanings::new(Arc::clone(&reader), &base, Some(folder.path().to_owned()));
    let prepared = prepare_by_endpoint(&meanings, &[], &SILENT).await.unwrap();
    assert!(prepared.computed > 20, "{prepared:?}");
    assert_eq!(meanings.variant(), SemanticVariant::Endpoint);
    assert_eq!(prepare_by_endpoint(&meanings, &[], &SILENT).await.unwrap().computed, 0, "kept with the edition");
    let first = |asked: &str| meanings.similar(asked, 1).map(|found| found[0].topic.to_string());
    assert_eq!(first("厂子不干了怎么销户").as_deref(), Some("market/cancellation"));

    server.kill();
    assert_eq!(first("执照不要了去哪里办"), None, "there is nothing else yet");
    reader.set_model(Some(Arc::new(model())));
    prepare_by_model(&meanings, &[], Effort::Full, &SILENT).unwrap();
    assert_eq!(first("每年都要报的那个报告没报会怎样").as_deref(), Some("market/annual-report"));
    assert_eq!(first("公司不想干了").as_deref(), Some("market/cancellation"));
    assert_eq!(meanings.variant(), SemanticVariant::Model, "after three failures the server is left alone");
    assert_eq!(first("厂子不干了怎么销户").as_deref(), Some("market/cancellation"), "what it said is remembered");
}
