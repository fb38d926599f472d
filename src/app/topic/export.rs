//! `topic template`, `topic export`.

use std::path::Path;

use anyhow::Context;

use super::{Misuse, Outcome, today, write};
use crate::app::house::House;
use crate::app::output::Out;
use crate::catalog::{self, Bundle, Change};
use crate::cli::ExportArgs;
use crate::config::Config;
use crate::desk::table::Sheet;
use crate::exchange::{write_csv, write_xlsx};

/// `topic template`.
pub(super) fn template(file: &Path, replace: bool) -> anyhow::Result<Outcome> {
    let bytes = bytes(file, &catalog::template())?;
    write(file, bytes, replace)?;
    let mut out = Out::new();
    out.line(format!("已写入 {}。标 * 的列必填；以“说明”“示例”开头的行不会导入。", file.display()))?;
    out.line(format!("填好后运行 zhengqitong topic import {} --dry-run 检查。", file.display()))?;
    Ok(Outcome::Done)
}

/// `topic export`.
pub(super) async fn run(config: Config, args: &ExportArgs) -> anyhow::Result<Outcome> {
    let named = args.category.as_deref();
    let category = named.map(|name| catalog::category_named(name).ok_or_else(|| unknown(name))).transpose()?;
    let faq_data = config.faq_data.clone();
    let bundle = match args.edition {
        Some(number) => edition(config, number).await?,
        None => catalog::load(&faq_data, today()).bundle,
    };
    let drafts = if args.drafts { catalog::drafts_in(&faq_data) } else { Bundle::default() };
    if is_folder(&args.target) {
        return folder(&args.target, &bundle, &drafts, category, args.replace);
    }
    let (sheets, unreadable) = catalog::export(&bundle, &drafts, category);
    let count = sheets.first().map_or(0, |sheet| sheet.rows.len());
    write(&args.target, bytes(&args.target, &sheets)?, args.replace)?;
    let mut out = Out::new();
    out.line(format!("已导出 {count} 个主题到 {}。", args.target.display()))?;
    if !unreadable.is_empty() {
        Out::note(format!("{} 无法读取，没有导出；原因见 zhengqitong check。", unreadable.join("、")));
    }
    Ok(if unreadable.is_empty() && count > 0 { Outcome::Done } else { Outcome::Failed })
}

fn unknown(category: &str) -> Misuse {
    let known = catalog::CATEGORIES.join("、");
    Misuse(format!("没有类别“{category}”，类别只能是 {known}"))
}

/// A name without the ending of a sheet is a folder.
fn is_folder(target: &Path) -> bool {
    target.is_dir() || target.extension().is_none()
}

/// `sheets` in the format that the name of `file` tells; a CSV file holds the first one.
pub(in crate::app) fn bytes(file: &Path, sheets: &[Sheet]) -> anyhow::Result<Vec<u8>> {
    let ending = file.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
    match ending.as_deref() {
        Some("xlsx") => Ok(write_xlsx(sheets)?),
        Some("csv") => Ok(write_csv(sheets.first().unwrap_or(&Sheet::default()))?),
        _ => Err(Misuse(format!("{}：扩展名应是 .xlsx 或 .csv", file.display())).into()),
    }
}

async fn edition(config: Config, number: u32) -> anyhow::Result<Bundle> {
    let house = House::open(config).await?;
    let found = house.store.edition(number).await;
    house.close().await?;
    let Some((_, content)) = found? else {
        return Err(Misuse(format!("没有版次 {number}，见 zhengqitong editions")).into());
    };
    serde_json::from_str(&content).context("数据库中的版次内容无法读取")
}

/// The topic files as they are written.
fn folder(
    target: &Path,
    bundle: &Bundle,
    drafts: &Bundle,
    category: Option<&str>,
    replace: bool,
) -> anyhow::Result<Outcome> {
    let topics = bundle.files().filter_map(|(path, text)| Some((path.strip_prefix("topics/")?, text)));
    let drafts = drafts.files().filter_map(|(path, text)| Some((path.strip_prefix("drafts/")?, text)));
    let is_wanted = |path: &str| category.is_none_or(|category| path.split('/').next() == Some(category));
    let mut changes = Vec::new();
    let mut count = 0;
    for (name, text) in topics.chain(drafts).filter(|(name, _)| is_wanted(name)) {
        count += 1;
        let (path, content) = (target.join(name), text.as_bytes().to_vec());
        match std::fs::read(&path) {
            Ok(there) if there == content => {}
            Ok(_) if !replace => {
                return Err(Misuse(format!("{} 已经有了，内容不同；要覆盖它，加上 --replace", path.display())).into());
            }
            Ok(_) => changes.push(Change::Replace { path, content }),
            Err(_) => changes.push(Change::Create { path, content }),
        }
    }
    catalog::apply(&changes).context("没有导出")?;
    Out::new().line(format!("已导出 {count} 个主题到 {}。", target.display()))?;
    Ok(if count > 0 { Outcome::Done } else { Outcome::Failed })
}
