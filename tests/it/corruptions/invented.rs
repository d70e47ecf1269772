//! Clauses of an invented law, so that the corruptions run where no real text is.

use super::clauses::Article;

/// Label, title, text.
const ARTICLES: [(&str, &str, &str); 8] = [
    (
        "3",
        "Báo tin khi rời đội",
        "1. Người lao động có quyền rời đội chèo nhưng phải báo tin cho người sử dụng lao động như sau:\na) Ít nhất 40 ngày nếu chèo theo hợp đồng lao động không xác định thời hạn;\nb) Ít nhất 25 ngày nếu chèo theo hợp đồng lao động xác định thời hạn.\n2. Người lao động không phải báo tin khi thuyền bị hỏng quá 10 ngày, trừ trường hợp hai nhà có giao ước khác.",
    ),
    (
        "4",
        "Giờ chèo",
        "1. Giờ chèo bình thường của người lao động không quá 07 giờ trong 01 ngày và không quá 35 giờ trong 01 tuần.\n2. Người sử dụng lao động không được để người lao động chèo ban đêm quá 05 giờ trong một chuyến dài.",
    ),
    (
        "5",
        "Trả công chèo",
        "1. Người sử dụng lao động phải trả công cho người lao động chậm nhất 06 ngày kể từ ngày thuyền cập bến.\n2. Công chèo trong thời gian thử việc ít nhất bằng 70% công của chuyến đã giao ước.\n3. Người sử dụng lao động có trách nhiệm trả thêm 20% công chèo cho người lao động nếu thuyền về muộn, trừ trường hợp có bão.",
    ),
    (
        "6",
        "Nghỉ bến",
        "1. Người lao động chèo đủ 10 tháng được nghỉ bến 09 ngày làm việc và hưởng đủ công chèo của những ngày ấy.\n2. Người lao động không được hưởng công chèo khi tự ý bỏ thuyền quá 03 ngày liên tục trong một tháng.",
    ),
    (
        "7",
        "Giấy chèo",
        "1. Người sử dụng lao động không được giữ giấy chèo của người lao động trong suốt thời gian thuyền còn ở ngoài khơi.\n2. Người lao động có quyền xem sổ công của mình bất cứ lúc nào khi thuyền đã cập bến an toàn.",
    ),
    (
        "8",
        "Đền thuyền",
        "Người lao động làm gãy mái chèo thì phải đền cho người sử dụng lao động tối đa 02 tháng công chèo theo hợp đồng lao động đã ký.",
    ),
    (
        "9",
        "Tuổi đi thuyền",
        "Người từ đủ 16 tuổi trở lên có thể đi thuyền xa bờ nếu cha mẹ đồng ý bằng văn bản; người chưa đủ 16 tuổi chỉ được chèo trong đầm.",
    ),
    (
        "11",
        "Sổ công",
        "Trong thời hạn 08 ngày kể từ ngày kết thúc chuyến đi, người sử dụng lao động phải ghi sổ công và đưa cho người lao động xem.",
    ),
];

/// The articles.
pub fn articles() -> Vec<Article> {
    let article = |(label, title, text): &(&str, &str, &str)| Article {
        law: "5/2031/QH99".to_owned(),
        label: (*label).to_owned(),
        title: (*title).to_owned(),
        text: (*text).to_owned(),
        document: "Luật Thuyền chài 2031".to_owned(),
    };
    ARTICLES.iter().map(article).collect()
}
