/*!
Who gets what at every address: the matrix names each route of the table with each of its
methods, and fails when one is missing.

A line: method, route, address asked for, what is sent, and the statuses of `anonymous`, then
those of [`PEOPLE`] in order. `REVIEW` is a case of a member of A1, `SUPPORT` a request of hers, `POSTED` a
post of hers for A1 that is reported in `CASE`, `OFFICIAL` one of the whole union. Member 7 is in unit A1, member
8 in B, beyond the reach of A's
admin. What may not be seen is 404, who must sign in gets 401 or, on a page, the way there.
*/

use std::collections::BTreeSet;

use congdoan::http;
use reqwest::Method;

use crate::people::{Load, PEOPLE, Person, people_server};

const MATRIX: &str = r#"
GET  /                                     /                                    -  200 200 200 200 200 200 200
GET  /hoi                                  /hoi?cau=nghi+viec                   -  200 200 200 200 200 200 200
GET  /luat                                 /luat                                -  200 200 200 200 200 200 200
GET  /luat/                                /luat/                               -  308 308 308 308 308 308 308
GET  /luat/{*path}                         /luat/1-2020-qh99                    -  200 200 200 200 200 200 200
GET  /may-tinh                             /may-tinh                            -  200 200 200 200 200 200 200
GET  /may-tinh/{name}                      /may-tinh/severance                  -  200 200 200 200 200 200 200
GET  /tinh/{name}                          /tinh/khong-co                       -  404 404 404 404 404 404 404
GET  /robots.txt                           /robots.txt                          -  200 200 200 200 200 200 200
POST /api/v1/chat                          /api/v1/chat                         {"question":"nghỉ"}  200 200 200 200 200 200 200
GET  /api/v1/chat/{run}                    /api/v1/chat/khong-co                -  404 404 404 404 404 404 404
POST /api/v1/chat/{run}/stop               /api/v1/chat/khong-co/stop           {}  404 404 404 404 404 404 404
POST /v1/chat/completions                  /v1/chat/completions                 {"model":"congdoan","messages":[{"role":"user","content":"nghỉ"}]}  200 200 200 200 200 200 200
GET  /v1/models                            /v1/models                           -  200 200 200 200 200 200 200
GET  /v1/models/{model}                    /v1/models/khong-co                  -  404 404 404 404 404 404 404
GET  /api/v1/search                        /api/v1/search?q=nghi                -  200 200 200 200 200 200 200
GET  /api/v1/calculators                   /api/v1/calculators                  -  200 200 200 200 200 200 200
POST /api/v1/calculators/{name}            /api/v1/calculators/khong-co         {}  404 404 404 404 404 404 404
GET  /api/v1/admin/corpus/uploads          /api/v1/admin/corpus/uploads         -  404 404 404 404 404 404 200
POST /api/v1/admin/corpus/uploads          /api/v1/admin/corpus/uploads?name=a.exe {}  404 404 404 404 404 404 422
DELETE /api/v1/admin/corpus/uploads/{name} /api/v1/admin/corpus/uploads/khong-co.md -  404 404 404 404 404 404 404
POST /api/v1/admin/corpus/builds           /api/v1/admin/corpus/builds          {"activate":1}  404 404 404 404 404 404 422
GET  /api/v1/admin/corpus/builds/{id}      /api/v1/admin/corpus/builds/1        -  404 404 404 404 404 404 404
GET  /api/v1/admin/corpus/builds/{id}/events /api/v1/admin/corpus/builds/1/events -  404 404 404 404 404 404 404
GET  /api/v1/admin/corpus/generations      /api/v1/admin/corpus/generations     -  404 404 404 404 404 404 200
POST /api/v1/admin/corpus/generations/{id}/activate /api/v1/admin/corpus/generations/1/activate {}  404 404 404 404 404 404 404
POST /api/v1/admin/corpus/rollback         /api/v1/admin/corpus/rollback        {}  404 404 404 404 404 404 409
GET  /api/v1/admin/corpus/diff             /api/v1/admin/corpus/diff            -  404 404 404 404 404 404 200
GET  /quan-tri/van-ban                     /quan-tri/van-ban                    -  303 404 404 404 404 404 200
POST /quan-tri/van-ban/tep                 /quan-tri/van-ban/tep                x=1  401 404 404 404 404 404 400
POST /quan-tri/van-ban/tep/xoa             /quan-tri/van-ban/tep/xoa            ten=khong-co.md  401 404 404 404 404 404 404
POST /quan-tri/van-ban/dung                /quan-tri/van-ban/dung               x=1  401 404 404 404 404 404 303
GET  /quan-tri/van-ban/dung/{id}           /quan-tri/van-ban/dung/khong-co      -  303 404 404 404 404 404 404
GET  /quan-tri/van-ban/ban/{id}            /quan-tri/van-ban/ban/khong-co       -  303 404 404 404 404 404 404
POST /quan-tri/van-ban/ban/{id}            /quan-tri/van-ban/ban/khong-co       x=1  401 404 404 404 404 404 404
POST /quan-tri/van-ban/lui                 /quan-tri/van-ban/lui                x=1  401 404 404 404 404 404 409
GET  /quan-tri/suc-khoe                    /quan-tri/suc-khoe                   -  303 404 404 404 404 404 200
GET  /quan-tri/cau-hinh                    /quan-tri/cau-hinh                   -  303 404 404 404 404 404 200
GET  /quan-tri/nhat-ky                     /quan-tri/nhat-ky                    -  303 404 404 404 404 404 200
GET  /quan-tri/nhap                        /quan-tri/nhap                       -  303 404 404 404 404 404 200
POST /quan-tri/nhap                        /quan-tri/nhap                       x=1  401 404 404 404 404 404 400
GET  /quan-tri/nhap/{name}                 /quan-tri/nhap/khong-co.csv          -  303 404 404 404 404 404 404
POST /quan-tri/nhap/{name}/xoa             /quan-tri/nhap/khong-co.csv/xoa      x=1  401 404 404 404 404 404 404
GET  /livez                                /livez                               -  200 200 200 200 200 200 200
GET  /readyz                               /readyz                              -  200 200 200 200 200 200 200
GET  /version                              /version                             -  200 200 200 200 200 200 200
GET  /openapi.json                         /openapi.json                        -  200 200 200 200 200 200 200
GET  /docs                                 /docs                                -  200 200 200 200 200 200 200
GET  /dang-nhap                            /dang-nhap                           -  200 200 200 200 200 200 200
POST /dang-nhap                            /dang-nhap                           ten=77&mat_khau=sai  401 401 401 401 401 401 401
GET  /kich-hoat                            /kich-hoat                           -  200 200 200 200 200 200 200
POST /kich-hoat                            /kich-hoat                           ma=sai&mat_khau=x&mat_khau_2=x  422 422 422 422 422 422 422
GET  /tai-khoan                            /tai-khoan                           -  303 200 200 200 200 200 200
POST /tai-khoan/mat-khau                   /tai-khoan/mat-khau                  mat_khau_cu=sai&mat_khau=a&mat_khau_2=a  401 422 422 422 422 422 422
POST /tai-khoan/phien/{id}                 /tai-khoan/phien/999999              x=1  401 404 404 404 404 404 404
POST /tai-khoan/khoa-may/{id}              /tai-khoan/khoa-may/999999           x=1  401 404 404 404 404 404 404
GET  /quan-ly/doan-vien                    /quan-ly/doan-vien                   -  303 404 404 404 404 200 200
GET  /quan-ly/doan-vien                    /quan-ly/doan-vien?don_vi=B          -  303 404 404 404 404 404 200
GET  /quan-ly/doan-vien/{number}           /quan-ly/doan-vien/7                 -  303 404 404 404 404 200 200
GET  /quan-ly/doan-vien/{number}           /quan-ly/doan-vien/8                 -  303 404 404 404 404 404 200
POST /quan-ly/doan-vien/{number}/ma-kich-hoat /quan-ly/doan-vien/7/ma-kich-hoat x=1  401 404 404 404 404 200 200
POST /quan-ly/doan-vien/{number}/ma-kich-hoat /quan-ly/doan-vien/8/ma-kich-hoat x=1  401 404 404 404 404 404 200
POST /quan-ly/doan-vien/{number}/khoa      /quan-ly/doan-vien/7/khoa            khoa=0  401 404 404 404 404 303 303
POST /quan-ly/doan-vien/{number}/khoa      /quan-ly/doan-vien/8/khoa            khoa=0  401 404 404 404 404 404 303
POST /quan-ly/doan-vien/{number}/vai-tro   /quan-ly/doan-vien/7/vai-tro         vai_tro=editor&don_vi=A1  401 404 404 404 404 303 303
POST /quan-ly/doan-vien/{number}/vai-tro   /quan-ly/doan-vien/7/vai-tro         vai_tro=editor&don_vi=N  401 404 404 404 404 404 303
GET  /quan-ly/don-vi                       /quan-ly/don-vi                      -  303 404 404 404 404 200 200
GET  /api/v1/sessions                      /api/v1/sessions                     -  401 200 200 200 200 200 200
POST /api/v1/sessions                      /api/v1/sessions                     {"name":"78","password":"sai"}  401 401 401 401 401 401 401
DELETE /api/v1/sessions/{id}               /api/v1/sessions/999999              -  401 404 404 404 404 404 404
POST /api/v1/invites/redeem                /api/v1/invites/redeem               {"code":"sai","password":"x"}  422 422 422 422 422 422 422
GET  /api/v1/me                            /api/v1/me                           -  401 200 200 200 200 200 200
POST /api/v1/me/password                   /api/v1/me/password                  {"current":"sai","password":"x"}  401 422 422 422 422 422 422
GET  /api/v1/api-keys                      /api/v1/api-keys                     -  401 200 200 200 200 200 200
POST /api/v1/api-keys                      /api/v1/api-keys                     {"name":"x","scopes":[]}  401 422 422 422 422 422 422
DELETE /api/v1/api-keys/{id}               /api/v1/api-keys/999999              -  401 404 404 404 404 404 404
GET  /api/v1/units                         /api/v1/units                        -  401 200 200 200 200 200 200
GET  /api/v1/members                       /api/v1/members                      -  401 404 404 404 404 200 200
GET  /api/v1/members                       /api/v1/members?unit=B               -  401 404 404 404 404 404 200
GET  /api/v1/members/{number}              /api/v1/members/7                    -  401 404 404 404 404 200 200
GET  /api/v1/members/{number}              /api/v1/members/8                    -  401 404 404 404 404 404 200
POST /api/v1/members/{number}/invite       /api/v1/members/8/invite             {}  401 404 404 404 404 404 201
POST /api/v1/members/{number}/block        /api/v1/members/8/block              {"blocked":false}  401 404 404 404 404 404 204
PUT  /api/v1/members/{number}/roles/{role}/{unit} /api/v1/members/7/roles/editor/A -  401 404 404 404 404 204 204
PUT  /api/v1/members/{number}/roles/{role}/{unit} /api/v1/members/7/roles/admin/B -  401 404 404 404 404 404 204
DELETE /api/v1/members/{number}/roles/{role}/{unit} /api/v1/members/7/roles/admin/B -  401 404 404 404 404 404 204
GET  /khoa-hoc                             /khoa-hoc                            -  200 200 200 200 200 200 200
GET  /khoa-hoc/{slug}                      /khoa-hoc/hop-dong-10-phut           -  200 200 200 200 200 200 200
GET  /khoa-hoc/{slug}                      /khoa-hoc/khong-co                   -  404 404 404 404 404 404 404
GET  /khoa-hoc/{slug}/{lesson}             /khoa-hoc/hop-dong-10-phut/02-thu-viec -  200 200 200 200 200 200 200
POST /khoa-hoc/{slug}/{lesson}             /khoa-hoc/hop-dong-10-phut/02-thu-viec x=1  401 303 303 303 303 303 303
GET  /khoa-hoc/{slug}/{lesson}/cau-hoi     /khoa-hoc/hop-dong-10-phut/02-thu-viec/cau-hoi -  200 200 200 200 200 200 200
POST /khoa-hoc/{slug}/{lesson}/cau-hoi     /khoa-hoc/hop-dong-10-phut/02-thu-viec/cau-hoi lan=mot  200 200 200 200 200 200 200
GET  /hoc-lieu/{slug}/{name}               /hoc-lieu/hop-dong-10-phut/a.png     -  404 404 404 404 404 404 404
GET  /chung-chi/{id}                       /chung-chi/AAAAAAAAAAAAAAAAAAAAAA    -  404 404 404 404 404 404 404
POST /chung-chi/{id}/ten                   /chung-chi/AAAAAAAAAAAAAAAAAAAAAA/ten hien=1  401 404 404 404 404 404 404
GET  /quan-ly/khoa-hoc/{slug}              /quan-ly/khoa-hoc/hop-dong-10-phut   -  303 404 404 200 200 200 200
GET  /quan-ly/khoa-hoc/{slug}              /quan-ly/khoa-hoc/hop-dong-10-phut?don_vi=B -  303 404 404 404 404 404 200
GET  /bien-tap/khoa-hoc                    /bien-tap/khoa-hoc                   -  303 404 404 200 404 404 404
POST /bien-tap/khoa-hoc                    /bien-tap/khoa-hoc                   ten_ngan=A&ten=x  401 404 404 422 404 404 404
GET  /bien-tap/hoi-nhieu                   /bien-tap/hoi-nhieu                  -  303 404 404 200 404 404 404
POST /bien-tap/hoi-nhieu                   /bien-tap/hoi-nhieu                  dieu=x  401 404 404 404 404 404 404
GET  /bien-tap/khoa-hoc/{slug}             /bien-tap/khoa-hoc/hop-dong-10-phut  -  303 404 404 200 404 404 404
GET  /bien-tap/khoa-hoc/{slug}/tep         /bien-tap/khoa-hoc/hop-dong-10-phut/tep?ten=course.toml -  303 404 404 200 404 404 404
POST /bien-tap/khoa-hoc/{slug}/tep         /bien-tap/khoa-hoc/hop-dong-10-phut/tep ten=x&noi_dung=x  401 404 404 422 404 404 404
GET  /bien-tap/khoa-hoc/{slug}/xem/{lesson} /bien-tap/khoa-hoc/hop-dong-10-phut/xem/02-thu-viec -  303 404 404 200 404 404 404
POST /bien-tap/khoa-hoc/{slug}/xuat-ban    /bien-tap/khoa-hoc/hop-dong-10-phut/xuat-ban x=1  401 404 404 409 404 404 404
GET  /api/v1/courses                       /api/v1/courses                      -  200 200 200 200 200 200 200
GET  /api/v1/courses/{slug}                /api/v1/courses/hop-dong-10-phut     -  200 200 200 200 200 200 200
GET  /api/v1/courses/{slug}/certificate    /api/v1/courses/hop-dong-10-phut/certificate -  401 404 404 404 404 404 404
GET  /api/v1/courses/{slug}/completion     /api/v1/courses/hop-dong-10-phut/completion -  401 404 404 200 200 200 200
GET  /api/v1/courses/{slug}/completion     /api/v1/courses/hop-dong-10-phut/completion?unit=B -  401 404 404 404 404 404 200
GET  /api/v1/lessons/{slug}/{lesson}       /api/v1/lessons/hop-dong-10-phut/02-thu-viec -  200 200 200 200 200 200 200
POST /api/v1/lessons/events                /api/v1/lessons/events               {"events":[]}  401 200 200 200 200 200 200
GET  /lich-su                              /lich-su                             -  303 200 200 200 200 200 200
GET  /lich-su/{id}                         /lich-su/khong-co                    -  303 404 404 404 404 404 404
POST /lich-su/{id}/xoa                     /lich-su/khong-co/xoa                x=1  401 404 404 404 404 404 404
POST /lich-su/{id}/{n}/y-kien              /lich-su/khong-co/1/y-kien           y_kien=wrong  401 404 404 404 404 404 404
POST /lich-su/{id}/{n}/chia-se             /lich-su/khong-co/1/chia-se          x=1  401 404 404 404 404 404 404
GET  /chia-se/{token}                      /chia-se/khong-co                    -  404 404 404 404 404 404 404
POST /tai-khoan/luu-cau-hoi                /tai-khoan/luu-cau-hoi               dong_y=0  401 303 303 303 303 303 303
POST /tai-khoan/xoa                        /tai-khoan/xoa                       mat_khau_cu=sai  401 422 422 422 422 409 409
GET  /api/v1/conversations                 /api/v1/conversations                -  401 200 200 200 200 200 200
GET  /api/v1/conversations/{id}            /api/v1/conversations/khong-co       -  401 404 404 404 404 404 404
DELETE /api/v1/conversations/{id}          /api/v1/conversations/khong-co       -  401 404 404 404 404 404 404
POST /api/v1/conversations/{id}/messages/{n}/verdict /api/v1/conversations/khong-co/messages/1/verdict {"verdict":"wrong"}  401 404 404 404 404 404 404
POST /api/v1/conversations/{id}/messages/{n}/share /api/v1/conversations/khong-co/messages/1/share -  401 404 404 404 404 404 404
DELETE /api/v1/conversations/{id}/messages/{n}/share /api/v1/conversations/khong-co/messages/1/share -  401 404 404 404 404 404 404
GET  /api/v1/me/consents                   /api/v1/me/consents                  -  401 200 200 200 200 200 200
PUT  /api/v1/me/consents/{purpose}         /api/v1/me/consents/keep-questions   -  401 204 204 204 204 204 204
DELETE /api/v1/me/consents/{purpose}       /api/v1/me/consents/keep-questions   -  401 204 204 204 204 204 204
GET  /api/v1/me/export                     /api/v1/me/export                    -  401 200 200 200 200 200 200
DELETE /api/v1/me                          /api/v1/me                           {"current":"sai"}  401 422 422 422 422 409 409
POST /lich-su/{id}/{n}/gap-can-bo          /lich-su/khong-co/1/gap-can-bo       dong_y=1  401 404 404 404 404 404 404
POST /api/v1/conversations/{id}/messages/{n}/review /api/v1/conversations/khong-co/messages/1/review -  401 404 404 404 404 404 404
GET  /tu-van                               /tu-van                              -  303 404 200 404 404 404 404
GET  /tu-van/{id}                          /tu-van/REVIEW                       -  303 404 200 404 404 404 404
POST /tu-van/{id}/nhan                     /tu-van/REVIEW/nhan                  x=1  401 404 303 404 404 404 404
POST /tu-van/{id}/tra                      /tu-van/REVIEW/tra                   x=1  401 404 303 404 404 404 404
POST /tu-van/{id}/quyet-dinh               /tu-van/REVIEW/quyet-dinh            danh_gia=right  401 404 409 404 404 404 404
GET  /api/v1/reviews                       /api/v1/reviews                      -  401 404 200 404 404 404 404
GET  /api/v1/reviews/{id}                  /api/v1/reviews/REVIEW               -  401 404 200 404 404 404 404
POST /api/v1/reviews/{id}/claim            /api/v1/reviews/REVIEW/claim         {}  401 404 204 404 404 404 404
POST /api/v1/reviews/{id}/release          /api/v1/reviews/REVIEW/release       {}  401 404 204 404 404 404 404
POST /api/v1/reviews/{id}/decision         /api/v1/reviews/REVIEW/decision      {"verdict":"right"}  401 404 409 404 404 404 404
GET  /thong-bao                            /thong-bao                           -  303 200 200 200 200 200 200
POST /thong-bao/da-doc                     /thong-bao/da-doc                    x=1  401 303 303 303 303 303 303
POST /thong-bao/gio-yen-lang               /thong-bao/gio-yen-lang              tu=22:00&den=06:00  401 303 303 303 303 303 303
POST /thong-bao/thu                        /thong-bao/thu                       dia_chi=x  401 503 503 503 503 503 503
POST /thong-bao/thu/ma                     /thong-bao/thu/ma                    ma=1  401 422 422 422 422 422 422
POST /thong-bao/thu/thoi                   /thong-bao/thu/thoi                  x=1  401 303 303 303 303 303 303
GET  /thu/{token}                          /thu/khong-co                        -  404 404 404 404 404 404 404
POST /thu/{token}                          /thu/khong-co                        x=1  404 404 404 404 404 404 404
POST /thong-bao/{id}                       /thong-bao/999999                    x=1  401 404 404 404 404 404 404
GET  /api/v1/notices                       /api/v1/notices                      -  401 200 200 200 200 200 200
POST /api/v1/notices/read                  /api/v1/notices/read                 -  401 200 200 200 200 200 200
POST /api/v1/notices/{id}/read             /api/v1/notices/999999/read          -  401 404 404 404 404 404 404
PUT  /api/v1/me/quiet-hours                /api/v1/me/quiet-hours               {"from":"22:00","to":"06:00"}  401 204 204 204 204 204 204
DELETE /api/v1/me/quiet-hours              /api/v1/me/quiet-hours               -  401 204 204 204 204 204 204
POST /lich-su/{id}/{n}/nhan-tin            /lich-su/khong-co/1/nhan-tin         loi=a  401 404 404 404 404 404 404
POST /api/v1/conversations/{id}/messages/{n}/replies /api/v1/conversations/khong-co/messages/1/replies {"text":"a"}  401 404 404 404 404 404 404
POST /tu-van/{id}/tra-loi                  /tu-van/REVIEW/tra-loi               loi=a  401 404 409 404 404 404 404
GET  /tu-van/mau                           /tu-van/mau                          -  303 404 200 404 404 404 404
GET  /tu-van/mau/{id}                      /tu-van/mau/999999                   -  303 404 404 404 404 404 404
POST /tu-van/mau/{id}                      /tu-van/mau/999999                   bo=1  401 404 404 404 404 404 404
GET  /chat-luong                           /chat-luong                          -  200 200 200 200 200 200 200
POST /api/v1/reviews/{id}/replies          /api/v1/reviews/REVIEW/replies       {"text":"a"}  401 404 409 404 404 404 404
GET  /api/v1/precedents                    /api/v1/precedents                   -  401 404 200 404 404 404 404
GET  /api/v1/precedents/{id}               /api/v1/precedents/999999            -  401 404 404 404 404 404 404
DELETE /api/v1/precedents/{id}             /api/v1/precedents/999999            -  401 404 404 404 404 404 404
POST /api/v1/precedents/{id}/renew         /api/v1/precedents/999999/renew      {"text":"a"}  401 404 404 404 404 404 404
GET  /api/v1/quality                       /api/v1/quality                      -  200 200 200 200 200 200 200
GET  /tu-van/{id}/danh-tinh                /tu-van/REVIEW/danh-tinh             -  303 404 200 404 404 404 404
POST /tu-van/{id}/danh-tinh                /tu-van/REVIEW/danh-tinh             ly_do=ngan  401 404 422 404 404 404 404
GET  /quan-ly/danh-tinh                    /quan-ly/danh-tinh                   -  303 404 404 404 200 200 200
POST /quan-ly/danh-tinh/{id}               /quan-ly/danh-tinh/999999            dong_y=1  401 404 404 404 404 404 404
POST /lich-su/{id}/{n}/danh-tinh           /lich-su/khong-co/1/danh-tinh        x=1  401 404 404 404 404 404 404
GET  /api/v1/reviews/{id}/identity         /api/v1/reviews/REVIEW/identity      -  401 404 200 404 404 404 404
POST /api/v1/reviews/{id}/identity         /api/v1/reviews/REVIEW/identity      {"reason":"ngắn"}  401 404 422 404 404 404 404
GET  /api/v1/identity-openings             /api/v1/identity-openings            -  401 404 404 404 200 200 200
POST /api/v1/identity-openings/{id}/decision /api/v1/identity-openings/999999/decision {"grant":true}  401 404 404 404 404 404 404
PUT  /api/v1/conversations/{id}/messages/{n}/identity /api/v1/conversations/khong-co/messages/1/identity -  401 404 404 404 404 404 404
DELETE /api/v1/conversations/{id}/messages/{n}/identity /api/v1/conversations/khong-co/messages/1/identity -  401 404 404 404 404 404 404
GET  /ho-tro                               /ho-tro                              -  303 200 200 200 200 200 200
POST /ho-tro                               /ho-tro                              loai=moon&noi_dung=x  401 422 422 422 422 422 422
GET  /ho-tro/{id}                          /ho-tro/SUPPORT                      -  303 200 200 404 404 404 404
POST /ho-tro/{id}/{viec}                   /ho-tro/SUPPORT/hoi                  noi_dung=x  401 403 422 404 404 404 404
POST /ho-tro/{id}/tep                      /ho-tro/SUPPORT/tep                  x=1  401 400 400 400 400 400 400
GET  /ho-tro/{id}/tep/{n}                  /ho-tro/SUPPORT/tep/1                -  303 404 404 404 404 404 404
GET  /quan-ly/ho-tro                       /quan-ly/ho-tro                      -  303 404 200 404 200 200 200
GET  /quan-ly/ho-tro                       /quan-ly/ho-tro?don_vi=B             -  303 404 404 404 404 404 200
POST /quan-ly/ho-tro                       /quan-ly/ho-tro                      don_vi=A1&nam=1999&ngan_sach=1  401 404 404 404 404 422 422
POST /quan-ly/ho-tro                       /quan-ly/ho-tro                      don_vi=A&nam=1999&ngan_sach=1  401 404 404 404 404 404 422
GET  /quan-ly/ho-tro/so.csv                /quan-ly/ho-tro/so.csv               -  303 404 200 404 404 404 404
GET  /api/v1/support-requests              /api/v1/support-requests             -  401 200 200 200 200 200 200
POST /api/v1/support-requests              /api/v1/support-requests             {"kind":"moon","words":"x"}  401 422 422 422 422 422 422
GET  /api/v1/support-requests/register     /api/v1/support-requests/register    -  401 404 200 404 200 200 200
GET  /api/v1/support-requests/{id}         /api/v1/support-requests/SUPPORT     -  401 200 200 404 404 404 404
POST /api/v1/support-requests/{id}/{act}   /api/v1/support-requests/SUPPORT/refuse {"words":"x"}  401 403 409 404 404 404 404
GET  /bang-tin                             /bang-tin                            -  303 200 200 200 200 200 200
GET  /bang-tin/viet                        /bang-tin/viet                       -  303 200 200 200 200 200 200
POST /bang-tin/viet                        /bang-tin/viet                       bai=x  401 422 422 422 422 422 422
GET  /bang-tin/tim                         /bang-tin/tim?tim=chao               -  303 200 200 200 200 200 200
GET  /bang-tin/da-luu                      /bang-tin/da-luu                     -  303 200 200 200 200 200 200
GET  /bang-tin/cua-toi                     /bang-tin/cua-toi                    -  303 200 200 200 200 200 200
POST /bang-tin/chu-de                      /bang-tin/chu-de                     t-vui=1  401 303 303 303 303 303 303
POST /bang-tin/nguoi/{id}                  /bang-tin/nguoi/999999               x=1  401 404 404 404 404 404 404
POST /bang-tin/khieu-nai/{id}              /bang-tin/khieu-nai/999999           loi=x  401 404 404 404 404 404 404
GET  /bang-tin/{id}                        /bang-tin/POSTED                     -  303 200 200 200 200 200 404
GET  /bang-tin/{id}/vi-sao                 /bang-tin/POSTED/vi-sao              -  303 200 200 200 200 200 404
GET  /bang-tin/{id}/ban-truoc              /bang-tin/POSTED/ban-truoc           -  303 200 200 200 200 200 404
GET  /bang-tin/{id}/sua                    /bang-tin/POSTED/sua                 -  303 200 403 403 403 403 404
POST /bang-tin/{id}/sua                    /bang-tin/POSTED/sua                 bai=  401 422 403 403 403 403 404
POST /bang-tin/{id}/xoa                    /bang-tin/999999/xoa                 x=1  401 404 404 404 404 404 404
POST /bang-tin/{id}/xoa                    /bang-tin/OFFICIAL/xoa               x=1  401 403 403 403 403 403 403
POST /bang-tin/{id}/cam-xuc                /bang-tin/POSTED/cam-xuc             cam_xuc=like  401 303 303 303 303 303 404
POST /bang-tin/{id}/luu                    /bang-tin/POSTED/luu                 luu=1  401 303 303 303 303 303 404
POST /bang-tin/{id}/binh-luan              /bang-tin/POSTED/binh-luan           binh_luan=  401 422 422 422 422 422 404
GET  /bang-tin/{id}/binh-luan/{n}/sua      /bang-tin/POSTED/binh-luan/999999/sua -  303 404 404 404 404 404 404
POST /bang-tin/{id}/binh-luan/{n}/sua      /bang-tin/POSTED/binh-luan/999999/sua bai=x  401 404 404 404 404 404 404
GET  /bang-tin/{id}/binh-luan/{n}/ban-truoc /bang-tin/POSTED/binh-luan/999999/ban-truoc -  303 404 404 404 404 404 404
POST /bang-tin/{id}/binh-luan/{n}/xoa      /bang-tin/POSTED/binh-luan/999999/xoa x=1  401 404 404 404 404 404 404
POST /bang-tin/{id}/bao-cao                /bang-tin/POSTED/bao-cao             ly_do=insult  401 409 303 303 303 303 404
POST /bang-tin/{id}/tac-gia                /bang-tin/POSTED/tac-gia             cach=mute  401 409 303 303 303 303 404
GET  /bang-tin/{id}/anh/{n}                /bang-tin/POSTED/anh/1               -  303 404 404 404 404 404 404
POST /bang-tin/{id}/ghim                   /bang-tin/POSTED/ghim                so_ngay=1  401 404 404 409 404 404 404
POST /bang-tin/{id}/kiem-chung             /bang-tin/POSTED/kiem-chung          cau=nghi  401 404 404 303 404 404 404
POST /bang-tin/{id}/nhan                   /bang-tin/POSTED/nhan                ket_qua=  401 404 404 303 404 404 404
GET  /bien-tap/bang-tin                    /bien-tap/bang-tin                   -  303 404 404 200 404 404 404
GET  /bien-tap/bang-tin/ty-le              /bien-tap/bang-tin/ty-le             -  303 404 404 200 200 404 404
GET  /bien-tap/bang-tin/nhat-ky            /bien-tap/bang-tin/nhat-ky           -  303 404 404 200 200 404 404
POST /bien-tap/bang-tin/trang-chan         /bien-tap/bang-tin/trang-chan        trang=xau.example  401 404 404 303 404 404 404
GET  /bien-tap/bang-tin/{id}               /bien-tap/bang-tin/CASE              -  303 404 404 200 404 404 404
POST /bien-tap/bang-tin/{id}/quyet-dinh    /bien-tap/bang-tin/CASE/quyet-dinh   quyet_dinh=keep&ly_do=  401 404 404 422 404 404 404
POST /bien-tap/bang-tin/{id}/mo-khoa       /bien-tap/bang-tin/CASE/mo-khoa      ly_do=x  401 404 404 409 404 404 404
GET  /api/v1/posts                         /api/v1/posts                        -  401 200 200 200 200 200 200
POST /api/v1/posts                         /api/v1/posts                        {"text":"","topic":"vui"}  401 422 422 422 422 422 422
POST /api/v1/posts                         /api/v1/posts                        {"text":"x","topic":"vui","audience":"B"}  401 422 422 422 422 422 422
POST /api/v1/posts                         /api/v1/posts                        {"text":"x","topic":"vui","audience":"N","official":true}  401 404 404 404 404 404 404
GET  /api/v1/posts/{id}                    /api/v1/posts/POSTED                 -  401 200 200 200 200 200 404
PUT  /api/v1/posts/{id}                    /api/v1/posts/POSTED                 {"text":""}  401 422 403 403 403 403 404
DELETE /api/v1/posts/{id}                  /api/v1/posts/999999                 -  401 404 404 404 404 404 404
GET  /api/v1/posts/{id}/versions           /api/v1/posts/POSTED/versions        -  401 200 200 200 200 200 404
POST /api/v1/posts/{id}/pictures           /api/v1/posts/POSTED/pictures        {}  401 422 403 403 403 403 404
PUT  /api/v1/posts/{id}/reaction           /api/v1/posts/POSTED/reaction        {"reaction":"fun"}  401 200 200 200 200 200 404
DELETE /api/v1/posts/{id}/reaction         /api/v1/posts/POSTED/reaction        -  401 204 204 204 204 204 404
PUT  /api/v1/posts/{id}/saved              /api/v1/posts/POSTED/saved           -  401 204 204 204 204 204 404
DELETE /api/v1/posts/{id}/saved            /api/v1/posts/POSTED/saved           -  401 204 204 204 204 204 404
GET  /api/v1/posts/{id}/comments           /api/v1/posts/POSTED/comments        -  401 200 200 200 200 200 404
POST /api/v1/posts/{id}/comments           /api/v1/posts/POSTED/comments        {"text":""}  401 422 422 422 422 422 404
PUT  /api/v1/posts/{id}/comments/{n}       /api/v1/posts/POSTED/comments/999999 {"text":"x"}  401 404 404 404 404 404 404
GET  /api/v1/posts/{id}/comments/{n}/versions /api/v1/posts/POSTED/comments/999999/versions -  401 404 404 404 404 404 404
DELETE /api/v1/posts/{id}/comments/{n}     /api/v1/posts/POSTED/comments/999999 -  401 404 404 404 404 404 404
PUT  /api/v1/me/topics                     /api/v1/me/topics                    {"topics":[]}  401 204 204 204 204 204 204
GET  /api/v1/reports                       /api/v1/reports                      -  401 404 404 200 404 404 404
POST /api/v1/reports                       /api/v1/reports                      {"post":999999,"reason":"other"}  401 404 404 404 404 404 404
GET  /api/v1/reports/log                   /api/v1/reports/log                  -  401 404 404 200 200 404 404
GET  /api/v1/reports/meter                 /api/v1/reports/meter                -  401 404 404 200 200 404 404
POST /api/v1/reports/{id}/decision         /api/v1/reports/CASE/decision        {"ruling":"keep","reason":""}  401 404 404 422 404 404 404
POST /api/v1/reports/{id}/appeal           /api/v1/reports/999999/appeal        {"words":"x"}  401 404 404 404 404 404 404
POST /dang-xuat                            /dang-xuat                           x=1  401 303 303 303 303 303 303
"#;

struct Line {
    method: Method,
    route: &'static str,
    address: &'static str,
    load: Load,
    statuses: Vec<u16>,
}

fn matrix() -> Vec<Line> {
    let line = |text: &'static str| {
        let mut words = text.split_whitespace();
        let mut word = || words.next().unwrap();
        let (method, route, address, load) = (word(), word(), word(), word());
        let load = match load {
            "-" => Load::Nothing,
            json if json.starts_with('{') => Load::Json(json.to_owned()),
            form => Load::Form(form.to_owned()),
        };
        let statuses = words.map(|status| status.parse().unwrap()).collect();
        Line { method: method.parse().unwrap(), route, address, load, statuses }
    };
    MATRIX.lines().filter(|text| !text.is_empty()).map(line).collect()
}

#[test]
fn the_matrix_names_every_route_with_every_method() {
    let named: BTreeSet<(String, &str)> =
        matrix().into_iter().map(|line| (line.method.to_string(), line.route)).collect();
    let mut routes = BTreeSet::new();
    for (methods, path) in http::route_table() {
        routes.extend(methods.split(", ").filter(|m| *m != "HEAD").map(|m| (m.to_owned(), path)));
    }
    assert_eq!(routes.difference(&named).collect::<Vec<_>>(), Vec::<&(String, &str)>::new(), "routes without a line");
    assert_eq!(named.difference(&routes).collect::<Vec<_>>(), Vec::<&(String, &str)>::new(), "lines without a route");
}

/// An address with some number at each of its places.
fn with_numbers(address: &str) -> String {
    ["REVIEW", "POSTED", "CASE", "OFFICIAL", "SUPPORT"]
        .iter()
        .fold(address.to_owned(), |text, place| text.replace(place, "1"))
}

/// A question of `member` in the queue of `counsellor`; its number.
async fn a_case(member: &Person<'_>, counsellor: &Person<'_>) -> String {
    member.send(Method::PUT, "/api/v1/me/consents/keep-questions", Load::Nothing).await;
    let asked = member.send(Method::POST, "/api/v1/chat", Load::Json("{\"question\":\"nghỉ\"}".to_owned())).await;
    let id = asked.value()["conversation_id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/conversations/{id}/messages/1/review");
    assert_eq!(member.send(Method::POST, &path, Load::Nothing).await.status, 202);
    counsellor.get("/api/v1/reviews").await.value()["reviews"][0]["id"].to_string()
}

/// A request for support of `member`; its number.
async fn a_request(member: &Person<'_>) -> String {
    let load = Load::Json("{\"kind\":\"other\",\"words\":\"x\"}".to_owned());
    member.send(Method::POST, "/api/v1/support-requests", load).await.value()["id"].to_string()
}

#[tokio::test]
async fn everybody_gets_what_the_matrix_says() {
    let (server, app, _codes) = people_server().await;
    let mut everybody = vec![("anonymous", Person::anonymous(&server))];
    for (key, number, _) in PEOPLE {
        everybody.push((key, Person::sign_in(&server, number).await));
    }
    let review = a_case(&everybody[1].1, &everybody[2].1).await;
    let support = a_request(&everybody[1].1).await;
    let (posted, case) = crate::feed::a_reported_post(&everybody[1].1, &everybody[2].1, &everybody[3].1).await;
    let official = crate::feed::an_official_post(&app, "8", "N").await;
    let mut wrong = Vec::new();
    for line in matrix() {
        let address = line.address.replace("REVIEW", &review).replace("POSTED", &posted);
        let address = address.replace("CASE", &case).replace("OFFICIAL", &official).replace("SUPPORT", &support);
        assert_eq!(line.statuses.len(), everybody.len(), "{}", line.address);
        for ((key, person), status) in everybody.iter().zip(&line.statuses) {
            let reply = person.send(line.method.clone(), &address, line.load.clone()).await;
            if reply.status != *status {
                wrong.push(format!("{} {} as {key}: {}, not {status}", line.method, line.address, reply.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn nothing_is_changed_by_a_cookie_from_another_site() {
    let (server, _app, _codes) = people_server().await;
    let admin = Person::sign_in(&server, "9").await;
    let mut tried = 0;
    for line in matrix().into_iter().filter(|line| line.method != Method::GET) {
        // Calculators know no one and keep nothing.
        if line.route.starts_with("/api/v1/calculators") {
            continue;
        }
        let reply =
            admin.send_from_elsewhere(line.method.clone(), &with_numbers(line.address), line.load.clone()).await;
        assert_eq!(reply.status, 403, "{} {}", line.method, line.address);
        tried += 1;
    }
    assert!(15 < tried, "{tried}");
    assert_eq!(admin.get("/api/v1/me").await.status, 200, "the session goes on");
}

#[tokio::test]
async fn a_form_without_its_sessions_token_is_refused() {
    let (server, _app, _codes) = people_server().await;
    let mut admin = Person::sign_in(&server, "9").await;
    let own = std::mem::take(&mut admin.form_token);
    let other = Person::sign_in(&server, "5").await.form_token;
    for token in [String::new(), "0".repeat(64), other] {
        admin.form_token = token;
        assert_eq!(admin.submit("/quan-ly/doan-vien/7/khoa", "khoa=1").await.status, 403);
    }
    admin.form_token = own;
    // Old browsers do not say where a form comes from; its token is enough.
    let request = admin.request(Method::POST, "/quan-ly/doan-vien/7/khoa", Load::Form("khoa=1".to_owned()));
    assert_eq!(request.send().await.unwrap().status(), 303);
    let program = admin.request(Method::POST, "/api/v1/members/7/block", Load::Json("{\"blocked\":false}".to_owned()));
    assert_eq!(program.try_clone().unwrap().send().await.unwrap().status(), 403);
    assert_eq!(program.header("x-csrf-token", &admin.form_token).send().await.unwrap().status(), 204);
}
