//! Commits, tags, trees and lists of refs.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| stanch::git::fuzz::objects(data));
