//! Records of the audit log as JSON, JSON Lines and CSV.

use super::Format;
use super::csv::row;
use crate::policy::audit::Record;
use std::io::{self, Write};

/// The columns of CSV: the fields of a record.
const HEADER: [&str; 19] = [
    "time",
    "decision",
    "stage",
    "host",
    "user",
    "author",
    "agent",
    "repository",
    "commit",
    "remote",
    "path",
    "line",
    "rule",
    "severity",
    "confidence",
    "fingerprint",
    "reason",
    "unread",
    "blob",
];

/// Writes records one after the other, so that a log of any size takes no memory.
#[derive(Debug)]
pub struct Table {
    format: Format,
    is_first: bool,
}

impl Table {
    /// A table in one of the three formats; any other is written as JSON Lines.
    pub fn new(format: Format) -> Table {
        Table { format, is_first: true }
    }

    /// Writes what stands before the first record.
    ///
    /// # Errors
    /// If the stream fails.
    pub fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            Format::Json => write!(out, "["),
            Format::Csv => writeln!(out, "{}", HEADER.join(",")),
            _ => Ok(()),
        }
    }

    /// Writes a record.
    ///
    /// # Errors
    /// If the stream fails.
    pub fn add(&mut self, record: &Record, out: &mut dyn Write) -> io::Result<()> {
        let is_first = std::mem::replace(&mut self.is_first, false);
        match self.format {
            Format::Json => {
                out.write_all(if is_first { b"\n" } else { b",\n" })?;
                Ok(serde_json::to_writer(out, record)?)
            }
            Format::Csv => writeln!(out, "{}", row(&cells(record))),
            _ => {
                serde_json::to_writer(&mut *out, record)?;
                writeln!(out)
            }
        }
    }

    /// Writes what stands after the last record.
    ///
    /// # Errors
    /// If the stream fails.
    pub fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            Format::Json if self.is_first => writeln!(out, "]"),
            Format::Json => writeln!(out, "\n]"),
            _ => Ok(()),
        }
    }
}

fn cells(r: &Record) -> [String; 19] {
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        r.time.to_string(),
        r.decision.clone(),
        r.stage.clone(),
        r.host.clone(),
        r.user.clone(),
        r.author.clone(),
        optional(&r.agent),
        r.repository.clone(),
        optional(&r.commit),
        optional(&r.remote),
        r.path.clone(),
        // Of a record for several places, or of unread content, there is no line.
        if r.line == 0 { String::new() } else { r.line.to_string() },
        r.rule.clone(),
        r.severity.clone(),
        r.confidence.clone(),
        r.fingerprint.clone(),
        r.reason.clone(),
        optional(&r.unread),
        optional(&r.blob),
    ]
}
