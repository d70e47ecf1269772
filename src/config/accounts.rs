/*! `[accounts]`: who may ask, and where messages to members go. */

use std::path::PathBuf;

use serde::Deserialize;

/// Who may ask, and where messages to members go.
#[derive(Debug, Clone)]
pub struct AccountsConfig {
    /// Whether those may ask who are not signed in.
    pub anonymous_asking: bool,
    /// File that takes text messages with invite codes, a line of JSON each, for the union's own
    /// gateway to send; none: no message is written.
    pub sms_log: Option<PathBuf>,
}

/// `[accounts]` as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawAccounts {
    /// See [`AccountsConfig::anonymous_asking`].
    pub anonymous_asking: Option<bool>,
    /// See [`AccountsConfig::sms_log`].
    pub sms_log: Option<PathBuf>,
}

impl RawAccounts {
    /// With defaults filled in.
    pub(super) fn resolve(self) -> AccountsConfig {
        AccountsConfig { anonymous_asking: self.anonymous_asking.unwrap_or(true), sms_log: self.sms_log }
    }
}
