/*!
Reading the law: provisions and the list of documents, for whoever may see them.

Everything shown to somebody is read from [`App::law_for`], so that what is limited to a unit is
not there for others, by whatever way it is asked for. Reading is done on workers of its own.
*/

use std::sync::Arc;

use jiff::civil::Date;

use super::{
    App, law_views,
    types::{CoverageView, ProvisionView},
};
use crate::{
    accounts::{Scope, Visitor},
    error::{Error, Result},
    history::Message,
    index::Generation,
    law::Audience,
};

impl App {
    /// For whom the corpus is read when this visitor asks: their unit with those above it, and
    /// the units their roles reach. A key that may not ask is nobody.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn audience(&self, visitor: &Visitor) -> Result<Audience> {
        match visitor {
            Visitor::Member(actor) if actor.require_scope(Scope::Ask).is_ok() => self.accounts()?.audience(actor).await,
            _ => Ok(Audience::Public),
        }
    }

    /// What a link shows: one answer, unless it quotes what the visitor may not see.
    ///
    /// # Errors
    /// `NotFound` for a link that has ended, is none, or is not for them.
    pub async fn shared_answer(&self, token: &str, visitor: &Visitor) -> Result<Message> {
        let message = self.history()?.shared(token, self.now()).await?;
        if message.answer.is_for(&self.audience(visitor).await?) {
            return Ok(message);
        }
        Err(Error::NotFound { resource: "page", id: "chia-se".to_owned() })
    }

    /// The active generation as `audience` sees it.
    ///
    /// # Errors
    /// `Unavailable` when there is no index.
    pub(super) fn law_for(&self, audience: &Audience) -> Result<Arc<Generation>> {
        let generation = self.0.store.current()?;
        Ok(if generation.is_limited() { Arc::new(generation.seen_by(audience)) } else { generation })
    }

    /// A provision's page: `45-2019-qh14`, `45-2019-qh14/dieu-35/khoan-1`.
    ///
    /// # Errors
    /// `NotFound`, for what the audience may not see, too; `Unavailable` when there is no index;
    /// `Overloaded` when too many read.
    pub async fn provision(&self, path: &str, as_of: Date, audience: &Audience) -> Result<ProvisionView> {
        let (_, target, _) = self.provision_within(path, None, as_of, audience).await?;
        Ok(target)
    }

    /// A provision and the article around it (`article`, a path of its own), of one
    /// generation, which is named with them.
    ///
    /// # Errors
    /// As [`provision`](Self::provision).
    pub async fn provision_within(
        &self,
        path: &str,
        article: Option<&str>,
        as_of: Date,
        audience: &Audience,
    ) -> Result<(String, ProvisionView, Option<ProvisionView>)> {
        let (app, audience) = (self.clone(), audience.clone());
        let (path, article) = (path.to_owned(), article.map(str::to_owned));
        let read = move || {
            let generation = app.law_for(&audience)?;
            let view = |path: &str| law_views::provision_view(&generation, path, as_of);
            let target = view(&path)?;
            let article = article.as_deref().map(view).transpose()?;
            Ok((generation.manifest.id.clone(), target, article))
        };
        self.0.read_pool.run(read).await?
    }

    /// What the corpus covers and what it does not, as `audience` sees it.
    ///
    /// # Errors
    /// `Unavailable` when there is no index; `Overloaded` when too many read.
    pub async fn coverage(&self, as_of: Date, audience: &Audience) -> Result<CoverageView> {
        let (app, audience) = (self.clone(), audience.clone());
        self.0.read_pool.run(move || app.coverage_blocking(as_of, &audience)).await?
    }

    /// As [`coverage`](Self::coverage), on this thread.
    ///
    /// # Errors
    /// `Unavailable` when there is no index.
    pub fn coverage_blocking(&self, as_of: Date, audience: &Audience) -> Result<CoverageView> {
        let generation = self.law_for(audience)?;
        Ok(law_views::coverage_view(&generation, &self.0.known, as_of))
    }
}
