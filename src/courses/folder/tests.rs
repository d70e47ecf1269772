//! Folders read and written: what is told of bad ones, and that no bytes break the reader.

use proptest::prelude::*;

use super::*;
use crate::courses::testing::{self, SLUG};

/// Problems after `from` is replaced by `to` in a file, as text.
fn problems(file: &str, from: &str, to: &str) -> String {
    let mut files = testing::files();
    let text = String::from_utf8(files[file].clone()).unwrap();
    assert!(text.contains(from), "{file} holds no {from}");
    files.insert(file.to_owned(), text.replacen(from, to, 1).into_bytes());
    told(&files)
}

fn told(files: &Files) -> String {
    match read(SLUG, files) {
        Ok(_) => String::new(),
        Err(problems) => problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    }
}

#[test]
fn a_course_is_written_as_it_was_read() {
    let files = testing::files();
    let course = read(SLUG, &files).unwrap();
    assert_eq!((course.minutes(), course.lessons.len(), course.questions().count()), (6, 2, 6));
    assert_eq!(course.lessons[0].title, "Ngày nghỉ");
    let written = write(&course, &files);
    assert_eq!(written, files);
    assert_eq!(read(SLUG, &written).unwrap(), course);
}

#[test]
fn every_problem_is_told_with_its_file_and_line() {
    let mut wrong = Vec::new();
    for (file, from, to, expected) in [
        ("course.toml", "format = 1", "format = 2", "course.toml:1: `format`"),
        ("course.toml", "slug = \"nghi-thu\"", "slug = \"khac\"", "course.toml:2: `slug`: phải trùng"),
        ("course.toml", "minutes = 6", "minutes = 7", "course.toml:9: `minutes`"),
        ("course.toml", "title = ", "tilte = ", "course.toml:3: không có khóa `tilte`"),
        ("course.toml", "pass_percent = 60", "pass_percent = 0", "course.toml:13: `pass_percent`"),
        ("course.toml", "updated = \"2026-01-01\"", "updated = \"2026-13-01\"", "course.toml:8: `updated`"),
        ("course.toml", "file = \"02-tiep\"", "file = \"01-nghi\"", "bài `01-nghi` có hai lần"),
        ("course.toml", "language = \"vi\"", "language = ", "course.toml:6: sai cú pháp TOML"),
        ("01-nghi.quiz.toml", "key = \"a\"", "key = \"z\"", "01-nghi.quiz.toml:23: `key`: không có lựa chọn `z`"),
        ("01-nghi.quiz.toml", "tolerance = 0", "tolerance = 1", "01-nghi.quiz.toml:10: `tolerance`"),
        ("01-nghi.quiz.toml", "topic = \"law\"", "topic = \"skill\"", "01-nghi.quiz.toml:12: `proof`"),
        ("01-nghi.quiz.toml", "topic = \"skill\"", "topic = \"law\"", "`proof`: thiếu khóa này"),
        ("01-nghi.quiz.toml", "dieu-3\"", "Điều 3\"", "01-nghi.quiz.toml:12: `id`: phải là mã điều khoản"),
        ("01-nghi.quiz.toml", "id = \"hoi-ai\"", "id = \"so-ngay\"", "câu `so-ngay` có hai lần"),
        ("01-nghi.quiz.toml", "fact = \"12 ngày\"", "fact = \"một hai ba bốn năm sáu bảy\"", "dài quá 6 tiếng"),
        ("02-tiep.quiz.toml", "[\"a\", \"c\"]", "[\"a\", \"b\", \"c\"]", "không được là mọi lựa chọn"),
        ("02-tiep.quiz.toml", "[\"a\", \"b\", \"c\"]", "[\"b\", \"a\", \"c\"]", "phải xếp khác thứ tự đúng"),
        ("01-nghi.md", "# Ngày", "Ngày", "01-nghi.md:1: dòng đầu"),
        ("01-nghi.md", "## Ví dụ", "## Thí dụ", "thiếu mục `## Ví dụ`"),
        ("01-nghi.md", "/luat/1-2020-qh99/dieu-3", "https://noi-khac.example/", "01-nghi.md:7: liên kết"),
        ("01-nghi.md", "- Đếm", "<b>x</b> Đếm", "01-nghi.md:11: không dùng HTML"),
        ("01-nghi.md", "- Đếm", "`x` Đếm", "01-nghi.md:11: không dùng đoạn mã"),
        ("01-nghi.md", "- Đếm", "|a|b|\n|-|-|\n|c|d|\n\nĐếm", "không dùng bảng"),
        ("01-nghi.md", "- Đếm", "![](media/a.png) Đếm", "ảnh phải có lời tả"),
        ("01-nghi.md", "- Đếm", "![x](media/khong-co.png) Đếm", "media/khong-co.png: thiếu tệp này"),
        ("01-nghi.md", "*Căn cứ", "Căn cứ", "phải in nghiêng cả đoạn"),
        ("01-nghi.md", "Đếm", "Đ\u{202e}ếm", "01-nghi.md:11: có ký tự ẩn U+202E"),
    ] {
        let told = problems(file, from, to);
        if !told.contains(expected) {
            wrong.push(format!("{file}: {from} → {to} tells\n{told}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_problems_are_told_at_once_and_no_file_is_lost_unseen() {
    let mut files = testing::files();
    files.remove("02-tiep.quiz.toml");
    files.insert("02-tiep.quizz.toml".to_owned(), b"format = 1".to_vec());
    files.insert("media/a.png".to_owned(), b"GIF89a".to_vec());
    files.insert("media/A b.png".to_owned(), Vec::new());
    files.insert("bad.md".to_owned(), vec![0xff]);
    let told = told(&files);
    for expected in [
        "02-tiep.quiz.toml: thiếu tệp này",
        "02-tiep.quizz.toml: không bài nào dùng",
        "media/a.png: nội dung không đúng loại",
        "media/A b.png: tên phải dạng",
        "bad.md: không phải văn bản UTF-8",
    ] {
        assert!(told.contains(expected), "{expected} is not in\n{told}");
    }
    assert!(super::read(SLUG, &Files::new()).is_err());
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_luma8(width, height).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[test]
fn pictures_and_clips_are_bounded_and_named_by_a_lesson() {
    let mut files = testing::files();
    let text = String::from_utf8(files["01-nghi.md"].clone()).unwrap();
    let shown = text.replace("- Đếm", "![Lịch treo tường](media/lich.png)\n\n- Đếm");
    files.insert("01-nghi.md".to_owned(), shown.into_bytes());
    files.insert("media/lich.png".to_owned(), png(8, 8));
    let toml = String::from_utf8(files["course.toml"].clone()).unwrap();
    let clip = "\n[lesson.clip]\nfile = \"media/nghe.mp3\"\nposter = \"media/lich.png\"\nseconds = 60\n";
    files.insert("course.toml".to_owned(), format!("{toml}{clip}").into_bytes());
    files.insert("media/nghe.mp3".to_owned(), b"ID3\x04abc".to_vec());
    let course = read(SLUG, &files).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert!(course.lessons[1].clip.is_some());
    assert_eq!(write(&course, &files), files);
    for (path, bytes, expected) in [
        ("media/lich.png", png(4_000, 2_000), "quá lớn"),
        ("media/lich.png", vec![0; PICTURE_BYTES_MAX + 1], "tối đa"),
        ("media/lich.png", png(8, 8)[..20].to_vec(), "không đọc được ảnh"),
        ("media/nghe.mp3", b"<html>".to_vec(), "không đúng loại"),
        ("01-nghi.md", vec![b'a'; TEXT_BYTES_MAX + 1], "tối đa"),
    ] {
        let mut bad = files.clone();
        bad.insert(path.to_owned(), bytes);
        let told = told(&bad);
        assert!(told.contains(expected), "{path}: {told}");
    }
}

#[test]
fn a_lesson_full_of_signs_is_read_at_once() {
    let mut files = testing::files();
    files.insert("01-nghi.md".to_owned(), "*a*\n".repeat(TEXT_BYTES_MAX / 4).into_bytes());
    let start = std::time::Instant::now();
    assert!(told(&files).contains("01-nghi.md"));
    // Counting lines from the top for every sign takes half a minute.
    assert!(start.elapsed() < std::time::Duration::from_secs(6), "{:?}", start.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_break_the_reader(file in prop::sample::select(vec!["course.toml", "01-nghi.md", "01-nghi.quiz.toml", "media/a.png"]),
                                 bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut files = testing::files();
        files.insert(file.to_owned(), bytes);
        let _ = read(SLUG, &files);
    }

    /// A file with a piece cut out or doubled is read or refused, and what is read is written
    /// and read again as the same course.
    #[test]
    fn what_is_read_is_written_and_read_again(
        file in prop::sample::select(vec!["course.toml", "01-nghi.md", "01-nghi.quiz.toml", "02-tiep.quiz.toml"]),
        from in 0.0_f64..1.0, length in 0_usize..40, doubled: bool,
    ) {
        let mut files = testing::files();
        let text: Vec<char> = String::from_utf8(files[file].clone()).unwrap().chars().collect();
        let start = ((text.len() as f64) * from) as usize;
        let end = (start + length).min(text.len());
        let mut cut: String = text[..start].iter().collect();
        if doubled {
            cut.extend(&text[start..end]);
            cut.extend(&text[start..end]);
        }
        cut.extend(&text[end..]);
        files.insert(file.to_owned(), cut.into_bytes());
        if let Ok(course) = read(SLUG, &files) {
            let written = write(&course, &files);
            prop_assert_eq!(read(SLUG, &written), Ok(course));
        }
    }
}
