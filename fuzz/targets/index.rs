//! The fast reader of staged changes, on a broken index.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| stanch::git::fuzz::index(data));
