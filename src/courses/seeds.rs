/*! The starter courses of `seeds/courses/`, compiled in: a released binary alone has them. */

use super::folder::Files;

/// A course's files; text files alone, as the starter courses hold nothing else.
macro_rules! course {
    ($slug:literal: $($lesson:literal),* $(,)?) => {
        (
            $slug,
            &[
                ("course.toml", include_str!(concat!("../../seeds/courses/", $slug, "/course.toml"))),
                $(
                    (concat!($lesson, ".md"), include_str!(concat!("../../seeds/courses/", $slug, "/", $lesson, ".md"))),
                    (
                        concat!($lesson, ".quiz.toml"),
                        include_str!(concat!("../../seeds/courses/", $slug, "/", $lesson, ".quiz.toml")),
                    ),
                )*
            ],
        )
    };
}

/// A starter course: its slug, and its files by name.
type Seed = (&'static str, &'static [(&'static str, &'static str)]);

const SEEDS: [Seed; 4] = [
    course!("hop-dong-10-phut":
        "01-hop-dong-va-cac-loai", "02-thu-viec", "03-doi-viec-nghi-viec", "04-giay-to-khong-duoc-giu"),
    course!("lam-them-nghi-luong":
        "01-gio-lam-va-lam-them", "02-lam-dem", "03-phep-nam-va-le-tet", "04-ngay-tra-luong-khau-tru",
        "05-luong-toi-thieu"),
    course!("an-toan-tren-dien-thoai":
        "01-ke-gia-danh", "02-mat-khau-va-otp", "03-du-lieu-ca-nhan", "04-khi-lo-bi-lua"),
    course!("thang-dau-can-bo-co-so":
        "01-vai-tro-va-bao-dam", "02-doan-phi-va-kinh-phi", "03-lang-nghe-va-giu-kin",
        "04-doi-thoai-va-thoa-uoc", "05-kiem-tra-giam-sat"),
];

/// The starter courses: slug and folder.
pub fn seeds() -> impl Iterator<Item = (&'static str, Files)> {
    SEEDS.into_iter().map(|(slug, files)| {
        (slug, files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect())
    })
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, path::Path};

    use super::*;
    use crate::courses::folder;

    fn names(folder: &Path) -> BTreeSet<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn every_file_of_the_starter_courses_is_compiled_in() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/courses");
        let slugs: BTreeSet<String> = seeds().map(|(slug, _)| slug.to_owned()).collect();
        assert_eq!(slugs, names(&root));
        for (slug, files) in seeds() {
            assert_eq!(files.keys().cloned().collect::<BTreeSet<_>>(), names(&root.join(slug)), "{slug}");
        }
    }

    #[test]
    fn the_starter_courses_keep_the_format_and_are_written_as_they_stand() {
        for (slug, files) in seeds() {
            let course = folder::read(slug, &files).unwrap_or_else(|problems| panic!("{slug}: {problems:#?}"));
            let written = folder::write(&course, &files);
            for (name, bytes) in &files {
                let (is, was) = (String::from_utf8_lossy(&written[name]), String::from_utf8_lossy(bytes));
                assert!(is == was, "{slug}/{name} is written as\n{is}");
            }
            assert_eq!(written.len(), files.len());
        }
    }
}
