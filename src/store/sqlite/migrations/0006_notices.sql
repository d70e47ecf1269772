-- What members are told inside the program. Titles are sealed; links lead to pages of our own.

CREATE TABLE notices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    title_sealed BLOB NOT NULL,
    link TEXT NOT NULL,
    made_at_ms INTEGER NOT NULL,
    read_at_ms INTEGER
) STRICT;
CREATE INDEX notices_by_time ON notices (member_id, made_at_ms, id);
-- What is told again before it was read is the same notice.
CREATE UNIQUE INDEX notices_unread ON notices (member_id, kind, link) WHERE read_at_ms IS NULL;
CREATE INDEX notices_by_age ON notices (made_at_ms);

-- Minutes of the day, local time. A period that begins later than it ends goes over midnight.
CREATE TABLE quiet_hours (
    member_id INTEGER PRIMARY KEY REFERENCES members (id) ON DELETE CASCADE,
    from_minute INTEGER NOT NULL,
    to_minute INTEGER NOT NULL
) STRICT;
