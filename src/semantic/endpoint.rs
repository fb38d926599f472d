//! A server that speaks `POST /v1/embeddings` as `OpenAI` does. What is asked there leaves this machine's process: it is off unless
//! the operator names a server.

use std::time::{Duration, Instant};

use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::breaker::Breaker;
use super::model::Side;
use super::vectors::to_unit;

/// A server that is there answers within this time.
const CONNECT_LIMIT: Duration = Duration::from_secs(2);

/// A batch of knowledge may take this long.
const BATCH_LIMIT: Duration = Duration::from_mins(2);

/// An answer may have this many bytes a text: four thousand numbers in decimal.
const BYTES_A_TEXT: usize = 128 << 10;

/// Where the server is and what it calls its models.
#[derive(Clone, Debug)]
pub struct EndpointConfig {
    /// The base of its API, such as `http://127.0.0.1:8000/v1`.
    pub url: Url,
    /// The model for questions.
    pub question_model: String,
    /// The model for passages; many servers have one for both.
    pub passage_model: String,
    /// Sent as a bearer token.
    pub key: Option<SecretString>,
    /// How long a question may take.
    pub limit: Duration,
}

/// Why the server gave no vectors.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// It failed several times and is left alone for a while.
    #[error("the embeddings server is left alone for a while")]
    Resting,
    /// It could not be reached, or took too long.
    #[error("the embeddings server did not answer")]
    Call(#[source] reqwest::Error),
    /// It refused.
    #[error("the embeddings server answered {0}")]
    Refused(StatusCode),
    /// Its answer makes no sense.
    #[error("the embeddings server's answer cannot be used: {0}")]
    Nonsense(&'static str),
}

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    input: &'a [&'a str],
    encoding_format: &'static str,
}

#[derive(Deserialize)]
struct Response {
    data: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    index: Option<usize>,
    embedding: Vec<f32>,
}

/// The server, and whether it is worth calling.
pub(super) struct Endpoint {
    config: EndpointConfig,
    url: Url,
    client: Client,
    breaker: Breaker,
    space: String,
}

impl Endpoint {
    /// Prepares calls; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// Returns an error when the TLS library cannot be started.
    pub(super) fn new(config: EndpointConfig) -> Result<Self, reqwest::Error> {
        let client = Client::builder().connect_timeout(CONNECT_LIMIT).redirect(Policy::none()).build()?;
        let mut url = config.url.clone();
        let path = format!("{}/embeddings", url.path().trim_end_matches('/'));
        url.set_path(&path);
        let space = format!("{url} {} {}", config.question_model, config.passage_model);
        Ok(Self { config, url, client, breaker: Breaker::default(), space })
    }

    /// Names the space its vectors live in.
    pub(super) fn space(&self) -> &str {
        &self.space
    }

    /// How long a question may take.
    pub(super) fn limit(&self) -> Duration {
        self.config.limit
    }

    /// Whether it answered when it was last asked.
    pub(super) fn is_well(&self) -> bool {
        !self.breaker.is_open()
    }

    /// The vector of one question, of length 1.
    ///
    /// # Errors
    ///
    /// Returns [`EndpointError`]; after several in a row the server is left alone for a while.
    pub(super) async fn embed_question(&self, text: &str) -> Result<Vec<f32>, EndpointError> {
        let mut rows = self.embed(Side::Question, &[text], self.config.limit).await?;
        rows.pop().ok_or(EndpointError::Nonsense("it holds no vector"))
    }

    /// The vectors of a batch of knowledge.
    ///
    /// # Errors
    ///
    /// Returns [`EndpointError`].
    pub(super) async fn embed_batch(&self, side: Side, texts: &[&str]) -> Result<Vec<Vec<f32>>, EndpointError> {
        self.embed(side, texts, BATCH_LIMIT).await
    }

    async fn embed(&self, side: Side, texts: &[&str], limit: Duration) -> Result<Vec<Vec<f32>>, EndpointError> {
        if !self.breaker.lets_through(Instant::now()) {
            return Err(EndpointError::Resting);
        }
        let result = self.call(side, texts, limit).await;
        if self.breaker.record(result.is_ok(), Instant::now()) {
            tracing::warn!("the embeddings server failed several times and is left alone for a while");
        }
        result
    }

    async fn call(&self, side: Side, texts: &[&str], limit: Duration) -> Result<Vec<Vec<f32>>, EndpointError> {
        let model = match side {
            Side::Question => &self.config.question_model,
            Side::Passage => &self.config.passage_model,
        };
        let body = Request { model, input: texts, encoding_format: "float" };
        let mut request = self.client.post(self.url.clone()).timeout(limit).json(&body);
        if let Some(key) = &self.config.key {
            request = request.bearer_auth(key.expose_secret());
        }
        let mut response = request.send().await.map_err(|cause| EndpointError::Call(cause.without_url()))?;
        if !response.status().is_success() {
            return Err(EndpointError::Refused(response.status()));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|cause| EndpointError::Call(cause.without_url()))? {
            if bytes.len() + chunk.len() > BYTES_A_TEXT * texts.len().max(1) {
                return Err(EndpointError::Nonsense("it is too long"));
            }
            bytes.extend_from_slice(&chunk);
        }
        let response: Response =
            serde_json::from_slice(&bytes).map_err(|_not_json| EndpointError::Nonsense("it is another JSON"))?;
        vectors(response, texts.len())
    }
}

/// Asks the server for one vector and returns its length.
///
/// # Errors
///
/// Returns [`EndpointError`] when it cannot be used.
pub async fn probe(config: EndpointConfig) -> Result<usize, EndpointError> {
    let endpoint = Endpoint::new(config).map_err(EndpointError::Call)?;
    Ok(endpoint.embed_question("公司注销").await?.len())
}

/// The rows in the order of the texts, of length 1; every one must be there, and all must be of one length.
fn vectors(response: Response, texts: usize) -> Result<Vec<Vec<f32>>, EndpointError> {
    let mut vectors = vec![Vec::new(); texts];
    if response.data.len() != texts {
        return Err(EndpointError::Nonsense("it holds another number of vectors"));
    }
    for (place, mut row) in response.data.into_iter().enumerate() {
        to_unit(&mut row.embedding);
        let slot = vectors.get_mut(row.index.unwrap_or(place));
        *slot.ok_or(EndpointError::Nonsense("its numbering is wrong"))? = row.embedding;
    }
    let width = vectors.first().map_or(0, Vec::len);
    let is_sound = |vector: &Vec<f32>| vector.len() == width && vector.iter().all(|value| value.is_finite());
    if width == 0 || !vectors.iter().all(is_sound) {
        return Err(EndpointError::Nonsense("its vectors are of different lengths, or no numbers"));
    }
    Ok(vectors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &str, texts: usize, expected: Option<&[&[f32]]>) {
        let got = serde_json::from_str(json).ok().and_then(|response| vectors(response, texts).ok());
        let expected = expected.map(|rows| rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>());
        assert_eq!(got, expected, "{json}");
    }

    #[test]
    fn vectors_are_put_in_order_and_brought_to_length_one() {
        let json = r#"{"data":[{"index":1,"embedding":[0,2]},{"index":0,"embedding":[3,0]}],"model":"m"}"#;
        check(json, 2, Some(&[&[1.0, 0.0], &[0.0, 1.0]]));
        check(r#"{"data":[{"embedding":[5]}]}"#, 1, Some(&[&[1.0]]));
    }

    #[test]
    fn what_is_incomplete_is_refused() {
        check(r#"{"data":[{"index":0,"embedding":[1]}]}"#, 2, None);
        check(r#"{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}"#, 2, None);
        check(r#"{"data":[{"index":0,"embedding":[]}]}"#, 1, None);
        check(r#"{"data":[{"index":7,"embedding":[1]}]}"#, 1, None);
        check(r#"{"data":[{"index":0,"embedding":[1e40]}]}"#, 1, None);
    }
}
