/*!
Keys, tokens and sealed texts: the only place that handles key material.

Owns the key file of a data folder, what is derived from it, and random tokens and codes.
A stolen database without the key file gives neither sessions nor invite codes nor the
words of a question. It never logs what it handles, and knows nothing of members.
*/

mod code;
mod keys;

pub use code::{CODE_RANDOM_BITS, Code};
pub use keys::Keys;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::error::{Error, Result};

/// Random bytes of a token: 256 bits cannot be guessed, so that a fast hash of it suffices.
const TOKEN_BYTES: usize = 32;

/// A hash under the key of one purpose.
pub type Hash = [u8; 32];

/// What a keyed hash is for; hashes of two purposes never agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Tokens of sessions.
    Session,
    /// Tokens of forms.
    Form,
    /// Invite codes.
    Invite,
    /// Telephone numbers, e-mail addresses and member numbers, to be found again.
    Login,
    /// Keys of programs.
    ApiKey,
    /// Addresses of links that show one answer.
    Share,
    /// Addresses requests come from, to count them.
    Address,
    /// Codes and links of mails.
    Mail,
    /// Writes that may be sent twice.
    Reply,
    /// That the key file belongs to the database.
    Fingerprint,
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Form => "form",
            Self::Invite => "invite",
            Self::Login => "login",
            Self::ApiKey => "api-key",
            Self::Share => "share",
            Self::Address => "address",
            Self::Mail => "mail",
            Self::Reply => "reply",
            Self::Fingerprint => "fingerprint",
        }
    }
}

/// Random bytes from the system.
///
/// # Errors
/// `Internal` when the system gives none.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|e| Error::Internal(anyhow::anyhow!("the system gives no random bytes: {e}")))?;
    Ok(bytes)
}

/// A secret of 256 random bits as it travels in a cookie or header. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// `Internal` when the system gives no random bytes.
    pub fn random() -> Result<Self> {
        Ok(Self(URL_SAFE_NO_PAD.encode(random::<TOKEN_BYTES>()?)))
    }

    /// One that somebody sent; `None` for what cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == TOKEN_BYTES).then(|| Self(text.to_owned()))
    }

    /// The text that travels.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// Whether two secrets agree, in a time that does not depend on how much of them does.
pub fn same(left: &[u8], right: &[u8]) -> bool {
    let differing = left.iter().zip(right).fold(0, |all, (a, b)| all | (a ^ b));
    left.len() == right.len() && std::hint::black_box(differing) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_random_and_only_tokens_are_parsed() {
        let (one, other) = (Token::random().unwrap(), Token::random().unwrap());
        assert_ne!(one, other);
        assert_eq!(Token::parse(one.expose()), Some(one.clone()));
        for bad in ["", "abc", &one.expose()[1..], "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!"] {
            assert_eq!(Token::parse(bad), None, "{bad}");
        }
        assert_eq!(format!("{one:?}"), "…");
        assert!(same(b"abc", b"abc") && !same(b"abc", b"abd") && !same(b"abc", b"ab"));
    }
}
