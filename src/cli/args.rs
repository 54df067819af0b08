//! Arguments that several commands share: statistics and the layer behind each decision, and files of user rules.

use super::out;
use crate::policy::Screened;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

/// Arguments of commands that decide.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(super) struct Verbosity {
    /// Print statistics
    #[arg(short, long)]
    verbose: bool,
    /// Print which setting of which configuration layer decided each finding
    #[arg(long)]
    explain_decision: bool,
}

impl Verbosity {
    /// Prints it on standard error; `started` is when the command began.
    pub(super) fn tell(self, decision: &Screened, started: Instant) {
        let mut err = out::stderr();
        let mut write = || -> std::io::Result<()> {
            if self.explain_decision {
                for d in &decision.findings {
                    let f = &d.finding;
                    let (action, because) = (d.action.slug(), &d.because);
                    writeln!(
                        err,
                        "stanch: {}:{}:{} {} {}: {action}: {because}",
                        f.source.path,
                        f.location.line,
                        f.location.column,
                        f.rule.id,
                        f.fingerprint.short(),
                    )?;
                }
            }
            if self.verbose {
                let r = &decision.reading;
                let ms = started.elapsed().as_secs_f64() * 1000.0;
                writeln!(err, "stanch: {} files, {} bytes read in {ms:.1} ms", r.files, r.bytes)?;
            }
            Ok(())
        };
        // A lost line on standard error changes no decision.
        let _ = write();
    }
}

/// The argument of every command that scans, or reads a configuration that may name user rules.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct OwnRules {
    /// Also load rules from FILE (repeatable)
    #[arg(long = "rules", value_name = "FILE", global = true)]
    rule_files: Vec<PathBuf>,
}

impl OwnRules {
    /// The files as they were named.
    pub(super) fn files(&self) -> &[PathBuf] {
        &self.rule_files
    }
}
