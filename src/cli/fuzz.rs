//! Doors for the fuzz targets in `fuzz/`: files that a person or another tool wrote. Only there when `cargo fuzz`
//! builds (`cfg(fuzzing)`).

use crate::config::{Config, Layer, edit, file};
use crate::policy::{Baseline, Markers};

/// A configuration, a baseline and inline markers: refused or read.
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

/// Another tool's rules: refused, or carried over as rules that are right.
pub fn import(data: &[u8]) {
    super::rules::fuzz_import(&String::from_utf8_lossy(data));
}
