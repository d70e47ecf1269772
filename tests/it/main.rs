//! The one integration binary.

mod architecture;
mod browser;
mod codes;
mod http;
mod pages;
mod support;
mod tidy;
