//! Phone numbers that people leave so that they can be called.

use std::fmt;

use super::text;

/// A mobile or a fixed-line number in China, written the one way.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    /// Reads a number as people type it: with spaces, hyphens, full-width digits, or the country's code.
    ///
    /// # Examples
    ///
    /// ```
    /// # use zhengqitong::domain::phone::Phone;
    /// assert_eq!(Phone::parse("+86 138 0000 1234").unwrap().as_str(), "13800001234");
    /// assert_eq!(Phone::parse("（0535）600-0000").unwrap().as_str(), "0535-6000000");
    /// assert!(Phone::parse("12345").is_none());
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text::normalise(text);
        let is_filler = |c: char| c.is_whitespace() || "-–—()+".contains(c);
        let digits: String = text.chars().filter(|c| !is_filler(*c)).collect();
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let local = digits.strip_prefix("0086").or(digits.strip_prefix("86")).unwrap_or(&digits);
        if is_mobile(local) {
            return Some(Self(local.to_owned()));
        }
        fixed_line(&digits).map(Self)
    }

    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The middle is hidden, so that a number that gets into a log is nobody's.
impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, rest) = self.0.split_at(3);
        write!(f, "Phone({first}****{})", &rest[rest.len() - 2..])
    }
}

fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && digits.starts_with('1') && digits.as_bytes()[1] >= b'3'
}

/// An area code of three digits (010, 02x) or four, and a number of seven or eight; without an area code just the number.
fn fixed_line(digits: &str) -> Option<String> {
    if !digits.starts_with('0') {
        let is_number = (7..=8).contains(&digits.len()) && !digits.starts_with('1');
        return is_number.then(|| digits.to_owned());
    }
    let area = if digits.starts_with("01") || digits.starts_with("02") { 3 } else { 4 };
    let (area, number) = digits.split_at_checked(area)?;
    ((7..=8).contains(&number.len()) && !number.starts_with('0')).then(|| format!("{area}-{number}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(typed: &str, expected: Option<&str>) {
        assert_eq!(Phone::parse(typed).as_ref().map(Phone::as_str), expected, "{typed}");
    }

    #[test]
    fn numbers_are_read_as_people_type_them() {
        check("13800001234", Some("13800001234"));
        check("１３８ ００００ １２３４", Some("13800001234"));
        check("0086-138-0000-1234", Some("13800001234"));
        check("0535-6000000", Some("0535-6000000"));
        check("010 60000000", Some("010-60000000"));
        check("6000000", Some("6000000"));
        for odd in
            ["12345", "我的电话", "138000012345", "12800001234", "00000000000", "", "0535-12345", "打13800001234"]
        {
            check(odd, None);
        }
    }

    #[test]
    fn a_number_in_a_log_is_nobodys() {
        assert_eq!(format!("{:?}", Phone::parse("13800001234")), "Some(Phone(138****34))");
    }

    proptest! {
        #[test]
        fn whatever_is_typed_reading_it_never_panics_and_reads_back(typed in "[0-9 +\\-()一a]{0,20}") {
            if let Some(phone) = Phone::parse(&typed) {
                prop_assert_eq!(Phone::parse(phone.as_str()), Some(phone.clone()));
                let shown = format!("{phone:?}");
                prop_assert!(shown.contains("****"), "{}", shown);
            }
        }
    }
}
