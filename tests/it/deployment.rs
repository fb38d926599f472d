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

/// Files that set our variables.
const SETTING: [&str; 4] = [
    "deploy/zhengqitong.service",
    "deploy/compose/compose.yaml",
    "deploy/compose/environment.example",
    "deploy/kubernetes/deployment.yaml",
];

/// Variables of ours that a text sets.
fn variables(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("ZHENGQITONG_")).collect()
}

#[test]
fn services_and_containers_are_told_of_settings_that_there_are() {
    for readme in ["README.md", "README.zh-CN.md"] {
        let readme_text = read(readme);
        for name in SETTING {
            let text = read(name);
            let set = variables(&text);
            assert!(!set.is_empty(), "{name} sets nothing");
            let unknown: Vec<_> = set.into_iter().filter(|name| !readme_text.contains(&format!("`{name}`"))).collect();
            assert!(unknown.is_empty(), "{name} sets what {readme} does not know: {unknown:?}");
        }
    }
}

#[test]
fn containers_run_as_the_user_that_the_image_has_and_can_write_only_their_data() {
    let dockerfile = read("Dockerfile");
    assert!(dockerfile.contains("--uid 10001"), "the image's user has another number");
    let compose: Value = serde_saphyr::from_str(&read("deploy/compose/compose.yaml")).unwrap();
    for app in ["app-1", "app-2"] {
        let app = &compose["services"][app];
        assert_eq!((&app["read_only"], &app["cap_drop"]), (&true.into(), &serde_json::json!(["ALL"])), "{app}");
        assert!(app["tmpfs"].to_string().contains("/data:uid=10001"), "{app}");
    }
    let kubernetes = read("deploy/kubernetes/deployment.yaml");
    let documents = kubernetes.split("\n---\n").map(|text| serde_saphyr::from_str::<Value>(text).unwrap());
    let deployment = documents.into_iter().find(|document| document["kind"] == "Deployment").unwrap();
    let pod = &deployment["spec"]["template"]["spec"];
    assert_eq!(
        (&pod["securityContext"]["runAsUser"], &pod["containers"].as_array().unwrap().len()),
        (&10_001.into(), &1)
    );
    assert_eq!(pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"], true);
}
