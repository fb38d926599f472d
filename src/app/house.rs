//! The parts of the house put together: store, serving edition, desk.

use std::sync::Arc;

use anyhow::Context;
use jiff::Timestamp;
use jiff::civil::Date;

use super::Misuse;
use super::meanings::Semantics;
use super::output::progress;
use super::publish::{self, Attempt, Verdict, Wish};
use super::reindex;
use crate::catalog::{self, Bundle, HolidayYear, Loaded};
use crate::channel::telegram::TelegramConfig;
use crate::config::{Config, TelegramSection};
use crate::desk::knowledge::{Edition, Shelf};
use crate::desk::ports::{Clock, EditionRecord, Editions, Files};
use crate::desk::service::Desk;
use crate::domain::calendar::{Calendar, china_time};
use crate::search::{self, BuildError};
use crate::store::SqliteStore;

/// The machine's clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock port's one real implementation")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
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
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) semantics: Arc<Semantics>,
}

impl House {
    /// Opens the store.
    pub(crate) async fn open(config: Config) -> anyhow::Result<Self> {
        let store = SqliteStore::open(&config.database_url)
            .await
            .map_err(|cause| anyhow::Error::new(cause).context(Misuse(store_help(&config.database_url))))?;
        let semantics = Arc::new(Semantics::new(&config));
        Ok(Self { config, store: Arc::new(store), clock: Arc::new(SystemClock), semantics })
    }

    /// Today in China.
    pub(crate) fn today(&self) -> Date {
        china_time(self.clock.now()).date()
    }

    /// The serving edition, ready to answer; the first one is published from the data folder by itself.
    pub(crate) async fn serving(&self) -> anyhow::Result<(Edition, Vec<HolidayYear>)> {
        if let Some((record, content)) = self.store.serving_edition().await? {
            let Revived { edition, holidays, .. } = self.revive(record, content).await?;
            return Ok((edition, holidays));
        }
        let wish = Wish { force: false, dry_run: false, is_watched: false, awaits_meanings: false, by: "first start" };
        let Attempt { report, published } = publish::attempt(self, wish).await?;
        if let Some(published) = published {
            return Ok(published);
        }
        reindex::explain(&report);
        match report.verdict {
            Verdict::Problems | Verdict::Golden => {
                anyhow::bail!("知识目录 {} 不能发布，请按上面的提示改正后重试", self.config.faq_data.display())
            }
            _ => anyhow::bail!("版次刚刚由另一个进程发布，请重试"),
        }
    }

    /// Opens the index of a published edition, or builds it again from the edition kept in the store.
    ///
    /// Where it cannot be written, it is built in memory: that an index folder is full or held by another process does not
    /// stand in the way of answers.
    pub(crate) async fn revive(&self, record: EditionRecord, content: String) -> anyhow::Result<Revived> {
        let today = self.today();
        let (index_dir, semantics) = (self.config.index_dir.clone(), Arc::clone(&self.semantics));
        let work = tokio::task::spawn_blocking(move || -> anyhow::Result<Revived> {
            let bundle: Bundle = serde_json::from_str(&content).context("数据库中的版次内容无法读取")?;
            drop(content);
            let Loaded { base, holidays, bundle, .. } = catalog::load_bundle(bundle, today);
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
            let bundle: Bundle = serde_json::from_str(&content).context("数据库中的版次内容无法读取")?;
            let Loaded { base, holidays, bundle, .. } = catalog::load_bundle(bundle, today);
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

fn store_help(url: &str) -> String {
    // A URL of a server may carry a password; what stands after the scheme is shown for files only.
    let shown = if url.starts_with("sqlite:") { url } else { url.split(':').next().unwrap_or_default() };
    format!("数据库 {shown} 打不开，请检查 --database-url、目录权限和磁盘空间")
}

/// The bot as the configuration wants it.
pub(crate) fn telegram_config(section: &TelegramSection) -> TelegramConfig {
    let (api_url, group) = (section.api_url.clone(), section.group);
    TelegramConfig { api_url, group, ..TelegramConfig::new(section.token.clone()) }
}
