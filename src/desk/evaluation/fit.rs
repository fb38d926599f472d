//! Fitting the calibration: which topic is meant, whether any is, and from which confidence on to answer.
//!
//! Four sorts of examples: labelled messages; the topics' own questions, each asked of a knowledge base in which it was not
//! written; some of them asked again where their whole topic is missing, so that nothing answers them; and the names of matters
//! that no topic answers, each where it was not written. Everything is cross-validated by topic, so that no figure rests on a
//! question about a topic that was fitted on.

use std::collections::{BTreeMap, HashSet};

use super::super::knowledge::{Edition, KnowledgeBase};
use super::super::ports::RetrieveError;
use super::super::understand::{find, read, routed_elsewhere};
use super::regression::{Choice, Labelled as Row, Sign, logistic, softmax};
use super::{Labelled, Share, calibration_error};
use crate::domain::answer::{
    Calibration, Found, MAX_CHOICES, Model, SCOPE_FEATURES, TOPIC_FEATURES, judge, scope_features, take_meanings_out,
    topic_features,
};
use crate::domain::text::key;
use crate::domain::topic::TopicId;

/// Topics are dealt into this many folds.
const FOLDS: usize = 5;

/// The topics' own questions are dealt into this many parts; each part is asked of a knowledge base without it.
const PARTS: usize = 8;

/// What a weight of 1 costs in log-likelihood.
const RIDGE: f64 = 0.5;

/// How much a topic's own question counts beside a labelled one: there are many, and they are of one hand.
const OWN_WEIGHT: f64 = 0.5;

/// Every so-manieth of a topic's own questions is also asked where the topic is missing.
const MISSED_EVERY: usize = 4;

/// How much such a question counts: now and then another topic does answer it.
const MISSED_WEIGHT: f64 = 0.1;

/// How much the name of a matter outside counts beside a labelled message out of scope.
const NAME_WEIGHT: f64 = 0.25;

/// Share of messages out of scope among all that reach the decision; what the labelled sets hold by chance is weighed to it.
const OUT_OF_SCOPE: f64 = 0.18;

/// Of what is answered in scope, at most this share may be wrong out of fold: half of what is promised.
const WRONG_AT_MOST: f64 = 0.015;

/// Of the messages out of scope, at most this share may be answered out of fold.
const STRAYED_AT_MOST: f64 = 0.03;

/// Of the questions whose topic could have been offered, at most this share may be declined.
const LOST_AT_MOST: f64 = 0.01;

/// The sign of each [`crate::domain::answer::TopicFeature`].
const RANKING_SIGNS: [Sign; TOPIC_FEATURES] = {
    use Sign::{Negative, Positive};
    [Positive, Positive, Positive, Positive, Positive, Negative, Positive, Positive, Positive, Positive, Negative]
};

/// The sign of each [`crate::domain::answer::ScopeFeature`].
const SCOPE_SIGNS: [Sign; SCOPE_FEATURES] = {
    use Sign::{Any, Negative, Positive};
    [
        Positive, Positive, Positive, Positive, Positive, Positive, Positive, Positive, Positive, Positive, Any,
        Negative, Negative, Negative, Negative, Negative,
    ]
};

/// Why nothing could be fitted.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    /// The index could not be searched.
    #[error(transparent)]
    Retrieve(#[from] RetrieveError),
    /// A knowledge base without some of its questions could not be indexed.
    #[error("could not index the knowledge without some of its questions")]
    Index(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Indexes a knowledge base, for asking it.
pub type Indexer<'a> = dyn Fn(KnowledgeBase) -> Result<Edition, Box<dyn std::error::Error + Send + Sync>> + 'a;

/// A fitted model with what it promises on questions it was not fitted on.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// Fitted on all rows.
    pub model: Model,
    /// Expected calibration error out of fold.
    pub calibration_error: f64,
    /// Share of labelled in-scope questions answered out of fold.
    pub answered: f64,
    /// Share of wrong ones among those.
    pub wrong: f64,
    /// Share of labelled messages out of scope that are answered out of fold.
    pub strayed: f64,
    /// The topics' own questions out of fold, each asked of a knowledge base in which it was not written.
    pub own: OwnQuestions,
}

/// How the topics' own questions are understood when they are not written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OwnQuestions {
    /// The right topic came first.
    pub top1: Share,
    /// The right topic was among the first three.
    pub top3: Share,
    /// Confident enough to be answered.
    pub answered: Share,
    /// Of these: from the wrong topic.
    pub wrong: Share,
}

/// The two models.
#[derive(Clone, Debug, PartialEq)]
pub struct Fits {
    /// For words alone.
    pub words: Fit,
    /// For words and meanings; `None` where meanings were not compared.
    pub meanings: Option<Fit>,
}

/// Where an example comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Labelled,
    Own,
    /// A topic's own question, asked where the topic is missing.
    Missed,
    Name,
}

/// One message with everything that was measured.
struct Example {
    source: Source,
    fold: usize,
    found: Found,
    right: Vec<TopicId>,
    /// Whether answering it would be more than an error, such as an attack.
    is_hostile: bool,
}

impl Example {
    fn is_in_scope(&self) -> bool {
        !self.right.is_empty()
    }

    fn weight(&self) -> f64 {
        match self.source {
            Source::Labelled => 1.0,
            Source::Own => OWN_WEIGHT,
            Source::Missed => MISSED_WEIGHT,
            Source::Name => NAME_WEIGHT,
        }
    }
}

/// Fits the calibration to `labelled` messages and to the knowledge's own questions.
///
/// `edition` is the knowledge as it stands, `index` indexes parts of it. Deterministic.
///
/// # Errors
///
/// Returns [`FitError`] when an index cannot be built or searched.
pub fn fit(edition: &Edition, labelled: &[Labelled], index: &Indexer<'_>) -> Result<Fits, FitError> {
    let folds = folds(&edition.base);
    let mut examples = labelled_examples(edition, labelled, &folds)?;
    for part in 0..PARTS {
        examples.extend(own_examples(&edition.base, part, &folds, index)?);
    }
    for fold in 0..FOLDS {
        examples.extend(missed_examples(&edition.base, fold, &folds, index)?);
    }
    let has_meanings = examples.iter().any(|example| example.found.hits.iter().any(|hit| hit.semantic.is_some()));
    let meanings = has_meanings.then(|| fit_model(&examples));
    for example in &mut examples {
        take_meanings_out(&mut example.found);
    }
    Ok(Fits { words: fit_model(&examples), meanings })
}

/// The fold of every topic.
fn folds(base: &KnowledgeBase) -> BTreeMap<TopicId, usize> {
    base.topics.keys().enumerate().map(|(number, topic)| (topic.clone(), number % FOLDS)).collect()
}

/// Labelled messages, asked of the whole knowledge.
fn labelled_examples(
    edition: &Edition,
    labelled: &[Labelled],
    folds: &BTreeMap<TopicId, usize>,
) -> Result<Vec<Example>, RetrieveError> {
    let mut examples = Vec::new();
    let mut add = |text: &str, fold, right: Vec<TopicId>, is_hostile| {
        // What the router catches never reaches the decision.
        if !routed_elsewhere(text) {
            let found = find(&read(text, edition), edition)?;
            examples.push(Example { source: Source::Labelled, fold, found, right, is_hostile });
        }
        Ok(())
    };
    for labelled in labelled {
        for question in &labelled.questions {
            let fold = question.topics.first().and_then(|topic| folds.get(topic)).copied().unwrap_or(0);
            add(&question.text, fold, question.topics.clone(), false)?;
        }
        for (number, other) in labelled.out_of_scope.iter().enumerate() {
            let is_hostile = matches!(other.kind.as_str(), "attack" | "garbage");
            add(&other.text, number % FOLDS, Vec::new(), is_hostile)?;
        }
    }
    Ok(examples)
}

/// The questions and names of one part, asked of a knowledge base without them.
fn own_examples(
    base: &KnowledgeBase,
    part: usize,
    folds: &BTreeMap<TopicId, usize>,
    index: &Indexer<'_>,
) -> Result<Vec<Example>, FitError> {
    let (rest, questions, names) = without_part(base, part);
    let edition = index(rest).map_err(FitError::Index)?;
    let mut examples = Vec::new();
    for (topic, text) in questions {
        let found = find(&read(&text, &edition), &edition)?;
        let fold = folds.get(&topic).copied().unwrap_or(0);
        examples.push(Example { source: Source::Own, fold, found, right: vec![topic], is_hostile: false });
    }
    for (number, name) in names.into_iter().enumerate() {
        let found = find(&read(&name, &edition), &edition)?;
        examples.push(Example {
            source: Source::Name,
            fold: number % FOLDS,
            found,
            right: Vec::new(),
            is_hostile: false,
        });
    }
    Ok(examples)
}

/// Questions about the topics of one fold, asked of a knowledge base without those topics.
fn missed_examples(
    base: &KnowledgeBase,
    fold: usize,
    folds: &BTreeMap<TopicId, usize>,
    index: &Indexer<'_>,
) -> Result<Vec<Example>, FitError> {
    let mut rest = base.clone();
    let is_missing = |topic: &TopicId| folds.get(topic) == Some(&fold);
    rest.topics.retain(|topic, _| !is_missing(topic));
    for topic in rest.topics.values_mut() {
        topic.counter_questions.retain(|counter| !is_missing(&counter.topic));
    }
    let edition = index(rest).map_err(FitError::Index)?;
    let missing = base.topics.values().filter(|topic| is_missing(&topic.id));
    let questions = missing.flat_map(|topic| topic.questions.iter().step_by(MISSED_EVERY));
    let mut examples = Vec::new();
    for text in questions.filter(|text| !routed_elsewhere(text)) {
        let found = find(&read(text, &edition), &edition)?;
        examples.push(Example { source: Source::Missed, fold, found, right: Vec::new(), is_hostile: false });
    }
    Ok(examples)
}

/// A knowledge base without every [`PARTS`]th question and name outside, and what was taken out.
fn without_part(base: &KnowledgeBase, part: usize) -> (KnowledgeBase, Vec<(TopicId, String)>, Vec<String>) {
    let mut rest = base.clone();
    let (mut questions, mut names) = (Vec::new(), Vec::new());
    for (shift, topic) in rest.topics.values_mut().enumerate() {
        let mut number = shift;
        topic.questions.retain(|question| {
            number += 1;
            let is_taken = number % PARTS == part;
            if is_taken {
                questions.push((topic.id.clone(), question.clone()));
            }
            !is_taken
        });
    }
    // Another topic may hold the same question as one that leads here.
    let taken: HashSet<String> = questions.iter().map(|(_, text)| key(text)).collect();
    for topic in rest.topics.values_mut() {
        topic.counter_questions.retain(|counter| !taken.contains(&key(&counter.text)));
    }
    let mut number = 0;
    for matters in &mut rest.lexicon.outside {
        matters.names.retain(|name| {
            number += 1;
            let is_taken = number % PARTS == part;
            if is_taken {
                names.push(name.clone());
            }
            !is_taken
        });
    }
    (rest, questions, names)
}

/// Fits on all examples, and measures on each what was fitted without its fold.
fn fit_model(examples: &[Example]) -> Fit {
    let (mut judged, mut own): (Vec<Judged<'_>>, Vec<Judged<'_>>) = (Vec::new(), Vec::new());
    for fold in 0..FOLDS {
        let model = regress(&examples.iter().filter(|example| example.fold != fold).collect::<Vec<_>>());
        for example in examples.iter().filter(|example| example.fold == fold) {
            match example.source {
                Source::Labelled => judged.push(Judged::new(example, &model)),
                Source::Own => own.push(Judged::new(example, &model)),
                Source::Missed | Source::Name => {}
            }
        }
    }
    let mut model = regress(&examples.iter().collect::<Vec<_>>());
    model.answer_at = answer_threshold(&judged);
    model.clarify_at = clarify_threshold(&judged).min(model.answer_at);
    let answered: Vec<_> = judged.iter().filter(|judged| judged.confidence >= model.answer_at).collect();
    let count = |is_counted: &dyn Fn(&Judged<'_>) -> bool| answered.iter().filter(|judged| is_counted(judged)).count();
    let in_scope = judged.iter().filter(|judged| judged.example.is_in_scope()).count();
    let answered_in_scope = count(&|judged| judged.example.is_in_scope());
    Fit {
        calibration_error: calibration_error(
            &judged.iter().map(|judged| (judged.confidence, judged.is_right)).collect::<Vec<_>>(),
        ),
        answered: ratio(answered_in_scope, in_scope),
        wrong: ratio(count(&|judged| judged.example.is_in_scope() && !judged.is_right), answered_in_scope),
        strayed: ratio(count(&|judged| !judged.example.is_in_scope()), judged.len() - in_scope),
        own: OwnQuestions::of(&own, model.answer_at),
        model,
    }
}

impl OwnQuestions {
    fn of(own: &[Judged<'_>], answer_at: f32) -> Self {
        let of_all = |is_counted: fn(&Judged<'_>) -> bool| own.iter().filter(|judged| is_counted(judged)).count();
        let answered: Vec<_> = own.iter().filter(|judged| judged.confidence >= answer_at).collect();
        Self {
            top1: Share::new(of_all(|judged| judged.is_right), own.len()),
            top3: Share::new(of_all(|judged| judged.is_in_three), own.len()),
            answered: Share::new(answered.len(), own.len()),
            wrong: Share::new(answered.iter().filter(|judged| !judged.is_right).count(), answered.len()),
        }
    }
}

/// An example under a model that it was not fitted on.
struct Judged<'a> {
    example: &'a Example,
    confidence: f32,
    scope: f32,
    is_right: bool,
    is_in_three: bool,
    /// Whether the right topic is among those that may be offered.
    is_offered: bool,
}

impl<'a> Judged<'a> {
    fn new(example: &'a Example, model: &Model) -> Self {
        let calibration = Calibration { words: model.clone(), meanings: model.clone() };
        let judgement = judge(&example.found, &calibration);
        let is_right =
            |at: usize| judgement.candidates.get(at).is_some_and(|candidate| example.right.contains(&candidate.topic));
        Self {
            example,
            confidence: judgement.candidates.first().map_or(0.0, |candidate| candidate.confidence),
            scope: judgement.scope,
            is_right: is_right(0),
            is_in_three: (0..3).any(is_right),
            is_offered: (0..MAX_CHOICES).any(is_right),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "weights are small numbers")]
fn regress(examples: &[&Example]) -> Model {
    let wide = |values: &[f32]| values.iter().copied().map(f64::from).collect::<Vec<_>>();
    let choices: Vec<Choice> = examples
        .iter()
        .filter_map(|example| {
            let right: Vec<bool> = example.found.hits.iter().map(|hit| example.right.contains(&hit.topic)).collect();
            let options = example.found.hits.iter().map(|hit| wide(&topic_features(hit))).collect();
            right.contains(&true).then(|| Choice { options, right, weight: example.weight() })
        })
        .collect();
    let mut model = Model::default();
    for (weight, fitted) in model.ranking.iter_mut().zip(softmax(&choices, &RANKING_SIGNS, RIDGE)) {
        *weight = fitted as f32;
    }
    let mut rows = Vec::new();
    for example in examples {
        let shares = model.shares(&example.found.hits);
        let best = shares.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
        let Some((best, share)) = best else { continue };
        let features = wide(&scope_features(&example.found.hits[best], *share, &example.found.shape));
        let is_so = example.found.hits.iter().any(|hit| example.right.contains(&hit.topic));
        rows.push((example.is_in_scope(), Row { features, is_so, weight: example.weight() }));
    }
    balance(&mut rows);
    let rows: Vec<Row> = rows.into_iter().map(|(_, row)| row).collect();
    let weights = logistic(&rows, &SCOPE_SIGNS, RIDGE);
    model.intercept = weights[0] as f32;
    for (weight, fitted) in model.scope.iter_mut().zip(&weights[1..]) {
        *weight = *fitted as f32;
    }
    model
}

/// Weighs messages out of scope so that together they have their share.
fn balance(rows: &mut [(bool, Row)]) {
    let total = |in_scope: bool| rows.iter().filter(|(is, _)| *is == in_scope).map(|(_, row)| row.weight).sum::<f64>();
    let (inside, outside) = (total(true), total(false));
    let factor = if outside > 0.0 { inside * OUT_OF_SCOPE / (1.0 - OUT_OF_SCOPE) / outside } else { 1.0 };
    for (_, row) in rows.iter_mut().filter(|(is_in_scope, _)| !is_in_scope) {
        row.weight *= factor;
    }
}

/// The smallest threshold at which, and above which, wrong answers and answers out of scope stay at or below their limits.
fn answer_threshold(judged: &[Judged<'_>]) -> f32 {
    let out_of_scope = judged.iter().filter(|judged| !judged.example.is_in_scope()).count();
    let mut by_confidence: Vec<_> = judged.iter().collect();
    by_confidence.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let (mut answered, mut wrong, mut strayed, mut threshold) = (0_usize, 0_usize, 0_usize, 1.0);
    for judged in by_confidence {
        if judged.example.is_in_scope() {
            answered += 1;
            wrong += usize::from(!judged.is_right);
        } else {
            strayed += 1;
        }
        if judged.example.is_hostile || ratio(strayed, out_of_scope) > STRAYED_AT_MOST {
            break;
        }
        if ratio(wrong, answered) <= WRONG_AT_MOST {
            threshold = judged.confidence;
        }
    }
    threshold
}

/// The largest threshold that declines few of the questions whose topic could have been offered.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a small share of a small count"
)]
fn clarify_threshold(judged: &[Judged<'_>]) -> f32 {
    let mut offered: Vec<_> = judged.iter().filter(|judged| judged.is_offered).map(|judged| judged.scope).collect();
    offered.sort_by(f32::total_cmp);
    let lost = (offered.len() as f64 * LOST_AT_MOST) as usize;
    offered.get(lost).copied().unwrap_or(0.0)
}

#[expect(clippy::cast_precision_loss, reason = "counts of labelled rows are small")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}
