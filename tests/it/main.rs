//! The one integration binary.
#![expect(clippy::print_stderr, reason = "tests say what they skip")]

mod architecture;
mod browser;
mod cli;
mod codes;
mod generations;
mod http;
mod noise;
mod office;
mod own_words;
mod pages;
mod support;
mod tidy;
