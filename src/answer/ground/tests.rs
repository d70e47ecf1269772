//! The check over an invented law: what stands, what is withdrawn, and for what reason.

use super::*;

const CLAUSE: Evidence<'_> = Evidence {
    n: 1,
    citation: "khoản 1 Điều 2 Luật Thử nghiệm 2020",
    title: "Báo trước",
    lead_in: "",
    text: "Người làm việc theo hợp đồng có thời hạn muốn thôi việc phải báo cho bên kia biết trước ít nhất 30 ngày. \
           Người bị đánh đập không cần báo trước. Không được giữ bằng gốc của người làm việc.",
    in_force: true,
};

fn check_one(sentence: &str) -> AnswerSentence {
    check(sentence, &[CLAUSE], "")
}

#[test]
fn a_faithful_sentence_stands() {
    for sentence in [
        "Bạn phải báo trước ít nhất 30 ngày [1].",
        "Bạn phải báo cho bên kia biết trước tối thiểu ba mươi ngày [1].",
        "Người bị đánh đập không cần báo trước [1].",
        "Không được giữ bằng gốc của người làm việc.",
    ] {
        let verdict = check_one(sentence);
        assert!(verdict.supported, "{sentence}: {}", verdict.reason);
        assert_eq!(verdict.citations, [1]);
    }
}

#[test]
fn a_list_of_what_is_forbidden_is_not_read_as_allowed() {
    let forbidden = Evidence {
        n: 1,
        citation: "khoản 1 Điều 9 Luật Thử nghiệm 2020",
        title: "Việc nơi thuê người không được làm",
        lead_in: "",
        text: "1. Giữ bằng gốc của người đi làm.",
        in_force: true,
    };
    for (sentence, stands) in [
        ("Nơi thuê giữ bằng gốc của người đi làm [1].", false),
        ("Nơi thuê giữ bằng gốc của người đi làm là đúng luật [1].", false),
        ("Giữ bằng gốc của người đi làm là không vi phạm [1].", false),
        ("Nơi thuê không được giữ bằng gốc của người đi làm [1].", true),
    ] {
        let verdict = check(sentence, &[forbidden], "");
        assert_eq!(verdict.supported, stands, "{sentence}: {}", verdict.reason);
    }
}

#[test]
fn numbers_units_negation_marks_and_inventions_are_caught() {
    for sentence in [
        "Bạn phải báo trước ít nhất 45 ngày [1].",
        "Bạn phải báo trước ít nhất 30 tháng [1].",
        "Bạn phải báo trước 30 ngày [1].",
        "Người bị đánh đập cần báo trước [1].",
        "Được giữ bằng gốc của người làm việc [1].",
        "Bạn phải báo trước ít nhất 30 ngày [2].",
        "Công ty phải trả thêm một khoản tiền thưởng lớn [1].",
        "Bạn không phải báo cho bên kia biết trước ít nhất 30 ngày [1].",
        "Có phải báo trước ít nhất 30 ngày không? [1]",
        "Bạn phải báo cho bên kia biết trước bao nhiêu ngày [1].",
    ] {
        let verdict = check_one(sentence);
        assert!(verdict.withdrawn && verdict.citations.is_empty(), "{sentence}");
        assert!(!verdict.reason.is_empty());
    }
}
// LAB-BEGIN
#[test]
fn lab_show() {
    let Ok(file) = std::env::var("LAB") else { return };
    for line in std::fs::read_to_string(file).unwrap().lines() {
        let [article, clause, sentence] = line.split('\t').collect::<Vec<_>>()[..] else { continue };
        let corpus = std::fs::read_to_string("/work/shared/eval/labour_corpus.jsonl").unwrap();
        for l in corpus.lines() {
            let v: serde_json::Value = serde_json::from_str(l).unwrap();
            if v["law_id"] != "45/2019/QH14" || v["article_id"] != article {
                continue;
            }
            let text = v["text"].as_str().unwrap();
            let mut part = String::new();
            let mut on = clause == "-";
            for t in text.lines() {
                let lab = t.split(". ").next().unwrap();
                if lab.len() <= 2 && lab.parse::<u8>().is_ok() && clause != "-" {
                    on = lab == clause;
                }
                if on {
                    part.push_str(t);
                    part.push('\n');
                }
            }
            let citation = format!("khoản {clause} Điều {article} Bộ luật Lao động 2019 (45/2019/QH14)");
            let e = Evidence {
                n: 1,
                citation: &citation,
                title: v["title"].as_str().unwrap(),
                lead_in: "",
                text: &part,
                in_force: true,
            };
            println!("=== {sentence}\n{:?}", check(sentence, &[e], "").reason);
            let said = tokens::tokens(sentence);
            let mut laid: Vec<_> = units::units(&e)
                .into_iter()
                .map(|u| {
                    let a = align::align(&said, &u.tokens);
                    (u, a)
                })
                .collect();
            laid.sort_by(|a, b| b.1.score.total_cmp(&a.1.score));
            for (u, a) in laid.iter().take(2) {
                println!(
                    "-- score {} list {} inherited {:?} cov {:?}",
                    a.score,
                    u.is_list,
                    u.inherited(),
                    wording::Coverage::of(&said, u, a)
                );
                println!(
                    "   num {:?} party {} modal {:?} exc {} swap {} neigh {}",
                    wording::numbers(&said, u, a, &[]),
                    parties::differ(&said, u, a),
                    modality::difference(&said, u, a, parties::turns_passive(&said, u, a)),
                    wording::drops_exception(&said, u, a),
                    wording::swaps_terms(&said, u, a),
                    wording::names_neighbour(&said, u)
                );
                let s = |t: &tokens::Token| {
                    format!(
                        "{}{}",
                        t.words,
                        match &t.kind {
                            tokens::Kind::Word => "".into(),
                            tokens::Kind::Stop => "°".into(),
                            k => format!("<{k:?}>").chars().take(26).collect::<String>(),
                        }
                    )
                };
                println!(
                    "   said: {}",
                    said.iter()
                        .enumerate()
                        .map(|(i, t)| format!("{}{}", s(t), a.partner[i].map_or("*".into(), |p| format!("@{p}"))))
                        .collect::<Vec<_>>()
                        .join(" ")
                );
                println!(
                    "   law: {}",
                    u.tokens.iter().enumerate().map(|(i, t)| format!("{i}:{}", s(t))).collect::<Vec<_>>().join(" ")
                );
                for g in &a.gaps {
                    println!(
                        "   gap inner={} said={:?} law={:?}",
                        g.inner,
                        said[g.said.clone()].iter().map(|t| &t.words).collect::<Vec<_>>(),
                        u.tokens[g.law.clone()].iter().map(|t| &t.words).collect::<Vec<_>>()
                    );
                }
            }
        }
    }
}
// LAB-END
