//! A pack with its index, and the deltas in it.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| stanch::git::fuzz::packs(data));
