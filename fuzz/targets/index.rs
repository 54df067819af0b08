//! The short way to the staged change, on a broken index.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| stanch::git::fuzz::index(data));
