//! The file of a container image.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| stanch::image::fuzz::images(data));
