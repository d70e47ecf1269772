/*!
The service of precedents: found for questions, signed, renewed, dropped, and retired when the
law they rest on changes.

The ones in service lie in memory, so that looking costs a question nothing but its vector. What
a reload changes is settled once for each generation and day: versions of clauses that end take
their precedents out of service and recall the answers that rest on them, in one transaction.
Before that has run, no precedent on a changed clause is shown either, as each is held against
the law of the moment.
*/

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::{Timestamp, civil::Date};

use super::{
    PrecedentFound, PrecedentRow, PrecedentStore, Resting, Touched,
    precedent::{self, Asked, Law, Made, OnShelf, Wish, text_hash},
};
use crate::{
    accounts::{Actor, MemberId, Role},
    answer::{Answer, Precedent},
    error::{Error, Result},
    history::read_kept,
    notices::{Kind, NoticeRow},
    secrets::Keys,
};

/// Precedents in service; beyond them the oldest are not looked at.
const SERVING_MAX: u32 = 5_000;
/// Precedents of a list.
const LIST_MAX: u32 = 100;

/// A precedent as counsellors see it.
#[derive(Debug, Clone)]
pub struct Standing {
    /// As stored.
    pub found: PrecedentFound,
    /// Its answer.
    pub answer: Answer,
    /// Whether the law of the moment still carries it.
    pub stands: bool,
}

/// The service of precedents.
pub struct Precedents {
    store: Arc<dyn PrecedentStore>,
    keys: Arc<Keys>,
    shelf: RwLock<Arc<Vec<OnShelf>>>,
    /// Generation and day whose changes are settled.
    settled: Mutex<Option<(String, Date)>>,
}

impl Precedents {
    /// The service over a store; [`load`](Self::load) fills it.
    pub fn new(store: Arc<dyn PrecedentStore>, keys: Arc<Keys>) -> Self {
        Self { store, keys, shelf: RwLock::default(), settled: Mutex::new(None) }
    }

    /// Reads those in service anew.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn load(&self) -> Result<()> {
        let found = self.store.precedents(true, SERVING_MAX).await?;
        let shelf = found.iter().map(OnShelf::new).collect::<Result<Vec<_>>>()?;
        *self.shelf.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(shelf);
        Ok(())
    }

    /// Whether there is any: if not, a question's vector is not needed.
    pub fn is_empty(&self) -> bool {
        self.shelf().is_empty()
    }

    fn shelf(&self) -> Arc<Vec<OnShelf>> {
        self.shelf.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was approved for such a question, if the law of today still carries it.
    pub fn find(&self, asked: &Asked<'_>, law: &Law<'_>, today: Date) -> Option<Precedent> {
        precedent::find(&self.shelf(), asked, law, today)
    }

    /// Signs what was made.
    pub fn signed(
        &self,
        actor: &Actor,
        made: Made,
        vector: Option<(String, Vec<f32>)>,
        now: Timestamp,
    ) -> PrecedentRow {
        let Made { question, answer, clauses } = made;
        PrecedentRow {
            question,
            answer,
            vector,
            signed_by: actor.member().id,
            signed_as: format!("cán bộ tư vấn, {}", actor.member().unit_name),
            signed_at: now,
            clauses,
        }
    }

    /// Those that wait to be renewed, then those in service, newest first.
    ///
    /// # Errors
    /// `NotFound` for who is no counsellor.
    pub async fn list(&self, actor: &Actor, law: &Law<'_>, today: Date) -> Result<Vec<Standing>> {
        may(actor)?;
        let mut found = self.store.precedents(false, LIST_MAX).await?;
        found.extend(self.store.precedents(true, LIST_MAX).await?);
        found.into_iter().map(|found| standing(found, law, today)).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn open(&self, actor: &Actor, id: i64, law: &Law<'_>, today: Date) -> Result<Standing> {
        may(actor)?;
        let found = self.store.precedent(id).await?.ok_or_else(|| missing(id))?;
        standing(found, law, today)
    }

    /// Puts one anew into service, with another text or the same.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` as [`precedent::make`].
    pub async fn renew(&self, actor: &Actor, id: i64, row: &PrecedentRow) -> Result<()> {
        may(actor)?;
        if !self.store.renew(id, row).await? {
            return Err(missing(id));
        }
        self.load().await
    }

    /// What a renewal is made of.
    ///
    /// # Errors
    /// As [`precedent::make`].
    pub fn made_anew(&self, standing: &Standing, wish: &Wish, law: &Law<'_>, today: Date) -> Result<Made> {
        precedent::make(&standing.answer, wish, law, today)
    }

    /// Drops one.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn drop(&self, actor: &Actor, id: i64) -> Result<()> {
        may(actor)?;
        if !self.store.drop_precedent(id).await? {
            return Err(missing(id));
        }
        self.load().await
    }

    /// Settles what the law of a generation and day changes against the versions that something
    /// rests on, once; what was touched.
    ///
    /// # Errors
    /// When the store fails; it is tried again the next time.
    pub async fn settle(&self, release: &str, today: Date, law: &Law<'_>, now: Timestamp) -> Result<Touched> {
        let key = (release.to_owned(), today);
        if self.settled.lock().unwrap_or_else(PoisonError::into_inner).as_ref() == Some(&key) {
            return Ok(Touched::default());
        }
        let ended = self.ended(law, today).await?;
        let notice = |what: Resting, member: MemberId, link: &str| {
            let (kind, title) = match what {
                Resting::Answer => (Kind::Recall, "Luật đã đổi: câu trả lời bạn từng nhận không còn đúng căn cứ"),
                Resting::Precedent => (Kind::Desk, "Luật đã đổi: câu trả lời mẫu bạn ký cần gia hạn"),
            };
            NoticeRow::new(&self.keys, member, kind, (title, link), now)
        };
        let mut touched = Touched::default();
        if !ended.is_empty() {
            touched = self.store.end_versions(&ended, now, &notice).await?;
            self.load().await?;
        }
        *self.settled.lock().unwrap_or_else(PoisonError::into_inner) = Some(key);
        Ok(touched)
    }

    /// Forgets that anything is settled: something was kept on a law that is not served any more.
    pub fn unsettle(&self) {
        *self.settled.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// What another generation would touch, were it served today.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn touched(&self, law: &Law<'_>, today: Date) -> Result<Touched> {
        let ended = self.ended(law, today).await?;
        self.store.touched(&ended).await
    }

    async fn ended(&self, law: &Law<'_>, today: Date) -> Result<Vec<i64>> {
        let standing = self.store.standing_versions().await?;
        let has_ended = |version: &&super::StandingVersion| {
            law(&version.provision, today).is_none_or(|now| text_hash(&now.quote) != version.text_hash)
        };
        Ok(standing.iter().filter(has_ended).map(|version| version.id).collect())
    }
}

fn standing(found: PrecedentFound, law: &Law<'_>, today: Date) -> Result<Standing> {
    let answer = read_kept(found.row.question.clone(), &found.row.answer)?;
    let stands = OnShelf::new(&found)?.shown(law, today).is_some();
    Ok(Standing { found, answer, stands })
}

fn may(actor: &Actor) -> Result<()> {
    actor.require_session()?;
    actor.require_anywhere(Role::Counsellor)
}

fn missing(id: i64) -> Error {
    Error::NotFound { resource: "precedent", id: id.to_string() }
}
