//! The table of routes and the codes of errors: what other programs rely on.

use congdoan::http;
use insta::assert_snapshot;

/// What of an address belongs to courses.
const OF_COURSES: [&str; 6] =
    ["/hoi-nhieu", "/khoa-hoc", "/hoc-lieu", "/chung-chi", "/api/v1/courses", "/api/v1/lessons"];

/// What belongs to the counsellors' desk, to who asked and to notices.
const OF_DESK: [&str; 11] = [
    "/thu/",
    "/danh-tinh",
    "/identity",
    "/tu-van",
    "/thong-bao",
    "/chat-luong",
    "/api/v1/reviews",
    "/api/v1/precedents",
    "/api/v1/quality",
    "/api/v1/notices",
    "/quiet-hours",
];

/// What of an address belongs to requests for support.
const OF_SUPPORT: [&str; 2] = ["/ho-tro", "/api/v1/support-requests"];

/// What of an address belongs to who looks after the service.
const OF_ADMINS: [&str; 1] = ["/quan-tri"];

/// What of an address belongs to the feed.
const OF_FEED: [&str; 4] = ["bang-tin", "/api/v1/posts", "/api/v1/reports", "/api/v1/me/topics"];

/// Last line of the routes that know nobody.
const LAST_WITHOUT_PEOPLE: &str = "GET, HEAD /docs";

/// Lines of the table that belong to one of these, or to none of all lists.
fn lines(of: Option<&[&str]>) -> Vec<String> {
    let names = |list: &[&str], path: &str| list.iter().any(|part| path.contains(part));
    let own = http::route_table().into_iter().filter(|(_, path)| match of {
        Some(list) => names(list, path),
        None => ![&OF_COURSES[..], &OF_DESK, &OF_SUPPORT, &OF_ADMINS, &OF_FEED].iter().any(|list| names(list, path)),
    });
    own.map(|(methods, path)| format!("{methods} {path}")).collect()
}

#[test]
fn the_route_table_of_admins() {
    assert_snapshot!(lines(Some(&OF_ADMINS)).join("\n"), @r"
    GET, HEAD /quan-tri/van-ban
    POST /quan-tri/van-ban/tep
    POST /quan-tri/van-ban/tep/xoa
    POST /quan-tri/van-ban/dung
    GET, HEAD /quan-tri/van-ban/dung/{id}
    GET, HEAD, POST /quan-tri/van-ban/ban/{id}
    POST /quan-tri/van-ban/lui
    GET, HEAD /quan-tri/suc-khoe
    GET, HEAD /quan-tri/cau-hinh
    GET, HEAD /quan-tri/nhat-ky
    GET, HEAD, POST /quan-tri/nhap
    GET, HEAD /quan-tri/nhap/{name}
    POST /quan-tri/nhap/{name}/xoa
    ");
}

#[test]
fn the_route_table_of_the_feed() {
    assert_snapshot!(lines(Some(&OF_FEED)).join("\n"), @r"
    GET, HEAD /bang-tin
    GET, HEAD, POST /bang-tin/viet
    GET, HEAD /bang-tin/tim
    GET, HEAD /bang-tin/da-luu
    GET, HEAD /bang-tin/cua-toi
    POST /bang-tin/chu-de
    POST /bang-tin/nguoi/{id}
    POST /bang-tin/khieu-nai/{id}
    GET, HEAD /bang-tin/{id}
    GET, HEAD /bang-tin/{id}/vi-sao
    GET, HEAD /bang-tin/{id}/ban-truoc
    GET, HEAD, POST /bang-tin/{id}/sua
    POST /bang-tin/{id}/xoa
    POST /bang-tin/{id}/cam-xuc
    POST /bang-tin/{id}/luu
    POST /bang-tin/{id}/binh-luan
    GET, HEAD, POST /bang-tin/{id}/binh-luan/{n}/sua
    GET, HEAD /bang-tin/{id}/binh-luan/{n}/ban-truoc
    POST /bang-tin/{id}/binh-luan/{n}/xoa
    POST /bang-tin/{id}/bao-cao
    POST /bang-tin/{id}/tac-gia
    GET, HEAD /bang-tin/{id}/anh/{n}
    POST /bang-tin/{id}/ghim
    POST /bang-tin/{id}/kiem-chung
    POST /bang-tin/{id}/nhan
    GET, HEAD /bien-tap/bang-tin
    GET, HEAD /bien-tap/bang-tin/ty-le
    GET, HEAD /bien-tap/bang-tin/nhat-ky
    POST /bien-tap/bang-tin/trang-chan
    GET, HEAD /bien-tap/bang-tin/{id}
    POST /bien-tap/bang-tin/{id}/quyet-dinh
    POST /bien-tap/bang-tin/{id}/mo-khoa
    GET, HEAD, POST /api/v1/posts
    GET, HEAD, PUT, DELETE /api/v1/posts/{id}
    GET, HEAD /api/v1/posts/{id}/versions
    POST /api/v1/posts/{id}/pictures
    PUT, DELETE /api/v1/posts/{id}/reaction
    PUT, DELETE /api/v1/posts/{id}/saved
    GET, HEAD, POST /api/v1/posts/{id}/comments
    PUT, DELETE /api/v1/posts/{id}/comments/{n}
    GET, HEAD /api/v1/posts/{id}/comments/{n}/versions
    PUT /api/v1/me/topics
    GET, HEAD, POST /api/v1/reports
    GET, HEAD /api/v1/reports/log
    GET, HEAD /api/v1/reports/meter
    POST /api/v1/reports/{id}/decision
    POST /api/v1/reports/{id}/appeal
    ");
}

#[test]
fn the_route_table() {
    let table = lines(None);
    let people = 1 + table.iter().position(|line| line == LAST_WITHOUT_PEOPLE).unwrap();
    assert_snapshot!(table[..people].join("\n"), @r"
    GET, HEAD /
    GET, HEAD /hoi
    GET, HEAD /luat
    GET, HEAD /luat/
    GET, HEAD /luat/{*path}
    GET, HEAD /may-tinh
    GET, HEAD /may-tinh/{name}
    GET, HEAD /tinh/{name}
    GET, HEAD /robots.txt
    POST /api/v1/chat
    GET, HEAD /api/v1/chat/{run}
    POST /api/v1/chat/{run}/stop
    POST /v1/chat/completions
    GET, HEAD /v1/models
    GET, HEAD /v1/models/{model}
    GET, HEAD /api/v1/search
    GET, HEAD /api/v1/calculators
    POST /api/v1/calculators/{name}
    GET, HEAD, POST /api/v1/admin/corpus/uploads
    DELETE /api/v1/admin/corpus/uploads/{name}
    POST /api/v1/admin/corpus/builds
    GET, HEAD /api/v1/admin/corpus/builds/{id}
    GET, HEAD /api/v1/admin/corpus/builds/{id}/events
    GET, HEAD /api/v1/admin/corpus/generations
    POST /api/v1/admin/corpus/generations/{id}/activate
    POST /api/v1/admin/corpus/rollback
    GET, HEAD /api/v1/admin/corpus/diff
    GET, HEAD /livez
    GET, HEAD /readyz
    GET, HEAD /version
    GET, HEAD /openapi.json
    GET, HEAD /docs
    ");
}

#[test]
fn the_route_table_of_people() {
    let table = lines(None);
    let people = 1 + table.iter().position(|line| line == LAST_WITHOUT_PEOPLE).unwrap();
    assert_snapshot!(table[people..].join("\n"), @r"
    GET, HEAD, POST /dang-nhap
    POST /dang-xuat
    GET, HEAD, POST /kich-hoat
    GET, HEAD /tai-khoan
    POST /tai-khoan/mat-khau
    POST /tai-khoan/phien/{id}
    POST /tai-khoan/khoa-may/{id}
    GET, HEAD /quan-ly/doan-vien
    GET, HEAD /quan-ly/doan-vien/{number}
    POST /quan-ly/doan-vien/{number}/ma-kich-hoat
    POST /quan-ly/doan-vien/{number}/khoa
    POST /quan-ly/doan-vien/{number}/vai-tro
    GET, HEAD /quan-ly/don-vi
    GET, HEAD, POST /api/v1/sessions
    DELETE /api/v1/sessions/{id}
    POST /api/v1/invites/redeem
    GET, HEAD, DELETE /api/v1/me
    POST /api/v1/me/password
    GET, HEAD, POST /api/v1/api-keys
    DELETE /api/v1/api-keys/{id}
    GET, HEAD /api/v1/units
    GET, HEAD /api/v1/members
    GET, HEAD /api/v1/members/{number}
    POST /api/v1/members/{number}/invite
    POST /api/v1/members/{number}/block
    PUT, DELETE /api/v1/members/{number}/roles/{role}/{unit}
    GET, HEAD /lich-su
    GET, HEAD /lich-su/{id}
    POST /lich-su/{id}/xoa
    POST /lich-su/{id}/{n}/y-kien
    POST /lich-su/{id}/{n}/gap-can-bo
    POST /lich-su/{id}/{n}/nhan-tin
    POST /lich-su/{id}/{n}/chia-se
    GET, HEAD /chia-se/{token}
    POST /tai-khoan/luu-cau-hoi
    POST /tai-khoan/xoa
    GET, HEAD /api/v1/conversations
    GET, HEAD, DELETE /api/v1/conversations/{id}
    POST /api/v1/conversations/{id}/messages/{n}/verdict
    POST /api/v1/conversations/{id}/messages/{n}/review
    POST /api/v1/conversations/{id}/messages/{n}/replies
    POST, DELETE /api/v1/conversations/{id}/messages/{n}/share
    GET, HEAD /api/v1/me/consents
    PUT, DELETE /api/v1/me/consents/{purpose}
    GET, HEAD /api/v1/me/export
    ");
}

#[test]
fn the_routes_of_the_desk() {
    assert_snapshot!(lines(Some(&OF_DESK)).join("\n"), @r"
    GET, HEAD /tu-van
    GET, HEAD /tu-van/{id}
    POST /tu-van/{id}/nhan
    POST /tu-van/{id}/tra
    POST /tu-van/{id}/quyet-dinh
    POST /tu-van/{id}/tra-loi
    GET, HEAD /tu-van/mau
    GET, HEAD, POST /tu-van/mau/{id}
    GET, HEAD /chat-luong
    GET, HEAD /api/v1/reviews
    GET, HEAD /api/v1/reviews/{id}
    POST /api/v1/reviews/{id}/claim
    POST /api/v1/reviews/{id}/release
    POST /api/v1/reviews/{id}/decision
    POST /api/v1/reviews/{id}/replies
    GET, HEAD /api/v1/precedents
    GET, HEAD, DELETE /api/v1/precedents/{id}
    POST /api/v1/precedents/{id}/renew
    GET, HEAD /api/v1/quality
    GET, HEAD /thong-bao
    POST /thong-bao/da-doc
    POST /thong-bao/gio-yen-lang
    POST /thong-bao/thu
    POST /thong-bao/thu/ma
    POST /thong-bao/thu/thoi
    GET, HEAD, POST /thu/{token}
    POST /thong-bao/{id}
    GET, HEAD /api/v1/notices
    POST /api/v1/notices/read
    POST /api/v1/notices/{id}/read
    PUT, DELETE /api/v1/me/quiet-hours
    GET, HEAD, POST /tu-van/{id}/danh-tinh
    GET, HEAD /quan-ly/danh-tinh
    POST /quan-ly/danh-tinh/{id}
    POST /lich-su/{id}/{n}/danh-tinh
    GET, HEAD, POST /api/v1/reviews/{id}/identity
    GET, HEAD /api/v1/identity-openings
    POST /api/v1/identity-openings/{id}/decision
    PUT, DELETE /api/v1/conversations/{id}/messages/{n}/identity
    ");
}

#[test]
fn the_routes_of_support() {
    assert_snapshot!(lines(Some(&OF_SUPPORT)).join("\n"), @r"
    GET, HEAD, POST /ho-tro
    GET, HEAD /ho-tro/{id}
    POST /ho-tro/{id}/{viec}
    POST /ho-tro/{id}/tep
    GET, HEAD /ho-tro/{id}/tep/{n}
    GET, HEAD, POST /quan-ly/ho-tro
    GET, HEAD /quan-ly/ho-tro/so.csv
    GET, HEAD, POST /api/v1/support-requests
    GET, HEAD /api/v1/support-requests/register
    GET, HEAD /api/v1/support-requests/{id}
    POST /api/v1/support-requests/{id}/{act}
    ");
}

#[test]
fn the_routes_of_courses() {
    assert_snapshot!(lines(Some(&OF_COURSES)).join("\n"), @r"
    GET, HEAD /khoa-hoc
    GET, HEAD /khoa-hoc/{slug}
    GET, HEAD, POST /khoa-hoc/{slug}/{lesson}
    GET, HEAD, POST /khoa-hoc/{slug}/{lesson}/cau-hoi
    GET, HEAD /hoc-lieu/{slug}/{name}
    GET, HEAD /chung-chi/{id}
    POST /chung-chi/{id}/ten
    GET, HEAD /quan-ly/khoa-hoc/{slug}
    GET, HEAD, POST /bien-tap/khoa-hoc
    GET, HEAD, POST /bien-tap/hoi-nhieu
    GET, HEAD /bien-tap/khoa-hoc/{slug}
    GET, HEAD, POST /bien-tap/khoa-hoc/{slug}/tep
    GET, HEAD /bien-tap/khoa-hoc/{slug}/xem/{lesson}
    POST /bien-tap/khoa-hoc/{slug}/xuat-ban
    GET, HEAD /api/v1/courses
    GET, HEAD /api/v1/courses/{slug}
    GET, HEAD /api/v1/courses/{slug}/certificate
    GET, HEAD /api/v1/courses/{slug}/completion
    GET, HEAD /api/v1/lessons/{slug}/{lesson}
    POST /api/v1/lessons/events
    ");
}

#[test]
fn the_error_codes() {
    let codes: Vec<String> =
        http::error_codes().iter().map(|(status, code, title)| format!("{status} {code}: {title}")).collect();
    assert_snapshot!(codes.join("\n"), @r"
    404 not_found: Không tìm thấy
    409 conflict: Yêu cầu trái với trạng thái hiện tại
    422 invalid: Dữ liệu gửi lên chưa đúng
    401 unauthenticated: Bạn chưa đăng nhập
    403 forbidden: Bạn không được làm việc này
    401 wrong_credentials: Chưa đăng nhập được
    429 too_many_attempts: Phải đợi một lát
    507 storage_full: Hết chỗ lưu
    429 overloaded: Hệ thống đang bận
    503 unavailable: Tạm thời chưa phục vụ được
    500 internal: Hệ thống gặp lỗi
    400 invalid_body: Không đọc được nội dung gửi lên
    413 body_too_large: Nội dung gửi lên quá dài
    408 body_unfinished: Chưa nhận đủ nội dung gửi lên
    404 no_such_address: Không có địa chỉ này
    405 method_not_allowed: Không nhận cách gọi này
    412 changed: Dữ liệu đã đổi
    ");
}
