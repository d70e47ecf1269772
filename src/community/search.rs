/*!
The index of words of the feed: its own folder, never the law's index.

One tantivy document a post that is shown: its words folded (no accents, no case) and whom it is
for. The store numbers every change of a post; the index remembers, with each commit, up to
which change it has come. So it catches up after a crash, and from nothing where its folder is
gone or cannot be read.
*/

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use tantivy::{
    Index, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, TantivyError, Term,
    collector::TopDocs,
    query::{BooleanQuery, Occur, Query, TermQuery},
    schema::{Field, INDEXED, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions, Value as _},
};
use tokio::sync::{Mutex, OnceCell};

use super::{Community, PAGE_POSTS, ShownPost, port::Change, types::PostState};
use crate::{
    accounts::{Actor, Scope, UnitId},
    error::{Error, Result},
    law::text::{fold, syllables},
};

/// Memory for writing, in bytes: the least tantivy takes.
const WRITER_MEMORY_BYTES: usize = 15 << 20;
/// Changes taken in with one commit.
const CHANGES_MAX: u32 = 2_000;
/// Longest search, in characters.
const QUERY_CHARS_MAX: usize = 200;
/// Syllables of a search that count.
const QUERY_SYLLABLES_MAX: usize = 16;
/// Posts looked at for one page: some may be out of the reader's sight.
const FOUND_MAX: usize = 3 * PAGE_POSTS;

struct Fields {
    id: Field,
    audience: Field,
    words: Field,
}

fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let id = builder.add_i64_field("id", INDEXED | STORED);
    let audience = builder.add_i64_field("audience", INDEXED);
    let indexing =
        TextFieldIndexing::default().set_tokenizer("whitespace").set_index_option(IndexRecordOption::WithFreqs);
    let words = builder.add_text_field("words", TextOptions::default().set_indexing_options(indexing));
    (builder.build(), Fields { id, audience, words })
}

/// The opened index.
pub(super) struct PostWords {
    reader: IndexReader,
    fields: Fields,
    writing: Arc<Mutex<Writing>>,
}

/// The index, opened when it is first needed: commands that only look at the store must not
/// take it from the server.
pub(super) struct LazyWords {
    folder: PathBuf,
    words: OnceCell<Arc<PostWords>>,
}

impl LazyWords {
    pub(super) fn of(folder: PathBuf) -> Self {
        Self { folder, words: OnceCell::new() }
    }

    async fn get(&self) -> Result<Arc<PostWords>> {
        let opened = self.words.get_or_try_init(|| async {
            let folder = self.folder.clone();
            blocking(move || PostWords::open(&folder)).await.map(Arc::new)
        });
        opened.await.cloned()
    }
}

/// Runs what waits for the disk on a thread that may.
async fn blocking<T: Send + 'static>(job: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(job).await;
    done.map_err(|e| Error::Internal(anyhow::anyhow!("the index of posts: {e}")))?
}

struct Writing {
    writer: IndexWriter,
    /// Up to which change it has come.
    change: i64,
}

impl PostWords {
    /// Opens the index of a folder; what cannot be read is made anew, empty.
    fn open(folder: &Path) -> Result<Self> {
        Self::open_as_it_is(folder).or_else(|error| {
            if matches!(error.downcast_ref(), Some(TantivyError::LockFailure(..))) {
                return Err(unusable(&error));
            }
            if folder.exists() {
                tracing::warn!("the index of posts is made anew: {error:#}");
                std::fs::remove_dir_all(folder).map_err(|e| unusable(&e.into()))?;
            }
            Self::open_as_it_is(folder).map_err(|e| unusable(&e))
        })
    }

    fn open_as_it_is(folder: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let (schema, fields) = schema();
        let folder = tantivy::directory::MmapDirectory::open(folder)?;
        let index = Index::open_or_create(folder, schema)?;
        let writer = index.writer_with_num_threads(1, WRITER_MEMORY_BYTES)?;
        let change = index.load_metas()?.payload.and_then(|payload| payload.parse().ok()).unwrap_or(0);
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { reader, fields, writing: Arc::new(Mutex::new(Writing { writer, change })) })
    }

    /// Takes changes in, in order, and remembers the last one.
    fn take_in(&self, writing: &mut Writing, changes: &[Change]) -> anyhow::Result<()> {
        let Some(last) = changes.last() else { return Ok(()) };
        for change in changes {
            writing.writer.delete_term(Term::from_field_i64(self.fields.id, change.id));
            if let Some((audience, text)) = &change.shown {
                let mut document = TantivyDocument::default();
                document.add_i64(self.fields.id, change.id);
                document.add_i64(self.fields.audience, audience.0);
                document.add_text(self.fields.words, syllables(&fold(text)).join(" "));
                writing.writer.add_document(document)?;
            }
        }
        let mut commit = writing.writer.prepare_commit()?;
        commit.set_payload(&last.change.to_string());
        commit.commit()?;
        writing.change = last.change;
        self.reader.reload()?;
        Ok(())
    }

    /// Posts for one of these units that hold all the words, the best match first.
    fn find(&self, words: &[String], audiences: &[UnitId]) -> anyhow::Result<Vec<i64>> {
        let term = |term: Term, option| Box::new(TermQuery::new(term, option)) as Box<dyn Query>;
        let mut parts: Vec<(Occur, Box<dyn Query>)> = words
            .iter()
            .map(|word| {
                let word = Term::from_field_text(self.fields.words, word);
                (Occur::Must, term(word, IndexRecordOption::WithFreqs))
            })
            .collect();
        let units = audiences
            .iter()
            .map(|unit| {
                (Occur::Should, term(Term::from_field_i64(self.fields.audience, unit.0), IndexRecordOption::Basic))
            })
            .collect();
        parts.push((Occur::Must, Box::new(BooleanQuery::new(units))));
        let searcher = self.reader.searcher();
        let top = searcher.search(&BooleanQuery::new(parts), &TopDocs::with_limit(FOUND_MAX).order_by_score())?;
        let mut ids = Vec::new();
        for (_, address) in top {
            let document: TantivyDocument = searcher.doc(address)?;
            ids.extend(document.get_first(self.fields.id).and_then(|value| value.as_i64()));
        }
        Ok(ids)
    }
}

fn unusable(error: &anyhow::Error) -> Error {
    Error::unavailable(
        format!("the index of posts cannot be used: {error:#}"),
        "check the rights and free space of the data folder; the index can be deleted, it is made anew",
    )
}

impl Community {
    /// Takes in some of the changes the index of words does not know; whether there may be more.
    ///
    /// # Errors
    /// When the store or the index fails.
    pub async fn index_changes(&self) -> Result<bool> {
        let words = self.words.get().await?;
        let mut writing = words.writing.clone().lock_owned().await;
        let changes = self.feed.changed(writing.change, CHANGES_MAX).await?;
        let has_more = usize::try_from(CHANGES_MAX) == Ok(changes.len());
        if !changes.is_empty() {
            blocking(move || words.take_in(&mut writing, &changes).map_err(|e| unusable(&e))).await?;
        }
        Ok(has_more)
    }

    /// Posts a reader may see that hold all the words, accented or not.
    ///
    /// # Errors
    /// `Invalid` naming `q`; `Forbidden` for a key that may not read.
    pub async fn search(&self, actor: &Actor, query: &str) -> Result<Vec<ShownPost>> {
        actor.require_scope(Scope::Read)?;
        if QUERY_CHARS_MAX < query.chars().count() {
            return Err(Error::invalid("q", format!("dài quá {QUERY_CHARS_MAX} ký tự")));
        }
        let mut words = syllables(&fold(query));
        words.truncate(QUERY_SYLLABLES_MAX);
        if words.is_empty() {
            return Ok(Vec::new());
        }
        self.index_changes().await?;
        let index = self.words.get().await?;
        let units = super::feed::units_of(&actor.member().unit_path);
        let ids = blocking(move || index.find(&words, &units).map_err(|e| unusable(&e))).await?;
        let mut found = Vec::new();
        for id in ids {
            match self.post(actor, id).await {
                Ok(shown) if shown.post.state == PostState::Shown => found.push(shown),
                Ok(_) | Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
            if found.len() == PAGE_POSTS {
                break;
            }
        }
        Ok(found)
    }
}
