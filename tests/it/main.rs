//! The one integration binary.
#![expect(clippy::print_stderr, reason = "tests say what they skip")]

mod accents;
mod accounts;
mod admin;
mod architecture;
mod authorization;
mod browser;
mod calc;
mod calc_rules;
mod cli;
mod codes;
mod environment;
mod generations;
mod history;
mod http;
mod keeping;
mod limits;
mod manifest;
mod members_cli;
mod noise;
mod office;
mod openai_api;
mod own_words;
mod pages;
mod people;
mod reload;
mod reviews;
mod shell;
mod signing_in;
mod streams;
mod support;
mod table;
mod tidy;
mod time;
mod units;
mod web_corpus;
