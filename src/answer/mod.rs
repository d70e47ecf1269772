/*!
Asking: retrieve -> compose -> generate -> ground -> events.

Owns the answer and its checks. Citation numbers come from here alone, from stored
provisions: a model's text can never create a citation. [`compose`] makes stage (a) without
a model, [`ground`] checks what a model wrote and shares nothing with it.
*/

pub mod abstain;
pub mod ask;
pub mod asked;
pub mod chat;
pub mod claim;
pub mod clarify;
pub mod compose;
pub mod condense;
pub mod definition;
pub mod direct;
pub mod exception;
pub mod figure;
pub mod gap;
pub mod ground;
pub mod guided;
pub mod next;
pub mod numbers;
pub mod pieces;
pub mod premise;
mod question;
pub mod sentences;
pub mod support;
pub mod table;
pub mod types;
pub mod worked;
pub mod yes_no;

pub use ask::AskContext;
pub use question::Question;
pub use types::*;
