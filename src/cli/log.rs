//! The log of a CI system: what it folds, which colours it shows, and which lines it would run as commands.

use super::out;
use crate::ci::System;
use crate::finding::printable;
use std::cell::Cell;
use std::io::Write;

/// Writes lines to the log.
pub(super) struct Log {
    system: Option<System>,
    /// True while steps are being folded.
    folded: Cell<bool>,
}

impl Log {
    pub(super) fn new(system: Option<System>) -> Log {
        Log { system, folded: Cell::new(false) }
    }

    /// The system that shows the log.
    pub(super) fn system(&self) -> Option<System> {
        self.system
    }

    /// Writes colours if the log shows them, though it is not a terminal. `NO_COLOR` wins.
    pub(super) fn use_colours(&self) {
        let shows = match self.system {
            Some(
                System::GitHub
                | System::GitLab
                | System::CircleCi
                | System::Travis
                | System::Buildkite
                | System::Drone
                | System::Woodpecker
                | System::AppVeyor
                | System::Azure,
            ) => true,
            Some(System::Jenkins | System::TeamCity | System::Bitbucket) | None => false,
        };
        if shows && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()) {
            anstream::ColorChoice::Always.write_global();
        }
    }

    /// Prints a line that is always shown.
    pub(super) fn line(&self, text: &str) {
        let _ = writeln!(
            out::stderr(),
            "{}",
            self.harmless(&format!("stanch ci: {}", printable(text.as_bytes())))
        );
    }

    /// Prints a progress step, folded if the system can fold.
    pub(super) fn step(&self, text: &str) {
        if !self.folded.replace(true)
            && let Some(begin) = self.fold()
        {
            let _ = writeln!(out::stderr(), "{begin}");
        }
        self.line(text);
    }

    /// Ends the fold, if there is one.
    pub(super) fn end_steps(&self) {
        let end = match self.system {
            Some(System::GitHub) => Some("::endgroup::"),
            Some(System::Azure) => Some("##[endgroup]"),
            Some(System::GitLab) => Some("\u{1b}[0Ksection_end:0:stanch_fetch\r\u{1b}[0K"),
            Some(System::Travis) => Some("travis_fold:end:stanch"),
            Some(System::TeamCity) => Some("##teamcity[blockClosed name='stanch: fetching history']"),
            _ => None,
        };
        if self.folded.replace(false)
            && let Some(end) = end
        {
            let _ = writeln!(out::stderr(), "{end}");
        }
    }

    fn fold(&self) -> Option<&'static str> {
        match self.system {
            Some(System::GitHub) => Some("::group::stanch: fetching history"),
            Some(System::Azure) => Some("##[group]stanch: fetching history"),
            Some(System::GitLab) => Some(
                "\u{1b}[0Ksection_start:0:stanch_fetch[collapsed=true]\r\u{1b}[0Kstanch: fetching history",
            ),
            Some(System::Travis) => Some("travis_fold:start:stanch"),
            Some(System::TeamCity) => Some("##teamcity[blockOpened name='stanch: fetching history']"),
            Some(System::Buildkite) => Some("--- stanch: fetching history"),
            _ => None,
        }
    }

    /// Text in which the system finds no commands: anyone can choose the names of files and branches.
    pub(super) fn harmless(&self, text: &str) -> String {
        // A space without width: the text looks the same.
        const GAP: char = '\u{200b}';
        let broken = |text: &str| {
            ["##[", "##vso[", "##teamcity["]
                .iter()
                .fold(text.to_owned(), |text, sign| text.replace(sign, &format!("##{GAP}{}", &sign[2..])))
        };
        let at_start = |text: &str, signs: &[&str]| {
            let line = |line: &str| match signs.iter().any(|sign| line.trim_start().starts_with(sign)) {
                true => format!("{GAP}{line}"),
                false => line.to_owned(),
            };
            text.split_inclusive('\n').map(line).collect::<String>()
        };
        match self.system {
            Some(System::GitHub) => at_start(&broken(text), &["::"]),
            Some(System::Azure | System::TeamCity) => broken(text),
            Some(System::Buildkite) => at_start(text, &["---", "+++", "~~~"]),
            Some(System::Travis) => at_start(text, &["travis_"]),
            _ => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_a_command_of_the_system_and_most_of_it_stays() {
        let text = "::error::x\n  ::set-output name=a::b\nstd::env\n##[error]y\n##vso[task.complete]z\n";
        let shown = Log::new(Some(System::GitHub)).harmless(text);
        assert!(shown.lines().all(|l| !l.trim_start().starts_with("::")), "{shown:?}");
        assert!(!shown.contains("##[") && shown.contains("std::env"), "{shown:?}");
        assert!(!Log::new(Some(System::Azure)).harmless(text).contains("##vso["));
        assert_eq!(Log::new(None).harmless(text), text);
    }
}
