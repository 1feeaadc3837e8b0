//! Fuzzes [`ingenium_fuzz::schemas`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| ingenium_fuzz::schemas(input));
