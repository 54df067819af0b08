//! Merging by union, for files with independent lines.

use crate::config::FILE_NAME;
use crate::error::Error;
use crate::finding::printable;
use crate::policy::files;
use std::io::Write;
use std::path::Path;

const ATTRIBUTES: &str = ".gitattributes";

/// Prints the lines of .gitattributes that make git merge these files without a conflict, if they are missing.
pub(super) fn offer(top: &Path, names: &[&str]) -> Result<(), Error> {
    let text = files::read(&top.join(ATTRIBUTES), ATTRIBUTES)?.unwrap_or_default();
    let missing: Vec<&&str> = names.iter().filter(|name| !is_union(&text, name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut told = "stanch: two branches that each add an entry merge without a conflict with this in \
                    .gitattributes:\n"
        .to_owned();
    for name in missing {
        told.push_str(&format!("  {} merge=union\n", printable(name.as_bytes())));
    }
    super::out::stderr().write_all(told.as_bytes()).map_err(Error::io("standard error"))
}

/// Returns whether the configuration itself is merged by union, which would silently break its tables.
pub(super) fn tears_configuration(top: &Path) -> bool {
    files::read(&top.join(ATTRIBUTES), ATTRIBUTES)
        .ok()
        .flatten()
        .is_some_and(|text| is_union(&text, FILE_NAME))
}

fn is_union(text: &str, name: &str) -> bool {
    text.lines().any(|line| {
        let mut words = line.split_ascii_whitespace();
        let pattern = words.next().unwrap_or_default();
        pattern.trim_start_matches('/') == name && words.any(|word| word == "merge=union")
    })
}
