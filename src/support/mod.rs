/*!
Requests for support, "cần gì lo nấy": a member asks, their unit decides within a set time.

Owns the states of a request, who may do what with it, budgets, and what happens to a request
nobody decided: it goes to the unit above. Words and files are sealed before they reach the
store. A request is seen by who sent it and by counsellors over the unit it came from; decided
by those over the unit whose desk it lies on; nobody decides their own. Money is promised out
of the desk's budget of the year, or not at all.
*/

mod export;
mod files;
mod keeping;
pub mod port;
mod register;
mod service;
mod state;

pub use files::{FILES_PER_REQUEST_MAX, FileKind, PDF_BYTES_MAX, SealedFile, UPLOAD_BYTES_MAX};
pub use port::{BudgetLine, Side};
pub use register::{Register, RegisterQuery};
pub use service::{
    AMOUNT_DONG_MAX, Act, DECIDE_DAYS, Escalated, OPEN_PER_MEMBER_MAX, RequestView, Support, TEXT_CHARS_MAX,
    TimelineEntry,
};
pub use state::{Kind, State, Step};
