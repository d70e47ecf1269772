/*!
The menu at the head of every page: where this reader may go, by their roles.

It shows ways, it grants nothing: each page asks its service again.
*/

use crate::accounts::{Actor, Role};

/// An address of ours and what it is called.
type Link = (&'static str, &'static str);

/// Links under a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The heading.
    pub heading: &'static str,
    /// The links.
    pub links: Vec<Link>,
}

/// The menu of one reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Menu {
    /// Its groups, those for everybody first.
    pub groups: Vec<Group>,
}

/// For who is signed in.
const OWN: [Link; 6] = [
    ("/bang-tin", "Bảng tin"),
    ("/khoa-hoc", "Khóa học ngắn"),
    ("/ho-tro", "Cần gì lo nấy"),
    ("/lich-su", "Câu đã hỏi"),
    ("/thong-bao", "Thông báo"),
    ("/tai-khoan", "Tài khoản của bạn"),
];
/// For who is not.
const NOBODYS: [Link; 4] = [
    ("/dang-nhap", "Đăng nhập"),
    ("/kich-hoat", "Kích hoạt tài khoản"),
    ("/khoa-hoc", "Khóa học ngắn"),
    ("/chat-luong", "Chất lượng trả lời"),
];

/// What a role leads to; `top` where it is over the whole union.
fn of_role(role: Role, top: bool) -> (&'static str, Vec<Link>) {
    match role {
        Role::Counsellor => (
            "Tư vấn",
            vec![("/tu-van", "Việc chờ xem lại"), ("/tu-van/mau", "Câu trả lời mẫu"), ("/quan-ly/ho-tro", "Sổ hỗ trợ")],
        ),
        Role::Editor => {
            ("Biên tập", vec![("/bien-tap/bang-tin", "Kiểm duyệt bảng tin"), ("/bien-tap/khoa-hoc", "Soạn khóa học")])
        }
        Role::Inspector => {
            let mut links = vec![
                ("/quan-ly/ho-tro", "Sổ hỗ trợ"),
                ("/quan-ly/danh-tinh", "Đề nghị biết người hỏi"),
                ("/bien-tap/bang-tin/nhat-ky", "Nhật ký kiểm duyệt"),
            ];
            if top {
                links.push(("/quan-tri/nhat-ky", "Nhật ký quản trị"));
            }
            ("Kiểm tra, giám sát", links)
        }
        Role::Admin => {
            let mut links = vec![
                ("/quan-ly/doan-vien", "Đoàn viên"),
                ("/quan-ly/don-vi", "Đơn vị"),
                ("/quan-ly/danh-tinh", "Đề nghị biết người hỏi"),
                ("/quan-ly/ho-tro", "Sổ hỗ trợ"),
            ];
            if top {
                links.extend([
                    ("/quan-tri/van-ban", "Kho văn bản"),
                    ("/quan-tri/nhap", "Nhập danh sách"),
                    ("/quan-tri/suc-khoe", "Sức khỏe hệ thống"),
                    ("/quan-tri/cau-hinh", "Cấu hình"),
                    ("/quan-tri/nhat-ky", "Nhật ký quản trị"),
                ]);
            }
            ("Quản trị", links)
        }
    }
}

impl Default for Menu {
    fn default() -> Self {
        Self { groups: vec![Group { heading: "Tài khoản", links: NOBODYS.to_vec() }] }
    }
}

impl Menu {
    /// The menu of a member with their roles; what two roles lead to stands once.
    pub fn of(actor: &Actor) -> Self {
        let mut groups = vec![Group { heading: "Của bạn", links: OWN.to_vec() }];
        for role in Role::ALL.into_iter().filter(|role| actor.has(*role)) {
            let (heading, mut links) = of_role(role, actor.is_top(role));
            links.retain(|link| groups.iter().all(|group: &Group| !group.links.contains(link)));
            groups.push(Group { heading, links });
        }
        Self { groups }
    }
}
