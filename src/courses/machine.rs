/*!
Drafts of lessons that the program makes of what many ask.

Every file of one carries [`MACHINE_MARK`], which a folder that is to be published may not hold: so
a person must have opened each of them, and saved it without the mark. A draft is quotes with their
addresses and gaps to be filled; telling the law in own words stays the editor's work.
*/

use std::fmt::Write as _;

use jiff::{Timestamp, civil::Date};

use super::{
    course::{Kind, Lesson, Proof, Question},
    editing::must_edit,
    folder::{Files, MACHINE_MARK, TITLE_CHARS_MAX, is_slug, quiz_text, quoted},
    proof::{LawNow, Provision, stands},
    service::Courses,
};
use crate::{
    accounts::Actor,
    error::{Error, Result},
    law::text::shorten,
};

/// Beginning of the slugs of such drafts.
const SLUG_START: &str = "hoi-nhieu-";
/// Longest slug, as folders have it, in characters.
const SLUG_CHARS_MAX: usize = 60;
/// Most questions of a drafted quiz.
const QUESTIONS_MAX: usize = 3;
/// Longest sentence a quiz question is made of, in characters.
const SENTENCE_CHARS_MAX: usize = 400;
/// Longest summary, in characters.
const SUMMARY_CHARS_MAX: usize = 300;
/// The file of the lesson.
const LESSON: &str = "01-bai";
/// What stands for the number in a quiz question.
const GAP: &str = "____";

/// A number that stands in a clause, with its sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The provision.
    pub provision: String,
    /// How it is cited.
    pub citation: String,
    /// The sentence of the clause.
    pub sentence: String,
    /// The number with its unit as it stands there, `12 ngày`.
    pub fact: String,
    /// The number as it stands there, `12`.
    pub number: String,
    /// Its value.
    pub value: f64,
}

/// What a draft is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Material {
    /// The article that answers rest on; names the draft.
    pub article: String,
    /// Title of the article.
    pub title: String,
    /// Words that many used.
    pub asked: String,
    /// What the assistant says, piece by piece, with provisions and how they are cited.
    pub pieces: Vec<(String, Vec<(String, String)>)>,
    /// Numbers in the clauses cited.
    pub figures: Vec<Figure>,
}

/// Name of the draft about an article.
pub fn machine_slug(article: &str) -> String {
    let name = article.replace("/dieu-", "-dieu-");
    let kept = |byte: char| if byte.is_ascii_lowercase() || byte.is_ascii_digit() { byte } else { '-' };
    let slug: String = SLUG_START.chars().chain(name.chars().map(kept)).take(SLUG_CHARS_MAX).collect();
    slug.trim_end_matches('-').to_owned()
}

impl Courses {
    /// Keeps a draft made by the program, under the hands of editors; its slug.
    ///
    /// # Errors
    /// `NotFound` for who is no editor; `Conflict` where there is a course of that name.
    pub async fn put_machine_draft(
        &self,
        actor: &Actor,
        material: &Material,
        law: &LawNow,
        now: Timestamp,
    ) -> Result<String> {
        must_edit(actor)?;
        let slug = machine_slug(&material.article);
        if !is_slug(&slug) {
            return Err(Error::invalid("dieu", "không đặt được tên cho bản nháp của điều này"));
        }
        let there = || Error::Conflict(format!("đã có khóa học `{slug}`; hãy mở ra soạn tiếp"));
        if self.newest_of(&slug).await?.is_some() {
            return Err(there());
        }
        let files = draft(&slug, material, law);
        self.store.put_draft(&slug, &files, None, now).await?.ok_or_else(there)?;
        Ok(slug)
    }
}

/// The files of a draft.
fn draft(slug: &str, material: &Material, law: &LawNow) -> Files {
    let title = shorten(material.title.trim(), TITLE_CHARS_MAX);
    let title = if title.is_empty() { "Điều nhiều người hỏi" } else { title };
    let mark = format!("# {MACHINE_MARK}: đọc lại cả tệp rồi xóa dòng này\n");
    let summary = shorten(&format!("Nhiều đoàn viên hỏi: {}", material.asked), SUMMARY_CHARS_MAX).to_owned();
    let course = format!(
        "{mark}format = 1\nslug = {}\ntitle = {}\nsummary = {}\naudience = \"Mọi đoàn viên\"\nlanguage = \"vi\"\n\
         authors = [\"Ban biên tập\"]\nupdated = \"{}\"\nminutes = 3\n\n[completion]\nrule = \"all_quizzes\"\n\
         pass_percent = 80\n\n[[lesson]]\nfile = \"{LESSON}\"\nminutes = 3\n",
        quoted(slug),
        quoted(title),
        quoted(&summary),
        law.today,
    );
    let quiz = format!("{mark}{}", quiz_text(&quiz(material, law)));
    [
        ("course.toml".to_owned(), course),
        (format!("{LESSON}.md"), lesson(title, material, law.today)),
        (format!("{LESSON}.quiz.toml"), quiz),
    ]
    .into_iter()
    .map(|(name, text)| (name, text.into_bytes()))
    .collect()
}

fn lesson(title: &str, material: &Material, today: Date) -> String {
    let mut text = format!("# {}\n\n", plain(title));
    let _ = writeln!(
        text,
        "*{MACHINE_MARK} từ câu trả lời của trợ lý. Hãy đọc lại từng ý với điều luật, viết bằng lời dễ hiểu, rồi xóa \
         đoạn này.*\n"
    );
    if !material.asked.is_empty() {
        let _ = writeln!(text, "Nhiều người hỏi: {}?\n", plain(&material.asked));
    }
    for (piece, cited) in &material.pieces {
        let links: Vec<String> =
            cited.iter().map(|(id, citation)| format!("[{}](/luat/{id})", plain(citation))).collect();
        let links = if links.is_empty() { String::new() } else { format!(" ({})", links.join("; ")) };
        let _ = writeln!(text, "{}{links}\n", plain(piece));
    }
    let mut cited: Vec<&str> = material.pieces.iter().flat_map(|(_, cited)| cited).map(|(_, text)| &**text).collect();
    cited.dedup();
    let _ = write!(
        text,
        "## Ví dụ\n\n## Làm ngay\n\n*Căn cứ: {}. Ban biên tập kiểm lại ngày …; máy soạn ngày {:02}/{:02}/{}.*\n",
        plain(&cited.join("; ")),
        today.day(),
        today.month(),
        today.year()
    );
    text
}

/// The quiz: a number to be filled in, for numbers that stand in a clause alone in their sentence.
fn quiz(material: &Material, law: &LawNow) -> Lesson {
    let mut questions: Vec<Question> = Vec::new();
    for figure in &material.figures {
        let is_new = |question: &Question| question.proofs.iter().all(|proof| proof.fact != figure.fact);
        if questions.len() < QUESTIONS_MAX && questions.iter().all(is_new) && holds(figure, law) {
            questions.push(question(figure, questions.len() + 1));
        }
    }
    Lesson { file: LESSON.to_owned(), title: String::new(), minutes: 3, text: String::new(), clip: None, questions }
}

/// Whether a figure can be asked for: the law of today holds it, and its sentence has it once.
fn holds(figure: &Figure, law: &LawNow) -> bool {
    let text = match (law.read)(&figure.provision) {
        Provision::InForce { text, .. } => text,
        Provision::NotHeld | Provision::NotInForce => return false,
    };
    stands(&figure.fact, &text)
        && figure.sentence.matches(&figure.fact).count() == 1
        && figure.sentence.chars().count() <= SENTENCE_CHARS_MAX
}

fn question(figure: &Figure, n: usize) -> Question {
    let unit = figure.fact.strip_prefix(&figure.number).unwrap_or_default().trim().to_owned();
    let gap = figure.sentence.replacen(&figure.fact, &format!("{GAP} {unit}"), 1);
    Question {
        id: format!("so-{n}"),
        text: format!("Điền số còn thiếu: “{}”", gap.trim()),
        kind: Kind::Number { key: figure.value, unit, tolerance: 0.0 },
        explanation: format!("{}: {}.", figure.citation, figure.fact),
        proofs: vec![Proof { provision: figure.provision.clone(), fact: figure.fact.clone() }],
    }
}

/// A text in which nothing is a sign of Markdown.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for sign in text.chars() {
        if matches!(sign, '*' | '_' | '[' | ']' | '<' | '>' | '#' | '`' | '\\' | '!' | '|' | '~' | '&') {
            plain.push('\\');
        }
        plain.push(if sign.is_control() { ' ' } else { sign });
    }
    // A line that a number or dash begins would be a list.
    plain.trim().replacen(['-', '+'], "–", usize::from(plain.trim().starts_with(['-', '+'])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::courses::folder;

    fn law() -> LawNow {
        let read = |id: &str| match id {
            "1-2020-qh99/dieu-3" => Provision::InForce {
                text: "Người đi làm có 12 ngày nghỉ; người nặng nhọc có 14 ngày nghỉ.".to_owned(),
                notes: Vec::new(),
                citation: "Điều 3".to_owned(),
            },
            _ => Provision::NotHeld,
        };
        LawNow { release: Some("a".to_owned()), today: jiff::civil::date(2026, 1, 1), read: Box::new(read) }
    }

    fn figure(provision: &str, sentence: &str, number: &str) -> Figure {
        Figure {
            provision: provision.to_owned(),
            citation: "Điều 3".to_owned(),
            sentence: sentence.to_owned(),
            fact: format!("{number} ngày"),
            number: number.to_owned(),
            value: number.parse().unwrap(),
        }
    }

    fn material() -> Material {
        Material {
            article: "1-2020-qh99/dieu-3".to_owned(),
            title: "Nghỉ hằng năm".to_owned(),
            asked: "nghỉ hằng năm mấy ngày".to_owned(),
            pieces: vec![(
                "Luật ghi: “có 12 ngày nghỉ” <b>*".to_owned(),
                vec![("1-2020-qh99/dieu-3".to_owned(), "Điều 3 Luật Thử".to_owned())],
            )],
            figures: vec![
                figure("1-2020-qh99/dieu-3", "Người đi làm có 12 ngày nghỉ", "12"),
                figure("1-2020-qh99/dieu-3", "Người đi làm có 12 ngày nghỉ", "12"),
                figure("1-2020-qh99/dieu-3", "Người đi làm có 13 ngày nghỉ", "13"),
                figure("2-2020-qh99/dieu-3", "Người đi làm có 15 ngày nghỉ", "15"),
                figure("1-2020-qh99/dieu-3", "người nặng nhọc có 14 ngày nghỉ", "14"),
            ],
        }
    }

    #[test]
    fn a_draft_names_its_sources_and_asks_for_numbers_of_the_law_alone() {
        let files = draft("hoi-nhieu-1-2020-qh99-dieu-3", &material(), &law());
        let text = |name: &str| String::from_utf8(files[name].clone()).unwrap();
        let lesson = text("01-bai.md");
        assert!(lesson.starts_with("# Nghỉ hằng năm\n") && lesson.contains("(/luat/1-2020-qh99/dieu-3)"), "{lesson}");
        assert!(lesson.contains("\\<b\\>\\*"), "nothing quoted is a sign: {lesson}");
        let quiz = text("01-bai.quiz.toml");
        assert_eq!(quiz.matches("[[question]]").count(), 2, "12 and 14 stand in the law, 13 and 15 do not: {quiz}");
        assert!(quiz.contains("có ____ ngày nghỉ") && quiz.contains("key = 12"), "{quiz}");
    }

    #[test]
    fn no_file_of_a_draft_is_published_before_a_person_has_saved_it() {
        let slug = machine_slug("1-2020-qh99/dieu-3");
        assert_eq!(slug, "hoi-nhieu-1-2020-qh99-dieu-3");
        let files = draft(&slug, &material(), &law());
        let problems = folder::read(&slug, &files).unwrap_err();
        for name in files.keys() {
            let marked = problems.iter().any(|problem| problem.file == *name && problem.message.contains("máy soạn"));
            assert!(marked, "{name}: {problems:?}");
        }
        // Everything but the mark and the open quiz is as a folder should be.
        let others = problems.iter().filter(|problem| !problem.message.contains("máy soạn"));
        for problem in others {
            assert!(
                problem.message.contains("từ")
                    || problem.message.contains("câu")
                    || problem.message.contains("question"),
                "{problem}"
            );
        }
    }
}
