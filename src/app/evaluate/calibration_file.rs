//! Writes `calibration.yaml`.

use std::path::Path;

use anyhow::Context;
use jiff::civil::Date;
use strum::IntoEnumIterator;

use crate::desk::evaluation::{Fit, Fits};
use crate::domain::answer::{Model, ScopeFeature, TopicFeature};

/// Writes what was fitted into the data folder; the model for meanings stays as it was when none was fitted.
pub(super) fn write(faq_data: &Path, fits: &Fits, kept: &Model, today: Date) -> anyhow::Result<()> {
    let meanings = fits.meanings.as_ref().map_or(kept, |fit| &fit.model);
    let text = format!(
        "# Turns match features into a confidence; fitted by `zhengqitong eval DIR --fit`, cross-validated by topic.\n\
         # ranking: a softmax over all topics found. scope: log-odds that any of them is meant. A topic's confidence is the\n\
         # product of the two; `zhengqitong ask --explain` shows every part of it.\n\
         words:\n{}meanings:\n{}fitted_on: {today}\nnotes: >-\n{}{}",
        model(&fits.words.model),
        model(meanings),
        note("words alone", &fits.words),
        fits.meanings.as_ref().map(|fit| note("with meanings", fit)).unwrap_or_default(),
    );
    let path = faq_data.join("calibration.yaml");
    std::fs::write(&path, text).with_context(|| format!("无法写入 {}", path.display()))
}

fn model(model: &Model) -> String {
    let ranking = TopicFeature::iter().map(Into::into).zip(model.ranking);
    let scope = ScopeFeature::iter().map(Into::into).zip(model.scope);
    format!(
        "  ranking: {{{}}}\n  scope: {{{}}}\n  intercept: {:.4}\n  answer_at: {:.4}\n  clarify_at: {:.4}\n",
        weights(ranking),
        weights(scope),
        model.intercept,
        model.answer_at,
        model.clarify_at,
    )
}

/// Weights by name; what counts nothing is left out.
fn weights(named: impl Iterator<Item = (&'static str, f32)>) -> String {
    let shown = named.filter(|(_, weight)| *weight != 0.0).map(|(name, weight)| format!("{name}: {weight:.4}"));
    shown.collect::<Vec<_>>().join(", ")
}

fn note(what: &str, fit: &Fit) -> String {
    format!(
        "  Out of fold, {what}: calibration error {:.3}, {:.1} % of the labelled in-scope questions answered, {:.1} % of those\n\
         \x20 wrong, {:.1} % of the messages out of scope answered.\n",
        fit.calibration_error,
        fit.answered * 100.0,
        fit.wrong * 100.0,
        fit.strayed * 100.0,
    ) + &format!(
        "  Own questions, each asked of the knowledge without it: the right topic first for {:.1} %, {:.1} % answered, {:.1} %\n\
         \x20 of those wrong.\n",
        fit.own.top1.share * 100.0,
        fit.own.answered.share * 100.0,
        fit.own.wrong.share * 100.0,
    )
}
