//! The parsers of assignments, arguments and encoded text.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| stanch::scan::fuzz::values(data));
