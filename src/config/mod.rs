//! Raw text → configuration, once: file, environment and command line, validated, every fault with its key.
//!
//! The only place that reads the environment. Precedence: command line, environment, `zhengqitong.toml`, defaults.

#[cfg(test)]
mod tests;
mod telegram;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use jiff::civil::Time;
use reqwest::Url;
use secrecy::SecretString;
use serde::Deserialize;

use crate::domain::calendar::{Calendar, WorkingSpan};
use telegram::RawTelegram;
pub use telegram::{TelegramSection, WebhookSection};

/// The file that is read when no other is named, if it exists.
pub const DEFAULT_FILE: &str = "zhengqitong.toml";

/// Environment variables begin with this; sections and keys are joined by two underscores: `ZHENGQITONG_TELEGRAM__TOKEN`.
pub const ENVIRONMENT_PREFIX: &str = "ZHENGQITONG_";

/// Everything the program can be told.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "switches that have nothing to do with each other")]
pub struct Config {
    /// The source of truth.
    pub faq_data: PathBuf,
    /// Where index generations are built.
    pub index_dir: PathBuf,
    /// Where state lives.
    pub database_url: String,
    /// Where the web chat and the API listen.
    pub listen: SocketAddr,
    /// Whether cookies are only sent over https; set it behind a reverse proxy with TLS.
    pub secure_cookies: bool,
    /// Whether a reverse proxy in front appends the visitor's address to `X-Forwarded-For`.
    pub trusts_proxy: bool,
    /// The address people type, such as `https://zqt.example.gov.cn`, where a reverse proxy hides it.
    pub public_origin: Option<String>,
    /// The Telegram bot, when a token is set.
    pub telegram: Option<TelegramSection>,
    /// Whether `serve` publishes by itself what changes in the data folder.
    pub watches_knowledge: bool,
    /// How meanings are compared.
    pub model: ModelSection,
    /// The spans of a working day.
    pub working_spans: Vec<WorkingSpan>,
    /// Whether those who supervise are sent last week's figures by themselves.
    pub sends_weekly_figures: bool,
    /// Questions to learn from are kept for this many days.
    pub questions_keep_days: u32,
    /// What is logged: a `tracing` filter.
    pub log_filter: String,
    /// Whether logs are JSON lines.
    pub log_json: bool,
}

/// The model section.
#[derive(Clone, Debug)]
pub struct ModelSection {
    /// Where the model is, or will be put.
    pub dir: PathBuf,
    /// Whether meanings are compared at all; words alone decide otherwise.
    pub is_enabled: bool,
    /// Whether `serve` installs a missing model by itself.
    pub installs_itself: bool,
    /// A server that compares meanings, before the model inside the process.
    pub endpoint: Option<EndpointSection>,
}

/// A server that speaks `/v1/embeddings`.
#[derive(Clone, Debug)]
pub struct EndpointSection {
    /// The base of its API.
    pub url: Url,
    /// What it calls its model for questions.
    pub question_model: String,
    /// What it calls its model for passages.
    pub passage_model: String,
    /// Its key; never printed.
    pub key: Option<SecretString>,
}

/// What the command line says; it wins over everything else.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--config`.
    pub config: Option<PathBuf>,
    /// `--faq-data`.
    pub faq_data: Option<PathBuf>,
    /// `--index-dir`.
    pub index_dir: Option<PathBuf>,
    /// `--database-url`.
    pub database_url: Option<String>,
    /// `--listen`.
    pub listen: Option<String>,
}

/// The configuration cannot be used; every fault is named. Chinese, since administrators read it.
#[derive(Debug, thiserror::Error)]
#[error("配置有误：\n{}", .faults.iter().map(|fault| format!("  - {fault}")).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError {
    /// One line a fault, each with its key.
    pub faults: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Raw {
    faq_data: Option<PathBuf>,
    index_dir: Option<PathBuf>,
    database_url: Option<String>,
    listen: Option<String>,
    web: RawWeb,
    telegram: RawTelegram,
    knowledge: RawKnowledge,
    model: RawModel,
    hours: RawHours,
    questions: RawQuestions,
    figures: RawFigures,
    log: RawLog,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawWeb {
    secure_cookies: Option<bool>,
    trusts_proxy: Option<bool>,
    public_origin: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawKnowledge {
    watch: Option<bool>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawModel {
    dir: Option<PathBuf>,
    enabled: Option<bool>,
    install: Option<String>,
    endpoint: Option<String>,
    endpoint_model: Option<String>,
    endpoint_passage_model: Option<String>,
    endpoint_key: Option<SecretString>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawHours {
    spans: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawQuestions {
    keep_days: Option<RawNumber>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawFigures {
    weekly: Option<bool>,
}

/// A number; in the environment everything is text.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum RawNumber {
    Number(i64),
    Text(String),
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawLog {
    filter: Option<String>,
    json: Option<bool>,
}

impl Config {
    /// Reads file and environment and lays the command line over them.
    ///
    /// # Errors
    ///
    /// Returns [`ConfigError`] with every fault found.
    pub fn load(overrides: &Overrides) -> Result<Self, ConfigError> {
        let mut faults = Vec::new();
        let file = read_file(overrides.config.as_deref(), &mut faults);
        let environment = read_environment(environment_variables(), &mut faults);
        let config = assemble(&file, &environment, overrides, &mut faults);
        if faults.is_empty() { Ok(config) } else { Err(ConfigError { faults }) }
    }
}

/// Variables of the process that are not UTF-8 cannot be ours.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
fn environment_variables() -> Vec<(String, String)> {
    let mut variables: Vec<_> = std::env::vars_os()
        .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(key, _)| key.starts_with(ENVIRONMENT_PREFIX))
        .collect();
    // teloxide's own names, which operators know.
    for (theirs, ours) in [("TELOXIDE_TOKEN", "TELEGRAM__TOKEN"), ("TELOXIDE_API_URL", "TELEGRAM__API_URL")] {
        let ours = format!("{ENVIRONMENT_PREFIX}{ours}");
        if let (Ok(value), false) = (std::env::var(theirs), variables.iter().any(|(key, _)| *key == ours)) {
            variables.push((ours, value));
        }
    }
    variables
}

fn read_file(named: Option<&Path>, faults: &mut Vec<String>) -> Raw {
    let path = named.unwrap_or(Path::new(DEFAULT_FILE));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(cause) if named.is_none() && cause.kind() == std::io::ErrorKind::NotFound => return Raw::default(),
        Err(cause) => {
            faults.push(format!("配置文件 {} 无法读取：{cause}", path.display()));
            return Raw::default();
        }
    };
    toml::from_str(&text).unwrap_or_else(|cause| {
        faults.push(format!("配置文件 {} 有误：{}", path.display(), redacted(&cause)));
        Raw::default()
    })
}

/// A TOML error without the offending line: it may hold a token.
fn redacted(cause: &toml::de::Error) -> String {
    cause.message().to_owned()
}

fn read_environment(variables: Vec<(String, String)>, faults: &mut Vec<String>) -> Raw {
    let mut table = toml::Table::new();
    // An empty variable is no value: what starts containers and services passes on what was never filled in.
    for (key, value) in variables.into_iter().filter(|(_, value)| !value.trim().is_empty()) {
        let path = key[ENVIRONMENT_PREFIX.len()..].to_ascii_lowercase();
        let value = match value.as_str() {
            "true" => toml::Value::Boolean(true),
            "false" => toml::Value::Boolean(false),
            _ => toml::Value::String(value),
        };
        let mut single = toml::Table::new();
        match path.split_once("__") {
            Some((section, key)) => {
                let mut inner = toml::Table::new();
                inner.insert(key.to_owned(), value.clone());
                single.insert(section.to_owned(), toml::Value::Table(inner));
            }
            None => {
                single.insert(path.clone(), value.clone());
            }
        }
        if let Err(cause) = single.clone().try_into::<Raw>() {
            faults.push(format!("环境变量 {key} 有误：{}", redacted(&cause)));
            continue;
        }
        for (section, value) in single {
            match (table.get_mut(&section), value) {
                (Some(toml::Value::Table(known)), toml::Value::Table(new)) => known.extend(new),
                (_, value) => {
                    table.insert(section, value);
                }
            }
        }
    }
    table.try_into().unwrap_or_default()
}

fn assemble(file: &Raw, environment: &Raw, overrides: &Overrides, faults: &mut Vec<String>) -> Config {
    let path = |first: &Option<PathBuf>, second: &Option<PathBuf>, third: &Option<PathBuf>, default: &str| {
        first.clone().or_else(|| second.clone()).or_else(|| third.clone()).unwrap_or_else(|| PathBuf::from(default))
    };
    let text = |first: &Option<String>, second: &Option<String>, third: &Option<String>, default: &str| {
        first.clone().or_else(|| second.clone()).or_else(|| third.clone()).unwrap_or_else(|| default.to_owned())
    };
    let none = None;
    let listen = text(&overrides.listen, &environment.listen, &file.listen, "127.0.0.1:8080");
    let spans = text(&none, &environment.hours.spans, &file.hours.spans, "09:00-12:00 13:00-17:00");
    let database_url =
        text(&overrides.database_url, &environment.database_url, &file.database_url, "sqlite://data/zhengqitong.db");
    Config {
        faq_data: path(&overrides.faq_data, &environment.faq_data, &file.faq_data, "faq_data"),
        index_dir: path(&overrides.index_dir, &environment.index_dir, &file.index_dir, "index"),
        model: model(&file.model, &environment.model, &database_url, faults),
        database_url,
        listen: listen.parse().unwrap_or_else(|_not_an_address| {
            faults.push(format!("listen：“{listen}”不是有效的监听地址，应为 IP:端口，例如 127.0.0.1:8080"));
            SocketAddr::from(([127, 0, 0, 1], 8080))
        }),
        secure_cookies: environment.web.secure_cookies.or(file.web.secure_cookies).unwrap_or(false),
        trusts_proxy: environment.web.trusts_proxy.or(file.web.trusts_proxy).unwrap_or(false),
        public_origin: environment.web.public_origin.clone().or_else(|| file.web.public_origin.clone()),
        watches_knowledge: environment.knowledge.watch.or(file.knowledge.watch).unwrap_or(false),
        telegram: telegram::section(&file.telegram, &environment.telegram, faults),
        working_spans: working_spans(&spans, faults),
        sends_weekly_figures: environment.figures.weekly.or(file.figures.weekly).unwrap_or(true),
        questions_keep_days: keep_days(
            environment.questions.keep_days.as_ref().or(file.questions.keep_days.as_ref()),
            faults,
        ),
        log_filter: text(&none, &environment.log.filter, &file.log.filter, "info,tantivy=warn,sqlx=warn,hyper=warn"),
        log_json: environment.log.json.or(file.log.json).unwrap_or(false),
    }
}

/// Half a year, if nothing else is said.
fn keep_days(days: Option<&RawNumber>, faults: &mut Vec<String>) -> u32 {
    let text = match days {
        None => return 180,
        Some(RawNumber::Number(days)) => days.to_string(),
        Some(RawNumber::Text(days)) => days.clone(),
    };
    text.parse().ok().filter(|days| (1..=3650).contains(days)).unwrap_or_else(|| {
        faults.push(format!("questions.keep_days：“{text}”有误，应为 1 至 3650 之间的天数"));
        180
    })
}

fn model(file: &RawModel, environment: &RawModel, database_url: &str, faults: &mut Vec<String>) -> ModelSection {
    let dir = environment.dir.clone().or_else(|| file.dir.clone());
    let install = environment.install.as_deref().or(file.install.as_deref()).unwrap_or("auto");
    if !matches!(install, "auto" | "manual") {
        faults.push(format!("model.install：“{install}”有误，应为 auto 或 manual"));
    }
    ModelSection {
        dir: dir.unwrap_or_else(|| beside(database_url).join("model")),
        is_enabled: environment.enabled.or(file.enabled).unwrap_or(true),
        installs_itself: install == "auto",
        endpoint: endpoint(file, environment, faults),
    }
}

fn endpoint(file: &RawModel, environment: &RawModel, faults: &mut Vec<String>) -> Option<EndpointSection> {
    let either = |pick: fn(&RawModel) -> &Option<String>| pick(environment).clone().or_else(|| pick(file).clone());
    let url = either(|raw| &raw.endpoint)?;
    let url = match url.parse::<Url>() {
        Ok(url) if matches!(url.scheme(), "http" | "https") => url,
        _ => {
            faults.push(format!("model.endpoint：“{url}”不是有效的网址，应以 http:// 或 https:// 开头"));
            return None;
        }
    };
    let Some(question_model) = either(|raw| &raw.endpoint_model) else {
        faults.push("model.endpoint_model：设置了 model.endpoint，还要写明模型名称".to_owned());
        return None;
    };
    let passage_model = either(|raw| &raw.endpoint_passage_model).unwrap_or_else(|| question_model.clone());
    let key = environment.endpoint_key.clone().or_else(|| file.endpoint_key.clone());
    Some(EndpointSection { url, question_model, passage_model, key })
}

/// The folder of a database file; `data` where the database is no file.
fn beside(database_url: &str) -> PathBuf {
    let path = database_url.strip_prefix("sqlite:").map(|rest| rest.trim_start_matches("//"));
    let path = path.and_then(|path| path.split('?').next()).filter(|path| !path.is_empty() && *path != ":memory:");
    match path.map(|path| Path::new(path).parent().unwrap_or(Path::new(""))) {
        Some(folder) => folder.to_owned(),
        None => PathBuf::from("data"),
    }
}

/// Reads `09:00-12:00 13:00-17:00`.
fn working_spans(text: &str, faults: &mut Vec<String>) -> Vec<WorkingSpan> {
    let parsed: Option<Vec<_>> = text
        .split_whitespace()
        .map(|span| {
            let (start, end) = span.split_once('-')?;
            let time = |text: &str| Time::strptime("%H:%M", text).ok();
            Some(WorkingSpan { start: time(start)?, end: time(end)? })
        })
        .collect();
    match parsed {
        Some(spans) if Calendar::new(spans.clone()).is_ok() => spans,
        _ => {
            faults.push(format!("hours.spans：“{text}”有误，应为互不重叠的时段，例如 09:00-12:00 13:00-17:00"));
            Vec::new()
        }
    }
}
