//! The options of commands that report: the formats and their targets, how much is shown, and the exit code.

use super::args::Verbosity;
use super::log::Log;
use super::out;
use crate::ci::System;
use crate::disk::{self, Beside, Links, Mode};
use crate::error::Error;
use crate::finding::shown_path;
use crate::git::Repo;
use crate::policy::{Action, Screened};
use crate::report::{self, About, Format, Terminal};
use clap::builder::PossibleValue;
use jiff::Timestamp;
use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Findings listed on a terminal by default: more would scroll away unread.
const ON_TERMINAL: usize = 100;

/// Most bytes of a report that are read.
const MAX_REPORT: u64 = 256 << 20;

/// Arguments of commands that report.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Reports {
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Also write a report in another format to FILE (repeatable)
    #[arg(long = "report", value_name = "FORMAT=FILE", value_parser = pair)]
    reports: Vec<(Format, PathBuf)>,
    /// Write to FILE instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Exit with 0 if secrets are blocked; what could not be checked still is 2
    #[arg(long)]
    exit_zero: bool,
    /// Print nothing but errors; reports are written
    #[arg(short, long)]
    quiet: bool,
    /// Show at most N findings, the worst first; all of them count [default: 100 on a terminal]
    #[arg(long, value_name = "N")]
    max_findings: Option<usize>,
    /// Name of this scan in SARIF, if several of one commit are uploaded
    #[arg(long, value_name = "NAME")]
    sarif_category: Option<String>,
}

impl clap::ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Format] {
        use std::sync::OnceLock;
        static ALL: OnceLock<Vec<Format>> = OnceLock::new();
        ALL.get_or_init(Format::all)
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let value = PossibleValue::new(self.name()).help(self.about());
        Some(if *self == Format::Text { value.alias("human") } else { value })
    }
}

/// `FORMAT=FILE`.
fn pair(text: &str) -> Result<(Format, PathBuf), String> {
    let known = || Format::all().iter().map(|f| f.name()).collect::<Vec<_>>().join(", ");
    let (name, file) =
        text.split_once('=').ok_or_else(|| "write FORMAT=FILE, as in sarif=stanch.sarif".to_owned())?;
    let format = Format::from_name(name)
        .ok_or_else(|| format!("no format is called {name}; there are {}", known()))?;
    if file.is_empty() {
        return Err(format!("no file is named; write {name}=FILE"));
    }
    Ok((format, PathBuf::from(file)))
}

/// Arguments for the end of a command that scans: what it prints and writes.
#[derive(Debug, clap::Args)]
pub(super) struct Ending {
    /// Also show what was allowed, with the reason
    #[arg(long)]
    show_suppressed: bool,
    #[command(flatten)]
    pub(super) reports: Reports,
    #[command(flatten)]
    telling: Verbosity,
}

impl Ending {
    /// Prints statistics, and returns the part of a decision that the reports show: unless `all`, without what was allowed.
    pub(super) fn shown(&self, decision: Screened, started: Instant, all: bool) -> Screened {
        self.telling.tell(&decision, started);
        if all || self.show_suppressed { decision } else { decision.without_suppressed() }
    }
}

impl Reports {
    /// The format of the main output.
    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Facts about a run in a repository, or outside of one, as far as a report includes them.
    pub(super) fn about(&self, repo: Option<&Repo>, began: Timestamp) -> About {
        let plain = matches!(self.format, Format::Text | Format::Json | Format::Jsonl);
        let of_head = repo.filter(|_| !plain || !self.reports.is_empty());
        let head = of_head.and_then(|r| r.head().ok().flatten()).map(|id| id.to_string());
        About::new(head, began, None, repo.and_then(Repo::work_dir))
    }

    /// Writes all reports, and what the CI system shows by itself; returns the exit code. A report that cannot
    /// be written is an error message, and the code is 2 unless something is blocked.
    pub(super) fn write(&self, decision: &Screened, about: &About, log: &Log, explain_score: bool) -> u8 {
        let about = &about.with_category(self.sarif_category.clone());
        let mut failed = Vec::new();
        let mut keep = |result: Result<(), Error>| failed.extend(result.err());
        keep(self.main(decision, about, log, explain_score));
        let mut reports = self.reports.clone();
        if log.system() == Some(System::GitLab) {
            for (format, file) in [
                (Format::Gitlab, "gl-secret-detection-report.json"),
                (Format::GitlabCodequality, "gl-code-quality-report.json"),
            ] {
                if !reports.iter().any(|(f, _)| *f == format) {
                    reports.push((format, PathBuf::from(file)));
                }
            }
        }
        let found = explain_score.then(|| decision.clone().without_explained());
        let decision = found.as_ref().unwrap_or(decision);
        for (format, file) in &reports {
            keep(rendered(*format, decision, about).and_then(|bytes| write_file(file, &bytes)));
        }
        keep(at_system(decision, about, log));
        failed.iter().for_each(super::tell);
        // A blocking finding counts even if its report could not be written.
        match decision.exit_code() {
            0 if !failed.is_empty() => 2,
            1 if self.exit_zero => {
                if failed.is_empty() {
                    0
                } else {
                    2
                }
            }
            code => code,
        }
    }

    /// The main output.
    fn main(&self, decision: &Screened, about: &About, log: &Log, explain_score: bool) -> Result<(), Error> {
        let text = self.format == Format::Text;
        #[allow(clippy::disallowed_methods, reason = "only asked what it is")]
        let is_terminal = io::stdout().is_terminal();
        let to_terminal = text && self.output.is_none() && is_terminal;
        let most = self.max_findings.unwrap_or(if to_terminal { ON_TERMINAL } else { usize::MAX });
        let mut shown = None;
        let all = decision.findings.iter().filter(|d| d.action != Action::Suppress).count();
        // The text format says itself how many findings are left out.
        if !text && all > most {
            shown = Some(decision.clone().worst(most));
        }
        let decision = shown.as_ref().unwrap_or(decision);
        let terminal = reader(about).at_most(most);
        if !text || self.output.is_some() {
            // Formats that hold only findings need the rest said beside them.
            let _ = report::human::render_unread(&reader(about), decision, &mut out::stderr());
            if all > most && !self.quiet {
                let _ = writeln!(
                    out::stderr(),
                    "stanch: {} findings are not shown: --max-findings {most}",
                    all - most
                );
            }
        }
        if let Some(file) = &self.output {
            return rendered(self.format, decision, about).and_then(|bytes| write_file(file, &bytes));
        }
        if self.quiet {
            return Ok(());
        }
        let fail = || Error::io("standard output");
        if log.system().is_some() && text {
            let mut bytes = Vec::new();
            self.format.render(decision, about, &terminal, &mut bytes).map_err(fail())?;
            let shown = log.harmless(&String::from_utf8_lossy(&bytes));
            return out::stdout().write_all(shown.as_bytes()).map_err(fail());
        }
        let mut out = BufWriter::new(out::stdout());
        let written = if explain_score && text {
            report::score::render(&terminal, decision, &mut out)
        } else {
            self.format.render(decision, about, &terminal, &mut out)
        };
        written.and_then(|()| out.flush()).map_err(fail())
    }
}

/// The reader's terminal: on it, paths are relative to the folder of the call.
fn reader(about: &About) -> Terminal {
    Terminal::from_env().seen_from(about.prefix())
}

/// A report as bytes, without styles.
pub(super) fn rendered(format: Format, decision: &Screened, about: &About) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let fail = || Error::io(format!("cannot make the {} report", format.name()));
    format.render(decision, about, &reader(about).listing(), &mut bytes).map_err(fail())?;
    if format == Format::Text {
        bytes = anstream::adapter::strip_bytes(&bytes).into_vec();
    }
    Ok(bytes)
}

/// The bytes of a report that a person names.
pub(super) fn read_report(file: &Path) -> Result<Vec<u8>, Error> {
    disk::read(file, Links::Follow, MAX_REPORT)
        .map_err(Error::io(format!("cannot read {}", shown_path(file))))
}

/// Replaces a file wholly or not at all. Anything but a plain file (a pipe, a device) is written to directly.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let fail = || Error::io(format!("cannot write the report {}", shown_path(path)));
    if path.as_os_str() == "-" {
        return out::stdout().write_all(bytes).map_err(fail());
    }
    let masked = crate::policy::Screen::builtin().output(bytes);
    let bytes = masked.as_deref().unwrap_or(bytes);
    if path.metadata().is_ok_and(|m| !m.is_file() && !m.is_dir()) {
        return OpenOptions::new()
            .write(true)
            .open(path)
            .and_then(|mut f| f.write_all(bytes))
            .map_err(fail());
    }
    if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(fail())?;
    }
    // A person may name a link.
    let place = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    disk::replace(&place, bytes, Mode::Keep, Beside::File).map_err(fail())
}

/// What a CI system shows outside the log: GitHub's annotations and job summary.
fn at_system(decision: &Screened, about: &About, log: &Log) -> Result<(), Error> {
    if log.system() != Some(System::GitHub) {
        return Ok(());
    }
    let bytes = rendered(Format::Github, decision, about)?;
    out::stdout().write_all(&bytes).map_err(Error::io("standard output"))?;
    let Some(file) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|file| !file.is_empty()) else {
        return Ok(());
    };
    let bytes = rendered(Format::Markdown, decision, about)?;
    let fail = || Error::io(format!("cannot write the job summary {}", shown_path(Path::new(&file))));
    // The step owns the file: what it wrote before stays.
    let mut options = OpenOptions::new();
    let file = disk::open_with(options.append(true).create(true), Path::new(&file), Links::Follow);
    file.and_then(|mut f| f.write_all(&bytes)).map_err(fail())
}
