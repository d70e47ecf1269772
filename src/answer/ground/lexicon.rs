/*!
The words the check knows: who, must and may, not, at least and at most, words without a claim.

Words of the language of statutes, not of one law. Syllables are written as the law writes
them; readers compare the canonical spelling of [`crate::law::text::canonical_syllable`].
*/

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use crate::law::text::canonical_syllable;

/// Who a sentence speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Party {
    /// "bạn", "tôi": the member, whoever that is in the clause, but never the employer.
    Asker,
    /// Người lao động.
    Worker,
    /// Người sử dụng lao động.
    Employer,
    /// Who lends workers out.
    Lender,
    /// Who borrows them.
    Borrower,
    /// Công đoàn and other organisations of workers.
    Union,
    /// Organisations of employers.
    EmployersUnion,
    /// An authority, court or arbitrator; told apart by their words.
    Authority,
    /// One side of a contract or a family; told apart by their words.
    Side,
}

/// What a clause does to an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Modal {
    /// phải, có nghĩa vụ.
    Must,
    /// có quyền, được phép, có thể.
    May,
    /// được: a permission, or only a passive.
    MayOrPassive,
    /// không được, cấm.
    MustNot,
    /// không phải, không cần.
    NeedNot,
}

/// What a number bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bound {
    /// The number itself.
    Exact,
    /// ít nhất, tối thiểu, từ … trở lên.
    AtLeast,
    /// tối đa, không quá, đến.
    AtMost,
    /// trên, quá.
    Above,
    /// dưới, chưa đủ.
    Below,
    /// trong thời hạn, chậm nhất: a deadline.
    Within,
}

/// What a run of syllables is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Who.
    Party(Party),
    /// Must, may.
    Modal(Modal),
    /// Not.
    Negation,
    /// A bound of the next number, wherever in its part of the sentence it stands.
    Bound(Bound),
    /// A bound only right before a number, another word elsewhere.
    BoundBefore(Bound),
    /// trừ trường hợp.
    Exception,
    /// Before or after an event.
    Time,
    /// Carries no claim of its own.
    Stop,
}

const PARTIES: &[(Party, &str)] = &[
    (Party::Asker, "bạn|tôi|anh|chị|mình|em|anh chị|các bạn"),
    (Party::Worker, "người lao động|nlđ|công nhân|nhân viên|bên lao động"),
    (
        Party::Employer,
        "người sử dụng lao động|nsdlđ|bên sử dụng lao động|chủ sử dụng lao động|người chủ|công ty|doanh nghiệp|sếp|nơi làm việc của bạn",
    ),
    (
        Party::Lender,
        "doanh nghiệp cho thuê lại lao động|doanh nghiệp cho thuê lại|bên cho thuê lại lao động|bên cho thuê lại",
    ),
    (Party::Borrower, "bên thuê lại lao động|bên thuê lại"),
    (
        Party::Union,
        "công đoàn|công đoàn cơ sở|tổ chức công đoàn|tổ chức đại diện người lao động|tổ chức đại diện người lao động tại cơ sở|ban chấp hành công đoàn|ban chấp hành công đoàn cơ sở",
    ),
    (Party::EmployersUnion, "tổ chức đại diện người sử dụng lao động"),
    (
        Party::Authority,
        "ủy ban nhân dân|chính phủ|thủ tướng chính phủ|quốc hội|ủy ban thường vụ quốc hội|tòa án|tòa án nhân dân|viện kiểm sát|hội đồng trọng tài lao động|hòa giải viên lao động|hội đồng tiền lương quốc gia|thanh tra lao động|cơ quan bảo hiểm xã hội|nhà nước|bộ công an|bộ quốc phòng|bộ y tế|bộ tài chính|bộ nội vụ|bộ trưởng|liên đoàn lao động|tổng liên đoàn lao động việt nam",
    ),
    (
        Party::Side,
        "bên mua|bên bán|bên vay|bên cho vay|bên thuê|bên cho thuê|bên mượn|bên cho mượn|bên gửi|bên giữ|bên tặng cho|bên được tặng cho|bên thế chấp|bên nhận thế chấp|bên cầm cố|bên nhận cầm cố|bên bảo lãnh|bên được bảo lãnh|bên nhận bảo lãnh|bên bảo đảm|bên nhận bảo đảm|bên đặt cọc|bên nhận đặt cọc|bên ủy quyền|bên được ủy quyền|bên đặt gia công|bên nhận gia công|bên vận chuyển|bên thuê vận chuyển|bên sử dụng dịch vụ|bên cung ứng dịch vụ|bên thuê khoán|bên cho thuê khoán|bên nợ|bên giao|bên nhận|bên vi phạm|bên bị vi phạm|bên thuê dịch vụ|bên giao khoán|bên nhận khoán|bên chuyển giao|bên nhận chuyển giao|người ủy quyền|người được ủy quyền|người đại diện|người được đại diện|người giám hộ|người được giám hộ|bên được đại diện|người bảo lãnh|nguyên đơn|bị đơn|bị cáo|bị hại|vợ chồng|cha mẹ|vợ|chồng|cha|mẹ|chủ sở hữu|người chiếm hữu|người để lại di sản|người thừa kế",
    ),
];

const MODALS: &[(Modal, &str)] = &[
    (
        Modal::Must,
        "phải|phải được|buộc phải|bắt buộc|bắt buộc phải|bị bắt buộc|có trách nhiệm|có nghĩa vụ|cần phải|cần|nhất thiết phải|có trách nhiệm phải|có nghĩa vụ phải|chỉ phải",
    ),
    (Modal::May, "có quyền|có quyền được|được quyền|được phép|có thể|có thể được|khuyến khích|được khuyến khích"),
    (Modal::MayOrPassive, "được|có được|vẫn được|đều được"),
    (
        Modal::MustNot,
        "không được|không được phép|không có quyền|không được quyền|nghiêm cấm|bị nghiêm cấm|bị cấm|không thể|chưa được|chưa được phép|không được tự ý|chẳng được|không được có|không ai được",
    ),
    (
        Modal::NeedNot,
        "không phải|không cần|không cần phải|không bắt buộc|không bắt buộc phải|không có nghĩa vụ|không có trách nhiệm|khỏi phải|khỏi cần|không buộc|không nhất thiết|không nhất thiết phải|không buộc phải|chưa phải",
    ),
];

const BOUNDS: &[(Bound, &str)] = &[
    (
        Bound::AtLeast,
        "ít nhất|ít nhất là|ít nhất bằng|ít nhất phải bằng|tối thiểu|tối thiểu là|tối thiểu bằng|thấp nhất|thấp nhất là|không dưới|không ít hơn|không thấp hơn|không được thấp hơn|không được ít hơn|không được dưới",
    ),
    (
        Bound::AtMost,
        "tối đa|tối đa là|tối đa bằng|tối đa không quá|nhiều nhất|nhiều nhất là|cao nhất|cao nhất là|không quá|không được quá|không vượt quá|không được vượt quá|không nhiều hơn|không cao hơn|không được cao hơn|chưa quá|lên đến|không hơn|không được lâu hơn|không lâu hơn",
    ),
    (Bound::Within, "chậm nhất|chậm nhất là|muộn nhất|muộn nhất là|trong thời hạn|trong vòng"),
];

const BOUNDS_BEFORE: &[(Bound, &str)] = &[
    (Bound::AtLeast, "từ|từ đủ|đủ|kể từ đủ"),
    (Bound::AtMost, "đến|cho đến|đến đủ|tới|đến hết"),
    (Bound::Above, "trên|quá|vượt quá|vượt|hơn|lâu hơn|nhiều hơn|từ trên|cao hơn|đã quá"),
    (
        Bound::Below,
        "dưới|chưa đủ|chưa đến|đến dưới|đến chưa đủ|ít hơn|thấp hơn|chưa tới|không đủ|không đến|không tới|nhỏ hơn",
    ),
];

const NEGATIONS: &str = "không|chưa|chẳng|không phải là|không phải do|không phải vì|không phải của|không phải người|phi|không hề|chưa hề|chưa từng";

const EXCEPTIONS: &str = "trừ trường hợp|trừ các trường hợp|trừ những trường hợp|ngoại trừ|trừ khi|trừ các|trừ những|trừ hợp đồng|trừ người|trừ quy định|trừ ngày|không kể|không bao gồm|trừ việc|trừ tổ chức|trừ đối tượng|trừ phi";

/// Before, after, both: told apart from each other.
const TIMES: &str = "trước khi|sau khi|trước và sau khi|trước hoặc sau khi|trước ngày|sau ngày";

const STOPS: &str = "và|của|là|thì|cho|với|các|những|một|này|đó|khi|để|tại|ở|trong|mà|nếu|hoặc|có|theo|se|sẽ|về|vậy|như|rằng|ra|thuộc|cũng|đã|đang|cả|mỗi|mọi|còn|nên|do|vì|bởi|ngoài|gồm|bao gồm|sau|sau đây|đối|đối với|trường hợp|trong trường hợp|cụ thể|dạ|vâng|ạ|nhé|hãy|quy định|việc|bị|vào|nhưng|cùng|đây|dưới đây|trên đây|nào|đến|từ|tới|lên|thế|điều|khoản|điểm|chương|mục|luật|bộ luật|nghị định|theo quy định|theo quy định của pháp luật|quy định tại|vẫn|đều|lại|nữa|ngay|chỉ|gì|thời|hay|trước|trên|dưới|số|mức|kể|kể từ|tức là|nghĩa là|ấy|nó|họ|khác|sự|bằng|mình|hoặc là|trong đó|đồng thời|ngoài ra|tuy nhiên|do đó|vì vậy|như vậy|như sau|thuộc về|giữa|qua|thông qua|xong|hằng|hàng|trở|nhau|bên|loại|từng|một số|cái|chiếc|vừa|rồi|lúc|trong khi|bất kỳ|bất cứ|nhằm|pháp luật";

/// Spellings brought to one before anything is compared; the longest first.
const REWRITTEN: &[(&str, &str)] = &[
    ("hàng năm", "hằng năm"),
    ("hàng tháng", "hằng tháng"),
    ("hàng tuần", "hằng tuần"),
    ("hàng ngày", "hằng ngày"),
    ("tiền lương", "lương"),
    ("hợp đồng lao động", "hợp đồng"),
    ("hđlđ", "hợp đồng"),
    ("bhxh", "bảo hiểm xã hội"),
    ("bhyt", "bảo hiểm y tế"),
    ("bhtn", "bảo hiểm thất nghiệp"),
    ("thông báo trước", "báo trước"),
    ("báo cho biết trước", "báo trước"),
    ("thanh toán", "trả"),
    ("chi trả", "trả"),
    ("kí", "ký"),
    ("qui định", "quy định"),
    ("nghỉ phép năm", "nghỉ hằng năm"),
    ("phép năm", "nghỉ hằng năm"),
    ("thành lập nên", "thành lập"),
    ("bao gồm", "gồm"),
    ("mồng", "ngày"),
    ("cưới", "kết hôn"),
    ("lấy vợ", "kết hôn"),
    ("lấy chồng", "kết hôn"),
    ("qua đời", "chết"),
];

/// Words that plain speech adds or puts for the law's, without naming another thing.
const LIGHT: &str = "biết|đưa|dùng|muốn|ký|làm|sang|cũ|mới|ghi|xin|đi|ép|dành|coi|xem|nêu|rõ|lần|tính|cùng|tự|luôn|chính|đầy đủ|đúng|hưởng|tiếp|tục|áp|dụng|thực hiện|diễn|tức|cách|phần|khoản|tiền|chuyện|dạng|nói|hiện|đang|thì|vẫn|tiếp tục|người|công việc|lý do|điều kiện|thời gian|thời hạn";

/// Plain words with the law's for them, beside the table of lay words that retrieval has.
pub const PLAIN: &[(&str, &str)] = &[
    ("nghỉ việc", "chấm dứt hợp đồng"),
    ("nghỉ việc", "thôi việc"),
    ("thôi việc", "chấm dứt hợp đồng"),
    ("cho nghỉ", "chấm dứt hợp đồng"),
    ("đuổi việc", "sa thải"),
    ("ứng lương", "tạm ứng"),
    ("trừ lương", "khấu trừ"),
    ("tăng ca", "làm thêm"),
    ("đóng tiền", "nộp tiền"),
    ("bị ốm", "ốm đau"),
    ("bầu", "mang thai"),
    ("lương chính thức", "lương của công việc"),
    ("đẻ", "sinh con"),
];

/// Names of rights, duties and kinds that are taken for each other: what a rule says of one
/// it does not say of its neighbours.
pub const NEIGHBOURS: &[&[&str]] = &[
    &["thôi việc", "mất việc làm", "thất nghiệp"],
    &["thử việc", "học nghề", "tập nghề"],
    &["nghỉ hằng năm", "nghỉ việc riêng", "nghỉ lễ", "nghỉ hằng tuần", "nghỉ thai sản", "nghỉ không hưởng lương"],
    &["khiển trách", "kéo dài thời hạn nâng lương", "cách chức", "sa thải"],
    &["bảo hiểm xã hội", "bảo hiểm y tế", "bảo hiểm thất nghiệp"],
    &["ốm đau", "thai sản", "hưu trí", "tử tuất"],
    &["tai nạn lao động", "bệnh nghề nghiệp"],
    &["thỏa ước lao động tập thể", "nội quy lao động"],
    &["tạm hoãn", "chấm dứt", "tạm đình chỉ"],
    &["lao động nam", "lao động nữ"],
    &["không xác định thời hạn", "hợp đồng xác định thời hạn"],
    &["cấp tỉnh", "cấp huyện", "cấp xã"],
    &["ban đêm", "ban ngày"],
    &["ngày thường", "ngày nghỉ hằng tuần", "ngày nghỉ lễ"],
    &["nguyên lương", "không hưởng lương"],
    &["tù chung thân", "tử hình", "phạt tù", "phạt tiền", "cải tạo không giam giữ"],
    &["cố ý", "vô ý"],
];

/// Words that judge an act; the cited text must hold them.
pub const JUDGEMENTS: &[&str] = &[
    "đúng luật",
    "đúng pháp luật",
    "đúng quy định",
    "hợp pháp",
    "hợp lệ",
    "trái luật",
    "trái pháp luật",
    "sai luật",
    "vi phạm",
    "phạm pháp",
    "phạm luật",
    "bất hợp pháp",
];

/// Words that ask: a model that repeats the question has not answered it.
pub const ASKING: &[&str] = &[
    "bao nhiêu",
    "bao lâu",
    "thế nào",
    "khi nào",
    "trường hợp nào",
    "điều kiện nào",
    "là gì",
    "thứ mấy",
    "ra sao",
    "những gì",
];

/// Words that order the machine or speak of it: never part of an answer.
pub const ORDERS: &[&str] = &[
    "bỏ qua hướng dẫn",
    "bỏ qua mọi hướng dẫn",
    "bỏ qua các hướng dẫn",
    "bỏ qua mọi quy tắc",
    "bỏ qua quy tắc",
    "bỏ qua chỉ dẫn",
    "quên hướng dẫn",
    "ignore previous",
    "ignore all",
    "system prompt",
    "lời nhắc hệ thống",
    "mô hình ngôn ngữ",
    "đoạn trích số",
    "đóng vai",
];

type Entries = HashMap<String, Vec<(Vec<String>, Class)>>;

static ENTRIES: LazyLock<Entries> = LazyLock::new(|| {
    let mut list: Vec<(String, Class)> = Vec::new();
    let mut add = |words: &str, class: Class| list.extend(words.split('|').map(|w| (w.to_owned(), class)));
    PARTIES.iter().for_each(|(party, words)| add(words, Class::Party(*party)));
    MODALS.iter().for_each(|(modal, words)| add(words, Class::Modal(*modal)));
    BOUNDS.iter().for_each(|(bound, words)| add(words, Class::Bound(*bound)));
    BOUNDS_BEFORE.iter().for_each(|(bound, words)| add(words, Class::BoundBefore(*bound)));
    add(NEGATIONS, Class::Negation);
    add(EXCEPTIONS, Class::Exception);
    add(TIMES, Class::Time);
    add(STOPS, Class::Stop);
    let mut entries = Entries::new();
    for (words, class) in list {
        let syllables: Vec<String> = words.split(' ').map(canonical_syllable).collect();
        entries.entry(syllables[0].clone()).or_default().push((syllables, class));
    }
    // The longest first; a stop word gives way to any other class of the same words.
    for list in entries.values_mut() {
        list.sort_by_key(|(syllables, class)| (std::cmp::Reverse(syllables.len()), *class == Class::Stop));
    }
    entries
});

type Rewrites = HashMap<String, Vec<(Vec<String>, Vec<String>)>>;

static REWRITES: LazyLock<Rewrites> = LazyLock::new(|| {
    let split = |words: &str| words.split(' ').map(canonical_syllable).collect::<Vec<_>>();
    let mut rewrites = Rewrites::new();
    for (from, to) in REWRITTEN {
        let from = split(from);
        rewrites.entry(from[0].clone()).or_default().push((from, split(to)));
    }
    rewrites.values_mut().for_each(|list| list.sort_by_key(|(from, _)| std::cmp::Reverse(from.len())));
    rewrites
});

/// The classes of the runs that `words` begins with, longest first, each with its length.
pub fn classes_at<'w>(words: &'w [&'w str]) -> impl Iterator<Item = (Class, usize)> + 'w {
    let list = words.first().and_then(|first| ENTRIES.get(*first)).map_or(&[][..], Vec::as_slice);
    list.iter()
        .filter(move |(run, _)| run.len() <= words.len() && run.iter().zip(words).all(|(a, b)| a == b))
        .map(|(run, class)| (*class, run.len()))
}

static LIGHT_WORDS: LazyLock<HashSet<String>> =
    LazyLock::new(|| LIGHT.split(['|', ' ']).map(canonical_syllable).collect());

/// Whether a word names nothing by itself.
pub fn is_light(word: &str) -> bool {
    LIGHT_WORDS.contains(word)
}

/// How many of the words that `words` begins with are written another way, and that way.
pub fn rewritten(words: &[&str]) -> Option<(usize, &'static [String])> {
    let list = words.first().and_then(|first| REWRITES.get(*first))?;
    list.iter()
        .find(|(from, _)| from.len() <= words.len() && from.iter().zip(words).all(|(a, b)| a == b))
        .map(|(from, to)| (from.len(), to.as_slice()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class_of(words: &str) -> Option<(Class, usize)> {
        classes_at(&words.split(' ').collect::<Vec<_>>()).next()
    }

    #[test]
    fn the_longest_run_wins() {
        assert_eq!(class_of("người sử dụng lao động phải"), Some((Class::Party(Party::Employer), 5)));
        assert_eq!(class_of("tổ chức đại diện người lao động có"), Some((Class::Party(Party::Union), 7)));
        assert_eq!(class_of("không được quá 12"), Some((Class::Bound(Bound::AtMost), 3)));
        assert_eq!(class_of("không được giữ"), Some((Class::Modal(Modal::MustNot), 2)));
        assert_eq!(class_of("không xác định"), Some((Class::Negation, 1)));
        assert_eq!(class_of("kinh tế"), None);
    }
}
