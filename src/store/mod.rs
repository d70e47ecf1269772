/*!
The store: what outlives the process, beside the corpus and its index.

Owns databases and nothing of the rules: features declare ports, each backend implements
them here in SQL of its own. SQLite is the one there is; PostgreSQL would stand beside it
as a second folder. Every behaviour a port promises is written once, in the contracts, and run
on each backend.
*/

#[cfg(test)]
mod contract;
#[cfg(test)]
mod contract_courses;
#[cfg(test)]
mod contract_history;
#[cfg(test)]
mod contract_notices;
mod sqlite;

pub use sqlite::{BackupReport, FILE, SqliteStore, StoreLimits, restore};
