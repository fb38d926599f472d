//! The committed JSON Schema.

use std::fs;
use std::path::Path;

use super::super::topic_schema;

#[test]
fn the_committed_schema_is_that_of_the_records() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/topic.schema.json");
    let committed = fs::read_to_string(&path).unwrap();
    assert!(
        serde_json::from_str::<serde_json::Value>(&committed).unwrap() == topic_schema(),
        "schema/topic.schema.json is out of date: run `cargo run -- check --schema > schema/topic.schema.json` and commit it"
    );
}
