-- People: units, members, roles, and how they sign in.
-- Times are milliseconds since 1970 in UTC, hashes 32 bytes, truth 0 or 1.

CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE units (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('sector', 'upper', 'base', 'team')),
    parent_id INTEGER REFERENCES units (id),
    -- Numbers of the units from the top down to this one: '/1/5/17/'.
    path TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX units_by_parent ON units (parent_id);

CREATE TABLE members (
    id INTEGER PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    unit_id INTEGER NOT NULL REFERENCES units (id),
    -- The unit's path, kept here too so that a subtree is one range of an index.
    unit_path TEXT NOT NULL,
    phone_sealed BLOB,
    email_sealed BLOB,
    password TEXT,
    blocked_at_ms INTEGER,
    created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX members_by_place ON members (unit_path, name_folded, id);
CREATE INDEX members_by_unit ON members (unit_id);

-- Words of names, to find people; rebuilt whenever a name changes.
CREATE VIRTUAL TABLE member_words USING fts5 (
    name_folded,
    content = 'members',
    content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 0'
);
CREATE TRIGGER members_added AFTER INSERT ON members BEGIN
    INSERT INTO member_words (rowid, name_folded) VALUES (new.id, new.name_folded);
END;
CREATE TRIGGER members_removed AFTER DELETE ON members BEGIN
    INSERT INTO member_words (member_words, rowid, name_folded) VALUES ('delete', old.id, old.name_folded);
END;
CREATE TRIGGER members_renamed AFTER UPDATE OF name_folded ON members BEGIN
    INSERT INTO member_words (member_words, rowid, name_folded) VALUES ('delete', old.id, old.name_folded);
    INSERT INTO member_words (rowid, name_folded) VALUES (new.id, new.name_folded);
END;

CREATE TABLE logins (
    hash BLOB PRIMARY KEY,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('number', 'phone', 'email'))
) STRICT, WITHOUT ROWID;
CREATE INDEX logins_by_member ON logins (member_id);

CREATE TABLE grants (
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('counsellor', 'editor', 'inspector', 'admin')),
    unit_id INTEGER NOT NULL REFERENCES units (id),
    granted_at_ms INTEGER NOT NULL,
    PRIMARY KEY (member_id, role, unit_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX grants_by_unit ON grants (unit_id, role);

CREATE TABLE invites (
    code BLOB PRIMARY KEY,
    member_id INTEGER NOT NULL UNIQUE REFERENCES members (id) ON DELETE CASCADE,
    created_at_ms INTEGER NOT NULL,
    ends_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE attempts (
    key BLOB PRIMARY KEY,
    attempts INTEGER NOT NULL,
    began_at_ms INTEGER NOT NULL,
    locked_until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_by_time ON attempts (began_at_ms);

CREATE TABLE sessions (
    -- Never used again: a page that ends a session must not end a later one.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    token BLOB NOT NULL UNIQUE,
    device TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    seen_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_member ON sessions (member_id, seen_at_ms);
CREATE INDEX sessions_by_end ON sessions (expires_at_ms);

CREATE TABLE api_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    hash BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    requests_per_minute_max INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX api_keys_by_member ON api_keys (member_id);
