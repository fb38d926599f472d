//! A title as a file name.

use pinyin::ToPinyin;

/// Longer names are cut between syllables.
const LONGEST: usize = 48;

/// `title` in lower-case ASCII letters, digits and hyphens, Chinese as toneless pinyin; `None` when nothing of it can be said so.
pub(crate) fn slug(title: &str) -> Option<String> {
    let mut slug = String::new();
    let mut is_joined = false;
    for c in title.chars() {
        let sound = c.to_pinyin().map(|sound| sound.plain().replace('ü', "v"));
        let is_letter = c.is_ascii_alphanumeric();
        let part =
            sound.clone().unwrap_or_else(|| if is_letter { c.to_ascii_lowercase().into() } else { String::new() });
        if part.is_empty() || slug.len() + part.len() >= LONGEST {
            if slug.len() + part.len() >= LONGEST {
                break;
            }
            is_joined = false;
            continue;
        }
        if !slug.is_empty() && !(is_letter && is_joined) {
            slug.push('-');
        }
        slug.push_str(&part);
        is_joined = is_letter;
    }
    (!slug.is_empty()).then_some(slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(title: &str, expected: Option<&str>) {
        assert_eq!(slug(title).as_deref(), expected, "{title}");
    }

    #[test]
    fn chinese_becomes_pinyin_and_the_rest_stays() {
        check("女职工产假", Some("nv-zhi-gong-chan-jia"));
        check("2026年R&D补助（试行）", Some("2026-nian-r-d-bu-zhu-shi-xing"));
        check("../../etc/passwd", Some("etc-passwd"));
    }

    #[test]
    fn a_title_of_signs_has_no_name() {
        check("？！ ", None);
    }

    #[test]
    fn long_titles_are_cut_between_syllables() {
        let long = slug(&"芝罘区".repeat(30)).unwrap();
        assert!(long.len() < LONGEST && long.ends_with(['u', 'i']), "{long}");
    }
}
