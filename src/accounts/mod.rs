/*!
People: who they are, where they belong, what they may do, how they sign in.

Owns the rules; what it keeps goes through the ports of [`port`], which `store` implements.
Every method takes who asks ([`Actor`]) and decides itself; no rim checks a role. Passwords,
tokens and contacts never leave it in the clear but to their owner.
*/

mod actor;
mod api_keys;
mod csv_rows;
mod import;
mod login;
mod manage;
mod password;
pub mod port;
mod sign_in;
mod sms;
mod types;

use std::sync::Arc;

pub use actor::{Actor, Scope, Via, Visitor};
pub use api_keys::NewApiKey;
pub use import::{HandOver, ImportKind, ImportReport, ImportWish, IssuedCode, RowProblem};
pub use login::{Login, LoginKind};
pub use manage::{FirstAdmin, MemberDetail, MemberList, MemberListWish};
pub use password::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, Password};
pub use port::*;
pub use sign_in::{ClientFacts, SignedIn};
pub use sms::{LogFile, SmsGateway};
pub use types::*;

use crate::{
    error::Result,
    secrets::{Hash, Keys, Purpose, Token},
};

/// The service of accounts.
pub struct Accounts {
    people: Arc<dyn PeopleStore>,
    sign_ins: Arc<dyn SignInStore>,
    keys: Arc<Keys>,
    passwords: password::Passwords,
    addresses: sign_in::AddressRates,
    quotas: api_keys::Quotas,
}

impl Accounts {
    /// The service over a store.
    ///
    /// # Errors
    /// `Internal` when its threads cannot be started.
    pub fn start(people: Arc<dyn PeopleStore>, sign_ins: Arc<dyn SignInStore>, keys: Arc<Keys>) -> Result<Self> {
        Ok(Self {
            people,
            sign_ins,
            keys,
            passwords: password::Passwords::start()?,
            addresses: sign_in::AddressRates::new(),
            quotas: api_keys::Quotas::default(),
        })
    }

    /// The token that forms of a session carry: a page of another site cannot know it.
    pub fn form_token(&self, session: &Token) -> String {
        hex(&self.keys.hash(Purpose::Form, session.expose().as_bytes()))
    }

    /// Whether a form carries its session's token.
    pub fn is_form_token(&self, session: &Token, given: &str) -> bool {
        crate::secrets::same(self.form_token(session).as_bytes(), given.as_bytes())
    }
}

/// A name as it is ordered and looked for: without case and accents.
pub fn fold_name(name: &str) -> String {
    crate::law::text::fold(name)
}

fn hex(hash: &Hash) -> String {
    hash.iter().fold(String::with_capacity(2 * hash.len()), |text, byte| format!("{text}{byte:02x}"))
}
