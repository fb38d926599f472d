//! The model's vectors: those of the reference, and good enough to find topics by.

use serde::Deserialize;
use zhengqitong::semantic::Side;

use crate::provision::model;

#[derive(Deserialize)]
struct Reference {
    side: String,
    text: String,
    vector: Vec<f32>,
}

/// The cosine of two vectors.
pub(crate) fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let product = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f32>();
    product(a, b) / (product(a, a) * product(b, b)).sqrt()
}

#[test]
fn vectors_are_those_of_the_reference() {
    let rows: Vec<Reference> = serde_json::from_str(include_str!("reference.json")).unwrap();
    let model = model();
    assert_eq!(rows.len(), 4);
    for Reference { side, text, vector } in rows {
        let side = if side == "passage" { Side::Passage } else { Side::Question };
        let got = model.embed(side, &text).unwrap();
        let near = cosine(&got, &vector);
        assert!(near > 0.999, "{text}: {near}");
    }
}

#[test]
fn a_question_is_nearer_to_what_it_means_than_to_what_it_resembles() {
    let model = model();
    let read = |text: &str| model.embed(Side::Question, text).unwrap();
    let asked = read("店不想开了,执照要怎么退掉");
    let (meant, resembles) = (read("个体工商户注销登记"), read("营业执照遗失补领"));
    assert!(cosine(&asked, &meant) > cosine(&asked, &resembles));
}
