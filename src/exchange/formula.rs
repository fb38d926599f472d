//! Cells that a spreadsheet might run: text that begins like a formula gets an apostrophe, and loses it again on the way back.

/// What makes a spreadsheet take text for a formula or split a cell, full-width forms included.
const BEGINNINGS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// `text` so that no spreadsheet takes it for a formula; [`restore`] gives it back, whatever it is.
pub(super) fn neutralise(text: &str) -> String {
    if is_risky(text) { format!("'{text}") } else { text.to_owned() }
}

/// The text that [`neutralise`] was given.
pub(super) fn restore(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| is_risky(text)).unwrap_or(cell)
}

fn is_risky(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(BEGINNINGS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_get_an_apostrophe_and_other_text_does_not() {
        assert_eq!(neutralise("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(neutralise("-50%"), "'-50%");
        assert_eq!(neutralise("'=1"), "''=1");
        assert_eq!(neutralise("'quoted'"), "'quoted'");
        assert_eq!(neutralise("年报"), "年报");
    }

    proptest! {
        #[test]
        fn neutralised_text_is_restored_and_runs_nothing(text in "['=+@＝年a-]{0,6}") {
            let cell = neutralise(&text);
            prop_assert!(!cell.starts_with(BEGINNINGS), "{}", cell);
            prop_assert_eq!(restore(&cell), text);
        }
    }
}
