/*!
Question -> ranked provisions.

Owns understanding the question, scoring by words and by vectors, fusing the scores and
leaving out what is not law on the as-of date. Synchronous and pure but for the index and
the embedder it is given; deterministic: equal scores are ordered by article.
*/

pub mod fuse;
pub mod partial;
pub mod search;
pub mod understand;

pub use search::{Hit, Outcome, search, search_among};
pub use understand::{Understood, understand};
