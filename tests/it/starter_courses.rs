//! The starter courses from the first lesson to a certificate that verifies, as a new member takes them.

use congdoan::courses::{
    course::{Kind, Question},
    folder, seeds,
};
use qrcode::{QrCode, render::svg};

use crate::{
    course_editing::hidden,
    people::{PASSWORD, Person, people_server},
    support::encode,
};

/// The fields that answer a question by its key.
fn by_key(question: &Question) -> String {
    let name = format!("q.{}", question.id);
    match &question.kind {
        Kind::Single { key, .. } => format!("{name}={key}"),
        Kind::Multiple { key, .. } => key.iter().map(|id| format!("{name}.{id}=1")).collect::<Vec<_>>().join("&"),
        Kind::Order { key, .. } => {
            let place = |(n, id): (usize, &String)| format!("{name}.{id}={}", n + 1);
            key.iter().enumerate().map(place).collect::<Vec<_>>().join("&")
        }
        Kind::TrueFalse { key } => format!("{name}={}", u8::from(*key)),
        Kind::Number { key, .. } => format!("{name}={}", encode(&key.to_string().replace('.', ","))),
    }
}

#[tokio::test]
async fn a_new_member_takes_every_starter_course_to_a_certificate_that_verifies() {
    let (server, _app, codes) = people_server().await;
    let code = codes.iter().find(|code| code.number == "7").unwrap().code.shown();
    let mut member = Person::anonymous(&server);
    let password = encode(PASSWORD);
    let opened =
        member.submit("/kich-hoat", &format!("ma={}&mat_khau={password}&mat_khau_2={password}", encode(&code))).await;
    assert_eq!(opened.status, 303, "{}", opened.text);
    member.keep_cookie(&opened);
    member.form_token = hidden(&member.get("/tai-khoan").await.text, "csrf").to_owned();

    let list = member.get("/khoa-hoc").await.text;
    let mut taken = 0;
    for (slug, files) in seeds() {
        let course = folder::read(slug, &files).unwrap();
        let home = format!("/khoa-hoc/{slug}");
        assert!(list.contains(&format!("href=\"{home}\"")), "{slug} is in the list");
        assert!(!member.get(&home).await.text.contains("/chung-chi/"), "nothing is given for nothing");
        for lesson in &course.lessons {
            let at = format!("{home}/{}", lesson.file);
            assert!(member.get(&at).await.text.contains(&lesson.title));
            let on = member.submit(&at, "x=1").await;
            assert_eq!((on.status, on.header("location")), (303, &*format!("{at}/cau-hoi")));
            let quiz = member.get(&format!("{at}/cau-hoi")).await.text;
            let answers: Vec<String> = lesson.questions.iter().map(by_key).collect();
            let fields = format!("lan={}&{}", hidden(&quiz, "lan"), answers.join("&"));
            let marked = member.submit(&format!("{at}/cau-hoi"), &fields).await.text;
            let all = lesson.questions.len();
            assert!(marked.contains(&format!("Đúng {all}/{all} câu")), "{slug}/{}: {marked}", lesson.file);
        }
        let page = member.get(&home).await.text;
        let id = page.split("/chung-chi/").nth(1).unwrap_or_else(|| panic!("{slug}: {page}"));
        let id = id.split('"').next().unwrap();
        let shown = member.get(&format!("/chung-chi/{id}")).await.text;
        // The code holds just the address at which anybody finds the certificate.
        let address = format!("{}/chung-chi/{id}", server.base);
        let expected = QrCode::new(&address).unwrap().render::<svg::Color<'_>>().min_dimensions(220, 220).build();
        assert!(shown.contains(&expected[expected.find("<svg").unwrap()..]), "{slug}: another code than of {address}");
        let verified = Person::anonymous(&server).get(address.strip_prefix(&server.base).unwrap()).await;
        assert_eq!(verified.status, 200);
        assert!(verified.text.contains(&course.title) && !verified.text.contains("Hồ Giang"), "{}", verified.text);
        taken += 1;
    }
    assert_eq!(taken, 4);
    let strange = Person::anonymous(&server).get("/chung-chi/AAAAAAAAAAAAAAAAAAAAAA").await;
    assert_eq!(strange.status, 404, "what was not given does not verify");
}
