/*!
What is no question of law: a greeting, thanks; and questions about the law of other countries.
*/

use super::asked;
use crate::law::text::{is_upper_case, padded, syllable_ranges, syllables};

/// Folded syllables of small talk; a text of these alone asks nothing.
const SMALL_TALK: [&str; 49] = [
    "chao", "xin", "ban", "anh", "chi", "em", "ad", "admin", "bot", "hello", "hi", "hey", "alo", "oi", "a", "nhe",
    "nha", "cam", "on", "thank", "thanks", "you", "tks", "tam", "biet", "bye", "ok", "oke", "okay", "da", "vang",
    "toi", "minh", "rat", "nhieu", "lam", "the", "roi", "buoi", "sang", "chieu", "ca", "nha", "moi", "nguoi", "ngay",
    "tot", "lanh", "good",
];
/// Folded words one of which small talk must have.
const CORE: [&str; 12] = ["chao", "hello", "hi", "hey", "alo", "on", "thank", "thanks", "tks", "bye", "biet", "good"];

/// Names of countries, with their accents: folded, `lào` would be `lao động`.
const COUNTRIES: [&str; 22] = [
    "nhật bản",
    "nhật",
    "hàn quốc",
    "trung quốc",
    "mỹ",
    "hoa kỳ",
    "anh quốc",
    "vương quốc anh",
    "pháp",
    "đức",
    "úc",
    "canada",
    "singapore",
    "malaysia",
    "thái lan",
    "lào",
    "campuchia",
    "đài loan",
    "ấn độ",
    "nga",
    "indonesia",
    "philippines",
];
/// Syllables behind a country's name of one syllable that make another name or word of it: a
/// province, a district, a term of law.
const GO_ON: [(&str, &[&str]); 8] = [
    ("lào", &["cai"]),
    (
        "mỹ",
        &[
            "tho", "phước", "lộc", "hào", "đình", "đức", "xuyên", "thuận", "an", "hòa", "thành", "hạnh", "lâm", "tú",
            "khê", "phẩm", "thuật", "sơn",
        ],
    ),
    ("đức", &["hòa", "huệ", "thọ", "linh", "trọng", "cơ", "phổ", "giang", "hợp", "thắng", "long"]),
    ("pháp", &["chế", "luật", "lý", "nhân", "định", "lệnh", "quyền", "y", "vân", "danh", "quy"]),
    ("nga", &["sơn", "my", "bảy"]),
    ("úc", &[]),
    ("anh", &["sơn", "chị", "em"]),
    ("nhật", &["tân", "tảo", "ký", "lệ"]),
];
/// Words after which a country's name means its law or life there.
const OF_COUNTRY: [&str; 10] = [
    "luật của",
    "luật lao động",
    "luật lao động của",
    "luật lao động ở",
    "pháp luật của",
    "luật ở",
    "bên",
    "tại nước",
    "ở nước",
    "ở",
];
/// Words of somebody who is abroad, or of being there: what is asked of them is asked here.
const PERSONS: [&str; 15] =
    ["tôi", "em", "anh", "chị", "mình", "chồng", "vợ", "con", "mẹ", "bố", "ba", "má", "sếp", "đang", "sống"];
/// Words of Vietnamese law on work abroad.
const SENT_ABROAD: [&str; 9] = [
    "việt nam",
    "xuất khẩu",
    "đi làm việc",
    "đi làm",
    "phái cử",
    "thực tập sinh",
    "hợp tác",
    "theo hợp đồng",
    "chuyên gia",
];

/// The reply to small talk; none to anything else.
pub fn reply(question: &str) -> Option<&'static str> {
    let text = asked::padded_folded(question);
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_small = words.iter().all(|word| SMALL_TALK.contains(word)) && words.iter().any(|word| CORE.contains(word));
    if !is_small {
        return None;
    }
    let thanks = words.windows(2).any(|pair| pair == ["cam", "on"])
        || words.iter().any(|w| w.starts_with("thank") || *w == "tks");
    Some(if thanks {
        "Không có gì, bạn cứ hỏi khi cần. Tôi tìm điều luật về việc làm, tiền lương, nghỉ ngơi, bảo hiểm, công đoàn và chỉ đúng chỗ để bạn xem."
    } else {
        "Chào bạn! Tôi tìm điều luật về hợp đồng, tiền lương, giờ làm, nghỉ phép, bảo hiểm, công đoàn và trả lời kèm đúng điều khoản. Bạn cứ viết chuyện của mình, có dấu hay không dấu đều được."
    })
}

/// Whether the law of another country is asked for.
pub fn is_foreign_law(question: &str) -> bool {
    let text = padded(question);
    let sent_abroad = SENT_ABROAD.iter().any(|words| text.contains(&format!(" {words} ")));
    !sent_abroad && COUNTRIES.iter().any(|country| is_country(question, country))
}

/// Whether a country's name stands where its law or life there is meant, and is not the
/// beginning of another name.
fn is_country(question: &str, country: &str) -> bool {
    let ranges: Vec<_> = syllable_ranges(question).collect();
    let words = syllables(question);
    let length = country.split(' ').count();
    let shouts = is_upper_case(question);
    let begins_name = |at: usize, behind: usize| {
        let (Some(word), Some(range)) = (words.get(behind), ranges.get(behind)) else { return false };
        let goes_on = GO_ON.iter().any(|(name, more)| *name == country && more.contains(&word.as_str()));
        let is_capital = |at: usize| question[ranges[at].clone()].starts_with(char::is_uppercase);
        let is_beside = question[ranges[behind - 1].end..range.start].trim().is_empty();
        // "Mỹ Lộc" is a place; who shouts writes capitals everywhere.
        goes_on || length == 1 && is_beside && !shouts && is_capital(at) && is_capital(behind)
    };
    (0..words.len()).any(|at| {
        let behind = at + length;
        let stands = words.get(at..behind).is_some_and(|name| name.join(" ") == country);
        let before = format!(" {} ", words[..at].join(" "));
        let is_meant = OF_COUNTRY.iter().any(|words| before.ends_with(&format!(" {words} ")));
        let is_of_person = at.checked_sub(2).is_some_and(|person| {
            matches!(words[at - 1].as_str(), "ở" | "bên") && PERSONS.contains(&words[person].as_str())
        });
        let is_meant = is_meant && !is_of_person;
        stands && is_meant && !begins_name(at, behind)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_talk_gets_a_reply_and_questions_do_not() {
        for text in ["Chào bạn", "xin chào ạ", "hello ad", "Cảm ơn bạn nhiều nhé!", "thanks"] {
            assert!(reply(text).is_some(), "{text}");
        }
        for text in ["Chào bạn, nghỉ việc báo trước mấy ngày?", "anh em nghỉ sáng nay", "công đoàn"]
        {
            assert!(reply(text).is_none(), "{text}");
        }
        assert!(reply("cảm ơn").unwrap().starts_with("Không có gì"));
    }

    #[test]
    fn other_countries_laws_are_told_from_work_abroad() {
        assert!(is_foreign_law("Luật lao động Nhật Bản quy định giờ làm thế nào?"));
        assert!(is_foreign_law("Lương tối thiểu ở Hàn Quốc là bao nhiêu?"));
        assert!(!is_foreign_law("Đi làm việc ở Nhật Bản theo hợp đồng phải đóng gì?"));
        assert!(!is_foreign_law("Công ty Nhật Bản có được giữ bằng không?"));
        assert!(is_foreign_law("Giờ làm bên Đức mấy tiếng một tuần?") && is_foreign_law("luật lao động ở Mỹ ra sao"));
        assert!(is_foreign_law("LUẬT LAO ĐỘNG Ở ĐỨC QUY ĐỊNH THẾ NÀO?"));
        for place in ["ở Lào Cai", "ở lào cai", "bên Mỹ Phước", "ở Mỹ Tho", "ở Đức Hòa", "bên pháp chế", "ở Nga Tân"]
        {
            assert!(!is_foreign_law(&format!("Tôi làm {place} thì lương tối thiểu bao nhiêu?")), "{place}");
        }
        for person in ["Chồng tôi ở Mỹ", "Sếp đang ở Nhật", "Mẹ em sống ở Đức"] {
            assert!(!is_foreign_law(&format!("{person}, tôi nghỉ phép có được không?")), "{person}");
        }
        assert!(!is_foreign_law("Bộ luật lao động quy định thế nào? Luật pháp ra sao?"));
    }
}
