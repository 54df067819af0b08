//! Any bytes in whatever encoding, and a line behind them.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| stanch::scan::fuzz::encodings(data));
