//! The `congdoan` binary.

fn main() {}
