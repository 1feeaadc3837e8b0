//! Fuzzes [`ingenium_fuzz::timestamp`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| ingenium_fuzz::timestamp(input));
