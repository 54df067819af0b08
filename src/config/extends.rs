//! `extends`: the files that a configuration is laid over, and the lock with the text of those from elsewhere.
//!
//! `stanch config update` copies files from outside of the repository into `.stanch.lock`, and they are read from
//! there: a check uses no network, and every clone, server and CI run reads the same text.

use super::extend_spec::{ExtendSpec, ExtendTable};
use super::file::File;
use super::layer::Layer;
use super::parse::{self, ConfigError};
use super::paths::inside;
use crate::finding::{LineCounter, printable};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::fmt;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

/// The lock's name, at the top of a repository.
pub const LOCK_FILE: &str = ".stanch.lock";

/// Where an extended file comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A path: in a repository from its top, else from the file that names it.
    File(String),
    /// A file of another repository at a commit.
    Git {
        /// An address that git fetches from.
        url: String,
        /// The whole id of the commit.
        commit: String,
        /// The path in it.
        path: String,
    },
    /// A file of an installed package, by its path from the top of the repository.
    Package(String),
}

/// For messages: printable.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Origin::File(path) | Origin::Package(path) => path.clone(),
            Origin::Git { url, commit, path } => format!("{url} at {}, {path}", &commit[..12]),
        };
        f.write_str(&printable(text.as_bytes()))
    }
}

/// The files that a configuration extends, each with its line.
///
/// # Errors
/// If the file cannot be parsed, or an entry is invalid.
pub fn extends(layer: Layer, text: &str, name: &str) -> Result<Vec<(Origin, usize)>, ConfigError> {
    // Most extend nothing, and are parsed once.
    if !text.contains("extends") {
        return Ok(Vec::new());
    }
    let mut lines = LineCounter::new(text.as_bytes());
    let mut out = Vec::new();
    for entry in File::parse(text, name)?.extends {
        let line = lines.line(entry.span().start) as usize;
        let origin = origin(entry.into_inner(), layer).map_err(|what| ConfigError {
            file: name.to_owned(),
            line,
            what: format!("extends: {what}"),
        })?;
        out.push((origin, line));
    }
    Ok(out)
}

fn origin(spec: ExtendSpec, layer: Layer) -> Result<Origin, String> {
    let is_repository = layer == Layer::Repository;
    let table = match spec {
        ExtendSpec::File(path) if is_repository && !inside(&path) => {
            return Err(
                "is no file inside the repository; write a path from its top, or a table with git, commit \
                        and path"
                    .to_owned(),
            );
        }
        ExtendSpec::File(path) => return Ok(Origin::File(path)),
        ExtendSpec::Table(_) if !is_repository => {
            return Err("only a repository extends another repository or a package; name a file".to_owned());
        }
        ExtendSpec::Table(table) => table,
    };
    match table {
        ExtendTable { package: Some(path), git: None, commit: None, path: None } => match inside(&path) {
            true => Ok(Origin::Package(path)),
            false => Err("package is no path inside the repository, such as \
                          \"node_modules/@acme/policy/stanch.toml\""
                .to_owned()),
        },
        ExtendTable { git: Some(url), commit: Some(commit), path: Some(path), package: None } => {
            let is_id = matches!(commit.len(), 40 | 64) && commit.bytes().all(|b| b.is_ascii_hexdigit());
            if !is_id {
                return Err("commit is not a whole commit id; a branch or a tag can be moved".to_owned());
            }
            if !is_address(&url) {
                return Err("git is neither https://, ssh://, user@host:path nor a path".to_owned());
            }
            if !inside(&path) {
                return Err("path is no path inside that repository".to_owned());
            }
            Ok(Origin::Git { url, commit: commit.to_ascii_lowercase(), path })
        }
        _ => Err("needs git, commit and path, or package alone".to_owned()),
    }
}

/// Returns whether git may be given this: not an option, not a helper that runs a command, nothing that anyone on
/// the way can change.
fn is_address(url: &str) -> bool {
    let plain = !url.starts_with('-') && !url.contains("::") && !url.bytes().any(|b| b.is_ascii_control());
    let scheme = url.split_once("://").map(|(scheme, _)| scheme);
    plain && !url.is_empty() && scheme.is_none_or(|scheme| matches!(scheme, "https" | "ssh" | "file"))
}

/// The texts of extended files that come from elsewhere.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lock {
    file: Vec<Locked>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Locked {
    git: Option<String>,
    commit: Option<String>,
    path: Option<String>,
    package: Option<String>,
    sha256: String,
    text: String,
}

impl Lock {
    /// Parses a lock's text; `name` is for messages.
    ///
    /// # Errors
    /// If it is not a lock, or a text in it does not have the hash that is written there.
    pub fn parse(text: &str, name: &str) -> Result<Lock, ConfigError> {
        let lock: Lock = parse::parse(text, name)
            .map_err(|e| ConfigError { what: format!("{}; run `stanch config update`", e.what), ..e })?;
        for file in &lock.file {
            if hash(&file.text) != file.sha256 {
                let what = format!(
                    "the text of {} was changed: its hash is another; run `stanch config update`",
                    printable(file.shown().as_bytes())
                );
                return Err(ConfigError { file: name.to_owned(), line: 0, what });
            }
        }
        Ok(lock)
    }

    /// The text of a file, if it is there.
    pub fn text(&self, origin: &Origin) -> Option<&str> {
        self.file.iter().find(|f| f.is(origin)).map(|f| f.text.as_str())
    }
}

impl Locked {
    fn is(&self, origin: &Origin) -> bool {
        match origin {
            Origin::File(_) => false,
            Origin::Package(path) => self.package.as_ref() == Some(path),
            Origin::Git { url, commit, path } => {
                [(&self.git, url), (&self.commit, commit), (&self.path, path)]
                    .iter()
                    .all(|(is, wanted)| is.as_ref() == Some(*wanted))
            }
        }
    }

    fn shown(&self) -> &str {
        self.package.as_deref().or(self.git.as_deref()).unwrap_or("a file")
    }
}

fn hash(text: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

/// The text of a lock with these files.
pub fn lock_text(files: &[(Origin, String)]) -> String {
    let mut tables = ArrayOfTables::new();
    for (origin, text) in files {
        let mut table = Table::new();
        match origin {
            Origin::File(_) => continue,
            Origin::Package(path) => table["package"] = value(path),
            Origin::Git { url, commit, path } => {
                table["git"] = value(url);
                table["commit"] = value(commit);
                table["path"] = value(path);
            }
        }
        table["sha256"] = value(hash(text));
        table["text"] = value(text);
        tables.push(table);
    }
    let mut doc = DocumentMut::new();
    doc.insert("file", Item::ArrayOfTables(tables));
    format!(
        "# Files that .stanch.toml extends, as `stanch config update` read them. Review changes as those of the policy.\n\n{doc}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fault(text: &str) -> String {
        extends(Layer::Repository, text, "t").unwrap_err().to_string()
    }

    #[test]
    fn an_entry_is_a_path_a_file_of_a_repository_or_one_of_a_package() {
        let id = "a".repeat(40);
        let text = format!(
            "extends = [\n 'a/b.toml',\n {{ git = 'https://x.example/p.git', commit = '{id}', path = 's.toml' }},\n \
             {{ package = 'node_modules/@acme/p/s.toml' }},\n]\n"
        );
        let got = extends(Layer::Repository, &text, "t").unwrap();
        assert_eq!(got[0], (Origin::File("a/b.toml".to_owned()), 2));
        assert_eq!(got[1].0.to_string(), "https://x.example/p.git at aaaaaaaaaaaa, s.toml");
        assert_eq!(got[2], (Origin::Package("node_modules/@acme/p/s.toml".to_owned()), 4));
    }

    #[test]
    fn what_leads_out_or_can_be_moved_is_refused_with_its_line() {
        let id = "a".repeat(40);
        for (entry, told) in [
            ("'/etc/x.toml'".to_owned(), "no file inside the repository"),
            ("'../x.toml'".to_owned(), "no file inside the repository"),
            ("'.git/x.toml'".to_owned(), "no file inside the repository"),
            ("{ git = 'https://x', commit = 'main', path = 'p' }".to_owned(), "commit is not a whole"),
            (format!("{{ git = 'http://x', commit = '{id}', path = 'p' }}"), "git is neither"),
            (format!("{{ git = '--upload-pack=x', commit = '{id}', path = 'p' }}"), "git is neither"),
            (format!("{{ git = 'ext::sh -c x', commit = '{id}', path = 'p' }}"), "git is neither"),
            (format!("{{ git = 'https://x', commit = '{id}', path = '../p' }}"), "path is no path"),
            (format!("{{ git = 'https://x', commit = '{id}' }}"), "needs git, commit and path"),
            ("{ package = '../x' }".to_owned(), "package is no path"),
            ("{ package = 'x', path = 'y' }".to_owned(), "needs git, commit"),
            ("{ packag = 'x' }".to_owned(), "unknown key `packag`; did you mean `package`?"),
        ] {
            let told_is = fault(&format!("\nextends = [{entry}]\n"));
            assert!(told_is.starts_with("t:2: ") && told_is.contains(told), "{told_is}");
        }
        let git = format!("extends = [{{ git = 'https://x', commit = '{id}', path = 'p' }}]");
        assert!(extends(Layer::User, &git, "t").unwrap_err().to_string().contains("only a repository"));
        assert!(extends(Layer::User, "extends = ['/etc/x.toml']", "t").is_ok());
    }

    #[test]
    fn a_text_that_was_changed_in_the_lock_is_refused() {
        let origin = Origin::Package("p/s.toml".to_owned());
        let lock = lock_text(&[(origin.clone(), "[block]\nseverity = 'low'\n".to_owned())]);
        assert!(Lock::parse(&lock, "l").unwrap().text(&origin).is_some());
        let told = Lock::parse(&lock.replace("low", "critical"), "l").unwrap_err().to_string();
        assert!(
            told.contains("the text of p/s.toml was changed") && told.contains("config update"),
            "{told}"
        );
        assert!(
            Lock::parse(&format!("{} x\n", "<".repeat(7)), "l")
                .unwrap_err()
                .to_string()
                .contains("config update")
        );
        assert!(Lock::parse(&lock, "l").unwrap().text(&Origin::Package("other".to_owned())).is_none());
    }

    proptest! {
        #[test]
        fn any_text_comes_back_from_the_lock(text in "[ -~\n\t'\"\\\\é]{0,80}") {
            let origin = Origin::Git { url: "u".into(), commit: "c".repeat(40), path: "p".into() };
            let lock = Lock::parse(&lock_text(&[(origin.clone(), text.clone())]), "l").unwrap();
            prop_assert_eq!(lock.text(&origin), Some(text.as_str()));
        }
    }
}
