/*!
JSON mirrors of what the rims show (contract).

Owns every key name that another program may rely on; `http` and the command line's
`--json` print these and nothing else. They are mirrors, not the domain types, so that
the inside may change while the keys stay. Nothing here decides anything.
*/

mod answer;
mod calc;
mod completion;
mod corpus;
mod courses;
mod history;
mod label;
mod law;
mod notices;
mod people;
mod problem;
mod review;
mod search;

pub use answer::*;
pub use calc::*;
pub use completion::*;
pub use corpus::*;
pub use courses::*;
pub use history::*;
pub use label::*;
pub use law::*;
pub use notices::*;
pub use people::*;
pub use problem::*;
pub use review::*;
pub use search::*;

use jiff::civil::Date;

/// Dates travel as `2026-01-01`.
fn date_text(date: Date) -> String {
    date.to_string()
}
