/*!
Question -> ranked provisions.

Owns understanding the question, scoring by words and by vectors, fusing the scores and
leaving out what is not law on the as-of date. Synchronous and pure but for the index and
the embedder it is given; deterministic: equal scores are ordered by article.
*/

pub mod dense;
pub mod fit;
pub mod fuse;
pub mod named;
pub mod partial;
pub mod score;
pub mod search;
mod twins;
pub mod understand;

pub use named::Standing;
pub use score::Parts;
pub use search::{Hit, Outcome, Query, in_force, search};
pub use understand::{Understood, understand};
