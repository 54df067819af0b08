//! Text of office documents: their XML without its tags. A word that is split into parts, each in a tag of its own,
//! becomes one word again.

/// The text of one part of a document; `None` if the part is not a document's text.
pub(super) fn text(name: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
    let is_xml = name.ends_with(b".xml") && bytes.trim_ascii_start().starts_with(b"<?xml");
    let folders: [&[u8]; 3] = [b"word/", b"xl/", b"ppt/"];
    let is_part = folders.iter().any(|f| name.starts_with(f)) || name == b"content.xml";
    if !is_xml || !is_part {
        return None;
    }
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some(open) = memchr::memchr(b'<', rest) {
        out.extend_from_slice(&rest[..open]);
        let Some(close) = memchr::memchr(b'>', &rest[open..]) else { break };
        if ends_line(&rest[open + 1..open + close]) && out.last().is_some_and(|b| *b != b'\n') {
            out.push(b'\n');
        }
        rest = &rest[open + close + 1..];
    }
    Some(unescape(&out))
}

/// Returns whether a tag ends a paragraph, a cell or a line.
fn ends_line(tag: &[u8]) -> bool {
    let name = tag.split(|b| matches!(b, b' ' | b'\t' | b'\n')).next().unwrap_or_default();
    let name = name.strip_suffix(b"/").unwrap_or(name);
    let ends: [&[u8]; 12] = [
        b"/w:p",
        b"/w:tc",
        b"w:br",
        b"/a:p",
        b"a:br",
        b"/si",
        b"/c",
        b"/row",
        b"/text:p",
        b"/text:h",
        b"text:line-break",
        b"/table:table-cell",
    ];
    ends.contains(&name)
}

/// Decodes XML's five predefined entities.
fn unescape(text: &[u8]) -> Vec<u8> {
    let entities: [(&[u8], u8); 5] =
        [(b"&amp;", b'&'), (b"&lt;", b'<'), (b"&gt;", b'>'), (b"&quot;", b'"'), (b"&apos;", b'\'')];
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest) {
        out.extend_from_slice(&rest[..at]);
        let found = entities.iter().find(|(entity, _)| rest[at..].starts_with(entity));
        let (plain, length) = found.map_or((b'&', 1), |(entity, plain)| (*plain, entity.len()));
        out.push(plain);
        rest = &rest[at + length..];
    }
    out.extend_from_slice(rest);
    out
}
