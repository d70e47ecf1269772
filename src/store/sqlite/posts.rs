/*! Posts: kept, changed, taken back, found in the order of streams. */

use sqlx::{Row as _, Sqlite, SqliteConnection, Transaction, sqlite::SqliteRow};

use jiff::Timestamp;

use super::{
    SqliteStore,
    error::failed,
    notices::put_notice,
    values::{self, get, post_sql},
};
use crate::{
    accounts::{MemberId, UnitId},
    community::{
        Audience, Author, CheckVerdict, Picture, Post, PostState, Topic, Version, points,
        port::{Change, Order, Place, PostFound, PostRow, StreamQuery, Topics},
    },
    error::Result,
};

/// A post by its number; its check counts while its words are those that were checked.
const POST: &str = post_sql!("WHERE p.id = ?1");
const POSTS: &str = post_sql!("WHERE p.id IN (SELECT value FROM json_each(?1))");
const PICTURES: &str = "SELECT post_id, n, hash, width, height FROM post_pictures \
    WHERE post_id IN (SELECT value FROM json_each(?1)) ORDER BY post_id, n";

/// Streams, each a range of its index: the reader ?1, the audience ?2, official or not ?3, after
/// ?4 and ?5, at most ?6, and the topic or topics ?7. Official posts are shown to everybody.
const NEWEST: &str = "SELECT shown_at_ms, id FROM posts INDEXED BY posts_newest \
    WHERE state = 'shown' AND audience_id = ?2 AND official = ?3 AND (shown_at_ms, id) < (?4, ?5) \
    AND (official = 1 OR NOT EXISTS (SELECT 1 FROM shuns s WHERE s.member_id = ?1 AND s.other_id = author_id)) \
    AND (official = 1 OR NOT EXISTS (SELECT 1 FROM shuns s WHERE s.member_id = author_id AND s.other_id = ?1 \
    AND s.kind = 'block')) ORDER BY shown_at_ms DESC, id DESC LIMIT ?6";
const NEWEST_OF_TOPIC: &str = "SELECT shown_at_ms, id FROM posts INDEXED BY posts_newest_of_topic \
    WHERE state = 'shown' AND audience_id = ?2 AND official = ?3 AND topic = ?7 AND (shown_at_ms, id) < (?4, ?5) \
    AND (official = 1 OR NOT EXISTS (SELECT 1 FROM shuns s WHERE s.member_id = ?1 AND s.other_id = author_id)) \
    AND (official = 1 OR NOT EXISTS (SELECT 1 FROM shuns s WHERE s.member_id = author_id AND s.other_id = ?1 \
    AND s.kind = 'block')) ORDER BY shown_at_ms DESC, id DESC LIMIT ?6";
const BEST: &str = "SELECT points, id FROM posts INDEXED BY posts_best \
    WHERE state = 'shown' AND audience_id = ?2 AND official = ?3 AND (points, id) < (?4, ?5) \
    AND topic NOT IN (SELECT value FROM json_each(?7)) \
    AND (official = 1 OR NOT EXISTS (SELECT 1 FROM shuns s WHERE s.member_id = ?1 AND s.other_id = author_id)) \
    AND (official = 1 OR NOT EXISTS (SELECT 1 FROM shuns s WHERE s.member_id = author_id AND s.other_id = ?1 \
    AND s.kind = 'block')) ORDER BY points DESC, id DESC LIMIT ?6";
const BEST_OF_TOPIC: &str = "SELECT points, id FROM posts INDEXED BY posts_best_of_topic \
    WHERE state = 'shown' AND audience_id = ?2 AND official = ?3 AND topic = ?7 AND (points, id) < (?4, ?5) \
    AND (official = 1 OR NOT EXISTS (SELECT 1 FROM shuns s WHERE s.member_id = ?1 AND s.other_id = author_id)) \
    AND (official = 1 OR NOT EXISTS (SELECT 1 FROM shuns s WHERE s.member_id = author_id AND s.other_id = ?1 \
    AND s.kind = 'block')) ORDER BY points DESC, id DESC LIMIT ?6";

impl SqliteStore {
    pub(super) async fn keep_post(&self, row: &PostRow) -> Result<i64> {
        let mut transaction = self.write().await?;
        let shown_at = if row.state == PostState::Shown { row.now.as_millisecond() } else { 0 };
        let change = next_change(&mut transaction).await?;
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO posts (author_id, audience_id, official, topic, text, state, made_at_ms, shown_at_ms, points, \
             card_sealed, change) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) RETURNING id",
        )
        .bind(row.author.0)
        .bind(row.audience.0)
        .bind(row.is_official)
        .bind(row.topic.name())
        .bind(&row.text)
        .bind(row.state.name())
        .bind(row.now.as_millisecond())
        .bind(shown_at)
        .bind(points::of_post(row.now, 0))
        .bind(&row.card_sealed)
        .bind(change)
        .fetch_one(&mut *transaction)
        .await
        .map_err(failed)?;
        for picture in &row.pictures {
            put_picture(&mut transaction, id, picture).await?;
        }
        if row.state == PostState::Held {
            sqlx::query(
                "INSERT INTO feed_cases (post_id, comment_id, author_id, audience_id, kind, state, text, reports, \
                 opened_at_ms) VALUES (?1, 0, ?2, ?3, 'first', 'open', ?4, 0, ?5)",
            )
            .bind(id)
            .bind(row.author.0)
            .bind(row.audience.0)
            .bind(&row.text)
            .bind(row.now.as_millisecond())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
            for notice in &row.notices {
                put_notice(&mut transaction, notice).await?;
            }
        } else {
            count_post(&mut transaction, row.audience, row.is_official, row.now).await?;
        }
        transaction.commit().await.map_err(failed)?;
        Ok(id)
    }

    pub(super) async fn post_found(&self, id: i64) -> Result<Option<PostFound>> {
        let row = sqlx::query(POST).bind(id).fetch_optional(self.readers()).await.map_err(failed)?;
        let Some(row) = row else { return Ok(None) };
        let mut found = vec![post(&row)?];
        self.add_pictures(&mut found).await?;
        Ok(found.pop())
    }

    pub(super) async fn posts_found(&self, ids: &[i64]) -> Result<Vec<PostFound>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(POSTS).bind(json(ids)).fetch_all(self.readers()).await.map_err(failed)?;
        let mut found: Vec<PostFound> = rows.iter().map(post).collect::<Result<_>>()?;
        self.add_pictures(&mut found).await?;
        let place = |found: &PostFound| ids.iter().position(|id| *id == found.post.id);
        found.sort_by_key(place);
        Ok(found)
    }

    async fn add_pictures(&self, found: &mut [PostFound]) -> Result<()> {
        let ids: Vec<i64> = found.iter().map(|found| found.post.id).collect();
        let rows = sqlx::query(PICTURES).bind(json(&ids)).fetch_all(self.readers()).await.map_err(failed)?;
        for row in &rows {
            let of: i64 = get(row, "post_id")?;
            let picture = Picture {
                n: get(row, "n")?,
                hash: get(row, "hash")?,
                width: get(row, "width")?,
                height: get(row, "height")?,
            };
            if let Some(found) = found.iter_mut().find(|found| found.post.id == of) {
                found.post.pictures.push(picture);
            }
        }
        Ok(())
    }

    pub(super) async fn places(&self, reader: MemberId, queries: &[StreamQuery]) -> Result<Vec<Vec<Place>>> {
        let mut connection = self.readers().acquire().await.map_err(failed)?;
        let mut streams = Vec::with_capacity(queries.len());
        for query in queries {
            streams.push(places_of(&mut connection, reader, query).await?);
        }
        Ok(streams)
    }

    pub(super) async fn pinned_posts(&self, audiences: &[UnitId], now: Timestamp, rows_max: u32) -> Result<Vec<i64>> {
        let units: Vec<i64> = audiences.iter().map(|unit| unit.0).collect();
        sqlx::query_scalar(
            "SELECT p.id FROM json_each(?1) a CROSS JOIN posts p INDEXED BY posts_pinned ON p.audience_id = a.value \
             WHERE ?2 < p.pinned_until_ms AND p.state = 'shown' \
             ORDER BY p.shown_at_ms DESC, p.id DESC LIMIT ?3",
        )
        .bind(json(&units))
        .bind(now.as_millisecond())
        .bind(rows_max)
        .fetch_all(self.readers())
        .await
        .map_err(failed)
    }

    pub(super) async fn pin_post(
        &self,
        id: i64,
        until: Option<Timestamp>,
        (by, now): (MemberId, Timestamp),
    ) -> Result<bool> {
        let mut transaction = self.write().await?;
        let done =
            sqlx::query("UPDATE posts SET pinned_until_ms = ?2 WHERE id = ?1 AND official = 1 AND state = 'shown'")
                .bind(id)
                .bind(until.map_or(0, Timestamp::as_millisecond))
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO feed_log (at_ms, actor_id, audience_id, post_id, comment_id, act, reason) \
             SELECT ?2, ?3, p.audience_id, p.id, 0, ?4, '' FROM posts p WHERE p.id = ?1",
        )
        .bind(id)
        .bind(now.as_millisecond())
        .bind(by.0)
        .bind(if until.is_some() { "pin" } else { "unpin" })
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(true)
    }

    pub(super) async fn change_words(&self, id: i64, text: &str, now: Timestamp, versions_max: u32) -> Result<bool> {
        let mut transaction = self.write().await?;
        let kept = sqlx::query(
            "INSERT INTO post_versions (post_id, n, text, until_ms) \
             SELECT p.id, 1 + coalesce((SELECT max(v.n) FROM post_versions v WHERE v.post_id = p.id), 0), p.text, ?2 \
             FROM posts p WHERE p.id = ?1 AND p.state IN ('shown', 'held')",
        )
        .bind(id)
        .bind(now.as_millisecond())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        if kept.rows_affected() == 0 {
            return Ok(false);
        }
        // The first wording stays whatever comes; of the others the newest.
        sqlx::query(
            "DELETE FROM post_versions WHERE post_id = ?1 AND n <> 1 AND n <= \
             (SELECT max(v.n) FROM post_versions v WHERE v.post_id = ?1) - (?2 - 1)",
        )
        .bind(id)
        .bind(versions_max)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        let change = next_change(&mut transaction).await?;
        sqlx::query("UPDATE posts SET text = ?2, edited_at_ms = ?3, change = ?4 WHERE id = ?1")
            .bind(id)
            .bind(text)
            .bind(now.as_millisecond())
            .bind(change)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(true)
    }

    pub(super) async fn versions_of(&self, id: i64) -> Result<Vec<Version>> {
        let rows = sqlx::query("SELECT text, until_ms FROM post_versions WHERE post_id = ?1 ORDER BY n").bind(id);
        let rows = rows.fetch_all(self.readers()).await.map_err(failed)?;
        rows.iter().map(|row| Ok(Version { text: get(row, "text")?, until: values::time(row, "until_ms")? })).collect()
    }

    pub(super) async fn wipe_post(&self, id: i64) -> Result<bool> {
        let mut transaction = self.write().await?;
        let done = wipe(&mut transaction, id).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(done)
    }

    pub(super) async fn put_pictures(
        &self,
        id: i64,
        picture: &Picture,
        pictures_max: u32,
        now: Timestamp,
    ) -> Result<Option<u32>> {
        let mut transaction = self.write().await?;
        let held: u32 = sqlx::query_scalar("SELECT coalesce(max(n), 0) FROM post_pictures WHERE post_id = ?1")
            .bind(id)
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed)?;
        if pictures_max <= held {
            return Ok(None);
        }
        let change = next_change(&mut transaction).await?;
        let sql = "UPDATE posts SET edited_at_ms = ?2, change = ?3 WHERE id = ?1 AND state IN ('shown', 'held')";
        let changed = sqlx::query(sql).bind(id).bind(now.as_millisecond()).bind(change);
        if changed.execute(&mut *transaction).await.map_err(failed)?.rows_affected() == 0 {
            return Ok(None);
        }
        put_picture(&mut transaction, id, &Picture { n: held + 1, ..picture.clone() }).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(Some(held + 1))
    }

    pub(super) async fn changes_after(&self, after: i64, rows_max: u32) -> Result<Vec<Change>> {
        let rows = sqlx::query(
            "SELECT p.change, p.id, p.state, p.audience_id, p.text, m.name FROM posts p \
             CROSS JOIN members m ON m.id = p.author_id WHERE ?1 < p.change ORDER BY p.change LIMIT ?2",
        )
        .bind(after)
        .bind(rows_max)
        .fetch_all(self.readers())
        .await
        .map_err(failed)?;
        let change = |row: &SqliteRow| {
            let state: PostState = values::word(row, "state", PostState::parse)?;
            let (text, name): (String, String) = (get(row, "text")?, get(row, "name")?);
            let shown =
                (state == PostState::Shown).then_some((UnitId(get(row, "audience_id")?), format!("{text}\n{name}")));
            Ok(Change { change: get(row, "change")?, id: get(row, "id")?, shown })
        };
        rows.iter().map(change).collect()
    }
}

async fn places_of(connection: &mut SqliteConnection, reader: MemberId, query: &StreamQuery) -> Result<Vec<Place>> {
    let (sql, topics) = match (query.order, &query.topics) {
        (Order::Newest, Topics::One(topic)) => (NEWEST_OF_TOPIC, topic.name().to_owned()),
        (Order::Newest, Topics::All | Topics::Not(_)) => (NEWEST, String::new()),
        (Order::Best, Topics::One(topic)) => (BEST_OF_TOPIC, topic.name().to_owned()),
        (Order::Best, Topics::All) => (BEST, "[]".to_owned()),
        (Order::Best, Topics::Not(topics)) => {
            let names: Vec<&str> = topics.iter().map(|topic| topic.name()).collect();
            (BEST, serde_json::json!(names).to_string())
        }
    };
    let rows = sqlx::query(sql)
        .bind(reader.0)
        .bind(query.audience.0)
        .bind(query.is_official)
        .bind(query.after.0)
        .bind(query.after.1)
        .bind(query.rows_max)
        .bind(topics);
    let rows = rows.fetch_all(connection).await.map_err(failed)?;
    rows.iter().map(|row| Ok((row.try_get(0).map_err(failed)?, row.try_get(1).map_err(failed)?))).collect()
}

/// Numbers as a statement takes a list of them.
pub(super) fn json(ids: &[i64]) -> String {
    serde_json::json!(ids).to_string()
}

/// The number of the next change. One connection writes, so that no two take the same.
pub(super) async fn next_change(transaction: &mut Transaction<'static, Sqlite>) -> Result<i64> {
    sqlx::query_scalar("SELECT 1 + coalesce(max(change), 0) FROM posts")
        .fetch_one(&mut **transaction)
        .await
        .map_err(failed)
}

/// Counts a post on the day it is first seen.
pub(super) async fn count_post(
    transaction: &mut Transaction<'static, Sqlite>,
    audience: UnitId,
    is_official: bool,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO feed_days (audience_id, day, official_posts, member_posts) VALUES (?1, ?2, ?3, 1 - ?3) \
         ON CONFLICT (audience_id, day) DO UPDATE SET official_posts = official_posts + excluded.official_posts, \
         member_posts = member_posts + excluded.member_posts",
    )
    .bind(audience.0)
    .bind(crate::community::day_of(now))
    .bind(is_official)
    .execute(&mut **transaction)
    .await
    .map_err(failed)?;
    Ok(())
}

async fn put_picture(transaction: &mut Transaction<'static, Sqlite>, id: i64, picture: &Picture) -> Result<()> {
    sqlx::query("INSERT INTO post_pictures (post_id, n, hash, width, height) VALUES (?1, ?2, ?3, ?4, ?5)")
        .bind(id)
        .bind(picture.n)
        .bind(&picture.hash)
        .bind(picture.width)
        .bind(picture.height)
        .execute(&mut **transaction)
        .await
        .map_err(failed)?;
    Ok(())
}

/// Takes a post's words away; its number stays taken.
pub(super) async fn wipe(transaction: &mut Transaction<'static, Sqlite>, id: i64) -> Result<bool> {
    let change = next_change(transaction).await?;
    let done = sqlx::query(
        "UPDATE posts SET text = '', card_sealed = NULL, state = 'deleted', pinned_until_ms = 0, change = ?2 \
         WHERE id = ?1 AND state <> 'deleted'",
    )
    .bind(id)
    .bind(change)
    .execute(&mut **transaction)
    .await
    .map_err(failed)?;
    for sql in [
        "DELETE FROM post_versions WHERE post_id = ?1",
        "DELETE FROM comment_versions WHERE comment_id IN (SELECT c.id FROM comments c WHERE c.post_id = ?1)",
        "DELETE FROM post_pictures WHERE post_id = ?1",
        "DELETE FROM post_checks WHERE post_id = ?1",
        "DELETE FROM saved_posts WHERE post_id = ?1",
        "UPDATE comments SET text = '', state = 'deleted' WHERE post_id = ?1 AND state <> 'deleted'",
        "UPDATE feed_cases SET text = '', appeal_text = iif(appeal_text IS NULL, NULL, ''), \
         state = iif(state IN ('open', 'appealed'), 'closed', state) WHERE post_id = ?1",
    ] {
        sqlx::query(sql).bind(id).execute(&mut **transaction).await.map_err(failed)?;
    }
    Ok(done.rows_affected() != 0)
}

fn post(row: &SqliteRow) -> Result<PostFound> {
    let time = |column: &str| {
        let ms: Option<i64> = get(row, column)?;
        Ok::<_, crate::error::Error>(ms.filter(|ms| *ms != 0).and_then(|ms| Timestamp::from_millisecond(ms).ok()))
    };
    let verdict: Option<String> = get(row, "verdict")?;
    let post = Post {
        id: get(row, "id")?,
        author: author(row)?,
        audience: audience(row)?,
        is_official: get(row, "official")?,
        topic: values::word(row, "topic", Topic::parse)?,
        text: get(row, "text")?,
        state: values::word(row, "state", PostState::parse)?,
        made_at: values::time(row, "made_at_ms")?,
        shown_at: time("shown_at_ms")?,
        edited_at: time("edited_at_ms")?,
        pinned_until: time("pinned_until_ms")?,
        reactions: [get(row, "likes")?, get(row, "cares")?, get(row, "useful")?, get(row, "fun")?],
        comments: get(row, "comments")?,
        card: None,
        pictures: Vec::new(),
        check: verdict.as_deref().and_then(CheckVerdict::parse),
    };
    Ok(PostFound { post, card_sealed: get(row, "card_sealed")? })
}

/// Who wrote it: columns `author_id`, `author_name`, `author_unit`.
pub(super) fn author(row: &SqliteRow) -> Result<Author> {
    Ok(Author {
        id: MemberId(get(row, "author_id")?),
        name: get(row, "author_name")?,
        unit_name: get(row, "author_unit")?,
    })
}

/// For whom: columns `audience_id`, `audience_code`, `audience_name`, `audience_path`.
pub(super) fn audience(row: &SqliteRow) -> Result<Audience> {
    Ok(Audience {
        unit: UnitId(get(row, "audience_id")?),
        code: get(row, "audience_code")?,
        name: get(row, "audience_name")?,
        path: values::path(row, "audience_path")?,
    })
}
