//! A web address → what stands there, without becoming a way into the machines behind this one.
//!
//! The addresses a name resolves to are checked where they are connected to, so a name that answers differently the second
//! time gains nothing. Redirects are followed here, each checked like the first address. Proxies of the environment are not
//! used: behind one, nobody could check where the request ends up.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};

use super::address::is_public;

/// After so many redirects it is given up.
const MAX_REDIRECTS: usize = 5;

/// What may be fetched.
#[derive(Clone, Copy, Debug)]
pub struct FetchRules {
    /// Whether the address given may be one inside; redirects to other machines inside are refused all the same.
    pub allow_private: bool,
    /// Longer answers are refused.
    pub max_bytes: usize,
    /// How long connecting and answering may take together, each time.
    pub timeout: Duration,
}

/// What stood at an address.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Where it was found in the end.
    pub url: Url,
    /// What the server calls it.
    pub content_type: Option<String>,
    /// What it is.
    pub bytes: Vec<u8>,
}

/// Why nothing was fetched. Chinese, since administrators read it.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// It is no address of the web.
    #[error("“{0}”不是网址：应以 http:// 或 https:// 开头，不带用户名和密码")]
    NotWeb(String),
    /// It leads inside.
    #[error(
        "{host} 是内网或本机地址，没有读取：确属本单位内网的，加上 --allow-private；网页转来的，请直接给出那个网址"
    )]
    Private {
        /// The host as it was named.
        host: String,
    },
    /// It leads on and on.
    #[error("网页转来转去超过 {MAX_REDIRECTS} 次，没有读取：请给出最后的网址")]
    TooManyRedirects,
    /// The server refuses.
    #[error("网站答复 {}，没有读取：请核对网址", .0.as_u16())]
    Status(StatusCode),
    /// It is too long.
    #[error("网页超过 {} MiB，没有读取：请另存为文件，删减后导入", .limit >> 20)]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// It is packed, although nobody asked for that.
    #[error("网站答复的内容是压缩的，没有读取：请在浏览器里另存为网页后导入")]
    Encoded,
    /// It took too long.
    #[error("网站 {} 秒没有答复完，没有读取：请稍后再试，或在浏览器里另存为网页后导入", .limit.as_secs())]
    Slow {
        /// The limit.
        limit: Duration,
    },
    /// The connection failed.
    #[error("连不上 {host}：请核对网址和网络")]
    Unreachable {
        /// The host.
        host: String,
        /// Why.
        #[source]
        cause: reqwest::Error,
    },
}

/// Fetches what stands at `address`.
///
/// # Errors
///
/// Returns [`FetchError`]; nothing is read from addresses inside unless `rules` allow it.
pub async fn fetch(address: &str, rules: FetchRules) -> Result<Fetched, FetchError> {
    let first = web_address(address)?;
    let mut url = first.clone();
    for _ in 0..=MAX_REDIRECTS {
        let is_trusted = rules.allow_private && is_same_machine(&first, &url);
        let response = ask(&url, is_trusted, rules).await?;
        if !response.status().is_redirection() {
            return read(url, response, rules).await;
        }
        let target = response.headers().get(LOCATION).and_then(|target| target.to_str().ok());
        let target = target.ok_or(FetchError::Status(response.status()))?;
        url = url
            .join(target)
            .map_err(|_| FetchError::NotWeb(target.to_owned()))
            .and_then(|url| web_address(url.as_str()))?;
    }
    Err(FetchError::TooManyRedirects)
}

fn web_address(text: &str) -> Result<Url, FetchError> {
    let url = Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.filter(|url| url.has_host() && url.username().is_empty() && url.password().is_none())
        .ok_or_else(|| FetchError::NotWeb(text.to_owned()))
}

/// Tells whether a redirect stays at the machine that was named: the same host, the same port or an ordinary one.
fn is_same_machine(first: &Url, url: &Url) -> bool {
    let port = url.port_or_known_default();
    first.host() == url.host() && (port == first.port_or_known_default() || matches!(port, Some(80 | 443)))
}

async fn ask(url: &Url, is_trusted: bool, rules: FetchRules) -> Result<Response, FetchError> {
    let host = url.host_str().unwrap_or_default().to_owned();
    // Numbers are connected to without asking the resolver.
    let number = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    if number.is_some_and(|number| !is_trusted && !is_public(number)) {
        return Err(FetchError::Private { host });
    }
    let unreachable = |host: String| move |cause| FetchError::Unreachable { host, cause };
    let client = Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .dns_resolver(Arc::new(Resolver { is_trusted }))
        .timeout(rules.timeout)
        .user_agent(concat!("zhengqitong/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(unreachable(host.clone()))?;
    client.get(url.clone()).send().await.map_err(|cause| explain(cause, host, rules))
}

fn explain(cause: reqwest::Error, host: String, rules: FetchRules) -> FetchError {
    let mut link: Option<&(dyn Error + 'static)> = Some(&cause);
    while let Some(error) = link {
        if error.is::<Inside>() {
            return FetchError::Private { host };
        }
        link = error.source();
    }
    if cause.is_timeout() { FetchError::Slow { limit: rules.timeout } } else { FetchError::Unreachable { host, cause } }
}

async fn read(url: Url, mut response: Response, rules: FetchRules) -> Result<Fetched, FetchError> {
    if !response.status().is_success() {
        return Err(FetchError::Status(response.status()));
    }
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    if header(CONTENT_ENCODING).is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity")) {
        return Err(FetchError::Encoded);
    }
    let content_type = header(CONTENT_TYPE);
    let too_large = || FetchError::TooLarge { limit: rules.max_bytes };
    if response.content_length().is_some_and(|length| length > rules.max_bytes as u64) {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    let host = url.host_str().unwrap_or_default().to_owned();
    while let Some(chunk) = response.chunk().await.map_err(|cause| explain(cause, host.clone(), rules))? {
        if bytes.len() + chunk.len() > rules.max_bytes {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Fetched { url, content_type, bytes })
}

/// A name leads inside.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to an address that is not public")]
struct Inside;

/// Resolves names as the system does, and gives out only public addresses unless the machine is trusted.
struct Resolver {
    is_trusted: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let is_trusted = self.is_trusted;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            // One address inside is enough to refuse: nobody needs both.
            if !is_trusted && found.iter().any(|address| !is_public(address.ip())) {
                return Err(Box::new(Inside) as Box<dyn Error + Send + Sync>);
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
