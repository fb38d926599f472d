//! A tree held against a JSON Schema: every fault of shape, with its place.
//!
//! Knows the keywords that schemars writes for the records here, no more; it is not a general validator.

use jiff::civil::Date;
use serde_json::Value as Json;

use super::node::{Entry, Node, Value};
use super::problem::Place;
use super::yaml::{counted, describe};

/// A fault of shape.
#[derive(Debug, PartialEq)]
pub(super) struct Fault {
    pub(super) place: Place,
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

/// Every fault of `tree` under `schema`, in reading order of the schema.
pub(super) fn faults(tree: &Node, schema: &Json) -> Vec<Fault> {
    let mut walk = Walk { root: schema, faults: Vec::new() };
    walk.node(tree, schema, "");
    walk.faults
}

struct Walk<'a> {
    root: &'a Json,
    faults: Vec<Fault>,
}

impl<'a> Walk<'a> {
    fn node(&mut self, node: &Node, schema: &'a Json, path: &str) {
        let schema = self.resolve(schema);
        if let Some(alternatives) = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Json::as_array) {
            return self.alternatives(node, alternatives, path);
        }
        if let Some(allowed) = choices(schema) {
            return self.choice(node, &allowed, path);
        }
        let kinds = kinds(schema);
        if !kinds.is_empty() && !kinds.iter().any(|kind| is_kind(&node.value, kind)) {
            let expected: Vec<_> = kinds.iter().filter(|kind| **kind != "null").map(|kind| name_of(kind)).collect();
            let found = found(&node.value);
            return self.fault(node.place, path, &format!("应是{}，现在是{found}", expected.join("或")));
        }
        match &node.value {
            Value::Map(entries) => self.map(node.place, entries, schema, path),
            Value::List(items) => self.list(node, items, schema, path),
            Value::Text(text) => self.text(node, text, schema, path),
            Value::Number(number) => self.number(node.place, *number, schema, path),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn map(&mut self, place: Place, entries: &[Entry], schema: &'a Json, path: &str) {
        let Some(properties) = schema.get("properties").and_then(Json::as_object) else { return };
        let required = schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
        for key in required.filter(|key| entries.iter().all(|entry| entry.key != *key)) {
            self.fault(place, path, &format!("缺少 {key}"));
        }
        for entry in entries {
            match properties.get(&entry.key) {
                Some(schema) => self.node(&entry.node, schema, &join(path, &entry.key)),
                None if schema.get("additionalProperties") == Some(&Json::Bool(false)) => {
                    self.fault(entry.place, path, &format!("不认识的键 {}", entry.key));
                    let known = properties.keys().map(String::as_str).collect::<Vec<_>>().join("、");
                    self.hint(format!("改正拼写或删去；这里可用的键：{known}"));
                }
                None => {}
            }
        }
    }

    fn list(&mut self, node: &Node, items: &[Node], schema: &'a Json, path: &str) {
        let length = |keyword| schema.get(keyword).and_then(Json::as_u64);
        self.length(node, items.len(), length("minItems"), length("maxItems"), path);
        if let Some(schema) = schema.get("items") {
            for (at, item) in items.iter().enumerate() {
                self.node(item, schema, &format!("{path}[{at}]"));
            }
        }
    }

    fn text(&mut self, node: &Node, text: &str, schema: &Json, path: &str) {
        let length = |keyword| schema.get(keyword).and_then(Json::as_u64);
        self.length(node, text.chars().count(), length("minLength"), length("maxLength"), path);
        if schema.get("format").and_then(Json::as_str) == Some("date") && text.parse::<Date>().is_err() {
            self.fault(node.place, path, &format!("“{text}”不是日期"));
            self.hint("写成 2026-12-31 的样子");
        }
    }

    fn number(&mut self, place: Place, number: f64, schema: &Json, path: &str) {
        let limit = |keyword| schema.get(keyword).and_then(Json::as_f64);
        if let Some(minimum) = limit("minimum").filter(|minimum| number < *minimum) {
            self.fault(place, path, &format!("不能小于{minimum}"));
        }
        if let Some(maximum) = limit("maximum").filter(|maximum| number > *maximum) {
            self.fault(place, path, &format!("不能大于{maximum}"));
        }
    }

    fn length(&mut self, node: &Node, length: usize, min: Option<u64>, max: Option<u64>, path: &str) {
        if let Some(min) = min.filter(|min| (length as u64) < *min) {
            self.fault(node.place, path, &counted(&format!("至少{min}"), &node.value));
        }
        if let Some(max) = max.filter(|max| (length as u64) > *max) {
            self.fault(node.place, path, &counted(&format!("最多{max}"), &node.value));
        }
    }

    /// Takes the alternative without faults, or tells those of the one that is meant, judging by the kind of value.
    fn alternatives(&mut self, node: &Node, alternatives: &'a [Json], path: &str) {
        let words: Option<Vec<_>> = alternatives.iter().map(|schema| choices(self.resolve(schema))).collect();
        if let Some(words) = words {
            return self.choice(node, &words.concat(), path);
        }
        let mut meant = None;
        for schema in alternatives {
            let mut walk = Walk { root: self.root, faults: Vec::new() };
            walk.node(node, schema, path);
            if walk.faults.is_empty() {
                return;
            }
            let kinds = kinds(self.resolve(schema));
            if meant.is_none() && kinds.iter().any(|kind| is_kind(&node.value, kind)) {
                meant = Some(walk.faults);
            }
        }
        match meant {
            Some(faults) => self.faults.extend(faults),
            None => self.fault(node.place, path, &format!("这里不能是{}", found(&node.value))),
        }
    }

    fn choice(&mut self, node: &Node, allowed: &[&str], path: &str) {
        let message = match &node.value {
            Value::Text(text) if allowed.contains(&text.as_str()) => return,
            Value::Text(text) => format!("不能是“{text}”"),
            other => format!("不能是{}", found(other)),
        };
        self.fault(node.place, path, &message);
        self.hint(format!("只能是 {}", allowed.join("、")));
    }

    fn resolve(&self, schema: &'a Json) -> &'a Json {
        let target = schema.get("$ref").and_then(Json::as_str).and_then(|target| target.strip_prefix('#'));
        target.and_then(|target| self.root.pointer(target)).unwrap_or(schema)
    }

    fn fault(&mut self, place: Place, path: &str, message: &str) {
        self.faults.push(Fault { place, message: describe(path, message), hint: None });
    }

    /// Adds what to do to the last fault.
    fn hint(&mut self, hint: impl Into<String>) {
        if let Some(fault) = self.faults.last_mut() {
            fault.hint = Some(hint.into());
        }
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// The words a schema allows, where it allows only certain words.
fn choices(schema: &Json) -> Option<Vec<&str>> {
    if let Some(word) = schema.get("const").and_then(Json::as_str) {
        return Some(vec![word]);
    }
    if let Some(words) = schema.get("enum").and_then(Json::as_array) {
        return words.iter().map(Json::as_str).collect();
    }
    let alternatives = schema.get("oneOf").and_then(Json::as_array)?;
    alternatives.iter().map(choices).collect::<Option<Vec<_>>>().map(|words| words.concat())
}

fn kinds(schema: &Json) -> Vec<&str> {
    match schema.get("type") {
        Some(Json::String(kind)) => vec![kind],
        Some(Json::Array(kinds)) => kinds.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Tells whether YAML would take `value` for a `kind`: numbers pass as text, and `yes` as a truth value.
fn is_kind(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => matches!(value, Value::Null),
        "string" => matches!(value, Value::Text(_) | Value::Number(_) | Value::Bool(_)),
        "boolean" => match value {
            Value::Bool(_) => true,
            Value::Text(word) => matches!(word.to_lowercase().as_str(), "y" | "yes" | "on" | "n" | "no" | "off"),
            _ => false,
        },
        "integer" => matches!(value, Value::Number(number) if number.fract() == 0.0),
        "number" => matches!(value, Value::Number(_)),
        "array" => matches!(value, Value::List(_)),
        "object" => matches!(value, Value::Map(_)),
        _ => true,
    }
}

fn name_of(kind: &str) -> &'static str {
    match kind {
        "string" => "文字",
        "boolean" => "true 或 false",
        "integer" => "整数",
        "number" => "数字",
        "array" => "列表",
        "object" => "一组键值",
        _ => "空",
    }
}

fn found(value: &Value) -> &'static str {
    match value {
        Value::Null => "空的",
        Value::Bool(_) => "true 或 false",
        Value::Number(_) => "数字",
        Value::Text(_) => "文字",
        Value::List(_) => "列表",
        Value::Map(_) => "一组键值",
    }
}
