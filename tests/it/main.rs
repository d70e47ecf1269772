//! The one integration binary.
#![expect(clippy::print_stderr, reason = "tests say what they skip")]

mod architecture;
mod browser;
mod codes;
mod http;
mod own_words;
mod pages;
mod support;
mod tidy;
