/*!
Writing, changing and taking back posts; what readers do with them.
*/

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    Community, DAY_HOURS,
    moderation::may_moderate,
    pictures::PICTURES_MAX,
    port::{PostFound, PostRow},
    rates::{self, POSTS_PER_HOUR_MAX},
    text::{personal_data, tidy},
    types::{Card, CardKind, Picture, Post, PostState, Reaction, Topic, Version},
};
use crate::{
    accounts::{Actor, Role, Scope, Unit},
    error::{Error, Result},
};

/// Longest post, in characters.
pub const POST_CHARS_MAX: usize = 5_000;
/// Earlier wordings kept of a post.
const VERSIONS_MAX: u32 = 50;
/// Posts one member keeps.
pub(super) const SAVED_MAX: u32 = 2_000;
/// Longest time a post stands on top, in days.
pub const PIN_DAYS_MAX: i64 = 30;
/// Longest title of a card, in characters.
const CARD_CHARS_MAX: usize = 400;
/// Place under which cards are sealed.
const CARD_PLACE: &str = "posts.card";

/// A post as it is wished for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPost {
    /// Its words.
    pub text: String,
    /// What it is about.
    pub topic: Topic,
    /// Code of the unit it is for; empty for the writer's own.
    pub audience: String,
    /// Whether it is the union's.
    pub is_official: bool,
    /// What stands below its words; whoever gives it has looked that its writer may show it.
    pub card: Option<Card>,
    /// Files of its pictures.
    pub pictures: Vec<Vec<u8>>,
    /// Whether the writer means what looks like personal data.
    pub is_confirmed: bool,
}

impl Community {
    /// Lets on who may publish this now; the words and unit of it.
    ///
    /// # Errors
    /// As [`publish`](Self::publish), but for pictures that are none and for the rate.
    pub async fn may_publish(&self, actor: &Actor, wish: &NewPost, now: Timestamp) -> Result<(String, Unit)> {
        actor.require_session()?;
        self.check_lock(actor, now).await?;
        let text = tidy("text", &wish.text, POST_CHARS_MAX)?;
        let audience = self.audience_of(actor, wish).await?;
        if PICTURES_MAX < wish.pictures.len() {
            return Err(Error::invalid("pictures", format!("tối đa {PICTURES_MAX} ảnh một bài")));
        }
        self.check_links(&text, &audience.path).await?;
        let shown = wish.card.as_ref().map_or("", |card| &card.title);
        confirm(&format!("{text}\n{shown}"), wish.is_confirmed)?;
        Ok((text, audience))
    }

    /// Publishes a post; a member's first one waits for an editor.
    ///
    /// # Errors
    /// `Invalid` naming the field: `text`, `audience`, `pictures`, `confirm` (words that tell of
    /// a person, until that is confirmed); `NotFound` for an official post beyond one's reach;
    /// `Forbidden` for who is locked, and for a key; `TooManyAttempts`.
    pub async fn publish(&self, actor: &Actor, wish: NewPost, now: Timestamp) -> Result<Post> {
        let (text, audience) = self.may_publish(actor, &wish, now).await?;
        self.rates.post(actor.member().id)?;
        rates::within_an_hour(self.feed.posted_at(actor.member().id, POSTS_PER_HOUR_MAX.get() - 1).await?, now)?;
        let holds = !wish.is_official && !actor.has(Role::Editor) && !self.feed.was_shown(actor.member().id).await?;
        let pictures = self.take_in(wish.pictures).await?;
        let notices = if holds { self.to_editors(audience.id, actor, now).await? } else { Vec::new() };
        let row = PostRow {
            notices,
            author: actor.member().id,
            audience: audience.id,
            is_official: wish.is_official,
            topic: wish.topic,
            text,
            state: if holds { PostState::Held } else { PostState::Shown },
            card_sealed: wish.card.as_ref().map(|card| self.seal(card)).transpose()?,
            pictures,
            now,
        };
        let id = self.feed.put_post(&row).await?;
        self.post_of(id).await
    }

    async fn take_in(&self, files: Vec<Vec<u8>>) -> Result<Vec<Picture>> {
        let mut pictures = Vec::new();
        for (n, file) in (1..).zip(files) {
            pictures.push(Picture { n, ..self.pictures.take_in(file).await? });
        }
        Ok(pictures)
    }

    /// Units a member may write for: their own and those above.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn audiences(&self, actor: &Actor) -> Result<Vec<Unit>> {
        let mut units = self.people.units(None).await?;
        units.retain(|unit| unit.path.contains(&actor.member().unit_path));
        units.reverse();
        Ok(units)
    }

    /// Units an editor may write for in the union's name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn official_audiences(&self, actor: &Actor) -> Result<Vec<Unit>> {
        let mut units = Vec::new();
        for reach in actor.reach(Role::Editor) {
            units.extend(self.people.units(Some(reach)).await?);
        }
        units.sort_by(|left, right| left.path.cmp(&right.path));
        units.dedup_by_key(|unit| unit.id);
        Ok(units)
    }

    async fn audience_of(&self, actor: &Actor, wish: &NewPost) -> Result<Unit> {
        let member = actor.member();
        let code = if wish.audience.is_empty() { &member.unit_code } else { &wish.audience };
        let unit = self.people.unit(code).await?;
        if wish.is_official {
            let missing = || Error::NotFound { resource: "unit", id: code.clone() };
            let unit = unit.ok_or_else(missing)?;
            actor.require(Role::Editor, &unit.path, "unit", code)?;
            return Ok(unit);
        }
        unit.filter(|unit| unit.path.contains(&member.unit_path))
            .ok_or_else(|| Error::invalid("audience", "chỉ đăng được cho đơn vị của bạn hoặc cấp trên của đơn vị"))
    }

    fn seal(&self, card: &Card) -> Result<Vec<u8>> {
        let title: String = card.title.chars().take(CARD_CHARS_MAX).collect();
        let value = json!({"kind": card.kind.name(), "title": title, "url": card.url});
        self.keys.seal(CARD_PLACE, &value.to_string())
    }

    /// A post as it is kept, its card opened.
    pub(super) fn opened(&self, found: PostFound) -> Result<Post> {
        let card = found.card_sealed.map(|sealed| {
            let strange = || Error::Internal(anyhow::anyhow!("the card of post {} is none", found.post.id));
            let value: Value =
                serde_json::from_str(&self.keys.open_sealed(CARD_PLACE, &sealed)?).map_err(|_| strange())?;
            let text = |key: &str| value[key].as_str().map(str::to_owned).ok_or_else(strange);
            let kind = CardKind::parse(&text("kind")?).ok_or_else(strange)?;
            Ok::<_, Error>(Card { kind, title: text("title")?, url: text("url")? })
        });
        Ok(Post { card: card.transpose()?, ..found.post })
    }

    async fn post_of(&self, id: i64) -> Result<Post> {
        let found = self.feed.post(id).await?.ok_or_else(|| missing(id))?;
        self.opened(found)
    }

    /// A post that a reader may see: shown to its audience, and to its author and its editors
    /// whatever its state.
    ///
    /// # Errors
    /// `NotFound` for every other; `Forbidden` for a key that may not read.
    pub async fn visible(&self, actor: &Actor, id: i64) -> Result<Post> {
        actor.require_scope(Scope::Read)?;
        let post = self.post_of(id).await?;
        let reader = actor.member();
        if post.state == PostState::Deleted {
            return Err(missing(id));
        }
        if post.author.id == reader.id || actor.may(Role::Editor, &post.audience.path) {
            return Ok(post);
        }
        let is_for_reader = post.state == PostState::Shown && post.audience.path.contains(&reader.unit_path);
        if !is_for_reader || (!post.is_official && self.feed.is_blocked(reader.id, post.author.id).await?) {
            return Err(missing(id));
        }
        Ok(post)
    }

    async fn own_post(&self, actor: &Actor, id: i64) -> Result<Post> {
        actor.require_session()?;
        let post = self.visible(actor, id).await?;
        if post.author.id == actor.member().id {
            return Ok(post);
        }
        Err(Error::Forbidden("chỉ người viết mới sửa hoặc xóa được bài".to_owned()))
    }

    /// One's own post, to be changed.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for another's.
    pub async fn to_edit(&self, actor: &Actor, id: i64) -> Result<Post> {
        self.own_post(actor, id).await
    }

    /// Changes the words of one's own post; the wording before stays to be read.
    ///
    /// # Errors
    /// As [`publish`](Self::publish); `Conflict` for a post that was taken down.
    pub async fn edit(&self, actor: &Actor, id: i64, text: &str, is_confirmed: bool, now: Timestamp) -> Result<Post> {
        let post = self.own_post(actor, id).await?;
        self.check_lock(actor, now).await?;
        let text = tidy("text", text, POST_CHARS_MAX)?;
        self.check_links(&text, &post.audience.path).await?;
        confirm(&text, is_confirmed)?;
        if text == post.text {
            return Ok(post);
        }
        self.rates.comment(actor.member().id)?;
        if !self.feed.edit_post(id, &text, now, VERSIONS_MAX).await? {
            return Err(Error::Conflict("bài này đã bị ẩn hoặc gỡ nên không sửa được".to_owned()));
        }
        self.post_of(id).await
    }

    /// Earlier wordings of a post.
    ///
    /// # Errors
    /// `NotFound` for what the reader may not see.
    pub async fn versions(&self, actor: &Actor, id: i64) -> Result<(Post, Vec<Version>)> {
        let post = self.visible(actor, id).await?;
        Ok((post, self.feed.versions(id).await?))
    }

    /// Takes one's own post back: its words, wordings, pictures and comments are gone; what it
    /// showed below its words.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for another's.
    pub async fn delete(&self, actor: &Actor, id: i64) -> Result<Option<Card>> {
        let post = self.own_post(actor, id).await?;
        self.feed.delete_post(id).await?;
        self.drop_unused(post.pictures.iter().map(|picture| picture.hash.as_str())).await?;
        Ok(post.card)
    }

    /// Drops the files of those pictures that no post has any longer.
    async fn drop_unused(&self, hashes: impl Iterator<Item = &str>) -> Result<()> {
        for hash in hashes {
            if !self.feed.has_picture(hash).await? {
                self.pictures.remove(hash);
            }
        }
        Ok(())
    }

    /// Puts an official post on top for some days, or no longer.
    ///
    /// # Errors
    /// `NotFound` beyond an editor's reach; `Invalid` naming `days`; `Conflict` for a post that
    /// is not official or not shown.
    pub async fn pin(&self, actor: &Actor, id: i64, days: i64, now: Timestamp) -> Result<()> {
        actor.require_session()?;
        let post = self.visible(actor, id).await?;
        actor.require(Role::Editor, &post.audience.path, "post", &id.to_string())?;
        if !(0..=PIN_DAYS_MAX).contains(&days) {
            return Err(Error::invalid("days", format!("phải từ 0 (bỏ ghim) đến {PIN_DAYS_MAX}")));
        }
        let until = (days != 0).then(|| now + SignedDuration::from_hours(days * DAY_HOURS));
        if self.feed.pin(id, until, (actor.member().id, now)).await? {
            Ok(())
        } else {
            Err(Error::Conflict("chỉ ghim được bài chính thức đang hiện".to_owned()))
        }
    }

    /// Says what one feels about a post, or no longer.
    ///
    /// # Errors
    /// `NotFound` for what the member may not see; `TooManyAttempts`; `Forbidden` for a key.
    pub async fn react(&self, actor: &Actor, id: i64, reaction: Option<Reaction>, now: Timestamp) -> Result<Post> {
        actor.require_session()?;
        self.rates.tap(actor.member().id)?;
        let post = self.visible(actor, id).await?;
        if post.state != PostState::Shown {
            return Err(Error::Conflict("bài này chưa hiện nên chưa bày tỏ được".to_owned()));
        }
        self.feed.react(actor.member().id, id, reaction, now).await?;
        self.post_of(id).await
    }

    /// Keeps a post to be found again, or no longer.
    ///
    /// # Errors
    /// As [`react`](Self::react); `Conflict` beyond the most.
    pub async fn save(&self, actor: &Actor, id: i64, keeps: bool, now: Timestamp) -> Result<()> {
        actor.require_session()?;
        self.rates.tap(actor.member().id)?;
        self.visible(actor, id).await?;
        if self.feed.save(actor.member().id, id, keeps, now, SAVED_MAX).await? {
            Ok(())
        } else {
            Err(Error::Conflict(format!("bạn đã lưu {SAVED_MAX} bài; hãy bỏ bớt")))
        }
    }

    /// Sets the topics one follows.
    ///
    /// # Errors
    /// When the store fails; `Forbidden` for a key.
    pub async fn follow(&self, actor: &Actor, topics: &[Topic]) -> Result<()> {
        actor.require_session()?;
        self.feed.follow(actor.member().id, topics).await
    }

    /// A picture of a post, as a file, and the name of what is in it.
    ///
    /// # Errors
    /// `NotFound` for what the reader may not see.
    pub async fn picture(&self, actor: &Actor, id: i64, n: u32, size: super::Size) -> Result<(String, Vec<u8>)> {
        let post = self.visible(actor, id).await?;
        let none = || Error::NotFound { resource: "photo", id: format!("{id}/{n}") };
        let picture = post.pictures.iter().find(|picture| picture.n == n).ok_or_else(none)?;
        let file = self.pictures.read(&picture.hash, size).await?.ok_or_else(none)?;
        Ok((picture.hash.clone(), file))
    }

    /// Adds a picture to one's own post: a change of it, as of its words.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for another's and for who is locked; `Conflict` for a post that was
    /// taken down; `Invalid` for what is no picture or one too many.
    pub async fn add_picture(&self, actor: &Actor, id: i64, file: Vec<u8>, now: Timestamp) -> Result<Picture> {
        let post = self.own_post(actor, id).await?;
        self.check_lock(actor, now).await?;
        if !matches!(post.state, PostState::Shown | PostState::Held) {
            return Err(Error::Conflict("bài này đã bị ẩn hoặc gỡ nên không thêm ảnh được".to_owned()));
        }
        let full = || Error::invalid("pictures", format!("tối đa {PICTURES_MAX} ảnh một bài"));
        if PICTURES_MAX <= post.pictures.len() {
            return Err(full());
        }
        self.rates.comment(actor.member().id)?;
        let picture = self.pictures.take_in(file).await?;
        let n = self.feed.add_picture(id, &picture, u32::try_from(PICTURES_MAX).unwrap_or(u32::MAX), now).await?;
        Ok(Picture { n: n.ok_or_else(full)?, ..picture })
    }

    /// Takes all of one's own from the feed.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn forget_own(&self, actor: &Actor) -> Result<()> {
        let member = actor.member().id;
        let pictures = self.feed.pictures_of(member).await?;
        self.feed.forget(member).await?;
        self.drop_unused(pictures.iter().map(String::as_str)).await
    }

    /// Whether an editor may decide over a post.
    pub fn may_moderate(&self, actor: &Actor, post: &Post) -> bool {
        may_moderate(actor, post)
    }
}

pub(super) fn missing(id: i64) -> Error {
    Error::NotFound { resource: "post", id: id.to_string() }
}

/// Asks once where words seem to tell of a person.
fn confirm(text: &str, is_confirmed: bool) -> Result<()> {
    let found = personal_data(text);
    if found.is_empty() || is_confirmed {
        return Ok(());
    }
    let found = found.join(", ");
    Err(Error::invalid(
        "confirm",
        format!("bài có vẻ chứa {found}; mọi người sẽ đọc được. Hãy bỏ đi, hoặc xác nhận rồi đăng"),
    ))
}
