//! The files for whoever runs the service: they name what there is.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::installation::repository;
use crate::support::source::sources;

const PREFIX: &str = "zhengqitong_";

/// What a histogram's name ends in where it is asked for.
const HISTOGRAM_PARTS: [&str; 3] = ["_bucket", "_sum", "_count"];

fn read(name: &str) -> String {
    std::fs::read_to_string(repository(name)).unwrap()
}

/// Names of metrics in a text.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let names = words.filter(|word| word.starts_with(PREFIX));
    names
        .map(|name| HISTOGRAM_PARTS.iter().find_map(|part| name.strip_suffix(part)).unwrap_or(name).to_owned())
        .collect()
}

/// The metrics that the program emits.
fn emitted() -> BTreeSet<String> {
    let sources = sources("src");
    sources.iter().flat_map(|source| source.literals()).flat_map(|(_, literal)| names(literal)).collect()
}

fn alerts() -> Vec<Value> {
    let file: Value = serde_saphyr::from_str(&read("deploy/alerts.yaml")).unwrap();
    file["groups"].as_array().unwrap().iter().flat_map(|group| group["rules"].as_array().unwrap().clone()).collect()
}

#[test]
fn alerts_and_dashboard_ask_for_metrics_that_there_are() {
    let emitted = emitted();
    assert!(emitted.len() > 20, "{emitted:?}");
    let dashboard: Value = serde_json::from_str(&read("deploy/dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let asked = panels.iter().flat_map(|panel| panel["targets"].as_array().unwrap());
    let shown: BTreeSet<String> = asked.flat_map(|target| names(target["expr"].as_str().unwrap())).collect();
    assert_eq!(emitted.difference(&shown).collect::<Vec<_>>(), Vec::<&String>::new(), "emitted, but on no panel");
    assert_eq!(shown.difference(&emitted).collect::<Vec<_>>(), Vec::<&String>::new(), "on a panel, but not emitted");
    for alert in alerts() {
        let expression = alert["expr"].as_str().unwrap();
        let unknown: Vec<_> = names(expression).into_iter().filter(|name| !emitted.contains(name)).collect();
        assert!(unknown.is_empty(), "{}: {unknown:?}", alert["alert"]);
        assert!(expression.starts_with("up{") || !names(expression).is_empty(), "{expression}");
    }
}

#[test]
fn every_alert_leads_to_a_part_of_the_runbook() {
    let runbook = read("docs/runbook.md");
    let headings = runbook.lines().filter_map(|line| line.strip_prefix("## "));
    let parts: BTreeSet<String> = headings.map(|heading| heading.to_lowercase().replace(' ', "-")).collect();
    let alerts = alerts();
    assert!(alerts.len() > 8, "{}", alerts.len());
    for alert in alerts {
        let place = alert["annotations"]["runbook"].as_str().unwrap();
        let part = place.strip_prefix("docs/runbook.md#").unwrap();
        assert!(parts.contains(part), "{}: the runbook has no part {part}", alert["alert"]);
        assert!(alert["labels"]["severity"].is_string() && alert["annotations"]["summary"].is_string(), "{alert}");
    }
}

#[test]
fn the_service_is_told_of_settings_that_there_are() {
    let (unit, readme) = (read("deploy/zhengqitong.service"), read("README.md"));
    let settings = unit.lines().filter_map(|line| line.strip_prefix("Environment="));
    let names: Vec<_> = settings.map(|setting| setting.split('=').next().unwrap()).collect();
    assert!(names.len() >= 5, "{names:?}");
    for name in names {
        assert!(readme.contains(&format!("`{name}`")), "the README does not know {name}");
    }
}
