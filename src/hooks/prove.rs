//! The proof: commits a made-up key in a scratch repository, which git must refuse.
//!
//! It runs the real git, the real hook file and this program, without the user's configuration: settings that
//! override a repository's hooks are reported by the rest of `doctor`.

use super::git::Git;
use super::install;
use super::location::HooksLocation;
use crate::error::Error;
use crate::finding::printable;
use crate::scan::template;
use std::io::Write;
use std::path::Path;

/// A made-up key in a provider's format.
const LEAK: &str = "KLAVIYO_API_KEY = \"pk_${hex-lower:34}\"\n";
const FIXED: &str = "KLAVIYO_API_KEY = os.environ[\"KLAVIYO_API_KEY\"]\n";

/// Commits a made-up key and then the fixed file; shows the output of git and the hook.
///
/// # Errors
/// If the scratch repository cannot be made.
pub(crate) fn prove(program: &Path, out: &mut dyn Write) -> Result<bool, Error> {
    let told = || Error::io("standard output");
    let temp = tempfile::tempdir().map_err(Error::io("a folder for the scratch repository"))?;
    let git = Git::apart(temp.path());
    git.must(&["init", "-q", "--template="])?;
    let place = HooksLocation::with(&git, temp.path())?
        .ok_or_else(|| Error::Usage("git does not find the scratch repository that it made".to_owned()))?;
    install::install(&place, &["pre-commit".to_owned()], program)?;
    let file = temp.path().join("app.py");
    let leak = template::expand(LEAK, 1).map_err(|e| Error::Usage(format!("internal: {e}")))?;
    let commit = |text: &str| {
        std::fs::write(&file, text).map_err(Error::io("the scratch repository"))?;
        git.must(&["add", "app.py"])?;
        git.run(&["commit", "-q", "-m", "proof"])
    };
    writeln!(out, "\nProof: git commit, with a made-up key in a scratch repository").map_err(told())?;
    let stopped = commit(&leak)?;
    for line in stopped.stderr.split(|b| *b == b'\n').filter(|l| !l.is_empty()) {
        writeln!(out, "  | {}", printable(line)).map_err(told())?;
    }
    let recorded = git.answer(&["rev-parse", "-q", "--verify", "HEAD"])?.is_some();
    let blocked = stopped.status.code() == Some(1) && !recorded;
    let passed = commit(FIXED)?.status.success();
    let verdict = match (blocked, passed) {
        (true, true) => "proved: git refused the commit, and took it once the key was out",
        (true, false) => "FAILED: git refused the corrected file too",
        (false, _) => "FAILED: git was to refuse the commit and did not, or stanch could not check it",
    };
    writeln!(out, "{verdict}").map_err(told())?;
    Ok(blocked && passed)
}
