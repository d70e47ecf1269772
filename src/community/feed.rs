/*!
The feed: two orders, the union's share of a page, pages that do not shift.

Each unit a reader belongs to is a stream of official posts and one of others, each a range of
an index. A page takes from the two kinds in a fixed pattern: of five places one is the
union's, as long as there is something for it. What a page ended at, of each kind, is where
the next one goes on: posts that come meanwhile stand above and move nothing.
*/

use jiff::Timestamp;

use super::{
    Community,
    moderation::may_moderate,
    points::{self, OWN_UNIT_POINTS, TOPIC_POINTS, UPPER_UNIT_POINTS, Why},
    port::{Order, Own, Place, StreamQuery, Topics},
    types::{Post, Topic},
};
use crate::{
    accounts::{Actor, Scope, UnitId, UnitPath},
    error::{Error, Result},
};

/// Posts of one page.
pub const PAGE_POSTS: usize = 20;
/// Of so many places one is the union's.
const OFFICIAL_EVERY: usize = 5;
/// Which of them.
const OFFICIAL_PLACE: usize = 2;
/// Posts on top at once.
const PINNED_MAX: u32 = 2;
/// Where every stream begins.
const TOP: Place = (i64::MAX, i64::MAX);

/// An order of the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedOrder {
    /// By time.
    Newest,
    /// By points that the page of each post tells.
    ForYou,
}

impl FeedOrder {
    /// Name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Newest => "moi",
            Self::ForYou => "cho-ban",
        }
    }

    /// The order of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Newest, Self::ForYou].into_iter().find(|order| order.name() == name)
    }
}

/// What is wanted of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedWish {
    /// In which order.
    pub order: FeedOrder,
    /// About what alone.
    pub topic: Option<Topic>,
    /// Where the page before ended.
    pub after: Option<String>,
}

/// A post as one reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownPost {
    /// The post.
    pub post: Post,
    /// What they have to do with it.
    pub own: Own,
    /// Whether they wrote it.
    pub is_own: bool,
    /// Whether they may decide over it as an editor.
    pub may_moderate: bool,
}

/// A page of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedPage {
    /// On top, on the first page alone.
    pub pinned: Vec<ShownPost>,
    /// The rest.
    pub posts: Vec<ShownPost>,
    /// Where the next page begins, where there is one.
    pub next: Option<String>,
    /// Topics the reader follows.
    pub followed: Vec<Topic>,
}

/// Where a page ended: the last place of each kind, and how many places were filled before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cursor {
    members: Place,
    official: Place,
    filled: usize,
}

impl Cursor {
    const START: Self = Self { members: TOP, official: TOP, filled: 0 };

    fn parse(text: Option<&str>) -> Result<Self> {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(Self::START) };
        let wrong = || Error::invalid("after", "không phải chỗ tiếp của bảng tin; hãy mở lại từ đầu");
        let numbers: Vec<i64> = text.split('.').map_while(|part| part.parse().ok()).collect();
        let &[members_key, members_id, official_key, official_id, filled] = numbers.as_slice() else {
            return Err(wrong());
        };
        let filled = usize::try_from(filled).map_err(|_| wrong())? % OFFICIAL_EVERY;
        Ok(Self { members: (members_key, members_id), official: (official_key, official_id), filled })
    }

    fn text(self) -> String {
        let (members, official) = (self.members, self.official);
        format!("{}.{}.{}.{}.{}", members.0, members.1, official.0, official.1, self.filled)
    }
}

/// A stream with what its posts have on top of their key for this reader.
struct Stream {
    query: StreamQuery,
    bonus: i64,
}

impl Community {
    /// A page of the feed.
    ///
    /// # Errors
    /// `Invalid` naming `after`; `Forbidden` for a key that may not read.
    pub async fn feed(&self, actor: &Actor, wish: &FeedWish, now: Timestamp) -> Result<FeedPage> {
        actor.require_scope(Scope::Read)?;
        let reader = actor.member();
        let cursor = Cursor::parse(wish.after.as_deref())?;
        let followed = self.feed.followed(reader.id).await?;
        let audiences = units_of(&reader.unit_path);
        let pinned = match wish.topic {
            None => self.feed.pinned(&audiences, now, PINNED_MAX).await?,
            Some(_) => Vec::new(),
        };
        let is_first = cursor == Cursor::START;
        let on_top = if is_first { pinned.len() } else { 0 };
        let rows_max = PAGE_POSTS + pinned.len() + 1;
        let streams = streams(&audiences, wish, &followed, cursor, rows_max);
        let queries: Vec<StreamQuery> = streams.iter().map(|stream| stream.query.clone()).collect();
        let found = self.feed.streams(reader.id, &queries).await?;
        let merged = |is_official: bool| {
            let of_kind = streams.iter().zip(&found).filter(|(stream, _)| stream.query.is_official == is_official);
            let mut places: Vec<Place> = of_kind
                .flat_map(|(stream, rows)| rows.iter().map(|(key, id)| (key.saturating_add(stream.bonus), *id)))
                .filter(|(_, id)| !pinned.contains(id))
                .collect();
            places.sort_unstable_by(|left, right| right.cmp(left));
            places
        };
        let (taken, next) = fill(&merged(false), &merged(true), cursor, PAGE_POSTS - on_top, on_top);
        let pinned = if is_first { self.shown(actor, &pinned).await? } else { Vec::new() };
        let posts = self.shown(actor, &taken).await?;
        let all = || pinned.iter().chain(&posts);
        self.shown.add(all().filter(|shown| shown.post.is_official).count(), all().count());
        Ok(FeedPage { pinned, posts, next: next.map(Cursor::text), followed })
    }

    /// Posts of these numbers as a reader sees them.
    pub(super) async fn shown(&self, actor: &Actor, ids: &[i64]) -> Result<Vec<ShownPost>> {
        let found = self.feed.posts(ids).await?;
        let own = self.feed.own(actor.member().id, ids).await?;
        let mut shown = Vec::with_capacity(found.len());
        for found in found {
            let post = self.opened(found)?;
            let own = own.iter().find(|(id, _)| *id == post.id).map(|(_, own)| *own).unwrap_or_default();
            shown.push(seen_by(actor, post, own));
        }
        Ok(shown)
    }

    /// One post as a reader sees it.
    ///
    /// # Errors
    /// As [`visible`](Self::visible).
    pub async fn post(&self, actor: &Actor, id: i64) -> Result<ShownPost> {
        let post = self.visible(actor, id).await?;
        let own = self.feed.own(actor.member().id, &[id]).await?;
        Ok(seen_by(actor, post, own.first().map(|(_, own)| *own).unwrap_or_default()))
    }

    /// Posts one keeps, last kept first.
    ///
    /// # Errors
    /// `Invalid` naming `after`; `Forbidden` for a key that may not read.
    pub async fn saved(&self, actor: &Actor, after: Option<&str>) -> Result<(Vec<ShownPost>, Option<String>)> {
        actor.require_scope(Scope::Read)?;
        let wrong = || Error::invalid("after", "không phải chỗ tiếp của danh sách");
        let after = match after.filter(|text| !text.is_empty()) {
            None => TOP,
            Some(text) => {
                let (at, id) = text.split_once('.').ok_or_else(wrong)?;
                (at.parse().map_err(|_| wrong())?, id.parse().map_err(|_| wrong())?)
            }
        };
        let mut places = self.feed.saved(actor.member().id, after, rows_of_page()).await?;
        let has_more = PAGE_POSTS < places.len();
        places.truncate(PAGE_POSTS);
        let next = places.last().filter(|_| has_more).map(|(at, id)| format!("{at}.{id}"));
        let mut kept = Vec::new();
        for (_, id) in &places {
            // What is out of sight meanwhile is kept all the same, and comes back with it.
            match self.post(actor, *id).await {
                Ok(shown) => kept.push(shown),
                Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok((kept, next))
    }

    /// What one wrote, newest first, before the post of that number.
    ///
    /// # Errors
    /// When the store fails; `Forbidden` for a key that may not read.
    pub async fn written(&self, actor: &Actor, before: Option<i64>) -> Result<(Vec<ShownPost>, Option<i64>)> {
        actor.require_scope(Scope::Read)?;
        let mut ids = self.feed.written(actor.member().id, before.unwrap_or(i64::MAX), rows_of_page()).await?;
        let has_more = PAGE_POSTS < ids.len();
        ids.truncate(PAGE_POSTS);
        let next = ids.last().copied().filter(|_| has_more);
        Ok((self.shown(actor, &ids).await?, next))
    }

    /// Why a reader meets a post where they do in the order "for you".
    ///
    /// # Errors
    /// As [`visible`](Self::visible).
    pub async fn why(&self, actor: &Actor, id: i64, now: Timestamp) -> Result<(Post, Why)> {
        let post = self.visible(actor, id).await?;
        let followed = self.feed.followed(actor.member().id).await?;
        let age = points::of_time(post.shown_at.unwrap_or(post.made_at)) - points::of_time(now);
        let hours = -age / points::POINTS_PER_HOUR;
        let unit = unit_bonus(&units_of(&actor.member().unit_path), post.audience.unit);
        let topic = if followed.contains(&post.topic) { TOPIC_POINTS } else { 0 };
        let reactions = points::of_reactions(post.reaction_count());
        let parts = vec![
            (format!("Đăng khoảng {hours} giờ trước (mỗi giờ trừ {} điểm)", points::POINTS_PER_HOUR), age),
            (format!("Viết cho {}", post.audience.name), unit),
            (format!("Bạn theo dõi chủ đề {}", post.topic.title()), topic),
            (format!("{} người bày tỏ cảm xúc", post.reaction_count()), reactions),
        ];
        Ok((post, Why::of(parts)))
    }
}

fn rows_of_page() -> u32 {
    u32::try_from(PAGE_POSTS + 1).unwrap_or(u32::MAX)
}

fn seen_by(actor: &Actor, post: Post, own: Own) -> ShownPost {
    ShownPost { is_own: post.author.id == actor.member().id, may_moderate: may_moderate(actor, &post), own, post }
}

/// Units from the top down to a reader's own.
pub(super) fn units_of(path: &UnitPath) -> Vec<UnitId> {
    path.as_str().split('/').filter_map(|part| part.parse().ok().map(UnitId)).collect()
}

/// Points of a post for `audience`, one of a reader's units from the top down.
fn unit_bonus(units: &[UnitId], audience: UnitId) -> i64 {
    match units.iter().position(|unit| *unit == audience) {
        Some(place) if place + 1 == units.len() => OWN_UNIT_POINTS,
        Some(0) | None => 0,
        Some(_) => UPPER_UNIT_POINTS,
    }
}

fn streams(audiences: &[UnitId], wish: &FeedWish, followed: &[Topic], cursor: Cursor, rows_max: usize) -> Vec<Stream> {
    let bonus_of = |topic: Topic| if followed.contains(&topic) { TOPIC_POINTS } else { 0 };
    let topics: Vec<(Topics, i64)> = match (wish.order, wish.topic) {
        (FeedOrder::Newest, None) => vec![(Topics::All, 0)],
        (FeedOrder::Newest, Some(topic)) => vec![(Topics::One(topic), 0)],
        (FeedOrder::ForYou, Some(topic)) => vec![(Topics::One(topic), bonus_of(topic))],
        (FeedOrder::ForYou, None) if followed.is_empty() => vec![(Topics::All, 0)],
        (FeedOrder::ForYou, None) => {
            let others = std::iter::once((Topics::Not(followed.to_vec()), 0));
            others.chain(followed.iter().map(|topic| (Topics::One(*topic), TOPIC_POINTS))).collect()
        }
    };
    let order = match wish.order {
        FeedOrder::Newest => Order::Newest,
        FeedOrder::ForYou => Order::Best,
    };
    let mut streams = Vec::new();
    for audience in audiences {
        for (topics, topic_bonus) in &topics {
            for (is_official, (key, id)) in [(false, cursor.members), (true, cursor.official)] {
                let bonus = match wish.order {
                    FeedOrder::Newest => 0,
                    FeedOrder::ForYou => unit_bonus(audiences, *audience) + topic_bonus,
                };
                let query = StreamQuery {
                    audience: *audience,
                    is_official,
                    order,
                    topics: topics.clone(),
                    after: (key.saturating_sub(bonus), id),
                    rows_max: u32::try_from(rows_max).unwrap_or(u32::MAX),
                };
                streams.push(Stream { query, bonus });
            }
        }
    }
    streams
}

/// Fills `places` of a page; the union's first `already` places are taken by what is on top.
fn fill(
    members: &[Place],
    official: &[Place],
    cursor: Cursor,
    places: usize,
    already: usize,
) -> (Vec<i64>, Option<Cursor>) {
    let (mut members, mut official) = (members.iter().peekable(), official.iter().peekable());
    let mut next = cursor;
    let mut taken = Vec::with_capacity(places);
    let mut already = already;
    while taken.len() < places {
        let mut is_official = next.filled == OFFICIAL_PLACE;
        if is_official && already != 0 {
            already -= 1;
            is_official = false;
        }
        // A kind that has nothing left gives its places to the other.
        is_official = if is_official { official.peek().is_some() } else { members.peek().is_none() };
        let Some(place) = (if is_official { official.next() } else { members.next() }) else { break };
        let last = if is_official { &mut next.official } else { &mut next.members };
        *last = *place;
        next.filled = (next.filled + 1) % OFFICIAL_EVERY;
        taken.push(place.1);
    }
    let has_more = members.peek().is_some() || official.peek().is_some();
    (taken, has_more.then_some(next))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Places with falling keys; official ones have odd numbers.
    fn places(count: usize, is_official: bool) -> Vec<Place> {
        let first = i64::from(is_official);
        (0..i64::try_from(count).unwrap()).rev().map(|n| (1_000 + 2 * n + first, 2 * n + first)).collect()
    }

    fn all_pages(members: &[Place], official: &[Place], on_top: usize) -> Vec<Vec<i64>> {
        let mut pages = Vec::new();
        let mut cursor = Some(Cursor::START);
        while let Some(at) = cursor {
            let rest = |all: &[Place], last: Place| -> Vec<Place> {
                all.iter().filter(|place| **place < last).take(PAGE_POSTS + 1).copied().collect()
            };
            let on_top = if pages.is_empty() { on_top } else { 0 };
            let (taken, next) =
                fill(&rest(members, at.members), &rest(official, at.official), at, PAGE_POSTS - on_top, on_top);
            pages.push(taken);
            // What a page says of the next one is all the next one knows.
            cursor = next.map(|next| Cursor::parse(Some(&next.text())).unwrap());
        }
        pages
    }

    #[test]
    fn a_fifth_of_every_page_is_the_unions_as_long_as_there_is_enough() {
        for (page, on_top) in all_pages(&places(400, false), &places(100, true), 2).iter().zip([2, 0, 0, 0, 0, 0]) {
            let official = page.iter().filter(|id| *id % 2 == 1).count() + on_top;
            assert_eq!((official, page.len() + on_top), (4, 20), "{page:?}");
        }
        let few = all_pages(&places(60, false), &places(3, true), 0);
        assert_eq!(few[0].iter().filter(|id| *id % 2 == 1).count(), 3);
        let none_else = all_pages(&[], &places(25, true), 0);
        assert_eq!(none_else.iter().map(Vec::len).collect::<Vec<_>>(), [20, 5], "nothing is held back");
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for text in ["x", "1.2.3.4", "1.2.3.4.5.6", "1.2.3.4.-5", "1.2.3.4.99999999999999999999", "1,2,3,4,5"] {
            assert!(Cursor::parse(Some(text)).is_err(), "{text}");
        }
        let cursor = Cursor { members: (-3, 4), official: TOP, filled: 4 };
        assert_eq!(Cursor::parse(Some(&cursor.text())).unwrap(), cursor);
    }

    #[test]
    fn a_unit_is_worth_more_the_nearer_it_is() {
        let units = [UnitId(1), UnitId(5), UnitId(17)];
        let bonus = |unit| unit_bonus(&units, UnitId(unit));
        assert_eq!((bonus(1), bonus(5), bonus(17), bonus(9)), (0, UPPER_UNIT_POINTS, OWN_UNIT_POINTS, 0));
    }

    proptest! {
        #[test]
        fn over_all_pages_everything_comes_once_and_in_order(
            members in 0_usize..120, official in 0_usize..60, on_top in 0_usize..3
        ) {
            let pages = all_pages(&places(members, false), &places(official, true), on_top);
            let all: Vec<i64> = pages.concat();
            prop_assert_eq!(all.len(), members + official);
            for odd in [0, 1] {
                let kind: Vec<i64> = all.iter().copied().filter(|id| id % 2 == odd).collect();
                prop_assert!(kind.is_sorted_by(|left, right| right < left));
            }
        }
    }
}
