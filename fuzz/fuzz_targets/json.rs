//! Any bytes as a `.json` file of the corpus: reader, clean-up, headings, metadata.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    congdoan::ingest::read_bytes("json", bytes);
});
