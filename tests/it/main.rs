//! The one integration binary.

mod codes;
mod support;
