//! The roster as a CSV file: rows → commissioners, and back.
//!
//! A file is taken whole or not at all; all problems of all rows are told at once. Leave is not part of the file.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord, Trim, WriterBuilder};

use super::bundle::end_of;
use super::known::CATEGORIES;
use super::problem::{Place, Problem, Report};
use crate::domain::commissioner::{Commissioner, CommissionerId, Role};
use crate::domain::enterprise::{CreditCode, company_key};

/// The columns, in the order in which they are written.
pub const COLUMNS: [&str; 9] =
    ["id", "name", "phone", "subdistricts", "fields", "role", "backup", "telegram_id", "capacity"];

/// The companies that somebody looks after (包联), by name or credit code; a column that a file may leave out.
const COMPANIES: &str = "companies";

/// The most open tickets a commissioner may carry.
const MAX_CAPACITY: u32 = 1000;

/// Reads a roster from the bytes of a CSV file called `file` in messages.
///
/// UTF-8 with or without a byte order mark; columns in any order; lists with `;`. Nobody is away. `is_sample` marks everybody
/// as fictional.
///
/// # Errors
///
/// Returns every problem of every row; then nothing may be imported.
///
/// # Examples
///
/// ```
/// use zhengqitong::catalog::parse_roster;
///
/// let csv = "id,name,phone,subdistricts,fields,role,backup,telegram_id,capacity\n\
///            wang,王晓,,向阳;东山,market;tax,commissioner,,,30\n";
/// let roster = parse_roster("roster.csv", csv.as_bytes(), false).unwrap();
/// assert_eq!(roster[0].subdistricts, ["向阳", "东山"]);
/// ```
pub fn parse_roster(file: &str, bytes: &[u8], is_sample: bool) -> Result<Vec<Commissioner>, Vec<Problem>> {
    let mut report = Report::new("");
    let commissioners = read(file, bytes, is_sample, &mut report);
    let problems = report.into_problems();
    if problems.is_empty() { Ok(commissioners) } else { Err(problems) }
}

/// Writes `commissioners` as a CSV file that [`parse_roster`] reads back unchanged, but for leave and sample marks.
///
/// Without a byte order mark; who offers the file to a spreadsheet puts one before it.
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "writing to memory does not fail")]
pub fn roster_to_csv(commissioners: &[Commissioner]) -> String {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    let rows = commissioners.iter().map(|commissioner| {
        let role: &'static str = commissioner.role.into();
        [
            commissioner.id.to_string(),
            commissioner.name.clone(),
            commissioner.phone.clone().unwrap_or_default(),
            commissioner.subdistricts.join(";"),
            commissioner.fields.join(";"),
            role.to_owned(),
            commissioner.backup.as_ref().map(ToString::to_string).unwrap_or_default(),
            commissioner.telegram_id.map(|id| id.to_string()).unwrap_or_default(),
            commissioner.capacity.to_string(),
            commissioner.companies.join(";"),
        ]
    });
    let [id, name, phone, subdistricts, fields, role, backup, telegram_id, capacity] = COLUMNS.map(str::to_owned);
    let heading = [id, name, phone, subdistricts, fields, role, backup, telegram_id, capacity, COMPANIES.to_owned()];
    for row in std::iter::once(heading).chain(rows) {
        writer.write_record(row).expect("writing to memory does not fail");
    }
    let bytes = writer.into_inner().expect("writing to memory does not fail");
    String::from_utf8(bytes).expect("every field is text")
}

/// Reads the rows and reports all problems; the result is of use only where there are none.
pub(super) fn read(file: &str, bytes: &[u8], is_sample: bool, report: &mut Report) -> Vec<Commissioner> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => {
            let place = end_of(&bytes[..error.valid_up_to()]);
            report.error(file, place, "文件不是 UTF-8 编码").hint("在表格软件里另存为“CSV UTF-8（逗号分隔）”");
            return Vec::new();
        }
    };
    let mut reader =
        ReaderBuilder::new().flexible(true).has_headers(false).trim(Trim::All).from_reader(text.as_bytes());
    let mut records = reader.records().filter_map(Result::ok);
    let Some(positions) = records.next().and_then(|header| header_positions(file, &header, report)) else {
        if !report.mentions(file) {
            report.error(file, Place::START, "文件是空的").hint(format!("第一行写 {}", COLUMNS.join(",")));
        }
        return Vec::new();
    };
    let mut rows = Vec::new();
    for record in records {
        let line = record.position().map_or(1, |position| usize::try_from(position.line()).unwrap_or(1));
        let mut row = Row { file, line, positions: &positions, record: &record, report };
        row.check_length();
        rows.extend(row.commissioner(is_sample).map(|commissioner| (line, commissioner)));
    }
    check_together(file, &positions, &rows, report);
    rows.into_iter().map(|(_, commissioner)| commissioner).collect()
}

/// Where each column stands; `None` where one is missing.
fn header_positions(file: &str, header: &StringRecord, report: &mut Report) -> Option<BTreeMap<&'static str, usize>> {
    let mut positions = BTreeMap::new();
    for (at, name) in header.iter().enumerate() {
        let place = Place { line: 1, column: at + 1 };
        match COLUMNS.iter().chain([&COMPANIES]).find(|column| **column == name) {
            Some(column) if positions.insert(*column, at).is_some() => {
                report.error(file, place, format!("列 {name} 写了两次")).hint("删去一列");
            }
            Some(_) => {}
            None => {
                report
                    .error(file, place, format!("不认识的列“{name}”"))
                    .hint(format!("可用的列：{}、{COMPANIES}", COLUMNS.join("、")));
            }
        }
    }
    for column in COLUMNS.iter().filter(|column| !positions.contains_key(**column)) {
        report.error(file, Place::START, format!("缺少列 {column}")).hint("在第一行加上这一列，没有内容的留空");
    }
    COLUMNS.iter().all(|column| positions.contains_key(column)).then_some(positions)
}

struct Row<'a> {
    file: &'a str,
    line: usize,
    positions: &'a BTreeMap<&'static str, usize>,
    record: &'a StringRecord,
    report: &'a mut Report,
}

impl Row<'_> {
    fn check_length(&mut self) {
        let (found, expected) = (self.record.len(), self.positions.len());
        if found != expected {
            let error =
                self.report.error(self.file, Place::line(self.line), format!("这一行有{found}列，应是{expected}列"));
            error.hint("补上或删去逗号；内容里有逗号的要加引号");
        }
    }

    /// The commissioner of this row; `None` where it has no sound id, name or role.
    fn commissioner(&mut self, is_sample: bool) -> Option<Commissioner> {
        let id = self.id("id", true);
        let name = self.text("name").to_owned();
        if name.is_empty() {
            self.error("name", "没有写").hint("写企业看得到的姓名");
        }
        let phone = Some(self.text("phone")).filter(|phone| !phone.is_empty()).map(str::to_owned);
        let fields = self.list("fields");
        for field in fields.iter().filter(|field| !CATEGORIES.contains(&field.as_str())) {
            self.error("fields", &format!("没有类别“{field}”")).hint(format!("只能是 {}", CATEGORIES.join("、")));
        }
        let role = self.text("role").parse::<Role>().ok();
        if role.is_none() {
            let message = format!("不能是“{}”", self.text("role"));
            self.error("role", &message).hint("只能是 commissioner、supervisor、administrator");
        }
        let backup = self.id("backup", false);
        let telegram_id = self.telegram_id();
        let capacity = self.capacity();
        let subdistricts = self.list("subdistricts");
        let companies = self.companies();
        Some(Commissioner {
            id: id?,
            name,
            phone,
            subdistricts,
            fields,
            role: role?,
            backup,
            telegram_id,
            capacity,
            companies,
            away_until: None,
            unreachable_since: None,
            is_sample,
        })
    }

    fn id(&mut self, column: &'static str, is_required: bool) -> Option<CommissionerId> {
        let text = self.text(column);
        if text.is_empty() && !is_required {
            return None;
        }
        let id = CommissionerId::parse(text);
        if id.is_none() {
            let message = if text.is_empty() { "没有写".to_owned() } else { format!("“{text}”不能做编号") };
            self.error(column, &message).hint("用 1 至 32 个英文字母、数字、下划线或短横线");
        }
        id
    }

    fn telegram_id(&mut self) -> Option<i64> {
        let text = self.text("telegram_id");
        if text.is_empty() {
            return None;
        }
        let id = text.parse().ok().filter(|id| *id > 0);
        if id.is_none() {
            self.error("telegram_id", &format!("“{text}”不是数字编号")).hint("写 Telegram 的数字用户编号，或留空");
        }
        id
    }

    fn capacity(&mut self) -> u32 {
        let text = self.text("capacity");
        let capacity = text.parse().ok().filter(|capacity| (1..=MAX_CAPACITY).contains(capacity));
        if capacity.is_none() {
            let message = if text.is_empty() { "没有写".to_owned() } else { format!("不能是“{text}”") };
            self.error("capacity", &message).hint(format!("写 1 至 {MAX_CAPACITY} 的整数：同时能办的工单数"));
        }
        capacity.unwrap_or_default()
    }

    /// A credit code whose check digit is wrong would never be found.
    fn companies(&mut self) -> Vec<String> {
        let companies = self.list(COMPANIES);
        let is_code = |text: &str| text.len() == 18 && text.bytes().all(|b| b.is_ascii_alphanumeric());
        for code in companies.iter().filter(|text| is_code(text) && CreditCode::parse(text).is_none()) {
            self.error(COMPANIES, &format!("“{code}”不是有效的统一社会信用代码")).hint("核对18位代码，或写企业全称");
        }
        companies
    }

    fn list(&self, column: &'static str) -> Vec<String> {
        let parts = self.text(column).split([';', '；']).map(str::trim);
        parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    fn text(&self, column: &'static str) -> &str {
        self.positions.get(column).and_then(|at| self.record.get(*at)).unwrap_or_default()
    }

    fn error(&mut self, column: &'static str, message: &str) -> &mut Problem {
        let place = place_of(self.positions, self.line, column);
        self.report.error(self.file, place, format!("{column}：{message}"))
    }
}

fn place_of(positions: &BTreeMap<&'static str, usize>, line: usize, column: &'static str) -> Place {
    Place { line, column: positions.get(column).map_or(1, |at| at + 1) }
}

/// Reports what rows do to each other: ids and Telegram numbers used twice, backups that are not there.
fn check_together(
    file: &str,
    positions: &BTreeMap<&'static str, usize>,
    rows: &[(usize, Commissioner)],
    report: &mut Report,
) {
    let (mut ids, mut telegram_ids) = (BTreeMap::new(), BTreeMap::new());
    let place = |line, column| place_of(positions, line, column);
    for (line, row) in rows {
        if let Some(first) = ids.insert(&row.id, *line) {
            let error = report.error(file, place(*line, "id"), format!("id：{} 在第{first}行已有", row.id));
            error.hint("改成不同的编号，或删去一行");
        }
        if let Some(first) = row.telegram_id.and_then(|id| telegram_ids.insert(id, *line)) {
            let error = report.error(file, place(*line, "telegram_id"), format!("telegram_id：与第{first}行的相同"));
            error.hint("一个 Telegram 账号只能对应一人");
        }
    }
    let mut looked_after = BTreeMap::new();
    for (line, row) in rows {
        for company in &row.companies {
            if let Some(first) = looked_after.insert(company_key(company), *line).filter(|first| first != line) {
                let error =
                    report.error(file, place(*line, COMPANIES), format!("{COMPANIES}：“{company}”在第{first}行已有"));
                error.hint("一家企业只由一位专员包联");
            }
        }
    }
    for (line, row) in rows {
        let Some(backup) = &row.backup else { continue };
        if *backup == row.id {
            report.error(file, place(*line, "backup"), "backup：是本人").hint("写另一个人的编号，或留空");
        } else if !ids.contains_key(backup) {
            let error = report.error(file, place(*line, "backup"), format!("backup：文件里没有 {backup}"));
            error.hint("改正编号，或在文件里加上这个人");
        }
    }
}
