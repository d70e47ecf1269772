//! Any bytes as a `.md` file of the corpus: reader, clean-up, headings, metadata.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    congdoan::ingest::read_bytes("md", bytes);
});
