/*!
People: who they are, where they belong, what they may do, how they sign in.

Owns the rules; what it keeps goes through the ports of [`port`], which `store` implements.
Every method that shows or changes people takes who asks ([`Actor`]) and decides itself; no
rim checks a role. Two take none, being for who holds the machine: imports and the first admin.
Passwords and tokens never leave it in the clear but to their owner; contacts do for their owner
and for the admins of their unit.
*/

mod actor;
mod api_keys;
mod audience;
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
pub use manage::{FirstAdmin, Invitation, MemberDetail, MemberList, MemberListWish, MessageTaken};
pub use password::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, Password};
pub use port::*;
pub use sign_in::{ClientFacts, SignedIn};
pub use sms::{LogFile, ShortMessage, SmsGateway};
pub use types::*;

use crate::{
    error::Result,
    hex::hex,
    secrets::{Keys, Purpose, Token},
};

/// The service of accounts.
pub struct Accounts {
    people: Arc<dyn PeopleStore>,
    sign_ins: Arc<dyn SignInStore>,
    keys: Arc<Keys>,
    passwords: password::Passwords,
    addresses: sign_in::AddressRates,
    quotas: api_keys::Quotas,
    sms: Option<Arc<dyn SmsGateway>>,
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
            sms: None,
        })
    }

    /// The same with a gateway that takes messages with invite codes.
    #[must_use]
    pub fn with_sms(self, gateway: Arc<dyn SmsGateway>) -> Self {
        Self { sms: Some(gateway), ..self }
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
