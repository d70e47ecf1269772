/*!
The store: what outlives the process, beside the corpus and its index.

Owns databases and nothing of the rules: features declare ports, each backend implements
them here in SQL of its own. SQLite is the only one there is; another would stand beside it as
a second folder. What the ports promise is written once, in the contracts, and run on each
backend.
*/

#[cfg(test)]
mod contract;
#[cfg(test)]
mod contract_audit;
#[cfg(test)]
mod contract_courses;
#[cfg(test)]
mod contract_desk;
#[cfg(test)]
mod contract_feed;
#[cfg(test)]
mod contract_history;
#[cfg(test)]
mod contract_identity;
#[cfg(test)]
mod contract_mail;
#[cfg(test)]
mod contract_notices;
#[cfg(test)]
mod contract_replies;
#[cfg(test)]
mod contract_support;
mod sqlite;

pub use sqlite::{BackupNote, BackupReport, FILE, RestoreWish, SqliteStore, StoreLimits, restore};
