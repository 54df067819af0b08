//! Configurations, baselines and inline markers.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| stanch::cli::fuzz::settings(data));
