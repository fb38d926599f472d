//! Reads the sources and fails on what the architecture forbids; ARCHITECTURE.md has the reasons at length.
//!
//! Changing a rule needs a reason in the commit. What a rule cannot see: paths built by macros, and names re-exported under
//! another name.

use std::collections::BTreeSet;
use std::fmt;

use crate::support::source::mentions::{Mention, mentions};
use crate::support::source::{Piece, Source, sources};

/// Longer files are split by responsibility.
const MAX_LINES: usize = 500;

/// A part of the crate and what it may know of the others.
struct Part {
    /// The module below the crate's root.
    name: &'static str,
    /// The other modules that it may name.
    may_use: &'static [&'static str],
    /// The crates that it may name; all where `None`.
    crates: Option<&'static [&'static str]>,
    why: &'static str,
}

const ADAPTER: &str =
    "adapters know the desk and the domain, not each other: what two of them need belongs to the desk";

const PARTS: [Part; 13] = [
    Part {
        name: "domain",
        may_use: &[],
        // Text is found with `aho_corasick` and `regex`: a search automaton is a table like Unicode's.
        crates: Some(&[
            "std",
            "thiserror",
            "strum",
            "jiff",
            "unicode_normalization",
            "ferrous_opencc",
            "aho_corasick",
            "regex",
        ]),
        why: "the domain is pure: no input or output, no runtime, no wire format",
    },
    Part {
        name: "desk",
        may_use: &["domain"],
        crates: Some(&[
            "std",
            "thiserror",
            "strum",
            "jiff",
            "async_trait",
            "serde",
            "tracing",
            "metrics",
            "arc_swap",
            "sha2",
            "pinyin",
        ]),
        why: "the desk decides over its own ports; adapters bring the world to it",
    },
    Part { name: "catalog", may_use: &["domain", "desk"], crates: None, why: ADAPTER },
    Part { name: "exchange", may_use: &["domain", "desk"], crates: None, why: ADAPTER },
    Part { name: "search", may_use: &["domain", "desk"], crates: None, why: ADAPTER },
    Part { name: "semantic", may_use: &["domain", "desk"], crates: None, why: ADAPTER },
    Part { name: "store", may_use: &["domain", "desk"], crates: None, why: ADAPTER },
    Part { name: "channel", may_use: &["domain", "desk"], crates: None, why: ADAPTER },
    Part { name: "web", may_use: &["domain", "desk"], crates: None, why: ADAPTER },
    Part {
        name: "config",
        may_use: &["domain"],
        crates: None,
        why: "the configuration is values; parts get only theirs",
    },
    Part { name: "cli", may_use: &["config"], crates: None, why: "the command line is names and help texts" },
    Part { name: "tasks", may_use: &[], crates: None, why: "background work is owned without knowing what it does" },
    Part {
        name: "telemetry",
        may_use: &["domain"],
        crates: None,
        why: "logs and metrics know nothing of what they tell, but how to mask it",
    },
];

/// A crate that is spelled in few places only.
struct Keeper {
    crates: &'static [&'static str],
    places: &'static [&'static str],
    why: &'static str,
}

const KEEPERS: [Keeper; 13] = [
    Keeper {
        crates: &["notify_debouncer_full"],
        places: &["src/app"],
        why: "when something is published is the composition root's business; parts only do it",
    },
    Keeper {
        crates: &["teloxide"],
        places: &["src/channel/telegram"],
        why: "Telegram is one channel; nothing else may depend on its client",
    },
    Keeper {
        crates: &["axum", "axum_extra", "askama", "tower_http"],
        places: &["src/web"],
        why: "HTTP is spoken in the web adapter only",
    },
    Keeper {
        crates: &["tantivy", "jieba_rs"],
        places: &["src/search"],
        why: "the index is replaceable behind `Retrieve`",
    },
    Keeper {
        crates: &["rten_gemm", "rten_simd", "rten_tensor", "rten_vecmath", "safetensors", "fst", "lru", "rayon"],
        places: &["src/semantic"],
        why: "what compares meanings is replaceable behind `Meanings`",
    },
    Keeper { crates: &["sqlx"], places: &["src/store"], why: "the database is replaceable behind the store's ports" },
    Keeper {
        crates: &["serde_saphyr", "garde", "schemars", "pulldown_cmark"],
        places: &["src/catalog"],
        why: "the data format is the catalogue's; everybody else gets domain values",
    },
    Keeper {
        crates: &["calamine", "rust_xlsxwriter", "html5gum", "encoding_rs"],
        places: &["src/exchange"],
        why: "formats from outside are taken apart in one place, where their sizes are bounded",
    },
    Keeper {
        crates: &["zip"],
        places: &["src/exchange", "src/semantic"],
        why: "workbooks are archives, and so is the package that the model comes in",
    },
    Keeper {
        crates: &["csv"],
        places: &["src/catalog", "src/exchange", "src/app"],
        why: "the roster is a CSV file of the catalogue's own, commands print tables for spreadsheets; all others come through the exchange",
    },
    Keeper {
        crates: &["anyhow"],
        places: &["src/main.rs", "src/app", "src/app.rs", "src/cli", "src/cli.rs"],
        why: "errors keep their types until they are shown to an operator",
    },
    Keeper {
        crates: &["clap", "clap_complete", "comfy_table", "indicatif"],
        places: &["src/main.rs", "src/app", "src/app.rs", "src/cli", "src/cli.rs"],
        why: "only the composition root talks to a terminal",
    },
    Keeper {
        crates: &["tracing_subscriber", "metrics_exporter_prometheus"],
        places: &["src/telemetry.rs", "src/web"],
        why: "logs and metrics are set up in telemetry and shown by the web; parts only emit them",
    },
];

/// Something forbidden, and where.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    path: String,
    line: usize,
    what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

/// Everything forbidden in one source file; `crates` are the crates that the package depends on.
fn check(source: &Source, crates: &[String]) -> Vec<Finding> {
    let finding = |line, what| Finding { path: source.path.clone(), line, what };
    let mut findings = Vec::new();
    for Mention { line, head, is_crate } in mentions(source, crates) {
        let refusal = if is_crate { refused_crate(&source.path, &head) } else { refused_part(&source.path, &head) };
        findings.extend(refusal.map(|why| finding(line, format!("`{head}` is not named here: {why}"))));
    }
    for pair in source.tokens.windows(2) {
        if let [word, sign] = pair
            && let Piece::Word(name) = &word.piece
            && matches!(name.as_str(), "todo" | "unimplemented")
            && sign.piece == Piece::Sign('!')
        {
            findings.push(finding(word.line, format!("`{name}!` is a promise to crash: finish it or leave it out")));
        }
    }
    for (at, text) in source.text.lines().enumerate() {
        if text.contains(concat!("FIX", "ME")) {
            findings.push(finding(at + 1, "an unfinished place: mend it, or file it as an issue".to_owned()));
        }
    }
    let lines = source.text.lines().count();
    if lines > MAX_LINES {
        findings.push(finding(lines, format!("{lines} lines; over {MAX_LINES} a file is split by responsibility")));
    }
    findings.sort_by_key(|finding| finding.line);
    findings.dedup();
    findings
}

fn refused_part(path: &str, head: &str) -> Option<&'static str> {
    let part = part_of(path)?;
    let is_allowed = head == part.name || part.may_use.contains(&head);
    (!is_allowed).then_some(part.why)
}

fn refused_crate(path: &str, head: &str) -> Option<&'static str> {
    let is_below =
        |place: &&str| path.strip_prefix(*place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let keeper = KEEPERS.iter().find(|keeper| keeper.crates.contains(&head) && !keeper.places.iter().any(is_below));
    let by_part = part_of(path).filter(|part| part.crates.is_some_and(|crates| !crates.contains(&head)));
    keeper.map(|keeper| keeper.why).or(by_part.map(|part| part.why))
}

/// The part that the file at `path` belongs to; `None` for the crate's root, `main` and `app`.
fn part_of(path: &str) -> Option<&'static Part> {
    let below = path.strip_prefix("src/")?;
    let name = below.split('/').next()?.trim_end_matches(".rs");
    PARTS.iter().find(|part| part.name == name)
}

/// The crates in `[dependencies]`, as they are written in Rust. Development dependencies need no rule: they only exist in tests.
fn dependencies() -> Vec<String> {
    let manifest: toml::Table = include_str!("../../Cargo.toml").parse().expect("Cargo.toml is TOML");
    let dependencies = manifest["dependencies"].as_table().expect("[dependencies] is a table");
    let renamed = dependencies.keys().map(|name| name.replace('-', "_"));
    renamed.chain(["std".to_owned(), "core".to_owned(), "alloc".to_owned()]).collect()
}

#[test]
fn sources_keep_to_the_architecture() {
    let crates = dependencies();
    let findings =
        sources("src").into_iter().flat_map(|source| check(&source, &crates)).map(|finding| finding.to_string());
    let findings: Vec<_> = findings.collect();
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}

#[test]
fn every_rule_is_about_something_that_exists() {
    let crates = dependencies();
    for name in KEEPERS.iter().flat_map(|keeper| keeper.crates) {
        assert!(crates.iter().any(|known| known == name), "{name} is no dependency any more: drop its rule");
    }
    let named = PARTS.iter().filter_map(|part| part.crates).flatten();
    for name in named {
        assert!(crates.iter().any(|known| known == name), "{name} is no dependency any more: drop it from its part");
    }
}

#[test]
fn every_dependency_is_used() {
    let crates = dependencies();
    let sources = sources("src");
    let named: BTreeSet<_> =
        sources.iter().flat_map(|source| mentions(source, &crates)).map(|mention| mention.head).collect();
    let built_in = ["std", "core", "alloc"];
    // Not named yet: the maps of the rate limits are dashmaps inside governor.
    let indirect = ["dashmap"];
    let unused: Vec<_> = crates
        .iter()
        .filter(|name| {
            !named.contains(*name) && !built_in.contains(&name.as_str()) && !indirect.contains(&name.as_str())
        })
        .collect();
    assert!(unused.is_empty(), "nothing in src names {unused:?}: each dependency earns its compile time, or goes");
}

/// The lines found in `text` at `path`.
fn lines_found(path: &str, text: &str) -> Vec<usize> {
    check(&Source::new(path, text), &dependencies()).iter().map(|finding| finding.line).collect()
}

#[test]
fn imports_of_forbidden_crates_are_found() {
    assert_eq!(lines_found("src/domain/bad.rs", "use std::fmt;\nuse serde::Serialize;\n"), [2]);
    assert_eq!(lines_found("src/desk/bad.rs", "use jiff::Timestamp;\nuse tokio::{fs, net};\n"), [2]);
    assert_eq!(lines_found("src/web/bad.rs", "use axum::Router;\nuse {\n  std::fmt,\n  sqlx::{Row as _},\n};"), [4]);
    assert_eq!(lines_found("src/channel/mod.rs", "type Bot = teloxide::Bot;"), [1]);
    assert_eq!(
        lines_found("src/store/bad.rs", "type E =\n    anyhow::Error;\nfn f() -> E { ::anyhow::anyhow!(1) }"),
        [2, 3]
    );
}

#[test]
fn imports_of_forbidden_parts_are_found() {
    assert_eq!(
        lines_found("src/domain/bad.rs", "use crate::domain::text;\nuse crate::{desk::ports, domain::sla};"),
        [2]
    );
    assert_eq!(lines_found("src/search/bad.rs", "fn f() {\n    crate::store::open();\n}"), [2]);
    assert_eq!(
        lines_found("src/desk/scene/bad.rs", "use super::super::super::web::Page;\nuse super::super::press;"),
        [1]
    );
    assert_eq!(
        lines_found("src/desk/bad.rs", "mod tests {\n    use super::super::super::app::run;\n    use super::*;\n}"),
        [2]
    );
    assert_eq!(lines_found("src/catalog/mod.rs", "use super::config::Config;\nuse self::known::CATEGORIES;"), [1]);
}

#[test]
fn unfinished_work_and_long_files_are_found() {
    assert_eq!(lines_found("src/app/mod.rs", concat!("fn f() {\n    to", "do!()\n}\n// FIX", "ME later\n")), [2, 4]);
    assert_eq!(lines_found("src/app/mod.rs", &"\n".repeat(MAX_LINES + 1)), [MAX_LINES + 1]);
}

#[test]
fn comments_strings_and_names_of_ones_own_are_no_imports() {
    let text = r#"
//! Not sqlx::Row, see [`crate::store`].
/* use sqlx::Row; /* nested */ crate::store */
fn f<'a>(sqlx: &'a str) -> char {
    let row = "sqlx::Row and crate::store::open()";
    let quote = '"'; // use teloxide::Bot;
    wording::answer(sqlx, row, r"crate::web");
    other.sqlx::<u8>();
    quote
}
"#;
    assert_eq!(lines_found("src/search/good.rs", text), [0_usize; 0]);
}
