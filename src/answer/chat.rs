/*!
What is no question of law: a greeting, thanks; and questions about the law of other countries.
*/

use super::asked;

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
    let text = asked::padded(question);
    let is_foreign = |country: &str| OF_COUNTRY.iter().any(|before| text.contains(&format!(" {before} {country} ")));
    let sent_abroad = SENT_ABROAD.iter().any(|words| text.contains(&format!(" {words} ")));
    !sent_abroad && COUNTRIES.iter().any(|country| is_foreign(country))
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
        assert!(!is_foreign_law("Bộ luật lao động quy định thế nào? Luật pháp ra sao?"));
    }
}
