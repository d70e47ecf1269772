/*!
"Có" or "Không" before the clause, where the clause's own words decide it.

The question must ask whether somebody may or must do something, and the clause must say of the
same party that it may, must, need not or may not do the very same, under no condition. In any
other case the clause stands alone, as before: a wrong yes is worse than none.
*/

use std::ops::Range;

use super::{
    asked::{Asked, Wish},
    compose::{Chosen, Role},
    direct, figure, pieces,
    types::AnswerSentence,
};
use crate::law::text::{syllable_ranges, syllables};

/// Syllables of the verb and what follows it that must be the same in question and clause.
const VERB_SYLLABLES: Range<usize> = 2..4;
/// What a question asks of a deed, or a clause says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Modality {
    May,
    MayNot,
    Must,
    NeedNot,
}

/// Words before the deed in a question.
const ASKED: [(&str, Modality); 11] = [
    ("có được phép", Modality::May),
    ("có được quyền", Modality::May),
    ("có được", Modality::May),
    ("được phép", Modality::May),
    ("có quyền", Modality::May),
    ("có thể", Modality::May),
    ("được", Modality::May),
    ("có bắt buộc phải", Modality::Must),
    ("có cần phải", Modality::Must),
    ("có phải", Modality::Must),
    ("phải", Modality::Must),
];
/// Words before the deed in a clause.
const SAID: [(&str, Modality); 17] = [
    ("không được phép", Modality::MayNot),
    ("không được", Modality::MayNot),
    ("không có quyền", Modality::MayNot),
    ("bị nghiêm cấm", Modality::MayNot),
    ("bị cấm", Modality::MayNot),
    ("không bắt buộc phải", Modality::NeedNot),
    ("không cần phải", Modality::NeedNot),
    ("không phải", Modality::NeedNot),
    ("không cần", Modality::NeedNot),
    ("được phép", Modality::May),
    ("được quyền", Modality::May),
    ("có quyền", Modality::May),
    ("có thể", Modality::May),
    ("được", Modality::May),
    ("có nghĩa vụ", Modality::Must),
    ("có trách nhiệm", Modality::Must),
    ("phải", Modality::Must),
];
/// Words that make a clause hold in some cases alone.
const CONDITIONS: [&str; 18] = [
    "nếu",
    "khi",
    "trừ",
    "trường hợp",
    "chỉ",
    "nhưng",
    "đối với",
    "với điều kiện",
    "đồng ý",
    "thỏa thuận",
    "thoả thuận",
    "tùy",
    "sau",
    "trước khi",
    "trong thời",
    "theo quy định",
    "có thể được",
    "một số",
];
/// Words of a title or lead-in whose list is of what is forbidden.
const FORBIDDING: [&str; 4] = ["không được", "nghiêm cấm", "bị cấm", "không có quyền"];
/// Syllables that say nothing of a deed.
const EMPTY: [&str; 14] = ["của", "cho", "thì", "là", "và", "ạ", "vậy", "nhỉ", "mình", "tôi", "em", "này", "có", "hay"];
/// The parties of a labour contract as members and the law call them.
const PARTIES: [(&str, &str); 16] = [
    ("người sử dụng lao động", "người sử dụng lao động"),
    ("công ty", "người sử dụng lao động"),
    ("doanh nghiệp", "người sử dụng lao động"),
    ("xí nghiệp", "người sử dụng lao động"),
    ("nhà máy", "người sử dụng lao động"),
    ("giám đốc", "người sử dụng lao động"),
    ("sếp", "người sử dụng lao động"),
    ("chủ", "người sử dụng lao động"),
    ("người lao động", "người lao động"),
    ("công nhân", "người lao động"),
    ("nhân viên", "người lao động"),
    ("chúng tôi", "người lao động"),
    ("người làm", "người lao động"),
    ("tôi", "người lao động"),
    ("em", "người lao động"),
    ("mình", "người lao động"),
];

/// Who, whether, what: "người thuê", may, "bán hoa trong chợ".
struct Deed {
    party: Vec<String>,
    modality: Modality,
    deed: Vec<String>,
}

/// The sentence that leads the answer, where it is certain: one clause quoted decides, and
/// nothing quoted limits it.
pub fn lead(question: &str, asked: &Asked, chosen: &[Chosen]) -> Option<AnswerSentence> {
    let is_limited = chosen.iter().any(|one| one.role == Role::Exception);
    if asked.wish != Wish::YesNo || is_limited || !figure::figures(question).is_empty() {
        return None;
    }
    let deed = deed_of(question)?;
    let rules = chosen.iter().filter(|rule| rule.role == Role::Rule && rule.is_whole && !rule.is_list);
    let mut found = rules.filter_map(|rule| {
        let clause = pieces::bare(&rule.cited.quote[rule.focus.clone()]);
        Some((said_of(&deed, clause, &rule.cited.lead_in, &rule.cited.title)?, rule))
    });
    let (said, rule) = found.next()?;
    found.next().is_none().then(|| direct::sentence(said, rule))
}

/// What a question asks about: the first modal word parts who from what.
fn deed_of(question: &str) -> Option<Deed> {
    let words = syllables(question);
    let end = words.iter().rposition(|word| word == "không").filter(|end| words.len() - end <= 2)?;
    let words = &words[..end];
    if words.iter().any(|word| matches!(word.as_str(), "không" | "chưa" | "nếu")) {
        return None;
    }
    let at = |phrase: &str, from: usize| stands(words, phrase, from);
    let (begin, behind, modality) = (0..words.len())
        .find_map(|from| ASKED.iter().find_map(|(phrase, modality)| Some((from, at(phrase, from)?, *modality))))?;
    let (party, deed) = (words[..begin].to_vec(), words[behind..].to_vec());
    let is_thing = deed.first().is_some_and(|word| word == "là");
    (!party.is_empty() && VERB_SYLLABLES.start <= deed.len() && !is_thing).then_some(Deed { party, modality, deed })
}

/// "Có: …" or "Không: …" as a clause decides it.
fn said_of(asked: &Deed, clause: &str, lead_in: &str, title: &str) -> Option<String> {
    let whole = format!(" {} ", syllables(&format!("{lead_in} {clause}")).join(" "));
    if CONDITIONS.iter().any(|words| whole.contains(&format!(" {words} "))) {
        return None;
    }
    let words = syllables(clause);
    let told: Vec<String> = syllables(&format!("{clause} {title}"));
    let is_told = |word: &&String| EMPTY.contains(&word.as_str()) || told.contains(word);
    if !asked.deed.iter().all(|word| is_told(&word)) {
        return None;
    }
    let verb = &asked.deed[..asked.deed.len().min(VERB_SYLLABLES.end - 1)];
    if asked.modality == Modality::May && words.starts_with(verb) && forbids(title, asked) {
        return Some(format!("Không: luật xếp việc này vào “{title}”."));
    }
    // What is listed there is forbidden, whatever the clause says by itself.
    let headed = format!(" {} ", syllables(&format!("{title} {lead_in}")).join(" "));
    if FORBIDDING.iter().any(|words| headed.contains(&format!(" {words} "))) {
        return None;
    }
    let at = (0..words.len()).find(|at| words[*at..].starts_with(verb))?;
    // The longest words that end where the deed begins.
    let before = |phrase: &str| {
        at.checked_sub(phrase.split(' ').count()).filter(|from| stands(&words, phrase, *from) == Some(at))
    };
    let (from, said) =
        SAID.iter().filter_map(|(phrase, said)| Some((before(phrase)?, *said))).min_by_key(|(from, _)| *from)?;
    let is_same = is_party(&asked.party, &words[..from]);
    let begins = match (asked.modality, said) {
        (Modality::May, Modality::May) | (Modality::Must, Modality::Must) => "Có",
        (Modality::May, Modality::MayNot) | (Modality::Must, Modality::NeedNot) => "Không",
        _ => return None,
    };
    let ranges: Vec<Range<usize>> = syllable_ranges(clause).collect();
    // All that is the same, so that no word is cut in two.
    let same = asked.deed.iter().zip(&words[at..]).take_while(|(asked, said)| asked == said).count();
    let fragment = &clause[ranges[from].start..ranges[at + same - 1].end];
    is_same.then(|| format!("{begins}: luật ghi “{fragment}”."))
}

/// Where `phrase` ends, if it stands at `from`.
fn stands(words: &[String], phrase: &str, from: usize) -> Option<usize> {
    let behind = from + phrase.split(' ').count();
    words.get(from..behind)?.iter().zip(phrase.split(' ')).all(|(a, b)| a == b).then_some(behind)
}

/// Whether a clause speaks of the party asked about right before its modal word.
fn is_party(asked: &[String], said: &[String]) -> bool {
    let (asked, said) = (format!(" {}", asked.join(" ")), format!(" {}", said.join(" ")));
    let Some((_, party)) = PARTIES.iter().find(|(name, _)| asked.ends_with(&format!(" {name}"))) else {
        return said.ends_with(&asked);
    };
    // "Cho tôi hỏi công ty" is the company alone; "công ty tôi", "nhân viên công ty" may be either.
    let meant = format!("{} ", asked.rsplit_once(" hỏi ").map_or(asked.clone(), |(_, meant)| format!(" {meant}")));
    let names_another = PARTIES.iter().any(|(name, of)| of != party && meant.contains(&format!(" {name} ")));
    // "Người sử dụng lao động" ends in no "người lao động".
    !names_another && said.ends_with(&format!(" {party}"))
}

/// Whether an article's title forbids the party what its clauses list.
fn forbids(title: &str, asked: &Deed) -> bool {
    let words = syllables(title);
    let phrases = ["không được", "bị nghiêm cấm"];
    let at = (0..words.len()).find(|at| phrases.iter().any(|phrase| stands(&words, phrase, *at).is_some()));
    at.is_some_and(|at| is_party(&asked.party, &words[..at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(question: &str, clause: &str, title: &str) -> Option<String> {
        said_of(&deed_of(question)?, clause, "", title)
    }

    #[test]
    fn a_clause_that_decides_is_said_first() {
        let free = "Người thuê quầy được bán hoa trong chợ và hát";
        assert_eq!(
            said("Người thuê quầy có được bán hoa trong chợ không?", free, "").as_deref(),
            Some("Có: luật ghi “được bán hoa trong chợ”.")
        );
        let never = "Người thuê quầy không được bán rượu";
        assert_eq!(
            said("Người thuê quầy có được bán rượu không ạ?", never, "").as_deref(),
            Some("Không: luật ghi “không được bán rượu”.")
        );
        let duty = "Người lao động phải đeo thẻ";
        assert_eq!(said("Tôi có phải đeo thẻ không?", duty, "").as_deref(), Some("Có: luật ghi “phải đeo thẻ”."));
        let no_duty = "Người lao động không phải đeo thẻ";
        assert_eq!(
            said("Công nhân có phải đeo thẻ không", no_duty, "").as_deref(),
            Some("Không: luật ghi “không phải đeo thẻ”.")
        );
        let title = "Việc chủ chợ không được làm";
        let duty_of_employer = "Người sử dụng lao động phải đeo thẻ";
        assert_eq!(
            said("Cho tôi hỏi công ty có phải đeo thẻ không?", duty_of_employer, "").as_deref(),
            Some("Có: luật ghi “phải đeo thẻ”.")
        );
        assert_eq!(
            said("Chủ chợ có được giữ xe của khách không?", "Giữ xe của khách", title).as_deref(),
            Some("Không: luật xếp việc này vào “Việc chủ chợ không được làm”.")
        );
    }

    #[test]
    fn what_is_not_certain_is_left_to_the_clause() {
        for (question, clause) in [
            ("Người thuê quầy có được bán hoa không?", "Người thuê quầy được bán hoa nếu có giấy"),
            ("Người thuê quầy có được bán hoa không?", "Chủ chợ được bán hoa"),
            ("Người thuê quầy có được bán hoa ban đêm không?", "Người thuê quầy được bán hoa"),
            ("Người thuê quầy có phải bán hoa không?", "Người thuê quầy được bán hoa"),
            ("Người thuê quầy có được nghỉ bán hoa không?", "Người thuê quầy được bán hoa"),
            ("Công nhân có phải đeo thẻ không?", "Người sử dụng lao động phải đeo thẻ"),
            ("Người thuê quầy không bán hoa có được không?", "Người thuê quầy được bán hoa"),
            ("Người thuê quầy bán hoa phải không?", "Người thuê quầy phải bán hoa"),
            ("Đây có phải là quầy lưu động không?", "Quầy có phải là quầy lưu động"),
            ("Có được bán hoa không?", "Người thuê quầy được bán hoa"),
        ] {
            assert_eq!(said(question, clause, ""), None, "{question} / {clause}");
        }
    }

    #[test]
    fn a_company_of_mine_is_not_me() {
        let (worker, employer) = ("Người lao động phải đeo thẻ", "Người sử dụng lao động phải đeo thẻ");
        for (party, clause) in
            [("Công ty tôi", worker), ("Sếp em", worker), ("Sếp của mình", worker), ("Nhân viên công ty", employer)]
        {
            assert_eq!(said(&format!("{party} có phải đeo thẻ không?"), clause, ""), None, "{party}");
        }
    }

    #[test]
    fn what_a_list_of_forbidden_acts_says_allows_nothing() {
        let question = "Người thuê quầy có được bán hoa không?";
        let clause = "Cho người thuê quầy được bán hoa";
        assert!(said(question, clause, "Việc ở chợ").is_some());
        for title in ["Việc ở chợ bị nghiêm cấm", "Việc chủ chợ không được làm", "Việc bị cấm"]
        {
            assert_eq!(said(question, clause, title), None, "{title}");
        }
        let asked = deed_of(question).unwrap();
        assert_eq!(said_of(&asked, clause, "Nghiêm cấm các việc sau đây:", ""), None);
    }
}
