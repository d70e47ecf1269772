/*!
The official codification (Bộ pháp điển): articles under subjects -> source documents.

[`scan`] reads a file, [`note`] the source line of an article, [`collect`] gathers the
articles of all files by source document, [`build`] makes the documents. The codification's
own numbers (`20.2.NĐ.3.57`) are used to find links and for nothing else: what is cited is
the article of the source document.
*/

pub mod build;
pub mod collect;
pub mod note;
pub mod scan;

pub use build::Finished;
pub use collect::{Added, Codification, Origin};

#[cfg(test)]
mod tests;
