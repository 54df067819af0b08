//! The formats of `--format` and `--report`, and the functions that write them.

use super::about::About;
use super::terminal::Terminal;
use super::{checkstyle, csv, github, gitlab, html, human, json, junit, markdown, rdjsonl, sarif, sonarqube};
use crate::policy::Screened;
use std::io::{self, Write};

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "TABLE says what each is")]
pub enum Format {
    Text,
    Json,
    Jsonl,
    Sarif,
    Junit,
    Gitlab,
    GitlabCodequality,
    Github,
    Markdown,
    Html,
    Csv,
    Rdjsonl,
    Checkstyle,
    Sonarqube,
}

/// Each format with its name and purpose.
const TABLE: &[(Format, &str, &str)] = &[
    (Format::Text, "text", "For a person"),
    (Format::Json, "json", "One JSON array, an object for each finding"),
    (
        Format::Jsonl,
        "jsonl",
        "One JSON object a line, for each place: an id found with its secret has its own, with `part_of`",
    ),
    (Format::Sarif, "sarif", "SARIF 2.1.0, for code scanning"),
    (Format::Junit, "junit", "JUnit XML, for the test view of a CI system"),
    (Format::Gitlab, "gitlab", "GitLab's secret detection report"),
    (Format::GitlabCodequality, "gitlab-codequality", "GitLab's code quality report"),
    (Format::Github, "github", "Annotations of GitHub Actions"),
    (Format::Markdown, "markdown", "A summary for a job or a comment"),
    (Format::Html, "html", "One page with filters and advice"),
    (Format::Csv, "csv", "A table for spreadsheets"),
    (Format::Rdjsonl, "rdjsonl", "Diagnostics for reviewdog, one a line"),
    (Format::Checkstyle, "checkstyle", "Checkstyle XML"),
    (Format::Sonarqube, "sonarqube", "SonarQube's generic issues"),
];

impl Format {
    /// Every format.
    pub fn all() -> Vec<Format> {
        TABLE.iter().map(|(format, _, _)| *format).collect()
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// Its purpose.
    pub fn about(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> &'static (Format, &'static str, &'static str) {
        TABLE.iter().find(|row| row.0 == self).expect("internal: every format is in the table")
    }

    /// The format with this name.
    pub fn from_name(name: &str) -> Option<Format> {
        // The earlier name of the text format.
        let name = if name == "human" { "text" } else { name };
        TABLE.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// Writes the report.
    ///
    /// # Errors
    /// If the stream fails.
    pub fn render(
        self,
        decision: &Screened,
        about: &About,
        terminal: &Terminal,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        match self {
            Format::Text => human::render_for(terminal, decision, out),
            Format::Json => json::render(decision, out),
            Format::Jsonl => json::render_lines(decision, out),
            Format::Sarif => sarif::render_about(decision, about, out),
            Format::Junit => junit::render(decision, about, out),
            Format::Gitlab => gitlab::render(decision, about, out),
            Format::GitlabCodequality => gitlab::render_code_quality(decision, about, out),
            Format::Github => github::render(decision, about, out),
            Format::Markdown => markdown::render(decision, about, out),
            Format::Html => html::render(decision, about, out),
            Format::Csv => csv::render(decision, about, out),
            Format::Rdjsonl => rdjsonl::render(decision, about, out),
            Format::Checkstyle => checkstyle::render(decision, about, out),
            Format::Sonarqube => sonarqube::render(decision, about, out),
        }
    }
}
