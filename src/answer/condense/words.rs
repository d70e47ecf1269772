/*!
Words by which a question is known to hang on what was said before. Written with accents; a
question typed without them is compared without.
*/

/// Replies that say nothing by themselves.
pub(super) const REPLIES: [&str; 22] = [
    "có",
    "có ạ",
    "có nhé",
    "dạ",
    "dạ có",
    "dạ không",
    "vâng",
    "vâng ạ",
    "đúng",
    "đúng rồi",
    "đúng vậy",
    "phải",
    "phải rồi",
    "không",
    "không ạ",
    "không có",
    "không phải",
    "chưa",
    "chưa có",
    "rồi",
    "ok",
    "ko",
];
/// Openings that tie a question to what was said before, longest first.
pub(super) const OPENINGS: [&str; 22] = [
    "nếu như vậy thì",
    "trong trường hợp",
    "nếu trường hợp",
    "như vậy thì",
    "nếu vậy thì",
    "thế nếu là",
    "như thế thì",
    "trường hợp",
    "vậy nếu",
    "thế nếu",
    "còn nếu",
    "thế còn",
    "vậy còn",
    "thế thì",
    "vậy thì",
    "nếu là",
    "nhưng",
    "thế",
    "vậy",
    "còn",
    "nếu",
    "với",
];
/// Openings that put something else in place of what was asked about.
pub(super) const CONTRASTS: [&str; 3] = ["thế còn", "vậy còn", "còn"];
/// The one that begins like a contrast and adds a circumstance.
pub(super) const CONDITION: [&str; 1] = ["còn nếu"];
/// Words that point back at what was said, or ask for more of it.
pub(super) const POINTERS: [&str; 27] = [
    "điều đó",
    "điều này",
    "điều luật đó",
    "điều luật này",
    "khoản đó",
    "khoản này",
    "điểm đó",
    "điểm này",
    "việc đó",
    "việc này",
    "cái đó",
    "cái này",
    "trường hợp đó",
    "trường hợp này",
    "quy định đó",
    "quy định này",
    "thời hạn đó",
    "số tiền đó",
    "như trên",
    "ở trên",
    "luật đó",
    "luật này",
    "rõ hơn",
    "cụ thể hơn",
    "chi tiết hơn",
    "nói thêm",
    "giải thích thêm",
];
/// Pointers that mean a provision, and so the one last cited.
pub(super) const PROVISION_POINTERS: [&str; 8] =
    ["điều đó", "điều này", "điều luật đó", "điều luật này", "khoản đó", "khoản này", "quy định đó", "quy định này"];
/// What makes a question of its own of a phrase, longest first.
pub(super) const QUESTION_WORDS: [&str; 35] = [
    "như thế nào",
    "bao nhiêu",
    "được không",
    "đúng không",
    "phải không",
    "hay không",
    "có không",
    "khi nào",
    "bao giờ",
    "lúc nào",
    "bao lâu",
    "thế nào",
    "tại sao",
    "vì sao",
    "ra sao",
    "làm sao",
    "mấy ngày",
    "mấy tháng",
    "mấy năm",
    "mấy giờ",
    "mấy tuần",
    "mấy lần",
    "có phải",
    "có được",
    "ở đâu",
    "là gì",
    "được gì",
    "làm gì",
    "mấy",
    "gì",
    "ai",
    "nào",
    "cần",
    "muốn biết",
    "hỏi về",
];
/// Words that ask at the end of a question.
pub(super) const ASKING_ENDS: [&str; 4] = ["không", "ko", "k", "chưa"];
/// Ends that ask without saying what.
pub(super) const WEAK_ENDS: [&str; 4] = ["thì sao", "thế sao", "thì thế nào", "sao"];
/// Ends in "sao" that ask how.
pub(super) const HOW_ENDS: [&str; 5] = ["ra sao", "làm sao", "vì sao", "tại sao", "bằng sao"];
/// Syllables behind "con" that make it a child where accents are missing.
pub(super) const OF_CHILDREN: [&str; 22] = [
    "om", "nho", "trai", "gai", "cai", "de", "nuoi", "toi", "em", "minh", "cua", "be", "dau", "thu", "moi", "duoi",
    "ruot", "chau", "so", "hai", "ba", "benh",
];
/// Ends of our own questions back, in lower case.
pub(super) const ASKED_BACK_ENDS: [&str; 1] = ["của bạn là:"];
/// Openings that say nothing but that something was said before.
pub(super) const FILLERS: [&str; 7] = ["vậy à", "thế thì", "vậy thì", "như vậy thì", "thế à", "thế", "vậy"];
/// Ends that say nothing but that it is a question.
pub(super) const EMPTY_ENDS: [&str; 3] = ["thì sao", "thế sao", "thì thế nào"];
/// Syllables that are no topic.
pub(super) const EMPTY: [&str; 62] = [
    "thì",
    "sao",
    "là",
    "tôi",
    "em",
    "mình",
    "bạn",
    "anh",
    "chị",
    "cháu",
    "cho",
    "hỏi",
    "ạ",
    "ơi",
    "nhé",
    "nhỉ",
    "được",
    "có",
    "không",
    "phải",
    "bị",
    "sẽ",
    "đã",
    "đang",
    "và",
    "hay",
    "hoặc",
    "của",
    "về",
    "khi",
    "nếu",
    "mà",
    "với",
    "ở",
    "tại",
    "trong",
    "này",
    "đó",
    "kia",
    "ấy",
    "thế",
    "vậy",
    "còn",
    "rồi",
    "nhưng",
    "nữa",
    "cũng",
    "rất",
    "ngày",
    "tháng",
    "năm",
    "giờ",
    "tuần",
    "lần",
    "tiền",
    "mức",
    "trường",
    "hợp",
    "ko",
    "k",
    "dc",
    "à",
];
