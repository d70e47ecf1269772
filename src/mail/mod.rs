/*!
Mails that tell members of notices, for those who want them.

Owns who gets mails (an address its member has confirmed with a code), what stands in one (how many
notices are new and where to read them, never a word of them), when it is made (outside quiet
hours, and not often), and that it is handed over: kept until a mail program has taken it, tried
again later and later, given up in the end. It sends nothing itself: see [`ways`].
*/

pub mod message;
pub mod port;
pub mod ways;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

pub use self::port::Backlog;
use self::{
    message::Message,
    port::{DueRow, MailStore, QueueRow, WaitingMail},
    ways::Way,
};
use crate::{
    accounts::{Actor, Login, MemberId, Scope},
    engine::Pool,
    error::{Error, Result},
    hex::hex,
    secrets::{self, Hash, Keys},
};

/// Digits of a code.
const CODE_DIGITS: u32 = 8;
/// Minutes a code lasts.
pub const CODE_MINUTES: i64 = 30;
/// Wrong codes before a new one is needed.
const TRIES_MAX: u32 = 5;
/// Minutes between two codes to one member: the address may be a stranger's.
const CODE_PAUSE_MINUTES: i64 = 10;
/// Minutes between two looks at whether there is something new for a member.
const LOOK_MINUTES: i64 = 10;
/// Minutes between two mails to one member.
pub const MAIL_PAUSE_MINUTES: i64 = 60;
/// Members looked at, and messages handed over, in one round.
const ROUND_MAX: u32 = 200;
/// Messages that may wait.
const QUEUE_MAX: u32 = 20_000;
/// Minutes until a refused message is tried again, one after the other; then it is given up.
const RETRY_MINUTES: [i64; 6] = [1, 5, 30, 120, 360, 1_440];
/// Places under which texts are sealed.
const ADDRESS_PLACE: &str = "mail.address";
const MESSAGE_PLACE: &str = "mail.message";

/// Mails as they are set up.
pub struct MailSetup {
    /// Address they come from.
    pub from: String,
    /// Address of the site, without a `/` at its end.
    pub site: String,
    /// Where they are handed over.
    pub way: Arc<dyn Way>,
}

/// What a member sees of their own wish.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnMail {
    /// The address that gets mails.
    pub address: Option<String>,
    /// The address that waits for its code.
    pub pending: Option<String>,
}

/// The service of mails.
pub struct Mails {
    store: Arc<dyn MailStore>,
    keys: Arc<Keys>,
    setup: Option<Arc<MailSetup>>,
    pool: Pool,
}

impl Mails {
    /// The service over a store; without a set-up nothing is offered and nothing handed over.
    ///
    /// # Errors
    /// `Internal` when its thread cannot be started.
    pub fn start(store: Arc<dyn MailStore>, keys: Arc<Keys>, setup: Option<MailSetup>) -> Result<Self> {
        Ok(Self { store, keys, setup: setup.map(Arc::new), pool: Pool::start("mail", 1, 1, 60)? })
    }

    /// Whether mails are set up.
    pub fn is_offered(&self) -> bool {
        self.setup.is_some()
    }

    fn setup(&self) -> Result<&Arc<MailSetup>> {
        let missing = || Error::unavailable("nơi này chưa bật gửi thư điện tử", "set `[mail]` in the settings");
        self.setup.as_ref().ok_or_else(missing)
    }

    /// One's own wish.
    ///
    /// # Errors
    /// When the store fails; `Forbidden` for a key that may not read.
    pub async fn own(&self, actor: &Actor) -> Result<OwnMail> {
        actor.require_scope(Scope::Read)?;
        let Some(row) = self.store.mail_of(actor.member().id).await? else { return Ok(OwnMail::default()) };
        let open =
            |sealed: Option<Vec<u8>>| sealed.map(|sealed| self.keys.open_sealed(ADDRESS_PLACE, &sealed)).transpose();
        Ok(OwnMail { address: open(row.address_sealed)?, pending: open(row.pending_sealed)? })
    }

    /// Sends a code to an address, which gets mails once its member has given that back.
    ///
    /// # Errors
    /// `Invalid` naming `email`; `TooManyAttempts` soon after the last code; `Overloaded` where too
    /// much waits; `Unavailable` where mails are not set up; `Forbidden` for a key.
    pub async fn begin(&self, actor: &Actor, address: &str, now: Timestamp) -> Result<()> {
        actor.require_session()?;
        let setup = self.setup()?;
        let address = Login::email(address)?;
        let member = actor.member().id;
        if let Some(row) = self.store.mail_of(member).await? {
            let free_at = row.code_at + SignedDuration::from_mins(CODE_PAUSE_MINUTES);
            if now < free_at {
                let wait_s = free_at.duration_since(now).as_secs() + 1;
                return Err(Error::TooManyAttempts { retry_after_s: u32::try_from(wait_s).unwrap_or(u32::MAX) });
            }
        }
        let code = new_code()?;
        let text = format!(
            "Chào bạn,\n\nMã xác nhận để nhận thông báo qua thư: {code}\nMã dùng được trong {CODE_MINUTES} phút.\n\n\
             Nếu bạn không yêu cầu, hãy bỏ qua thư này: địa chỉ của bạn sẽ không được dùng.\n\n{}\n",
            setup.site
        );
        let message = Message {
            from: setup.from.clone(),
            to: address.as_str().to_owned(),
            subject: "Mã xác nhận thư điện tử".to_owned(),
            text,
            unsubscribe: None,
        };
        let row = self.queued(member, &message, now)?;
        let sealed = self.keys.seal(ADDRESS_PLACE, address.as_str())?;
        let hash = self.code_hash(member, &code);
        if self.store.put_pending(&sealed, &hash, &row, QUEUE_MAX).await? { Ok(()) } else { Err(full()) }
    }

    /// Gives a code back; from now on the address gets mails.
    ///
    /// # Errors
    /// `Invalid` naming `code` for a wrong one and one that has ended; `Forbidden` for a key.
    pub async fn confirm(&self, actor: &Actor, code: &str, now: Timestamp) -> Result<()> {
        actor.require_session()?;
        let member = actor.member().id;
        let wrong = || Error::invalid("code", "mã không đúng hoặc đã hết hạn; hãy xin mã mới");
        let row = self.store.mail_of(member).await?.ok_or_else(wrong)?;
        let has_ended = row.code_at + SignedDuration::from_mins(CODE_MINUTES) <= now || TRIES_MAX <= row.tries;
        let given = self.code_hash(member, &code.chars().filter(char::is_ascii_digit).collect::<String>());
        let Some(kept) = row.code.filter(|_| !has_ended) else { return Err(wrong()) };
        if !secrets::same(&kept, &given) {
            self.store.count_try(member).await?;
            return Err(wrong());
        }
        let end = self.end_hash(&self.end_token(member));
        if self.store.confirm_mail(member, &given, &end, now).await? { Ok(()) } else { Err(wrong()) }
    }

    /// Gets no mails any more; what waits is dropped.
    ///
    /// # Errors
    /// When the store fails; `Forbidden` for a key.
    pub async fn end(&self, actor: &Actor) -> Result<()> {
        actor.require_session()?;
        self.store.drop_mail(actor.member().id).await.map(drop)
    }

    /// Whether a link out of a mail still ends something.
    ///
    /// # Errors
    /// `NotFound` where it does not.
    pub async fn may_end(&self, token: &str) -> Result<MemberId> {
        let member = self.store.ended_by(&self.end_hash(token)).await?;
        member.ok_or_else(|| Error::NotFound { resource: "page", id: "thu".to_owned() })
    }

    /// Ends the mails of whoever has the link out of one of them; without signing in, as mail
    /// programs do it.
    ///
    /// # Errors
    /// `NotFound` for another link.
    pub async fn end_by(&self, token: &str) -> Result<()> {
        let member = self.may_end(token).await?;
        self.store.drop_mail(member).await.map(drop)
    }

    /// One round: makes mails of what is new, hands over what waits; how many were handed over.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn round(&self, now: Timestamp) -> Result<u64> {
        let Ok(setup) = self.setup() else { return Ok(0) };
        for due in self.store.due(now, ROUND_MAX).await? {
            self.look_at(setup, &due, now).await?;
        }
        let mut handed_over = 0;
        for mail in self.store.waiting_mails(now, ROUND_MAX).await? {
            handed_over += u64::from(self.hand_over(setup, mail, now).await?);
        }
        Ok(handed_over)
    }

    /// Makes a mail for a member where there is something new and it is not quiet.
    async fn look_at(&self, setup: &MailSetup, due: &DueRow, now: Timestamp) -> Result<()> {
        let again = now + SignedDuration::from_mins(LOOK_MINUTES);
        if let Some(ends) = due.quiet.and_then(|quiet| quiet.ends(now)) {
            return self.store.put_turn(due.member, ends).await;
        }
        if due.fresh == 0 {
            return self.store.put_turn(due.member, again).await;
        }
        let end = format!("{}/thu/{}", setup.site, self.end_token(due.member));
        let text = format!(
            "Chào bạn,\n\nBạn có {} thông báo mới. Mở để đọc:\n{}/thong-bao\n\n\
             Thư này không kèm nội dung thông báo. Không muốn nhận nữa:\n{end}\n",
            due.fresh, setup.site
        );
        let message = Message {
            from: setup.from.clone(),
            to: self.keys.open_sealed(ADDRESS_PLACE, &due.address_sealed)?,
            subject: format!("Bạn có {} thông báo mới", due.fresh),
            text,
            unsubscribe: Some(end),
        };
        let next = now + SignedDuration::from_mins(MAIL_PAUSE_MINUTES);
        let row = self.queued(due.member, &message, now)?;
        if !self.store.put_told(&row, next, QUEUE_MAX).await? {
            // What is new stays untold, and is told once there is room.
            tracing::warn!("{QUEUE_MAX} mails wait to be handed over: no more are made");
            return self.store.put_turn(due.member, again).await;
        }
        Ok(())
    }

    /// Hands one over; whether it was taken.
    async fn hand_over(&self, setup: &Arc<MailSetup>, mail: WaitingMail, now: Timestamp) -> Result<bool> {
        let kept = self.keys.open_sealed(MESSAGE_PLACE, &mail.message_sealed)?;
        let message: Message = serde_json::from_str(&kept).map_err(|e| Error::Internal(e.into()))?;
        let (way, id, made_at) = (setup.clone(), mail.id, mail.made_at);
        let Err(why) = self.pool.run(move || way.way.hand_over(id, made_at, &message)).await? else {
            self.store.drop_waiting(id).await?;
            return Ok(true);
        };
        let tries = usize::try_from(mail.tries).unwrap_or(usize::MAX);
        match RETRY_MINUTES.get(tries) {
            Some(minutes) => {
                tracing::warn!(mail.id = id, "a mail was not taken and is tried again in {minutes} minutes: {why}");
                self.store.put_refused(id, now + SignedDuration::from_mins(*minutes)).await?;
            }
            None => {
                tracing::error!(mail.id = id, "a mail was given up after {tries} tries: {why}");
                self.store.drop_waiting(id).await?;
            }
        }
        Ok(false)
    }

    /// What waits, and what stands in the way of handing it over; none where mails are not set up.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn backlog(&self) -> Result<Option<(Backlog, Option<String>)>> {
        let Some(setup) = &self.setup else { return Ok(None) };
        Ok(Some((self.store.backlog().await?, setup.way.fault())))
    }

    fn queued(&self, member: MemberId, message: &Message, now: Timestamp) -> Result<QueueRow> {
        let text = serde_json::to_string(message).map_err(|e| Error::Internal(e.into()))?;
        Ok(QueueRow { member, message_sealed: self.keys.seal(MESSAGE_PLACE, &text)?, now })
    }

    fn code_hash(&self, member: MemberId, code: &str) -> Hash {
        self.keys.hash(secrets::Purpose::Mail, format!("code:{}:{code}", member.0).as_bytes())
    }

    /// The part of an address that ends a member's mails: the same in every mail, known to nobody else.
    fn end_token(&self, member: MemberId) -> String {
        hex(&self.keys.hash(secrets::Purpose::Mail, format!("end:{}", member.0).as_bytes()))
    }

    fn end_hash(&self, token: &str) -> Hash {
        self.keys.hash(secrets::Purpose::Mail, format!("ended:{token}").as_bytes())
    }
}

fn full() -> Error {
    Error::Overloaded { retry_after_s: 600 }
}

/// Digits that nobody can guess in a few tries.
fn new_code() -> Result<String> {
    let number = u64::from_le_bytes(secrets::random::<8>()?) % 10_u64.pow(CODE_DIGITS);
    Ok(format!("{number:08}"))
}
