//! Variables of a CI system, as hostile input: anyone who opens a pull request chooses its branch's name.

use crate::error::Error;
use crate::finding::printable;
use crate::git::Oid;
use std::ffi::OsString;

/// Reads the environment by name.
#[derive(Clone, Copy)]
pub(crate) struct Vars<'a>(pub(crate) &'a dyn Fn(&str) -> Option<OsString>);

/// Bytes of the longest accepted branch name; git's own limit is lower on most systems.
const MAX_NAME: usize = 1024;

impl Vars<'_> {
    /// The value; `None` if it is unset or empty.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        Some((self.0)(name)?.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
    }

    /// Returns whether the variable has this value, in any case: Azure writes `True`.
    pub(crate) fn is(&self, name: &str, value: &str) -> bool {
        self.text(name).is_some_and(|text| text.eq_ignore_ascii_case(value))
    }

    /// Returns whether the variable is set and not empty.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.text(name).is_some()
    }

    /// An object id; `None` if it is unset or all zeros.
    pub(crate) fn id(&self, name: &str) -> Result<Option<Oid>, Error> {
        self.text(name).map_or(Ok(None), |text| id(&text, name))
    }

    /// A branch, with or without `refs/heads/`.
    pub(crate) fn branch(&self, name: &str) -> Result<Option<String>, Error> {
        self.text(name).map(|text| branch(&text, name)).transpose()
    }
}

/// Parses an object id that `by` gave; `None` for all zeros.
pub(crate) fn id(text: &str, by: &str) -> Result<Option<Oid>, Error> {
    let id = Oid::from_hex(text.trim().as_bytes()).ok_or_else(|| wrong(by, text, "no commit id"))?;
    Ok((!id.is_zero()).then_some(id))
}

/// Checks a branch name that `by` gave.
pub(crate) fn branch(text: &str, by: &str) -> Result<String, Error> {
    let name = text.strip_prefix("refs/heads/").unwrap_or(text);
    if is_branch(name) { Ok(name.to_owned()) } else { Err(wrong(by, text, "no name of a branch")) }
}

fn wrong(by: &str, text: &str, what: &str) -> Error {
    let shown: String = text.chars().take(100).collect();
    Error::Ci {
        what: format!("{by} is {what}: {}", printable(shown.as_bytes())),
        help: "name the range yourself: stanch ci --base REV --head REV".to_owned(),
    }
}

/// Returns whether git would accept this as a branch name.
fn is_branch(name: &str) -> bool {
    let part = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
    let plain = |c: char| !c.is_control() && !" ~^:?*[\\".contains(c);
    name.len() <= MAX_NAME
        && name != "@"
        && !name.starts_with('-')
        && !name.ends_with('.')
        && !name.contains("..")
        && !name.contains("@{")
        && name.chars().all(plain)
        && name.split('/').all(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::process::Command;

    #[test]
    fn ids_and_names_of_branches_are_checked_before_git_sees_them() {
        for name in ["main", "a/b", "feature/\u{e9}", "v1.2", "a@b", "-".repeat(0).as_str()].iter().take(5) {
            assert_eq!(branch(name, "X").unwrap(), *name);
        }
        assert_eq!(branch("refs/heads/main", "X").unwrap(), "main");
        for name in [
            "",
            "-x",
            "--upload-pack=touch x",
            "a..b",
            "a b",
            "a\nb",
            "@",
            "a@{1}",
            "/a",
            "a/",
            "a.lock",
            "a/.b",
        ] {
            assert!(branch(name, "X").is_err(), "{name:?}");
        }
        assert!(id("HEAD", "X").is_err() && id("9f2c1ab", "X").is_err());
        assert_eq!(id(&"0".repeat(40), "X").unwrap(), None);
        let error = branch("a\u{1b}[2Jb", "CHANGE_TARGET").unwrap_err().to_string();
        assert!(error.starts_with("CHANGE_TARGET") && !error.contains('\u{1b}'), "{error}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_is_taken_as_a_branch_is_one_for_git(name in "[-a./@{~^: lock]{1,12}") {
            if is_branch(&name) {
                let full = format!("refs/heads/{name}");
                let ok = Command::new("git").args(["check-ref-format", &full]).status().unwrap().success();
                prop_assert!(ok, "{}", name);
            }
        }
    }
}
