//! Fuzzes [`ingenium_fuzz::decoders`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| ingenium_fuzz::decoders(input));
