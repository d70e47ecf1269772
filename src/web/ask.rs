/*!
A question's page, in pieces: the answer made of clauses at once, the clauses under it, then each
sentence of a model once it is checked.

Pieces are appended as they come and never changed again, so what is not verified is never
written: drafts (`Delta`) are left out here, and only the script, which can take them back,
shows them. A waiting line hides itself (style sheet) as soon as anything follows it.
*/

use askama::Template;
use jiff::civil::Date;

use super::{Form, Site, day, review::approved};
use crate::{
    answer::{
        Answer, AnswerSentence, AnswerStatus, AskEvent, CitedProvision, Clarify, ClarifyChoice, ask::EXTRACTS,
        condense::Turn,
    },
    views::{OfferJson, OutcomeJson, ProblemJson, label_text, stage_message},
};

/// A quote longer than this is folded behind its beginning, in characters.
const QUOTE_CHARS_SHOWN: usize = 420;

/// A page that grows with the events of one question.
#[derive(Debug)]
pub struct AskPage {
    site: Site,
    question: String,
    as_of: Date,
    /// What was said before in this conversation.
    turns: Vec<Turn>,
    /// The conversation's id; empty where none is kept.
    conversation: String,
    open: Open,
    shown: Vec<CitedProvision>,
    sentences: Vec<String>,
    understood: bool,
    /// Whether the answer made of clauses is written.
    composed: bool,
}

/// Which element is open at the end of what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Nothing,
    Clauses,
    /// The answer made of clauses.
    Answer,
    /// What a model wrote.
    Written,
}

#[derive(Template)]
#[template(path = "ask_open.html")]
struct Opening<'a> {
    site: &'a Site,
    title: &'a str,
    turns: &'a [Turn],
    question: &'a str,
}

#[derive(Template)]
#[template(path = "clause.html")]
struct Clause<'a> {
    cited: &'a CitedProvision,
    url: String,
    quote: &'a str,
    quote_rest: &'a str,
}

#[derive(Template)]
#[template(path = "ask_sentence.html")]
struct Sentence<'a> {
    sentence: &'a AnswerSentence,
    marks: Vec<Mark<'a>>,
}

/// A citation mark in the answer.
struct Mark<'a> {
    n: usize,
    url: String,
    citation: &'a str,
}

impl<'a> Mark<'a> {
    fn find(n: usize, citations: &'a [CitedProvision]) -> Option<Self> {
        let cited = citations.iter().find(|cited| cited.n == n)?;
        Some(Self { n, url: quote_url(cited), citation: &cited.citation })
    }
}

/// Text, and the mark behind it.
struct Piece<'a> {
    text: &'a str,
    mark: Option<Mark<'a>>,
}

#[derive(Template)]
#[template(path = "ask_end.html")]
struct Ending<'a> {
    site: &'a Site,
    form: Form,
    question: &'a str,
    answer: Option<&'a Answer>,
    clarify: Option<&'a Clarify>,
    choices: Vec<Choice<'a>>,
    problem: Option<&'a ProblemJson>,
    as_of: String,
}

/// A choice with its clauses rendered.
struct Choice<'a> {
    label: &'a str,
    pieces: Vec<Piece<'a>>,
    clauses: String,
}

impl Ending<'_> {
    fn abstained(&self) -> bool {
        self.answer.is_some_and(|answer| answer.status == AnswerStatus::Abstained)
    }

    fn offer(&self) -> Option<OfferJson> {
        let answer = self.answer?;
        answer.calculator.as_ref().map(|offer| OfferJson::new(offer, answer.as_of))
    }

    /// Small talk: there is nothing to do next.
    fn chatting(&self) -> bool {
        self.abstained() && self.answer.is_some_and(|answer| answer.next_steps.is_empty())
    }

    /// The offered calculator's result, where the question states all it needs.
    fn worked_out(&self) -> Option<OutcomeJson> {
        self.offer()?.result
    }

    fn label(&self) -> String {
        self.answer.map(label_text).unwrap_or_default()
    }
}

impl AskPage {
    /// A page for `question`, asked of the law of `as_of`.
    pub fn new(site: Site, question: &str, as_of: Date) -> Self {
        Self {
            site,
            question: question.to_owned(),
            as_of,
            turns: Vec::new(),
            conversation: String::new(),
            open: Open::Nothing,
            shown: Vec::new(),
            sentences: Vec::new(),
            understood: false,
            composed: false,
        }
    }

    /// The same after earlier turns, which it shows.
    pub fn after(self, turns: &[Turn]) -> Self {
        Self { turns: turns.to_vec(), ..self }
    }

    /// The same in a conversation, so that the next question follows this one.
    pub fn in_conversation(self, id: Option<&str>) -> Self {
        Self { conversation: id.unwrap_or_default().to_owned(), ..self }
    }

    /// The page down to where the answer begins.
    pub fn open(&self) -> String {
        piece(&Opening { site: &self.site, title: "Trả lời", turns: &self.turns, question: &self.question })
    }

    /// The piece that `event` adds; with `Done` the page is complete. Failures go to
    /// [`AskPage::failure`].
    pub fn event(&mut self, event: &AskEvent) -> String {
        match event {
            AskEvent::Status(stage) => {
                let close = self.switch(Open::Nothing);
                format!("{close}<p class=\"wait\">{}</p>\n", stage_message(*stage))
            }
            // Clauses stand under the answer made of them, which follows at once.
            AskEvent::Citation(_) | AskEvent::Delta(_) | AskEvent::Error(_) => String::new(),
            // What leads the answer made of clauses stands there already.
            AskEvent::Verdict { sentence, .. } if self.sentences.contains(&sentence.text) => String::new(),
            AskEvent::Verdict { sentence, .. } => self.sentence(sentence, Open::Written),
            AskEvent::Composed(answer) => self.composed(answer),
            AskEvent::Done(answer) => {
                // Another generation may have been activated since the page was begun.
                self.site.corpus_release = Some(answer.corpus_release.clone());
                self.done(answer)
            }
        }
    }

    /// The end of the page when answering failed on the way.
    pub fn failure(&mut self, problem: &ProblemJson) -> String {
        let close = self.switch(Open::Nothing);
        close + &self.ending(None, Some(problem))
    }

    /// Closes what is open, unless it is `wanted`, and opens that.
    fn switch(&mut self, wanted: Open) -> String {
        if self.open == wanted {
            return String::new();
        }
        let close = match self.open {
            Open::Nothing => "",
            Open::Clauses => "</ol></section>\n",
            Open::Answer | Open::Written => "</section>\n",
        };
        let open = match wanted {
            Open::Nothing => "",
            Open::Clauses => "<section class=\"clauses\"><h2>Điều khoản trích dẫn</h2><ol>\n",
            Open::Answer => {
                "<section class=\"answer\"><h2>Trả lời <small>lấy nguyên văn từ điều luật, không qua máy soạn</small></h2>\n"
            }
            Open::Written => {
                "<section class=\"answer\"><h2>Máy viết gọn lại <small>đã đối chiếu từng câu</small></h2>\n"
            }
        };
        self.open = wanted;
        format!("{close}{open}")
    }

    fn clause(&mut self, cited: &CitedProvision) -> String {
        if self.shown.iter().any(|shown| shown.n == cited.n) {
            return String::new();
        }
        self.shown.push(cited.clone());
        self.switch(Open::Clauses) + &clause(cited)
    }

    /// The answer made of clauses, and the clauses.
    fn composed(&mut self, answer: &Answer) -> String {
        if std::mem::replace(&mut self.composed, true) {
            return String::new();
        }
        let mut text = self.switch(Open::Nothing) + &self.applied(answer) + &self.understanding(answer);
        if let Some(precedent) = &answer.precedent {
            text += &approved(precedent);
        }
        let quoting = answer.generator == EXTRACTS && answer.status != AnswerStatus::Abstained;
        for sentence in answer.sentences.iter().filter(|sentence| quoting && !sentence.withdrawn) {
            text += &self.say(sentence, &answer.citations, Open::Answer);
        }
        text + &answer.citations.iter().map(|cited| self.clause(cited)).collect::<String>()
    }

    fn sentence(&mut self, sentence: &AnswerSentence, place: Open) -> String {
        let shown = std::mem::take(&mut self.shown);
        let text = self.say(sentence, &shown, place);
        self.shown = shown;
        text
    }

    fn say(&mut self, sentence: &AnswerSentence, citations: &[CitedProvision], place: Open) -> String {
        self.sentences.push(sentence.text.clone());
        let marks = sentence.citations.iter().filter_map(|n| Mark::find(*n, citations)).collect();
        let text = piece(&Sentence { sentence, marks });
        self.switch(place) + &text
    }

    /// The day whose law is applied: known only with the answer, for a question may speak of one.
    fn applied(&self, answer: &Answer) -> String {
        // Small talk applies no law.
        if answer.status == AnswerStatus::Abstained && answer.next_steps.is_empty() {
            return String::new();
        }
        let why = if answer.as_of == self.as_of { "" } else { ", ngày câu hỏi nói đến" };
        let today = if answer.as_of == self.site.today { "" } else { " (không phải hôm nay)" };
        format!("<p class=\"note\">Áp dụng luật tại ngày {}{why}{today}.</p>\n", day(answer.as_of))
    }

    fn understanding(&mut self, answer: &Answer) -> String {
        if self.understood || answer.understood.is_empty() || answer.understood == answer.question {
            return String::new();
        }
        self.understood = true;
        let text = askama::filters::escape(&answer.understood, askama::filters::Html);
        let text = text.map(|text| text.to_string()).unwrap_or_default();
        self.switch(Open::Nothing) + &format!("<p class=\"understood\">Đã hiểu câu hỏi là: <q>{text}</q></p>\n")
    }

    fn done(&mut self, answer: &Answer) -> String {
        let mut text = self.composed(answer);
        for sentence in answer.sentences.iter().filter(|_| answer.generator != EXTRACTS) {
            if !sentence.withdrawn && !self.sentences.contains(&sentence.text) {
                text += &self.sentence(sentence, Open::Written);
            }
        }
        text += &self.switch(Open::Nothing);
        text + &self.ending(Some(answer), None)
    }

    fn ending(&self, answer: Option<&Answer>, problem: Option<&ProblemJson>) -> String {
        let as_of = if self.as_of == self.site.today { String::new() } else { self.as_of.to_string() };
        let clarify = answer.and_then(|answer| answer.clarify.as_ref());
        piece(&Ending {
            site: &self.site,
            form: Form {
                question: self.question.clone(),
                as_of: as_of.clone(),
                conversation: self.conversation.clone(),
            },
            // A follow-up says nothing by itself: its choices ask the question it stands for.
            question: answer.map(|a| a.understood.as_str()).filter(|text| !text.is_empty()).unwrap_or(&self.question),
            answer,
            clarify,
            choices: clarify.map(choices).unwrap_or_default(),
            problem,
            as_of,
        })
    }
}

fn choices(clarify: &Clarify) -> Vec<Choice<'_>> {
    clarify.choices.iter().map(Choice::new).collect()
}

impl<'a> Choice<'a> {
    fn new(choice: &'a ClarifyChoice) -> Self {
        Self {
            label: &choice.label,
            pieces: linked(&choice.answer, &choice.citations),
            clauses: choice.citations.iter().map(clause).collect(),
        }
    }
}

/// Cuts a text at its `[n]` marks; marks without a clause stay plain text.
fn linked<'a>(text: &'a str, citations: &'a [CitedProvision]) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut plain = text;
    while let Some((before, after)) = plain.split_once('[') {
        let marked = after.split_once(']').and_then(|(n, rest)| Some((n.parse().ok()?, rest)));
        let Some((n, rest)): Option<(usize, &str)> = marked else { break };
        pieces.push(Piece { text: before, mark: Mark::find(n, citations) });
        plain = rest;
    }
    pieces.push(Piece { text: plain, mark: None });
    pieces
}

/// A cited clause as it is shown everywhere.
pub(super) fn clause(cited: &CitedProvision) -> String {
    let (quote, quote_rest) = fold(&cited.quote);
    piece(&Clause { cited, url: quote_url(cited), quote, quote_rest })
}

/// The sentences of an answer as they were shown.
pub(super) fn said(answer: &Answer) -> String {
    said_of(&answer.sentences, &answer.citations)
}

/// Sentences with their marks.
pub(super) fn said_of(sentences: &[AnswerSentence], citations: &[CitedProvision]) -> String {
    let shown = sentences.iter().filter(|s| !s.withdrawn);
    shown
        .map(|sentence| {
            let marks = sentence.citations.iter().filter_map(|n| Mark::find(*n, citations)).collect();
            piece(&Sentence { sentence, marks })
        })
        .collect()
}

/// Cuts a long quote at the last line or word end before the limit; nothing is left out.
fn fold(quote: &str) -> (&str, &str) {
    let Some((limit, _)) = quote.char_indices().nth(QUOTE_CHARS_SHOWN) else { return (quote, "") };
    let head = quote.get(..limit).unwrap_or(quote);
    let at = head.rfind('\n').filter(|at| limit / 2 < *at).or_else(|| head.rfind(' ')).unwrap_or(limit);
    quote.split_at_checked(at).unwrap_or((quote, ""))
}

/// The clause's address with the quote to mark: `tu` and `den` before the anchor. Links lead
/// to the law here and nowhere else, whatever an address says.
pub(super) fn quote_url(cited: &CitedProvision) -> String {
    if !cited.url.starts_with("/luat/") {
        return "/luat".to_owned();
    }
    let (address, anchor) = cited.url.split_once('#').map_or((cited.url.as_str(), None), |(a, b)| (a, Some(b)));
    let separator = if address.contains('?') { '&' } else { '?' };
    let anchor = anchor.map(|anchor| format!("#{anchor}")).unwrap_or_default();
    format!("{address}{separator}tu={}&den={}{anchor}", cited.quote_start, cited.quote_end)
}

/// A template into text; a failing one is logged and leaves a hole rather than ending the stream.
fn piece(template: &impl Template) -> String {
    template.render().unwrap_or_else(|error| {
        tracing::error!(%error, "a piece of a page could not be rendered");
        String::new()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "</p><script>1</script>\"'<img src=x onerror=1>";

    fn hostile(n: usize) -> CitedProvision {
        CitedProvision {
            n,
            id: "x/dieu-1".to_owned(),
            law_id: "X".to_owned(),
            article_id: None,
            clause_id: None,
            point_id: None,
            citation: HOSTILE.to_owned(),
            title: HOSTILE.to_owned(),
            lead_in: HOSTILE.to_owned(),
            quote: HOSTILE.repeat(20),
            quote_start: 0,
            quote_end: 9,
            url: "javascript:alert(1)".to_owned(),
            in_force: false,
            notes: vec![HOSTILE.to_owned()],
            unit: None,
        }
    }

    #[test]
    fn nothing_from_outside_becomes_markup() {
        let today = jiff::civil::date(2026, 1, 1);
        let site = Site {
            corpus_release: Some(HOSTILE.to_owned()),
            parts: Vec::new(),
            contact: HOSTILE.to_owned(),
            units: vec![HOSTILE.to_owned()],
            unit: HOSTILE.to_owned(),
            question_chars_max: 100,
            today,
            unread: 0,
            menu: super::super::Menu::default(),
        };
        let said = |text: &str, withdrawn: bool| AnswerSentence {
            text: text.to_owned(),
            citations: vec![1, 7],
            supported: !withdrawn,
            withdrawn,
            reason: HOSTILE.to_owned(),
        };
        let answer = Answer {
            question: String::new(),
            understood: HOSTILE.to_owned(),
            as_of: today,
            status: AnswerStatus::Clarify,
            answer: String::new(),
            sentences: vec![said("<i>", false), said(HOSTILE, true)],
            citations: vec![hostile(1), hostile(2)],
            clarify: Some(Clarify {
                question: HOSTILE.to_owned(),
                choices: vec![ClarifyChoice {
                    label: HOSTILE.to_owned(),
                    answer: format!("{HOSTILE} [1] [9] [x"),
                    citations: vec![hostile(1)],
                }],
            }),
            next_steps: vec![HOSTILE.to_owned()],
            calculator: None,
            generator: HOSTILE.to_owned(),
            corpus_release: HOSTILE.to_owned(),
            support: Default::default(),
            writing: Default::default(),
            made_at: None,
            precedent: None,
            timings_ms: Vec::new(),
        };
        let mut page = AskPage::new(site, HOSTILE, today);
        let mut text = page.open();
        text += &page.event(&AskEvent::Citation(hostile(1)));
        text += &page.event(&AskEvent::Delta(HOSTILE.to_owned()));
        text += &page.event(&AskEvent::Verdict { index: 0, sentence: said(HOSTILE, true) });
        text += &page.event(&AskEvent::Done(Box::new(answer)));
        for raw in ["<script>", "<img src=x", "<i>", "javascript:", "onerror=1>"] {
            assert!(!text.contains(raw), "{raw} in {text}");
        }
        assert_eq!(text.matches("<section").count(), text.matches("</section>").count());
        assert_eq!(text.matches("<ol").count(), text.matches("</ol>").count());
    }

    #[test]
    fn folding_loses_nothing() {
        let long = "một hai ba\n".repeat(100);
        let (head, rest) = fold(&long);
        assert_eq!(format!("{head}{rest}"), long);
        assert!(head.chars().count() <= QUOTE_CHARS_SHOWN && !rest.is_empty());
        assert_eq!(fold("ngắn"), ("ngắn", ""));
        let solid = "đ".repeat(1000);
        assert_eq!(fold(&solid).0.chars().count(), QUOTE_CHARS_SHOWN);
    }
}
