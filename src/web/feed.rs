/*! Pages of the feed: lists, one post, writing, one's own. */

use askama::Template;
use jiff::Timestamp;

use super::{Site, people::moment, render};
use crate::{
    accounts::Unit,
    community::{
        COMMENT_CHARS_MAX, Case, CheckVerdict, Comment, CommentPage, FeedOrder, FeedPage, FeedWish, PICTURE_BYTES_MAX,
        PICTURES_MAX, PIN_DAYS_MAX, POST_CHARS_MAX, Post, PostCheck, PostState, REASON_CHARS_MAX, Reaction,
        ReportReason, ShownPost, ShunKind, Shunned, Topic, Version, markdown, points::Why,
    },
    error::Result,
    law::text::shorten,
};

/// Characters of a post that a list shows; the rest is one tap away.
const LIST_CHARS_MAX: usize = 500;
/// Characters of a post that the question to the assistant begins with.
const CHECK_CHARS_MAX: usize = 400;

/// Short names of notices in addresses, and their words.
const NOTICES: [(&str, &str); 14] = [
    ("da-dang", "Đã đăng."),
    ("cho-duyet", "Đã gửi. Bài đầu tiên của mỗi người chờ biên tập xem qua rồi mới hiện."),
    ("da-sua", "Đã sửa. Bản trước vẫn xem lại được."),
    ("da-xoa", "Đã xóa bài."),
    ("da-bao", "Đã báo cho biên tập. Cảm ơn bạn."),
    ("da-tat", "Từ nay bạn không thấy bài của người này. Bỏ lại ở “Bài của tôi”."),
    ("da-bo-tat", "Đã bỏ."),
    ("da-khieu-nai", "Đã gửi khiếu nại. Một người khác sẽ xem lại."),
    ("chu-de", "Đã lưu chủ đề bạn theo dõi."),
    ("ghim", "Đã cập nhật ghim."),
    ("nhan", "Đã cập nhật nhãn kiểm chứng."),
    ("da-quyet", "Đã quyết định và báo cho người viết."),
    ("trang-chan", "Đã cập nhật danh sách trang bị chặn."),
    ("mo-khoa", "Đã mở khóa viết bài."),
];

/// The words of a notice.
pub fn feed_notice(name: &str) -> Option<&'static str> {
    NOTICES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// A post in a list, and where to come back to after a tap.
#[derive(Template)]
#[template(path = "post_item.html")]
struct Item<'a> {
    shown: &'a ShownPost,
    form_token: &'a str,
    from: &'a str,
    whole: bool,
}

impl Item<'_> {
    fn html(&self) -> String {
        let text = &self.shown.post.text;
        markdown::html(if self.whole { text } else { shorten(text, LIST_CHARS_MAX) })
    }

    fn is_cut(&self) -> bool {
        !self.whole && shorten(&self.shown.post.text, LIST_CHARS_MAX) != self.shown.post.text
    }

    fn reactions(&self) -> impl Iterator<Item = (Reaction, u32, bool)> + '_ {
        let own = self.shown.own.reaction;
        Reaction::ALL.into_iter().map(move |kind| (kind, self.shown.post.reactions[kind.place()], own == Some(kind)))
    }

    fn may_tap(&self) -> bool {
        self.shown.post.state == PostState::Shown
    }
}

fn item(shown: &ShownPost, form_token: &str, from: &str) -> String {
    render(&Item { shown, form_token, from, whole: false }).unwrap_or_default()
}

/// What the feed shows.
#[derive(Debug, Clone)]
pub struct FeedView {
    /// The page.
    pub feed: FeedPage,
    /// What was wanted.
    pub wish: FeedWish,
    /// Whether the reader is an editor.
    pub is_editor: bool,
    /// Token of its forms.
    pub form_token: String,
    /// What has just been done.
    pub notice: Option<&'static str>,
}

impl FeedView {
    /// Address of this page, or of another with the same choices.
    fn address(&self, order: FeedOrder, topic: Option<Topic>, after: Option<&str>) -> String {
        let mut address = format!("/bang-tin?xem={}", order.name());
        if let Some(topic) = topic {
            address.push_str(&format!("&chu_de={}", topic.name()));
        }
        if let Some(after) = after {
            address.push_str(&format!("&sau={after}"));
        }
        address
    }

    fn own_address(&self) -> String {
        self.address(self.wish.order, self.wish.topic, self.wish.after.as_deref())
    }

    fn order_address(&self, for_you: bool) -> String {
        let order = if for_you { FeedOrder::ForYou } else { FeedOrder::Newest };
        self.address(order, self.wish.topic, None)
    }

    fn all_topics_address(&self) -> String {
        self.address(self.wish.order, None, None)
    }

    fn topic_address(&self, topic: &Topic) -> String {
        self.address(self.wish.order, Some(*topic), None)
    }

    fn next_address(&self) -> Option<String> {
        self.feed.next.as_deref().map(|next| self.address(self.wish.order, self.wish.topic, Some(next)))
    }

    fn is_for_you(&self) -> bool {
        self.wish.order == FeedOrder::ForYou
    }

    fn item(&self, shown: &ShownPost) -> String {
        item(shown, &self.form_token, &self.own_address())
    }

    fn follows(&self, topic: &Topic) -> bool {
        self.feed.followed.contains(topic)
    }
}

#[derive(Template)]
#[template(path = "feed.html")]
struct Feed<'a> {
    site: &'a Site,
    title: &'a str,
    page: &'a FeedView,
    topics: [Topic; 8],
}

/// The feed.
///
/// # Errors
/// `Internal` when the template fails.
pub fn feed(site: &Site, page: &FeedView) -> Result<String> {
    render(&Feed { site, title: "Bảng tin", page, topics: Topic::ALL })
}

/// Posts in a list of their own.
#[derive(Debug, Clone)]
pub struct PostList {
    /// What they are.
    pub title: &'static str,
    /// The posts.
    pub posts: Vec<ShownPost>,
    /// Address of the next page.
    pub next: Option<String>,
    /// What was looked for; none for a list that is not searched.
    pub search: Option<String>,
}

#[derive(Template)]
#[template(path = "post_list.html")]
struct List<'a> {
    site: &'a Site,
    title: &'a str,
    list: &'a PostList,
    items: Vec<String>,
}

/// Posts found, or kept.
///
/// # Errors
/// `Internal` when the template fails.
pub fn post_list(site: &Site, list: &PostList, form_token: &str) -> Result<String> {
    let items = list.posts.iter().map(|shown| item(shown, form_token, "")).collect();
    render(&List { site, title: list.title, list, items })
}

/// What one post's page shows.
#[derive(Debug, Clone)]
pub struct PostPage {
    /// The post.
    pub shown: ShownPost,
    /// Its comments.
    pub comments: CommentPage,
    /// What was found of its claim.
    pub check: Option<PostCheck>,
    /// Whether the reader may put it on top.
    pub may_pin: bool,
    /// Token of its forms.
    pub form_token: String,
    /// Its address, to be passed on.
    pub link: String,
    /// A comment that was filled in and refused.
    pub comment: String,
    /// Whether it is refused until its writer confirms it.
    pub asks_to_confirm: bool,
    /// What is wrong with it.
    pub problem: Option<String>,
    /// What has just been done.
    pub notice: Option<&'static str>,
}

impl PostPage {
    fn item(&self) -> String {
        let item = Item { shown: &self.shown, form_token: &self.form_token, from: "", whole: true };
        render(&item).unwrap_or_default()
    }

    fn is_shown(&self) -> bool {
        self.shown.post.state == PostState::Shown
    }

    fn may_be_edited(&self) -> bool {
        self.shown.is_own && matches!(self.shown.post.state, PostState::Shown | PostState::Held)
    }

    fn may_shun(&self) -> bool {
        !self.shown.is_own && !self.shown.post.is_official
    }

    fn may_check(&self) -> bool {
        self.shown.may_moderate && self.is_shown()
    }

    /// What the assistant may be asked, to be put right by the editor.
    fn claim(&self) -> String {
        shorten(&markdown::plain(&self.shown.post.text), CHECK_CHARS_MAX).to_owned()
    }
}

#[derive(Template)]
#[template(path = "post.html")]
struct PostView<'a> {
    site: &'a Site,
    title: &'a str,
    page: &'a PostPage,
    reasons: [ReportReason; 6],
    verdicts: [CheckVerdict; 3],
    comment_chars_max: usize,
    reason_chars_max: usize,
    pin_days_max: i64,
}

/// One post with its comments.
///
/// # Errors
/// `Internal` when the template fails.
pub fn post(site: &Site, page: &PostPage) -> Result<String> {
    render(&PostView {
        site,
        title: "Bài viết",
        page,
        reasons: ReportReason::ALL,
        verdicts: CheckVerdict::ALL,
        comment_chars_max: COMMENT_CHARS_MAX,
        reason_chars_max: REASON_CHARS_MAX,
        pin_days_max: PIN_DAYS_MAX,
    })
}

#[derive(Template)]
#[template(path = "post_why.html")]
struct WhyView<'a> {
    site: &'a Site,
    title: &'a str,
    post: &'a Post,
    why: &'a Why,
}

/// Why a post stands where it does.
///
/// # Errors
/// `Internal` when the template fails.
pub fn why(site: &Site, post: &Post, why: &Why) -> Result<String> {
    render(&WhyView { site, title: "Vì sao tôi thấy bài này", post, why })
}

#[derive(Template)]
#[template(path = "post_versions.html")]
struct Versions<'a> {
    site: &'a Site,
    title: &'a str,
    post: &'a Post,
    versions: Vec<(String, String)>,
}

/// Earlier wordings of a post.
///
/// # Errors
/// `Internal` when the template fails.
pub fn post_versions(site: &Site, post: &Post, versions: &[Version]) -> Result<String> {
    let shown = |version: &Version| (moment(&version.until), markdown::html(&version.text));
    render(&Versions { site, title: "Các bản trước", post, versions: versions.iter().rev().map(shown).collect() })
}

#[derive(Template)]
#[template(path = "comment_versions.html")]
struct CommentVersions<'a> {
    site: &'a Site,
    title: &'a str,
    comment: &'a Comment,
    versions: Vec<&'a Version>,
}

/// Earlier wordings of a comment.
///
/// # Errors
/// `Internal` when the template fails.
pub fn comment_versions(site: &Site, comment: &Comment, versions: &[Version]) -> Result<String> {
    let title = "Các bản trước của bình luận";
    render(&CommentVersions { site, title, comment, versions: versions.iter().rev().collect() })
}

/// What the form to write shows.
#[derive(Debug, Clone)]
pub struct WriteForm {
    /// The words.
    pub text: String,
    /// What they are about.
    pub topic: Option<Topic>,
    /// Code of the unit they are for; empty for the writer's own.
    pub audience: String,
    /// Code of the unit an official post is for; empty for none.
    pub official: String,
    /// Address of a provision to show below.
    pub law: String,
    /// Conversation of an answer to show below.
    pub conversation: String,
    /// Place of that answer.
    pub n: String,
    /// Units to choose from.
    pub audiences: Vec<Unit>,
    /// Units to choose from for an official post.
    pub official_audiences: Vec<Unit>,
    /// Token of the form.
    pub form_token: String,
    /// Whether it is refused until its writer confirms it.
    pub asks_to_confirm: bool,
    /// What is wrong with what was filled in.
    pub problem: Option<String>,
}

impl WriteForm {
    fn is_audience(&self, place: &usize, unit: &Unit) -> bool {
        if self.audience.is_empty() { *place == 0 } else { self.audience == unit.code }
    }
}

#[derive(Template)]
#[template(path = "post_write.html")]
struct Write<'a> {
    site: &'a Site,
    title: &'a str,
    form: &'a WriteForm,
    topics: [Topic; 8],
    chars_max: usize,
    pictures_max: usize,
    picture_mb_max: usize,
}

/// The form to write.
///
/// # Errors
/// `Internal` when the template fails.
pub fn write_post(site: &Site, form: &WriteForm) -> Result<String> {
    render(&Write {
        site,
        title: "Viết bài",
        form,
        topics: Topic::ALL,
        chars_max: POST_CHARS_MAX,
        pictures_max: PICTURES_MAX,
        picture_mb_max: PICTURE_BYTES_MAX >> 20,
    })
}

/// What the form to change a post or a comment on it shows.
#[derive(Debug, Clone)]
pub struct EditForm {
    /// The post.
    pub id: i64,
    /// The comment; none for the post itself.
    pub comment: Option<i64>,
    /// Its words.
    pub text: String,
    /// Token of the form.
    pub form_token: String,
    /// What is wrong with them.
    pub problem: Option<String>,
    /// Whether they are refused until their writer confirms them.
    pub asks_to_confirm: bool,
}

#[derive(Template)]
#[template(path = "post_edit.html")]
struct Edit<'a> {
    site: &'a Site,
    title: &'a str,
    form: &'a EditForm,
    chars_max: usize,
}

/// The form to change a post.
///
/// # Errors
/// `Internal` when the template fails.
pub fn edit_post(site: &Site, form: &EditForm) -> Result<String> {
    let (title, chars_max) = match form.comment {
        Some(_) => ("Sửa bình luận", COMMENT_CHARS_MAX),
        None => ("Sửa bài", POST_CHARS_MAX),
    };
    render(&Edit { site, title, form, chars_max })
}

/// What the page of one's own posts shows.
#[derive(Debug, Clone)]
pub struct OwnPage {
    /// The posts.
    pub posts: Vec<ShownPost>,
    /// Where the next page begins.
    pub next: Option<i64>,
    /// What was decided of one's words.
    pub cases: Vec<Case>,
    /// Whom one shuns.
    pub shunned: Vec<Shunned>,
    /// Until when one may not write.
    pub locked_until: Option<Timestamp>,
    /// Token of its forms.
    pub form_token: String,
    /// What has just been done.
    pub notice: Option<&'static str>,
}

impl OwnPage {
    fn item(&self, shown: &ShownPost) -> String {
        item(shown, &self.form_token, "/bang-tin/cua-toi")
    }

    fn is_block(&self, shunned: &Shunned) -> bool {
        shunned.kind == ShunKind::Block
    }
}

#[derive(Template)]
#[template(path = "post_own.html")]
struct Own<'a> {
    site: &'a Site,
    title: &'a str,
    page: &'a OwnPage,
    reason_chars_max: usize,
}

/// One's own posts, and what was decided of them.
///
/// # Errors
/// `Internal` when the template fails.
pub fn own_posts(site: &Site, page: &OwnPage) -> Result<String> {
    render(&Own { site, title: "Bài của tôi", page, reason_chars_max: REASON_CHARS_MAX })
}
