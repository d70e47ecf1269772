//! The check against mechanical corruptions and true paraphrases of real clauses.
//!
//! Nothing here shares a step with the check: clauses are cut, corrupted and reworded by code
//! and lists of its own. Even-numbered articles were looked at while the check was built,
//! odd-numbered ones were not; both are held to the same share.

use congdoan::answer::ground;

use self::clauses::{Gold, golds};
use crate::support;

mod clauses;
mod corrupt;
mod fuzz;
mod invented;
mod paraphrase;
mod readings;

/// Share of corruptions of each kind that must be withdrawn.
const CAUGHT_SHARE_MIN: f64 = 0.95;
/// Share of true paraphrases that must stand.
const KEPT_SHARE_MIN: f64 = 0.95;
/// Most sentences tried of one kind and parity.
const SENTENCES_MAX: usize = 220;
/// Fewest sentences of a half that is judged by itself.
const HALF_SENTENCES_MIN: usize = 50;
/// Fewest corruptions in all.
const CORRUPTIONS_MIN: usize = 2_000;

/// How many of how many, on each half of the articles.
#[derive(Default, Clone, Copy)]
struct Count {
    seen: (usize, usize),
    held_out: (usize, usize),
}

impl Count {
    fn half(&mut self, held_out: bool) -> &mut (usize, usize) {
        if held_out { &mut self.held_out } else { &mut self.seen }
    }

    fn show(name: &str, count: &Self) -> String {
        let share = |(hit, all): (usize, usize)| hit as f64 / all.max(1) as f64;
        format!(
            "{name:24} developed on {:4} of {:4} = {:.3}   held out {:4} of {:4} = {:.3}",
            count.seen.0,
            count.seen.1,
            share(count.seen),
            count.held_out.0,
            count.held_out.1,
            share(count.held_out)
        )
    }

    fn below(&self, least: f64) -> bool {
        let low = |(hit, all): (usize, usize)| 0 < all && (hit as f64) < least * all as f64;
        // Of few a single one would decide: they are judged together.
        if self.seen.1.min(self.held_out.1) < HALF_SENTENCES_MIN {
            return low((self.seen.0 + self.held_out.0, self.seen.1 + self.held_out.1));
        }
        low(self.seen) || low(self.held_out)
    }
}

/// Sentences of both corpora, spread over the documents.
fn corpus(with_answers: bool) -> Option<Vec<Gold>> {
    let shared = support::shared_data("the corruption suite over real clauses")?;
    let mut list = Vec::new();
    for file in ["labour_corpus.jsonl", "general_corpus.jsonl"] {
        let articles = clauses::articles(&shared.join("eval").join(file));
        let own = articles.iter().filter(|a| file.starts_with("labour") || a.law != "45/2019/QH14");
        list.extend(own.flat_map(golds));
        // Reference answers may be corrupted, but nobody vouches for them as paraphrases.
        if with_answers {
            let questions = if file.starts_with("labour") { "labour_dev.jsonl" } else { "general_dev.jsonl" };
            list.extend(clauses::answers(&shared.join("eval").join(questions), &articles));
        }
    }
    assert!(5_000 < list.len(), "only {} sentences", list.len());
    Some(list)
}

/// A sentence made of a clause, whether that clause is in force, and the place of another one
/// that is cited instead.
type Made = (String, bool, Option<usize>);

/// Runs `make` over all sentences until enough applied, and counts what `wanted` says of them.
fn run(golds: &[Gold], name: &str, make: &dyn Fn(&Gold, usize) -> Option<Made>, wanted_supported: bool) -> Count {
    let mut count = Count::default();
    let show = std::env::var("SHOW_CORRUPTIONS").is_ok_and(|kind| name.contains(&kind));
    // Neighbours are alike: a prime stride that does not divide the length visits all, spread out.
    let stride = if golds.len().is_multiple_of(1_009) { 1_013 } else { 1_009 };
    for salt in (0..golds.len()).map(|index| index * stride % golds.len()) {
        let gold = &golds[salt];
        if SENTENCES_MAX <= count.half(gold.is_held_out()).1 {
            continue;
        }
        let Some((sentence, in_force, foreign)) = make(gold, salt) else { continue };
        let source = foreign.map_or(gold, |index| &golds[index]);
        let verdict = ground::check(&format!("{sentence} [1]."), &[source.evidence(in_force)], "");
        let half = count.half(gold.is_held_out());
        half.1 += 1;
        if verdict.supported == wanted_supported {
            half.0 += 1;
        } else if show && !gold.is_held_out() {
            eprintln!(
                "{name}: {} [{}]\n   {sentence}\n   {} | {}",
                source.citation,
                verdict.reason,
                source.lead_in,
                source.text.replace('\n', " / ")
            );
        }
    }
    eprintln!("{}", Count::show(name, &count));
    count
}

fn corruption_counts(golds: &[Gold]) -> Vec<(&'static str, Count)> {
    let mut counts = Vec::new();
    for (name, corrupt) in corrupt::ALL {
        let make = |gold: &Gold, salt: usize| {
            let sentence = corrupt(gold, salt).filter(|s| *s != gold.sentence)?;
            Some((sentence, true, None))
        };
        counts.push((name, run(golds, name, &make, false)));
    }
    let repealed = |gold: &Gold, _: usize| Some((gold.sentence.clone(), false, None));
    counts.push(("repealed clause", run(golds, "repealed clause", &repealed, false)));
    let foreign = |gold: &Gold, salt: usize| {
        let other = (salt * 31 + 17) % golds.len();
        let is_other = golds[other].title != gold.title && !golds[other].text.contains(&gold.sentence);
        is_other.then(|| (gold.sentence.clone(), true, Some(other)))
    };
    counts.push(("foreign article", run(golds, "foreign article", &foreign, false)));
    // The next clauses are the likeliest to be taken for the right one.
    let neighbour = |gold: &Gold, salt: usize| {
        let near = (salt + 1..golds.len().min(salt + 8)).find(|i| {
            golds[*i].law == gold.law && golds[*i].article != gold.article && golds[*i].title != gold.title
        })?;
        (!golds[near].text.contains(&gold.sentence)).then(|| (gold.sentence.clone(), true, Some(near)))
    };
    counts.push(("neighbouring article", run(golds, "neighbouring article", &neighbour, false)));
    counts
}

#[test]
fn corruptions_of_an_invented_law_are_caught() {
    let golds: Vec<Gold> = invented::articles().iter().flat_map(golds).collect();
    for gold in &golds {
        let verdict = ground::check(&format!("{} [1].", gold.sentence), &[gold.evidence(true)], "");
        assert!(verdict.supported, "{} [{}]", gold.sentence, verdict.reason);
    }
    let counts = corruption_counts(&golds);
    let sum = |pick: fn(&Count) -> usize| counts.iter().map(|(_, count)| pick(count)).sum::<usize>();
    let (hit, all) = (sum(|c| c.seen.0 + c.held_out.0), sum(|c| c.seen.1 + c.held_out.1));
    assert!(100 < all && CAUGHT_SHARE_MIN * all as f64 <= hit as f64, "{hit} of {all}");
    for (name, count) in counts.iter().filter(|(name, _)| *name != "wrong term") {
        assert!(0 < count.seen.1 + count.held_out.1, "`{name}` applied nowhere");
    }
}

#[test]
fn corruptions_of_real_clauses_are_caught() {
    let Some(golds) = corpus(true) else { return };
    let counts = corruption_counts(&golds);
    let all: usize = counts.iter().map(|(_, c)| c.seen.1 + c.held_out.1).sum();
    assert!(CORRUPTIONS_MIN <= all, "only {all} corruptions");
    let low: Vec<String> =
        counts.iter().filter(|(_, c)| c.below(CAUGHT_SHARE_MIN)).map(|(name, c)| Count::show(name, c)).collect();
    assert!(low.is_empty(), "caught too seldom:\n{}", low.join("\n"));
}

#[test]
fn paraphrases_of_real_clauses_stand() {
    let Some(golds) = corpus(false) else { return };
    let mut low = Vec::new();
    for (name, paraphrase) in paraphrase::ALL {
        let make = |gold: &Gold, salt: usize| Some((paraphrase(gold, salt)?, true, None));
        let count = run(&golds, name, &make, true);
        if count.below(KEPT_SHARE_MIN) {
            low.push(Count::show(name, &count));
        }
    }
    assert!(low.is_empty(), "kept too seldom:\n{}", low.join("\n"));
}
