//! `commissioner`: the roster.

use std::path::Path;

use anyhow::Context;
use jiff::SignedDuration;
use serde::Serialize;

use super::house::{House, telegram_config};
use super::output::Out;
use super::{Misuse, Outcome};
use crate::catalog;
use crate::channel::telegram::user_name;
use crate::cli::Format;
use crate::desk::admin::new_invitation;
use crate::domain::commissioner::{Commissioner, CommissionerId};

/// An invitation can be redeemed for this long.
const INVITATION_LASTS: SignedDuration = SignedDuration::from_hours(72);

/// `commissioner import`.
pub(crate) async fn import(house: &House, file: &Path, dry_run: bool) -> anyhow::Result<Outcome> {
    let bytes = std::fs::read(file).with_context(|| Misuse(format!("无法读取名册 {}", file.display())))?;
    let people = match catalog::parse_roster(&file.display().to_string(), &bytes, false) {
        Ok(people) => people,
        Err(problems) => {
            for problem in &problems {
                Out::note(problem.to_string());
                if let Some(hint) = &problem.hint {
                    Out::note(format!("    {hint}"));
                }
            }
            Out::note(format!("名册有 {} 处错误，没有导入；原名册不变。", problems.len()));
            return Ok(Outcome::Failed);
        }
    };
    let mut out = Out::new();
    if dry_run {
        out.line(format!("检查通过：{} 人。没有导入（--dry-run）。", people.len()))?;
        return Ok(Outcome::Done);
    }
    house.store.replace_roster(&people, "cli", house.clock.now()).await.context("名册没有导入，原名册不变")?;
    let unbound = people.iter().filter(|person| person.telegram_id.is_none()).count();
    out.line(format!("已导入 {} 人。", people.len()))?;
    if unbound > 0 {
        out.line(format!("其中 {unbound} 人没有填写 telegram_id：可用 commissioner invite ID 生成邀请链接。"))?;
    }
    Ok(Outcome::Done)
}

#[derive(Serialize)]
struct Line {
    id: String,
    name: String,
    phone: Option<String>,
    role: String,
    subdistricts: Vec<String>,
    fields: Vec<String>,
    backup: Option<String>,
    telegram_id: Option<i64>,
    capacity: u32,
    open_tickets: u32,
    on_duty: bool,
    unreachable: bool,
    companies: Vec<String>,
    sample: bool,
}

/// `commissioner list`.
pub(crate) async fn list(house: &House, format: Format) -> anyhow::Result<Outcome> {
    // Opening the desk puts the sample roster in place on a fresh installation.
    house.desk().await?;
    let (roster, loads) = (house.store.roster().await?, house.store.loads().await?);
    let now = house.clock.now();
    let line = |person: Commissioner| Line {
        open_tickets: loads.get(&person.id).copied().unwrap_or(0),
        on_duty: person.is_on_duty(now),
        unreachable: person.unreachable_since.is_some(),
        id: person.id.to_string(),
        name: person.name,
        phone: person.phone,
        role: person.role.to_string(),
        subdistricts: person.subdistricts,
        fields: person.fields,
        backup: person.backup.map(|id| id.to_string()),
        telegram_id: person.telegram_id,
        capacity: person.capacity,
        companies: person.companies,
        sample: person.is_sample,
    };
    let lines: Vec<_> = roster.into_iter().map(line).collect();
    let mut out = Out::new();
    if format == Format::Json {
        out.pretty(&lines)?;
        return Ok(Outcome::Done);
    }
    let all = |list: &[String]| if list.is_empty() { "全部".to_owned() } else { list.join("；") };
    let rows = lines
        .iter()
        .map(|line| {
            [
                line.id.clone(),
                line.name.clone(),
                line.role.clone(),
                all(&line.subdistricts),
                all(&line.fields),
                line.backup.clone().unwrap_or_default(),
                if line.telegram_id.is_some() { "已绑定" } else { "未绑定" }.to_owned(),
                format!("{}/{}", line.open_tickets, line.capacity),
                match (line.on_duty, line.unreachable) {
                    (true, _) => "在岗",
                    (false, true) => "联系不上",
                    (false, false) => "不在岗",
                }
                .to_owned(),
            ]
        })
        .collect();
    out.table(["编号", "姓名", "角色", "街道", "领域", "AB角", "Telegram", "在办", "状态"], rows)?;
    if lines.iter().any(|line| line.sample) {
        out.line("以上含示例人员，请用 commissioner import 导入正式名册。")?;
    }
    Ok(Outcome::Done)
}

/// `commissioner invite`.
pub(crate) async fn invite(house: &House, id: &str) -> anyhow::Result<Outcome> {
    house.desk().await?;
    let roster = house.store.roster().await?;
    let Some(person) = CommissionerId::parse(id).and_then(|id| roster.iter().find(|person| person.id == id)) else {
        Out::note(format!("名册里没有编号“{id}”，可用 commissioner list 查看。"));
        return Ok(Outcome::Failed);
    };
    let mut secret = [0_u8; 24];
    getrandom::fill(&mut secret).context("系统随机数不可用")?;
    let invitation = new_invitation(&secret);
    let now = house.clock.now();
    house.store.invite(&person.id, &invitation.code_sha256, now + INVITATION_LASTS, "cli", now).await?;
    let mut out = Out::new();
    match bot_name(house).await {
        Some(bot) => out.line(format!("https://t.me/{bot}?start={}", invitation.start_parameter))?,
        None => out.line(format!("/start {}", invitation.start_parameter))?,
    }
    out.line(format!(
        "请把上面一行发给{}本人：打开链接（或在机器人里发送这条命令）即绑定账号，一次有效，72 小时过期。",
        person.name
    ))?;
    Ok(Outcome::Done)
}

/// The bot's user name; `None` without a token or while Telegram cannot be reached: the command works all the same.
async fn bot_name(house: &House) -> Option<String> {
    let section = house.config.telegram.as_ref()?;
    user_name(&telegram_config(section)).await.ok().filter(|name| !name.is_empty())
}
