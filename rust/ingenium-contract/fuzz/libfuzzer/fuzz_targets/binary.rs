//! Fuzzes [`ingenium_fuzz::binary`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| ingenium_fuzz::binary(input));
