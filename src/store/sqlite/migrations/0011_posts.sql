-- The members' feed: posts, comments, reactions, what members follow and keep.

CREATE TABLE posts (
    -- Never used again: a link must not lead to a later post.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    author_id INTEGER NOT NULL REFERENCES members (id),
    -- Who sees it: members of this unit's subtree.
    audience_id INTEGER NOT NULL REFERENCES units (id),
    official INTEGER NOT NULL CHECK (official IN (0, 1)),
    topic TEXT NOT NULL,
    text TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('held', 'shown', 'hidden', 'removed', 'deleted')),
    made_at_ms INTEGER NOT NULL,
    -- When it was first seen by others; 0 before that.
    shown_at_ms INTEGER NOT NULL,
    edited_at_ms INTEGER,
    pinned_until_ms INTEGER NOT NULL DEFAULT 0,
    likes INTEGER NOT NULL DEFAULT 0,
    cares INTEGER NOT NULL DEFAULT 0,
    useful INTEGER NOT NULL DEFAULT 0,
    fun INTEGER NOT NULL DEFAULT 0,
    comments INTEGER NOT NULL DEFAULT 0,
    -- Freshness and reactions as one number that does not change with time.
    points INTEGER NOT NULL,
    -- A provision or an answer shown below the text, sealed: an answer's address is a secret.
    card_sealed BLOB,
    -- Grows with every change, so that the index of words knows where to go on.
    change INTEGER NOT NULL
) STRICT;
CREATE INDEX posts_newest ON posts (audience_id, official, shown_at_ms, id, author_id) WHERE state = 'shown';
CREATE INDEX posts_newest_of_topic ON posts (audience_id, official, topic, shown_at_ms, id, author_id)
    WHERE state = 'shown';
CREATE INDEX posts_best ON posts (audience_id, official, points, id, author_id, topic) WHERE state = 'shown';
CREATE INDEX posts_best_of_topic ON posts (audience_id, official, topic, points, id, author_id) WHERE state = 'shown';
CREATE INDEX posts_pinned ON posts (audience_id, pinned_until_ms);
CREATE INDEX posts_by_author ON posts (author_id, id);
CREATE UNIQUE INDEX posts_by_change ON posts (change);

CREATE TABLE post_versions (
    post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    -- From 1, the first wording.
    n INTEGER NOT NULL,
    text TEXT NOT NULL,
    until_ms INTEGER NOT NULL,
    PRIMARY KEY (post_id, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE post_pictures (
    post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    -- Name of its file: the hash of what is in it.
    hash TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    PRIMARY KEY (post_id, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX pictures_by_hash ON post_pictures (hash);

CREATE TABLE reactions (
    post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('like', 'care', 'useful', 'fun')),
    PRIMARY KEY (post_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX reactions_by_member ON reactions (member_id, post_id);

CREATE TABLE saved_posts (
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    saved_at_ms INTEGER NOT NULL,
    PRIMARY KEY (member_id, post_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX saved_by_time ON saved_posts (member_id, saved_at_ms, post_id);
CREATE INDEX saved_by_post ON saved_posts (post_id);

CREATE TABLE comments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    author_id INTEGER NOT NULL REFERENCES members (id),
    text TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('shown', 'hidden', 'removed', 'deleted')),
    made_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX comments_by_post ON comments (post_id, state, id);
CREATE INDEX comments_by_author ON comments (author_id, id);

CREATE TABLE followed_topics (
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    topic TEXT NOT NULL,
    PRIMARY KEY (member_id, topic)
) STRICT, WITHOUT ROWID;

-- Whom a member does not want to read ('mute'), or not to be read by either ('block').
CREATE TABLE shuns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    other_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('mute', 'block')),
    UNIQUE (member_id, other_id)
) STRICT;
CREATE INDEX shuns_by_other ON shuns (other_id, member_id);

-- Posts, comments and reactions counted day by day, for reports that name nobody.
CREATE TABLE feed_days (
    audience_id INTEGER NOT NULL REFERENCES units (id),
    -- Days since 1970 in Vietnam.
    day INTEGER NOT NULL,
    official_posts INTEGER NOT NULL DEFAULT 0,
    member_posts INTEGER NOT NULL DEFAULT 0,
    comments INTEGER NOT NULL DEFAULT 0,
    reactions INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (audience_id, day)
) STRICT, WITHOUT ROWID;

-- What pages of the feed have shown, day by day.
CREATE TABLE feed_shown (
    day INTEGER PRIMARY KEY,
    official INTEGER NOT NULL,
    members INTEGER NOT NULL
) STRICT;
