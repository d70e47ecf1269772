/*! The invented course over the invented law, for the tests of this module and of the store. */

use super::{
    course::Course,
    folder::{self, Files},
};

/// Short name of the invented course.
pub(crate) const SLUG: &str = "nghi-thu";

macro_rules! fixture {
    ($name:literal) => {
        ($name, include_str!(concat!("../../tests/fixtures/courses/nghi-thu/", $name)))
    };
}

/// Its files: two lessons, each kind of question.
const FILES: [(&str, &str); 5] = [
    fixture!("course.toml"),
    fixture!("01-nghi.md"),
    fixture!("01-nghi.quiz.toml"),
    fixture!("02-tiep.md"),
    fixture!("02-tiep.quiz.toml"),
];

/// The folder of the invented course.
pub(crate) fn files() -> Files {
    FILES.into_iter().map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).collect()
}

/// The invented course.
pub(crate) fn course() -> Course {
    folder::read(SLUG, &files()).unwrap()
}
