//! The Telegram section.

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::RawNumber;

/// The Telegram section.
#[derive(Clone, Debug)]
pub struct TelegramSection {
    /// The bot token; never printed.
    pub token: SecretString,
    /// A Bot API server other than the public one.
    pub api_url: Option<Url>,
    /// The supervisors' group, in which every ticket has a topic.
    pub group: Option<i64>,
    /// Where Telegram is to bring updates; they are fetched where there is none.
    pub webhook: Option<WebhookSection>,
}

/// Where Telegram is to bring updates.
#[derive(Clone, Debug)]
pub struct WebhookSection {
    /// The public address; its path is served by this process.
    pub url: Url,
    /// What Telegram shows to prove who it is; never printed. Derived from the token where there is none.
    pub secret: Option<SecretString>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawTelegram {
    token: Option<SecretString>,
    api_url: Option<String>,
    group: Option<RawNumber>,
    webhook_url: Option<String>,
    webhook_secret: Option<SecretString>,
}

impl std::fmt::Debug for RawTelegram {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawTelegram")
            .field("api_url", &self.api_url)
            .field("group", &self.group)
            .field("webhook_url", &self.webhook_url)
            .finish_non_exhaustive()
    }
}

pub(super) fn section(
    file: &RawTelegram,
    environment: &RawTelegram,
    faults: &mut Vec<String>,
) -> Option<TelegramSection> {
    let token = environment.token.clone().or_else(|| file.token.clone())?;
    let api_url = environment.api_url.clone().or_else(|| file.api_url.clone());
    let api_url = api_url.and_then(|url| match url.parse::<Url>() {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Some(url),
        _ => {
            faults.push(format!("telegram.api_url：“{url}”不是有效的网址，应以 http:// 或 https:// 开头"));
            None
        }
    });
    let group = environment.group.as_ref().or(file.group.as_ref());
    let group = group.and_then(|group| supervisors_group(group, faults));
    let webhook = webhook(file, environment, api_url.is_some(), faults);
    Some(TelegramSection { token, api_url, group, webhook })
}

/// Telegram writes the ids of groups with topics as negative numbers.
fn supervisors_group(group: &RawNumber, faults: &mut Vec<String>) -> Option<i64> {
    let number = match group {
        RawNumber::Number(number) => Some(*number),
        RawNumber::Text(text) => text.trim().parse().ok(),
    };
    let number = number.filter(|number| *number < 0);
    if number.is_none() {
        faults.push("telegram.group：应为开启话题的超级群组编号，是以 -100 开头的数字，例如 -1001234567890".to_owned());
    }
    number
}

/// An empty address is none.
fn webhook(
    file: &RawTelegram,
    environment: &RawTelegram,
    is_own_server: bool,
    faults: &mut Vec<String>,
) -> Option<WebhookSection> {
    let url = environment.webhook_url.as_ref().or(file.webhook_url.as_ref()).filter(|url| !url.is_empty())?;
    let secret = environment.webhook_secret.as_ref().or(file.webhook_secret.as_ref()).cloned();
    if secret.as_ref().is_some_and(|secret| !is_secret(secret.expose_secret())) {
        faults.push("telegram.webhook_secret：应为 1 至 256 个字符，只能用英文字母、数字、下划线和短横线".to_owned());
    }
    // Only a Bot API server of one's own brings updates without TLS.
    let scheme = if is_own_server { "http:// 或 https://" } else { "https://" };
    let is_served = |parsed: &Url| {
        (parsed.scheme() == "https" || is_own_server && parsed.scheme() == "http") && parsed.path().len() > 1
    };
    let parsed = url.parse::<Url>().ok().filter(is_served);
    if parsed.is_none() {
        faults.push(format!(
            "telegram.webhook_url：“{url}”有误，应为以 {scheme} 开头的公网地址，并带有路径，例如 https://zqt.example.gov.cn/telegram"
        ));
    }
    Some(WebhookSection { url: parsed?, secret })
}

/// What Telegram takes.
fn is_secret(text: &str) -> bool {
    let is_fit = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (1..=256).contains(&text.len()) && text.chars().all(is_fit)
}
