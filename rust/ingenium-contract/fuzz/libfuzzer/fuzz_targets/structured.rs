//! Fuzzes [`ingenium_fuzz::structured`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| ingenium_fuzz::structured(input));
