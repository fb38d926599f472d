//! `ticket figures`, `ticket export`: what leaves the house about tickets, without anybody's name or number.

use std::path::Path;

use anyhow::Context;
use serde::Serialize;

use super::house::House;
use super::output::Out;
use super::topic::{bytes, write};
use super::{Misuse, Outcome};
use crate::cli::{FiguresArgs, FiguresFormat, PeriodArgs};
use crate::desk::figures::Period;
use crate::desk::table::{Sheet, SheetColumn};
use crate::desk::wording::{self, figures as words};
use crate::domain::calendar::china_time;
use crate::domain::figures::{Breakdown, Figures, Share};
use crate::domain::privacy::mask;
use crate::domain::sla::Card;
use crate::domain::ticket::{Event, Ticket};

#[derive(Serialize)]
struct Rate {
    met: u32,
    of: u32,
    rate: Option<f64>,
}

impl From<Share> for Rate {
    fn from(share: Share) -> Self {
        Self { met: share.met, of: share.of, rate: share.rate() }
    }
}

#[derive(Serialize)]
struct Part {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    raised: u32,
    left_out: u32,
    open: u32,
    returns: u32,
    reworks: u32,
    reopenings: u32,
    red_cards: u32,
    response_rate: Rate,
    opinion_on_time_rate: Rate,
    close_on_time_rate: Rate,
    resolution_rate: Rate,
    satisfaction_rate: Rate,
    rated: Rate,
}

#[derive(Serialize)]
struct Report {
    from: String,
    to: String,
    as_of: String,
    total: Part,
    by_subdistrict: Vec<Part>,
    by_field: Vec<Part>,
}

/// `ticket figures`.
pub(crate) async fn run(house: &House, args: &FiguresArgs) -> anyhow::Result<Outcome> {
    let period = period(house, args.period)?;
    let desk = house.desk().await?;
    let breakdown = desk.figures(period).await?;
    let mut out = Out::new();
    if let Some(file) = &args.out {
        let sheet = sheet(&breakdown, period);
        write(file, bytes(file, &[sheet])?, args.replace)?;
        out.line(format!("已写入 {}（{} 至 {}）。", file.display(), period.from, period.to))?;
        return Ok(Outcome::Done);
    }
    match args.format {
        FiguresFormat::Json => out.pretty(&report(&breakdown, period, house))?,
        FiguresFormat::Csv => out.bytes(&crate::exchange::write_csv(&sheet(&breakdown, period))?)?,
        FiguresFormat::Xlsx => {
            return Err(Misuse("xlsx 不能输出到终端，请加上 --out 文件.xlsx".to_owned()).into());
        }
        FiguresFormat::Table => table(&mut out, &breakdown, period)?,
    }
    Ok(Outcome::Done)
}

fn period(house: &House, args: PeriodArgs) -> anyhow::Result<Period> {
    let today = house.today();
    let to = args.to.unwrap_or(today);
    let from = args.from.unwrap_or_else(|| Period::week_of(to).from);
    Period::new(from, to).with_context(|| Misuse(format!("起始日期 {from} 晚于截止日期 {to}")))
}

/// All parts with the kind and the name of each: the total first, then the larger ones.
fn parts(breakdown: &Breakdown) -> Vec<(&'static str, String, &Figures)> {
    let mut streets: Vec<_> = breakdown
        .by_subdistrict
        .iter()
        .map(|(street, figures)| (words::BY_SUBDISTRICT, words::street_name(street.as_deref()), figures))
        .collect();
    let mut fields: Vec<_> = breakdown
        .by_field
        .iter()
        .map(|(field, figures)| (words::BY_FIELD, words::field_name(field.as_deref()), figures))
        .collect();
    streets.sort_by_key(|(_, _, figures)| std::cmp::Reverse(figures.raised));
    fields.sort_by_key(|(_, _, figures)| std::cmp::Reverse(figures.raised));
    let total = (words::TOTAL, words::TOTAL.to_owned(), &breakdown.total);
    std::iter::once(total).chain(streets).chain(fields).collect()
}

fn table(out: &mut Out, breakdown: &Breakdown, period: Period) -> std::io::Result<()> {
    out.line(format!("办件统计：{} 至 {} 提交的工单", period.from, period.to))?;
    let rows = parts(breakdown)
        .into_iter()
        .map(|(_, name, figures)| {
            let [response, opinion, close, resolution, satisfaction, rated] =
                words::RATES.map(|(_, rate)| words::share(rate(figures)));
            let raised = figures.raised.to_string();
            [name, raised, response, opinion, close, resolution, satisfaction, rated]
        })
        .collect();
    let [response, opinion, close, resolution, satisfaction, rated] = words::RATES.map(|(name, _)| name);
    out.table([words::TOTAL, words::COUNTS[0].0, response, opinion, close, resolution, satisfaction, rated], rows)?;
    let rest = words::COUNTS[1..].iter().map(|(name, count)| format!("{name} {}", count(&breakdown.total)));
    out.line(rest.collect::<Vec<_>>().join("  "))?;
    out.line(words::how_counted())
}

/// Every rate in three columns: what met it, out of how many, and the rate.
fn sheet(breakdown: &Breakdown, period: Period) -> Sheet {
    let plain = |header: String| SheetColumn { header, width: 12, ..SheetColumn::default() };
    let names = ["范围", "名称", "起始日期", "截止日期"].map(str::to_owned).into_iter();
    let counts = words::COUNTS.iter().map(|(name, _)| (*name).to_owned());
    let rates = words::RATES.iter().flat_map(|(name, _)| {
        let base = name.trim_end_matches('率');
        [format!("{base}分子"), format!("{base}分母"), (*name).to_owned()]
    });
    let mut columns: Vec<_> = names.chain(counts).chain(rates).map(plain).collect();
    words::how_counted().clone_into(&mut columns[0].note);
    let rows = parts(breakdown)
        .into_iter()
        .map(|(kind, name, figures)| {
            let names = [kind.to_owned(), name, period.from.to_string(), period.to.to_string()].into_iter();
            let counts = words::COUNTS.iter().map(|(_, count)| count(figures).to_string());
            let rates = words::RATES.iter().flat_map(|(_, rate)| {
                let share = rate(figures);
                let rate = share.rate().map(words::percent).unwrap_or_default();
                [share.met.to_string(), share.of.to_string(), rate]
            });
            names.chain(counts).chain(rates).collect()
        })
        .collect();
    Sheet { name: "办件统计".to_owned(), columns, rows, explaining_rows: 0 }
}

fn report(breakdown: &Breakdown, period: Period, house: &House) -> Report {
    let of = |wanted: &str| {
        let parts = parts(breakdown).into_iter().filter(move |(kind, ..)| *kind == wanted);
        parts.map(|(_, name, figures)| part(Some(name), figures)).collect()
    };
    Report {
        from: period.from.to_string(),
        to: period.to.to_string(),
        as_of: china_time(house.clock.now()).strftime("%Y-%m-%d %H:%M").to_string(),
        total: part(None, &breakdown.total),
        by_subdistrict: of(words::BY_SUBDISTRICT),
        by_field: of(words::BY_FIELD),
    }
}

fn part(name: Option<String>, figures: &Figures) -> Part {
    Part {
        name,
        raised: figures.raised,
        left_out: figures.left_out,
        open: figures.open,
        returns: figures.returns,
        reworks: figures.reworks,
        reopenings: figures.reopenings,
        red_cards: figures.red_cards,
        response_rate: figures.response.into(),
        opinion_on_time_rate: figures.opinion_on_time.into(),
        close_on_time_rate: figures.close_on_time.into(),
        resolution_rate: figures.resolution.into(),
        satisfaction_rate: figures.satisfaction.into(),
        rated: figures.rated.into(),
    }
}

/// `ticket export`.
pub(crate) async fn export(house: &House, file: &Path, wanted: PeriodArgs, replace: bool) -> anyhow::Result<Outcome> {
    let period = period(house, wanted)?;
    let desk = house.desk().await?;
    let histories = desk.histories(period).await?;
    let rows: Vec<_> = histories.iter().filter_map(|history| row(history)).collect();
    let count = rows.len();
    let columns = COLUMNS.map(|(header, width)| SheetColumn { header: header.to_owned(), width, ..Default::default() });
    let sheet = Sheet { name: "工单明细".to_owned(), columns: columns.to_vec(), rows, explaining_rows: 0 };
    write(file, bytes(file, &[sheet])?, replace)?;
    Out::new().line(format!("已导出 {count} 个工单到 {}（{} 至 {}）。", file.display(), period.from, period.to))?;
    Ok(if count > 0 { Outcome::Done } else { Outcome::Failed })
}

/// Headers and widths of an exported ticket.
const COLUMNS: [(&str, u16); 14] = [
    ("工单号", 20),
    ("类别", 8),
    ("状态", 16),
    ("领域", 12),
    ("事项", 28),
    ("街道", 12),
    ("承办专员", 12),
    ("提交时间", 18),
    ("首次联系", 18),
    ("办理意见", 18),
    ("办结时间", 18),
    ("评价", 12),
    ("退单/重办/重新提出/红牌", 24),
    ("诉求（已隐去个人信息）", 60),
];

/// The company's name and contact are left out, its words are masked.
fn row(history: &[Event]) -> Option<Vec<String>> {
    let ticket = Ticket::replay(history)?;
    let submission = &ticket.submission;
    let topic = submission.topic.as_ref();
    let moment = |at: Option<jiff::Timestamp>| {
        at.map(|at| china_time(at).strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default()
    };
    let red = ticket.cards.iter().filter(|(_, card)| *card == Card::Red).count();
    Some(vec![
        ticket.number.to_string(),
        wording::kind(submission.kind).to_owned(),
        wording::state(ticket.state).to_owned(),
        topic.map(|topic| wording::category(topic.category()).to_owned()).unwrap_or_default(),
        topic.map(ToString::to_string).unwrap_or_default(),
        submission.subdistrict.clone().unwrap_or_default(),
        ticket.assignee.as_ref().map(ToString::to_string).unwrap_or_default(),
        moment(Some(ticket.opened_at)),
        moment(ticket.contacted_at),
        moment(ticket.opinion_at),
        moment(ticket.closed_at),
        ticket.rating.map(|rating| wording::rating(rating).to_owned()).unwrap_or_default(),
        format!("{}/{}/{}/{red}", ticket.returns, ticket.reworks, ticket.reopenings),
        mask(&submission.question),
    ])
}
