//! Bytes → text: UTF-8 with or without a byte order mark, UTF-16 with one, or what Chinese Excel and older pages write.

use encoding_rs::{Encoding, GB18030, UTF_8};

/// `bytes` as text; `declared` is the charset that a header or a page names. `None` where no encoding fits.
///
/// What is valid UTF-8 is UTF-8, whatever is declared: other encodings hardly ever look like it, but pages often lie.
pub(super) fn decode(bytes: &[u8], declared: Option<&str>) -> Option<String> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return strictly(encoding, &bytes[mark..]);
    }
    let declared = declared.and_then(|label| Encoding::for_label(label.trim().as_bytes()));
    let candidates = [Some(UTF_8), declared, Some(GB18030)];
    candidates.into_iter().flatten().find_map(|encoding| strictly(encoding, bytes))
}

fn strictly(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
}

/// The charset that a page names in its first lines, as browsers look for it.
pub(super) fn declared_by_page(bytes: &[u8]) -> Option<String> {
    const LOOKED_AT: usize = 2048;
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(LOOKED_AT)]).to_ascii_lowercase();
    let after = head.split_once("charset").map(|(_, rest)| rest.trim_start())?;
    let value = after.strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(value.len());
    (end > 0).then(|| value[..end].to_owned())
}

/// The charset in a `Content-Type` header.
pub(super) fn declared_by_header(content_type: &str) -> Option<&str> {
    let parameters = content_type.split(';').skip(1).map(str::trim);
    let charset = parameters.filter_map(|parameter| parameter.split_once('='));
    charset
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .map(|(_, value)| value.trim_matches(['"', ' ']))
        .next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "编号,标题㐀€";

    #[track_caller]
    fn check(bytes: &[u8], declared: Option<&str>, expected: Option<&str>) {
        assert_eq!(decode(bytes, declared).as_deref(), expected);
    }

    #[test]
    fn what_excel_and_editors_write_is_read() {
        let (gb, ..) = GB18030.encode(TEXT);
        check(TEXT.as_bytes(), None, Some(TEXT));
        check(format!("\u{feff}{TEXT}").as_bytes(), None, Some(TEXT));
        check(&gb, None, Some(TEXT));
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(TEXT.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        check(&utf16, None, Some(TEXT));
    }

    #[test]
    fn a_wrong_declaration_does_not_spoil_the_text() {
        check(TEXT.as_bytes(), Some("gb2312"), Some(TEXT));
        check(&GB18030.encode(TEXT).0, Some("utf-8"), Some(TEXT));
        check(&[0xff, 0xfd, 0x80, 0x00, 0xff], None, None);
    }

    #[test]
    fn declarations_are_found_in_headers_and_pages() {
        assert_eq!(declared_by_header("text/html; Charset=\"GBK\""), Some("GBK"));
        assert_eq!(declared_by_header("text/html"), None);
        assert_eq!(declared_by_page(b"<meta charset=gb2312>").as_deref(), Some("gb2312"));
        let old = b"<META http-equiv=\"Content-Type\" content=\"text/html; charset = GB18030\" />";
        assert_eq!(declared_by_page(old).as_deref(), Some("gb18030"));
        assert_eq!(declared_by_page(b"<p>no"), None);
    }
}
