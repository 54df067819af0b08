//! User rule files.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| stanch::scan::fuzz::rules(data));
