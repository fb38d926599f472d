//! The parts of the house put together: store, serving edition, desk.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::Context;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::Misuse;
use super::meanings::Semantics;
use super::output::progress;
use super::publish::{self, Attempt, Verdict, Wish};
use super::reindex;
use crate::catalog::{self, Bundle, HolidayYear, Loaded};
use crate::channel::telegram::{TelegramConfig, WebhookConfig};
use crate::config::{Config, TelegramSection};
use crate::desk::knowledge::{Edition, Shelf};
use crate::desk::ports::{Clock, EditionRecord};
use crate::desk::service::Desk;
use crate::domain::calendar::{Calendar, china_time};
use crate::search::{self, BuildError};
use crate::store::{self, OpenStore, StoreUrl};

/// The machine's clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock port's one real implementation")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The machine's clock, put right by the database's where several processes share one: leases and timers only work among
/// processes that agree on the time.
#[derive(Default)]
pub(crate) struct SharedClock {
    ahead_millis: AtomicI64,
}

impl SharedClock {
    /// Takes over the time of the store, if it has one of its own.
    pub(crate) async fn put_right(&self, store: &dyn OpenStore) -> anyhow::Result<()> {
        let asked = SystemClock.now();
        let Some(time) = store.time().await? else { return Ok(()) };
        self.hears(asked, time, SystemClock.now());
        Ok(())
    }

    /// Takes over `time`, which was read somewhere between asking and hearing of it.
    fn hears(&self, asked: Timestamp, time: Timestamp, heard: Timestamp) {
        let middle = asked + heard.duration_since(asked) / 2;
        let ahead = i64::try_from(time.duration_since(middle).as_millis()).unwrap_or_default();
        self.ahead_millis.store(ahead, Ordering::Relaxed);
    }

    /// Now.
    pub(crate) fn now(&self) -> Timestamp {
        let here = SystemClock.now();
        here.saturating_add(self.ahead()).unwrap_or(here)
    }

    /// How far the database's clock is ahead of the machine's.
    pub(crate) fn ahead(&self) -> SignedDuration {
        SignedDuration::from_millis(self.ahead_millis.load(Ordering::Relaxed))
    }
}

impl Clock for SharedClock {
    fn now(&self) -> Timestamp {
        SharedClock::now(self)
    }
}

/// A published edition, read back from the store.
pub(crate) struct Revived {
    /// The edition, ready to answer.
    pub(crate) edition: Edition,
    /// Its holidays.
    pub(crate) holidays: Vec<HolidayYear>,
    /// The files it was published from.
    pub(crate) bundle: Bundle,
}

/// Configuration and store, and what is made of them.
#[derive(Clone)]
pub(crate) struct House {
    pub(crate) config: Config,
    pub(crate) store: Arc<dyn OpenStore>,
    pub(crate) clock: Arc<SharedClock>,
    pub(crate) semantics: Arc<Semantics>,
}

impl House {
    /// Opens the store.
    pub(crate) async fn open(config: Config) -> anyhow::Result<Self> {
        let store = store::open(&config.database_url)
            .await
            .map_err(|cause| anyhow::Error::new(cause).context(Misuse(store_help(&config.database_url))))?;
        let semantics = Arc::new(Semantics::new(&config));
        let clock = Arc::new(SharedClock::default());
        clock.put_right(&*store).await?;
        Ok(Self { config, store, clock, semantics })
    }

    /// Today in China.
    pub(crate) fn today(&self) -> Date {
        china_time(self.clock.now()).date()
    }

    /// The serving edition, ready to answer; the first one is published from the data folder by itself.
    pub(crate) async fn serving(&self) -> anyhow::Result<(Edition, Vec<HolidayYear>)> {
        if let Some(serving) = self.published().await? {
            return Ok(serving);
        }
        let wish = Wish { force: false, dry_run: false, is_watched: false, awaits_meanings: false, by: "first start" };
        let Attempt { report, published } = publish::attempt(self, wish).await?;
        if let Some(published) = published {
            return Ok(published);
        }
        // Several processes may start over one new database; one of them publishes, and that will do.
        if report.verdict == Verdict::Superseded
            && let Some(serving) = self.published().await?
        {
            return Ok(serving);
        }
        reindex::explain(&report);
        match report.verdict {
            Verdict::Problems | Verdict::Golden => {
                anyhow::bail!("知识目录 {} 不能发布，请按上面的提示改正后重试", self.config.faq_data.display())
            }
            _ => anyhow::bail!("版次刚刚由另一个进程发布，请重试"),
        }
    }

    /// The edition that is the serving one by now, if any is.
    async fn published(&self) -> anyhow::Result<Option<(Edition, Vec<HolidayYear>)>> {
        let Some((record, content)) = self.store.serving_edition().await? else { return Ok(None) };
        let Revived { edition, holidays, .. } = self.revive(record, content).await?;
        Ok(Some((edition, holidays)))
    }

    /// Opens the index of a published edition, or builds it again from the edition kept in the store.
    ///
    /// Where it cannot be written, it is built in memory: that an index folder is full or held by another process does not
    /// stand in the way of answers.
    pub(crate) async fn revive(&self, record: EditionRecord, content: String) -> anyhow::Result<Revived> {
        let today = self.today();
        let (index_dir, semantics) = (self.config.index_dir.clone(), Arc::clone(&self.semantics));
        let work = tokio::task::spawn_blocking(move || -> anyhow::Result<Revived> {
            let Loaded { base, holidays, bundle, .. } = unpack(&record, content, today)?;
            let EditionRecord { number, content_sha256, .. } = record;
            let index = match search::open_or_build(&index_dir, number, &content_sha256, &base, &progress("建立索引"))
            {
                Err(reason @ (BuildError::Busy { .. } | BuildError::Write { .. } | BuildError::Index(_))) => {
                    let reason = format!("{:#}", anyhow::Error::new(reason));
                    tracing::warn!(edition = number, reason, "the index is kept in memory");
                    search::in_memory(&base)
                }
                built => built,
            };
            let index = index.with_context(|| format!("无法在 {} 建立索引", index_dir.display()))?;
            let meanings = semantics.of_edition(number, &content_sha256, &base);
            Ok(Revived { edition: Edition { number, base, index: Box::new(index), meanings }, holidays, bundle })
        });
        work.await.context("建立索引的任务异常结束")?
    }

    /// A published edition by number, for looking at; its index is not written anywhere. `None` when there is no such edition.
    pub(crate) async fn look_at(&self, number: u32) -> anyhow::Result<Option<Revived>> {
        let Some((record, content)) = self.store.edition(number).await? else { return Ok(None) };
        let (today, index_dir, semantics) = (self.today(), self.config.index_dir.clone(), Arc::clone(&self.semantics));
        let work = tokio::task::spawn_blocking(move || -> anyhow::Result<Revived> {
            let Loaded { base, holidays, bundle, .. } = unpack(&record, content, today)?;
            let index = match search::open(&index_dir, number, &record.content_sha256, &base) {
                Ok(index) => index,
                Err(_) => search::in_memory(&base).context("无法建立索引")?,
            };
            let meanings = semantics.of_edition(number, &record.content_sha256, &base);
            Ok(Revived { edition: Edition { number, base, index: Box::new(index), meanings }, holidays, bundle })
        });
        work.await.context("建立索引的任务异常结束")?.map(Some)
    }

    /// The desk over the serving edition; the sample roster is put in place where there is none.
    pub(crate) async fn desk(&self) -> anyhow::Result<Arc<Desk>> {
        let (edition, holidays) = self.serving().await?;
        let calendar = self.calendar(&holidays)?;
        self.ensure_roster().await?;
        let group = self.config.telegram.as_ref().and_then(|telegram| telegram.group).map(|group| group.to_string());
        let desk = Desk::new(self.store.clone(), Arc::new(Shelf::new(edition)), self.clock.clone(), calendar);
        Ok(Arc::new(desk.with_group(group)))
    }

    /// Working time: configured hours, published holidays.
    pub(crate) fn calendar(&self, holidays: &[HolidayYear]) -> anyhow::Result<Calendar> {
        let calendar = catalog::working_calendar(holidays, self.config.working_spans.clone())
            .map_err(|cause| Misuse(format!("hours.spans 有误：{cause}")))?;
        let year = self.today().year();
        for year in [year, year + 1] {
            if !calendar.has_year(year) {
                tracing::warn!(year, "the holidays of this year are not published yet; the plain week is counted");
            }
        }
        Ok(calendar)
    }

    /// Nobody is stranded: without a roster the sample one is used, marked as such.
    async fn ensure_roster(&self) -> anyhow::Result<()> {
        if !self.store.roster().await?.is_empty() {
            return Ok(());
        }
        let Some((_, content)) = self.store.serving_edition().await? else { return Ok(()) };
        let bundle: Bundle = serde_json::from_str(&content).context("数据库中的版次内容无法读取")?;
        let people = catalog::load_bundle(bundle, self.today()).sample_roster;
        self.store.replace_roster(&people, "sample", self.clock.now()).await?;
        Ok(())
    }

    /// Writes everything down and closes the store.
    pub(crate) async fn close(&self) -> anyhow::Result<()> {
        self.store.close().await.context("关闭数据库时出错")
    }
}

/// A database as it may be shown: a URL of a server may carry a password.
pub(crate) fn shown(url: &str) -> String {
    match url.parse::<StoreUrl>() {
        Ok(url) => url.to_string(),
        Err(_) => format!("{}:", url.split(':').next().unwrap_or_default()),
    }
}

/// What to look at when the database at `url` cannot be opened.
pub(crate) fn store_help(url: &str) -> String {
    let check =
        if url.starts_with("sqlite:") { "目录权限和磁盘空间" } else { "数据库服务、用户名和密码" };
    format!("数据库 {} 打不开，请检查 --database-url、{check}", shown(url))
}

/// The bot as the configuration wants it.
pub(crate) fn telegram_config(section: &TelegramSection) -> TelegramConfig {
    let (api_url, group) = (section.api_url.clone(), section.group);
    let webhook = section.webhook.as_ref();
    let webhook = webhook.map(|hook| WebhookConfig { url: hook.url.clone(), secret: hook.secret.clone() });
    TelegramConfig { api_url, group, webhook, ..TelegramConfig::new(section.token.clone()) }
}

/// The knowledge of a published edition. Part of it is not good enough: whoever cannot read a topic, because a newer version of the
/// program wrote it or the row is damaged, would answer as if the district knew nothing about it.
fn unpack(record: &EditionRecord, content: String, today: Date) -> anyhow::Result<Loaded> {
    let number = record.number;
    let bundle: Bundle = serde_json::from_str(&content).context("数据库中的版次内容无法读取")?;
    drop(content);
    if bundle.content_hash() != record.content_sha256 {
        anyhow::bail!("数据库中版次 {number} 的内容与发布时的校验值不符，可用 rollback 退回别的版次");
    }
    let loaded = catalog::load_bundle(bundle, today);
    let (readable, published) = (loaded.base.topics.len(), record.topics);
    if u32::try_from(readable) != Ok(published) {
        anyhow::bail!("版次 {number} 有 {published} 个主题，本程序只读得懂 {readable} 个，可能是较新的程序发布的");
    }
    Ok(loaded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_agree_on_the_time_although_their_machines_do_not() {
        let (behind, right) = (SharedClock::default(), SharedClock::default());
        let here = SystemClock.now();
        let theirs = here + SignedDuration::from_secs(90);
        behind.hears(here - SignedDuration::from_millis(20), theirs, here + SignedDuration::from_millis(20));
        right.hears(theirs, theirs, theirs);
        assert_eq!((behind.ahead(), right.ahead()), (SignedDuration::from_secs(90), SignedDuration::ZERO));
        let differ = behind.now().duration_since(SystemClock.now());
        assert!((89..=91).contains(&differ.as_secs()), "{differ}");
    }

    #[test]
    fn a_database_is_shown_without_its_secrets() {
        assert_eq!(shown("sqlite://data/zhengqitong.db"), "sqlite://data/zhengqitong.db");
        assert_eq!(
            shown("postgres://zqt:geheim@db.example:5433/zqt?sslmode=require"),
            "postgres://db.example:5433/zqt"
        );
        for url in ["postgres://zqt:geheim@db:port/zqt", "mysql://zqt:geheim@db/zqt", "geheim"] {
            let help = store_help(url);
            assert!(url == "geheim" || !help.contains("geheim"), "{help}");
        }
    }
}
