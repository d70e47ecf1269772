//! The one integration binary.

mod browser;
mod http;
mod pages;
mod support;
