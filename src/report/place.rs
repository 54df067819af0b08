//! Where a secret stands, in words that are safe to print: a secret in a file's or a branch's name is masked there
//! too, and in every path of the same message.

use crate::finding::{Finding, RepoPath, SourceKind, printable};
use crate::policy::Decision;

/// The paths of one decision, with what must not be shown of them.
#[derive(Debug)]
pub(super) struct Paths {
    /// Raw path, and the same with its secret masked.
    masked: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Paths {
    /// Looks for secrets that stand in names.
    pub(super) fn of(decision: &Decision) -> Paths {
        let in_names = decision.findings.iter().map(|d| &d.finding).filter(|f| is_name(f.source.kind));
        Paths { masked: in_names.map(|f| (f.source.path.as_bytes().to_vec(), mask(f))).collect() }
    }

    /// The path's bytes, safe as to secrets, not as to control characters.
    pub(super) fn bytes<'a>(&'a self, path: &'a RepoPath) -> &'a [u8] {
        let raw = path.as_bytes();
        self.masked.iter().find(|(p, _)| p == raw).map_or(raw, |(_, m)| m)
    }

    /// May this path stand in a command to paste? Not when a part of it is masked.
    pub(super) fn is_whole(&self, path: &RepoPath) -> bool {
        self.masked.iter().all(|(p, _)| p != path.as_bytes())
    }

    /// The path, to be read.
    pub(super) fn shown(&self, path: &RepoPath) -> String {
        printable(self.bytes(path))
    }

    /// `path:line:column`, seen from the folder `prefix` of the repository.
    pub(super) fn place(&self, f: &Finding, prefix: &[u8]) -> String {
        let at = format!(":{}:{}", f.location.line, f.location.column);
        match f.source.kind {
            SourceKind::Staged | SourceKind::Commit | SourceKind::File => {
                printable(&seen_from(prefix, self.bytes(&f.source.path))) + &at
            }
            SourceKind::Stdin => format!("<stdin>{at}"),
            SourceKind::CommitMessage => format!("commit message{at}"),
            SourceKind::TagMessage => format!("tag message{at}"),
            SourceKind::FileName => format!("file name {}", self.shown(&f.source.path)),
            SourceKind::RefName => format!("branch or tag name {}", self.shown(&f.source.path)),
        }
    }
}

fn is_name(kind: SourceKind) -> bool {
    matches!(kind, SourceKind::FileName | SourceKind::RefName)
}

/// The name with its secret masked; wholly hidden when the place does not fit, for then we do not know where it is.
fn mask(f: &Finding) -> Vec<u8> {
    let mut parts: Vec<Finding> = f.clone().apart().collect();
    parts.sort_by_key(|f| std::cmp::Reverse(f.location.bytes.start));
    parts.iter().fold(f.source.path.as_bytes().to_vec(), |name, part| mask_one(part, &name))
}

fn mask_one(f: &Finding, raw: &[u8]) -> Vec<u8> {
    let at = &f.location.bytes;
    match (raw.get(..at.start), raw.get(at.end..)) {
        (Some(before), Some(after)) if at.len() >= f.secret.len() => {
            [before, f.secret.masked().as_bytes(), after].concat()
        }
        _ => f.secret.masked().into_bytes(),
    }
}

/// A path of the repository as seen from one of its folders (`web/`): without that folder, or through `../`.
pub(super) fn seen_from(prefix: &[u8], path: &[u8]) -> Vec<u8> {
    if let Some(inside) = path.strip_prefix(prefix) {
        return inside.to_vec();
    }
    let up = memchr::memchr_iter(b'/', prefix).count();
    [&b"../".repeat(up), path].concat()
}

/// A word for a POSIX shell: as it is when nothing in it is special, else in single quotes, else (control
/// characters, bytes that are no UTF-8) in `$'...'`.
pub fn shell_word(bytes: &[u8]) -> String {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"_-./:@%+=,".contains(b);
    if !bytes.is_empty() && bytes.iter().all(plain) {
        let text = String::from_utf8_lossy(bytes).into_owned();
        // A path that begins with a dash would be an option.
        return if text.starts_with('-') { format!("./{text}") } else { text };
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if printable(bytes) == text => format!("'{}'", text.replace('\'', r"'\''")),
        _ => {
            let mut out = String::from("$'");
            for b in bytes {
                match b {
                    b'\'' | b'\\' => out.extend(['\\', *b as char]),
                    0x20..0x7f => out.push(*b as char),
                    b => out.push_str(&format!("\\{b:03o}")),
                }
            }
            out.push('\'');
            out
        }
    }
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
    }

    #[test]
    fn a_shell_gets_back_the_very_bytes_of_a_path() {
        for path in [&b"a b.py"[..], b"it's", b"-rf", b"$HOME", b"caf\xc3\xa9", b"\xff\n'x", b"", b"a\\b"] {
            let script = format!("printf %s {}", shell_word(path));
            let out = std::process::Command::new("bash").args(["-c", &script]).output().unwrap();
            let got = out.stdout.strip_prefix(b"./").unwrap_or(&out.stdout);
            assert_eq!(got, path, "{script}");
        }
    }
}
