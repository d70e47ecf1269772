/*!
Composition root: what the rims (`http`, `web`, `cli`) may ask of the program.
*/

pub mod types;

pub use types::*;
