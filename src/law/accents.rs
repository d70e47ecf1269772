/*!
Restoring accents: "nghi viec" -> "nghỉ việc".

A syllable-bigram model counted from texts, and Viterbi over the accented spellings of each
bare syllable. Syllables typed with an accent stay as typed and steer their neighbours, so
half-accented text works too. Always on: guessing whether a text needs it is worse than
restoring it always, and text with its accents comes out as it went in.
*/

use std::collections::HashMap;

use super::text::{canonical_syllable, fold, has_accent, syllable_ranges};

/// Most spellings considered for one bare syllable.
const SPELLINGS_MAX: usize = 24;
/// Most syllables of one text that are restored; the rest stays as typed.
const SYLLABLES_MAX: usize = 600;
/// Weight of the bigram estimate against the unigram one.
const BIGRAM_WEIGHT: f64 = 0.85;
/// Log-probability bonus of leaving a bare syllable bare in a text that is mostly accented:
/// who writes accents means the bare ones.
const BARE_BONUS_ACCENTED: f64 = 6.0;
/// Share of accented syllables from which a text counts as mostly accented.
const ACCENTED_SHARE_MIN: f64 = 0.3;

/// Counts of syllables and their neighbours.
#[derive(Debug, Clone, Default)]
pub struct AccentModel {
    syllables: Vec<String>,
    counts: Vec<u32>,
    ids: HashMap<String, u32>,
    /// Bare form -> accented spellings, most frequent first.
    spellings: HashMap<String, Vec<u32>>,
    bigrams: HashMap<(u32, u32), u32>,
    total: u64,
}

/// Marks the start of a text in bigrams.
const START: u32 = u32::MAX;

impl AccentModel {
    /// Counts `text`, `weight` times over.
    pub fn add(&mut self, text: &str, weight: u32) {
        for sentence in text.split(['.', ';', '\n', '?', '!', ':']) {
            let mut last = START;
            for range in syllable_ranges(sentence) {
                let syllable = canonical_syllable(&sentence[range]);
                if syllable.chars().any(char::is_numeric) {
                    last = START;
                    continue;
                }
                let id = self.id(syllable);
                self.counts[id as usize] += weight;
                self.total += u64::from(weight);
                *self.bigrams.entry((last, id)).or_default() += weight;
                last = id;
            }
        }
    }

    fn id(&mut self, syllable: String) -> u32 {
        if let Some(id) = self.ids.get(&syllable) {
            return *id;
        }
        let id = u32::try_from(self.syllables.len()).expect("fewer syllables than u32 holds");
        self.syllables.push(syllable.clone());
        self.counts.push(0);
        self.ids.insert(syllable, id);
        id
    }

    /// Makes the model ready for [`restore`](Self::restore) after the last [`add`](Self::add).
    pub fn finish(&mut self) {
        self.spellings.clear();
        for (syllable, id) in &self.ids {
            self.spellings.entry(fold(syllable)).or_default().push(*id);
        }
        for ids in self.spellings.values_mut() {
            ids.sort_by(|a, b| {
                let count = |id: &u32| self.counts[*id as usize];
                count(b).cmp(&count(a)).then_with(|| self.syllables[*a as usize].cmp(&self.syllables[*b as usize]))
            });
            ids.truncate(SPELLINGS_MAX);
        }
    }

    /// `text` with accents put where they most likely belong; everything else unchanged.
    pub fn restore(&self, text: &str) -> String {
        let ranges: Vec<_> = syllable_ranges(text).take(SYLLABLES_MAX).collect();
        if ranges.is_empty() || self.total == 0 {
            return text.to_owned();
        }
        let accented = ranges.iter().filter(|range| has_accent(&text[(*range).clone()])).count();
        let mostly_accented = ACCENTED_SHARE_MIN <= accented as f64 / ranges.len() as f64;
        let choices: Vec<Vec<Choice>> =
            ranges.iter().map(|range| self.choices(&text[range.clone()], mostly_accented)).collect();
        let best = self.best_path(&choices);
        let mut restored = String::with_capacity(text.len() * 3 / 2);
        let mut done = 0;
        for (range, choice) in ranges.into_iter().zip(best) {
            restored.push_str(&text[done..range.start]);
            let typed = &text[range.clone()];
            match choice.id.map(|id| self.syllables[id as usize].as_str()) {
                Some(spelling) if !choice.as_typed => push_with_case(&mut restored, spelling, typed),
                _ => restored.push_str(typed),
            }
            done = range.end;
        }
        restored.push_str(&text[done..]);
        restored
    }

    fn choices(&self, typed: &str, mostly_accented: bool) -> Vec<Choice> {
        let canonical = canonical_syllable(typed);
        let own = self.ids.get(&canonical).copied();
        if has_accent(typed) {
            return vec![Choice { id: own, as_typed: true, bonus: 0.0 }];
        }
        let mut choices: Vec<Choice> = self
            .spellings
            .get(canonical.as_str())
            .into_iter()
            .flatten()
            .map(|id| {
                let as_typed = Some(*id) == own;
                let bonus = if as_typed && mostly_accented { BARE_BONUS_ACCENTED } else { 0.0 };
                Choice { id: Some(*id), as_typed, bonus }
            })
            .collect();
        if choices.is_empty() || (mostly_accented && own.is_none()) {
            let bonus = if mostly_accented { BARE_BONUS_ACCENTED } else { 0.0 };
            choices.push(Choice { id: None, as_typed: true, bonus });
        }
        choices
    }

    fn best_path<'c>(&self, choices: &'c [Vec<Choice>]) -> Vec<&'c Choice> {
        let mut scores: Vec<Vec<(f64, usize)>> = Vec::with_capacity(choices.len());
        for (at, here) in choices.iter().enumerate() {
            let column = here
                .iter()
                .map(|choice| {
                    if at == 0 {
                        return (self.log_probability(Some(START), choice.id) + choice.bonus, 0);
                    }
                    let mut best = (f64::NEG_INFINITY, 0);
                    for (index, previous) in choices[at - 1].iter().enumerate() {
                        let score = scores[at - 1][index].0 + self.log_probability(previous.id, choice.id);
                        if best.0 < score {
                            best = (score, index);
                        }
                    }
                    (best.0 + choice.bonus, best.1)
                })
                .collect();
            scores.push(column);
        }
        let mut path = Vec::with_capacity(choices.len());
        let last = scores.last().map_or(0, |column| {
            (0..column.len()).rev().max_by(|a, b| column[*a].0.total_cmp(&column[*b].0)).unwrap_or(0)
        });
        let mut at = last;
        for position in (0..choices.len()).rev() {
            path.push(&choices[position][at]);
            at = scores[position][at].1;
        }
        path.reverse();
        path
    }

    fn log_probability(&self, previous: Option<u32>, id: Option<u32>) -> f64 {
        let total = self.total as f64;
        let Some(id) = id else { return (0.1 / total).ln() };
        let unigram = (f64::from(self.counts[id as usize]) + 0.1) / (total + 1.0);
        let bigram = previous.map_or(0.0, |previous| {
            let before = if previous == START { total / 10.0 } else { f64::from(self.counts[previous as usize]) };
            self.bigrams.get(&(previous, id)).map_or(0.0, |count| f64::from(*count) / before.max(1.0))
        });
        (BIGRAM_WEIGHT * bigram + (1.0 - BIGRAM_WEIGHT) * unigram).ln()
    }

    /// The counts as rows of text: `syllable count`, an empty line, `first second count`.
    pub fn to_rows(&self) -> String {
        let mut rows = String::new();
        for (syllable, count) in self.syllables.iter().zip(&self.counts) {
            rows.push_str(&format!("{syllable}\t{count}\n"));
        }
        rows.push('\n');
        let mut bigrams: Vec<_> = self.bigrams.iter().collect();
        bigrams.sort();
        for ((first, second), count) in bigrams {
            rows.push_str(&format!("{first}\t{second}\t{count}\n"));
        }
        rows
    }

    /// Reads what [`to_rows`](Self::to_rows) wrote, ready for use.
    ///
    /// # Errors
    /// The number of the first row that is not as it should be.
    pub fn from_rows(rows: &str) -> Result<Self, usize> {
        let mut model = Self::default();
        let mut lines = rows.lines().enumerate();
        for (number, line) in lines.by_ref().take_while(|(_, line)| !line.is_empty()) {
            let (syllable, count) = line.split_once('\t').ok_or(number)?;
            let id = model.id(syllable.to_owned());
            model.counts[id as usize] = count.parse().map_err(|_| number)?;
            model.total += u64::from(model.counts[id as usize]);
        }
        let known = model.syllables.len();
        for (number, line) in lines {
            let mut parts = line.split('\t').map(str::parse::<u32>);
            let mut next = || parts.next().and_then(Result::ok).ok_or(number);
            let (first, second, count) = (next()?, next()?, next()?);
            if (first != START && known <= first as usize) || known <= second as usize {
                return Err(number);
            }
            model.bigrams.insert((first, second), count);
        }
        model.finish();
        Ok(model)
    }
}

/// One spelling of one typed syllable.
struct Choice {
    id: Option<u32>,
    as_typed: bool,
    bonus: f64,
}

fn push_with_case(out: &mut String, spelling: &str, typed: &str) {
    let upper = typed.chars().filter(|c| c.is_uppercase()).count();
    if 1 < upper && upper == typed.chars().count() {
        out.push_str(&spelling.to_uppercase());
    } else if 0 < upper {
        let mut chars = spelling.chars();
        out.extend(chars.next().into_iter().flat_map(char::to_uppercase));
        out.push_str(chars.as_str());
    } else {
        out.push_str(spelling);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::text::strip_accents;

    fn model() -> AccentModel {
        let mut model = AccentModel::default();
        model.add("Người lao động muốn nghỉ việc phải báo trước. Công ty nghi ngờ. Việc làm của người lao động.", 3);
        model.finish();
        model
    }

    #[test]
    fn bare_text_gets_its_accents_and_keeps_the_rest() {
        let restored = model().restore("Nguoi lao dong muon nghi viec, bao truoc 30 ngay xyz?");
        assert_eq!(restored, "Người lao động muốn nghỉ việc, báo trước 30 ngay xyz?");
    }

    #[test]
    fn half_accented_text_is_completed_and_accented_text_is_left_alone() {
        assert_eq!(model().restore("người lao động nghi việc"), "người lao động nghi việc");
        assert_eq!(model().restore("muốn nghi viec phai bao truoc"), "muốn nghỉ việc phải báo trước");
        let text = "Người lao động muốn nghỉ việc phải báo trước";
        assert_eq!(model().restore(text), text);
        assert_eq!(model().restore(&strip_accents(text)), text);
    }

    #[test]
    fn rows_round_trip() {
        let model = model();
        let read = AccentModel::from_rows(&model.to_rows()).unwrap();
        assert_eq!(read.to_rows(), model.to_rows());
        assert_eq!(read.restore("nguoi lao dong"), "người lao động");
        assert_eq!(AccentModel::from_rows("a\tx\n").err(), Some(0));
    }
}
