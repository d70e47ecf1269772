//! The one integration binary.

mod browser;
mod codes;
mod http;
mod pages;
mod support;
