/*! Generations, builds and what they change: `corpus …  --json` and the admin API. */

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    app::{
        DiffView, GenerationView, QualityView, RetrievalView,
        admin::{BuildOutcome, BuildState, BuildView},
    },
    index::{
        diff::{Change, DocumentName, Repeal},
        raw::{RawEntry, Uploaded},
        report::StoredFile,
    },
};

/// Mirror of [`GenerationView`].
#[derive(Debug, Clone, Serialize)]
pub struct GenerationJson {
    /// Its id.
    pub id: String,
    /// Whether it is active.
    pub active: bool,
    /// Whether an admin chose it.
    pub pinned: bool,
    /// Whether it was ever active.
    pub activated_before: bool,
    /// When it was built, RFC 3339.
    pub built_at: String,
    /// Documents held.
    pub documents: usize,
    /// Articles held.
    pub articles: usize,
    /// Passages held.
    pub passages: usize,
    /// Articles, clauses and points held.
    pub provisions: usize,
    /// Embedder of its vectors.
    pub embedder: Option<String>,
    /// Whether vectors are still to come.
    pub awaits_vectors: bool,
}

impl From<GenerationView> for GenerationJson {
    fn from(view: GenerationView) -> Self {
        Self {
            awaits_vectors: view.manifest.awaits_vectors(),
            id: view.manifest.id,
            active: view.active,
            pinned: view.pinned,
            activated_before: view.activated_before,
            built_at: view.manifest.built_at,
            documents: view.manifest.documents,
            articles: view.manifest.articles,
            passages: view.manifest.passages,
            provisions: view.manifest.provisions,
            embedder: view.manifest.embedder,
        }
    }
}

/// The list of generations.
#[derive(Debug, Clone, Serialize)]
pub struct GenerationsJson {
    /// Oldest first.
    pub generations: Vec<GenerationJson>,
}

impl From<Vec<GenerationView>> for GenerationsJson {
    fn from(views: Vec<GenerationView>) -> Self {
        Self { generations: views.into_iter().map(GenerationJson::from).collect() }
    }
}

/// An upload taken in.
#[derive(Debug, Clone, Serialize)]
pub struct UploadJson {
    /// Its name in the corpus.
    pub name: String,
    /// SHA-256 of its content.
    pub sha256: String,
    /// Length.
    pub bytes: u64,
    /// Whether this name had not had this content before.
    pub new: bool,
}

impl From<(RawEntry, bool)> for UploadJson {
    fn from((entry, new): (RawEntry, bool)) -> Self {
        Self { name: entry.name, sha256: entry.sha256, bytes: entry.bytes, new }
    }
}

/// Uploaded files that belong to the corpus.
#[derive(Debug, Clone, Serialize)]
pub struct UploadsJson {
    /// By name.
    pub files: Vec<UploadedJson>,
}

/// Mirror of [`Uploaded`].
#[derive(Debug, Clone, Serialize)]
pub struct UploadedJson {
    /// Its name.
    pub name: String,
    /// Length.
    pub bytes: u64,
}

impl From<Vec<Uploaded>> for UploadsJson {
    fn from(files: Vec<Uploaded>) -> Self {
        Self { files: files.into_iter().map(|Uploaded { name, bytes }| UploadedJson { name, bytes }).collect() }
    }
}

/// Mirror of [`BuildView`].
#[derive(Debug, Clone, Serialize)]
pub struct BuildJson {
    /// Its id.
    pub id: String,
    /// `running`, `done`, `failed`.
    pub state: &'static str,
    /// What is being done.
    pub stage: String,
    /// Bytes of that done.
    pub bytes_done: u64,
    /// Bytes of that in all; 0 where it has no measure.
    pub bytes_total: u64,
    /// What came of it, or null.
    pub outcome: Option<BuildOutcomeJson>,
    /// Why it failed, or null.
    pub error: Option<String>,
}

/// Mirror of [`BuildOutcome`].
#[derive(Debug, Clone, Serialize)]
pub struct BuildOutcomeJson {
    /// The generation.
    pub generation: String,
    /// Whether it was there already.
    pub unchanged: bool,
    /// Whether it is active.
    pub active: bool,
    /// Why it was not activated though that was wanted, or null.
    pub held_back: Option<String>,
    /// Passages encoded.
    pub passages_encoded: usize,
    /// Problems in the files read.
    pub problems: usize,
}

impl From<&BuildView> for BuildJson {
    fn from(view: &BuildView) -> Self {
        Self {
            id: view.id.clone(),
            state: match view.state {
                BuildState::Running => "running",
                BuildState::Done => "done",
                BuildState::Failed => "failed",
            },
            stage: view.stage.clone(),
            bytes_done: view.bytes_done,
            bytes_total: view.bytes_total,
            outcome: view.outcome.as_ref().map(BuildOutcomeJson::from),
            error: view.error.clone(),
        }
    }
}

impl From<&BuildOutcome> for BuildOutcomeJson {
    fn from(outcome: &BuildOutcome) -> Self {
        Self {
            generation: outcome.generation.clone(),
            unchanged: outcome.unchanged,
            active: outcome.active,
            held_back: outcome.held_back.clone(),
            passages_encoded: outcome.passages_encoded,
            problems: outcome.problems,
        }
    }
}

/// Mirror of [`DiffView`].
#[derive(Debug, Clone, Serialize)]
pub struct DiffJson {
    /// Generation compared with, or null.
    pub from: Option<String>,
    /// The new generation.
    pub to: String,
    /// How many of each, also of what is left out below.
    pub counts: BTreeMap<&'static str, usize>,
    /// Documents added, changed and removed.
    pub documents: DocumentsDiffJson,
    /// Articles added.
    pub added: Vec<String>,
    /// Articles changed, word by word.
    pub changed: Vec<ChangeJson>,
    /// Articles whose validity ended.
    pub repealed: Vec<RepealJson>,
    /// Articles removed.
    pub removed: Vec<String>,
    /// Whether activating it needs the removal confirmed.
    pub needs_confirmation: bool,
    /// Files with problems.
    pub files: Vec<StoredFile>,
    /// How the golden questions move.
    pub quality: QualityJson,
    /// What of members' and counsellors' it touches, were it served today; null where nobody
    /// looked.
    pub touched: Option<TouchedJson>,
}

/// What a change of the law touches.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct TouchedJson {
    /// Precedents that would leave service.
    pub precedents: u64,
    /// Stored answers that would be recalled.
    pub answers: u64,
    /// Members who got one of them, and would be told.
    pub members: u64,
}

impl From<crate::review::Touched> for TouchedJson {
    fn from(touched: crate::review::Touched) -> Self {
        Self { precedents: touched.precedents, answers: touched.answers, members: touched.members }
    }
}

/// Documents that differ.
#[derive(Debug, Clone, Serialize)]
pub struct DocumentsDiffJson {
    /// Only in the new generation.
    pub added: Vec<DocumentNameJson>,
    /// In both, with differing articles.
    pub changed: Vec<DocumentNameJson>,
    /// Only in the old one.
    pub removed: Vec<DocumentNameJson>,
}

/// Mirror of [`DocumentName`].
#[derive(Debug, Clone, Serialize)]
pub struct DocumentNameJson {
    /// Document id.
    pub id: String,
    /// Number as printed.
    pub law_id: Option<String>,
    /// Title.
    pub title: String,
    /// Articles.
    pub articles: usize,
}

/// Mirror of [`Change`].
#[derive(Debug, Clone, Serialize)]
pub struct ChangeJson {
    /// Provision id.
    pub id: String,
    /// Runs of words; empty where only dates differ.
    pub words: Vec<RunJson>,
    /// Dates before and now, where they differ: first day, last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective: Option<[[Option<String>; 2]; 2]>,
}

/// A run of words.
#[derive(Debug, Clone, Serialize)]
pub struct RunJson {
    /// `same`, `removed`, `added`; `skipped` with the number of words left out.
    pub op: &'static str,
    /// The words.
    pub text: String,
}

/// Mirror of [`Repeal`].
#[derive(Debug, Clone, Serialize)]
pub struct RepealJson {
    /// Provision id.
    pub id: String,
    /// Last day in force.
    pub effective_to: String,
}

/// Mirror of [`QualityView`].
#[derive(Debug, Clone, Serialize)]
pub struct QualityJson {
    /// Figures before, or null.
    pub before: Option<RetrievalJson>,
    /// Figures now.
    pub after: RetrievalJson,
    /// `hybrid` or `lexical`.
    pub mode: &'static str,
    /// Questions that moved, worst first.
    pub moved: Vec<MovedJson>,
}

/// Mirror of [`RetrievalView`].
#[derive(Debug, Clone, Serialize)]
pub struct RetrievalJson {
    /// Questions with gold articles.
    pub questions: usize,
    /// Mean reciprocal rank within ten.
    pub mrr_at_10: f64,
    /// Recall by depth.
    pub recall_at: BTreeMap<String, f64>,
}

/// A question that moved.
#[derive(Debug, Clone, Serialize)]
pub struct MovedJson {
    /// Its id.
    pub id: String,
    /// The question.
    pub question: String,
    /// Rank of its first gold article before, or null beyond the first hundred.
    pub rank_before: Option<usize>,
    /// The same now.
    pub rank_after: Option<usize>,
}

impl DiffJson {
    /// The value with at most `list_max` entries in each list.
    pub fn new(view: &DiffView, list_max: usize) -> Self {
        let difference = &view.difference;
        let names = |list: &[DocumentName]| list.iter().take(list_max).map(DocumentNameJson::from).collect();
        let counts = BTreeMap::from([
            ("documents_added", difference.documents_added.len()),
            ("documents_changed", difference.documents_changed.len()),
            ("documents_removed", difference.documents_removed.len()),
            ("added", difference.added.len()),
            ("changed", difference.changed.len()),
            ("repealed", difference.repealed.len()),
            ("removed", difference.removed.len()),
            ("provisions_before", view.removal.before),
            ("provisions_removed", view.removal.removed),
            ("problems", view.files.iter().map(|file| file.problems.len()).sum()),
        ]);
        Self {
            from: view.from.clone(),
            to: view.to.clone(),
            counts,
            documents: DocumentsDiffJson {
                added: names(&difference.documents_added),
                changed: names(&difference.documents_changed),
                removed: names(&difference.documents_removed),
            },
            added: difference.added.iter().take(list_max).cloned().collect(),
            changed: difference.changed.iter().take(list_max).map(ChangeJson::from).collect(),
            repealed: difference.repealed.iter().take(list_max).map(RepealJson::from).collect(),
            removed: difference.removed.iter().take(list_max).cloned().collect(),
            needs_confirmation: view.removal.exceeds(view.removed_percent_max),
            files: view.files.iter().take(list_max).cloned().collect(),
            quality: QualityJson::from(&view.quality),
            touched: None,
        }
    }
}

impl From<&DocumentName> for DocumentNameJson {
    fn from(name: &DocumentName) -> Self {
        let DocumentName { id, number, title, articles } = name.clone();
        Self { id, law_id: number, title, articles }
    }
}

impl From<&Change> for ChangeJson {
    fn from(change: &Change) -> Self {
        let dates =
            |validity: crate::law::Validity| [validity.from, validity.to].map(|date| date.map(super::date_text));
        Self {
            id: change.id.clone(),
            words: change.words.iter().map(|run| RunJson { op: run.op.name(), text: run.text.clone() }).collect(),
            effective: change.validity.map(|(before, after)| [dates(before), dates(after)]),
        }
    }
}

impl From<&Repeal> for RepealJson {
    fn from(repeal: &Repeal) -> Self {
        Self { id: repeal.id.clone(), effective_to: super::date_text(repeal.last_day) }
    }
}

impl From<&QualityView> for QualityJson {
    fn from(view: &QualityView) -> Self {
        Self {
            before: view.before.as_ref().map(RetrievalJson::from),
            after: RetrievalJson::from(&view.after),
            mode: if view.hybrid { "hybrid" } else { "lexical" },
            moved: view
                .moved
                .iter()
                .map(|moved| MovedJson {
                    id: moved.id.clone(),
                    question: moved.question.clone(),
                    rank_before: moved.before,
                    rank_after: moved.after,
                })
                .collect(),
        }
    }
}

impl From<&RetrievalView> for RetrievalJson {
    fn from(view: &RetrievalView) -> Self {
        Self {
            questions: view.questions,
            mrr_at_10: view.mrr_at_10,
            recall_at: view.recall_at.iter().map(|(depth, share)| (depth.to_string(), *share)).collect(),
        }
    }
}
