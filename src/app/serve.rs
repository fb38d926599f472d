//! `serve`: everything that runs, and its end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::hook::{self, TelegramHook};
use super::house::{House, Revived, telegram_config};
use super::output::Out;
use super::{Outcome, gauges, watch};
use crate::channel::telegram::{Ports, Telegram};
use crate::config::TelegramSection;
use crate::desk::knowledge::Shelf;
use crate::desk::service::Desk;
use crate::tasks::Tasks;
use crate::telemetry;
use crate::web::{Web, WebConfig};

/// Clocks are looked at this often.
const FOLLOW_UP_EVERY: Duration = Duration::from_secs(20);

/// A new edition is noticed within this time.
const EDITION_CHECKED_EVERY: Duration = Duration::from_secs(1);

/// An edition that could not be taken over is tried again after this time.
const REFUSED_FOR: Duration = Duration::from_secs(30);

/// The database's time is asked for this often.
const TIME_CHECKED_EVERY: Duration = Duration::from_mins(1);

/// Clocks of machines that are looked after differ less.
pub(super) const CLOCKS_DIFFER: jiff::SignedDuration = jiff::SignedDuration::from_secs(2);

/// Parts may take this long to end.
const GRACE: Duration = Duration::from_secs(15);

/// `serve`.
pub(crate) async fn run(house: &House) -> anyhow::Result<Outcome> {
    hook::check(&house.config)?;
    let metrics = telemetry::start_metrics().context("指标无法启用")?;
    let listener = TcpListener::bind(house.config.listen)
        .await
        .with_context(|| format!("无法监听 {}：端口可能已被占用，请换一个 --listen 地址", house.config.listen))?;
    let address = listener.local_addr().context("无法得到监听地址")?;
    // Whoever holds the port of an embedded database is the one serving process: what one that died had claimed is free again.
    house.store.release_claims().await?;
    let desk = house.desk().await?;
    let mut tasks = Tasks::default();
    let telegram = house.config.telegram.as_ref().map(|section| telegram(house, section, &desk)).transpose()?;
    let webhook = telegram.as_ref().and_then(Telegram::webhook);
    let written = telegram.as_ref().map_or_else(Arc::default, Telegram::written);
    let web_config = WebConfig {
        secure_cookies: house.config.secure_cookies,
        trusts_proxy: house.config.trusts_proxy,
        public_origin: house.config.public_origin.clone(),
        database: house.store.kind().into(),
        ..WebConfig::default()
    };
    let web = Web::new(web_config, house.store.clone(), desk.clone(), metrics, house.clock.clone());
    let web = match webhook {
        Some(webhook) => web.with_hook(Arc::new(TelegramHook(webhook))),
        None => web,
    };
    if let Some(telegram) = telegram {
        start_telegram(telegram, &mut tasks);
    }
    let (worker, stop) = (web.clone(), tasks.stop());
    tasks.start("web-inbox", async move { worker.run_worker(stop).await });
    let stop = tasks.stop();
    tasks.start("web", async move {
        if let Err(cause) = web.serve(listener, stop).await {
            tracing::error!(error = %cause, "the web server failed");
        }
    });
    metrics::describe_gauge!("zhengqitong_topics_ending_soon", "Topics and documents that end within 30 days");
    let sends_figures = house.config.sends_weekly_figures;
    tasks.start("follow-up", follow_up(desk.clone(), written, sends_figures, tasks.stop()));
    tasks.start("edition", watch_edition(house.clone(), desk.shelf().clone(), tasks.stop()));
    if house.config.watches_knowledge {
        tasks.start("knowledge", watch::serve(house.clone(), tasks.stop()));
    }
    tasks.start("questions", gauges::watch_questions(house.clone(), desk.shelf().clone(), tasks.stop()));
    tasks.start("tickets", gauges::watch_tickets(desk.clone(), tasks.stop()));
    tasks.start("clock", keep_time(house.clone(), tasks.stop()));
    tasks.start("meanings", house.semantics.clone().keep(desk.shelf().clone(), tasks.stop()));
    greet(house, &desk, &format!("http://{address}"))?;
    let outcome = wait_for_the_end(&mut tasks).await?;
    Out::note("正在停止：处理完手头的消息后退出。");
    let cut_off = tasks.finish(GRACE).await;
    if cut_off > 0 {
        tracing::warn!(cut_off, "some tasks did not end in time; what they had not done stands in the store");
    }
    Ok(outcome)
}

fn telegram(house: &House, section: &TelegramSection, desk: &Arc<Desk>) -> anyhow::Result<Telegram> {
    let config = telegram_config(section);
    let ports = Ports::new(house.store.clone(), desk.clone(), house.clock.clone());
    Telegram::new(config, ports).context("Telegram 机器人无法启动，请检查 TELOXIDE_TOKEN 和 TELOXIDE_API_URL")
}

fn start_telegram(telegram: Telegram, tasks: &mut Tasks) {
    let stop = tasks.stop();
    tasks.start("telegram", async move {
        if let Err(cause) = telegram.run(stop).await {
            tracing::error!(error = %cause, "the Telegram bot failed");
        }
    });
}

/// Tells people where and how to ask.
fn greet(house: &House, desk: &Desk, url: &str) -> std::io::Result<()> {
    let edition = desk.shelf().current();
    let mut out = Out::new();
    out.line(format!("政企通已启动：版次 {}，{} 个主题。", edition.number, edition.base.topics.len()))?;
    out.line(format!("网页问答：{url}"))?;
    out.line("终端提问：zhengqitong ask \"注销公司要多久\" 或 zhengqitong chat")?;
    out.line(match &house.config.telegram {
        Some(TelegramSection { webhook: Some(webhook), .. }) => {
            format!("Telegram：已设置令牌，由 Telegram 推送消息到 {}（webhook），正在登记。", webhook.url)
        }
        Some(_) => "Telegram：已设置令牌，由本服务拉取消息（长轮询），正在连接。".to_owned(),
        None => "Telegram：没有设置 TELOXIDE_TOKEN，未启动；网页和终端可以直接使用。".to_owned(),
    })?;
    out.line(house.semantics.announcement(edition.meanings.as_ref()))?;
    out.line("按 Ctrl-C 停止。")
}

/// Waits for a signal, or for a part that ends by itself, which is a failure.
async fn wait_for_the_end(tasks: &mut Tasks) -> anyhow::Result<Outcome> {
    let mut terminate =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).context("无法接收停止信号")?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => {
            interrupted.context("无法接收停止信号")?;
            Ok(Outcome::Done)
        }
        _ = terminate.recv() => Ok(Outcome::Done),
        ended = tasks.ended() => {
            let name = ended.and_then(Result::ok).unwrap_or("（异常）");
            tracing::error!(task = name, "a task ended by itself; stopping");
            Out::note(format!("后台任务 {name} 意外结束，服务停止；已收到的消息都在数据库里，重新启动后继续处理。"));
            Ok(Outcome::Failed)
        }
    }
}

async fn follow_up(desk: Arc<Desk>, written: Arc<Notify>, sends_figures: bool, stop: CancellationToken) {
    let mut tick = tokio::time::interval(FOLLOW_UP_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        match desk.follow_up().await {
            Ok(0) => {}
            Ok(shown) => {
                metrics::counter!("zhengqitong_cards_shown_total").increment(shown as u64);
                written.notify_one();
            }
            Err(cause) => tracing::error!(error = %cause, "cards could not be shown; trying again"),
        }
        match desk.look_into_undelivered().await {
            Ok(0) => {}
            Ok(undelivered) => {
                tracing::warn!(undelivered, "messages did not arrive; the people concerned are told");
                written.notify_one();
            }
            Err(cause) => {
                tracing::error!(error = %cause, "undelivered messages could not be looked into; trying again")
            }
        }
        metrics::gauge!("zhengqitong_topics_ending_soon").set(gauges::number(desk.endings().len()));
        match desk.warn_of_endings().await {
            Ok(0) => {}
            Ok(ends) => {
                tracing::info!(ends, "administrators are told what ends soon");
                written.notify_one();
            }
            Err(cause) => tracing::error!(error = %cause, "administrators could not be told what ends; trying again"),
        }
        if sends_figures {
            send_figures(&desk, &written).await;
        }
    }
}

async fn send_figures(desk: &Desk, written: &Notify) {
    match desk.send_weekly_figures().await {
        Ok(0) => {}
        Ok(people) => {
            tracing::info!(people, "last week's figures are sent");
            written.notify_one();
        }
        Err(cause) => tracing::error!(error = %cause, "last week's figures could not be sent; trying again"),
    }
}

/// Takes over the edition of every new serving mark; keeps the present one when that fails, and tries again after a while.
async fn watch_edition(house: House, shelf: Arc<Shelf>, stop: CancellationToken) {
    let mut tick = tokio::time::interval(EDITION_CHECKED_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut refused: Option<(u64, Instant)> = None;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        let mark = match house.store.serving_mark().await {
            Ok(Some(mark)) if mark.edition != shelf.current().number => mark,
            Ok(_) => continue,
            Err(cause) => {
                tracing::warn!(error = %cause, "the serving edition could not be looked up; keeping the present one");
                continue;
            }
        };
        if refused.is_some_and(|(sequence, at)| sequence == mark.sequence && at.elapsed() < REFUSED_FOR) {
            continue;
        }
        match swap(&house, &shelf).await {
            Ok(()) => {
                refused = None;
                tracing::info!(edition = shelf.current().number, "serving another edition");
            }
            Err(cause) => {
                tracing::error!(edition = mark.edition, error = format!("{cause:#}"), "keeping the present edition");
                refused = Some((mark.sequence, Instant::now()));
            }
        }
    }
}

/// Puts the serving edition on the shelf.
async fn swap(house: &House, shelf: &Shelf) -> anyhow::Result<()> {
    if let Some((record, content)) = house.store.serving_edition().await? {
        let Revived { edition, .. } = house.revive(record, content).await?;
        shelf.swap(edition);
    }
    Ok(())
}

/// Keeps to the time of the database, which may be another machine's.
async fn keep_time(house: House, stop: CancellationToken) {
    let mut tick = tokio::time::interval(TIME_CHECKED_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        if let Err(cause) = house.clock.put_right(&*house.store).await {
            tracing::warn!(
                error = format!("{cause:#}"),
                "the time of the database is not known; keeping to the last one"
            );
        } else if house.clock.ahead().abs() > CLOCKS_DIFFER {
            let ahead_ms = house.clock.ahead().as_millis();
            tracing::warn!(ahead_ms, "this machine's clock and the database's differ; the database's is kept to");
        }
    }
}
