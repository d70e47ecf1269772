/*!
What the readers of Word's two formats share: blocks of text, labels of automatic lists,
symbols, legacy fonts. Knows neither container.
*/

pub mod blocks;
pub mod fields;
pub mod fonts;
pub mod lists;
pub mod symbols;
