//! The one integration binary.
#![expect(clippy::print_stderr, reason = "tests say what they skip")]

mod admin;
mod architecture;
mod browser;
mod cli;
mod codes;
mod generations;
mod http;
mod own_words;
mod pages;
mod reload;
mod support;
mod tidy;
