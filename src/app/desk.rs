/*!
The counsellors' desk with the law beside it: cases claim by claim, precedents found, signed and
retired.

Reviews know no index; here what the served generation says is handed to them.
*/

use std::sync::Arc;

use jiff::civil::Date;

use super::App;
use crate::{
    accounts::Actor,
    answer::{Answer, AnswerSentence, CitedProvision, Precedent},
    error::{Error, Result},
    index::Generation,
    law::{Audience, NodeKind, page::address},
    review::{
        Case, Decision, Judgement, PrecedentRow, Standing, State, Touched,
        precedent::{self, Asked, Law, Made, Wish},
    },
};

/// A sentence of an answer beside the law it rests on.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Place, from 1.
    pub n: usize,
    /// The sentence with its verdict when it was given.
    pub sentence: AnswerSentence,
    /// Why it does not stand today, where it did.
    pub fault_now: Option<String>,
    /// The clauses it rests on.
    pub clauses: Vec<ClauseBeside>,
}

/// A quoted clause in its article.
#[derive(Debug, Clone)]
pub struct ClauseBeside {
    /// The citation as it was given.
    pub cited: CitedProvision,
    /// Text of the article before the quote, as of the answer's day.
    pub before: String,
    /// Text after it.
    pub after: String,
    /// What became of it: none where it reads as it was quoted.
    pub change: Option<&'static str>,
}

/// A case with its claims.
#[derive(Debug, Clone)]
pub struct CaseView {
    /// The case.
    pub case: Case,
    /// Its sentences beside the law.
    pub claims: Vec<Claim>,
    /// Clauses that no sentence names.
    pub others: Vec<ClauseBeside>,
}

impl App {
    /// A case, each sentence of its answer beside the quoted clause in its article.
    ///
    /// # Errors
    /// As [`Reviews::open`](crate::review::Reviews::open).
    pub async fn case(&self, actor: &Actor, id: i64) -> Result<CaseView> {
        let case = self.reviews()?.open(actor, &*self.history()?, id, self.now()).await?;
        let generation = self.law_of(actor).await?;
        let (claims, others) = beside(&case.answer, generation.as_ref(), self.today());
        Ok(CaseView { case, claims, others })
    }

    /// Decides a case; a precedent that is wished for is made, checked and signed along with it, and
    /// one that was shown with an answer found not right leaves service.
    ///
    /// # Errors
    /// As [`Reviews::decide`](crate::review::Reviews::decide) and [`precedent::make`].
    pub async fn decide(&self, actor: &Actor, id: i64, decision: &Decision) -> Result<State> {
        let case = self.reviews()?.open(actor, &*self.history()?, id, self.now()).await?;
        let row = match &decision.precedent {
            None => None,
            Some(wish) => {
                let text = match decision.verdict {
                    Judgement::Right => None,
                    _ => Some(decision.correction.clone()),
                };
                let made = self.made(actor, &case.answer, Wish { text, ..wish.clone() }).await?;
                Some(self.precedents()?.signed(actor, made.0, made.1, self.now()))
            }
        };
        let shown = case.answer.precedent.as_deref();
        let changes_shelf = row.is_some() || shown.is_some();
        let state = self.reviews()?.decide(actor, id, decision, (row, shown), self.now()).await?;
        if changes_shelf {
            self.precedents()?.load().await?;
        }
        Ok(state)
    }

    /// Precedents, those to be renewed first.
    ///
    /// # Errors
    /// `NotFound` for who is no counsellor.
    pub async fn precedent_list(&self, actor: &Actor) -> Result<Vec<Standing>> {
        let law = self.law_reader();
        let mut list = self.precedents()?.list(actor, &*law, self.today()).await?;
        let audience = self.accounts()?.audience(actor).await?;
        list.retain(|standing| standing.answer.is_for(&audience));
        Ok(list)
    }

    /// How many precedents that the actor may see wait to be renewed, at most a list of them.
    ///
    /// # Errors
    /// As [`precedent_list`](Self::precedent_list).
    pub async fn precedents_waiting(&self, actor: &Actor) -> Result<usize> {
        Ok(self.precedent_list(actor).await?.iter().filter(|standing| !standing.found.is_serving).count())
    }

    /// A precedent beside the law of today.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn precedent(&self, actor: &Actor, id: i64) -> Result<(Standing, Vec<Claim>)> {
        let standing = self.standing(actor, id).await?;
        let generation = self.law_of(actor).await?;
        let (claims, _) = beside(&standing.answer, generation.as_ref(), self.today());
        Ok((standing, claims))
    }

    /// Puts a precedent anew into service, bound to the law of today.
    ///
    /// # Errors
    /// `NotFound`; as [`precedent::make`].
    pub async fn renew_precedent(&self, actor: &Actor, id: i64, text: &str, sources: Vec<String>) -> Result<()> {
        let precedents = self.precedents()?;
        let standing = self.standing(actor, id).await?;
        let text = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let wish = Wish { question: standing.found.row.question.clone(), text, sources };
        let (made, vector) = self.made(actor, &standing.answer, wish).await?;
        let row: PrecedentRow = precedents.signed(actor, made, vector, self.now());
        precedents.renew(actor, id, &row).await
    }

    /// A precedent that the actor may see: what rests on a text of another unit is not found.
    async fn standing(&self, actor: &Actor, id: i64) -> Result<Standing> {
        let law = self.law_reader();
        let standing = self.precedents()?.open(actor, id, &*law, self.today()).await?;
        let audience = self.accounts()?.audience(actor).await?;
        let missing = || Error::NotFound { resource: "precedent", id: id.to_string() };
        if standing.answer.is_for(&audience) { Ok(standing) } else { Err(missing()) }
    }

    /// Drops a precedent.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn drop_precedent(&self, actor: &Actor, id: i64) -> Result<()> {
        self.standing(actor, id).await?;
        self.precedents()?.drop(actor, id).await
    }

    /// The law as the actor sees it; none where there is no index.
    async fn law_of(&self, actor: &Actor) -> Result<Option<Arc<Generation>>> {
        let audience = self.accounts()?.audience(actor).await?;
        Ok(self.law_for(&audience).ok())
    }

    /// What the newest law touches that was stored on an older one, settled once for each
    /// generation and day.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn settle_law(&self) -> Result<Touched> {
        let Ok(generation) = self.store().current() else { return Ok(Touched::default()) };
        let release = generation.manifest.id.clone();
        let law = reader(generation);
        self.precedents()?.settle(&release, self.today(), &*law, self.now()).await
    }

    /// The same where nobody waits for it; a failure is logged, and tried again.
    pub async fn settle_or_warn(&self) {
        if self.precedents().is_err() {
            return;
        }
        let settled = self.settle_law().await;
        self.0.jobs.note("law", settled.as_ref().err().map(ToString::to_string));
        match settled {
            Ok(Touched { precedents: 0, answers: 0, .. }) => {}
            Ok(Touched { precedents, answers, members }) => {
                tracing::info!(
                    precedents,
                    answers,
                    members,
                    "the law has changed: precedents retired, answers recalled"
                );
            }
            Err(error) => tracing::warn!("what the law changes was not settled: {error}"),
        }
    }

    /// What a generation would touch, were it served: precedents and stored answers. None where
    /// there is no store.
    ///
    /// # Errors
    /// When the generation or the store cannot be read.
    pub async fn touched_by(&self, release: &str) -> Result<Option<Touched>> {
        let Ok(precedents) = self.precedents() else { return Ok(None) };
        let law = reader(self.store().open_generation(release)?);
        precedents.touched(&*law, self.today()).await.map(Some)
    }

    /// What counsellors approved for such a question; none for another day's law.
    pub(super) fn precedent_for(&self, answer: &Answer, audience: &Audience) -> Option<Precedent> {
        let precedents = self.precedents().ok()?;
        if answer.as_of != self.today() || precedents.is_empty() {
            return None;
        }
        let embedder = self.embedder();
        let vector = embedder.as_ref().and_then(|embedder| match embedder.embed_query(&answer.understood) {
            Ok(vector) => Some((embedder.id().to_owned(), vector)),
            Err(error) => {
                tracing::warn!("precedents are looked for by words alone: {error:#}");
                None
            }
        });
        let vector = vector.as_ref().map(|(id, vector)| (id.as_str(), vector.as_slice()));
        let first_cited = answer.citations.first().map(|cited| cited.id.as_str());
        let asked = Asked { question: &answer.understood, vector, first_cited };
        // What rests on a text that the asker may not see does not stand for them.
        precedents.find(&asked, &*reader(self.law_for(audience).ok()?), answer.as_of)
    }

    /// The version an answer rests on, provision by provision: of today's law alone.
    pub(super) fn rests_on(&self, answer: &Answer) -> impl Fn(&str) -> Option<(String, crate::secrets::Hash)> + use<> {
        let today = self.today();
        let current = self.store().current().ok();
        let served = current.filter(|g| g.manifest.id == answer.corpus_release && answer.as_of == today);
        move |id| precedent::version(id, today, &*reader(served.clone()?))
    }

    async fn made(&self, actor: &Actor, answer: &Answer, wish: Wish) -> Result<(Made, Option<(String, Vec<f32>)>)> {
        let audience = self.accounts()?.audience(actor).await?;
        let (app, answer) = (self.clone(), answer.clone());
        // Checking and encoding take their time: a worker does it.
        let made = self.0.ask_pool.run(move || -> Result<_> {
            let made = precedent::make(&answer, &wish, &*reader(app.law_for(&audience)?), app.today())?;
            let vector = match app.embedder() {
                Some(embedder) => {
                    let vector = embedder.embed_query(&made.question).map_err(Error::Internal)?;
                    Some((embedder.id().to_owned(), vector))
                }
                None => None,
            };
            Ok((made, vector))
        });
        made.await?
    }

    fn law_reader(&self) -> Box<Law<'static>> {
        match self.store().current() {
            Ok(generation) => reader(generation),
            Err(_) => Box::new(|_, _| None),
        }
    }
}

/// What a generation says at a provision on a day, quoted whole.
fn reader(generation: Arc<Generation>) -> Box<Law<'static>> {
    Box::new(move |id, day| {
        let (document, node) = generation.provision(id, day)?;
        let node = node?;
        if !document.validity(node).in_force_on(day) {
            return None;
        }
        let citation = document.citation(Some(node));
        let article = document.enclosing(node, NodeKind::Article);
        let parent = document.ancestors(node).next();
        let is_point = document.nodes()[node].kind == NodeKind::Point;
        let quote = document.provision_text(node).to_owned();
        Some(CitedProvision {
            n: 0,
            id: document.provision_id(node),
            law_id: document.law_id().to_owned(),
            citation: citation.to_string(),
            article_id: citation.article,
            clause_id: citation.clause,
            point_id: citation.point,
            title: article.map(|node| document.nodes()[node].title.clone()).unwrap_or_default(),
            lead_in: parent
                .filter(|_| is_point)
                .map(|node| document.own_text(node).trim().to_owned())
                .unwrap_or_default(),
            quote_start: 0,
            quote_end: quote.chars().count(),
            quote,
            url: address(document, Some(node)),
            in_force: true,
            notes: Vec::new(),
            unit: document.meta.unit.clone(),
        })
    })
}

/// Each sentence beside its clauses in their articles; and clauses no sentence names.
fn beside(answer: &Answer, generation: Option<&Arc<Generation>>, today: Date) -> (Vec<Claim>, Vec<ClauseBeside>) {
    let place = |cited: &CitedProvision| in_article(cited, answer.as_of, generation, today);
    let now: Vec<CitedProvision> = answer.citations.clone();
    let claims = answer.sentences.iter().enumerate().map(|(at, sentence)| {
        let clauses = answer.citations.iter().filter(|cited| sentence.citations.contains(&cited.n)).map(place);
        let recheck = precedent::checked(&[sentence.marked()], &now, &answer.question, true);
        let fault = recheck.into_iter().next().filter(|found| !found.supported && sentence.supported);
        Claim {
            n: at + 1,
            sentence: sentence.clone(),
            fault_now: fault.map(|found| found.reason),
            clauses: clauses.collect(),
        }
    });
    let named = |cited: &&CitedProvision| answer.sentences.iter().any(|s| s.citations.contains(&cited.n));
    let others = answer.citations.iter().filter(|cited| !named(cited)).map(place).collect();
    (claims.collect(), others)
}

fn in_article(cited: &CitedProvision, as_of: Date, generation: Option<&Arc<Generation>>, today: Date) -> ClauseBeside {
    let bare = |change| ClauseBeside { cited: cited.clone(), before: String::new(), after: String::new(), change };
    let Some(generation) = generation else { return bare(Some("chưa có kho luật để đối chiếu")) };
    let Some((document, Some(node))) = generation.provision(&cited.id, as_of) else {
        return bare(Some("không thấy điều khoản này trong kho luật"));
    };
    let provision = document.provision_range(node);
    let own = document.provision_text(node);
    let Some(at) = own.find(&cited.quote) else {
        return bare(Some("câu chữ đã đổi so với lúc trả lời"));
    };
    let around = document.enclosing(node, NodeKind::Article).unwrap_or(node);
    let article = document.provision_range(around);
    let (start, end) = (provision.start + at, provision.start + at + cited.quote.len());
    let text = document.text();
    let today_text = generation.provision(&cited.id, today).and_then(|(d, n)| n.map(|n| (d, n)));
    let change = match today_text {
        Some((d, n)) if !d.validity(n).in_force_on(today) => Some("hôm nay không còn hiệu lực"),
        Some((d, n)) if !d.provision_text(n).contains(&cited.quote) => Some("hôm nay đã có câu chữ khác"),
        Some(_) => None,
        None => Some("không thấy điều khoản này trong kho luật"),
    };
    ClauseBeside {
        cited: cited.clone(),
        before: text.get(article.start..start).unwrap_or_default().trim_start().to_owned(),
        after: text.get(end..article.end).unwrap_or_default().trim_end().to_owned(),
        change,
    }
}
