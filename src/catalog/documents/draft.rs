//! A document as the beginning of a topic: its name, its source, and what stands below headings that name a facet.

use super::super::edit::Draft;
use crate::domain::document::Document;
use crate::domain::topic::{Citation, Facet};

/// Words in a heading, and the facet below it.
const HEADINGS: [(&str, Facet); 18] = [
    ("材料", Facet::Materials),
    ("流程", Facet::Steps),
    ("程序", Facet::Steps),
    ("步骤", Facet::Steps),
    ("时限", Facet::TimeLimit),
    ("收费", Facet::Fee),
    ("费用", Facet::Fee),
    ("地点", Facet::Place),
    ("地址", Facet::Place),
    ("电话", Facet::Contact),
    ("咨询", Facet::Contact),
    ("依据", Facet::Basis),
    ("有效期", Facet::Validity),
    ("标准", Facet::Amount),
    ("额度", Facet::Amount),
    ("条件", Facet::Conditions),
    ("对象", Facet::Conditions),
    ("范围", Facet::Conditions),
];

/// What a line of a topic file holds at most.
const LONGEST_LINE: usize = 300;

/// A draft of a topic that rests on `document`. What cannot be told from the text is left to who completes it.
#[must_use]
pub fn draft_of(document: &Document) -> Draft {
    let mut draft = Draft {
        title: document.title.clone(),
        citations: vec![citation(document)],
        notes: vec![format!("由文档 documents/{} 整理，请逐条核对后补全。", document.id)],
        ..Draft::default()
    };
    for passage in &document.passages {
        let last = passage.heading.rsplit(' ').next().unwrap_or_default();
        let Some((_, facet)) = HEADINGS.iter().find(|(word, _)| last.contains(word)) else { continue };
        for line in passage.text.lines() {
            if line.chars().count() <= LONGEST_LINE {
                draft.facets.entry(*facet).or_default().push(line.to_owned());
            } else {
                draft.notes.push(format!("{last}：{line}"));
            }
        }
    }
    draft
}

fn citation(document: &Document) -> Citation {
    Citation {
        title: document.title.clone(),
        doc_no: document.doc_no.clone(),
        issuer: document.issuer.clone(),
        valid_from: document.valid_from,
        valid_to: document.valid_to,
        status: document.status,
        url: document.source.clone().filter(|source| source.starts_with("http")),
    }
}
