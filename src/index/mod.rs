/*!
Generations of the index.

Owns what lies in the data folder's `generations/`: words, vectors, document trees and
their manifest. A generation is built beside the active one, verified, and then made active
by one atomic rename; a crash at any point leaves the old one serving.
*/

pub mod build;
pub mod cache;
pub mod diff;
pub mod fill;
pub mod generation;
pub mod manifest;
pub mod provisions;
pub mod raw;
pub mod report;
pub mod scan;
pub mod store;
pub mod stored;
pub mod vectors;
pub mod words;

pub use generation::Generation;
pub use manifest::Manifest;
pub use store::GenerationStore;
