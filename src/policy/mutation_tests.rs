//! Broken input: configurations, baselines and markers, which a person or another tool wrote.

use crate::config::{Config, Layer, edit, file};
use crate::policy::{Baseline, Markers};
use crate::test_support::each;

const CONFIGURATION: &str = r#"schema = 1
contact = "security@example.com"
baseline = ".stanch-baseline"
[block]
severity = "high"
confidence = "medium"
[limits]
max_blob_mb = 20
decode_depth = 1
[inline]
enabled = true
[audit]
enabled = true
remind_days = 30
[rules.generic-password]
enabled = false
[[path]]
glob = "vendor/**"
mode = "warn"
reason = "not ours"
[[allow]]
fingerprint = "0123456789abcdef0123"
reason = "a test's key"
expires = 2027-01-01
[[rule]]
id = "own"
name = "Own"
kind = "token"
severity = "low"
confidence = "low"
keywords = ["zzq"]
regex = '''(?P<secret>zzq[a-z]{4})'''
examples = ["zzqabcd"]
negative_examples = ["zz"]
"#;

#[test]
fn a_broken_configuration_is_refused_or_laid_and_edited() {
    let parts = CONFIGURATION.split_inclusive("[[").map(|p| p.as_bytes().to_vec());
    let valid: Vec<Vec<u8>> = parts.chain([CONFIGURATION.as_bytes().to_vec()]).collect();
    each("configurations", 500, &valid, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let _ = file::File::parse(&text, "f");
        let _ = Config::default().lay(Layer::Repository, &text, "f");
        let _ = edit::add_allow(&text, "f", &[]);
    });
}

#[test]
fn a_broken_baseline_and_broken_markers_are_read() {
    let valid = [
        b"# Secrets known\n0123456789abcdef0123 aws-access-key-id\nfedcba98765432100123 generic-password\n".to_vec(),
        b"x = 1  # stanch:allow rule=generic-password reason=\"a test\" until=2027-01-01\n// gitleaks:allow\n\
          y # pragma: allowlist secret\n# pragma: allowlist nextline secret\n"
            .to_vec(),
    ];
    each("baselines and markers", 1000, &valid, |bytes| {
        let (baseline, broken) = Baseline::parse(bytes);
        let lines = bytes.split(|b| *b == b'\n').count();
        assert!(baseline.iter().len() + broken.len() <= lines);
        let _ = Markers::of(bytes);
    });
}
