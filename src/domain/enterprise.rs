//! The company (企业) that writes: its credit code, and what tells two companies apart.
//!
//! A company says itself who it is; nothing here proves it. That decides who looks after it and opens nothing to it.

use super::text;

/// A unified social credit code (统一社会信用代码) whose check digit fits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode(String);

/// The characters of a code; their places are their values (GB 32100-2015).
const CHARACTERS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

impl CreditCode {
    /// Reads a code of 18 characters in any case, with spaces or hyphens; `None` where the check digit of GB 32100-2015 does
    /// not fit.
    ///
    /// # Examples
    ///
    /// ```
    /// # use zhengqitong::domain::enterprise::CreditCode;
    /// assert!(CreditCode::parse("91350100m000100y43").is_some());
    /// assert!(CreditCode::parse("91350100M000100Y44").is_none());
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let code: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).map(|c| c.to_ascii_uppercase()).collect();
        let values: Vec<usize> = code.chars().map(|c| CHARACTERS.find(c)).collect::<Option<_>>()?;
        let (last, body) = values.split_last().filter(|(_, body)| body.len() == 17)?;
        let weight = |place: usize| (0..place).fold(1, |power, _| power * 3 % 31);
        let sum: usize = body.iter().enumerate().map(|(place, value)| value * weight(place)).sum();
        ((31 - sum % 31) % 31 == *last).then_some(Self(code))
    }

    /// The code as text, in capitals.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What tells a company apart: its credit code where `company` is one, otherwise its name without spaces, width and case.
#[must_use]
pub fn company_key(company: &str) -> String {
    CreditCode::parse(company).map_or_else(|| text::key(company), |code| code.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_codes_are_compared_as_people_write_them() {
        assert_eq!(company_key("示例（烟台）机械有限公司"), company_key(" 示例(烟台)机械有限公司 "));
        assert_eq!(company_key("91350100 M000100Y43"), company_key("91350100m000100y43"));
        assert_ne!(company_key("示例机械有限公司"), company_key("示例机电有限公司"));
    }

    #[test]
    fn a_wrong_digit_is_found() {
        let good = "91350100M000100Y43";
        for place in 0..good.len() {
            let changed: String = good
                .chars()
                .enumerate()
                .map(|(at, c)| if at == place { if c == '1' { '2' } else { '1' } } else { c })
                .collect();
            assert!(CreditCode::parse(&changed).is_none(), "{changed}");
        }
    }
}
