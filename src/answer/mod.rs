/*!
Asking: retrieve -> compose -> generate -> ground -> events.

Owns the answer and its checks. Citation numbers come from here alone, from stored
provisions: a model's text can never create a citation. [`compose`] makes stage (a) without
a model, [`ground`] checks what a model wrote and shares nothing with it.
*/

pub mod ask;
pub mod compose;
pub mod condense;
pub mod gap;
pub mod ground;
pub mod numbers;
mod question;
pub mod sentences;
pub mod support;
pub mod table;
pub mod types;

pub use ask::AskContext;
pub use question::Question;
pub use types::*;
