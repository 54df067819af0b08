//! Reads what a configuration extends: its files, in the order in which they are laid.

use super::files::Text;
use crate::config::extends::{LOCK_FILE, Lock, Origin, extends};
use crate::config::{self, ConfigError, Layer};
use crate::error::Error;
use crate::finding::printable;

/// Most files that one configuration may extend in total; ends chains that are too long.
const MOST: usize = 32;

/// A configuration file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// Its origin; `None` for the layer's own file.
    pub(crate) origin: Option<Origin>,
    pub(crate) text: String,
}

impl Part {
    /// Its name for messages; `own` is the name of the layer's file.
    pub(crate) fn name(&self, own: &str) -> String {
        self.origin.as_ref().map_or_else(|| own.to_owned(), ToString::to_string)
    }
}

/// The files that a configuration extends, followed by itself. `read` reads a file by its path.
pub(crate) fn parts(
    layer: Layer,
    text: String,
    name: &str,
    read: &dyn Fn(&str) -> Result<Text, Error>,
) -> Result<Vec<Part>, Error> {
    let mut reading = Reading { layer, read, lock: None, parts: Vec::new(), open: Vec::new() };
    reading.add(&text, name)?;
    reading.parts.push(Part { origin: None, text });
    Ok(reading.parts)
}

/// The entries from elsewhere in a configuration and in the files that it extends, for the lock.
pub(crate) fn from_elsewhere(
    text: &str,
    name: &str,
    read: &dyn Fn(&str) -> Result<Text, Error>,
) -> Result<Vec<Origin>, Error> {
    let mut out = Vec::new();
    let mut todo = vec![(text.to_owned(), name.to_owned())];
    let mut seen = 0;
    while let Some((text, name)) = todo.pop() {
        seen += 1;
        for (origin, line) in extends(Layer::Repository, &text, &name)? {
            match &origin {
                Origin::File(path) if seen <= MOST => {
                    let text = read(path)?.ok_or_else(|| missing(&name, line, &origin))?;
                    todo.push((text, printable(path.as_bytes())));
                }
                Origin::File(_) => {}
                _ if out.contains(&origin) => {}
                _ => out.push(origin),
            }
        }
    }
    Ok(out)
}

struct Reading<'a> {
    layer: Layer,
    read: &'a dyn Fn(&str) -> Result<Text, Error>,
    lock: Option<Lock>,
    parts: Vec<Part>,
    /// The files whose entries are being read, from the outermost.
    open: Vec<String>,
}

impl Reading<'_> {
    /// Adds what a file extends.
    fn add(&mut self, text: &str, name: &str) -> Result<(), Error> {
        for (origin, line) in extends(self.layer, text, name)? {
            let fail =
                |what: String| ConfigError { file: name.to_owned(), line, what: format!("extends: {what}") };
            if let Origin::File(path) = &origin
                && self.open.contains(path)
            {
                let chain = self.open.iter().chain([path]).map(|p| printable(p.as_bytes()));
                return Err(fail(format!(
                    "leads back to itself: {}; take one out",
                    chain.collect::<Vec<_>>().join(" -> ")
                ))
                .into());
            }
            if self.parts.iter().any(|part| part.origin.as_ref() == Some(&origin)) {
                continue;
            }
            if self.parts.len() + self.open.len() >= MOST {
                return Err(fail(format!("is one file too many: {MOST} are the most")).into());
            }
            let text = match &origin {
                Origin::File(path) => {
                    let text = (self.read)(path)?.ok_or_else(|| missing(name, line, &origin))?;
                    self.open.push(path.clone());
                    self.add(&text, &printable(path.as_bytes()))?;
                    self.open.pop();
                    text
                }
                _ => {
                    let text = self.locked(&origin)?.ok_or_else(|| {
                        fail(format!(
                            "{origin} is not in {LOCK_FILE}; run `stanch config update`, and commit both"
                        ))
                    })?;
                    alone(&text, &origin, self.layer)?;
                    text
                }
            };
            self.parts.push(Part { origin: Some(origin), text });
        }
        Ok(())
    }

    fn locked(&mut self, origin: &Origin) -> Result<Option<String>, Error> {
        if self.lock.is_none() {
            let text = (self.read)(LOCK_FILE)?.unwrap_or_default();
            self.lock = Some(Lock::parse(&text, LOCK_FILE)?);
        }
        Ok(self.lock.as_ref().and_then(|lock| lock.text(origin)).map(str::to_owned))
    }
}

/// Checks a file from elsewhere, which may not name paths: they would be another repository's.
pub(crate) fn alone(text: &str, origin: &Origin, layer: Layer) -> Result<(), ConfigError> {
    let name = origin.to_string();
    let other = extends(layer, text, &name)?.first().map(|(_, line)| *line);
    let rules = config::rule_files(layer, text, &name)?.first().map(|named| named.line);
    match other.or(rules) {
        None => Ok(()),
        Some(line) => {
            let what =
                "a file from elsewhere has neither extends nor rule_files; put it all into the one file";
            Err(ConfigError { file: name, line, what: what.to_owned() })
        }
    }
}

fn missing(name: &str, line: usize, origin: &Origin) -> ConfigError {
    let what = format!("extends: there is no file {origin}; write its path from where this file lies");
    ConfigError { file: name.to_owned(), line, what }
}
