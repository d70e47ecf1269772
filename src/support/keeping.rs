/*! What goes with requests: files, who hears of them, and what their members take along or away. */

use jiff::Timestamp;

use super::{
    files::{self, FILES_PER_REQUEST_MAX, SealedFile},
    port::{FileRow, Side},
    service::{Access, FILE_NAME_PLACE, RequestView, Support},
    state::State,
};
use crate::{
    accounts::{Actor, MemberId, UnitId},
    error::{Error, Result},
};

/// Most officers who hear of one request.
const OFFICERS_TOLD_MAX: u32 = 20;
/// Place under which files are sealed.
const FILE_PLACE: &str = "support.file";

impl Support {
    /// Adds a picture or PDF to a request that is not closed; its place.
    ///
    /// # Errors
    /// As [`act`](Self::act); `Overloaded` while too many pictures wait.
    pub async fn attach(&self, actor: &Actor, id: i64, (name, bytes): (&str, Vec<u8>), now: Timestamp) -> Result<u32> {
        let (request, access) = self.seen(actor, id).await?;
        if !request.state.is_open() && request.state != State::Approved {
            return Err(Error::Conflict("yêu cầu này đã khép lại".to_owned()));
        }
        if FILES_PER_REQUEST_MAX <= u32::try_from(self.store.files(id).await?.len()).unwrap_or(u32::MAX) {
            return Err(too_many_files());
        }
        let (kind, kept) = self.pictures.run(move || files::taken(&bytes)).await??;
        let file = FileRow {
            n: 0,
            name_sealed: self.keys.seal(FILE_NAME_PLACE, &files::tidy_name(name))?,
            kind,
            length: u32::try_from(kept.len()).unwrap_or(u32::MAX),
            added_at: now,
        };
        let side = if access == Access::Owner { Side::Member } else { Side::Officer };
        let sealed = self.keys.seal_bytes(FILE_PLACE, &kept)?;
        let by = (side, actor.member().id);
        self.store.put_file(id, &file, &sealed, by, FILES_PER_REQUEST_MAX).await?.ok_or_else(too_many_files)
    }

    /// A file of a request, for who may see the request.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn file(&self, actor: &Actor, id: i64, n: u32) -> Result<(SealedFile, Vec<u8>)> {
        self.seen(actor, id).await?;
        let missing = || Error::NotFound { resource: "file", id: format!("{id}/{n}") };
        let (file, sealed) = self.store.file(id, n).await?.ok_or_else(missing)?;
        Ok((self.named(&file)?, self.keys.open_sealed_bytes(FILE_PLACE, &sealed)?))
    }

    /// Who should hear of what comes to a desk: its counsellors, or those of the nearest unit
    /// above that has some.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn officers(&self, desk: UnitId) -> Result<Vec<MemberId>> {
        self.store.officers(desk, OFFICERS_TOLD_MAX).await
    }

    /// All that is kept of a member here, for themselves.
    ///
    /// # Errors
    /// `Forbidden` for a key.
    pub async fn own_data(&self, actor: &Actor, now: Timestamp) -> Result<Vec<RequestView>> {
        let mut all = Vec::new();
        for request in self.own(actor).await? {
            all.push(RequestView { is_own: true, ..self.view(request, now).await? });
        }
        Ok(all)
    }

    /// Takes the words and files of one's own requests away and withdraws the open ones; what
    /// was promised stays in the union's accounts.
    ///
    /// # Errors
    /// `Forbidden` for a key.
    pub async fn forget_own(&self, actor: &Actor) -> Result<()> {
        actor.require_session()?;
        self.store.forget_requests(actor.member().id).await
    }
}

fn too_many_files() -> Error {
    Error::Conflict(format!("mỗi yêu cầu có tối đa {FILES_PER_REQUEST_MAX} tệp"))
}
