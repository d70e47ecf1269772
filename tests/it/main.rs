//! The one integration binary.
#![expect(clippy::print_stderr, reason = "tests say what they skip")]

mod architecture;
mod browser;
mod calc;
mod calc_rules;
mod cli;
mod codes;
mod generations;
mod http;
mod own_words;
mod pages;
mod support;
mod tidy;
