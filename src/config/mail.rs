/*! `[mail]`: where mails that tell of notices are handed over; without it there are none. */

use std::path::PathBuf;

use serde::Deserialize;

/// Where mails are handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailWay {
    /// A folder that a mail program picks `.eml` files up from.
    Outbox(PathBuf),
    /// A program that takes a message on its input, called with `-t -i` as `sendmail` is.
    Command(PathBuf),
}

/// Mails that tell of notices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailConfig {
    /// Address they come from.
    pub from: String,
    /// Where they are handed over.
    pub way: MailWay,
}

/// `[mail]` as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawMail {
    /// See [`MailConfig::from`].
    pub from: Option<String>,
    /// See [`MailWay::Outbox`].
    pub outbox: Option<PathBuf>,
    /// See [`MailWay::Command`].
    pub command: Option<PathBuf>,
}

impl RawMail {
    /// The settings, where there are any; what is wrong is collected in `mistakes`.
    pub(super) fn resolve(self, has_public_url: bool, mistakes: &mut Vec<String>) -> Option<MailConfig> {
        let way = match (self.outbox, self.command) {
            (None, None) if self.from.is_none() => return None,
            (Some(outbox), None) => MailWay::Outbox(outbox),
            (None, Some(command)) if command.is_absolute() => MailWay::Command(command),
            (None, Some(_)) => {
                mistakes.push("mail.command: write the whole path of the program".to_owned());
                return None;
            }
            _ => {
                mistakes.push("mail: write one of `outbox` (a folder) and `command` (a program)".to_owned());
                return None;
            }
        };
        let from = self.from.unwrap_or_default();
        let fits = from.is_ascii()
            && from.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
            && !from
                .bytes()
                .any(|byte| byte.is_ascii_whitespace() || byte.is_ascii_control() || b"<>,".contains(&byte));
        if !fits {
            mistakes.push("mail.from: write an address, e.g. khong-tra-loi@congdoan.vn".to_owned());
        }
        if !has_public_url {
            mistakes.push("mail: links in mails need http.public_url".to_owned());
        }
        Some(MailConfig { from, way })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_need_an_address_one_way_and_a_site() {
        let raw = |from: &str, outbox: &str, command: &str| RawMail {
            from: (!from.is_empty()).then(|| from.to_owned()),
            outbox: (!outbox.is_empty()).then(|| outbox.into()),
            command: (!command.is_empty()).then(|| command.into()),
        };
        let mistakes = |raw: RawMail, has_site: bool| {
            let mut mistakes = Vec::new();
            let mail = raw.resolve(has_site, &mut mistakes);
            (mail.is_some(), mistakes.len())
        };
        assert_eq!(mistakes(raw("", "", ""), false), (false, 0), "not wished for");
        assert_eq!(mistakes(raw("a@b.vn", "/o", ""), true), (true, 0));
        assert_eq!(mistakes(raw("a@b.vn", "", "/usr/sbin/sendmail"), true), (true, 0));
        assert_eq!(mistakes(raw("a@b.vn", "", "sendmail"), true), (false, 1));
        assert_eq!(mistakes(raw("a@b.vn", "/o", "/p"), true), (false, 1));
        assert_eq!(mistakes(raw("a@b.vn", "", ""), true), (false, 1));
        assert_eq!(mistakes(raw("a b", "/o", ""), false), (true, 2));
    }
}
