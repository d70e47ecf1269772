//! What the ports of the feed promise, written once and run on each backend.

use jiff::Timestamp;

use super::contract::{Backend, at, later, member, now, tree};
use crate::{
    accounts::{MemberId, Role, UnitId},
    community::{
        CaseKind, CaseState, CheckVerdict, Picture, PostState, Reaction, ReportReason, Ruling, ShunKind, Topic, day_of,
        points,
        port::{
            CheckRow, FeedCounts, FeedStore, ModerationStore, Order, Own, PostRow, ReportRow, RulingRow, StreamQuery,
            Topics,
        },
    },
};

/// All ports at once.
pub(super) trait Feeding: Backend + FeedStore + ModerationStore {}
impl<T: Backend + FeedStore + ModerationStore> Feeding for T {}

const TOP: (i64, i64) = (i64::MAX, i64::MAX);

/// Members 1 and 2 in `A1`, 3 in `B`; the units `TOP` and `A1`.
async fn people(store: &dyn Feeding) -> ([MemberId; 3], UnitId, UnitId) {
    tree(store).await;
    let rows = [member("1", "An", "A1"), member("2", "Bình", "A1"), member("3", "Chi", "B")];
    store.put_members(&rows, now(), now()).await.unwrap();
    let mut ids = Vec::new();
    for number in ["1", "2", "3"] {
        ids.push(store.member(number).await.unwrap().unwrap().id);
    }
    (ids.try_into().unwrap(), at(store, "TOP").await.id, at(store, "A1").await.id)
}

fn row(author: MemberId, audience: UnitId, now: Timestamp) -> PostRow {
    PostRow {
        author,
        audience,
        is_official: false,
        topic: Topic::Work,
        text: "Chào".to_owned(),
        state: PostState::Shown,
        card_sealed: Some(vec![7]),
        pictures: Vec::new(),
        notices: Vec::new(),
        now,
    }
}

fn query(audience: UnitId, order: Order) -> StreamQuery {
    StreamQuery { audience, is_official: false, order, topics: Topics::All, after: TOP, rows_max: 10 }
}

async fn ids(store: &dyn Feeding, reader: MemberId, query: StreamQuery) -> Vec<i64> {
    let found = store.streams(reader, &[query]).await.unwrap();
    found[0].iter().map(|(_, id)| *id).collect()
}

fn ruling(by: MemberId, ruling: Ruling, now: Timestamp) -> RulingRow {
    RulingRow {
        by,
        ruling,
        reason: "vì sao".to_owned(),
        now,
        removals_since: super::contract::now(),
        removals_max: 2,
        lock_until: later(10_000),
        notice: None,
    }
}

fn reported(by: MemberId, post: i64, comment: Option<i64>) -> ReportRow {
    ReportRow {
        by,
        post,
        comment,
        reason: ReportReason::Insult,
        words: "khó nghe".to_owned(),
        notices: Vec::new(),
        now: later(1),
    }
}

pub(super) async fn posts_are_kept_edited_and_taken_back(store: &dyn Feeding) {
    let ([one, other, _], top, _) = people(store).await;
    let picture = Picture { n: 1, hash: "ab".to_owned(), width: 3, height: 2 };
    let kept = PostRow { pictures: vec![picture.clone()], topic: Topic::Fun, ..row(one, top, now()) };
    let id = store.put_post(&kept).await.unwrap();
    let found = store.post(id).await.unwrap().unwrap();
    let post = &found.post;
    assert_eq!((post.text.as_str(), post.topic, post.state), ("Chào", Topic::Fun, PostState::Shown));
    assert_eq!((post.author.id, post.author.name.as_str(), post.author.unit_name.as_str()), (one, "An", "Đơn vị A1"));
    assert_eq!((post.audience.code.as_str(), post.shown_at, post.edited_at), ("TOP", Some(now()), None));
    assert_eq!((found.card_sealed.as_deref(), &post.pictures), (Some(&[7][..]), &vec![picture.clone()]));
    assert_eq!(store.add_picture(id, &picture, 2, now()).await.unwrap(), Some(2));
    assert_eq!(store.add_picture(id, &picture, 2, now()).await.unwrap(), None, "there is no room");
    assert_eq!(store.post(id).await.unwrap().unwrap().post.edited_at, Some(now()), "a picture is a change");
    assert_eq!(store.pictures_of(one).await.unwrap(), ["ab"]);
    assert!(store.pictures_of(other).await.unwrap().is_empty());
    assert!(store.has_picture("ab").await.unwrap() && !store.has_picture("cd").await.unwrap());

    for (n, text) in ["hai", "ba", "bốn"].into_iter().enumerate() {
        assert!(store.edit_post(id, text, later(n as i64), 2).await.unwrap());
    }
    let texts: Vec<_> = store.versions(id).await.unwrap().into_iter().map(|version| version.text).collect();
    assert_eq!(texts, ["Chào", "ba"], "the first and the newest before");
    assert_eq!(store.post(id).await.unwrap().unwrap().post.edited_at, Some(later(2)));

    let comment = store.put_comment(id, other, "ừ", None, later(3)).await.unwrap().unwrap();
    store.react(other, id, Some(Reaction::Like), later(3)).await.unwrap();
    let case = store.report(&reported(other, id, None)).await.unwrap().0;
    assert_eq!(store.written(one, i64::MAX, 5).await.unwrap(), [id]);
    assert!(store.delete_post(id).await.unwrap() && !store.delete_post(id).await.unwrap());
    let gone = store.post(id).await.unwrap().unwrap();
    assert_eq!((gone.post.state, gone.post.text.as_str(), gone.card_sealed), (PostState::Deleted, "", None));
    assert!(gone.post.pictures.is_empty() && !store.has_picture("ab").await.unwrap());
    assert!(store.versions(id).await.unwrap().is_empty() && store.written(one, i64::MAX, 5).await.unwrap().is_empty());
    assert_eq!(store.comment(comment).await.unwrap().unwrap().text, "");
    let closed = store.case(case).await.unwrap().unwrap();
    assert_eq!((closed.state, closed.text.as_str()), (CaseState::Closed, ""), "words taken back are nowhere");
    assert_eq!(store.add_picture(id, &picture, 2, later(5)).await.unwrap(), None);
    assert!(!store.edit_post(id, "lại", later(5), 2).await.unwrap());
    assert_eq!(store.put_post(&row(one, top, now())).await.unwrap(), id + 1, "numbers are not used again");
}

pub(super) async fn streams_hold_their_audience_in_order_without_those_shunned(store: &dyn Feeding) {
    let ([one, other, third], top, unit) = people(store).await;
    let mut made = Vec::new();
    for n in 0..4 {
        made.push(store.put_post(&row(one, top, later(60 * n))).await.unwrap());
    }
    let elsewhere = store.put_post(&row(one, unit, later(1))).await.unwrap();
    let official = PostRow { is_official: true, topic: Topic::Union, ..row(third, top, later(9)) };
    let official = store.put_post(&official).await.unwrap();
    let held = store.put_post(&PostRow { state: PostState::Held, ..row(other, top, later(9)) }).await.unwrap();
    assert_eq!(ids(store, other, query(top, Order::Newest)).await, [made[3], made[2], made[1], made[0]]);
    assert_eq!(ids(store, other, query(unit, Order::Newest)).await, [elsewhere]);
    let of_union = StreamQuery { is_official: true, ..query(top, Order::Newest) };
    assert_eq!(ids(store, one, of_union.clone()).await, [official]);
    let after = StreamQuery { after: (later(120).as_millisecond(), made[2]), ..query(top, Order::Newest) };
    assert_eq!(ids(store, other, after).await, [made[1], made[0]]);

    for reader in [other, third] {
        store.react(reader, made[0], Some(Reaction::Useful), later(300)).await.unwrap();
    }
    let rows = store.streams(other, &[query(top, Order::Best)]).await.unwrap().remove(0);
    let expected: Vec<_> = [(3, 0), (2, 0), (0, 2), (1, 0)]
        .map(|(n, reactions)| (points::of_post(later(60 * n as i64), reactions), made[n]))
        .to_vec();
    let sorted = |mut places: Vec<(i64, i64)>| {
        places.sort_unstable_by(|left, right| right.cmp(left));
        places
    };
    assert_eq!(rows, sorted(expected));
    let not_work = StreamQuery { topics: Topics::Not(vec![Topic::Work]), ..query(top, Order::Best) };
    assert!(ids(store, other, not_work.clone()).await.is_empty());
    let only_work = StreamQuery { topics: Topics::One(Topic::Work), ..query(top, Order::Best) };
    assert_eq!(ids(store, other, only_work.clone()).await.len(), 4);
    let newest_work = StreamQuery { order: Order::Newest, rows_max: 3, ..only_work };
    assert_eq!(ids(store, other, newest_work).await, [made[3], made[2], made[1]]);

    assert!(store.shun(other, one, ShunKind::Mute, 1).await.unwrap());
    assert!(!store.shun(other, third, ShunKind::Block, 1).await.unwrap(), "there is no room");
    assert!(store.shun(other, third, ShunKind::Block, 2).await.unwrap());
    assert!(ids(store, other, query(top, Order::Newest)).await.is_empty());
    assert_eq!(ids(store, third, query(top, Order::Best)).await.len(), 4, "one was muted by another");
    assert_eq!(ids(store, other, of_union).await, [official], "the union's posts reach everybody");
    assert!(store.is_blocked(third, other).await.unwrap() && !store.is_blocked(one, other).await.unwrap());
    store.put_post(&row(other, top, later(500))).await.unwrap();
    assert_eq!(ids(store, third, query(top, Order::Newest)).await.len(), 4, "who blocks is not read by the blocked");
    assert_eq!(ids(store, one, query(top, Order::Newest)).await.len(), 5);
    let entry = store.shunned(other).await.unwrap().remove(0);
    assert_eq!((entry.name.as_str(), entry.kind), ("Chi", ShunKind::Block));
    assert!(!store.unshun(one, entry.id).await.unwrap() && store.unshun(other, entry.id).await.unwrap());
    let _ = held;
}

pub(super) async fn readers_react_once_keep_and_follow(store: &dyn Feeding) {
    let ([one, other, _], top, _) = people(store).await;
    let id = store.put_post(&row(one, top, now())).await.unwrap();
    assert!(store.react(other, id, Some(Reaction::Like), now()).await.unwrap());
    assert!(!store.react(other, id, Some(Reaction::Like), now()).await.unwrap(), "nothing changed");
    assert!(store.react(other, id, Some(Reaction::Fun), now()).await.unwrap());
    assert_eq!(store.post(id).await.unwrap().unwrap().post.reactions, [0, 0, 0, 1]);
    assert!(store.save(other, id, true, later(5), 1).await.unwrap());
    let own = Own { reaction: Some(Reaction::Fun), is_saved: true };
    assert_eq!(store.own(other, &[id, 99]).await.unwrap(), [(id, own), (99, Own::default())]);
    let next = store.put_post(&row(one, top, now())).await.unwrap();
    assert!(!store.save(other, next, true, now(), 1).await.unwrap(), "there is no room");
    assert_eq!(store.saved(other, TOP, 9).await.unwrap(), [(later(5).as_millisecond(), id)]);
    assert!(store.saved(other, (later(5).as_millisecond(), id), 9).await.unwrap().is_empty());
    assert!(store.save(other, id, false, now(), 1).await.unwrap());
    assert!(store.react(other, id, None, now()).await.unwrap());
    assert_eq!(store.post(id).await.unwrap().unwrap().post.reaction_count(), 0);
    store.follow(other, &[Topic::Fun, Topic::Safety]).await.unwrap();
    store.follow(other, &[Topic::Safety, Topic::Life]).await.unwrap();
    let mut followed = store.followed(other).await.unwrap();
    followed.sort();
    assert_eq!(followed, [Topic::Life, Topic::Safety]);

    let mut comments = Vec::new();
    for text in ["a", "b", "c"] {
        comments.push(store.put_comment(id, other, text, None, now()).await.unwrap().unwrap());
    }
    assert!(store.delete_comment(comments[1]).await.unwrap() && !store.delete_comment(comments[1]).await.unwrap());
    let shown: Vec<_> = store.comments(id, one, 0, 9).await.unwrap().into_iter().map(|c| c.text).collect();
    assert_eq!(shown, ["a", "c"]);
    assert_eq!(store.comments(id, one, comments[0], 9).await.unwrap().len(), 1);
    assert_eq!(store.post(id).await.unwrap().unwrap().post.comments, 2);
    let own: Vec<_> = store.comments_of(other, i64::MAX, 9).await.unwrap().into_iter().map(|c| c.text).collect();
    assert_eq!(own, ["c", "a"]);
    assert_eq!(store.comments_of(other, comments[2], 9).await.unwrap().len(), 1);
    assert!(store.comments_of(one, i64::MAX, 9).await.unwrap().is_empty());
    store.shun(one, other, ShunKind::Mute, 9).await.unwrap();
    assert!(store.comments(id, one, 0, 9).await.unwrap().is_empty());

    let within = at(store, "TOP").await.path;
    let day = day_of(now());
    let counts = store.counts(&within, day, day + 1).await.unwrap();
    assert_eq!(counts, FeedCounts { official_posts: 0, member_posts: 2, comments: 3, reactions: 1 });
    assert_eq!(store.counts(&within, day + 1, day + 9).await.unwrap(), FeedCounts::default());
    assert_eq!(store.counts(&at(store, "B").await.path, day, day + 1).await.unwrap(), FeedCounts::default());
    store.add_shown(day, 1, 4).await.unwrap();
    store.add_shown(day, 2, 8).await.unwrap();
    assert_eq!(store.shown_counts(day, day + 1).await.unwrap(), (3, 12));

    store.react(other, id, Some(Reaction::Care), now()).await.unwrap();
    store.forget(other).await.unwrap();
    let post = store.post(id).await.unwrap().unwrap().post;
    assert_eq!((post.comments, post.reaction_count()), (0, 0), "what a member leaves behind is nothing");
    assert!(store.followed(other).await.unwrap().is_empty());
    store.forget(one).await.unwrap();
    assert_eq!(store.post(id).await.unwrap().unwrap().post.state, PostState::Deleted);
}

pub(super) async fn pins_end_and_changes_are_told_in_order(store: &dyn Feeding) {
    let ([one, _, third], top, unit) = people(store).await;
    let plain = store.put_post(&row(one, top, now())).await.unwrap();
    let official = store.put_post(&PostRow { is_official: true, ..row(third, top, now()) }).await.unwrap();
    assert!(
        !store.pin(plain, Some(later(60)), (third, now())).await.unwrap()
            && store.pin(official, Some(later(60)), (third, now())).await.unwrap()
    );
    assert_eq!(store.pinned(&[top, unit], now(), 3).await.unwrap(), [official]);
    assert!(store.pinned(&[unit], now(), 3).await.unwrap().is_empty());
    assert!(store.pinned(&[top], later(60), 3).await.unwrap().is_empty(), "its time is over");
    assert!(
        store.pin(official, None, (third, now())).await.unwrap()
            && store.pinned(&[top], now(), 3).await.unwrap().is_empty()
    );

    let changes = store.changed(0, 9).await.unwrap();
    assert_eq!(changes.iter().map(|change| change.id).collect::<Vec<_>>(), [plain, official]);
    assert_eq!(changes[0].shown, Some((top, "Chào\nAn".to_owned())));
    store.edit_post(plain, "mới", later(1), 9).await.unwrap();
    store.delete_post(official).await.unwrap();
    let changes = store.changed(changes[1].change, 9).await.unwrap();
    let told: Vec<_> = changes.iter().map(|change| (change.id, change.shown.is_some())).collect();
    assert_eq!(told, [(plain, true), (official, false)]);
    assert_eq!(store.changed(0, 1).await.unwrap().len(), 1);
}

pub(super) async fn reports_of_one_thing_are_one_case_that_is_decided_once(store: &dyn Feeding) {
    let ([one, other, third], top, _) = people(store).await;
    let id = store.put_post(&row(one, top, now())).await.unwrap();
    let (case, is_new) = store.report(&reported(other, id, None)).await.unwrap();
    assert!(is_new);
    assert_eq!(store.report(&reported(other, id, None)).await.unwrap(), (case, false), "one report of each member");
    let more = ReportRow { reason: ReportReason::Fraud, words: String::new(), ..reported(third, id, None) };
    assert_eq!(store.report(&more).await.unwrap(), (case, true));
    let within = at(store, "TOP").await.path;
    let waiting = store.waiting(&within, 9).await.unwrap();
    assert_eq!((waiting.len(), waiting[0].reports, waiting[0].kind), (1, 2, CaseKind::Report));
    let insult = (ReportReason::Insult, "khó nghe".to_owned());
    assert_eq!(waiting[0].reasons, [insult, (ReportReason::Fraud, String::new())]);
    assert!(store.waiting(&at(store, "B").await.path, 9).await.unwrap().is_empty());

    assert!(store.rule(case, &ruling(third, Ruling::Remove, later(2))).await.unwrap());
    assert!(!store.rule(case, &ruling(third, Ruling::Keep, later(3))).await.unwrap(), "it is decided");
    assert_eq!(store.post(id).await.unwrap().unwrap().post.state, PostState::Removed);
    assert!(ids(store, other, query(top, Order::Newest)).await.is_empty());
    let own = store.cases_of(one, 9).await.unwrap();
    assert_eq!(own[0].decided.as_ref().unwrap().reason, "vì sao");
    assert!(own[0].may_be_appealed() && store.cases_of(other, 9).await.unwrap().is_empty());

    assert!(store.appeal(case, "không đúng", &[], later(4)).await.unwrap());
    assert!(!store.appeal(case, "lần nữa", &[], later(5)).await.unwrap());
    assert_eq!(store.waiting(&within, 9).await.unwrap()[0].state, CaseState::Appealed);
    let same_hand = store.answer_appeal(case, true, &ruling(third, Ruling::Keep, later(6))).await.unwrap();
    assert!(!same_hand, "who decided does not answer");
    assert!(store.answer_appeal(case, true, &ruling(other, Ruling::Keep, later(6))).await.unwrap());
    assert_eq!(store.post(id).await.unwrap().unwrap().post.state, PostState::Shown);
    let closed = store.case(case).await.unwrap().unwrap();
    let answer = closed.appeal.clone().unwrap().answer.unwrap();
    assert_eq!((closed.state, answer.0, answer.1.as_str()), (CaseState::Closed, true, "vì sao"));
    assert!(store.report(&reported(other, id, None)).await.unwrap().0 != case, "a new report is a new case");
    let acts: Vec<_> = store.log(&within, i64::MAX, 9).await.unwrap().into_iter().map(|entry| entry.act).collect();
    assert_eq!(acts, ["restore", "remove"]);
}

pub(super) async fn first_posts_wait_and_removals_add_up_to_a_lock(store: &dyn Feeding) {
    let ([one, _, third], top, _) = people(store).await;
    let within = at(store, "TOP").await.path;
    let held = store.put_post(&PostRow { state: PostState::Held, ..row(one, top, now()) }).await.unwrap();
    assert!(!store.was_shown(one).await.unwrap());
    let case = store.waiting(&within, 9).await.unwrap().remove(0);
    assert_eq!((case.kind, case.post, case.reports), (CaseKind::First, held, 0));
    let day = day_of(later(5));
    assert_eq!(store.counts(&within, day, day + 1).await.unwrap().member_posts, 0, "nobody has seen it");
    assert!(store.rule(case.id, &ruling(third, Ruling::Keep, later(5))).await.unwrap());
    assert!(store.was_shown(one).await.unwrap());
    let shown = store.post(held).await.unwrap().unwrap().post;
    assert_eq!((shown.state, shown.shown_at), (PostState::Shown, Some(later(5))));
    assert_eq!(store.counts(&within, day, day + 1).await.unwrap().member_posts, 1);
    assert_eq!(ids(store, third, query(top, Order::Best)).await, [held]);

    let comment = store.put_comment(held, one, "hừ", None, later(6)).await.unwrap().unwrap();
    let (first, _) = store.report(&reported(third, held, Some(comment))).await.unwrap();
    assert!(store.rule(first, &ruling(third, Ruling::Remove, later(7))).await.unwrap());
    assert_eq!(store.comment(comment).await.unwrap().unwrap().state, PostState::Removed);
    assert_eq!(store.post(held).await.unwrap().unwrap().post.comments, 0);
    assert_eq!(store.locked_until(one).await.unwrap(), None, "once is not often");
    let (second, _) = store.report(&reported(third, held, None)).await.unwrap();
    assert!(store.rule(second, &ruling(third, Ruling::Remove, later(8))).await.unwrap());
    assert_eq!(store.locked_until(one).await.unwrap(), Some(later(10_000)));
    store.appeal(second, "xin xem lại", &[], later(9)).await.unwrap();
    let other = store.member("2").await.unwrap().unwrap().id;
    assert!(store.answer_appeal(second, true, &ruling(other, Ruling::Keep, later(9))).await.unwrap());
    assert_eq!(store.locked_until(one).await.unwrap(), None, "the removal it rested on is taken back");
    let acts: Vec<_> = store.log(&within, i64::MAX, 9).await.unwrap().into_iter().map(|entry| entry.act).collect();
    assert_eq!(acts, ["restore", "unlock", "lock", "remove", "remove", "keep"]);
    assert!(!store.unlock(one, top, &ruling(third, Ruling::Keep, later(9))).await.unwrap());
}

pub(super) async fn words_taken_back_are_nowhere_and_other_decisions_stand(store: &dyn Feeding) {
    let ([one, other, third], top, _) = people(store).await;
    let id = store.put_post(&row(one, top, now())).await.unwrap();
    let (first, _) = store.report(&reported(other, id, None)).await.unwrap();
    assert!(store.rule(first, &ruling(third, Ruling::Hide, later(2))).await.unwrap());
    let (second, _) = store.report(&reported(other, id, None)).await.unwrap();
    assert!(store.rule(second, &ruling(third, Ruling::Remove, later(3))).await.unwrap());
    let (twice, _) = store.report(&reported(other, id, None)).await.unwrap();
    assert!(store.rule(twice, &ruling(third, Ruling::Remove, later(4))).await.unwrap());
    assert_eq!(store.locked_until(one).await.unwrap(), None, "one post was removed, not two");
    for (case, state) in [(twice, PostState::Removed), (second, PostState::Hidden), (first, PostState::Shown)] {
        assert!(store.appeal(case, "xin xem lại", &[], later(5)).await.unwrap());
        assert!(store.answer_appeal(case, true, &ruling(other, Ruling::Keep, later(6))).await.unwrap());
        assert_eq!(store.post(id).await.unwrap().unwrap().post.state, state);
    }
    let comment = store.put_comment(id, other, "ừ", None, later(6)).await.unwrap().unwrap();
    let (of_comment, _) = store.report(&reported(third, id, Some(comment))).await.unwrap();
    assert!(store.delete_comment(comment).await.unwrap());
    let case = store.case(of_comment).await.unwrap().unwrap();
    assert_eq!((case.text.as_str(), case.state), ("", CaseState::Closed));

    let hidden = store.put_comment(id, other, "hừ", None, later(7)).await.unwrap().unwrap();
    let (of_hidden, _) = store.report(&reported(third, id, Some(hidden))).await.unwrap();
    assert!(store.rule(of_hidden, &ruling(third, Ruling::Hide, later(8))).await.unwrap());
    assert!(store.appeal(of_hidden, "xin xem lại", &[], later(8)).await.unwrap());
    let (last, _) = store.report(&reported(other, id, None)).await.unwrap();
    store.forget(other).await.unwrap();
    let case = store.case(of_hidden).await.unwrap().unwrap();
    let appeal = case.appeal.clone().map(|appeal| appeal.text);
    assert_eq!((case.text.as_str(), appeal.as_deref(), case.state), ("", Some(""), CaseState::Closed));
    let path = at(store, "TOP").await.path;
    let waiting = store.waiting(&path, 9).await.unwrap();
    assert_eq!(
        (waiting[0].id, waiting[0].reasons[0].1.as_str()),
        (last, ""),
        "what they reported stays, not their words"
    );
}

pub(super) async fn checks_belong_to_the_words_that_were_checked(store: &dyn Feeding) {
    let ([one, _, third], top, _) = people(store).await;
    let id = store.put_post(&row(one, top, now())).await.unwrap();
    let check = CheckRow {
        post: id,
        question: "có đúng không".to_owned(),
        answer: "có".to_owned(),
        citations: vec![("Điều 1".to_owned(), "/luat/x".to_owned())],
        asked_by: third,
        asked_at: later(1),
        approved: None,
    };
    assert!(!store.approve_check((id, later(1)), third, Some(CheckVerdict::Right), "x", later(2)).await.unwrap());
    store.put_check(&check).await.unwrap();
    assert_eq!(store.check(id).await.unwrap(), Some(check.clone()));
    assert_eq!(store.post(id).await.unwrap().unwrap().post.check, None, "nobody stands for it");
    assert!(!store.approve_check((id, now()), third, Some(CheckVerdict::Right), "x", later(2)).await.unwrap());
    assert!(store.approve_check((id, later(1)), third, Some(CheckVerdict::Partly), "ghi chú", later(2)).await.unwrap());
    store.put_check(&CheckRow { asked_at: now(), ..check.clone() }).await.unwrap();
    assert_eq!(store.check(id).await.unwrap().unwrap().asked_at, later(1), "what was asked earlier comes late");
    let approved = Some((CheckVerdict::Partly, "ghi chú".to_owned(), later(2)));
    assert_eq!(store.check(id).await.unwrap().unwrap().approved, approved);
    assert_eq!(store.post(id).await.unwrap().unwrap().post.check, Some(CheckVerdict::Partly));
    assert!(
        store.approve_check((id, now()), third, None, "", later(2)).await.unwrap(),
        "to take it away nothing is read"
    );
    assert_eq!(store.post(id).await.unwrap().unwrap().post.check, None);
    assert!(store.approve_check((id, later(1)), third, Some(CheckVerdict::Partly), "ghi chú", later(2)).await.unwrap());
    store.edit_post(id, "khác", later(3), 9).await.unwrap();
    assert_eq!(store.post(id).await.unwrap().unwrap().post.check, None, "other words");
    store.put_check(&CheckRow { asked_at: later(4), ..check }).await.unwrap();
    assert_eq!(store.check(id).await.unwrap().unwrap().approved, None, "asked anew");

    let (within, below) = (at(store, "TOP").await.path, at(store, "A1").await.path);
    let by = (third, later(5));
    assert!(store.ban_host("xau.example", true, &below, by).await.unwrap());
    assert!(!store.ban_host("xau.example", true, &below, by).await.unwrap(), "nothing changed");
    assert!(store.ban_host("a.example", true, &within, by).await.unwrap());
    let hosts = store.banned_hosts().await.unwrap();
    assert_eq!(hosts, [("a.example".to_owned(), within.clone()), ("xau.example".to_owned(), below.clone())]);
    assert!(!store.ban_host("a.example", false, &below, by).await.unwrap(), "a ban of a unit above stays");
    assert!(store.ban_host("xau.example", false, &within, by).await.unwrap());
    assert!(store.ban_host("a.example", false, &within, by).await.unwrap());
    assert!(store.banned_hosts().await.unwrap().is_empty());
    let log = store.log(&within, i64::MAX, 4).await.unwrap();
    let told: Vec<_> = log.iter().map(|entry| (entry.act.as_str(), entry.reason.as_str(), entry.post)).collect();
    assert_eq!(
        told,
        [("unban", "a.example", 0), ("unban", "xau.example", 0), ("ban", "a.example", 0), ("ban", "xau.example", 0)]
    );
}

pub(super) async fn comments_are_changed_and_kept_where_their_post_is_seen(store: &dyn Feeding) {
    let ([one, other, third], top, unit) = people(store).await;
    let id = store.put_post(&row(one, top, now())).await.unwrap();
    let comment = store.put_comment(id, other, "một", None, later(1)).await.unwrap().unwrap();
    for (n, text) in ["hai", "ba", "bốn"].into_iter().enumerate() {
        assert!(store.edit_comment(comment, text, later(2 + n as i64), 2).await.unwrap());
    }
    let texts: Vec<_> = store.comment_versions(comment).await.unwrap().into_iter().map(|v| v.text).collect();
    assert_eq!(texts, ["một", "ba"], "the first and the newest before");
    let kept = store.comment(comment).await.unwrap().unwrap();
    assert_eq!((kept.text.as_str(), kept.edited_at, kept.made_at), ("bốn", Some(later(4)), later(1)));
    assert_eq!(store.commented_at(other, 0).await.unwrap(), Some(later(1)));
    assert_eq!(store.commented_at(other, 1).await.unwrap(), None);
    store.put_post(&row(one, top, later(9))).await.unwrap();
    assert_eq!(
        (store.posted_at(one, 0).await.unwrap(), store.posted_at(one, 1).await.unwrap()),
        (Some(later(9)), Some(now()))
    );
    store.react(other, id, Some(Reaction::Care), now()).await.unwrap();
    assert_eq!(store.reactions_of(other).await.unwrap(), [(id, Reaction::Care)]);

    let (case, _) = store.report(&reported(third, id, None)).await.unwrap();
    let own = store.reports_of(third).await.unwrap();
    assert_eq!((own.len(), own[0].post, own[0].comment, own[0].reason), (1, id, None, ReportReason::Insult));
    assert_eq!(store.reported_at(third, 0).await.unwrap(), Some(later(1)));
    assert!(store.rule(case, &ruling(third, Ruling::Hide, later(5))).await.unwrap());
    assert_eq!(store.put_comment(id, other, "sau", None, later(6)).await.unwrap(), None, "hidden meanwhile");
    assert_eq!(store.post(id).await.unwrap().unwrap().post.comments, 1);
    assert!(store.delete_comment(comment).await.unwrap());
    assert!(store.comment_versions(comment).await.unwrap().is_empty(), "words taken back are nowhere");
    assert!(!store.edit_comment(comment, "lại", later(7), 2).await.unwrap());

    assert!(store.editors(unit, 9).await.unwrap().is_empty());
    store.put_grant(third, Role::Editor, top, now()).await.unwrap();
    assert_eq!(store.editors(unit, 9).await.unwrap(), [third], "nobody nearer");
    store.put_grant(other, Role::Editor, unit, now()).await.unwrap();
    assert_eq!(store.editors(unit, 9).await.unwrap(), [other]);
    assert_eq!(store.home_of(other).await.unwrap(), Some(at(store, "A1").await.path));
}
