//! `doctor`: what can go wrong, checked one by one, and what to do about it.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::Outcome;
use super::hook;
use super::house::{self, House, telegram_config};
use super::output::Out;
use super::serve::CLOCKS_DIFFER;
use crate::catalog::{self, Bundle};
use crate::channel::telegram::{GroupStanding, Registration, TelegramConfig, group_standing, registration, user_name};
use crate::cli::Format;
use crate::config::Config;
use crate::desk::learning;
use crate::desk::ports::Clock;
use crate::desk::wording::expiry::ending_line;
use crate::domain::calendar::china_time;
use crate::domain::ending::{WARNED_DAYS_AHEAD, endings_within};
use crate::search;
use crate::semantic;
use crate::store::Kind;

/// A group that so many have asked should be looked at.
const PRESSING_ASKERS: usize = 3;

/// A failed delivery is told of for so long.
const FAILURES_TOLD: SignedDuration = SignedDuration::from_hours(24);

/// Feedback is counted over this time.
const FEEDBACK_COUNTED: SignedDuration = SignedDuration::from_hours(24 * 30);

/// A finding.
#[derive(Serialize)]
struct Finding {
    what: &'static str,
    state: State,
    detail: String,
    todo: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Good,
    Warning,
    Bad,
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn good(&mut self, what: &'static str, detail: impl Into<String>) {
        self.0.push(Finding { what, state: State::Good, detail: detail.into(), todo: None });
    }

    fn warn(&mut self, what: &'static str, detail: impl Into<String>, todo: impl Into<String>) {
        self.0.push(Finding { what, state: State::Warning, detail: detail.into(), todo: Some(todo.into()) });
    }

    fn bad(&mut self, what: &'static str, detail: impl Into<String>, todo: impl Into<String>) {
        self.0.push(Finding { what, state: State::Bad, detail: detail.into(), todo: Some(todo.into()) });
    }
}

/// `doctor`.
pub(crate) async fn run(config: Config, format: Format) -> anyhow::Result<Outcome> {
    let mut findings = Findings::default();
    findings.good("配置", "已读取，没有错误");
    knowledge(&config, &mut findings);
    match House::open(config.clone()).await {
        Ok(house) => {
            database(&house, &mut findings);
            if let Err(cause) = state(&house, &mut findings).await {
                findings.bad("数据库", format!("{cause:#}"), "请检查磁盘空间、文件权限和数据库服务");
            }
            telegram(&house, &mut findings).await;
            house.close().await?;
        }
        Err(cause) => {
            findings.bad("数据库", format!("{cause:#}"), "请检查 --database-url、目录权限、磁盘空间和数据库服务")
        }
    }
    meanings(&config, &mut findings).await;
    port(&config, &mut findings).await;
    report(&findings.0, format)
}

fn report(findings: &[Finding], format: Format) -> anyhow::Result<Outcome> {
    let mut out = Out::new();
    match format {
        Format::Json => out.pretty(&findings)?,
        Format::Text => {
            for Finding { what, state, detail, todo } in findings {
                let mark = match state {
                    State::Good => "正常",
                    State::Warning => "提醒",
                    State::Bad => "异常",
                };
                out.line(format!("[{mark}] {what}：{detail}"))?;
                if let Some(todo) = todo {
                    out.line(format!("       {todo}"))?;
                }
            }
        }
    }
    let is_well = findings.iter().all(|finding| finding.state != State::Bad);
    Ok(if is_well { Outcome::Done } else { Outcome::Failed })
}

fn database(house: &House, findings: &mut Findings) {
    let kind = match house.store.kind() {
        Kind::Sqlite => "SQLite",
        Kind::Postgres => "PostgreSQL",
    };
    let detail = format!("{kind}，{}，可以读写", house::shown(&house.config.database_url));
    if house.clock.ahead().abs() > CLOCKS_DIFFER {
        let todo =
            format!("本机时钟与数据库相差 {} 秒，请开启时间同步；服务以数据库时间为准", house.clock.ahead().as_secs());
        findings.warn("数据库", detail, todo);
    } else {
        findings.good("数据库", detail);
    }
}

fn knowledge(config: &Config, findings: &mut Findings) {
    let today = china_time(super::house::SystemClock.now()).date();
    let loaded = catalog::load(&config.faq_data, today);
    if loaded.is_publishable() {
        let detail = format!("{} 个主题，{} 个提醒", loaded.base.topics.len(), loaded.problems.len());
        findings.good("知识目录", detail);
    } else {
        findings.bad("知识目录", "有错误", "运行 zhengqitong check 查看全部问题");
    }
}

async fn state(house: &House, findings: &mut Findings) -> anyhow::Result<()> {
    edition(house, findings).await?;
    let roster = house.store.roster().await?;
    let unbound = roster.iter().filter(|person| person.telegram_id.is_none()).count();
    if roster.is_empty() {
        findings.warn("名册", "还没有专员", "首次启动会使用示例名册；请用 commissioner import 导入正式名册");
    } else if roster.iter().any(|person| person.is_sample) {
        findings.warn("名册", format!("{} 人，是示例名册", roster.len()), "请用 commissioner import 导入正式名册");
    } else if unbound > 0 {
        let todo = "用 commissioner invite ID 生成邀请链接；未绑定的专员可用 chat --commissioner ID";
        findings.warn("名册", format!("{} 人，其中 {unbound} 人没有绑定 Telegram", roster.len()), todo);
    } else {
        findings.good("名册", format!("{} 人，都已绑定", roster.len()));
    }
    for (what, backlog) in [("收件", house.store.inbox_backlog().await?), ("发件", house.store.outbox_backlog().await?)]
    {
        let detail = format!("{} 条待处理，{} 条无法投递", backlog.waiting, backlog.dead);
        if backlog.dead > 0 {
            findings.warn(what, detail, "用 zhengqitong dead-letters list 查看原因，再重试或不再提示");
        } else {
            findings.good(what, detail);
        }
    }
    questions(house, findings).await
}

/// What was not answered, and what companies thought of the answers.
async fn questions(house: &House, findings: &mut Findings) -> anyhow::Result<()> {
    let month = house.store.feedback_since(house.clock.now() - FEEDBACK_COUNTED).await?;
    let feedback = format!("近30天反馈：有帮助 {}，没帮助 {}", month.helpful, month.unhelpful);
    let questions = house.store.open_questions().await?;
    if questions.is_empty() {
        findings.good("未答问题", format!("没有；{feedback}"));
        return Ok(());
    }
    let Some((_, content)) = house.store.serving_edition().await? else { return Ok(()) };
    let base = catalog::load_bundle(serde_json::from_str(&content)?, house.today()).base;
    let groups = learning::group(questions, &base, house.clock.now());
    let waiting: Vec<_> = groups.iter().filter(|group| group.is_waiting()).collect();
    let pressing = waiting.iter().filter(|group| group.askers >= PRESSING_ASKERS).count();
    let detail = format!("{} 组待处理；{feedback}", waiting.len());
    if pressing > 0 {
        let todo = format!("其中 {pressing} 组至少 {PRESSING_ASKERS} 家企业问过，运行 zhengqitong unanswered 查看");
        findings.warn("未答问题", detail, todo);
    } else {
        findings.good("未答问题", detail);
    }
    Ok(())
}

async fn edition(house: &House, findings: &mut Findings) -> anyhow::Result<()> {
    let Some((record, content)) = house.store.serving_edition().await? else {
        findings.warn("版次", "还没有发布", "运行 zhengqitong reindex，或直接启动服务，会自动发布");
        return Ok(());
    };
    let bundle: Bundle = serde_json::from_str(&content)?;
    let loaded = catalog::load_bundle(bundle, house.today());
    match search::open(&house.config.index_dir, record.number, &record.content_sha256, &loaded.base) {
        Ok(_) => findings.good("版次", format!("版次 {}，{} 个主题，索引完好", record.number, record.topics)),
        Err(cause) => {
            findings.warn("版次", format!("版次 {} 的索引不可用：{cause}", record.number), "启动服务时会自动重建");
        }
    }
    ending(house, &loaded, findings);
    calendar(house, &loaded, findings)?;
    Ok(())
}

/// What of the serving edition ends soon.
fn ending(house: &House, loaded: &catalog::Loaded, findings: &mut Findings) {
    let today = house.today();
    let days = WARNED_DAYS_AHEAD.into_iter().max().unwrap_or_default();
    let ending = endings_within(loaded.base.topics.values(), today, days);
    if ending.is_empty() {
        findings.good("有效期", format!("{days} 天内没有政策到期"));
        return;
    }
    let lines: Vec<_> = ending.iter().map(|ending| ending_line(ending, today)).collect();
    findings.warn(
        "有效期",
        format!("{} 项将在 {days} 天内到期：{}", ending.len(), lines.join("；")),
        "核对是否延续：延续则改 valid_to，不延续则写好 successor，然后 reindex",
    );
}

fn calendar(house: &House, loaded: &catalog::Loaded, findings: &mut Findings) -> anyhow::Result<()> {
    let calendar = house.calendar(&loaded.holidays)?;
    let year = house.today().year();
    let missing: Vec<_> = [year, year + 1].into_iter().filter(|year| !calendar.has_year(*year)).collect();
    if missing.is_empty() {
        findings.good("日历", format!("{year} 和 {} 年的放假调休安排已载入", year + 1));
    } else {
        let years: Vec<_> = missing.iter().map(ToString::to_string).collect();
        findings.warn(
            "日历",
            format!("缺少 {} 年的放假调休安排，暂按周一至周五计算", years.join("、")),
            "国务院办公厅公布后，放入 faq_data/calendar/<年>.json 并 reindex",
        );
    }
    Ok(())
}

async fn telegram(house: &House, findings: &mut Findings) {
    let Some(section) = &house.config.telegram else {
        findings.good("Telegram", "没有设置令牌，只提供网页和终端");
        return;
    };
    if let Err(misuse) = hook::check(&house.config) {
        findings.bad("Telegram", misuse.to_string(), "请修改 telegram.webhook_url 的路径");
    }
    let config = telegram_config(section);
    let name = match user_name(&config).await {
        Ok(name) => name,
        Err(cause) => return findings.bad("Telegram", cause.to_string(), "请检查令牌、网络和 TELOXIDE_API_URL"),
    };
    let mode =
        if config.webhook.is_some() { "webhook，由 Telegram 推送" } else { "长轮询，由本服务拉取" };
    let detail = format!("已连接，机器人 @{name}，接收方式：{mode}");
    match registration(&config).await.map(|registration| odd(&config, &registration, house.clock.now())) {
        Ok(Some((what, todo))) => findings.warn("Telegram", format!("{detail}；{what}"), todo),
        // Only of interest: the bot works without knowing it.
        Ok(None) | Err(_) => findings.good("Telegram", detail),
    }
    group(&config, findings).await;
}

/// Without the group the desk works all the same: its threads hold copies.
async fn group(config: &TelegramConfig, findings: &mut Findings) {
    const WHAT: &str = "督办群";
    match group_standing(config).await {
        Ok(None) => {}
        Ok(Some(GroupStanding::Ready { title })) => findings.good(WHAT, format!("“{title}”，可以开话题")),
        Ok(Some(GroupStanding::NotThere)) => {
            findings.warn(WHAT, "没有这个群，或机器人不在群里", "请核对 telegram.group，并把机器人加进群");
        }
        Ok(Some(GroupStanding::WithoutTopics)) => findings.warn(WHAT, "没有开启话题", "请在群设置里开启“话题”"),
        Ok(Some(GroupStanding::NotAllowed)) => {
            findings.warn(WHAT, "机器人不能管理话题", "请把机器人设为管理员，并允许管理话题");
        }
        Err(cause) => findings.warn(WHAT, cause.to_string(), "稍后再检查"),
    }
}

/// What is not as it should be with what Telegram says of the webhook, and what to do.
fn odd(config: &TelegramConfig, registered: &Registration, now: Timestamp) -> Option<(String, String)> {
    let wanted = config.webhook.as_ref().map(|webhook| webhook.url.as_str());
    match (wanted, &registered.url, &registered.failure) {
        (Some(wanted), url, _) if url.as_deref() != Some(wanted) => {
            let url = url.as_deref().map_or_else(|| "没有登记".to_owned(), |url| format!("登记的是 {url}"));
            Some((format!("Telegram 那里{url}"), "启动服务后会自动登记；服务已在运行时请查看日志".to_owned()))
        }
        (Some(_), _, Some((at, why))) if now.duration_since(*at) < FAILURES_TOLD => {
            let (at, waiting) = (china_time(*at).strftime("%Y-%m-%d %H:%M"), registered.waiting);
            let what = format!("最近一次推送失败（{at}）：{why}；{waiting} 条等待推送");
            Some((what, "请检查域名、证书和反向代理是否把该路径转给本服务".to_owned()))
        }
        (None, Some(url), _) => {
            let what = format!("Telegram 那里登记了 {url}，在取消之前拉取不到消息");
            Some((what, "启动服务后会自动取消；如要由 Telegram 推送，请设置 telegram.webhook_url".to_owned()))
        }
        _ => None,
    }
}

/// Which variant compares meanings, and whether what it needs is there.
async fn meanings(config: &Config, findings: &mut Findings) {
    const WHAT: &str = "语义检索";
    if !config.model.is_enabled {
        findings.good(WHAT, "已关闭（model.enabled = false），只按词语检索");
        return;
    }
    if let Some(endpoint) = super::meanings::endpoint_config(&config.model) {
        let host = endpoint.url.host_str().unwrap_or_default().to_owned();
        match semantic::probe(endpoint).await {
            Ok(width) => findings.good(WHAT, format!("语义服务 {host} 可以使用，向量长 {width}")),
            Err(cause) => findings.warn(
                WHAT,
                format!("语义服务 {host} 不能使用：{:#}", anyhow::Error::new(cause)),
                "请检查 model.endpoint、模型名称、密钥和网络；在此期间使用已安装的模型或只按词语检索",
            ),
        }
    }
    let path = semantic::model_path(&config.model.dir);
    match super::meanings::open(&config.model) {
        Ok(model) => findings.good(WHAT, format!("模型完好：{}，{} 个词片", path.display(), model.pieces())),
        Err(_) if !path.exists() => {
            findings.warn(WHAT, "没有安装模型，只按词语检索", "运行 zhengqitong model install，或启动服务时自动安装");
        }
        Err(cause) => findings.warn(WHAT, format!("{cause:#}"), "运行 zhengqitong model install 重新安装"),
    }
}

async fn port(config: &Config, findings: &mut Findings) {
    match tokio::net::TcpListener::bind(config.listen).await {
        Ok(_) => findings.good("端口", format!("{} 可以使用", config.listen)),
        Err(cause) => findings.warn(
            "端口",
            format!("{} 不能监听：{cause}", config.listen),
            "如果服务正在运行，这是正常的；否则请换一个 --listen 地址",
        ),
    }
}
