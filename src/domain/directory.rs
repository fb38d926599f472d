//! Where companies can go and whom they can call: service points and departments.
//!
//! People are not here: see [`super::commissioner`].

/// On which level of the district a service point stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::Display, strum::EnumString, strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Level {
    /// 区.
    District,
    /// 街道.
    Subdistrict,
    /// 社区.
    Community,
}

/// A place where companies are served in person (办事点).
#[derive(Clone, Debug, PartialEq)]
pub struct ServicePoint {
    /// Short ASCII word, unique.
    pub id: String,
    /// On which level it stands.
    pub level: Level,
    /// Its name.
    pub name: String,
    /// The subdistrict it belongs to, by its short name; `None` for the district's own.
    pub subdistrict: Option<String>,
    /// Where it is.
    pub address: String,
    /// Latitude and longitude in degrees, where known.
    pub coordinates: Option<(f64, f64)>,
    /// Opening hours in words.
    pub hours: String,
    /// The number to call.
    pub phone: Option<String>,
    /// Topic categories it can help with.
    pub serves: Vec<String>,
    /// Whether it is sample data that must not be taken for real.
    pub is_sample: bool,
}

/// A competent department (主管部门) with its public hotline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Department {
    /// Short ASCII word, unique.
    pub id: String,
    /// Full name.
    pub name: String,
    /// What people call it.
    pub short_name: String,
    /// Public hotline.
    pub hotline: Option<String>,
    /// Topic categories it is competent for.
    pub categories: Vec<String>,
}
