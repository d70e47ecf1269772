//! The one integration binary.
#![expect(clippy::print_stderr, reason = "tests say what they skip")]

mod accents;
mod admin;
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
mod manifest;
mod noise;
mod office;
mod own_words;
mod pages;
mod reload;
mod retrieval;
mod shell;
mod support;
mod tidy;
mod time;
mod units;
mod web_corpus;
