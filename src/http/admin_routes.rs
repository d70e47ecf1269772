/*! The routes of who looks after the service. */

use super::{Route, admin_corpus, admin_state, form, read, write};

/// Where files are uploaded in a browser.
pub(super) const CORPUS_FILES: &str = "/quan-tri/van-ban/tep";

/// Where lists of members and units are imported in a browser.
pub(super) const IMPORTS: &str = "/quan-tri/nhap";

/// Looking after the service, for admins of the whole union.
pub(super) fn all() -> Vec<Route> {
    vec![
        read("/quan-tri/van-ban", admin_corpus::home),
        write(CORPUS_FILES, admin_corpus::upload),
        write("/quan-tri/van-ban/tep/xoa", admin_corpus::drop_upload),
        write("/quan-tri/van-ban/dung", admin_corpus::start_build),
        read("/quan-tri/van-ban/dung/{id}", admin_corpus::build),
        form("/quan-tri/van-ban/ban/{id}", admin_corpus::preview, admin_corpus::activate),
        write("/quan-tri/van-ban/lui", admin_corpus::roll_back),
        read("/quan-tri/suc-khoe", admin_state::health),
        read("/quan-tri/cau-hinh", admin_state::settings),
        read("/quan-tri/nhat-ky", admin_state::log),
        form(IMPORTS, admin_state::import_page, admin_state::import),
        read("/quan-tri/nhap/{name}", admin_state::code_list),
        write("/quan-tri/nhap/{name}/xoa", admin_state::drop_code_list),
    ]
}
