//! What the port of courses promises, written once and run on each backend.

use super::contract::{Backend, at, later, now, one_member};
use crate::{
    accounts::{MemberId, MemberRow},
    courses::{
        Binding,
        folder::Files,
        port::{Certificate, CourseStore, EventRow, LessonProgress, Step, VersionState},
        testing,
    },
    error::Error,
};

/// All ports at once.
pub(super) trait Learning: Backend + CourseStore {}
impl<T: Backend + CourseStore> Learning for T {}

const SLUG: &str = testing::SLUG;

fn binding(question: &str, text: u8) -> Binding {
    Binding {
        lesson: "01-nghi".to_owned(),
        question: question.to_owned(),
        provision: "1-2020-qh99/dieu-3".to_owned(),
        text: [text; 32],
    }
}

fn changed(files: &Files, text: &str) -> Files {
    let mut files = files.clone();
    files.insert("01-nghi.md".to_owned(), text.as_bytes().to_vec());
    files
}

pub(super) async fn courses_are_kept_version_by_version(store: &dyn Learning) {
    let files = testing::files();
    assert_eq!(store.newest().await.unwrap(), []);
    let first = store.put_draft(SLUG, &files, None, now()).await.unwrap().unwrap();
    assert_eq!((first.version, first.state, first.changed_at), (1, VersionState::Draft, now()));
    assert_eq!(store.published().await.unwrap(), [], "a draft is not in service");
    let edited = changed(&files, "đã sửa");
    let second = store.put_draft(SLUG, &edited, Some(&first), now()).await.unwrap().unwrap();
    assert_eq!(second.version, 1, "over the draft there is");
    assert!(first.changed_at < second.changed_at, "in the same moment it is another state");
    for base in [None, Some(&first)] {
        assert_eq!(
            store.put_draft(SLUG, &files, base, later(1)).await.unwrap(),
            None,
            "an older state is not written over"
        );
    }
    assert!(!store.publish(&first, &[], later(1), 3).await.unwrap() && !store.drop_draft(&first).await.unwrap());
    assert_eq!(store.files(SLUG, 1).await.unwrap().as_ref(), Some(&edited));
    let part = async |path: &str, from, bytes_max| store.file_part(SLUG, 1, path, from, bytes_max).await.unwrap();
    assert_eq!(part("01-nghi.md", 0, 100).await, Some((10, "đã sửa".as_bytes().to_vec())));
    assert_eq!(part("01-nghi.md", 5, 3).await, Some((10, "sử".as_bytes()[..3].to_vec())));
    for (from, bytes_max) in [(0, 0), (10, 5), (u64::MAX, u64::MAX)] {
        assert_eq!(part("01-nghi.md", from, bytes_max).await, Some((10, Vec::new())), "{from}, {bytes_max}");
    }
    assert_eq!(part("../01-nghi.md", 0, 100).await, None);
    assert_eq!(store.newest().await.unwrap(), std::slice::from_ref(&second));

    assert!(store.publish(&second, &[binding("a", 1)], later(2), 3).await.unwrap());
    assert!(!store.publish(&second, &[], later(3), 3).await.unwrap(), "it is published already");
    let published = store.newest().await.unwrap().remove(0);
    assert!(!store.drop_draft(&published).await.unwrap(), "what is in service is no draft");
    let third = store.put_draft(SLUG, &files, Some(&published), later(4)).await.unwrap().unwrap();
    assert!(store.drop_draft(&third).await.unwrap());
    assert_eq!(store.newest().await.unwrap(), std::slice::from_ref(&published));
    let third = store.put_draft(SLUG, &files, Some(&published), later(4)).await.unwrap().unwrap();
    assert_eq!(third.version, 2);
    assert_eq!((store.published().await.unwrap()[0].version, store.newest().await.unwrap()[0].version), (1, 2));
    assert!(store.publish(&third, &[binding("b", 2)], later(5), 1).await.unwrap());
    assert_eq!(store.published().await.unwrap().len(), 1);
    assert_eq!(store.files(SLUG, 1).await.unwrap(), None, "beyond the most, the oldest went");
    assert_eq!(store.files(SLUG, 2).await.unwrap(), Some(files));

    assert_eq!(store.bindings(SLUG).await.unwrap(), [binding("b", 2)], "publishing binds anew");
    store.add_bindings(SLUG, &[binding("b", 9), binding("c", 3)]).await.unwrap();
    assert_eq!(store.bindings(SLUG).await.unwrap(), [binding("b", 2), binding("c", 3)], "what is bound stays");
    assert_eq!(store.bindings("khac").await.unwrap(), []);
}

fn answer(id: &str, minutes: i64, question: &str, answer: &str) -> EventRow {
    EventRow {
        id: id.to_owned(),
        lesson: "01-nghi".to_owned(),
        at: later(minutes),
        step: Step::Answer { attempt: "go-1".to_owned(), question: question.to_owned(), answer: answer.to_owned() },
    }
}

pub(super) async fn steps_are_kept_once_and_the_newest_answer_wins(store: &dyn Learning) {
    let who = one_member(store).await.id;
    let read = EventRow { id: "r".to_owned(), lesson: "01-nghi".to_owned(), at: now(), step: Step::Read };
    let late = answer("e2", 5, "a", "\"later\"");
    let early = answer("e1", 1, "a", "\"earlier\"");
    let other = answer("e3", 2, "b", "true");
    let batch = [read, late.clone(), other];
    assert_eq!(store.record(who, SLUG, &batch, later(9), 10).await.unwrap(), 3);
    assert_eq!(store.record(who, SLUG, &batch, later(10), 10).await.unwrap(), 0, "sent twice, kept once");
    assert_eq!(store.record(who, SLUG, &[early], later(10), 10).await.unwrap(), 1, "late mail");
    let answers = store.answers(who, SLUG, "01-nghi", "go-1").await.unwrap();
    let told: Vec<_> = answers.iter().map(|a| (a.question.as_str(), a.answer.as_str())).collect();
    assert_eq!(told, [("a", "\"later\""), ("b", "true")]);
    let same_time = answer("e4", 5, "a", "\"by id\"");
    store.record(who, SLUG, &[same_time], later(10), 10).await.unwrap();
    assert_eq!(store.answers(who, SLUG, "01-nghi", "go-1").await.unwrap()[0].answer, "\"by id\"");
    assert_eq!(store.answers(who, SLUG, "01-nghi", "go-2").await.unwrap(), []);

    let many: Vec<EventRow> = (0..6).map(|n| answer(&format!("m{n}"), 0, "a", "1")).collect();
    assert!(matches!(store.record(who, SLUG, &many, later(11), 10).await, Err(Error::Conflict(_))));
    assert_eq!(store.record(who, SLUG, &[late], later(11), 5).await.unwrap(), 0, "what is there is no new step");
    assert_eq!(
        store.answers(who, SLUG, "01-nghi", "go-1").await.unwrap()[0].answer,
        "\"by id\"",
        "whole or not at all"
    );
    assert!(matches!(store.record(MemberId(9_999), SLUG, &many, now(), 99).await, Err(Error::Conflict(_))));
}

fn progress(lesson: &str, read: Option<i64>, best: Option<(u32, u32)>, passed: Option<i64>) -> LessonProgress {
    LessonProgress {
        slug: SLUG.to_owned(),
        lesson: lesson.to_owned(),
        read_at: read.map(later),
        best,
        passed_at: passed.map(later),
    }
}

pub(super) async fn progress_never_goes_back(store: &dyn Learning) {
    let who = one_member(store).await.id;
    let steps = [
        (progress("a", None, Some((2, 4)), None), progress("a", None, Some((2, 4)), None)),
        (progress("a", Some(5), None, None), progress("a", Some(5), Some((2, 4)), None)),
        (progress("a", Some(9), Some((1, 4)), None), progress("a", Some(5), Some((2, 4)), None)),
        (progress("a", Some(3), Some((4, 5)), Some(7)), progress("a", Some(3), Some((4, 5)), Some(7))),
        (progress("a", None, Some((0, 5)), None), progress("a", Some(3), Some((4, 5)), Some(7))),
        (progress("a", None, Some((3, 3)), Some(8)), progress("a", Some(3), Some((3, 3)), Some(7))),
    ];
    for (step, expected) in steps {
        store.advance(who, &[step]).await.unwrap();
        assert_eq!(store.progress(who).await.unwrap(), [expected]);
    }
    assert_eq!(store.progress(MemberId(9_999)).await.unwrap(), []);
    store.record(who, SLUG, &[answer("e", 0, "a", "true")], now(), 9).await.unwrap();
    store.forget(who).await.unwrap();
    assert_eq!(store.progress(who).await.unwrap(), []);
    assert_eq!(store.answers(who, SLUG, "01-nghi", "go-1").await.unwrap(), []);
}

pub(super) async fn a_member_has_one_certificate_of_a_course(store: &dyn Learning) {
    let who = one_member(store).await;
    let certificate = |id: &str, minutes: i64| Certificate {
        id: id.to_owned(),
        member: who.id,
        member_name: who.name.clone(),
        slug: SLUG.to_owned(),
        title: "Ngày nghỉ thử".to_owned(),
        issued_at: later(minutes),
        shows_name: false,
    };
    let first = certificate("one", 1);
    assert_eq!(store.put_certificate(&first).await.unwrap(), first);
    assert_eq!(store.put_certificate(&certificate("two", 2)).await.unwrap(), first, "the first stays");
    assert_eq!(store.certificate("one").await.unwrap().as_ref(), Some(&first));
    assert_eq!(store.certificate("two").await.unwrap(), None);
    assert!(!store.show_name(MemberId(9_999), "one", true).await.unwrap(), "it is another's");
    assert!(store.show_name(who.id, "one", true).await.unwrap());
    assert!(store.certificates(who.id).await.unwrap()[0].shows_name);
}

pub(super) async fn counts_are_told_unit_by_unit(store: &dyn Learning) {
    let who = one_member(store).await;
    let other = MemberRow {
        number: "2".to_owned(),
        name: "Bình".to_owned(),
        name_folded: "binh".to_owned(),
        unit_code: "B".to_owned(),
        phone_sealed: None,
        email_sealed: None,
        logins: Vec::new(),
        invite: None,
    };
    store.put_members(&[other], now(), now()).await.unwrap();
    store.advance(who.id, &[progress("a", Some(1), None, None), progress("b", Some(1), None, None)]).await.unwrap();
    let (top, a) = (at(store, "TOP").await, at(store, "A").await);
    let counts = async |slug: &str, unit: &crate::accounts::Unit| {
        let counts = store.counts(slug, &unit.path).await.unwrap();
        counts.into_iter().map(|c| (c.members, c.started, c.completed)).collect::<Vec<_>>()
    };
    assert_eq!(counts(SLUG, &top).await, [(1, 1, 0), (1, 0, 0)], "two lessons are one who started");
    assert_eq!(counts(SLUG, &a).await, [(1, 1, 0)]);
    assert_eq!(counts("khac", &a).await, [(1, 0, 0)]);
    let certificate = Certificate {
        id: "one".to_owned(),
        member: who.id,
        member_name: who.name,
        slug: SLUG.to_owned(),
        title: "T".to_owned(),
        issued_at: now(),
        shows_name: false,
    };
    store.put_certificate(&certificate).await.unwrap();
    assert_eq!(counts(SLUG, &a).await, [(1, 1, 1)]);
}
