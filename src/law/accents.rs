/*!
Restoring accents: "nghi viec" -> "nghỉ việc".

A model of syllables given the two before them, counted from texts and backed off to one
and none (Witten and Bell's weights), and a beam search over the accented spellings of each
bare syllable. Syllables typed with an accent stay as typed and steer their neighbours, so
half-accented text works too. Always on: guessing whether a text needs it is worse than
restoring it always, and text with its accents comes out as it went in.
*/

use std::collections::{HashMap, hash_map::Entry};

use super::text::{canonical_syllable, fold, has_accent, syllable_ranges};

/// Most spellings considered for one bare syllable.
const SPELLINGS_MAX: usize = 24;
/// Most syllables of one text that are restored; the rest stays as typed.
const SYLLABLES_MAX: usize = 600;
/// How much each kind of follower of a context speaks for the shorter context: the larger, the
/// more a longer one must have been seen to be believed. Chosen on sentences left out.
const BACK_OFF: f64 = 8.0;
/// Ways kept from one syllable to the next.
const BEAM_WAYS_MAX: usize = 96;
/// Most runs of three syllables kept; of more, those seen least are forgotten.
const TRIGRAMS_MAX: usize = 400_000;
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
    trigrams: HashMap<(u32, u32, u32), u32>,
    /// What follows one syllable and two, counted by [`AccentModel::finish`].
    after_one: HashMap<u32, Followers>,
    after_two: HashMap<(u32, u32), Followers>,
    total: u64,
}

/// How often something follows a context, and how many different syllables do.
#[derive(Debug, Clone, Copy, Default)]
struct Followers {
    count: u64,
    kinds: u32,
}

impl Followers {
    fn add(&mut self, count: u32) {
        self.count += u64::from(count);
        self.kinds += 1;
    }

    /// The share of `count` among what follows, mixed with what the shorter context says.
    fn mix(followers: Option<&Self>, count: Option<&u32>, shorter: f64) -> f64 {
        let Some(Self { count: all, kinds }) = followers else { return shorter };
        let doubt = BACK_OFF * f64::from(*kinds);
        (f64::from(count.copied().unwrap_or(0)) + doubt * shorter) / (*all as f64 + doubt)
    }
}

/// Ends a sentence, and with it what a syllable has to do with those before it.
const SENTENCE_ENDS: [char; 6] = ['.', ';', '\n', '?', '!', ':'];
/// Stands before the first syllable of a sentence, and for numbers.
const START: u32 = u32::MAX;
/// Stands for a syllable no text has.
const UNKNOWN: u32 = u32::MAX - 1;

impl AccentModel {
    /// Counts `text`, `weight` times over.
    pub fn add(&mut self, text: &str, weight: u32) {
        for sentence in text.split(SENTENCE_ENDS) {
            let (mut first, mut last) = (START, START);
            for range in syllable_ranges(sentence) {
                let syllable = canonical_syllable(&sentence[range]);
                if syllable.chars().any(char::is_numeric) {
                    (first, last) = (START, START);
                    continue;
                }
                let id = self.id(syllable);
                self.counts[id as usize] += weight;
                self.total += u64::from(weight);
                *self.bigrams.entry((last, id)).or_default() += weight;
                *self.trigrams.entry((first, last, id)).or_default() += weight;
                (first, last) = (last, id);
            }
        }
        if 2 * TRIGRAMS_MAX < self.trigrams.len() {
            self.forget_rare();
        }
    }

    /// Keeps the bounds of memory: of runs of three, the least seen go first.
    fn forget_rare(&mut self) {
        let mut count_min = 2;
        while TRIGRAMS_MAX < self.trigrams.len() {
            self.trigrams.retain(|_, count| count_min <= *count);
            count_min *= 2;
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
        self.forget_rare();
        (self.after_one, self.after_two) = Default::default();
        for ((last, _), count) in &self.bigrams {
            self.after_one.entry(*last).or_default().add(*count);
        }
        for ((first, last, _), count) in &self.trigrams {
            self.after_two.entry((*first, *last)).or_default().add(*count);
        }
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
        self.restore_of(text, text)
    }

    /// As [`restore`](Self::restore) for a `text` made of what was `typed`: that alone says
    /// whether the writer uses accents.
    pub fn restore_of(&self, text: &str, typed: &str) -> String {
        let ranges: Vec<_> = syllable_ranges(text).take(SYLLABLES_MAX).collect();
        if ranges.is_empty() || self.total == 0 {
            return text.to_owned();
        }
        let mostly_accented = is_mostly_accented(typed);
        let mut after = 0;
        let positions: Vec<Position> = ranges
            .iter()
            .map(|range| {
                let begins = text[after..range.start].contains(SENTENCE_ENDS);
                after = range.end;
                Position { begins, choices: self.choices(&text[range.clone()], mostly_accented) }
            })
            .collect();
        let best = self.best_way(&positions);
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
        if canonical.chars().any(char::is_numeric) {
            return vec![Choice { id: None, stands_as: START, as_typed: true, bonus: 0.0 }];
        }
        let stands_as = |id: Option<u32>| id.unwrap_or(UNKNOWN);
        if has_accent(typed) {
            return vec![Choice { id: own, stands_as: stands_as(own), as_typed: true, bonus: 0.0 }];
        }
        let mut choices: Vec<Choice> = self
            .spellings
            .get(canonical.as_str())
            .into_iter()
            .flatten()
            .map(|id| {
                let as_typed = Some(*id) == own;
                let bonus = if as_typed && mostly_accented { BARE_BONUS_ACCENTED } else { 0.0 };
                Choice { id: Some(*id), stands_as: *id, as_typed, bonus }
            })
            .collect();
        if choices.is_empty() || (mostly_accented && own.is_none()) {
            let bonus = if mostly_accented { BARE_BONUS_ACCENTED } else { 0.0 };
            choices.push(Choice { id: None, stands_as: UNKNOWN, as_typed: true, bonus });
        }
        choices
    }

    /// The likeliest choice for each position.
    fn best_way<'p>(&self, positions: &'p [Position]) -> Vec<&'p Choice> {
        let mut ways = vec![Way { first: START, last: START, score: 0.0, choice: 0, before: 0 }];
        let mut taken: Vec<Vec<Way>> = Vec::with_capacity(positions.len());
        for position in positions {
            let next = self.extend(&ways, position);
            taken.push(std::mem::replace(&mut ways, next));
        }
        let mut best = Vec::with_capacity(positions.len());
        // The likeliest stands first.
        let mut way = ways[0];
        for (position, before) in positions.iter().zip(taken).rev() {
            best.push(&position.choices[way.choice]);
            way = before[way.before];
        }
        best.reverse();
        best
    }

    /// The ways one syllable on, best first, no more than the beam holds; of those that end
    /// with the same two syllables only the best can become the best.
    fn extend(&self, ways: &[Way], position: &Position) -> Vec<Way> {
        let mut next: Vec<Way> = Vec::new();
        let mut places: HashMap<(u32, u32), usize> = HashMap::new();
        for (before, way) in ways.iter().enumerate() {
            let (first, last) = if position.begins { (START, START) } else { (way.first, way.last) };
            for (choice, spelling) in position.choices.iter().enumerate() {
                let score = way.score + self.log_probability(first, last, spelling) + spelling.bonus;
                let first = if spelling.stands_as == START { START } else { last };
                let new = Way { first, last: spelling.stands_as, score, choice, before };
                match places.entry((new.first, new.last)) {
                    Entry::Vacant(place) => {
                        place.insert(next.len());
                        next.push(new);
                    }
                    Entry::Occupied(place) if next[*place.get()].score < score => next[*place.get()] = new,
                    Entry::Occupied(_) => {}
                }
            }
        }
        // The order in which they were found settles ties.
        next.sort_by(|a, b| b.score.total_cmp(&a.score));
        next.truncate(BEAM_WAYS_MAX);
        next
    }

    fn log_probability(&self, first: u32, last: u32, choice: &Choice) -> f64 {
        if choice.stands_as == START {
            return 0.0;
        }
        let total = self.total as f64;
        let Some(id) = choice.id else { return (0.1 / total).ln() };
        let alone = (f64::from(self.counts[id as usize]) + 0.1) / (total + 1.0);
        let after_one = Followers::mix(self.after_one.get(&last), self.bigrams.get(&(last, id)), alone);
        let after_two = self.after_two.get(&(first, last));
        Followers::mix(after_two, self.trigrams.get(&(first, last, id)), after_one).ln()
    }

    /// The counts as rows of text: `syllable count`, an empty line, `first second count`, an
    /// empty line, `first second third count`.
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
        rows.push('\n');
        let mut trigrams: Vec<_> = self.trigrams.iter().collect();
        trigrams.sort();
        for ((first, second, third), count) in trigrams {
            rows.push_str(&format!("{first}\t{second}\t{third}\t{count}\n"));
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
        let is_known = |id: u32| (id as usize) < known;
        let is_context = |id: u32| id == START || is_known(id);
        for (number, line) in lines.by_ref().take_while(|(_, line)| !line.is_empty()) {
            let [first, second, count] = numbers(line).ok_or(number)?;
            if !is_context(first) || !is_known(second) {
                return Err(number);
            }
            model.bigrams.insert((first, second), count);
        }
        for (number, line) in lines {
            let [first, second, third, count] = numbers(line).ok_or(number)?;
            if !is_context(first) || !is_context(second) || !is_known(third) {
                return Err(number);
            }
            model.trigrams.insert((first, second, third), count);
        }
        model.finish();
        Ok(model)
    }
}

/// The numbers of a row, if it holds just so many.
fn numbers<const N: usize>(line: &str) -> Option<[u32; N]> {
    let mut parts = line.split('\t').map(str::parse::<u32>);
    let mut row = [0; N];
    for number in &mut row {
        *number = parts.next()?.ok()?;
    }
    parts.next().is_none().then_some(row)
}

/// A typed syllable with its spellings.
struct Position {
    /// Whether a sentence begins with it.
    begins: bool,
    choices: Vec<Choice>,
}

/// A way through the spellings so far: it ends with the two syllables it is filed under.
#[derive(Clone, Copy)]
struct Way {
    first: u32,
    last: u32,
    score: f64,
    /// Which choice its last syllable is, and which way of the position before it goes on from.
    choice: usize,
    before: usize,
}

/// One spelling of one typed syllable.
struct Choice {
    id: Option<u32>,
    /// What it is to the syllables after it.
    stands_as: u32,
    as_typed: bool,
    bonus: f64,
}

fn is_mostly_accented(text: &str) -> bool {
    let (mut all, mut accented) = (0usize, 0usize);
    for range in syllable_ranges(text).take(SYLLABLES_MAX) {
        all += 1;
        accented += usize::from(has_accent(&text[range]));
    }
    0 < all && ACCENTED_SHARE_MIN <= accented as f64 / all as f64
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
    fn what_was_written_out_says_nothing_of_how_the_writer_types() {
        let (text, typed) = ("không được nghi thi bao", "k dc nghi thi bao");
        let mut model = model();
        model.add("Được nghỉ thì báo", 1);
        model.finish();
        assert_eq!(model.restore_of(text, typed), "không được nghỉ thì báo");
        assert_ne!(model.restore(text), "không được nghỉ thì báo", "who writes accents means the bare ones");
    }

    #[test]
    fn rows_round_trip() {
        let model = model();
        let read = AccentModel::from_rows(&model.to_rows()).unwrap();
        assert_eq!(read.to_rows(), model.to_rows());
        assert_eq!(read.restore("nguoi lao dong"), "người lao động");
        for (rows, at) in [("a\tx\n", 0), ("a\t1\n\n0\t7\t1\n", 2), ("a\t1\n\n0\t0\t1\n\n0\t0\t1\n", 4)] {
            assert_eq!(AccentModel::from_rows(rows).err(), Some(at), "{rows:?}");
        }
        assert!(AccentModel::from_rows("a\t1\n\n0\t0\t1\n").is_ok(), "written before runs of three were counted");
    }

    #[test]
    fn two_syllables_before_decide_where_one_cannot() {
        let mut model = AccentModel::default();
        model.add("xe to lớn. bò to lợn. bò to lợn. Tôi đã nghỉ. Làm tối đa tám giờ", 20);
        model.finish();
        assert_eq!(model.restore("xe to lon"), "xe to lớn", "after `to` alone the other is likelier");
        assert_eq!(model.restore("Lam 3 thang. Toi da nghi, bo to lon"), "Làm 3 thang. Tôi đã nghỉ, bò to lợn");
    }
}
