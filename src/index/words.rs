/*!
The words index: tantivy over articles.

One tantivy document an article. Two fields hold the same text, accented and folded, each as
syllables and pairs of neighbouring syllables (Vietnamese words are mostly two syllables);
the article's title stands twice.
*/

use std::{collections::BTreeSet, path::Path};

use tantivy::{
    DocId, Index, IndexReader, IndexSettings, ReloadPolicy, Score, SegmentOrdinal, SegmentReader, TantivyDocument,
    Term,
    collector::{Collector, SegmentCollector},
    columnar::Column,
    query::{BooleanQuery, BoostQuery, Occur, Query, TermQuery},
    schema::{FAST, Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{Token, TokenStream, Tokenizer},
};

use crate::law::text::{fold, syllables};

/// Memory for building, in bytes.
const WRITER_MEMORY_BYTES: usize = 64 << 20;
/// Most distinct terms of one query.
const QUERY_TERMS_MAX: usize = 512;

/// Which spelling a query is compared in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// With accents.
    Accented,
    /// Without.
    Folded,
}

/// Syllables and pairs of neighbouring syllables of `text`.
pub fn terms(text: &str, spelling: Spelling) -> Vec<String> {
    let syllables = match spelling {
        Spelling::Accented => syllables(text),
        Spelling::Folded => syllables(&fold(text)),
    };
    let mut terms = syllables.clone();
    terms.extend(syllables.windows(2).map(|pair| format!("{} {}", pair[0], pair[1])));
    terms
}

/// The analyser as tantivy wants it.
#[derive(Clone)]
struct PairTokenizer(Spelling);

struct PairTokens {
    terms: std::vec::IntoIter<String>,
    token: Token,
}

impl Tokenizer for PairTokenizer {
    type TokenStream<'a> = PairTokens;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> PairTokens {
        let token = Token { position: usize::MAX, ..Token::default() };
        PairTokens { terms: terms(text, self.0).into_iter(), token }
    }
}

impl TokenStream for PairTokens {
    fn advance(&mut self) -> bool {
        let Some(term) = self.terms.next() else { return false };
        self.token.position = self.token.position.wrapping_add(1);
        self.token.text = term;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

struct Fields {
    article: Field,
    accented: Field,
    folded: Field,
}

fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let indexed = |name: &str| {
        let indexing = TextFieldIndexing::default().set_tokenizer(name).set_index_option(IndexRecordOption::WithFreqs);
        TextOptions::default().set_indexing_options(indexing)
    };
    let article = builder.add_u64_field(ARTICLE, NumericOptions::from(FAST));
    let accented = builder.add_text_field("accented", indexed("accented"));
    let folded = builder.add_text_field("folded", indexed("folded"));
    (builder.build(), Fields { article, accented, folded })
}

const ARTICLE: &str = "article";

fn register(index: &Index) {
    index.tokenizers().register("accented", PairTokenizer(Spelling::Accented));
    index.tokenizers().register("folded", PairTokenizer(Spelling::Folded));
}

/// The opened index.
pub struct WordsIndex {
    reader: IndexReader,
    index: Index,
    fields: Fields,
}

impl WordsIndex {
    /// Builds the index of the given texts (one an article, in article order) in an empty folder.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn build(folder: &Path, texts: impl Iterator<Item = String>) -> anyhow::Result<()> {
        std::fs::create_dir_all(folder)?;
        // What stops tantivy from writing is the disk, in one wrapping or another.
        Self::write(folder, texts).map_err(|error| std::io::Error::other(error).into())
    }

    fn write(folder: &Path, texts: impl Iterator<Item = String>) -> tantivy::Result<()> {
        let (schema, fields) = schema();
        let index = Index::builder().schema(schema).settings(IndexSettings::default()).create_in_dir(folder)?;
        register(&index);
        let mut writer = index.writer_with_num_threads(1, WRITER_MEMORY_BYTES)?;
        for (article, text) in texts.enumerate() {
            let mut document = TantivyDocument::new();
            document.add_u64(fields.article, article as u64);
            document.add_text(fields.accented, &text);
            document.add_text(fields.folded, &text);
            writer.add_document(document)?;
        }
        writer.commit()?;
        let segments = index.searchable_segment_ids()?;
        if 1 < segments.len() {
            writer.merge(&segments).wait()?;
        }
        writer.wait_merging_threads()?;
        Ok(())
    }

    /// Opens an index built by [`build`](Self::build), memory-mapped.
    ///
    /// # Errors
    /// When a file is missing or damaged.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let index = Index::open_in_dir(folder)?;
        register(&index);
        let (expected, fields) = schema();
        anyhow::ensure!(index.schema() == expected, "the words index has another schema");
        // What is opened never changes: nothing watches the folder, and nothing reads behind our back.
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { reader, index, fields })
    }

    /// Names of damaged files, by tantivy's own checksums.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn damaged_files(&self) -> anyhow::Result<Vec<String>> {
        Ok(self.index.validate_checksum()?.into_iter().map(|path| path.display().to_string()).collect())
    }

    /// How many articles it holds.
    pub fn len(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// BM25 score of every article that shares a term with the query: (article, score).
    ///
    /// # Errors
    /// When a file is damaged.
    pub fn scores(&self, query: &str, spelling: Spelling) -> anyhow::Result<Vec<(usize, f32)>> {
        self.scores_with(query, ("", 0.0), spelling)
    }

    /// As [`scores`](Self::scores), with added words that count for a share of what they would
    /// in the query: (words, share).
    ///
    /// # Errors
    /// When a file is damaged.
    pub fn scores_with(
        &self,
        query: &str,
        (added, share): (&str, f32),
        spelling: Spelling,
    ) -> anyhow::Result<Vec<(usize, f32)>> {
        let field = match spelling {
            Spelling::Accented => self.fields.accented,
            Spelling::Folded => self.fields.folded,
        };
        let distinct: BTreeSet<String> = terms(query, spelling).into_iter().take(QUERY_TERMS_MAX).collect();
        let added: BTreeSet<String> = terms(added, spelling).into_iter().take(QUERY_TERMS_MAX).collect();
        let added = added.into_iter().filter(|term| !distinct.contains(term)).map(|term| (term, share));
        let weighted: Vec<(String, f32)> = distinct.iter().cloned().map(|term| (term, 1.0)).chain(added).collect();
        let clauses: Vec<(Occur, Box<dyn Query>)> = weighted
            .into_iter()
            .map(|(term, weight)| {
                let query = TermQuery::new(Term::from_field_text(field, &term), IndexRecordOption::WithFreqs);
                (Occur::Should, Box::new(BoostQuery::new(Box::new(query), weight)) as Box<dyn Query>)
            })
            .collect();
        Ok(self.reader.searcher().search(&BooleanQuery::new(clauses), &AllScores)?)
    }

    /// The articles in which a term stands: a syllable or a pair of them.
    ///
    /// # Errors
    /// When a file is damaged.
    pub fn articles_with(&self, term: &str, spelling: Spelling) -> anyhow::Result<Vec<usize>> {
        let field = match spelling {
            Spelling::Accented => self.fields.accented,
            Spelling::Folded => self.fields.folded,
        };
        let query = TermQuery::new(Term::from_field_text(field, term), IndexRecordOption::Basic);
        let found = self.reader.searcher().search(&query, &AllScores)?;
        Ok(found.into_iter().map(|(article, _)| article).collect())
    }

    /// In how many articles a term stands.
    ///
    /// # Errors
    /// When a file is damaged.
    pub fn document_frequency(&self, term: &str, spelling: Spelling) -> anyhow::Result<u64> {
        let field = match spelling {
            Spelling::Accented => self.fields.accented,
            Spelling::Folded => self.fields.folded,
        };
        Ok(self.reader.searcher().doc_freq(&Term::from_field_text(field, term))?)
    }
}

/// Collects the score of every match.
struct AllScores;

struct SegmentScores {
    articles: Column<u64>,
    scores: Vec<(usize, f32)>,
}

impl Collector for AllScores {
    type Fruit = Vec<(usize, f32)>;
    type Child = SegmentScores;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentScores> {
        Ok(SegmentScores { articles: segment.fast_fields().u64(ARTICLE)?, scores: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, segments: Vec<Vec<(usize, f32)>>) -> tantivy::Result<Vec<(usize, f32)>> {
        let mut scores: Vec<(usize, f32)> = segments.into_iter().flatten().collect();
        scores.sort_by_key(|(article, _)| *article);
        Ok(scores)
    }
}

impl SegmentCollector for SegmentScores {
    type Fruit = Vec<(usize, f32)>;

    fn collect(&mut self, doc: DocId, score: Score) {
        if let Some(article) = self.articles.first(doc) {
            self.scores.push((article as usize, score));
        }
    }

    fn harvest(self) -> Vec<(usize, f32)> {
        self.scores
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_find_their_article() {
        let folder = tempfile::tempdir().unwrap();
        let texts = ["Báo trước khi nghỉ việc", "Tiền lương làm thêm giờ", "Nghỉ hằng năm"].map(str::to_owned);
        WordsIndex::build(folder.path(), texts.into_iter()).unwrap();
        let index = WordsIndex::open(folder.path()).unwrap();
        assert_eq!(index.len(), 3);
        let best = |query: &str, spelling| {
            let scores = index.scores(query, spelling).unwrap();
            scores.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(article, _)| article)
        };
        assert_eq!(best("làm thêm", Spelling::Accented), Some(1));
        assert_eq!(best("lam them", Spelling::Accented), None);
        assert_eq!(best("nghi hang nam", Spelling::Folded), Some(2));
        let score = |added, share| index.scores_with("nghỉ", (added, share), Spelling::Accented).unwrap();
        let of =
            |scores: Vec<(usize, f32)>, article| scores.iter().find(|(a, _)| *a == article).map_or(0.0, |(_, s)| *s);
        let (none, half, whole) = (of(score("", 1.0), 2), of(score("hằng năm", 0.5), 2), of(score("hằng năm", 1.0), 2));
        assert!(((none + whole) / 2.0 - half).abs() < 1e-4 && none < half, "{none} {half} {whole}");
        assert_eq!(index.document_frequency("nghỉ", Spelling::Accented).unwrap(), 2);
        assert!(index.damaged_files().unwrap().is_empty());
    }
}
