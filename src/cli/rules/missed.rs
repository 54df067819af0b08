//! `stanch rules test --rule ID --text FILE`: why a rule does not find a secret in a text.

use crate::disk::{self, Links};
use crate::error::Error;
use crate::finding::{Finding, RepoPath, Source, SourceKind, printable};
use crate::rules::{Rule, RuleSet};
use crate::scan::Fragment;
use crate::scan::rule_test::Tester;
use std::io::{Read, Write};
use std::path::Path;

/// Bytes of a text that are read; bounds memory.
const MAX_BYTES: u64 = 16 << 20;

/// Prints where the rule matches in the text, or why it does not; returns the exit code.
pub(super) fn run(rules: &RuleSet, id: &str, file: &Path) -> Result<u8, Error> {
    let rule: &'static Rule = rules.get(id).ok_or_else(|| {
        Error::Usage(format!("no rule is called {}; `stanch rules list` has all", printable(id.as_bytes())))
    })?;
    let name = printable(file.to_string_lossy().as_bytes());
    let bytes = read(file).map_err(Error::io(format!("cannot read {name}")))?;
    let path = RepoPath::new(file.as_os_str().as_encoded_bytes());
    let fragment = Fragment { source: Source::new(SourceKind::File, path), bytes: bytes.into() };
    let (found, why) = Tester::new(rules, 1).text(rule, &fragment);
    let mut out = super::super::out::stdout();
    let mut write = || match &why {
        None => found.iter().try_for_each(|f| writeln!(out, "{}", place(&name, f))),
        Some(why) => writeln!(out, "{name}: {id} finds nothing: {}", why.describe(rule)),
    };
    write().map_err(Error::io("standard output"))?;
    Ok(u8::from(why.is_some()))
}

fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    if file.as_os_str() != "-" {
        return disk::read(file, Links::Follow, MAX_BYTES);
    }
    let mut bytes = Vec::new();
    std::io::stdin().take(MAX_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn place(name: &str, finding: &Finding) -> String {
    let (at, confidence) = (&finding.location, finding.confidence.slug());
    format!("{name}:{}:{}: found by {}, confidence {confidence}", at.line, at.column, finding.rule.id)
}
