/*! The feed's port: what readers do with posts, comments, counts. */

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;

use super::{
    SqliteStore,
    comments::comment,
    error::failed,
    posts::json,
    reactions::{forget, react},
    values::{self, get},
};
use crate::{
    accounts::{MemberId, UnitId, UnitPath},
    community::{
        Comment, Picture, Reaction, ShunKind, Shunned, Topic, Version,
        port::{Change, FeedCounts, FeedStore, Own, Place, PostFound, PostRow, StreamQuery},
    },
    engine::Later,
    notices::NoticeRow,
};

const COMMENT: &str = "SELECT c.id, c.post_id, c.author_id, m.name AS author_name, u.name AS author_unit, c.text, \
    c.state, c.made_at_ms, c.edited_at_ms FROM comments c CROSS JOIN members m ON m.id = c.author_id \
    CROSS JOIN units u ON u.id = m.unit_id WHERE c.id = ?1";

const COMMENTS: &str = "SELECT c.id, c.post_id, c.author_id, m.name AS author_name, u.name AS author_unit, c.text, \
    c.state, c.made_at_ms, c.edited_at_ms FROM comments c CROSS JOIN members m ON m.id = c.author_id \
    CROSS JOIN units u ON u.id = m.unit_id WHERE c.post_id = ?1 AND c.state = 'shown' AND ?3 < c.id \
    AND NOT EXISTS (SELECT 1 FROM shuns s WHERE s.member_id = ?2 AND s.other_id = c.author_id) \
    AND NOT EXISTS (SELECT 1 FROM shuns s WHERE s.member_id = c.author_id AND s.other_id = ?2 AND s.kind = 'block') \
    ORDER BY c.id LIMIT ?4";

const COMMENTS_OF: &str = "SELECT c.id, c.post_id, c.author_id, m.name AS author_name, u.name AS author_unit, c.text, \
    c.state, c.made_at_ms, c.edited_at_ms FROM comments c CROSS JOIN members m ON m.id = c.author_id \
    CROSS JOIN units u ON u.id = m.unit_id WHERE c.author_id = ?1 AND c.id < ?2 AND c.state <> 'deleted' \
    ORDER BY c.id DESC LIMIT ?3";

const OWN: &str = "SELECT a.value AS id, r.kind, k.saved_at_ms FROM json_each(?2) a \
    LEFT JOIN reactions r ON r.post_id = a.value AND r.member_id = ?1 \
    LEFT JOIN saved_posts k ON k.post_id = a.value AND k.member_id = ?1";

/// Counts of a subtree: its units are few, their days a range each.
const COUNTS: &str = "SELECT coalesce(sum(d.official_posts), 0) AS official_posts, \
    coalesce(sum(d.member_posts), 0) AS member_posts, coalesce(sum(d.comments), 0) AS comments, \
    coalesce(sum(d.reactions), 0) AS reactions FROM units u CROSS JOIN feed_days d ON d.audience_id = u.id \
    WHERE ?1 <= u.path AND u.path < ?2 AND ?3 <= d.day AND d.day < ?4";

impl FeedStore for SqliteStore {
    fn put_post<'a>(&'a self, row: &'a PostRow) -> Later<'a, i64> {
        Box::pin(self.keep_post(row))
    }

    fn post(&self, id: i64) -> Later<'_, Option<PostFound>> {
        Box::pin(self.post_found(id))
    }

    fn posts<'a>(&'a self, ids: &'a [i64]) -> Later<'a, Vec<PostFound>> {
        Box::pin(self.posts_found(ids))
    }

    fn streams<'a>(&'a self, reader: MemberId, queries: &'a [StreamQuery]) -> Later<'a, Vec<Vec<Place>>> {
        Box::pin(self.places(reader, queries))
    }

    fn pinned<'a>(&'a self, audiences: &'a [UnitId], now: Timestamp, rows_max: u32) -> Later<'a, Vec<i64>> {
        Box::pin(self.pinned_posts(audiences, now, rows_max))
    }

    fn pin(&self, id: i64, until: Option<Timestamp>, by: (MemberId, Timestamp)) -> Later<'_, bool> {
        Box::pin(self.pin_post(id, until, by))
    }

    fn edit_post<'a>(&'a self, id: i64, text: &'a str, now: Timestamp, versions_max: u32) -> Later<'a, bool> {
        Box::pin(self.change_words(id, text, now, versions_max))
    }

    fn versions(&self, id: i64) -> Later<'_, Vec<Version>> {
        Box::pin(self.versions_of(id))
    }

    fn delete_post(&self, id: i64) -> Later<'_, bool> {
        Box::pin(self.wipe_post(id))
    }

    fn add_picture<'a>(
        &'a self,
        id: i64,
        picture: &'a Picture,
        pictures_max: u32,
        now: Timestamp,
    ) -> Later<'a, Option<u32>> {
        Box::pin(self.put_pictures(id, picture, pictures_max, now))
    }

    fn pictures_of(&self, author: MemberId) -> Later<'_, Vec<String>> {
        Box::pin(async move {
            let sql = "SELECT DISTINCT k.hash FROM posts p CROSS JOIN post_pictures k ON k.post_id = p.id \
                       WHERE p.author_id = ?1";
            sqlx::query_scalar(sql).bind(author.0).fetch_all(self.readers()).await.map_err(failed)
        })
    }

    fn has_picture<'a>(&'a self, hash: &'a str) -> Later<'a, bool> {
        Box::pin(async move {
            let found: Option<i64> = sqlx::query_scalar("SELECT 1 FROM post_pictures WHERE hash = ?1 LIMIT 1")
                .bind(hash)
                .fetch_optional(self.readers())
                .await
                .map_err(failed)?;
            Ok(found.is_some())
        })
    }

    fn written(&self, member: MemberId, before: i64, rows_max: u32) -> Later<'_, Vec<i64>> {
        Box::pin(async move {
            let sql = "SELECT id FROM posts WHERE author_id = ?1 AND id < ?2 AND state <> 'deleted' \
                       ORDER BY id DESC LIMIT ?3";
            let ids = sqlx::query_scalar(sql).bind(member.0).bind(before).bind(rows_max);
            ids.fetch_all(self.readers()).await.map_err(failed)
        })
    }

    fn was_shown(&self, member: MemberId) -> Later<'_, bool> {
        Box::pin(async move {
            let sql = "SELECT 1 FROM posts WHERE author_id = ?1 AND shown_at_ms <> 0 AND state IN ('shown', 'deleted') LIMIT 1";
            let found: Option<i64> =
                sqlx::query_scalar(sql).bind(member.0).fetch_optional(self.readers()).await.map_err(failed)?;
            Ok(found.is_some())
        })
    }

    fn own<'a>(&'a self, reader: MemberId, ids: &'a [i64]) -> Later<'a, Vec<(i64, Own)>> {
        Box::pin(async move {
            let rows = sqlx::query(OWN).bind(reader.0).bind(json(ids)).fetch_all(self.readers()).await;
            let own = |row: &SqliteRow| {
                let (kind, saved): (Option<String>, Option<i64>) = (get(row, "kind")?, get(row, "saved_at_ms")?);
                let reaction = kind.as_deref().and_then(Reaction::parse);
                Ok((get(row, "id")?, Own { reaction, is_saved: saved.is_some() }))
            };
            rows.map_err(failed)?.iter().map(own).collect()
        })
    }

    fn react(&self, reader: MemberId, id: i64, reaction: Option<Reaction>, now: Timestamp) -> Later<'_, bool> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            let is_change = react(&mut transaction, reader, id, reaction, now).await?;
            transaction.commit().await.map_err(failed)?;
            Ok(is_change)
        })
    }

    fn save(&self, reader: MemberId, id: i64, keeps: bool, now: Timestamp, saved_max: u32) -> Later<'_, bool> {
        Box::pin(async move {
            if !keeps {
                let sql = "DELETE FROM saved_posts WHERE member_id = ?1 AND post_id = ?2";
                sqlx::query(sql).bind(reader.0).bind(id).execute(self.writer()).await.map_err(failed)?;
                return Ok(true);
            }
            let done = sqlx::query(
                "INSERT INTO saved_posts (member_id, post_id, saved_at_ms) SELECT ?1, ?2, ?3 \
                 WHERE (SELECT count(*) FROM saved_posts k WHERE k.member_id = ?1) < ?4 \
                 ON CONFLICT (member_id, post_id) DO UPDATE SET saved_at_ms = saved_posts.saved_at_ms",
            )
            .bind(reader.0)
            .bind(id)
            .bind(now.as_millisecond())
            .bind(saved_max)
            .execute(self.writer())
            .await
            .map_err(failed)?;
            Ok(done.rows_affected() != 0)
        })
    }

    fn saved(&self, reader: MemberId, after: Place, rows_max: u32) -> Later<'_, Vec<Place>> {
        Box::pin(async move {
            let sql = "SELECT saved_at_ms, post_id FROM saved_posts INDEXED BY saved_by_time WHERE member_id = ?1 \
                       AND (saved_at_ms, post_id) < (?2, ?3) ORDER BY saved_at_ms DESC, post_id DESC LIMIT ?4";
            let rows = sqlx::query(sql).bind(reader.0).bind(after.0).bind(after.1).bind(rows_max);
            let rows = rows.fetch_all(self.readers()).await.map_err(failed)?;
            rows.iter().map(|row| Ok((get(row, "saved_at_ms")?, get(row, "post_id")?))).collect()
        })
    }

    fn followed(&self, reader: MemberId) -> Later<'_, Vec<Topic>> {
        Box::pin(async move {
            let rows = sqlx::query("SELECT topic FROM followed_topics WHERE member_id = ?1").bind(reader.0);
            let rows = rows.fetch_all(self.readers()).await.map_err(failed)?;
            rows.iter().map(|row| values::word(row, "topic", Topic::parse)).collect()
        })
    }

    fn follow<'a>(&'a self, reader: MemberId, topics: &'a [Topic]) -> Later<'a, ()> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            let drop = sqlx::query("DELETE FROM followed_topics WHERE member_id = ?1").bind(reader.0);
            drop.execute(&mut *transaction).await.map_err(failed)?;
            for topic in topics {
                sqlx::query("INSERT INTO followed_topics (member_id, topic) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
                    .bind(reader.0)
                    .bind(topic.name())
                    .execute(&mut *transaction)
                    .await
                    .map_err(failed)?;
            }
            transaction.commit().await.map_err(failed)
        })
    }

    fn put_comment<'a>(
        &'a self,
        post: i64,
        author: MemberId,
        text: &'a str,
        notice: Option<&'a NoticeRow>,
        now: Timestamp,
    ) -> Later<'a, Option<i64>> {
        Box::pin(self.keep_comment(post, author, text, notice, now))
    }

    fn edit_comment<'a>(&'a self, id: i64, text: &'a str, now: Timestamp, versions_max: u32) -> Later<'a, bool> {
        Box::pin(self.change_comment(id, text, now, versions_max))
    }

    fn comment_versions(&self, id: i64) -> Later<'_, Vec<Version>> {
        Box::pin(self.comment_versions_of(id))
    }

    fn posted_at(&self, author: MemberId, back: u32) -> Later<'_, Option<Timestamp>> {
        let sql = "SELECT made_at_ms FROM posts WHERE author_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2";
        Box::pin(self.written_at(sql, author, back))
    }

    fn commented_at(&self, author: MemberId, back: u32) -> Later<'_, Option<Timestamp>> {
        let sql = "SELECT made_at_ms FROM comments WHERE author_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2";
        Box::pin(self.written_at(sql, author, back))
    }

    fn reactions_of(&self, member: MemberId) -> Later<'_, Vec<(i64, Reaction)>> {
        Box::pin(self.reactions_by(member))
    }

    fn comment(&self, id: i64) -> Later<'_, Option<Comment>> {
        Box::pin(async move {
            let row = sqlx::query(COMMENT).bind(id).fetch_optional(self.readers()).await.map_err(failed)?;
            row.as_ref().map(comment).transpose()
        })
    }

    fn comments(&self, post: i64, reader: MemberId, after: i64, rows_max: u32) -> Later<'_, Vec<Comment>> {
        Box::pin(async move {
            let rows = sqlx::query(COMMENTS).bind(post).bind(reader.0).bind(after).bind(rows_max);
            rows.fetch_all(self.readers()).await.map_err(failed)?.iter().map(comment).collect()
        })
    }

    fn comments_of(&self, author: MemberId, before: i64, rows_max: u32) -> Later<'_, Vec<Comment>> {
        Box::pin(async move {
            let rows = sqlx::query(COMMENTS_OF).bind(author.0).bind(before).bind(rows_max);
            rows.fetch_all(self.readers()).await.map_err(failed)?.iter().map(comment).collect()
        })
    }

    fn delete_comment(&self, id: i64) -> Later<'_, bool> {
        Box::pin(self.wipe_comment(id))
    }

    fn shun(&self, reader: MemberId, other: MemberId, kind: ShunKind, shuns_max: u32) -> Later<'_, bool> {
        Box::pin(async move {
            let done = sqlx::query(
                "INSERT INTO shuns (member_id, other_id, kind) SELECT ?1, ?2, ?3 \
                 WHERE (SELECT count(*) FROM shuns s WHERE s.member_id = ?1) < ?4 \
                 ON CONFLICT (member_id, other_id) DO UPDATE SET kind = excluded.kind",
            )
            .bind(reader.0)
            .bind(other.0)
            .bind(kind.name())
            .bind(shuns_max)
            .execute(self.writer())
            .await
            .map_err(failed)?;
            Ok(done.rows_affected() != 0)
        })
    }

    fn unshun(&self, reader: MemberId, id: i64) -> Later<'_, bool> {
        Box::pin(async move {
            let done = sqlx::query("DELETE FROM shuns WHERE id = ?2 AND member_id = ?1").bind(reader.0).bind(id);
            Ok(done.execute(self.writer()).await.map_err(failed)?.rows_affected() != 0)
        })
    }

    fn shunned(&self, reader: MemberId) -> Later<'_, Vec<Shunned>> {
        Box::pin(async move {
            let sql = "SELECT s.id, m.name, s.kind FROM shuns s CROSS JOIN members m ON m.id = s.other_id \
                       WHERE s.member_id = ?1 ORDER BY s.id DESC";
            let rows = sqlx::query(sql).bind(reader.0).fetch_all(self.readers()).await.map_err(failed)?;
            let shunned = |row: &SqliteRow| {
                Ok(Shunned {
                    id: get(row, "id")?,
                    name: get(row, "name")?,
                    kind: values::word(row, "kind", ShunKind::parse)?,
                })
            };
            rows.iter().map(shunned).collect()
        })
    }

    fn is_blocked(&self, one: MemberId, other: MemberId) -> Later<'_, bool> {
        Box::pin(async move {
            let sql =
                "SELECT 1 FROM shuns WHERE kind = 'block' AND member_id IN (?1, ?2) AND other_id IN (?1, ?2) LIMIT 1";
            let found: Option<i64> = sqlx::query_scalar(sql)
                .bind(one.0)
                .bind(other.0)
                .fetch_optional(self.readers())
                .await
                .map_err(failed)?;
            Ok(found.is_some())
        })
    }

    fn changed(&self, after: i64, rows_max: u32) -> Later<'_, Vec<Change>> {
        Box::pin(self.changes_after(after, rows_max))
    }

    fn counts<'a>(&'a self, within: &'a UnitPath, from_day: i64, to_day: i64) -> Later<'a, FeedCounts> {
        Box::pin(async move {
            let row = sqlx::query(COUNTS).bind(within.as_str()).bind(within.end()).bind(from_day).bind(to_day);
            let row = row.fetch_one(self.readers()).await.map_err(failed)?;
            let count = |column: &str| get::<i64>(&row, column).map(|count| u64::try_from(count).unwrap_or(0));
            Ok(FeedCounts {
                official_posts: count("official_posts")?,
                member_posts: count("member_posts")?,
                comments: count("comments")?,
                reactions: count("reactions")?,
            })
        })
    }

    fn add_shown(&self, day: i64, official: u64, members: u64) -> Later<'_, ()> {
        Box::pin(async move {
            let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
            sqlx::query(
                "INSERT INTO feed_shown (day, official, members) VALUES (?1, ?2, ?3) ON CONFLICT (day) DO UPDATE SET \
                 official = official + excluded.official, members = members + excluded.members",
            )
            .bind(day)
            .bind(whole(official))
            .bind(whole(members))
            .execute(self.writer())
            .await
            .map_err(failed)?;
            Ok(())
        })
    }

    fn shown_counts(&self, from_day: i64, to_day: i64) -> Later<'_, (u64, u64)> {
        Box::pin(async move {
            let sql = "SELECT coalesce(sum(official), 0) AS official, coalesce(sum(members), 0) AS members \
                       FROM feed_shown WHERE ?1 <= day AND day < ?2";
            let row = sqlx::query(sql).bind(from_day).bind(to_day).fetch_one(self.readers()).await.map_err(failed)?;
            let count = |column: &str| get::<i64>(&row, column).map(|count| u64::try_from(count).unwrap_or(0));
            Ok((count("official")?, count("members")?))
        })
    }

    fn forget(&self, member: MemberId) -> Later<'_, ()> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            forget(&mut transaction, member).await?;
            transaction.commit().await.map_err(failed)
        })
    }
}
