//! What every answer must be, over all topics, facets and days: short, literal, dated.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use strum::IntoEnumIterator;
use zhengqitong::desk::wording::answer::{self, Composed, MAX_CHARS, View};
use zhengqitong::desk::wording::facet as facet_name;
use zhengqitong::domain::topic::{Facet, Topic};

use crate::support::desk::edition;

/// Days on which policies begin, run and are over.
fn days() -> [Date; 4] {
    [date(2020, 1, 1), date(2026, 11, 20), date(2026, 12, 31), date(2028, 6, 30)]
}

fn view(facets: &[Facet], as_of: Date) -> View<'_> {
    View { facets, as_of, nearby: &[], asks_subdistrict: true, limit: MAX_CHARS }
}

/// Every topic with no facet, each facet, and two facets at once.
fn each(mut check: impl FnMut(&Topic, &[Facet], Date, &Composed)) {
    let edition = edition();
    let facets: Vec<_> = Facet::iter().collect();
    for topic in edition.base.topics.values() {
        for as_of in days() {
            let mut look = |asked: &[Facet]| check(topic, asked, as_of, &answer::answer(topic, &view(asked, as_of)));
            look(&[]);
            facets.iter().for_each(|facet| look(&[*facet]));
            facets.windows(2).for_each(look);
        }
    }
}

#[test]
fn no_answer_is_longer_than_six_hundred_characters() {
    let mut longest = 0;
    each(|topic, asked, as_of, composed| {
        let length = composed.text.chars().count();
        longest = longest.max(length);
        assert!(length <= MAX_CHARS, "{} {asked:?} on {as_of}: {length} characters\n{}", topic.id, composed.text);
    });
    assert!(longest > MAX_CHARS / 2, "the limit is put to the test: {longest}");
}

/// Runs of digits, with decimal points, as people read them: `12.5`, `2026`.
fn figures(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit() && c != '.').map(|run| run.trim_matches('.')).filter(|run| !run.is_empty())
}

/// What the composer itself counts: lines left out, items in all, days left, and the day of the answer.
fn without_counts(text: &str, as_of: Date) -> String {
    let mut kept = String::new();
    for line in text.lines() {
        let line = line.replace(&format!("截至{}年{}月{}日", as_of.year(), as_of.month(), as_of.day()), "");
        let counted = [("…还有", "项"), ("，共", "项"), ("，还有", "天")];
        kept.push_str(&counted.iter().fold(line, |line, (before, after)| without_count(&line, before, after)));
        kept.push('\n');
    }
    kept
}

fn without_count(line: &str, before: &str, after: &str) -> String {
    let Some(at) = line.find(before) else { return line.to_owned() };
    let rest = &line[at + before.len()..];
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if digits > 0 && rest[digits..].starts_with(after) {
        format!("{}{}", &line[..at], &rest[digits..])
    } else {
        line.to_owned()
    }
}

/// Every figure that a topic's fields hold; dates in both ways of writing them.
fn figures_of(topic: &Topic) -> BTreeSet<String> {
    let mut texts = vec![topic.title.clone(), topic.summary.clone(), topic.verified_on.to_string()];
    texts.extend(topic.facets.values().flatten().cloned());
    texts.extend(topic.competent.iter().cloned());
    texts.extend(topic.validity.successor.clone());
    let citations = topic.citations.iter();
    texts.extend(citations.flat_map(|citation| [Some(citation.title.clone()), citation.doc_no.clone()]).flatten());
    let of_documents = topic.citations.iter().flat_map(|citation| [citation.valid_from, citation.valid_to]);
    for day in [topic.validity.from, topic.validity.to].into_iter().chain(of_documents).flatten() {
        texts.push(format!("{} {} {}", day.year(), day.month(), day.day()));
    }
    texts.iter().flat_map(|text| figures(text)).map(ToOwned::to_owned).collect()
}

#[test]
fn every_figure_stands_in_the_topic() {
    each(|topic, asked, as_of, composed| {
        let known = figures_of(topic);
        let text = without_counts(&composed.text, as_of);
        let strange: Vec<_> = figures(&text).filter(|figure| !known.contains(*figure)).collect();
        assert!(strange.is_empty(), "{} {asked:?}: {strange:?} in\n{}", topic.id, composed.text);
    });
}

/// Beginnings of lines that are not a facet's own.
const FRAME: [&str; 11] = [
    "【",
    "请注意：",
    "后续政策：",
    "主管部门：",
    "依据：",
    "效力：",
    "核实日期：",
    "…还有",
    "告诉我所在街道",
    "资料中没有单列",
    "可向",
];

#[test]
fn what_is_shown_of_a_facet_are_its_lines_whole_and_in_order() {
    each(|topic, asked, _as_of, composed| {
        let [facet] = asked else { return };
        let Some(lines) = topic.facets.get(facet) else { return };
        let is_framed = |line: &&str| !FRAME.iter().any(|beginning| line.starts_with(beginning));
        let shown: Vec<_> = composed.text.lines().filter(is_framed).collect();
        assert!(
            lines.iter().map(String::as_str).take(shown.len()).eq(shown.iter().copied()),
            "{} {facet}\n{}",
            topic.id,
            composed.text
        );
        match composed.cut {
            None => assert_eq!(shown.len(), lines.len(), "{} {facet} says nothing about what is missing", topic.id),
            Some((cut, from)) => assert_eq!((cut, from), (*facet, shown.len()), "{} {facet}", topic.id),
        }
    });
}

#[test]
fn what_was_cut_is_shown_on_demand_to_the_last_line() {
    let edition = edition();
    for topic in edition.base.topics.values() {
        for facet in Facet::iter() {
            let Some(lines) = topic.facets.get(&facet) else { continue };
            let mut shown = Vec::new();
            let mut from = Some(0);
            while let Some(at) = from {
                let page = answer::more(topic, facet, at);
                assert!(page.text.chars().count() <= MAX_CHARS, "{} {facet}", topic.id);
                shown.extend(page.text.lines().skip(1).filter(|line| !line.starts_with("…还有")).map(str::to_owned));
                let next = page.cut.map(|(_, next)| next);
                assert!(next.is_none_or(|next| next > at), "{} {facet} does not move on", topic.id);
                from = next;
            }
            assert_eq!(shown, *lines, "{} {facet}", topic.id);
        }
    }
}

#[test]
fn an_answer_names_its_facet_first_and_its_source_and_validity_last() {
    each(|topic, asked, as_of, composed| {
        let lines: Vec<_> = composed.text.lines().collect();
        let first = lines.first().unwrap();
        assert!(first.starts_with(&format!("【{}】", topic.title)), "{first}");
        if let [facet] = asked {
            assert!(first.ends_with(facet_name(*facet)), "{first}");
        }
        let source = lines.iter().position(|line| line.starts_with("依据：《")).unwrap();
        let standing = lines.iter().position(|line| line.starts_with("效力：")).unwrap();
        assert!(source < standing && standing + 1 == lines.len() - 1, "{}", composed.text);
        assert!(lines[standing].contains(&format!("{}年{}月{}日", as_of.year(), as_of.month(), as_of.day())));
        if topic.validity.to.is_some_and(|to| as_of > to) {
            assert!(lines[1].starts_with("请注意：本政策已"), "what is over says so first\n{}", composed.text);
        }
    });
}

proptest! {
    /// Two or three answers in one message are as short as one.
    #[test]
    fn several_answers_take_no_more_room_than_one(
        picks in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 2..=3),
        day in 0_usize..4,
        is_closed in any::<bool>(),
    ) {
        let edition = edition();
        let topics: Vec<_> = edition.base.topics.values().collect();
        let facets: Vec<_> = Facet::iter().map(Some).chain([None]).collect();
        let asked: Vec<_> = picks.iter().map(|(topic, facet)| (*topic.get(&topics), facet.get(&facets).iter().copied().collect::<Vec<Facet>>())).collect();
        let parts: Vec<_> = asked.iter().map(|(topic, facets)| (*topic, view(facets, days()[day]))).collect();
        let closing = if is_closed { vec!["没有找到能准确回答的内容：“公章丢了怎么补”。可以换个说法单独再问，或点“找专员”。".to_owned()] } else { Vec::new() };
        let composed = answer::several(&parts, &closing);
        let texts: Vec<_> = composed.into_iter().map(|part| part.text).chain(closing).collect();
        let text = texts.join("\n\n");
        prop_assert!(text.chars().count() <= MAX_CHARS, "{} characters\n{text}", text.chars().count());
        prop_assert!(text.matches("依据：").count() >= parts.len(), "each has its source\n{text}");
    }
}
