//! `stanch hook commit-msg FILE`: scans the message as git will record it.

use crate::check::Checker;
use crate::error::Error;
use crate::finding::{RepoPath, Source, SourceKind};
use crate::git::MessageForm;
use crate::policy::{Decision, Stage};
use crate::scan::Fragment;
use std::ffi::OsString;
use std::path::Path;

/// Checks the message in the file that git names.
pub(super) fn check(checker: &Checker, args: &[OsString], form: &MessageForm) -> Result<Decision, Error> {
    let Some(file) = args.first() else {
        return Err(Error::Usage(
            "commit-msg needs the path of the message, as git gives it (\"$1\")".to_owned(),
        ));
    };
    let shown = RepoPath::new(file.to_string_lossy().replace('\\', "/"));
    let text = std::fs::read(Path::new(file)).map_err(Error::io(format!("cannot read {shown}")))?;
    let mut decision = Decision::empty(Stage::Message);
    decision.reading.files = 1;
    decision.reading.bytes = text.len() as u64;
    let text = form.recorded(&text);
    let fragment = Fragment { source: Source::new(SourceKind::CommitMessage, shown), bytes: text.into() };
    decision.findings = checker.fragment(&fragment, &mut decision.reading);
    Ok(decision)
}
