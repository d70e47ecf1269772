/*!
Amendments: what a document does to other documents, and the versions that follow from it.

[`read`] finds the instructions in an amending document, [`apply`] carries the certain ones
out on the text of the law they name. Pure. Whole provisions replaced, inserted or repealed,
chapters, sections and annexes ended, and words exchanged (a phrase wherever it stands in the
provision named, one word and words added to others where they stand once) are certain; anything else becomes a note on the provision and is never guessed.
*/

pub mod apply;
pub mod emit;
pub mod endings;
pub mod mention;
mod passive;
pub mod pieces;
pub mod read;
pub mod versions;
mod words;

#[cfg(test)]
mod tests;

use jiff::civil::Date;

pub use super::refs::Target;

/// A document as an instruction names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Named {
    /// Its number, where it is given.
    pub number: Option<String>,
    /// Its kind and name as written, `Luật Công đoàn`; may be cut short.
    pub name: String,
}

/// How a whole provision enters the law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// In place of the one that stands there.
    Replace,
    /// New; behind the provision named, else where its label belongs.
    Insert(Option<Target>),
}

/// What an instruction does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Whole provisions are replaced or inserted; their new text, as quoted, holds them in order.
    Text {
        /// The provisions and how they enter.
        parts: Vec<(How, Target)>,
        /// The quoted text.
        text: String,
    },
    /// Provisions are repealed.
    Repeal {
        /// Which.
        targets: Vec<Target>,
    },
    /// Words within provisions are exchanged.
    Words {
        /// What stands there.
        old: String,
        /// What stands there from now on.
        new: String,
        /// Where.
        targets: Vec<Target>,
    },
    /// The document ends as a whole.
    EndDocument {
        /// What stays in force or is settled elsewhere, as written; empty: nothing.
        except: String,
        /// Day from which it is no longer law, where the clause states its own.
        on: Option<Date>,
    },
    /// Something that is not understood well enough to be applied.
    Unclear {
        /// The provisions named, if any.
        targets: Vec<Target>,
    },
}

/// One instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// Node of the amending document that gives it.
    pub origin: usize,
    /// The document it concerns.
    pub document: Named,
    /// What it does.
    pub action: Action,
}
