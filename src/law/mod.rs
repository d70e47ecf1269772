/*!
The law as values: documents, provisions, citations, validity, Vietnamese text.

Pure: no file, no clock, no network, no index. Everything here can be tested with a
string on one side and a value on the other.
*/

pub mod accents;
pub mod audience;
pub mod citation;
pub mod document;
pub mod label;
pub mod meta;
pub mod page;
pub mod relation;
pub mod text;
pub mod validity;

pub use audience::Audience;
pub use citation::Citation;
pub use document::{Document, Heading, Node, NodeKind};
pub use meta::{DocumentKind, DocumentMeta, Source, Trust};
pub use relation::{Relation, RelationKind};
pub use validity::Validity;
