//! Hosts: the destination of a URL or of a command's word, and the provider it belongs to.

use crate::text::words::holds;
use memchr::memmem;
use std::ops::Range;

/// Most bytes of the user information: URLs contain tokens of a thousand characters.
const USER_REACH: usize = 2 << 10;

/// Hosts that anyone's programs run under, so they name no provider.
const ANYBODYS: [&[u8]; 5] =
    [b"amazonaws", b"azurewebsites", b"cloudapp", b"githubusercontent", b"herokuapp"];

/// Returns whether this is the host of a provider with such a word, or a variable with it in its name. The word is
/// a label (`api.mailjet.com`), several labels (`track.customer.io`), or the start of a long one
/// (`api.datadoghq.com`).
pub(super) fn is_of(host: &[u8], words: &[&str]) -> bool {
    if host.starts_with(b"$") {
        return words.iter().any(|w| holds(host, w));
    }
    if host.split(|b| *b == b'.').any(|label| ANYBODYS.contains(&label)) {
        return false;
    }
    let mut start = 0;
    // The last label is a country or the like.
    while let Some(dot) = memchr::memchr(b'.', &host[start..]) {
        if words.iter().any(|w| begins(&host[start..], dot, w)) {
            return true;
        }
        start += dot + 1;
    }
    false
}

/// Returns whether the host starts with the word and ends with a label, or has a long word in its first label.
fn begins(host: &[u8], first: usize, word: &str) -> bool {
    let mut word = word.bytes().filter(u8::is_ascii_alphanumeric).peekable();
    let (mut at, mut length) = (0, 0);
    while let Some(want) = word.next_if(|_| at < host.len()) {
        while matches!(host.get(at), Some(b'-' | b'.')) {
            at += 1;
        }
        if !host.get(at).is_some_and(|b| b.eq_ignore_ascii_case(&want)) {
            return false;
        }
        at += 1;
        length += 1;
    }
    word.peek().is_none()
        && length >= 3
        && (matches!(host.get(at), None | Some(b'.')) || (at < first && length >= 5))
}

/// The destination of a command's word: a host, or a host's variable.
pub(super) fn target(text: &[u8], word: &Range<usize>) -> Option<Range<usize>> {
    let bytes = &text[word.clone()];
    if let Some(scheme) = bytes[..bytes.len().min(16)].windows(3).position(|three| three == b"://") {
        let start = word.start + scheme + 3;
        let user = user_info(text, start).map_or(start, |u| u.end + 1);
        return host(text, user);
    }
    let host = host(text, word.start)?;
    let is_host = text[host.start] == b'$' || text[host.clone()].contains(&b'.');
    is_host.then_some(host)
}

/// The host at `at`, or the variable with its `$`.
pub(super) fn host(text: &[u8], at: usize) -> Option<Range<usize>> {
    let variable = text.get(at) == Some(&b'$');
    let start = at + usize::from(variable);
    let start = start + usize::from(variable && text.get(start) == Some(&b'{'));
    let length = text[start..]
        .iter()
        .take(100)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.') || variable && **b == b'_')
        .count();
    // A port, a path, or the end must follow: `name=v` is not a host.
    let ends = matches!(
        text.get(start + length),
        None | Some(
            b'/' | b':'
                | b'?'
                | b'#'
                | b'"'
                | b'\''
                | b'`'
                | b'}'
                | b' '
                | b'\t'
                | b'\r'
                | b'\n'
                | b')'
                | b','
                | b'>'
        )
    );
    (length > 0 && ends).then(|| if variable { at..start + length } else { start..start + length })
}

/// The hosts of the URLs in `range` and on the rest of its line.
pub(in crate::scan) fn hosts(text: &[u8], range: Range<usize>) -> Vec<Range<usize>> {
    let to = text.len().min(range.end + 400);
    let end = memchr::memchr(b'\n', &text[range.end..to]).map_or(to, |i| range.end + i);
    let all = memmem::find_iter(&text[range.start..end], "://").map(|i| range.start + i + 3);
    all.filter_map(|at| host(text, user_info(text, at).map_or(at, |u| u.end + 1))).collect()
}

/// The user information of the URL whose authority starts at `at`.
pub(super) fn user_info(text: &[u8], at: usize) -> Option<Range<usize>> {
    let rest = &text[at.min(text.len())..text.len().min(at + USER_REACH)];
    let ends =
        |b: &u8| *b <= b' ' || matches!(b, b'/' | b'?' | b'#' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\');
    let end = rest.iter().position(ends).unwrap_or(rest.len());
    memchr::memrchr(b'@', &rest[..end]).map(|i| at..at + i)
}

/// The host of the URL that has `name` as a query parameter.
pub(in crate::scan) fn queried(text: &[u8], name: usize) -> Option<Range<usize>> {
    if !matches!(text[..name].last(), Some(b'?' | b'&' | b';')) {
        return None;
    }
    let from = name.saturating_sub(400);
    let ends = |b: &u8| *b <= b' ' || matches!(b, b'"' | b'\'' | b'`' | b'<' | b'>');
    let start = text[from..name].iter().rposition(ends).map_or(from, |i| from + i + 1);
    let at = start + memmem::rfind(&text[start..name], b"://")? + 3;
    host(text, user_info(text, at).map_or(at, |u| u.end + 1))
}

/// Returns whether this host belongs to a provider with one of these words.
pub(in crate::scan) fn is_provider_host(text: &[u8], host: &Range<usize>, words: &[&str]) -> bool {
    is_of(&text[host.clone()], words)
}
