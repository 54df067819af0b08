//! Importing another tool's rules.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| stanch::cli::fuzz::import(data));
