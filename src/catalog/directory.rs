//! `directory/`: service points and departments. The roster has its own module.

use std::collections::BTreeMap;

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;

use super::bundle::Bundle;
use super::known::CATEGORIES;
use super::problem::Report;
use super::record::is_phone;
use super::yaml::{self, Parsed};
use crate::domain::directory::{Department, Level, ServicePoint};

const SERVICE_POINTS: &str = "directory/service_points.yaml";
const DEPARTMENTS: &str = "directory/departments.yaml";

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(transparent)]
#[garde(transparent)]
struct ServicePointFile(#[garde(dive)] Vec<ServicePointRecord>);

/// A place where companies are served in person.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
struct ServicePointRecord {
    /// Short ASCII word.
    #[garde(custom(|id, &()| is_word(id)))]
    id: String,
    /// On which level it stands.
    level: LevelRecord,
    /// Its name.
    #[garde(length(chars, min = 1, max = 60))]
    name: String,
    /// The subdistrict it belongs to.
    #[serde(default)]
    #[garde(length(chars, min = 1, max = 20))]
    subdistrict: Option<String>,
    /// Where it is.
    #[garde(length(chars, min = 1, max = 120))]
    address: String,
    /// Latitude in degrees.
    #[serde(default)]
    #[garde(range(min = -90.0, max = 90.0))]
    lat: Option<f64>,
    /// Longitude in degrees.
    #[serde(default)]
    #[garde(range(min = -180.0, max = 180.0))]
    lon: Option<f64>,
    /// Opening hours in words.
    #[garde(length(chars, min = 1, max = 120))]
    hours: String,
    /// The number to call.
    #[serde(default)]
    #[garde(inner(custom(|phone, &()| is_phone(phone))))]
    phone: Option<String>,
    /// Topic categories it can help with.
    #[serde(default)]
    serves: Vec<String>,
    /// Whether it is sample data.
    #[serde(default)]
    sample: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum LevelRecord {
    District,
    Subdistrict,
    Community,
}

impl From<LevelRecord> for Level {
    fn from(level: LevelRecord) -> Self {
        match level {
            LevelRecord::District => Self::District,
            LevelRecord::Subdistrict => Self::Subdistrict,
            LevelRecord::Community => Self::Community,
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(transparent)]
#[garde(transparent)]
struct DepartmentFile(#[garde(dive)] Vec<DepartmentRecord>);

/// A competent department.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
struct DepartmentRecord {
    /// Short ASCII word.
    #[garde(custom(|id, &()| is_word(id)))]
    id: String,
    /// Full name.
    #[garde(length(chars, min = 1, max = 60))]
    name: String,
    /// What people call it.
    #[garde(length(chars, min = 1, max = 20))]
    short: String,
    /// Public hotline.
    #[serde(default)]
    #[garde(inner(custom(|phone, &()| is_phone(phone))))]
    hotline: Option<String>,
    /// Topic categories it is competent for.
    topics_categories: Vec<String>,
}

fn is_word(id: &str) -> garde::Result {
    let is_word =
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if is_word { Ok(()) } else { Err(garde::Error::new("只能用小写英文字母、数字和短横线")) }
}

/// Reads the service points of `bundle`; a missing file is a warning.
pub(super) fn service_points(bundle: &Bundle, report: &mut Report) -> Vec<ServicePoint> {
    let Some(file) = read::<ServicePointFile>(bundle, SERVICE_POINTS, report) else { return Vec::new() };
    check_ids(&file, file.value.0.iter().map(|record| record.id.as_str()), report);
    for (at, record) in file.value.0.iter().enumerate() {
        check_categories(&file, &format!("[{at}].serves"), &record.serves, report);
        if record.lat.is_some() != record.lon.is_some() {
            let error = report.error(SERVICE_POINTS, file.place(&format!("[{at}]")), "lat 和 lon 只写了一个");
            error.hint("两个都写，或都不写");
        }
        if record.level != LevelRecord::District && record.subdistrict.is_none() {
            let error =
                report.error(SERVICE_POINTS, file.place(&format!("[{at}]")), "街道和社区的办事点要写 subdistrict");
            error.hint("写所属街道的简称，例如 向阳");
        }
    }
    file.value.0.into_iter().map(ServicePoint::from).collect()
}

impl From<ServicePointRecord> for ServicePoint {
    fn from(record: ServicePointRecord) -> Self {
        Self {
            id: record.id,
            level: record.level.into(),
            name: record.name,
            subdistrict: record.subdistrict,
            address: record.address,
            coordinates: record.lat.zip(record.lon),
            hours: record.hours,
            phone: record.phone,
            serves: record.serves,
            is_sample: record.sample,
        }
    }
}

/// Reads the departments of `bundle`; a missing file is a warning.
pub(super) fn departments(bundle: &Bundle, report: &mut Report) -> Vec<Department> {
    let Some(file) = read::<DepartmentFile>(bundle, DEPARTMENTS, report) else { return Vec::new() };
    check_ids(&file, file.value.0.iter().map(|record| record.id.as_str()), report);
    for (at, record) in file.value.0.iter().enumerate() {
        check_categories(&file, &format!("[{at}].topics_categories"), &record.topics_categories, report);
    }
    file.value.0.into_iter().map(Department::from).collect()
}

impl From<DepartmentRecord> for Department {
    fn from(record: DepartmentRecord) -> Self {
        Self {
            id: record.id,
            name: record.name,
            short_name: record.short,
            hotline: record.hotline,
            categories: record.topics_categories,
        }
    }
}

fn read<T>(bundle: &Bundle, file: &str, report: &mut Report) -> Option<Parsed<T>>
where
    T: serde::de::DeserializeOwned + JsonSchema + Validate<Context = ()>,
{
    let text = bundle.text_or_warn(file, "按空的处理", "新建这个文件，写法见 README.md", report)?;
    yaml::read(file, text, report)
}

fn check_ids<'a, T>(file: &Parsed<T>, ids: impl Iterator<Item = &'a str>, report: &mut Report) {
    let mut lines: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, id) in ids.enumerate() {
        let place = file.place(&format!("[{at}].id"));
        if let Some(first) = lines.insert(id, place.line) {
            report.error(&file.file, place, format!("id {id} 在第{first}行已有")).hint("改成不同的 id");
        }
    }
}

fn check_categories<T>(file: &Parsed<T>, path: &str, categories: &[String], report: &mut Report) {
    for (at, category) in categories.iter().enumerate() {
        if !CATEGORIES.contains(&category.as_str()) {
            let error = report.error(&file.file, file.place(&format!("{path}[{at}]")), format!("没有类别 {category}"));
            error.hint(format!("类别只能是 {}", CATEGORIES.join("、")));
        }
    }
}
