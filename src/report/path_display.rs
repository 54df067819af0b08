//! A secret's place, in words for a reader and as a word for a shell. A masked path is followed by the blob's id,
//! and a shell gets a glob for it.

use crate::finding::{Finding, RepoPath, SourceKind, printable};
use std::path::Path;

/// `path:line:column`, relative to the folder `prefix` of the repository.
pub(super) fn position(f: &Finding, prefix: &[u8]) -> String {
    let at = format!(":{}:{}", f.location.line, f.location.column);
    let path = &f.source.path;
    let blob = match (path.glob(), &f.source.blob) {
        (Some(_), Some(id)) => format!(" (blob {})", short(id)),
        _ => String::new(),
    };
    match f.source.kind {
        SourceKind::Staged | SourceKind::Commit | SourceKind::File => {
            printable(&seen_from(prefix, &path.shown_bytes())) + &at + &blob
        }
        SourceKind::Image => format!("{path}{at}"),
        SourceKind::Stdin => format!("<stdin>{at}"),
        // Of several repositories the one that has it.
        SourceKind::CommitMessage if !path.as_bytes().is_empty() => format!("commit message in {path}{at}"),
        SourceKind::CommitMessage => format!("commit message{at}"),
        SourceKind::TagMessage => format!("tag message{at}"),
        SourceKind::FileName => format!("file name {path}{blob}"),
        SourceKind::RefName => format!("branch or tag name {path}"),
    }
}

/// The path as a shell word, relative to the folder `prefix`.
pub(super) fn path_word(path: &RepoPath, prefix: &[u8]) -> String {
    match path.glob() {
        None => shell_word(&seen_from(prefix, path.as_bytes())),
        Some(glob) => {
            let glob = String::from_utf8_lossy(&seen_from(prefix, glob)).into_owned();
            if glob.starts_with(['-', ':']) { format!("./{glob}") } else { glob }
        }
    }
}

/// A path of the repository relative to one of its folders (`web/`): without that folder, or through `../`. A whole path
/// stays as it is.
pub fn seen_from(prefix: &[u8], path: &[u8]) -> Vec<u8> {
    if std::str::from_utf8(path).is_ok_and(|path| Path::new(path).is_absolute()) {
        return path.to_vec();
    }
    if let Some(inside) = path.strip_prefix(prefix) {
        return inside.to_vec();
    }
    let up = memchr::memchr_iter(b'/', prefix).count();
    [&b"../".repeat(up), path].concat()
}

/// A word for a POSIX shell: unchanged if nothing in it is special, else in single quotes, else (control
/// characters, bytes that are not UTF-8) in `$'...'`.
pub fn shell_word(bytes: &[u8]) -> String {
    // A path that starts with a dash would be an option, with a colon one of git's patterns; quotes do not help.
    if matches!(bytes.first(), Some(b'-' | b':')) {
        return shell_word(&[b"./", bytes].concat());
    }
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"_-./:@%+=,".contains(b);
    if !bytes.is_empty() && bytes.iter().all(plain) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if printable(bytes) == text => format!("'{}'", text.replace('\'', r"'\''")),
        _ => {
            let mut out = String::from("$'");
            for b in bytes {
                match b {
                    b'\'' | b'\\' => out.extend(['\\', *b as char]),
                    // Part of a CI system's command.
                    b'#' => out.push_str("\\043"),
                    0x20..0x7f => out.push(*b as char),
                    b => out.push_str(&format!("\\{b:03o}")),
                }
            }
            out.push('\'');
            out
        }
    }
}

/// A commit's id, abbreviated for typing.
pub(super) fn short(id: &str) -> &str {
    id.get(..9).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_seen_from_where_the_reader_stands() {
        let seen = |prefix: &[u8], path: &[u8]| String::from_utf8(seen_from(prefix, path)).unwrap();
        assert_eq!(seen(b"", b"app/mail.py"), "app/mail.py");
        assert_eq!(seen(b"app/", b"app/mail.py"), "mail.py");
        assert_eq!(seen(b"web/js/", b"app/mail.py"), "../../app/mail.py");
        assert_eq!(seen(b"web/", b"/tmp/mail.py"), "/tmp/mail.py");
    }

    #[test]
    fn a_shell_gets_back_the_very_bytes_of_a_path() {
        for path in [
            &b"a b.py"[..],
            b"it's",
            b"-rf",
            b"-x y",
            b":(glob)x",
            b"::error::x",
            b"##vso[x]",
            b"$HOME",
            b"caf\xc3\xa9",
            b"\xff\n'x",
            b"",
            b"a\\b",
        ] {
            let script = format!("printf %s {}", shell_word(path));
            let out = std::process::Command::new("bash").args(["-c", &script]).output().unwrap();
            let got = out.stdout.strip_prefix(b"./").unwrap_or(&out.stdout);
            assert_eq!(got, path, "{script}");
        }
    }
}
