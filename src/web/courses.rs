/*! Pages of courses: the list, a course, a lesson, its quiz, a certificate, counts of units. */

use std::collections::BTreeMap;

use askama::Template;
use qrcode::{QrCode, render::svg};

use super::{Site, day, render};
use crate::{
    courses::{
        COUNT_MIN, Certificate, CompletionReport, CourseView, Marked, MarkedQuestion,
        course::{Clip, ClipSource, Kind, Lesson, Question},
        folder::{MediaKind, media_kind},
        grade::{ANSWER_CHARS_MAX, Answer},
        markdown,
    },
    error::{Error, Result},
};

/// Side of a QR code, in pixels of the page.
const QR_PIXELS: u32 = 220;

#[derive(Template)]
#[template(path = "courses.html")]
struct Courses<'a> {
    site: &'a Site,
    title: &'a str,
    courses: &'a [CourseView],
    signed_in: bool,
}

/// The list of courses.
///
/// # Errors
/// `Internal` when the template fails.
pub fn courses(site: &Site, courses: &[CourseView], signed_in: bool) -> Result<String> {
    render(&Courses { site, title: "Khóa học ngắn", courses, signed_in })
}

#[derive(Template)]
#[template(path = "course.html")]
struct Course<'a> {
    site: &'a Site,
    title: &'a str,
    view: &'a CourseView,
    updated: String,
}

/// One course, with its member's progress.
///
/// # Errors
/// `Internal` when the template fails.
pub fn course(site: &Site, view: &CourseView) -> Result<String> {
    render(&Course { site, title: &view.course.title, view, updated: day(view.course.updated) })
}

/// Why a lesson is shown: to be learnt, or to be looked at before it is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LessonUse {
    /// To be learnt.
    Learn,
    /// A draft for its editors.
    Preview,
}

#[derive(Template)]
#[template(path = "lesson.html")]
struct LessonPage<'a> {
    site: &'a Site,
    title: &'a str,
    view: &'a CourseView,
    lesson: &'a Lesson,
    number: usize,
    html: String,
    form_token: &'a str,
    preview: bool,
    /// Questions that are not asked today.
    withdrawn: usize,
    quiz: Vec<&'a Question>,
}

/// A lesson; a preview shows its quiz with the keys below it.
///
/// # Errors
/// `NotFound`, and `Internal` when the template fails.
pub fn lesson(site: &Site, view: &CourseView, file: &str, form_token: &str, used: LessonUse) -> Result<String> {
    let (at, lesson) = view.lesson(file)?;
    let preview = used == LessonUse::Preview;
    render(&LessonPage {
        site,
        title: &lesson.title,
        view,
        lesson,
        number: at + 1,
        html: markdown::html(&lesson.text, &view.course.slug),
        form_token,
        preview,
        withdrawn: lesson.questions.len() - view.questions(lesson).count(),
        quiz: if preview { lesson.questions.iter().collect() } else { Vec::new() },
    })
}

impl LessonPage<'_> {
    fn clip(&self) -> Option<ShownClip> {
        self.lesson.clip.as_ref().map(|clip| ShownClip::new(clip, &self.view.course.slug))
    }
}

/// A clip as a page shows it.
struct ShownClip {
    address: String,
    poster: String,
    minutes: String,
    is_link: bool,
    is_sound: bool,
}

impl ShownClip {
    fn new(clip: &Clip, slug: &str) -> Self {
        let (address, is_link, kind) = match &clip.source {
            ClipSource::File(path) => (markdown::media_address(slug, path), false, media_kind(path)),
            ClipSource::Link(link) => (link.clone(), true, None),
        };
        Self {
            address,
            poster: markdown::media_address(slug, &clip.poster),
            minutes: format!("{}:{:02}", clip.seconds / 60, clip.seconds % 60),
            is_link,
            is_sound: kind.is_some_and(MediaKind::is_sound),
        }
    }
}

#[derive(Template)]
#[template(path = "quiz.html")]
struct QuizPage<'a> {
    site: &'a Site,
    title: &'a str,
    view: &'a CourseView,
    lesson: &'a Lesson,
    questions: Vec<&'a Question>,
    withdrawn: usize,
    form_token: &'a str,
    attempt: &'a str,
}

/// The quiz of a lesson, one form; `attempt` names this go.
///
/// # Errors
/// `NotFound`, and `Internal` when the template fails.
pub fn quiz(site: &Site, view: &CourseView, file: &str, form_token: &str, attempt: &str) -> Result<String> {
    let (_, lesson) = view.lesson(file)?;
    let questions: Vec<&Question> = view.questions(lesson).collect();
    let withdrawn = lesson.questions.len() - questions.len();
    render(&QuizPage { site, title: &lesson.title, view, lesson, questions, withdrawn, form_token, attempt })
}

#[derive(Template)]
#[template(path = "quiz_done.html")]
struct QuizDone<'a> {
    site: &'a Site,
    title: &'a str,
    view: &'a CourseView,
    lesson: &'a Lesson,
    marked: &'a Marked,
}

/// A quiz marked, question by question.
///
/// # Errors
/// `NotFound`, and `Internal` when the template fails.
pub fn quiz_done(site: &Site, view: &CourseView, file: &str, marked: &Marked) -> Result<String> {
    let (_, lesson) = view.lesson(file)?;
    render(&QuizDone { site, title: &lesson.title, view, lesson, marked })
}

impl QuizDone<'_> {
    fn after(&self) -> Option<&Lesson> {
        let at = self.view.course.lessons.iter().position(|lesson| lesson.file == self.lesson.file)?;
        self.view.course.lessons.get(at + 1)
    }
}

/// What was answered, in words; empty where nothing was.
fn given(marked: &MarkedQuestion) -> String {
    match &marked.answer {
        None => String::new(),
        Some(Answer::Truth(truth)) => truth_word(*truth).to_owned(),
        Some(Answer::Typed(text)) => match &marked.question.kind {
            Kind::Number { unit, .. } => format!("{text} {unit}"),
            _ => text.clone(),
        },
        Some(Answer::Choices(ids)) => words_of(&marked.question, ids),
    }
}

/// The key in words.
fn key(question: &Question) -> String {
    match &question.kind {
        Kind::Single { key, .. } => words_of(question, std::slice::from_ref(key)),
        Kind::Multiple { key, .. } | Kind::Order { key, .. } => words_of(question, key),
        Kind::TrueFalse { key } => truth_word(*key).to_owned(),
        Kind::Number { key, unit, .. } => format!("{} {unit}", number_text(*key)),
    }
}

fn words_of(question: &Question, ids: &[String]) -> String {
    let text_of = |id: &String| question.kind.choices().iter().find(|choice| choice.id == *id);
    let texts: Vec<&str> = ids.iter().filter_map(text_of).map(|choice| choice.text.as_str()).collect();
    texts.join(if matches!(question.kind, Kind::Order { .. }) { " → " } else { "; " })
}

fn truth_word(truth: bool) -> &'static str {
    if truth { "Đúng" } else { "Sai" }
}

/// A number as people here write it: `5.310.000`, `1,5`.
fn number_text(number: f64) -> String {
    let plain = number.abs().to_string();
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut text = String::from(if number < 0.0 { "-" } else { "" });
    for (at, digit) in whole.chars().enumerate() {
        if 0 < at && (whole.len() - at) % 3 == 0 {
            text.push('.');
        }
        text.push(digit);
    }
    if !part.is_empty() {
        text.push(',');
        text.push_str(part);
    }
    text
}

/// How a certificate's page is looked at.
#[derive(Debug, Clone)]
pub struct CertificatePage {
    /// The certificate.
    pub certificate: Certificate,
    /// Its full address, for the QR code.
    pub address: String,
    /// Token of its owner's form; `None` for everybody else.
    pub form_token: Option<String>,
}

#[derive(Template)]
#[template(path = "certificate.html")]
struct CertificateTemplate<'a> {
    site: &'a Site,
    title: &'a str,
    page: &'a CertificatePage,
    issued: String,
    qr: String,
}

/// A certificate.
///
/// # Errors
/// `Internal` when the template fails.
pub fn certificate(site: &Site, page: &CertificatePage) -> Result<String> {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::Offset::constant(7));
    let issued = day(zone.to_datetime(page.certificate.issued_at).date());
    render(&CertificateTemplate { site, title: "Chứng chỉ", page, issued, qr: qr(&page.address)? })
}

/// An address as a QR code, SVG without the head of an XML file.
fn qr(address: &str) -> Result<String> {
    let code = QrCode::new(address).map_err(|e| Error::Internal(anyhow::Error::new(e).context("a QR code")))?;
    let svg = code.render::<svg::Color<'_>>().min_dimensions(QR_PIXELS, QR_PIXELS).build();
    Ok(svg.split_once("<svg").map_or_else(String::new, |(_, rest)| format!("<svg{rest}")))
}

#[derive(Template)]
#[template(path = "completion.html")]
struct Completion<'a> {
    site: &'a Site,
    title: &'a str,
    slug: &'a str,
    report: &'a CompletionReport,
    count_min: u64,
}

/// Counts of a unit and of those below it.
///
/// # Errors
/// `Internal` when the template fails.
pub fn completion(site: &Site, slug: &str, report: &CompletionReport) -> Result<String> {
    render(&Completion { site, title: &report.title, slug, report, count_min: COUNT_MIN })
}

/// A count in words.
fn count(count: &Option<u64>) -> String {
    count.map_or_else(|| format!("dưới {COUNT_MIN}"), |count| format!("từ {count}"))
}

/// A view of a draft, for its preview: every question in service, nobody's progress.
pub fn preview_of(course: crate::courses::course::Course, standings: crate::courses::Standings) -> CourseView {
    CourseView {
        course: std::sync::Arc::new(course),
        version: 0,
        standings: std::sync::Arc::new(standings),
        progress: None,
        certificate: None,
    }
}

/// Answers of a quiz's form: `q.ID` for one choice, truth or number, `q.ID.CHOICE` for each
/// choice of several, with its place where they are put in order.
pub fn answers(lesson: &Lesson, fields: &std::collections::HashMap<String, String>) -> BTreeMap<String, Answer> {
    let mut answers = BTreeMap::new();
    for question in &lesson.questions {
        let name = format!("q.{}", question.id);
        let one = fields.get(&name).map(String::as_str).filter(|text| !text.trim().is_empty());
        let marked = |id: &str| fields.get(&format!("{name}.{id}")).map(String::as_str);
        let answer = match &question.kind {
            // No more is kept of a form than what it can hold.
            Kind::Single { choices, .. } => {
                let picked = choices.iter().find(|choice| one == Some(choice.id.as_str()));
                picked.map(|choice| Answer::Choices(vec![choice.id.clone()]))
            }
            Kind::TrueFalse { .. } => one.map(|truth| Answer::Truth(truth == "1")),
            Kind::Number { .. } => one.map(|text| Answer::Typed(text.trim().chars().take(ANSWER_CHARS_MAX).collect())),
            Kind::Multiple { choices, .. } => {
                let picked = choices.iter().filter(|choice| marked(&choice.id).is_some());
                let picked: Vec<String> = picked.map(|choice| choice.id.clone()).collect();
                (!picked.is_empty()).then_some(Answer::Choices(picked))
            }
            Kind::Order { choices, .. } => {
                let mut placed: Vec<(usize, &String)> =
                    choices.iter().filter_map(|choice| Some((marked(&choice.id)?.parse().ok()?, &choice.id))).collect();
                placed.sort();
                // Two in one place are no order.
                let is_order = placed.windows(2).all(|pair| pair[0].0 < pair[1].0);
                let order = placed.into_iter().map(|(_, id)| id.clone()).collect();
                let order: Vec<String> = order;
                (is_order && !order.is_empty()).then_some(Answer::Choices(order))
            }
        };
        if let Some(answer) = answer {
            answers.insert(question.id.clone(), answer);
        }
    }
    answers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_here_write_them() {
        for (number, text) in
            [(12.0, "12"), (5_310_000.0, "5.310.000"), (25_500.0, "25.500"), (1.5, "1,5"), (-1_000.25, "-1.000,25")]
        {
            assert_eq!(number_text(number), text);
        }
    }

    #[test]
    fn a_qr_code_is_a_picture_without_style_or_script() {
        let svg = qr("https://congdoan.example/chung-chi/AAAAAAAAAAAAAAAAAAAAAA").unwrap();
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>") && !svg.contains("style="), "{svg}");
    }

    #[test]
    fn a_form_is_read_question_by_question() {
        let lesson = crate::courses::folder::read("nghi-thu", &crate::courses::testing::files()).unwrap().lessons;
        let fields = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let one = answers(&lesson[0], &fields(&[("q.so-ngay", " 12 "), ("q.hoi-ai", "a"), ("q.dung-sai", "0")]));
        assert_eq!(one["so-ngay"], Answer::Typed("12".to_owned()));
        assert_eq!(one["hoi-ai"], Answer::Choices(vec!["a".to_owned()]));
        assert_eq!(one["dung-sai"], Answer::Truth(false));
        let two = answers(
            &lesson[1],
            &fields(&[
                ("q.nhieu.c", "1"),
                ("q.thu-tu.a", "1"),
                ("q.thu-tu.b", "3"),
                ("q.thu-tu.c", "2"),
                ("q.phan", ""),
            ]),
        );
        assert_eq!(two["nhieu"], Answer::Choices(vec!["c".to_owned()]));
        assert_eq!(two["thu-tu"], Answer::Choices(["a", "c", "b"].map(str::to_owned).into()));
        assert_eq!(two.len(), 2, "what was left empty is no answer");
        let twice = answers(&lesson[1], &fields(&[("q.thu-tu.a", "1"), ("q.thu-tu.b", "1"), ("q.thu-tu.c", "2")]));
        assert!(twice.is_empty(), "two in one place are no order");
        let long = "a".repeat(60_000);
        let strange = answers(&lesson[0], &fields(&[("q.hoi-ai", &long), ("q.so-ngay", &long)]));
        assert_eq!(strange.get("hoi-ai"), None, "what is no choice is no answer");
        assert_eq!(strange["so-ngay"], Answer::Typed("a".repeat(ANSWER_CHARS_MAX)));
    }
}
