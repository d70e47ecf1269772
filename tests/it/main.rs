//! The one integration binary.
#![expect(clippy::print_stderr, reason = "tests say what they skip")]

mod accents;
mod accounts;
mod admin;
mod answers;
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
mod openai_api;
mod own_words;
mod pages;
mod reload;
mod shell;
mod streams;
mod support;
mod tidy;
mod time;
mod units;
mod web_corpus;
