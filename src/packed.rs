//! Texts that few runs need: `build.rs` compresses them into the program, and the first reader unpacks them.

use flate2::bufread::DeflateDecoder;
use std::io::Read;
use std::sync::OnceLock;

/// `src/rules/live_checks.toml`.
pub(crate) const LIVE_CHECKS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/live_checks.toml"));
/// `src/scan/former/0.1.txt`.
pub(crate) const FORMER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/0.1.txt"));
/// `src/config/schema.json`.
pub(crate) const SCHEMA: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/schema.json"));
/// `src/validate/bip39_english.txt`.
pub(crate) const MNEMONICS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/bip39_english.txt"));

/// The files below `src/report/snippets`.
const SNIPPETS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/snippets"));

/// The text of the file at this path below `src/report/snippets`.
pub(crate) fn snippet(path: &str) -> &'static str {
    static FILES: OnceLock<&'static str> = OnceLock::new();
    let files = FILES.get_or_init(|| unpack(SNIPPETS).leak()).split('\x1d');
    let mut named = files.filter_map(|file| file.split_once('\n'));
    named.find(|(name, _)| *name == path).expect("internal: a snippet for every target and store").1
}

/// Unpacks a text that `build.rs` packed.
pub(crate) fn unpack(packed: &[u8]) -> String {
    let mut text = String::new();
    DeflateDecoder::new(packed).read_to_string(&mut text).expect("internal: what the build packed unpacks");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_is_the_file() {
        for (packed, path) in [
            (LIVE_CHECKS, "src/rules/live_checks.toml"),
            (FORMER, "src/scan/former/0.1.txt"),
            (SCHEMA, "src/config/schema.json"),
            (MNEMONICS, "src/validate/bip39_english.txt"),
        ] {
            let file = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
            assert_eq!(unpack(packed), std::fs::read_to_string(file).unwrap(), "{path}");
        }
    }

    #[test]
    fn each_snippet_is_the_file() {
        let folder = format!("{}/src/report/snippets", env!("CARGO_MANIFEST_DIR"));
        for path in ["python/env.py", "kubernetes/1password.yml", "webhook/webhook.php"] {
            assert_eq!(snippet(path), std::fs::read_to_string(format!("{folder}/{path}")).unwrap(), "{path}");
        }
    }
}
