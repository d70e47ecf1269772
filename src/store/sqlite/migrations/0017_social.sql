-- What many ask is counted over the last days.
CREATE INDEX messages_by_time ON messages (made_at_ms);

-- The link to an answer that its owner hands out, and one for each post that shows it: neither
-- takes the other's place.
CREATE TABLE shares_next (
    token BLOB PRIMARY KEY,
    message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('link', 'post')),
    created_at_ms INTEGER NOT NULL,
    ends_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO shares_next (token, message_id, kind, created_at_ms, ends_at_ms)
    SELECT token, message_id, 'link', created_at_ms, ends_at_ms FROM shares;
DROP TABLE shares;
ALTER TABLE shares_next RENAME TO shares;
CREATE INDEX shares_by_end ON shares (ends_at_ms);
CREATE INDEX shares_by_message ON shares (message_id);
CREATE UNIQUE INDEX shares_links ON shares (message_id) WHERE kind = 'link';

-- Comments are changed as posts are: the wording before stays to be read.
ALTER TABLE comments ADD COLUMN edited_at_ms INTEGER;
CREATE TABLE comment_versions (
    comment_id INTEGER NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
    -- From 1, the first wording.
    n INTEGER NOT NULL,
    text TEXT NOT NULL,
    until_ms INTEGER NOT NULL,
    PRIMARY KEY (comment_id, n)
) STRICT, WITHOUT ROWID;

-- A host is banned for what is written within a unit; what was banned before, for everybody.
CREATE TABLE host_bans (
    host TEXT NOT NULL,
    unit_id INTEGER NOT NULL REFERENCES units (id),
    PRIMARY KEY (host, unit_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX host_bans_by_unit ON host_bans (unit_id);
INSERT INTO host_bans (host, unit_id) SELECT b.host, u.id FROM banned_hosts b CROSS JOIN units u
    WHERE u.parent_id IS NULL;
DROP TABLE banned_hosts;
