//! Text with escapes before words.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| stanch::scan::fuzz::boundaries(data));
