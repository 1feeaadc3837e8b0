//! Fuzzes [`ingenium_fuzz::batch`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| ingenium_fuzz::batch(input));
