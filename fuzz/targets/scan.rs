//! Any text through the whole engine.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| stanch::scan::fuzz::scan(data));
