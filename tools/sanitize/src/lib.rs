/*!
The vector kernels alone, so that a sanitizer can be built around them in seconds.

Owns nothing: the files are those of the program, with their property tests.
*/
#![allow(dead_code, reason = "the program uses what the tests here do not")]

#[path = "../../../src/embed/int8/attention.rs"]
mod attention;
#[path = "../../../src/embed/int8/kernels.rs"]
mod kernels;
#[path = "../../../src/embed/int8/linear.rs"]
mod linear;
#[path = "../../../src/embed/int8/math.rs"]
mod math;
#[path = "../../../src/simd.rs"]
mod simd;
#[cfg(test)]
#[path = "../../../src/embed/int8/tests.rs"]
mod tests;
