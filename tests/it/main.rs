//! The one integration binary.
#![expect(clippy::print_stderr, reason = "tests say what they skip")]

mod accents;
mod architecture;
mod browser;
mod calc;
mod calc_rules;
mod cli;
mod codes;
mod environment;
mod generations;
mod http;
mod limits;
mod noise;
mod own_words;
mod pages;
mod shell;
mod support;
mod tidy;
mod units;
