//! Who is responsible: service commissioners (服务企业专员), their fields, streets, rights and leave.

use std::fmt;

use jiff::Timestamp;

use super::enterprise::company_key;

/// The id of a commissioner: a short ASCII word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommissionerId(String);

impl CommissionerId {
    /// Reads an id of one to 32 ASCII letters, digits, `_` or `-`; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_word =
            (1..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        is_word.then(|| Self(text.to_owned()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CommissionerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a member of the roster may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// Works on tickets.
    Commissioner,
    /// Sees cards, takes over, redistributes (督办).
    Supervisor,
    /// Keeps knowledge and roster.
    Administrator,
}

/// A member of the roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commissioner {
    /// Short ASCII word.
    pub id: CommissionerId,
    /// The name companies are told.
    pub name: String,
    /// Work phone, if published.
    pub phone: Option<String>,
    /// Subdistricts (街道) they look after; empty means the whole district.
    pub subdistricts: Vec<String>,
    /// Topic categories they answer for; empty means every field.
    pub fields: Vec<String>,
    /// What they may do.
    pub role: Role,
    /// Who stands in while they are away (AB角).
    pub backup: Option<CommissionerId>,
    /// The Telegram chat they are bound to.
    pub telegram_id: Option<i64>,
    /// How many open tickets they can carry.
    pub capacity: u32,
    /// The companies that are theirs to look after (包联), by name or credit code.
    pub companies: Vec<String>,
    /// Away until this instant, if away.
    pub away_until: Option<Timestamp>,
    /// Since when messages do not reach them: the bot is blocked, or the account is gone.
    pub unreachable_since: Option<Timestamp>,
    /// Whether this is a fictional person of the sample roster.
    pub is_sample: bool,
}

impl Commissioner {
    /// Tells whether they are on duty at `now`: not away, and reached by messages.
    #[must_use]
    pub fn is_on_duty(&self, now: Timestamp) -> bool {
        self.away_until.is_none_or(|until| until <= now) && self.unreachable_since.is_none()
    }

    /// Tells whether `company`, by its name or credit code, is theirs to look after.
    #[must_use]
    pub fn looks_after(&self, company: &str) -> bool {
        let key = company_key(company);
        !key.is_empty() && self.companies.iter().any(|own| company_key(own) == key)
    }

    /// Tells whether they look after the whole district in every field: the duty desk (值班岗).
    #[must_use]
    pub fn is_duty_desk(&self) -> bool {
        self.role == Role::Commissioner && self.subdistricts.is_empty() && self.fields.is_empty()
    }
}
