//! Fuzzes [`ingenium_fuzz::decimal`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| ingenium_fuzz::decimal(input));
