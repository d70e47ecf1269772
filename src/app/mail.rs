/*! Mails as the settings have them. */

use std::sync::Arc;

use jiff::Timestamp;

use super::App;
use crate::{
    config::{Config, MailWay},
    error::Result,
    mail::{
        MailSetup,
        ways::{Command, Outbox, Way},
    },
};

/// Mails as the settings have them; none without settings.
pub(super) fn mail_setup(config: &Config) -> Option<MailSetup> {
    let mail = config.mail.as_ref()?;
    let way: Arc<dyn Way> = match &mail.way {
        MailWay::Outbox(folder) => Arc::new(Outbox(folder.clone())),
        MailWay::Command(program) => Arc::new(Command(program.clone())),
    };
    let site = config.http.public_url.clone().unwrap_or_default();
    Some(MailSetup { from: mail.from.clone(), site, way })
}

impl App {
    /// Makes mails of what is new and hands over what waits; how many were handed over.
    ///
    /// # Errors
    /// `Unavailable` where there is no store; when that fails.
    pub async fn mail_round(&self, now: Timestamp) -> Result<u64> {
        self.mails()?.round(now).await
    }
}
