//! Entry points for the fuzz targets in `fuzz/`: files written by a person or another tool. Compiled only for
//! `cargo fuzz` (`cfg(fuzzing)`).

use crate::config::{Config, Layer, edit, file};
use crate::policy::{Baseline, Markers};

/// A configuration, a baseline and inline markers must be refused or parsed.
pub fn settings(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let _ = file::File::parse(&text, "f");
    let _ = Config::default().lay(Layer::Repository, &text, "f");
    let _ = Config::default().lay_rules(Layer::Repository, &text, "f");
    let _ = edit::add_allow(&text, "f", &[]);
    let (baseline, broken) = Baseline::parse(data);
    assert!(baseline.iter().len() + broken.len() <= data.split(|b| *b == b'\n').count());
    let _ = Markers::of(data);
}

/// Another tool's rules must be refused, or converted into valid rules.
pub fn import(data: &[u8]) {
    super::rules::fuzz_import(&String::from_utf8_lossy(data));
}
