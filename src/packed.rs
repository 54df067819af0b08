//! Texts that few runs need: `build.rs` compresses them into the program, and the first reader unpacks them.

use flate2::bufread::DeflateDecoder;
use std::io::Read;

/// `src/rules/live_checks.toml`.
pub(crate) const LIVE_CHECKS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/live_checks.toml"));
/// `src/scan/former/0.1.txt`.
pub(crate) const FORMER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/0.1.txt"));
/// `src/config/schema.json`.
pub(crate) const SCHEMA: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/schema.json"));

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
        ] {
            let file = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
            assert_eq!(unpack(packed), std::fs::read_to_string(file).unwrap(), "{path}");
        }
    }
}
