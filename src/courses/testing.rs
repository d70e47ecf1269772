/*! An invented course over the invented law, for the tests of this module and of the store. */

use super::{
    course::Course,
    folder::{self, Files},
};

/// Short name of the invented course.
pub(crate) const SLUG: &str = "nghi-thu";

/// A lesson's text of the length that lessons have.
pub(crate) fn lesson_text(title: &str) -> String {
    let filler = "Luật thử nghiệm nói về ngày nghỉ của người đi làm. ".repeat(30);
    format!(
        "# {title}\n\n{filler}\n\n## Ví dụ\n\nChị Ba có [12 ngày nghỉ](/luat/1-2020-qh99/dieu-3).\n\n\
         ## Làm ngay\n\n- Đếm ngày nghỉ.\n\n*Căn cứ: luật thử. Kiểm lại ngày 01/01/2026.*\n"
    )
}

/// The folder of the invented course: two lessons, each kind of question.
pub(crate) fn files() -> Files {
    let quiz_one = r#"format = 1

[[question]]
id = "so-ngay"
kind = "number"
topic = "law"
text = "Mỗi năm có mấy ngày nghỉ?"
key = 12
unit = "ngày"
tolerance = 0
explanation = "Luật thử nói mười hai."
proof = [{ id = "1-2020-qh99/dieu-3", fact = "12 ngày" }]

[[question]]
id = "hoi-ai"
kind = "single"
topic = "skill"
text = "Hỏi ai?"
choices = [
    { id = "a", text = "Công đoàn" },
    { id = "b", text = "Không ai" },
]
key = "a"
explanation = "Công đoàn ở gần."

[[question]]
id = "dung-sai"
kind = "true_false"
topic = "skill"
text = "Nghỉ phép phải ghi lại."
key = true
explanation = "Ghi lại thì nhớ."
"#;
    let quiz_two = r#"format = 1

[[question]]
id = "nhieu"
kind = "multiple"
topic = "skill"
text = "Chọn hai."
choices = [
    { id = "a", text = "Một" },
    { id = "b", text = "Hai" },
    { id = "c", text = "Ba" },
]
key = ["a", "c"]
explanation = "Một và ba."

[[question]]
id = "thu-tu"
kind = "order"
topic = "skill"
text = "Xếp lại."
choices = [
    { id = "b", text = "Hai" },
    { id = "a", text = "Một" },
    { id = "c", text = "Ba" },
]
key = ["a", "b", "c"]
explanation = "Theo thứ tự."

[[question]]
id = "phan"
kind = "number"
topic = "skill"
text = "Một nửa của ba?"
key = 1.5
unit = "phần"
tolerance = 0.1
explanation = "Một phẩy năm."
"#;
    let course = r#"format = 1
slug = "nghi-thu"
title = "Ngày nghỉ thử"
summary = "Hai bài bịa để thử."
audience = "Người thử"
language = "vi"
authors = ["Người thử"]
updated = "2026-01-01"
minutes = 6

[completion]
rule = "all_quizzes"
pass_percent = 60

[[lesson]]
file = "01-nghi"
minutes = 3

[[lesson]]
file = "02-tiep"
minutes = 3
"#;
    [
        ("course.toml", course.to_owned()),
        ("01-nghi.md", lesson_text("Ngày nghỉ")),
        ("01-nghi.quiz.toml", quiz_one.to_owned()),
        ("02-tiep.md", lesson_text("Học tiếp")),
        ("02-tiep.quiz.toml", quiz_two.to_owned()),
    ]
    .into_iter()
    .map(|(name, text)| (name.to_owned(), text.into_bytes()))
    .collect()
}

/// The invented course.
pub(crate) fn course() -> Course {
    folder::read(SLUG, &files()).unwrap()
}
