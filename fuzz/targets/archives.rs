//! Any bytes as an archive of any format.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| stanch::archive::fuzz::archives(data));
