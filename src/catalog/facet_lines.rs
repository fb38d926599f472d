//! Facets as lines of plain text, ready to be shown.

use std::collections::BTreeMap;

use super::record::{
    ContactRecord, FacetsRecord, FeeRecord, FormRecord, LevelRecord, MaterialRecord, PlaceRecord, TimeLimitRecord,
    UnitRecord,
};
use crate::domain::topic::Facet;

/// The facets that are written, each as its lines; what is absent stays absent.
pub(super) fn facet_lines(facets: &FacetsRecord) -> BTreeMap<Facet, Vec<String>> {
    let lines = [
        (Facet::Conditions, plain(&facets.conditions)),
        (Facet::Materials, numbered(facets.materials.iter().map(material))),
        (Facet::Steps, numbered(plain(&facets.steps).into_iter())),
        (Facet::TimeLimit, facets.time_limit.as_ref().map(time_limit).unwrap_or_default()),
        (Facet::Place, facets.places.iter().map(place).collect()),
        (Facet::Contact, facets.contacts.iter().map(contact).collect()),
        (Facet::Fee, facets.fee.iter().map(fee).collect()),
        (Facet::Amount, plain(&facets.amount)),
        (Facet::Validity, plain(&facets.validity)),
        (Facet::Basis, plain(&facets.basis)),
    ];
    lines.into_iter().filter(|(_, lines)| !lines.is_empty()).collect()
}

/// `text` on one line; a line break between Chinese characters leaves no space.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for part in text.lines().map(str::trim).filter(|part| !part.is_empty()) {
        let is_ascii = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        if is_ascii(line.chars().next_back()) && is_ascii(part.chars().next()) {
            line.push(' ');
        }
        line.push_str(part);
    }
    line
}

fn plain(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| one_line(text)).collect()
}

fn numbered(lines: impl Iterator<Item = String>) -> Vec<String> {
    lines.enumerate().map(|(at, line)| format!("{}. {line}", at + 1)).collect()
}

fn material(material: &MaterialRecord) -> String {
    let form = match material.form {
        FormRecord::Original => "原件",
        FormRecord::Copy => "复印件",
        FormRecord::Online => "网上提交",
        FormRecord::Either => "原件或复印件",
    };
    let note = material.note.as_ref().map(|note| format!("，{}", one_line(note))).unwrap_or_default();
    let tolerated = if material.tolerated { "（可容缺后补）" } else { "" };
    format!("{}（{form}{note}）{tolerated}", one_line(&material.name))
}

fn time_limit(limit: &TimeLimitRecord) -> Vec<String> {
    let mut lines = plain(&limit.text);
    let numbers = [("法定时限", limit.statutory_days), ("承诺时限", limit.promised_days)];
    for (name, days) in numbers.into_iter().filter_map(|(name, days)| Some((name, days?))) {
        let ways = duration(days, limit.unit);
        if !lines.iter().any(|line| ways.iter().any(|way| holds_number(line, way))) {
            lines.push(format!("{name}：{}", ways[0]));
        }
    }
    lines
}

/// Ways of saying `days`, the one to be shown first.
fn duration(days: u32, unit: Option<UnitRecord>) -> Vec<String> {
    match unit {
        _ if days == 0 => {
            vec!["当场办结".to_owned(), "当场".to_owned(), "即办".to_owned(), "即时".to_owned(), "立等可取".to_owned()]
        }
        Some(UnitRecord::Working) => vec![format!("{days}个工作日"), format!("{days}工作日")],
        Some(UnitRecord::Calendar) | None => {
            vec![format!("{days}天"), format!("{days}日"), format!("{days}个自然日"), format!("{days}个日历日")]
        }
    }
}

/// Tells whether `line` says `way`, not just the end of a larger number: `5天` is not in `15天`.
fn holds_number(line: &str, way: &str) -> bool {
    line.match_indices(way).any(|(at, _)| !line[..at].ends_with(|c: char| c.is_ascii_digit() || c == '.'))
}

fn place(place: &PlaceRecord) -> String {
    let level = match place.level {
        LevelRecord::District => "区级",
        LevelRecord::Subdistrict => "街道",
        LevelRecord::Community => "社区",
        LevelRecord::Online => "线上",
        LevelRecord::Mobile => "手机端",
    };
    format!("{level}：{}", one_line(&place.name))
}

fn contact(contact: &ContactRecord) -> String {
    format!("{}：{}", one_line(&contact.name), contact.phone)
}

fn fee(fee: &FeeRecord) -> String {
    let text = one_line(&fee.text);
    let says_free = ["不收", "免", "无需", "不需", "不用", "不要钱"].iter().any(|word| text.contains(word));
    if fee.charged || says_free { text } else { format!("不收费。{text}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(yaml: &str, facet: Facet, expected: &[&str]) {
        let record: FacetsRecord = serde_saphyr::from_str(yaml).unwrap();
        let lines = facet_lines(&record).remove(&facet).unwrap_or_default();
        assert_eq!(lines, expected, "{yaml}");
    }

    #[test]
    fn materials_are_numbered_with_form_note_and_tolerance() {
        check(
            "materials: [{name: 研发项目立项文件, form: copy, note: 留存备查}, {name: 营业执照, form: either, tolerated: true}]",
            Facet::Materials,
            &["1. 研发项目立项文件（复印件，留存备查）", "2. 营业执照（原件或复印件）（可容缺后补）"],
        );
    }

    #[test]
    fn steps_are_numbered_in_order() {
        check("steps: [网上填报, 领证]", Facet::Steps, &["1. 网上填报", "2. 领证"]);
    }

    #[test]
    fn statutory_and_promised_days_follow_the_words() {
        check(
            "time_limit: {text: [资料齐全即受理], statutory_days: 20, promised_days: 5, unit: working}",
            Facet::TimeLimit,
            &["资料齐全即受理", "法定时限：20个工作日", "承诺时限：5个工作日"],
        );
    }

    #[test]
    fn days_that_the_words_already_give_are_not_repeated() {
        check(
            "time_limit: {text: [自受理之日起20日内办结], statutory_days: 20, unit: calendar}",
            Facet::TimeLimit,
            &["自受理之日起20日内办结"],
        );
    }

    #[test]
    fn the_end_of_a_larger_number_is_another_number() {
        check(
            "time_limit: {text: [法定15天], statutory_days: 15, promised_days: 5, unit: calendar}",
            Facet::TimeLimit,
            &["法定15天", "承诺时限：5天"],
        );
    }

    #[test]
    fn places_tell_their_level_and_contacts_their_number() {
        check(
            "places: [{level: district, name: 政务服务中心}, {level: online, name: 电子税务局}]",
            Facet::Place,
            &["区级：政务服务中心", "线上：电子税务局"],
        );
        check("contacts: [{name: 纳税缴费服务热线, phone: 12366}]", Facet::Contact, &["纳税缴费服务热线：12366"]);
    }

    #[test]
    fn an_absent_facet_is_absent() {
        let record: FacetsRecord = serde_saphyr::from_str("fee: {charged: false, text: 不收费}").unwrap();
        assert_eq!(facet_lines(&record).into_keys().collect::<Vec<_>>(), [Facet::Fee]);
    }

    #[test]
    fn a_line_break_leaves_no_space_between_chinese_characters() {
        assert_eq!(one_line("先登录\n  电子税务局 \nABC\n2 步"), "先登录电子税务局ABC 2 步");
    }
}
