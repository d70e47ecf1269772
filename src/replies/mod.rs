/*!
Writes that may be sent twice: a phone that lost the line sends again under the same key, and
gets the reply of the first time.

Owns what makes two writes the same: who sends, where to, under which key. The reply is kept
sealed, as it may hold a code that is shown once, for a day. Only what was done is kept; what was
refused may be tried again. A write that broke off in the middle is told as such and never done
twice.
*/

pub mod port;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

pub use self::port::*;
use crate::{
    error::{Error, Result},
    secrets::{Hash, Keys, Purpose},
};

/// Hours a reply is kept.
const KEPT_HOURS: i64 = 24;
/// Longest key, in characters.
pub const KEY_CHARS_MAX: usize = 100;
/// Place under which replies are sealed.
const REPLY_PLACE: &str = "idempotent_replies.reply";

/// A write that came with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write<'a> {
    /// Who sends it, by which way in.
    pub sender: &'a str,
    /// Method and address.
    pub target: &'a str,
    /// Its key.
    pub key: &'a str,
    /// What is sent.
    pub body: &'a [u8],
}

/// A reply to be given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Text of the body; empty for none.
    pub body: String,
}

/// What is to be done with a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is to be done, and then told under this hash.
    Do(Hash),
    /// It was done: this was the reply.
    Again(Reply),
}

/// The service.
pub struct Replies {
    store: Arc<dyn ReplyStore>,
    keys: Arc<Keys>,
}

impl Replies {
    /// The service over a store.
    pub fn new(store: Arc<dyn ReplyStore>, keys: Arc<Keys>) -> Self {
        Self { store, keys }
    }

    /// What is to be done with a write.
    ///
    /// # Errors
    /// `Invalid` naming `Idempotency-Key` for one that is none or was used for another request;
    /// `Conflict` while the first is under way, and after it broke off.
    pub async fn begin(&self, write: &Write<'_>, now: Timestamp) -> Result<Verdict> {
        let wrong = |message: &str| Error::invalid("Idempotency-Key", message);
        let is_plain = write.key.bytes().all(|byte| byte.is_ascii_graphic());
        if write.key.is_empty() || KEY_CHARS_MAX < write.key.len() || !is_plain {
            return Err(wrong("dài từ 1 đến 100 chữ và dấu ASCII"));
        }
        // The parts stand apart, so that none can pass for the end of another.
        let name = [write.sender, write.target, write.key].map(|part| format!("{}:{part}", part.len())).concat();
        let key = self.keys.hash(Purpose::Reply, name.as_bytes());
        let request = self.keys.hash(Purpose::Reply, write.body);
        match self.store.begin(&key, &request, now).await? {
            Standing::First => Ok(Verdict::Do(key)),
            Standing::UnderWay => {
                let message = "yêu cầu này đang làm dở; hãy xem lại kết quả trước khi gửi với khóa khác";
                Err(Error::Conflict(message.to_owned()))
            }
            Standing::Other => Err(wrong("khóa này đã dùng cho một yêu cầu khác")),
            Standing::Done(status, sealed) => {
                Ok(Verdict::Again(Reply { status, body: self.keys.open_sealed(REPLY_PLACE, &sealed)? }))
            }
        }
    }

    /// Keeps the reply to a write that was done.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn done(&self, key: &Hash, reply: &Reply) -> Result<()> {
        let sealed = self.keys.seal(REPLY_PLACE, &reply.body)?;
        self.store.end(key, reply.status, &sealed).await
    }

    /// Forgets a write that was refused.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn refused(&self, key: &Hash) -> Result<()> {
        self.store.forget(key).await
    }

    /// Drops what has been kept long enough.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sweep(&self, now: Timestamp) -> Result<u64> {
        self.store.drop_replies(now - SignedDuration::from_hours(KEPT_HOURS)).await
    }
}
