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

/// Vectors as near as this are the same but for rounding.
pub(crate) const SAME: f32 = 0.999;

/// Long words of Latin script are not in the kept vocabulary and are read in parts, which moves a text by so much at most.
const MOVED_BY_PARTS: f32 = 0.9;

/// The longest word of Latin script that the kept vocabulary has as a whole.
const LONGEST_WORD: usize = 4;

/// Whether all of a text's words are in the kept vocabulary.
pub(crate) fn is_kept_whole(text: &str) -> bool {
    text.split(|character: char| !character.is_ascii_alphanumeric()).all(|word| word.len() <= LONGEST_WORD)
}

/// People's words, each with the official title that it is about.
const ASKED_AND_MEANT: [(&str, &str); 8] = [
    ("店不想开了怎么把照退掉", "个体工商户注销登记"),
    ("搞研发花的钱能多抵点税吗", "企业研发费用加计扣除"),
    ("没裁人能退点社保钱吗", "稳岗返还"),
    ("开店缺钱想找政府贴息贷款", "创业担保贷款"),
    ("我们做软件的怎么评上高企", "高新技术企业认定"),
    ("给员工上公积金要先开户吧", "住房公积金缴存登记"),
    ("厂房马上开工要先拿什么证", "施工许可证核发"),
    ("建个喷漆车间要做环评吗", "环境影响评价审批"),
];

/// So many of them are put first; by chance it would be one. (The reference has one more, before its rival by less than rounding.)
const MEANT_FIRST: usize = 5;

#[test]
fn vectors_are_those_of_the_reference() {
    let rows: Vec<Reference> = serde_json::from_str(include_str!("reference.json")).unwrap();
    let model = model();
    assert_eq!(rows.iter().filter(|row| is_kept_whole(&row.text)).count(), 3);
    for Reference { side, text, vector } in rows {
        let side = if side == "passage" { Side::Passage } else { Side::Question };
        let near = cosine(&model.embed(side, &text).unwrap(), &vector);
        let bound = if is_kept_whole(&text) { SAME } else { MOVED_BY_PARTS };
        assert!(near > bound, "{text}: {near}");
    }
}

#[test]
fn peoples_words_are_nearest_to_the_title_they_are_about() {
    let model = model();
    let read = |text: &str| model.embed(Side::Question, text).unwrap();
    let titles: Vec<_> = ASKED_AND_MEANT.iter().map(|(_, title)| (*title, read(title))).collect();
    let is_first = |(asked, meant): &(&str, &str)| {
        let asked = read(asked);
        let near = |title: &(&str, Vec<f32>)| cosine(&asked, &title.1);
        titles.iter().max_by(|a, b| near(a).total_cmp(&near(b))).is_some_and(|nearest| nearest.0 == *meant)
    };
    let right = ASKED_AND_MEANT.iter().filter(|row| is_first(row)).count();
    assert!(right >= MEANT_FIRST, "{right}");
}
